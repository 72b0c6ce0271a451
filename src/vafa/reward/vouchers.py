"""Vouchers: single-use codes that are issued in mass, each worth so many units to the member who claims it.

A claim is an adjustment like those made by hand, so it stands in the member's history and in the ledger with its own
lot (docs/decisions/0026-vouchers.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from math import ceil
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Count

from vafa.core import bulk, figures
from vafa.core.calendar import midnight, to_date, zone
from vafa.core.errors import Conflict, Forbidden, NotFound, Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward import adjusting, queries, voucher_codes
from vafa.reward.corrections import VOUCHER
from vafa.reward.holding import locked
from vafa.reward.models import Adjustment, Voucher, VoucherBatch
from vafa.reward.walking import settle
from vafa.reward.worth import unit_worth
from vafa.shop import actions as shop
from vafa.shop import queries as shop_queries
from vafa.shop.access import Actor, may, require

MOST, MOST_UNITS = 1_000_000, 10**9


class Order(NamedTuple):
    """Vouchers that somebody wants to be issued."""

    name: str
    unit: str
    units: int  # that each of them gives
    quantity: int
    last_day: int


class Claim(NamedTuple):
    """What a voucher gave."""

    batch: VoucherBatch
    adjustment: Adjustment
    fresh: bool  # False: this member had claimed it already


def worth(order: Order | VoucherBatch) -> int | None:
    """The most that these vouchers can cost, in minor units; None where a unit's worth is not known."""
    version = adjusting.programme()
    plan = queries.plan(version)
    each = unit_worth(plan, order.unit) if order.unit in plan.units.ids else 0
    return ceil(each * order.units * order.quantity) if each else None


def issue(
    order: Order, *, deliver: Callable[[Sequence[str]], object], day: int, actor: Actor, now: datetime
) -> VoucherBatch:
    """Issue vouchers; ``deliver`` gets their codes, of which hashes alone are kept. If it fails, none is issued.

    What they can cost at most is known before; over the club's daily limit, with all else that
    the same person issued on the day, only an owner may.
    """
    require(actor, "voucher.issue")
    order = _checked(order, day)
    with transaction.atomic():
        _may_issue(order, shop.hold_club().adjust_daily, actor=actor, now=now)
        if VoucherBatch.objects.filter(name=order.name).exists():
            taken = _("There are vouchers called “%(name)s” already.")
            raise Conflict("name_taken", taken, _("Take another name."), name=order.name)
        batch = VoucherBatch.objects.create(**order._asdict(), issued_at=now, issued_by=actor.name)
        codes = voucher_codes.make(order.quantity)
        hashes: list[Any] = list(map(voucher_codes.digest, codes))
        bulk.insert_columns(connection, "reward_voucher", {"digest": hashes, "batch_id": [batch.pk] * len(codes)})
        shop.audit("vouchers.issued", actor=actor, now=now, subject=f"vouchers:{batch.pk}", **order._asdict())
        deliver(codes)
    return batch


def _may_issue(order: Order, limit: int | None, *, actor: Actor, now: datetime) -> None:
    """Refused where it is too much, with all that this person issued on this day; the caller holds the club."""
    if limit is None or may(actor, "programme.launch"):
        return
    since = midnight(shop_queries.today(), zone(shop_queries.club().time_zone))
    today = VoucherBatch.objects.filter(issued_at__gte=since, issued_at__lte=now)
    mine = [one for one in today if adjusting.person(one.issued_by) == adjusting.person(actor.name)]
    costs = [worth(order), *map(worth, mine)]
    if any(cost is None for cost in costs) or sum(cost or 0 for cost in costs) > limit:
        raise Forbidden(
            "worth_too_much",
            _("These vouchers can cost more than one person may give on a day."),
            _("Issue fewer, or let an owner issue them."),
        )


