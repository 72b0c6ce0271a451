"""What the columns of a standing are called in plain words, and why someone has them."""

from __future__ import annotations

from vafa.core.words import gettext_noop as _

RUNG_NAMES = {
    "buyer": _("Buyer"),
    "client": _("Client"),
    "regular": _("Regular"),
    "adherent": _("Adherent"),
    "advocate": _("Advocate"),
}
RUNG_MEANS = {
    "buyer": _("has bought once"),
    "client": _("came back at least once"),
    "regular": _("4 days in 3 months or more"),
    "adherent": _("buys 80 % or more here"),
    "advocate": _("brings friends"),
}
ABC_MEANS = {
    "A": _("among those who bring 80 % of sales"),
    "B": _("among those who bring the next 15 %"),
    "C": _("among those who bring the last 5 %"),
}
XYZ_MEANS = {
    "X": _("steady each month"),
    "Y": _("changing from month to month"),
    "Z": _("irregular"),
    "N": _("too new to tell"),
}
