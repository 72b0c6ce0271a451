"""A version begins on its day: what is kept, what begins anew and what ends (docs/decisions/0019-versions.md)."""

from __future__ import annotations

from test_engine import BASE, OFF, POINT, SPENT, day, redeem, sale, walk
from test_tiers import WATCHED, counter, moves, on, tier
from test_versions import CHANGE, course

from vafa.reward import engine


def test_lots_of_the_last_and_of_the_first_day_of_a_version_live_on_by_their_own() -> None:
    """The older ones by buying as well, the newer ones no more: each as its version promised."""
    slides = "[unit.leaf]\n" + POINT + 'expires = "12 months without activity"\n'
    plan = course(slides + BASE, slides.replace("12", "6") + BASE)
    burnt = course(slides + BASE, slides.replace("12", "6") + 'activity = ["burn"]\n' + BASE)
    ada = [sale(1, "2026-02-28", 1000), sale(2, CHANGE, 700), sale(3, "2026-04-01", 100)]
    for one, second in ((plan, "2026-10-02"), (burnt, "2026-09-02")):
        effects = walk(one, *ada, until="2028-01-01")
        assert sorted((e.lot, e.day) for e in effects if e.kind == "expire") == [
            (1, day("2027-04-02")),
            (2, day(second)),
            (3, day("2026-10-02")),
        ]


def test_a_reward_that_ended_is_given_no_more() -> None:
    other = OFF.replace('"off"', '"other"').replace("10", "3")
    plan = course(POINT + BASE + other + OFF, POINT + BASE + other)
    taken = [redeem(2, "2026-02-02", "off"), redeem(3, CHANGE, "off"), redeem(4, CHANGE, "other")]
    effects = walk(plan, sale(1, "2026-02-01", 3000), *taken)
    assert [(e.activity, e.amount) for e in effects if e.kind == "redeem"] == [(2, -10), (4, -3)]


# Gates ---------------------------------------------------------------------------------------

GIFT = '[unit.gift]\ngift = true\n[[earn]]\nid = "gift"\nunit = "gift"\n'


def test_another_limit_can_be_crossed_by_those_who_were_below_it_and_next_year_by_all() -> None:
    low, high = (POINT + SPENT + GIFT + f'when = {{ counter = "spent", crosses = {n}.00 }}\n' for n in (50, 100))
    plan = course(low, high)

    def given(*bought: tuple[str, int]) -> list[int]:
        told = [sale(number, when, amount) for number, (when, amount) in enumerate(bought, 1)]
        return [e.activity for e in walk(plan, *told)]

    assert given(("2026-02-01", 60_00), ("2026-02-28", 39_99), (CHANGE, 1), (CHANGE, 90_00)) == [1, 3]
    assert given(("2026-02-01", 100_00), (CHANGE, 90_00), ("2027-01-01", 100_00), ("2027-01-02", 1)) == [1, 3]
    same = course(low, low.replace("points", "stars"))
    assert [e.activity for e in walk(same, sale(1, "2026-02-01", 60_00), sale(2, CHANGE, 90_00))] == [1]


# Tiers ---------------------------------------------------------------------------------------

LATELY = counter("spent", "rolling 30 days")


def test_a_tier_that_is_no_longer_watched_has_a_term_from_then_on() -> None:
    watched = WATCHED + POINT + LATELY + tier("gold", "spent = 50.00") + BASE
    plan = course(watched, POINT + LATELY + tier("gold", "spent = 50.00", 'valid = "2 months"\n') + BASE)
    ada, ben = sale(1, "2026-02-20", 50_00), sale(1, "2026-01-20", 50_00)
    assert moves(walk(plan, ada, until="2026-12-01")) == on(("2026-02-20", "gold"), ("2026-05-02", "member"))
    assert moves(walk(plan, ben, until="2026-12-01")) == on(("2026-01-20", "gold"), ("2026-02-19", "member"))


