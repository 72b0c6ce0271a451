"""What a purchase brought with its reasons, what it would bring, and how far it is to the next reward."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.ledger import queries as ledger
from vafa.ledger.posting import Movement
from vafa.reward import budgets, engine, queries
from vafa.reward.engine.explain import explain
from vafa.reward.history import PURCHASE, activity_id
from vafa.reward.models import Member
from vafa.shop import queries as shop

BESIDE = frozenset({"expire", "redeem"})  # what happened at the same moment, and is not the purchase's


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


class Recorded(NamedTuple):
    """A purchase or event that stands in the card file."""

    id: int
    customer_id: int | None
    day: int
    what: int = PURCHASE

    @property
    def activity(self) -> int:
        return activity_id(self.what, self.id)


class Brought(NamedTuple):
    """What an act brought about a moment ago: within its transaction it need not be asked for."""

    activities: Collection[int]  # those that it recorded
    members: Mapping[int, Member]  # by customer
    movements: Sequence[Movement]
    states: Mapping[int, bytes]  # by member: the engine's memory


NOTHING = Brought((), {}, (), {})


def outcome(recorded: Recorded) -> Outcome:
    """What it brought, and what the member has on its day."""
    return outcomes([recorded])[0]


def outcomes(recorded: Sequence[Recorded], brought: Brought = NOTHING) -> list[Outcome]:
    """The same of each of several; what a member has is told as it is after all of them.

    ``brought``: by the act that recorded some of them.
    """
    strangers = {one.customer_id for one in recorded if one.customer_id} - brought.members.keys()
    members = {**brought.members, **(queries.members_of(strangers) if strangers else {})}
    of_members = [(one, members[one.customer_id].pk) for one in recorded if one.customer_id in members]
    asked = [(one, pk) for one, pk in of_members if not _is_known(one, pk, brought)]
    today = shop.today()
    have = queries.as_of_each({(pk, max(one.day, today)) for one, pk in asked}) if asked else {}
    entries = ledger.entries_by_activity([one.activity for one, _pk in asked]) if asked else {}
    moved: dict[int, list[Mapping[str, Any]]] = {}
    for move in brought.movements:
        told = {"unit": move.key.unit, "kind": move.key.kind, "amount": move.amount, "reason": move.key.reason}
        moved.setdefault(move.key.activity, []).append(told)
    found = []
    for one in recorded:
        member, plan = members.get(one.customer_id or 0), queries.plan_on(one.day)
        if member is None or plan is None:
            found.append(Outcome(member is not None, (), {}, ""))
        elif _is_known(one, member.pk, brought):
            now = _in_state(brought.states[member.pk], max(one.day, today))
            found.append(Outcome(True, _moves(plan, moved.get(one.activity, ())), *now))
        else:
            seen = have[member.pk, max(one.day, today)]
            found.append(Outcome(True, _moves(plan, entries.get(one.activity, ())), seen.balances, seen.tier))
    return found


def _is_known(one: Recorded, member: int, brought: Brought) -> bool:
    return one.activity in brought.activities and member in brought.states


def _in_state(state: bytes, day: int) -> tuple[Mapping[str, int], str]:
    """Balances and tier out of the engine's memory: the ledger was just brought in line with it."""
    found = queries.plan_on(day)
    if found is None:
        return {}, ""
    tier, units = engine.contents(found, state, day)
    return units, queries.tier_name(found, tier)


def _moves(found: engine.Plan, entries: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, int, str], ...]:
    return tuple((e["unit"], e["amount"], reason(found, e)) for e in entries if e["kind"] not in BESIDE)


def reason(found: engine.Plan, entry: Mapping[str, Any]) -> str:
    """Why an entry of the ledger was made, as a sentence."""
    rule, _slash, tier = entry["reason"].partition("/")
    told = engine.Effect(0, 0, entry["kind"], entry["unit"], entry["amount"], rule, tier or "member", 1, 0, None, 0)
    return explain(found, told)


def quote(customer_id: int, amount: int, *, day: int) -> Outcome:
    """What a purchase of ``amount`` would bring today; nothing is written."""
    member, version = queries.member_of(customer_id), queries.running(day)
    found = queries.plan(version) if version else None
    position = queries.positions(version, [member.pk]).get(member.pk) if member else None
    if member is None or found is None or position is None:
        return Outcome(member is not None, (), {}, "")
    now = queries.as_of(member.pk, day)
    bought = engine.Activity(id=2**62, day=max(day, position.walked_day), kind="sale", amount=amount)
    effects, _state = engine.walk_account(found, [bought], now.state, rooms=_left(day))
    mine = [effect for effect in effects if effect.activity == bought.id and effect.kind not in ("tier", "extend")]
    after = dict(now.balances)
    for effect in mine:
        after[effect.unit] = after.get(effect.unit, 0) + effect.amount
    moves = tuple((e.unit, e.amount, explain(found, e)) for e in mine)
    return Outcome(True, moves, after, now.tier)


def _left(day: int) -> engine.Rooms | None:
    version = queries.running()
    return budgets.as_left(version, day) if version else None


class Upcoming(NamedTuple):
    sentence: str
    share: float


def upcoming(have: queries.Wallet | Outcome) -> Upcoming | None:
    """How far it is to the next reward."""
    if not have.member:
        return None
    for each in reversed(queries.offers()):
        left = each.price - have.balances.get(each.unit, 0)
        if left > 0:
            told = {"n": figures.number(left), "reward": each.name, "unit": queries.unit_name(each.unit)}
            return Upcoming(_("%(n)s more %(unit)s to: %(reward)s") % told, 1 - left / each.price)
    return None
