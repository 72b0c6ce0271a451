"""A reward whose amount the member chooses: pay part of a bill with units; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from vafa.core import figures
from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _

if TYPE_CHECKING:
    from vafa.reward.queries import Offer


class Wish(NamedTuple):
    """What is wanted of a reward."""

    units: int | None = None
    bill: int | None = None  # what is to be paid, in minor units


AS_IT_IS = Wish()


def priced(offer: Offer, wish: Wish, currency: str) -> Offer:
    """The offer for as many units as are wished; a Refusal where it can't be had for so many."""
    if offer.chosen is None:
        if wish.units not in (None, offer.price):
            raise Refusal(
                "fixed_price",
                _("“%(reward)s” costs %(price)s, not %(units)s."),
                _("Leave “units” out."),
                reward=offer.name,
                price=offer.price,
                units=wish.units,
            )
        return offer
    least, step, share = offer.chosen.min, offer.chosen.step, offer.chosen.share
    if wish.units is None or wish.units < least or wish.units % step:
        raise Refusal(
            "which_units",
            _("“%(reward)s” is taken for %(least)s or more, in steps of %(step)s."),
            _("Say for how many."),
            reward=offer.name,
            least=least,
            step=step,
        )
    worth = (offer.worth or 0) * wish.units // least
    if wish.bill is None and share < 1:
        raise Refusal(
            "which_bill",
            _("Only a part of a bill can be paid so."),
            _("Say what is to be paid."),
        )
    if wish.bill is not None and worth > wish.bill * share:
        raise Refusal(
            "too_much",
            _("At most %(most)s of this bill can be paid so; nothing was taken."),
            _("Take fewer units."),
            most=figures.money(int(wish.bill * share), currency),
        )
    return offer._replace(price=wish.units, worth=worth)
