"""A return takes back what the returned part had brought (docs/reward.md), to the last cent and the last day."""

from __future__ import annotations

import pytest
from test_engine import BASE, OFF, POINT, SPENT, day, give_back, plan_of, redeem, said, sale, walk

from vafa.core.records import Line
from vafa.reward import engine
from vafa.reward.engine import Activity, Effect

GIFT = '[unit.gift]\ngift = true\n[[earn]]\nid = "gift"\nunit = "gift"\n'
CROSSES = GIFT + 'when = { counter = "spent", crosses = 50.00 }\n'
STAMP = '[[earn]]\nid = "stamp"\nunit = "point"\nwhen = { counter = "spent", every = 100.00 }\n'


def of(effects: list[Effect], unit: str = "point") -> list[tuple[int, str, int, int]]:
    return [(e.activity, e.kind, e.amount, e.lot) for e in effects if e.unit == unit]


def test_a_gift_stays_while_what_was_kept_still_reaches_its_limit() -> None:
    plan = plan_of(POINT, SPENT, CROSSES)
    ada = [sale(1, "2026-03-01", 60_00), give_back(2, "2026-03-02", 10_00, 1)]  # 50.00 exactly
    assert of(walk(plan, *ada, sale(3, "2026-03-03", 90_00)), "gift") == [(1, "issue", 1, 1)]
    cent = [give_back(3, "2026-03-03", 1, 1), sale(4, "2026-03-04", 1)]
    assert of(walk(plan, *ada, *cent), "gift") == [(1, "issue", 1, 1), (3, "return", -1, 1), (4, "issue", 1, 4)]


def test_a_gift_of_a_window_that_is_over_stays_unless_all_of_its_purchase_goes_back() -> None:
    plan = plan_of(POINT, SPENT.replace("year", "month"), CROSSES)
    part = [sale(1, "2026-03-01", 60_00), give_back(2, "2026-04-02", 59_99, 1)]
    assert of(walk(plan, *part), "gift") == [(1, "issue", 1, 1)]
    assert of(walk(plan, *part, give_back(3, "2026-04-03", 1, 1)), "gift")[1:] == [(3, "return", -1, 1)]


def test_what_remains_is_worth_as_much_as_a_purchase_of_that_amount() -> None:
    plan = plan_of(POINT, BASE + "min_basket = 20.00\n")
    ben = [sale(1, "2026-03-01", 30_00), give_back(2, "2026-03-02", 10_00, 1)]  # the least exactly
    assert of(walk(plan, *ben, give_back(3, "2026-03-03", 1, 1)))[1:] == [(2, "return", -10, 1), (3, "return", -20, 1)]


@pytest.mark.parametrize(("at", "left"), [("rule", [1, 2]), ("purchase", [1, 3])])
def test_what_remains_is_rounded_as_it_was(at: str, left: list[int]) -> None:
    """1.99 remain: 1.99 points and 2.985 of the second rule, rounded down each alone or together."""
    twice = BASE + BASE.replace('"base"', '"more"').replace("per = 1.00", "gives = 3\nper = 2.00")
    plan = plan_of(POINT + f'round_at = "{at}"\n', twice)
    effects = walk(plan, sale(1, "2026-03-01", 5_00), give_back(2, "2026-03-02", 3_01, 1))
    by_rule = {name: sum(e.amount for e in effects if e.reason == name) for name in ("base", "more")}
    assert list(by_rule.values()) == left


def test_a_rule_for_the_first_visits_takes_its_part_back_too() -> None:
    visits = '[[counter]]\nid = "visits"\nof = "visit"\n'
    plan = plan_of(POINT, visits, BASE + 'when = { counter = "visits", min = 1, below = 2 }\n')
    bought = [sale(n, f"2026-03-0{n}", 10_00) for n in (1, 2, 3)]
    back = [give_back(n + 3, "2026-03-05", 4_00, n) for n in (1, 2, 3)]
    assert of(walk(plan, *bought, *back)) == [(2, "earn", 10, 2), (5, "return", -4, 2)]


def test_all_of_it_in_two_parts_takes_back_no_more_than_it_brought() -> None:
    told = [sale(1, "2026-03-01", 10_00), give_back(2, "2026-03-02", 9_50, 1), give_back(3, "2026-03-03", 50, 1)]
    assert of(walk(plan_of(POINT, BASE), *told)) == [(1, "earn", 10, 1), (2, "return", -10, 1)]


