"""Budgets, the first so many, stocks: cuts in a back-test, and the same by walking all members in the order of time."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from test_engine import day, give_back, plan_of, sale
from test_simulate import lines
from test_walks_agree import BEGIN, UNTIL

from vafa.core.calendar import day_number
from vafa.core.records import Line
from vafa.reward import engine
from vafa.reward.engine import Activity, batch
from vafa.reward.engine.fields import BUDGETS, SALE
from vafa.reward.engine.kernel.days import version_on, window_of
from vafa.reward.engine.memory import fresh
from vafa.reward.engine.timelines import KINDS, Timelines, timelines

POINT = '[unit.point]\nname = "points"\nexpires = "6 months"\n'
BASE = '[[earn]]\nid = "base"\nunit = "point"\nper = 1.00\n'
OFF = '[[reward]]\nid = "off"\nunit = "point"\nprice = 100\namount = 2.00\n'
GIFT = '[unit.gift]\ngift = true\n[[reward]]\nid = "mug"\nunit = "point"\nprice = 150\ngives = "gift"\nwhen = "auto"\n'
ALL = plan_of(
    '[programme]\nbudget = { max = 300.00, per = "year" }\n',
    POINT,
    '[[counter]]\nid = "spent"\n[[tier]]\nid = "gold"\nreach = [{ spent = 600.00 }]\n',
    BASE + 'by_tier = { gold = 2 }\nbudget = { max = 5000, per = "month", returned = "free" }\n',
    '[[earn]]\nid = "early"\nunit = "point"\nof = "visit"\ngives = 7\nfirst = 20\nbonus = true\n',
    '[[earn]]\nid = "tea"\nunit = "point"\nper = 0.50\nbudget = { max = 60.00 }\nwhere = { weekday = "mon" }\n',
    OFF,
    GIFT + "stock = 25\n",
)


def side_by_side(plan: engine.Plan, told: Timelines) -> dict[str, Any]:
    """The other way: every member's memory is kept, and all activities are walked in the order of time."""
    course, memory = plan.course, fresh(plan.tables)
    names, most = [*course.names.rewards, *course.names.units], plan.tables.sizes[BUDGETS]
    member = told.member
    returning = {int(m) for m in np.unique(member[told.kind == KINDS.index("return")])}
    walkers = [engine.Walker(plan, None, keeps=m in returning) for m in range(len(told.customers))]
    left: dict[tuple[int, int, int], int] = {}
    for row in told.order.tolist():
        kind, day = KINDS[told.kind[row]], int(told.day[row])
        lines_of = (Line(int(told.amount[row])),) if kind in ("sale", "return") else ()
        reward = names[told.reward[row]] if told.reward[row] >= 0 else ""
        done = Activity(row + 1, day, kind, int(told.amount[row]), lines_of, int(told.returns[row]), reward)
        holds = version_on(course.stack.begins, day)
        budgets = course.budgets[holds]
        spans = [(holds, b, window_of(plan.tables, memory, day, w)) for b, w in enumerate(budgets.window)]
        rooms = [max(left.setdefault(span, budgets.limit[span[1]]), 0) for span in spans]
        used = walkers[member[row]].step(done, [*rooms, *(0,) * (most - len(rooms))])
        for span, amount in zip(spans, used[: len(spans)], strict=True):
            if left[span] > 0:  # what has run out once is over
                left[span] -= amount
    for walker in walkers:
        walker.end(UNTIL)
    said = [(m, e) for m, walker in enumerate(walkers) for e in walker.effects]
    return {"said": [(m, e.day, e.kind, e.amount, e.reason, e.balance_after) for m, e in said], "left": left}


def invented(people: int, seed: int) -> Any:
    dice, rows = random.Random(seed), []
    for person in range(people):
        known: list[str] = []
        for number, after in enumerate(sorted(dice.choices(range(200), k=dice.randrange(1, 14)))):
            when, name = BEGIN + timedelta(days=after), f"{person}-{number}"
            row: dict[str, Any] = {"customer_id": f"c{person}", "day": str(when), "hour": dice.randrange(24)}
            row |= {"purchase_id": name, "amount": dice.randrange(100, 30_000)}
            if known and dice.random() < 0.2:
                row |= {"kind": "return", "returns": dice.choice(known)}
            else:
                known.append(name)
            rows.append(row)
    return lines(rows)


