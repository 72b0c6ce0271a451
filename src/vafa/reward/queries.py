"""Reading the programme, members and wallets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from vafa.core import bulk, clock, figures
from vafa.core.calendar import local_day
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import queries as know
from vafa.ledger import queries as ledger
from vafa.reward import budgets, engine, programme, terms
from vafa.reward.contents import Contents, ahead, as_released, members_behind, over_at
from vafa.reward.models import Member, Position, ProgrammeVersion, Redemption, Referral, TierMove
from vafa.reward.versions import (
    compiled,
    draft,
    first_day,
    launched,
    members_apart,
    plan,
    plan_on,
    planned,
    running,
    running_plan,
    state,
    version,
    versions,
)
from vafa.reward.worth import worth
from vafa.shop import queries as shop

__all__ = [
    "compiled",
    "draft",
    "first_day",
    "launched",
    "members_apart",
    "plan",
    "plan_on",
    "planned",
    "running",
    "running_plan",
]
__all__ += ["state", "version", "versions"]

# The programme ------------------------------------------------------------------------------


def unit_name(unit: str) -> str:
    """What a unit is called, in the reader's language where we know the word."""
    found = running_plan()
    names = {u.id: u.name for u in found.programme.units} if found else {}
    return _(names.get(unit, unit))


class Offer(NamedTuple):
    """A reward that members can ask for."""

    id: str
    name: str
    unit: str
    price: int
    worth: int | None  # minor units, where it is money
    sentence: str
    gives: str = ""  # the unit of money that comes into the wallet; "": what it is worth comes off the bill
    tiers: tuple[str, ...] = ()  # who may have it; empty: every member
    chosen: programme.Chosen | None = None  # the member says how many units; price and worth are the least


def offers(found: engine.Plan | None = None) -> list[Offer]:
    """The rewards of the running programme (or of ``found``), dearest first."""
    found = found or running_plan()
    if found is None:
        return []
    made = [_offer(found, row) for row in range(len(found.rewards.ids)) if not found.rewards.auto[row]]
    return sorted(made, key=lambda offer: -offer.price)


def _offer(found: engine.Plan, row: int) -> Offer:
    reward = found.programme.rewards[row]
    gives = found.rewards.gives[row]
    money = gives < 0 or found.programme.units[gives].money
    least = found.rewards.least[row]
    worth = found.rewards.amount[row] * least // found.rewards.price[row] if money else None
    told = {"n": figures.number(least), "unit": _(found.programme.unit(reward.unit).name)}
    kept = found.programme.units[gives] if found.rewards.kept[row] else None
    told["worth"] = figures.money(worth or 0, found.currency, whole=(worth or 0) % 100 == 0)
    if worth is None:
        sentence = _("Use %(n)s %(unit)s: %(what)s") % (told | {"what": _(reward.name)})
    elif reward.chosen is not None:
        sentence = _("Pay with %(unit)s, from %(n)s on: %(worth)s off") % told
    elif kept is None:
        sentence = _("Use %(n)s %(unit)s: %(worth)s off") % told
    else:
        sentence = _("Use %(n)s %(unit)s: %(what)s of %(worth)s, kept in the wallet") % (told | {"what": _(kept.name)})
    gives_unit = kept.id if kept else ""
    return Offer(reward.id, reward.name, reward.unit, least, worth, sentence, gives_unit, reward.tiers, reward.chosen)


def offer(version: ProgrammeVersion, reward: str) -> Offer:
    """The reward called ``reward``; NotFound otherwise."""
    for each in offers(plan(version)):
        if each.id == reward:
            return each
    raise NotFound("no_reward", gettext_noop("The programme has no reward “%(id)s”."), id=reward[:40])


def welcome() -> list[str]:
    """What the cashier says to someone who is not a member yet: the terms in short."""
    found = running_plan()
    return [section.text for section in terms.sentences(found)[:4]] if found else []


# Members ------------------------------------------------------------------------------------