def test_what_expired_is_left_out_of_what_goes_back_once() -> None:
    """Of twenty points ten were used and ten expired: the first half that comes back is those that expired."""
    plan = plan_of('[unit.point]\nexpires = "60 days"\n', BASE, OFF)
    told = [sale(1, "2026-03-01", 20_00), redeem(2, "2026-03-02", "off")]
    back = [give_back(n, "2026-06-01", 10_00, 1) for n in (3, 4)]
    assert of(walk(plan, *told, *back))[2:] == [(1, "expire", -10, 1), (4, "owed", -10, 0)]


# What counts on ------------------------------------------------------------------------------


def test_after_its_month_a_purchase_gives_back_what_its_own_rest_does_not_bring() -> None:
    plan = plan_of(POINT, SPENT.replace("year", "month"), STAMP)
    carla = [sale(1, "2026-01-05", 50_00), sale(2, "2026-01-06", 260_00)]  # at 310.00 the third
    assert of(walk(plan, *carla, give_back(3, "2026-02-01", 60_00, 2))) == [(2, "earn", 3, 2), (3, "return", -1, 2)]
    assert of(walk(plan, *carla, give_back(3, "2026-02-01", 10_01, 2)))[1:] == [(3, "return", -1, 2)]
    assert of(walk(plan, *carla, give_back(3, "2026-02-01", 10_00, 2)))[1:] == []


def test_what_counted_points_goes_back_with_them_after_its_month() -> None:
    counted = '[[counter]]\nid = "spent"\nof = "point"\nwindow = "month"\n'
    gift = "[unit.gift]\ngift = true\n" + STAMP.replace('"point"', '"gift"').replace("100.00", "50")
    plan = plan_of(POINT, counted, BASE, gift)
    dan = [sale(1, "2026-01-05", 49_00), sale(2, "2026-01-06", 61_00), give_back(3, "2026-02-01", 61_00, 2)]
    assert of(walk(plan, *dan), "gift") == [(2, "issue", 2, 2), (3, "return", -2, 2)]


def test_a_rule_of_reviews_takes_nothing_back_with_a_purchase() -> None:
    """It brings nothing either, as no review adds to what was spent."""
    review = '[[earn]]\nid = "review"\nunit = "point"\nof = "event"\nwhere = { event = "review" }\n'
    plan = plan_of(POINT, SPENT, BASE, review + 'when = { counter = "spent", every = 100.00 }\n')
    fay = [sale(1, "2026-03-01", 250_00), Activity(2, day("2026-03-02"), "event", event="review")]
    assert of(walk(plan, *fay, give_back(3, "2026-03-03", 200_00, 1)))[1:] == [(3, "return", -200, 1)]


def test_no_more_goes_back_than_a_cap_had_let_come() -> None:
    for window in ("life", "purchase", "year"):
        plan = plan_of(POINT, SPENT, STAMP + f'cap = {{ per = "{window}", max = 1 }}\n')
        effects = walk(plan, sale(1, "2026-01-05", 350_00), give_back(2, "2026-01-06", 350_00, 1))
        assert of(effects) == [(1, "earn", 1, 1), (2, "return", -1, 1)]


def test_what_counts_on_is_taken_from_the_latest_once() -> None:
    """Kept alive by the second purchase, so the lots were put in order anew; nothing of them is left behind."""
    plan = plan_of('[unit.point]\nexpires = "30 days without activity"\n', SPENT, STAMP, OFF.replace("10", "1"))
    dora = [sale(1, "2026-03-01", 150_00), sale(2, "2026-03-02", 60_00), give_back(3, "2026-03-03", 150_00, 1)]
    effects = walk(plan, *dora, redeem(4, "2026-03-04", "off"), until="2026-06-01")
    assert [row for row in of(effects) if row[1] != "extend"] == [
        (1, "earn", 1, 1),
        (2, "earn", 1, 2),
        (3, "return", -1, 1),
        (3, "return", -1, 2),
    ]
    dora[2] = give_back(3, "2026-03-03", 60_00, 2)
    effects = walk(plan, *dora, *(redeem(n, "2026-03-04", "off") for n in (4, 5)), until="2026-06-01")
    assert [row for row in of(effects)[2:] if row[1] != "extend"] == [(3, "return", -1, 2), (4, "redeem", -1, 1)]


