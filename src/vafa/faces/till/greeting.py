"""The line that greets, and what the cashier sees of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vafa.core import figures
from vafa.core.calendar import next_birthday
from vafa.core.identity import masked_phone
from vafa.core.words import aside
from vafa.core.words import gettext as _
from vafa.know import dialogue
from vafa.know import queries as know
from vafa.reward import holding, receipts, vouchers
from vafa.reward import queries as reward
from vafa.segment import queries as segment
from vafa.segment.labels import RUNG_NAMES
from vafa.shop import queries as shop

if TYPE_CHECKING:
    from vafa.know.models import Customer

BIRTHDAY_NEAR = 14


def of(customer: Customer, *, masked: bool) -> dict[str, Any]:
    """Everything the greeting shows."""
    today = shop.today()
    standing = segment.standing(customer.pk)
    wallet = reward.wallet(customer.pk, today)
    phone = know.phones_of([customer.pk]).get(customer.pk, "")
    return {
        "customer": customer,
        "phone": masked_phone(phone) if masked and phone else phone,
        "wallet": wallet,
        "rung": _(RUNG_NAMES[standing.rung]) if standing else "",
        "last_here": _last_here(customer, standing, today),
        "asks": list(_asks(customer, today)),
        "offers": holding.offers_to(customer.pk, wallet.balances, today),
        "next": receipts.upcoming(wallet),
        "vouchers": wallet.member and vouchers.some_good_on(today),
    }


def _last_here(customer: Customer, standing: Any, today: int) -> str:
    last = next((p for p in know.purchases_of(customer.pk, 5) if p.kind == "sale" and p.voided_at is None), None)
    if last is None:
        return _("First time here. Welcome.")
    days = today - last.day
    if days <= 0:
        return _("Here again today.")
    since = _("Last here %(days)s days ago") % {"days": figures.number(days)} if days > 1 else _("Last here yesterday")
    gap = (standing.twice_median_gap or 0) / 2 if standing else 0
    usual = _(", usually every %(gap)s") % {"gap": figures.number(round(gap))} if gap >= 1 else ""
    late = _(" Welcome them back.") if gap and days > 2 * gap else ""
    return f"{since}{usual}.{late}"


def _asks(customer: Customer, today: int) -> Any:
    club = shop.club()
    for one in dialogue.promises(customer.pk, 2):
        told = {"who": aside(dialogue.who(one.held_by)), "day": figures.day(one.day, year=False)}
        told["promise"] = aside(one.promise)
        yield "heart-handshake", _("Promised"), _("%(promise)s (%(who)s, %(day)s)") % told
    last = next((p for p in know.purchases_of(customer.pk, 5) if p.kind == "sale" and p.voided_at is None), None)
    if last is not None:
        named = [
            line.product.name.capitalize() for line in sorted(last.lines.all(), key=lambda x: -x.amount) if line.product
        ]
        if named:
            told = {"product": named[0], "day": figures.day(last.day, year=False)}
            yield "message-question", _("Ask"), _("how was the purchase of %(day)s (%(product)s)?") % told
    if customer.birthday:
        when = next_birthday(customer.birthday, today, club.calendar)
        if when - today <= BIRTHDAY_NEAR:
            told = {"day": figures.day(when, year=False)}
            yield "cake", _("Birthday"), _("on %(day)s.") % told if when > today else _("is today.")
    if family := dialogue.relatives(customer.pk):
        named = [f"{aside(one.name)} ({_(dialogue.RELATIONS[one.relation])})" for one in family[:4]]
        yield "users", _("Family"), _(", ").join(named)