def _checked(order: Order, day: int) -> Order:
    name = " ".join(order.name.split())
    if not 1 <= len(name) <= 80:
        raise Refusal("no_name", _("Vouchers need a name of 1 to 80 characters, such as “spring flyer”."))
    if order.unit not in queries.plan(adjusting.programme()).units.ids:
        raise Refusal("no_unit", _("The programme has no unit “%(unit)s”."), unit=order.unit[:40])
    if not 1 <= order.units <= MOST_UNITS:
        raise Refusal("bad_units", _("The number of units must be whole and 1 or more."))
    if not 1 <= order.quantity <= MOST:
        raise Refusal("bad_quantity", _("Issue 1 to %(most)s vouchers at a time."), most=MOST)
    if order.last_day < day:
        raise Refusal("day_is_past", _("The last day is past already."), _("Let it be today or later."))
    return order._replace(name=name)


def claim(customer_id: int, text: str, *, day: int, actor: Actor, now: datetime) -> Claim:
    """Give a member what the voucher is worth; the same member again changes nothing."""
    require(actor, "voucher.claim")
    code, version = voucher_codes.fold(text), adjusting.programme()
    if code is None:
        raise Refusal(
            "mistyped_voucher",
            _("This is no voucher's code: it has 16 letters and digits, and at least one of these is wrong."),
            _("Look at it again, sign by sign."),
        )
    with transaction.atomic():
        member = locked([customer_id], now=now).get(customer_id)
        if member is None:
            raise NotFound("no_member", _("This customer is not in the club yet."), _("Offer them to join."))
        rows = Voucher.objects.select_for_update(of=("self",)).select_related("batch", "adjustment__member")
        found = rows.filter(digest=voucher_codes.digest(code)).first()
        if found is None:
            raise NotFound("no_voucher", _("There is no voucher with this code."))
        if found.adjustment is not None:
            return Claim(found.batch, _claimed_by(member.pk, found.adjustment), False)
        batch = found.batch
        _still_good(batch, day)
        told = {"reason": VOUCHER, "note": batch.name, "key": f"voucher:{found.pk}", "act": Adjustment.GIVE}
        asked = {"asked_by": actor.name, "asked_at": now, "asked_day": day}
        wanted = Adjustment(member=member, unit=batch.unit, units=batch.units, **told, **asked)
        settle([member.pk], day, actor=actor, now=now)
        adjusting.make(version, member, wanted, day=day, actor=actor, now=now)
        found.adjustment = wanted
        found.save(update_fields=["adjustment"])
        shop.audit("voucher.claimed", actor=actor, now=now, subject=f"voucher:{found.pk}", member=member.pk)
    return Claim(batch, wanted, True)


def _claimed_by(member: int, made: Adjustment) -> Adjustment:
    """The same again, where it is the same member's."""
    if (made.member.merged_into_id or made.member_id) != member:
        raise Conflict("voucher_claimed", _("This voucher was claimed by somebody else already."))
    return made


def _still_good(batch: VoucherBatch, day: int) -> None:
    if day > batch.last_day:
        raise Refusal(
            "voucher_over",
            _("This voucher was good until %(day)s."),
            _("Units can still be given by hand, with a reason."),
            day=to_date(batch.last_day).isoformat(),
        )
    if batch.unit not in queries.plan(adjusting.programme()).units.ids:
        raise Refusal("no_unit", _("The programme has no unit “%(unit)s”."), unit=batch.unit)


def some_good_on(day: int) -> bool:
    """Whether there are vouchers that can be claimed on that day at all."""
    return VoucherBatch.objects.filter(last_day__gte=day).exists()


class Batch(NamedTuple):
    """Vouchers that were issued together, and what became of them."""

    batch: VoucherBatch
    claimed: int

    @property
    def left(self) -> int:
        return self.batch.quantity - self.claimed


def batches(limit: int = 200) -> list[Batch]:
    """The newest first."""
    rows = list(VoucherBatch.objects.order_by("-pk")[:limit])
    gone = Voucher.objects.filter(batch__in=[row.pk for row in rows], adjustment__isnull=False)
    claimed = dict(gone.values_list("batch").annotate(Count("pk")))
    return [Batch(row, claimed.get(row.pk, 0)) for row in rows]


def as_csv(codes: Sequence[str]) -> str:
    """One code a line, in groups, under a heading; spreadsheets take them for text."""
    return "\ufeffcode\r\n" + "".join(f"{voucher_codes.grouped(code)}\r\n" for code in codes)


def said(batch: VoucherBatch) -> str:
    """ "25 points" """
    return f"{figures.number(batch.units)} {queries.unit_name(batch.unit)}"
