"""Ready programmes, from the articles' own figures, and their words, which the catalogue translates.

Their amounts are written for dollars. In a shop of another currency one dollar becomes a round number
of that currency that buys about as much: no rate of exchange, a beginning to be changed.
"""

from __future__ import annotations

from importlib import resources
from typing import NamedTuple

from vafa.core import figures
from vafa.core.errors import NotFound
from vafa.core.money import digits
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.reward.gallery.scaling import scaled

PREFIX = "gallery:"


class Ready(NamedTuple):
    """A programme that can be taken as it is. ``icon``: of the card that shows it."""

    kind: str
    title: str
    what: str
    why: str
    icon: str


READY = (
    Ready(
        "cafe",
        gettext_noop("A café"),
        gettext_noop("A stamp for about every cup; fifty bring a gift, a hundred a larger one."),
        gettext_noop("Stamps need no reckoning: guests see how far it is, and come back to fill the card."),
        "coffee",
    ),
    Ready(
        "grocer",
        gettext_noop("A grocer"),
        gettext_noop("A point for every 1 spent, twice on customer days, and a higher rate for the best."),
        gettext_noop("People who buy food every week want something plain that adds up by itself."),
        "shopping-cart",
    ),
    Ready(
        "fashion",
        gettext_noop("A fashion shop"),
        gettext_noop("Points, more of them at full price, and two circles that one grows into."),
        gettext_noop("Who pays the full price must not feel cheated by those who wait for the sale."),
        "hanger",
    ),
    Ready(
        "online",
        gettext_noop("An online shop"),
        gettext_noop("Points for larger orders, free deliveries, and a bonus for coming every month."),
        gettext_noop("Two of three buyers call free delivery very important; a month's rhythm makes a habit."),
        "truck-delivery",
    ),
    Ready(
        "wholesaler",
        gettext_noop("A wholesaler"),
        gettext_noop("A yearly credit note of one to two percent, that grows with the year's orders."),
        gettext_noop("Few customers bring most of the sales: a rate that grows makes them order more of it here."),
        "building-warehouse",
    ),
)
SIMPLE = (
    ("points", gettext_noop("Points for each purchase")),
    ("stamps", gettext_noop("Stamps that lead to gifts")),
    ("points_and_stamps", gettext_noop("Points and stamps, with a welcome")),
)
STANDS_FOR = {  # what one dollar of the documents becomes; 1 where nothing is said
    "AED": 5,
    "AMD": 500,
    "CNY": 5,
    "GEL": 2,
    "INR": 100,
    "IQD": 1_000,
    "IRR": 1_000_000,
    "JPY": 100,
    "KZT": 500,
    "RUB": 100,
    "TRY": 50,
}


def kinds() -> list[str]:
    return [ready.kind for ready in READY] + [kind for kind, _title in SIMPLE]


def ready(kind: str) -> Ready | None:
    """What is said of a ready programme for a trade; None of the plain beginnings."""
    return next((one for one in READY if one.kind == kind), None)


def text(kind: str, currency: str) -> str:
    """The document called ``kind``, its amounts for ``currency``; NotFound where there is none."""
    if kind not in kinds():
        raise NotFound(
            "no_template",
            gettext_noop("There is no ready programme “%(kind)s”."),
            gettext_noop("Known here: %(known)s."),
            kind=kind[:40],
            known=", ".join(kinds()),
        )
    written = resources.files(__package__).joinpath(f"{kind}.toml").read_text("utf-8")
    return scaled(written, STANDS_FOR.get(currency, 1), currency)


def of_scale(currency: str) -> str:
    """How the amounts were put into ``currency``; "" where they stand as written."""
    times = STANDS_FOR.get(currency, 1)
    if times == 1:
        return ""
    told = {"money": figures.money(times * 10 ** digits(currency), currency, whole=True)}
    return _("Amounts are written for dollars; 1 dollar stands as %(money)s here. Change them as you like.") % told


WORDS = (
    gettext_noop("points"),
    gettext_noop("stamps"),
    gettext_noop("stars"),
    gettext_noop("miles"),
    gettext_noop("gift"),
    gettext_noop("larger gift"),
    gettext_noop("credit note"),
    gettext_noop("Money off"),
    gettext_noop("More money off"),
    gettext_noop("Money off in the circle"),
    gettext_noop("Free delivery"),
    gettext_noop("Credit note"),
    gettext_noop("Premier"),
    gettext_noop("Friend of the house"),
    gettext_noop("Inner circle"),
    gettext_noop("Partner"),
    gettext_noop("Main partner"),
    gettext_noop("Points"),
    gettext_noop("Stamps"),
    gettext_noop("Corner Market Club"),
    gettext_noop("Stamp card"),
    gettext_noop("Points for the household"),
    gettext_noop("The circle"),
    gettext_noop("Points and deliveries"),
    gettext_noop("Yearly bonus"),
)
