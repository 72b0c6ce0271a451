"""Laws of the walk that hold for every history."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from test_engine import OFF, SPENT, TIERED, day, gallery, plan_of

from vafa.reward import engine
from vafa.reward.engine import Activity, Effect

RICH = plan_of(
    '[unit.point]\nexpires = "60 days"\npending_days = 3\n[unit.stamp]\n[unit.gift]\ngift = true\n',
    SPENT,
    '[[counter]]\nid = "lately"\nof = "amount"\nwindow = "rolling 30 days"\n',
    '[[counter]]\nid = "collected"\nof = "stamp"\n',
    '[[tier]]\nid = "premier"\nreach = [{ lately = 200.00 }, { spent = 500.00 }]\nvalid = "3 months"\n',
    TIERED + 'cap = { per = "month", max = 300 }\n',
    '[[earn]]\nid = "stamp"\nunit = "stamp"\nwhen = { counter = "spent", every = 50.00 }\n',
    '[[earn]]\nid = "gift"\nunit = "gift"\nwhen = { counter = "collected", crosses = 5 }\n',
    OFF.replace("price = 10", "price = 40"),
)
KINDS = st.sampled_from(["sale", "sale", "sale", "redeem"])
STEP = st.tuples(st.integers(0, 45), KINDS, st.integers(0, 30_000), st.booleans())
WITH_RETURNS = st.tuples(st.integers(0, 45), KINDS | st.just("return"), st.integers(0, 30_000), st.booleans())


def history(steps: list[tuple[int, str, int, bool]]) -> list[Activity]:
    """Activities with the days between them; a flag names the gift, or leaves the returned purchase untold."""
    found, when = [Activity(1, day("2025-11-01"), "signup")], day("2025-11-01")
    for number, (gap, kind, amount, flag) in enumerate(steps, 2):
        when += gap
        reward = ("gift" if flag else "off") if kind == "redeem" else ""
        returns = 0 if kind != "return" or flag else amount % number + 1
        found.append(Activity(number, when, kind, 0 if kind == "redeem" else amount, reward=reward, returns=returns))
    return found


@settings(deadline=None)
@given(st.lists(STEP, max_size=25))
def test_one_by_one_says_the_same_as_all_at_once(steps: list[tuple[int, str, int, bool]]) -> None:
    activities = history(steps)
    whole, end = engine.walk_account(RICH, activities, None)
    parts: list[Effect] = []
    state: bytes | None = None
    for activity in activities:
        effects, state = engine.walk_account(RICH, [activity], state)
        parts += effects
    assert parts == whole
    assert state == end


@settings(deadline=None)
@given(st.lists(WITH_RETURNS, max_size=25), st.integers(0, 400))
def test_every_balance_is_the_sum_of_its_movements(steps: list[tuple[int, str, int, bool]], more: int) -> None:
    activities = history(steps)
    last = activities[-1].day + more
    effects, _state = engine.walk_account(RICH, activities, None, until=last)
    lots: dict[tuple[str, int], int] = {}
    available: dict[tuple[str, int], int] = {}
    debts: dict[str, int] = {}
    for e in effects:
        if e.kind == "tier":
            continue
        if e.kind == "owed":  # a debt, or a lot that pays one
            debts[e.unit] = debts.get(e.unit, 0) + (-e.amount if e.lot == 0 else e.amount)
            assert debts[e.unit] >= 0
        if e.lot == 0:
            continue
        lots[e.unit, e.lot] = lots.get((e.unit, e.lot), 0) + e.amount
        available[e.unit, e.lot] = e.available_day
        assert lots[e.unit, e.lot] >= 0
        usable = sum(n for lot, n in lots.items() if lot[0] == e.unit and available[lot] <= e.day)
        assert e.balance_after == usable


@settings(deadline=None)
@given(st.lists(STEP, max_size=12), st.data())
def test_what_is_returned_at_once_was_never_there(steps: list[tuple[int, str, int, bool]], data: st.DataObject) -> None:
    """The units that remain after sale and return of everything, nothing being spent between, are none."""
    sales = [a for a in history(steps) if a.kind == "sale"]
    order = data.draw(st.permutations(sales))
    back = [Activity(100 + n, 30_000, "return", a.amount, returns=a.id) for n, a in enumerate(order)]
    plan = gallery("stamps")
    effects = engine.walk_account(plan, [*sales, *back], None)[0]
    for unit in plan.units.ids:
        assert sum(e.amount for e in effects if e.unit == unit) == 0
