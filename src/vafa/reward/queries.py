"""Reading the programme, members, wallets, and what each purchase brought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from vafa.core import clock, figures
from vafa.core.calendar import local_day
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import queries as know
from vafa.ledger import queries as ledger
from vafa.reward import budgets, engine, programme, terms
from vafa.reward.contents import Contents, ahead, as_released, members_behind, over_at
from vafa.reward.engine.explain import explain
from vafa.reward.history import PURCHASE, activity_id
from vafa.reward.models import Member, Position, ProgrammeVersion, Redemption, Referral, TierMove
from vafa.reward.versions import (
    compiled,
    draft,
    first_day,
    launched,
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

__all__ = ["compiled", "draft", "first_day", "launched", "plan", "plan_on", "planned", "running", "running_plan"]
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
    found = member_row(customer_id)
    return found.merged_into if found and found.merged_into_id else found


def member_row(customer_id: int) -> Member | None:
    """The member of that very card."""
    return Member.objects.filter(customer_id=customer_id).first()


def positions(version: ProgrammeVersion | None, members: Iterable[int]) -> dict[int, Position]:
    """Where the engine stands with members, for those whose state it can still read."""
    found = Position.objects.in_bulk(list(members))
    latest = version.course[-1].pk if version else None
    return {
        member: position
        for member, position in found.items()
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
    now = as_of(member.pk, day)
    worth = sum(unit_worth(unit, count) for unit, count in now.balances.items())
    return Wallet(True, member.joined_at, now.tier, now.balances, now.owed, worth)


class AsOf(NamedTuple):
    tier: str  # its name
    balances: Mapping[str, int]
    owed: Mapping[str, int]
    state: bytes | None  # the engine's memory, to walk on from


def as_of(member: int, day: int) -> AsOf:
    """Tier and spendable units on ``day``, whether or not what time brought about was booked yet."""
    over = _as_released([member]).get(member)
    version = running(day)
    found, position = plan(version) if version else None, positions(version, [member]).get(member)
    balances = over.balances(day) if over else ledger.balances(member, day)
    owed = over.owed if over else ledger.owed(member)
    state = over.state if over else bytes(position.state) if position else None
    if found is None or state is None:
        return AsOf("", balances, owed, state)
    tier, due_day = engine.standing(found, state)
    if due_day is not None and due_day <= day:
        balances = over.unswept(day) if over else ledger.unswept(member, day)
        effects, state = engine.walk_account(found, [], state, until=day)
        tier = engine.standing(found, state).tier
        balances = ahead(balances, effects, day)
    name = _(found.tiers.names[found.tiers.ids.index(tier)]) if tier in found.tiers.ids else ""
    return AsOf(name, balances, owed, state)


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
    found: dict[int, dict[str, int]] = {customer_id: {} for customer_id in members.values()}
    for (owner, unit), left in ledger.balances_of(members, day).items():
        found[members[owner]][unit] = left
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


# What a purchase brought --------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What a purchase brought (or would bring), with its reasons."""

    member: bool
    moves: tuple[tuple[str, int, str], ...]  # unit, amount, the reason as a sentence
    balances: Mapping[str, int]
    tier: str

    def by_unit(self) -> list[tuple[str, int, list[str]]]:
        """(unit, sum, reasons) in the order of the programme."""
        found: dict[str, list[tuple[int, str]]] = {}
        for unit, amount, reason in self.moves:
            found.setdefault(unit, []).append((amount, reason))
        return [(u, sum(a for a, _r in rows), [r for _a, r in rows if r]) for u, rows in found.items()]


def outcome(purchase_id: int, customer_id: int | None, day: int, *, what: int = PURCHASE) -> Outcome:
    """What a recorded purchase (or ``what`` else) brought, and what the member has on its day."""
    member = member_of(customer_id) if customer_id else None
    found = plan_on(day)
    if member is None or found is None:
        return Outcome(member is not None, (), {}, "")
    activity = activity_id(what, purchase_id)
    moves = tuple(
        (entry["unit"], entry["amount"], reason(found, entry))
        for entry in ledger.entries_by_activity([activity]).get(activity, [])
        if entry["kind"] not in ("expire", "redeem")
    )
    now = as_of(member.pk, max(day, shop.today()))
    return Outcome(True, moves, now.balances, now.tier)


def reason(found: engine.Plan, entry: Mapping[str, Any]) -> str:
    """Why an entry of the ledger was made, as a sentence."""
    rule, _slash, tier = entry["reason"].partition("/")
    told = engine.Effect(0, 0, entry["kind"], entry["unit"], entry["amount"], rule, tier or "member", 1, 0, None, 0)
    return explain(found, told)


def quote(customer_id: int, amount: int, *, day: int) -> Outcome:
    """What a purchase of ``amount`` would bring today; nothing is written."""
    member, version = member_of(customer_id), running(day)
    found = plan(version) if version else None
    position = positions(version, [member.pk]).get(member.pk) if member else None
    if member is None or found is None or position is None:
        return Outcome(member is not None, (), {}, "")
    now = as_of(member.pk, day)
    bought = engine.Activity(id=2**62, day=max(day, position.walked_day), kind="sale", amount=amount)
    effects, _state = engine.walk_account(found, [bought], now.state, rooms=_left(day))
    mine = [effect for effect in effects if effect.activity == bought.id and effect.kind not in ("tier", "extend")]
    after = dict(now.balances)
    for effect in mine:
        after[effect.unit] = after.get(effect.unit, 0) + effect.amount
    moves = tuple((e.unit, e.amount, explain(found, e)) for e in mine)
    return Outcome(True, moves, after, now.tier)


def _left(day: int) -> engine.Rooms | None:
    version = running()
    return budgets.as_left(version, day) if version else None


class Upcoming(NamedTuple):
    sentence: str
    share: float


def upcoming(have: Wallet | Outcome) -> Upcoming | None:
    """How far it is to the next reward."""
    if not have.member:
        return None
    for each in reversed(offers()):
        left = each.price - have.balances.get(each.unit, 0)
        if left > 0:
            told = {"n": figures.number(left), "reward": each.name, "unit": unit_name(each.unit)}
            return Upcoming(_("%(n)s more %(unit)s to: %(reward)s") % told, 1 - left / each.price)
    return None


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