def said(plan: engine.Plan, log: batch.Log) -> list[tuple[Any, ...]]:
    names, kinds = batch.reasons(plan), batch.EFFECTS
    return [
        (int(m), int(d), kinds[k], int(a), names[r], int(b))
        for m, d, k, a, r, b in zip(log.member, log.day, log.kind, log.amount, log.reason, log.balance, strict=True)
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cutting_where_they_run_out_is_the_same_as_serving_in_the_order_of_time(seed: int) -> None:
    told = timelines(ALL, invented(80, seed))
    log = batch.walk_many(ALL, told, np.zeros(80, dtype=bool), until=UNTIL, compile_it=False)
    other, names = side_by_side(ALL, told), batch.reasons(ALL)
    assert said(ALL, log) == other["said"]
    over = {ALL.budgets.ids[budget] for (_version, budget, _window), room in other["left"].items() if room <= 0}
    assert over == {"programme", "earn:base", "first:early", "earn:tea", "reward:mug"}  # each did run out
    given = {name: int(log.amount[(log.reason == n) & (log.amount > 0)].sum()) for n, name in enumerate(names)}
    early = log.member[log.reason == names.index("early")]
    assert (len(np.unique(early)), given["mug"], given["tea"]) == (20, 25, 3_000)  # 60.00 at 0.02 each


def test_each_version_has_budgets_of_its_own() -> None:
    fewer = [POINT, BASE + 'budget = { max = 9000, per = "month" }\n', OFF + "stock = 3\n"]
    course = engine.succeed([ALL, plan_of(*fewer), ALL], [day_number(BEGIN) + 60, day_number(BEGIN) + 130])
    told = timelines(course[2], invented(80, 4))
    log = batch.walk_many(course[2], told, np.zeros(80, dtype=bool), until=UNTIL, compile_it=False)
    other = side_by_side(course[0], told)
    assert said(course[2], log) == other["said"]
    over = {(holds, course[holds].budgets.ids[b]) for (holds, b, _window), room in other["left"].items() if room <= 0}
    assert {(0, "earn:base"), (1, "earn:base"), (2, "first:early")} < over


@pytest.mark.parametrize("versions", [1, 2])
def test_compiled_and_plain_agree_within_budgets(versions: int) -> None:
    plan = ALL if versions == 1 else engine.succeed([ALL, ALL], [day_number(BEGIN) + 90])[1]
    told = timelines(plan, invented(120, 7))
    takes = np.arange(120) % 2 == 0
    plain, quick = (batch.walk_many(plan, told, takes, until=UNTIL, compile_it=it) for it in (False, True))
    assert int((told.kind == SALE).sum()) > 400
    assert all((a == b).all() for a, b in zip(plain, quick, strict=True))


# By hand: what one activity uses of the rooms that it is told ---------------------------------


class Club:
    """Members who come one after another to the same rooms."""

    def __init__(self, plan: engine.Plan, *rooms: int) -> None:
        self.plan, self.rooms, self.members = plan, list(rooms), dict[str, engine.Walker]()

    def tell(self, name: str, done: Activity) -> list[tuple[str, int]]:
        """What it brought."""
        walker = self.members.setdefault(name, engine.Walker(self.plan, None, keeps=True))
        before = len(walker.effects)
        used = walker.step(done, self.rooms)
        self.rooms = [room - amount for room, amount in zip(self.rooms, used, strict=True)]
        return [(e.reason, e.amount) for e in walker.effects[before:]]


def test_the_first_two_members_get_it_whenever_they_come_and_nobody_after_them() -> None:
    welcome = '[[earn]]\nid = "early"\nunit = "point"\nof = "visit"\ngives = 7\nfirst = 2\n'
    club = Club(plan_of(POINT, '[[earn]]\nid = "tea"\nunit = "point"\nper = 9.00\n', welcome), 2)
    assert club.tell("ada", sale(1, "2026-03-01", 1_00)) == [("early", 7)]
    assert club.tell("ada", sale(2, "2026-03-02", 1_00)) == [("early", 7)]
    assert club.rooms == [1]
    assert club.tell("ben", sale(3, "2026-03-03", 9_00)) == [("tea", 1), ("early", 7)]
    assert club.tell("carla", sale(4, "2026-03-04", 9_00)) == [("tea", 1)]
    assert club.tell("ben", sale(5, "2026-03-05", 1_00)) == [("early", 7)]
    assert club.rooms == [0]


def test_who_comes_when_it_runs_out_gets_the_rest_and_a_part_of_a_unit_is_lost() -> None:
    """Points are worth 0.02: of a rest of 0.05 two can be given, and then it is over."""
    plan = plan_of(POINT + "worth = 0.02\n", BASE + "budget = { max = 0.45 }\n")
    club = Club(plan, 45)
    assert club.tell("ada", sale(1, "2026-03-01", 20_00)) == [("base", 20)]
    assert (club.tell("ada", sale(2, "2026-03-02", 99)), club.rooms) == ([], [5])
    assert (club.tell("ben", sale(3, "2026-03-03", 3_00)), club.rooms) == ([("base", 2)], [0])
    assert (club.tell("ben", sale(4, "2026-03-04", 1_00)), club.rooms) == ([], [0])
    other = Club(plan, 45)
    assert (other.tell("ada", sale(1, "2026-03-01", 22_00)), other.rooms) == ([("base", 22)], [1])  # not run out yet
    assert (other.tell("ada", sale(2, "2026-03-02", 1_00)), other.rooms) == ([], [0])


def test_of_two_budgets_the_smaller_rest_decides_and_the_other_keeps_what_is_not_given() -> None:
    plan = plan_of(
        "[programme]\nbudget = { max = 1.00 }\n",
        POINT + "worth = 0.02\n",
        BASE + "budget = { max = 30 }\n",
        '[[earn]]\nid = "tea"\nunit = "point"\nper = 0.50\nbudget = { max = 90 }\n',
    )
    assert plan.budgets.ids == ("programme", "earn:base", "earn:tea")
    club = Club(plan, 100, 30, 90)
    assert club.tell("ada", sale(1, "2026-03-01", 10_00)) == [("base", 10), ("tea", 20)]
    assert club.rooms == [40, 20, 70]
    assert club.tell("ben", sale(2, "2026-03-02", 19_00)) == [("base", 19), ("tea", 1)]
    assert club.rooms == [0, 1, 69]


def test_what_goes_back_makes_room_in_its_own_span_of_its_own_rule_alone() -> None:
    free = ', per = "month", returned = "free" }\n'
    plan = plan_of(
        POINT + "worth = 0.02\n",
        BASE + "budget = { max = 100" + free,
        BASE.replace('"base"', '"more"') + "budget = { max = 6.00" + free,
        BASE.replace('"base"', '"spent"').replace("1.00", "2.00") + "budget = { max = 500 }\n",
    )
    club = Club(plan, 100, 600, 500)
    for number, when in ((1, "2026-03-01"), (2, "2026-03-31")):
        club.tell("ada", sale(number, when, 40_00))
    assert club.rooms == [20, 440, 460]
    club.tell("ada", give_back(3, "2026-03-31", 10_00, 1))
    assert club.rooms == [30, 460, 460]
    club.tell("ada", give_back(4, "2026-04-01", 20_00, 2))
    assert club.rooms == [30, 460, 460]


def test_a_new_version_gets_no_room_from_what_goes_back_of_the_one_before() -> None:
    plan = plan_of(POINT, BASE + 'budget = { max = 100, returned = "free" }\n')
    changed = plan_of(POINT, BASE.replace("1.00", "0.50") + 'budget = { max = 100, returned = "free" }\n')
    club = Club(engine.succeed([plan, changed], [day("2026-04-01")])[1], 100)
    club.tell("ada", sale(1, "2026-03-01", 40_00))
    club.tell("ada", sale(2, "2026-04-01", 10_00))
    assert club.rooms == [40]
    club.tell("ada", give_back(3, "2026-04-02", 40_00, 1))
    assert club.rooms == [40]
    club.tell("ada", give_back(4, "2026-04-02", 10_00, 2))
    assert club.rooms == [60]


def test_a_new_version_serves_its_first_members_anew() -> None:
    early = '[[earn]]\nid = "early"\nunit = "point"\nof = "visit"\ngives = {}\nfirst = 1\n'
    plans = [plan_of(POINT, early.replace("{}", gives)) for gives in ("7", "8")]
    club = Club(engine.succeed(plans, [day("2026-04-01")])[1], 1)
    assert club.tell("ada", sale(1, "2026-03-01", 1_00)) == [("early", 7)]
    assert club.tell("ada", sale(2, "2026-04-01", 1_00)) == []
    club.rooms = [1]
    assert (club.tell("ada", sale(3, "2026-04-02", 1_00)), club.rooms) == ([("early", 8)], [0])