def member_of(customer_id: int) -> Member | None:
    """The member who the customer is, with the card that theirs became."""
    return members_of([customer_id]).get(customer_id)


def members_of(customer_ids: Iterable[int]) -> dict[int, Member]:
    """The same of many, by customer."""
    rows = Member.objects.select_related("merged_into").filter(customer_id__in=list(customer_ids))
    return {member.customer_id: member.merged_into or member for member in rows}


def member_row(customer_id: int) -> Member | None:
    """The member of that very card."""
    return Member.objects.filter(customer_id=customer_id).first()


def positions(version: ProgrammeVersion | None, members: Iterable[int]) -> dict[int, Position]:
    """Where the engine stands with members, for those whose state it can still read."""
    found = bulk.objects(connection, Position, "member_id IN ({})", among=members)
    latest = version.course[-1].pk if version else None
    return {
        position.member_id: position
        for position in found
        if position.version_id == latest and engine.readable(bytes(position.state))
    }


def brought() -> list[tuple[str, str, datetime, int]]:
    """Who was brought by whom: numbers, the instant, the day."""
    rows = list(Referral.objects.values_list("member__customer_id", "advocate__customer_id", "at"))
    people = know.customers({pk for row in rows for pk in row[:2]})
    zone = ZoneInfo(shop.club().time_zone)
    return [(people[one].code, people[by].code, at, local_day(at, zone)) for one, by, at in rows]


def joined_days() -> dict[int, int]:
    """The day on which each member joined, by customer."""
    return dict(Member.objects.values_list("customer_id", "joined_day"))


def took_rewards(first: int, last: int) -> set[int]:
    """The customers who took a reward on one of these days and kept it, under the card that they have now."""
    taken = Redemption.objects.filter(status=Redemption.MADE, day__range=(first, last))
    rows = taken.values_list("member__customer_id", "member__merged_into__customer_id")
    return {now or then for then, now in rows}


def members_count() -> int:
    return Member.objects.filter(merged_into=None).count()


@dataclass(frozen=True)
class Wallet:
    """What a member has, on a day."""

    member: bool
    joined_at: datetime | None
    tier: str
    balances: Mapping[str, int]
    owed: Mapping[str, int]
    worth: int  # minor units that the spendable units are worth

    @property
    def sentence(self) -> str:
        return said(self.balances) if self.member else _("Not in the club: no points.")


def wallet(customer_id: int, day: int) -> Wallet:
    member = member_of(customer_id)
    if member is None:
        return Wallet(False, None, "", {}, {}, 0)
    over = _as_released([member.pk])
    now = as_of_each([(member.pk, day)], over)[member.pk, day]
    owed = over[member.pk].owed if over else ledger.owed(member.pk)
    worth = sum(unit_worth(unit, count) for unit, count in now.balances.items())
    return Wallet(True, member.joined_at, now.tier, now.balances, owed, worth)


class AsOf(NamedTuple):
    tier: str  # its name
    balances: Mapping[str, int]
    state: bytes | None  # the engine's memory, to walk on from


def as_of(member: int, day: int) -> AsOf:
    """Tier and spendable units on ``day``, whether or not what time brought about was booked yet."""
    return as_of_each([(member, day)])[member, day]


def as_of_each(
    wanted: Collection[tuple[int, int]], over: Mapping[int, Contents] | None = None
) -> dict[tuple[int, int], AsOf]:
    """The same of many, by member and day. ``over``: as ``_as_released`` tells of them, where it was asked."""
    members = {member for member, _day in wanted}
    over = _as_released(members) if over is None else over
    known = positions(running(), members)
    told = {
        day: ledger.balances_of({member for member, on in wanted if on == day}, day) for day in {d for _m, d in wanted}
    }
    found = {}
    for member, day in wanted:
        state = over[member].state if member in over else bytes(known[member].state) if member in known else None
        have = over[member].balances(day) if member in over else told[day].get(member, {})
        found[member, day] = _in_state(member, day, have, state, over.get(member))
    return found


