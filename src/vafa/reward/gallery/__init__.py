"""Ready programmes, from the articles' own figures, and their words, which the catalogue translates."""

from vafa.core.words import gettext_noop as _

WORDS = (
    _("points"),
    _("stamps"),
    _("stars"),
    _("miles"),
    _("gift"),
    _("larger gift"),
    _("5 off"),
    _("22 off"),
    _("Premier"),
)