# Lots ----------------------------------------------------------------------------------------


def test_nothing_is_used_of_a_purchase_that_went_back_between_two_others() -> None:
    bought = [sale(n, f"2026-01-0{n}", 10_00) for n in (1, 2, 3)]
    plan = plan_of(POINT, BASE, OFF.replace("10", "20"))
    effects = walk(plan, *bought, give_back(4, "2026-01-04", 10_00, 2), redeem(5, "2026-01-05", "off"))
    assert of(effects)[3:] == [(4, "return", -10, 2), (5, "redeem", -10, 1), (5, "redeem", -10, 3)]


def test_in_a_long_history_too_nobody_gives_back_what_expired() -> None:
    """Sixty purchases, each expired before the next but one; all are brought back in the end."""
    plan = plan_of('[unit.point]\nexpires = "1 days"\n', BASE)
    begins = day("2026-01-01")
    bought = [Activity(n, begins + n, "sale", 100 * n) for n in range(1, 61)]
    back = [Activity(100 + n, begins + 70, "return", 100 * n, returns=n) for n in range(1, 61)]
    effects = walk(plan, *bought, *back)
    assert [e.amount for e in effects if e.kind == "expire"] == [-n for n in range(1, 61)]
    assert [e for e in effects if e.kind not in ("earn", "expire")] == []


# What cost nothing ---------------------------------------------------------------------------

ITEMS = '[[earn]]\nid = "items"\nunit = "point"\nof = "items"\n'


@pytest.mark.parametrize("paid", [1, 20_00])
def test_a_free_item_that_comes_back_takes_its_stamp_along(paid: int) -> None:
    plan = plan_of(POINT, ITEMS)
    bought = sale(1, "2026-03-01", paid, lines=(Line(paid), Line(0)))
    back = give_back(2, "2026-03-02", 0, 1)._replace(lines=(Line(0),))
    assert of(walk(plan, bought, back)) == [(1, "earn", 2, 1), (2, "return", -1, 1)]
    assert of(walk(plan, bought, back._replace(returns=0))) == [(1, "earn", 2, 1)]  # whose it was, nobody knows


# Room for others -----------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "free"), [("owed", 100), ("within balance", 40), ("only pending", 0)])
def test_only_what_is_taken_back_can_be_given_to_others(policy: str, free: int) -> None:
    """Of a hundred points sixty are spent; what nobody can take back stays given."""
    budget = 'budget = { max = 500, returned = "free" }\n'
    plan = plan_of(f'[unit.point]\nreturns = "{policy}"\n', BASE + budget, OFF.replace("10", "60"))
    emil = engine.Walker(plan, None, keeps=True)
    told = [sale(1, "2026-03-01", 100_00), redeem(2, "2026-03-02", "off"), give_back(3, "2026-03-03", 100_00, 1)]
    assert [emil.step(one, [500]) for one in told] == [[100], [0], [-free]]


def test_reasons_and_balances_are_told_with_each_movement() -> None:
    told = '[unit.point]\nexpires = "60 days"\n'
    gold = '[[tier]]\nid = "gold"\nreach = [{ spent = 40.00 }]\n'
    plan = plan_of(told, SPENT, gold, BASE, OFF, OFF.replace('"off"', '"more"').replace("10", "30"))
    fanny = [sale(1, "2026-03-01", 40_00), redeem(2, "2026-03-02", "more"), give_back(3, "2026-03-03", 40_00, 1)]
    effects = walk(plan, *fanny, sale(4, "2026-03-04", 35_00), until="2026-05-05")
    assert [(e.kind, e.amount, e.reason, e.balance_after) for e in effects] == [
        ("earn", 40, "base", 40),
        ("tier", 0, "gold", 0),
        ("redeem", -30, "more", 10),
        ("return", -10, "base", 0),
        ("owed", -30, "base", 0),
        ("earn", 35, "base", 35),
        ("owed", -30, "owed", 5),
        ("expire", -5, "expired", 0),
    ]
    assert said(effects)[-1] == ("2026-05-04", "expire", "point", -5)