def _in_state(member: int, day: int, balances: Mapping[str, int], state: bytes | None, over: Contents | None) -> AsOf:
    version = running(day)
    if version is None or state is None:
        return AsOf("", balances, state)
    found = plan(version)
    tier, due_day = engine.standing(found, state)
    if due_day is not None and due_day <= day:
        unswept = over.unswept(day) if over else ledger.unswept(member, day)
        effects, state = engine.walk_account(found, [], state, until=day)
        tier = engine.standing(found, state).tier
        balances = ahead(unswept, effects, day)
    return AsOf(tier_name(found, tier), balances, state)


def tier_name(found: engine.Plan, tier: str) -> str:
    """What a tier is called; "" for a plain member."""
    return _(found.tiers.names[found.tiers.ids.index(tier)]) if tier in found.tiers.ids else ""


def balances(member: int, day: int) -> Mapping[str, int]:
    """Spendable units of a member on ``day``."""
    return as_of(member, day).balances


def _as_released(members: Iterable[int]) -> dict[int, Contents]:
    """What those members have whose hold is over but not released yet; mostly nobody."""
    now = clock.now()
    behind = members_behind(members, now)
    version = running() if behind else None
    if version is None:
        return {}
    rooms = budgets.as_given(version, [member.pk for member in behind])
    return as_released(plan(version), behind, first_day(version), now, rooms)


def balances_of(customer_ids: list[int], day: int) -> dict[int, dict[str, int]]:
    """Spendable units of many customers, by customer."""
    members = dict(Member.objects.filter(customer_id__in=customer_ids).values_list("id", "customer_id"))
    told = ledger.balances_of(members, day)
    found = {customer_id: told.get(member, {}) for member, customer_id in members.items()}
    for owner, over in _as_released(members).items():
        found[members[owner]] = over.balances(day)
    return found


def said(balances: Mapping[str, int]) -> str:
    """ "1,240 points, 3 stamps" """
    parts = [f"{figures.number(n)} {unit_name(unit)}" for unit, n in balances.items() if n]
    return _(", ").join(parts)


def members_due(day: int) -> list[int]:
    """Members with something that time alone brings about up to ``day``: expiries, ends of tiers and years."""
    due = Position.objects.filter(due_day__lte=day).values_list("member_id", flat=True)
    return sorted({*ledger.owners_with_expired(day), *due})


def tier_moves(customer_id: int) -> list[TierMove]:
    return list(TierMove.objects.filter(member__customer_id=customer_id).order_by("-day", "-id"))


def redemption(redemption_id: int) -> Redemption:
    """The redemption of that number; a hold whose time is over is told as what it is."""
    found = Redemption.objects.select_related("member").filter(id=redemption_id).first()
    if found is None:
        raise NotFound("no_redemption", gettext_noop("There is no such redemption."))
    if over_at(found, clock.now()):
        found.status = Redemption.EXPIRED
    return found


# The account of the programme ---------------------------------------------------------------


def unit_worth(unit: str, count: int, found: engine.Plan | None = None) -> int:
    """Minor units that ``count`` units are worth: by the best reward, or by the unit's own worth."""
    found = found or running_plan()
    return worth(found, unit, count) if found else 0


def owed_as_of(*days: int) -> list[tuple[dict[str, int], int]]:
    """All units that members held at the end of each of ``days``, and what they are worth, in minor units."""
    held = ledger.held_on(*days)
    return [(units, sum(unit_worth(unit, count) for unit, count in units.items())) for units in held]


def lots_of(customer_id: int) -> list[tuple[str, int, int, int | None]]:
    """What a member holds, in the order of use: (unit, left, usable from, last usable day)."""
    member = member_of(customer_id)
    if member is None:
        return []
    today, over = shop.today(), _as_released([member.pk]).get(member.pk)
    held = over.alive(today) if over else ledger.lots(member.pk, today)
    return [
        (lot.unit, lot.left, lot.available_day, None if lot.expires_day is None else lot.expires_day - 1)
        for lot in held
    ]
