"""A birthday letter two weeks ahead, with a gift; the wording changes from year to year."""

from __future__ import annotations

from dataclasses import dataclass

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.engage.wording import Facts, Letter

KIND = "birthday"
TITLE = gettext_noop("Birthday, two weeks ahead")
PURPOSE, CHANNEL = "offers", "email"


@dataclass(frozen=True)
class Params:
    days_ahead: int = 14
    gift: str = "a small gift"


def write(facts: Facts, params: Params, turn: int = 0) -> Letter:
    """The letter; ``turn`` (such as the year) picks the wording, so that two years never read the same."""
    hello = (_("Dear %(name)s,") if facts.name else _("Dear customer,")) % facts._asdict()
    wordings = (
        _("Your birthday is on %(day)s. We have put %(gift)s aside for you at %(club)s; come by when it suits you."),
        _("On %(day)s it is your day. %(club)s would like to give you %(gift)s: it waits for you at the till."),
        _("%(day)s belongs to you. Show this letter at %(club)s that week and take %(gift)s home."),
    )
    subject = _("%(name)s, something for your birthday") if facts.name else _("Something for your birthday")
    told = facts._asdict() | {"gift": facts.gift or _(params.gift)}
    return Letter(subject % told, "\n\n".join([hello, wordings[turn % len(wordings)] % told, facts.club]))


def explain(params: Params) -> str:
    return _("Written %(days)s days before the birthday, with %(gift)s.") % {
        "days": params.days_ahead,
        "gift": _(params.gift),
    }


EXAMPLES = (
    (
        Facts(name="Mina Rahimi", club="Chenar", day="5 December"),
        Params(),
        "Mina Rahimi, something for your birthday",
    ),
)
