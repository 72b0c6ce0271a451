"""A thank-you letter, the morning after, for a large purchase; it names the seller."""

from __future__ import annotations

from dataclasses import dataclass

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.engage.wording import Facts, Letter

KIND = "thank_you"
TITLE = gettext_noop("Thank-you letter for yesterday’s large purchases")
PURPOSE, CHANNEL = "thanks", "letter"


@dataclass(frozen=True)
class Params:
    most_a_day: int = 50


def write(facts: Facts, params: Params, turn: int = 0) -> Letter:
    """The letter; products and seller are named where they are known."""
    del params, turn
    told = facts._asdict() | {"products": _list(facts.products)}
    parts = [(_("Dear %(name)s,") if facts.name else _("Dear customer,"))]
    if facts.products and facts.store:
        parts.append(_("Yesterday you chose %(products)s at our shop %(store)s. Thank you for coming to us."))
    elif facts.products:
        parts.append(_("Yesterday you chose %(products)s. Thank you for coming to us."))
    else:
        parts.append(_("Yesterday you bought from us. Thank you for coming to us."))
    if facts.seller:
        parts.append(_("%(seller)s, who served you, asks whether everything is as you wished; if not, just tell us."))
    else:
        parts.append(_("Is everything as you wished? If not, just tell us and we put it right."))
    if facts.points:
        parts.append(_("Your card holds %(points)s now."))
    parts.append("%(club)s")
    subject = (_("Thank you, %(name)s") if facts.name else _("Thank you")) % told
    return Letter(subject, "\n\n".join(part % told for part in parts))


def _list(products: tuple[str, ...]) -> str:
    if len(products) < 2:
        return "".join(products)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(products[:-1]), "last": products[-1]}


def explain(params: Params) -> str:
    return _("At most %(most)s letters a morning, the largest purchases first.") % {"most": params.most_a_day}


EXAMPLES = (
    (
        Facts(name="Mina Rahimi", club="Chenar", products=("a gift box", "pistachios"), store="Vanak", seller="Reza"),
        Params(),
        "Thank you, Mina Rahimi",
    ),
)
