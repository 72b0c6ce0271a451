"""A till without a database: the real engine, the real walk's accounts and the real postings, lots in memory.

What is told late, given back or cancelled is walked again and posted by difference, as the product does
(docs/decisions/0002-ledger-by-difference.md). The tables refuse what the database would refuse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from facts import Fact

from vafa.ledger.posting import Extension, Key, Movement, Opening, differences, member_side, totals
from vafa.reward import engine, walking
from vafa.reward.contents import ahead
from vafa.reward.engine import Activity
from vafa.reward.history import Dated, in_order
from vafa.reward.walking import Result, movements_of

MEMBER = 7


def as_activity(fact: Fact) -> Activity:
    return Activity(fact.id, fact.day, fact.kind, fact.amount, fact.lines, fact.returns, fact.reward, fact.units)


def instant(fact: Fact, order: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=fact.day, seconds=order)


class Lots:
    """What the tables of the ledger hold: entries that only grow, lots that are never overdrawn or overfull."""

    def __init__(self) -> None:
        self.entries: list[Movement] = []
        self.rows: dict[tuple[str, int], list[int | None]] = {}  # granted, left, available, expires, earned

    @property
    def held(self) -> Mapping[tuple[str, int], tuple[int, int, int | None]]:
        """(unit, lot) → left, available, expires: those that hold something."""
        return MappingProxyType({k: (row[1], row[2], row[3]) for k, row in self.rows.items() if row[1]})  # type: ignore[misc]

    def post(
        self, movements: Sequence[Movement], openings: Sequence[Opening], extensions: Sequence[Extension] = ()
    ) -> None:
        for lot in openings:
            row = self.rows.setdefault((lot.unit, lot.activity), [0, 0, 0, 0, 0])
            row[0] = max(row[0] or 0, lot.granted)
            row[2:] = [lot.available_day, lot.expires_day, lot.earned_day]
        for move in movements:
            assert move.amount != 0
            assert member_side(move.key) == ("wallet" if move.key.lot else "owed")
            if move.key.lot:
                row = self.rows[move.key.unit, move.key.lot]
                row[1] = (row[1] or 0) + move.amount
        for told in extensions:
            for (unit, _lot), row in self.rows.items():
                if unit == told.unit and row[1] and told.first_day <= (row[4] or 0) <= told.last_day:
                    row[3] = told.expires_day
        for lot in openings:
            self.rows[lot.unit, lot.activity][3] = lot.expires_day
        for name, (granted, left, *_days) in self.rows.items():
            assert 0 <= (left or 0) <= (granted or 0), f"lot {name} holds {left} of {granted}"
        self.entries += movements

    def totals(self) -> dict[Key, int]:
        return totals((move.key, move.amount) for move in self.entries)


class Desk:
    """One member at the till."""

    def __init__(self, plan: engine.Plan) -> None:
        self.plan, self.lots = plan, Lots()
        self.dated: list[Dated] = []
        self.state: bytes | None = None
        self.walked_day = 0
        self.tiers: list[tuple[int, int, str]] = []

    def tell(self, fact: Fact, at: datetime) -> None:
        fresh = Dated(at, as_activity(fact))
        last = (self.dated[-1].at, self.dated[-1].activity.id) if self.dated else None
        self.dated = in_order([*self.dated, fresh])
        later = last is None or ((at, fact.id) > last and fact.day >= self.walked_day)
        if fact.kind != "return" and later:
            self._walk_on([fresh])
        else:
            self.walk_again()

    def sweep(self, day: int) -> None:
        """As the morning's round does."""
        if day > self.walked_day:
            self._walk_on([], until=day)

    def take_out(self, number: int) -> None:
        """A redemption was cancelled, or a sale voided."""
        self.dated = [one for one in self.dated if one.activity.id != number]
        self.walk_again()

    def _walk_on(self, fresh: list[Dated], until: int | None = None) -> None:
        effects, self.state = engine.walk_account(self.plan, [one.activity for one in fresh], self.state, until=until)
        self.walked_day = max([self.walked_day, *(one.activity.day for one in fresh), until or 0])
        result = Result(MEMBER, fresh, effects, self.state, self.walked_day)
        self.lots.post(movements_of(result), walking.openings(result), walking._extensions(result))
        self._tiers(effects)

    def walk_again(self) -> None:
        self.walked_day = max([self.walked_day, *(one.activity.day for one in self.dated)])
        result = self.from_the_start()
        self.state, self.tiers = result.state, []
        wanted = totals((move.key, move.amount) for move in movements_of(result))
        changes = differences(wanted, self.lots.totals())
        moves = [Movement(MEMBER, key, self.walked_day, delta) for key, delta in changes.items()]
        self.lots.post(moves, [lot._replace(again=True) for lot in walking.openings(result)])
        self._tiers(result.effects)

    def from_the_start(self) -> Result:
        activities = [one.activity for one in self.dated]
        effects, state = engine.walk_account(self.plan, activities, None, until=self.walked_day)
        return Result(MEMBER, self.dated, effects, state, self.walked_day)

    def _tiers(self, effects: Sequence[engine.Effect]) -> None:
        self.tiers += [(e.activity, e.day, e.tier) for e in effects if e.kind == "tier"]

    # What can be asked

    def moves(self) -> Counter[tuple[int, str, str, int]]:
        """All movements, without their reasons."""
        found: Counter[tuple[int, str, str, int]] = Counter()
        for move in self.lots.entries:
            found[move.key[:4]] += move.amount
        return Counter({key: amount for key, amount in found.items() if amount})

    def balances(self, day: int) -> dict[str, int]:
        """Spendable on ``day``, whether or not what time brings about was booked: as ``reward.queries`` does."""
        found: dict[str, int] = {}
        due = engine.standing(self.plan, self.state).due_day if self.state else None
        walks = due is not None and due <= day
        for (unit, _lot), (left, available, expires) in self.lots.held.items():
            if available <= day and (walks or expires is None or expires > day):
                found[unit] = found.get(unit, 0) + left
        return ahead(found, engine.walk_account(self.plan, [], self.state, until=day)[0], day) if walks else found
