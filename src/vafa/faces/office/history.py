"""The card's middle: what to say now, the rhythm, and everything that happened."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from vafa.core import figures
from vafa.core.calendar import local_day, next_birthday, zone
from vafa.core.words import direction, gettext_noop, ngettext
from vafa.core.words import gettext as _
from vafa.engage import queries as engage
from vafa.engage.recipes import RECIPES
from vafa.faces.office import dialogue
from vafa.know import queries as know
from vafa.reward import moves, receipts
from vafa.reward import queries as reward
from vafa.reward.history import PURCHASE, activity_id, is_purchases
from vafa.shop import queries as shop

KINDS = (
    ("all", gettext_noop("All")),
    ("purchases", gettext_noop("Purchases")),
    ("points", gettext_noop("Points")),
    ("letters", gettext_noop("Letters")),
    ("talks", gettext_noop("Talks")),
)
SHOWN = 40
EXPIRES_SOON = 30


def says(person: Any) -> list[tuple[str, str]]:
    """Icon and sentence: what helps in a talk today."""
    club, today = shop.club(), shop.today()
    lines = []
    last = next((p for p in know.purchases_of(person.pk, 5) if p.kind == "sale" and p.voided_at is None), None)
    if last is not None:
        named = [
            line.product.name.capitalize() for line in sorted(last.lines.all(), key=lambda x: -x.amount) if line.product
        ]
        told = {"day": figures.day(last.day, year=False), "amount": figures.money(last.amount, club.currency)}
        if named and named[0]:
            text = _("Ask how the purchase of %(day)s was: %(product)s, %(amount)s.") % (told | {"product": named[0]})
        else:
            text = _("Ask how the purchase of %(day)s was (%(amount)s).") % told
        lines.append(("message-question", text))
    if person.birthday:
        when = next_birthday(person.birthday, today, club.calendar)
        if when - today <= 30:
            lines.append(("cake", _("Birthday on %(day)s.") % {"day": figures.day(when, year=False)}))
    ending = [lot for lot in reward.lots_of(person.pk) if lot[3] is not None and lot[3] - today <= EXPIRES_SOON]
    if ending:
        told = {"n": figures.number(sum(lot[1] for lot in ending)), "unit": reward.unit_name(ending[0][0])}
        lines.append(("hourglass", _("%(n)s %(unit)s expire within a month.") % told))
    if (near := receipts.upcoming(reward.wallet(person.pk, today))) is not None and near.share >= 0.8:
        lines.append(("gift", near.sentence + "."))
    return lines


def rhythm(customer_id: int, standing: Any) -> dict[str, Any] | None:
    """Purchases of the last year as dots on a line of 700: place, size; today at the end."""
    if standing is None:
        return None
    today = shop.today()
    begins = max(today - 365, standing.first_day - 7)
    span = max(1, today - begins)
    dots: dict[int, int] = defaultdict(int)
    for purchase in know.purchases_of(customer_id, 400):
        if purchase.kind == "sale" and purchase.voided_at is None and purchase.day >= begins:
            dots[purchase.day] += purchase.amount
    most = max(dots.values(), default=1) or 1
    size = 5 if len(dots) < 60 else 2.5  # so that a crowd of purchases stays readable
    gap = round((standing.twice_median_gap or 0) / 2)
    due = standing.last_day + gap if gap else None
    title = _rhythm_says(standing, gap, due, today)

    def place(day: int) -> float:
        return float(round(10 + 640 * (day - begins) / span, 1))

    return {
        "title": title,
        "dots": [
            {
                "x": place(day),
                "r": round(size * (0.8 + (max(0, amount) / most) ** 0.5), 1),
                "day": day,
                "amount": amount,
            }
            for day, amount in sorted(dots.items())
        ],
        "today": place(today),
        "first": figures.day(begins, short=True),
        "left": "end" if direction() == "rtl" else "start",  # of a text, at the drawing's left side
    }


def _rhythm_says(standing: Any, gap: int, due: int | None, today: int) -> str:
    if not gap or due is None:
        once = _("Bought once, on %(day)s") if standing.purchases == 1 else _("Bought more than once, last on %(day)s")
        return once % {"day": figures.day(standing.last_day)}
    told = {"gap": figures.number(gap), "day": figures.day(due, year=False)}
    if due < today:
        often = ngettext(
            "Comes every day and was due on %(day)s", "Comes every %(gap)s days and was due on %(day)s", gap
        )
    else:
        often = ngettext("Comes every day; due on %(day)s", "Comes every %(gap)s days; due on %(day)s", gap)
    return often % told


def of(person: Any, what: str, talks: Sequence[Any]) -> list[dict[str, Any]]:
    """Everything that happened, newest first."""
    rows: list[dict[str, Any]] = []
    told = moves.moves_of(person.pk)
    if what in ("all", "purchases"):
        rows += _purchases(person, told)
    if what in ("all", "points"):
        rows += _points(told, everything=what == "points")
    if what in ("all", "letters"):
        rows += _letters(person)
    if what in ("all", "talks"):
        rows += dialogue.rows(talks)
    rows.sort(key=lambda row: (row["day"], row["order"]), reverse=True)
    return rows[:SHOWN]


def _purchases(person: Any, moves: list[dict[str, Any]]) -> list[dict[str, Any]]:
    club, branches = shop.club(), shop.branches()
    brought: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for move in moves:
        if move["kind"] in ("earn", "bonus", "issue", "return", "owed"):
            brought[move["activity"]].append(move)
    rows = []
    for purchase in know.purchases_of(person.pk, SHOWN):
        named = [line.product.name.capitalize() for line in purchase.lines.all() if line.product and line.product.name]
        told = {
            "amount": figures.money(purchase.amount, club.currency),
            "store": branches.get(purchase.store, purchase.store),
        }
        mine = brought[activity_id(PURCHASE, purchase.pk)]
        if purchase.voided_at:
            text = _("Taken back: %(amount)s")
        elif purchase.kind == "return":
            text = _("Gave back %(amount)s")
        else:
            text = _("Bought for %(amount)s at %(store)s") if told["store"] else _("Bought for %(amount)s")
        rows.append(
            {
                "icon": "arrow-back-up" if purchase.kind == "return" or purchase.voided_at else "shopping-bag",
                "text": text % told,
                "items": _(", ").join(list(dict.fromkeys(named))[:3]),
                "more": [] if purchase.voided_at else [move["why"] for move in reversed(mine)],
                "gain": sum(move["amount"] for move in mine if move["unit"] == _main_unit(mine)),
                "day": purchase.day,
                "order": (1, purchase.pk),
            }
        )
    return rows


def _main_unit(moves: list[dict[str, Any]]) -> str:
    """The unit of which a purchase brought most: the one shown as a figure."""
    return max(moves, key=lambda move: abs(move["amount"]))["unit"] if moves else ""


def _points(moves: list[dict[str, Any]], *, everything: bool) -> list[dict[str, Any]]:
    rows = []
    for move in moves:
        own = move["kind"] in ("redeem", "expire", "cancel", "adjust", "forfeit")
        if everything or own or not is_purchases(move["activity"]):
            rows.append(
                {
                    "icon": {"redeem": "gift", "expire": "hourglass-empty"}.get(move["kind"], "coin"),
                    "text": move["why"],
                    "items": "",
                    "more": [],
                    "gain": move["amount"],
                    "day": move["day"],
                    "order": (2, move["activity"]),
                }
            )
    return rows


def _letters(person: Any) -> list[dict[str, Any]]:
    place = zone(shop.club().time_zone)
    return [
        {
            "icon": "mail",
            "text": message.subject,
            "items": _(RECIPES[message.recipe].TITLE),
            "more": [message.why],
            "gain": 0,
            "day": local_day(message.sent_at, place) if message.sent_at else message.day,
            "order": (0, message.pk),
        }
        for message in engage.of_customer(person.pk)
    ]