def test_a_tier_that_is_watched_from_now_on_is_kept_for_its_term_first() -> None:
    termed = POINT + LATELY + tier("gold", "spent = 50.00", 'valid = "2 months"\n') + BASE
    plan = course(termed, WATCHED + POINT + LATELY + tier("gold", "spent = 50.00") + BASE)
    ada = sale(1, "2026-02-20", 50_00)
    assert moves(walk(plan, ada, until="2026-12-01")) == on(("2026-02-20", "gold"), ("2026-04-21", "member"))
    late = [ada, sale(2, "2026-04-10", 50_00)]  # what holds on the last day holds for as long as it lasts
    assert moves(walk(plan, *late, until="2026-12-01")) == on(("2026-02-20", "gold"), ("2026-05-10", "member"))


def test_a_watched_tier_that_takes_more_now_is_lost_on_the_first_day() -> None:
    versions = [WATCHED + POINT + SPENT + tier("gold", f"spent = {least}.00") + BASE for least in (50, 100)]
    plan = course(*versions)
    carla = [sale(1, "2026-02-01", 60_00), sale(2, "2026-03-05", 40_00)]
    assert moves(walk(plan, *carla)) == on(("2026-02-01", "gold"), (CHANGE, "member"), ("2026-03-05", "gold"))
    assert moves(walk(plan, carla[0]._replace(amount=100_00), until="2026-12-01")) == on(("2026-02-01", "gold"))


def test_a_new_tier_is_held_for_its_term_from_the_first_day_and_its_visits_count_from_there() -> None:
    since = counter("since", "tier", "visit")
    first = '[[earn]]\nid = "new"\nunit = "point"\nof = "visit"\nwhen = { counter = "since", below = 1 }\n'
    silver = tier("silver", "spent = 50.00", 'valid = "always"\n')
    gold = tier("gold", "spent = 90.00", 'valid = "10 days"\n')
    plan = course(POINT + SPENT + since + silver + first, POINT + SPENT + since + silver + gold + first)
    dora = [sale(1, "2026-02-01", 95_00), sale(2, "2026-02-02", 1), sale(3, "2026-02-03", 1)]
    effects = walk(plan, *dora, sale(4, CHANGE, 1), sale(5, "2026-03-02", 1))
    assert [e.activity for e in effects if e.reason == "new"] == [1, 4]  # the first day belongs to the tier
    begun = on(("2026-02-01", "silver"), (CHANGE, "gold"))
    assert moves(walk(plan, dora[0], until="2027-02-01")) == [*begun, *on(("2027-01-06", "member"))]  # 310 days


def test_a_step_down_passes_over_a_tier_that_ended() -> None:
    steps = '[programme]\ndowngrade = "one step"\n' + POINT + counter("spent", "month") + BASE
    ladder = [tier(name, f"spent = {n}0.00", 'valid = "1 months"\n') for name, n in (("a", 1), ("b", 5), ("c", 9))]
    plan = course(steps + "".join(ladder), steps + ladder[0] + ladder[2])
    emil = sale(1, "2026-02-10", 90_00)
    assert moves(walk(plan, emil, until="2026-12-01")) == on(
        ("2026-02-10", "c"), ("2026-03-11", "a"), ("2026-04-11", "member")
    )
    fanny = sale(1, "2026-02-10", 50_00)  # hers ended: with the new one's first day she has what its conditions give
    assert moves(walk(plan, fanny, until="2026-12-01")) == on(("2026-02-10", "b"), (CHANGE, "member"))


def test_versions_that_begin_while_nothing_happens_all_take_over_in_turn() -> None:
    names = ("gold", "silver", "bronze")
    texts = [POINT + counter("spent", "life") + BASE + tier(name, "spent = 50.00") for name in names]
    plan = course(*texts, on=(CHANGE, "2026-05-01"))
    georg = sale(1, "2026-02-01", 60_00)
    expected = on(("2026-02-01", "gold"), (CHANGE, "silver"), ("2026-05-01", "bronze"))
    assert moves(walk(plan, georg, until="2026-05-01")) == expected
    assert moves(walk(plan, georg, until="2026-04-30")) == expected[:2]
    state = engine.walk_account(plan, [georg], None)[1]
    assert engine.standing(plan, state) == ("gold", day(CHANGE))
