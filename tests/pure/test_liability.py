"""What the shop owes: the movement table to the unit, IFRS 15 against published figures, the forecast against truth."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vafa.core.calendar import day_number, to_date
from vafa.measure import redemption
from vafa.measure.deferred import Allocation, Month, allocate, course, nearest, recognised
from vafa.measure.liability import Difference, Flow, Held, by_month, differences, months, movement
from vafa.measure.redemption import History, Passage, Standing, forecast


def wallet(kind: str, day: int, amount: int, *, unit: str = "point", reason: str = "base") -> Flow:
    contra = {"redeem": "redeemed", "expire": "expired", "forfeit": "expired", "owed": "owed"}.get(kind, "issuer")
    return Flow(unit, "wallet", contra, kind, reason, day, amount)


def debt(day: int, amount: int) -> Flow:
    return Flow("point", "owed", "issuer", "owed", "base", day, amount)


# The movement table -------------------------------------------------------------------------

FLOWS = [
    wallet("earn", 10, 100),
    wallet("bonus", 10, 25),
    wallet("redeem", 20, -80),
    debt(25, -30),
    wallet("earn", 40, 50),
    wallet("owed", 40, -30),
    wallet("return", 45, -5),
    wallet("expire", 60, -20),
    wallet("issue", 45, 2, unit="gift"),
]


def test_a_movement_by_hand():
    """125 came and 80 went before; 50 came, 30 of them settled a debt, 5 were returned, 20 expired: 40 stay."""
    gift, point = movement(FLOWS, 30, 60)
    assert (point.opening, point.closing) == (45, 40)
    assert {k: v for k, v in point.moved.items() if v} == {"earned": 50, "owed": -30, "returned": -5, "expired": -20}
    assert (point.debt_opening, point.debt_arisen, point.debt_settled, point.debt_closing) == (30, 0, 30, 0)
    assert (gift.opening, gift.moved["issued"], gift.closing) == (0, 2, 2)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["earn", "bonus", "issue", "redeem", "expire", "return", "forfeit", "adjust", "owed"]),
            st.integers(0, 120),
            st.integers(-50, 50),
        )
    ),
    st.integers(0, 60),
    st.integers(60, 120),
)
def test_months_add_up_to_their_span(rows, since, until):
    flows = [wallet(kind, day, amount) for kind, day, amount in rows]
    for whole in movement(flows, since, until):
        part = [row for row in by_month(flows, since, until, "gregorian") if row.unit == whole.unit]
        assert sum(sum(row.moved.values()) for row in part) == sum(whole.moved.values())
        assert [a.closing for a in part[:-1]] == [b.opening for b in part[1:]]
        if part:
            assert (part[0].opening, part[-1].closing) == (whole.opening, whole.closing)
        assert whole.closing == sum(flow.amount for flow in flows if flow.day <= until)


def test_months_of_both_calendars_are_cut_to_the_span():
    from datetime import date

    since, until = day_number(date(2026, 3, 10)), day_number(date(2026, 4, 25))
    told = [(to_date(a).isoformat(), to_date(b).isoformat()) for a, b in months(since, until, "gregorian")]
    assert told == [("2026-03-10", "2026-03-31"), ("2026-04-01", "2026-04-25")]
    told = [(to_date(a).isoformat(), to_date(b).isoformat()) for a, b in months(since, until, "jalali")]
    assert told == [("2026-03-10", "2026-03-20"), ("2026-03-21", "2026-04-20"), ("2026-04-21", "2026-04-25")]


def test_what_does_not_reconcile_is_told():
    good = [Held("point", 40, 40, 0), Held("gift", 2, 2, 0)]
    assert differences(FLOWS, good) == []
    assert differences(FLOWS, [good[1], Held("point", 41, 40, 1)]) == [Difference("lots", "point", 40, 41, "1")]
    two_that_cancel = [good[1], Held("point", 40, 40, 2)]
    assert differences(FLOWS, two_that_cancel) == [Difference("lots", "point", 40, 40, "2")]
    stray = wallet("redeem", 50, -7)._replace(contra="expired")
    found = differences([*FLOWS, stray], [good[1], Held("point", 33, 33, 0)])
    assert found == [Difference("contra", "point", 7, 7, "redeem → expired")]
    assert differences([], [Held("point", 3, 0, 1)]) == [Difference("lots", "point", 0, 3, "1")]


# IFRS 15 ------------------------------------------------------------------------------------


def test_kpmg_allocates_by_stand_alone_prices():
    """Handbook “Revenue”, example 10: sales of 100,000, 10,000 points worth 1 each, 9,700 expected to be used."""
    assert allocate(10_000_000, 10_000_000, 970_000) == Allocation(9_115_770, 884_230)


def test_kpmg_releases_in_proportion_to_what_is_expected():
    """Examples 10A and 10B go on from an allocation rounded to 9,000."""
    year_2 = recognised(900_000, 4_500, 9_700)
    assert year_2 == 417_526
    assert recognised(900_000, 8_500, 9_900) - year_2 == 355_201
    assert recognised(900_000, 8_500, 9_200) - year_2 == 413_996
    assert recognised(900_000, 9_900, 9_900) == 900_000


def test_acadifi_splits_a_ticket():
    """A ticket of 800 with 2,000 miles of 0.012, of which 80 % are used: 781.25 and 18.75."""
    miles = 2_000 * Fraction("1.2") * Fraction(4, 5)
    assert allocate(80_000, 80_000, miles) == Allocation(78_125, 1_875)


def test_what_brings_no_points_or_no_price_defers_nothing():
    assert allocate(500, 500, 0) == Allocation(500, 0)
    assert allocate(0, 0, 10) == Allocation(0, 0)
    assert allocate(-500, 0, 10) == Allocation(-500, 0)
    with pytest.raises(ValueError, match="negative"):
        allocate(1, -1, 1)
    assert [nearest(Fraction(n, 4)) for n in (-3, -2, 1, 2, 3)] == [-1, 0, 0, 1, 1]


@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10**4), st.integers(0, 10**4)), min_size=1, max_size=24),
    st.fractions(0, 1, max_denominator=100),
    st.fractions(0, 10, max_denominator=50),
)
def test_all_revenue_is_recognised_exactly_once_in_the_end(rows, used, worth):
    """Whatever is granted, used and expected: once nobody holds anything, revenue = sales, to the minor unit."""
    held, told = 0, []
    for month, (sales, granted, redeemed) in enumerate(rows):
        taken = min(redeemed, held + granted)
        held += granted - taken
        told.append(Month(month, sales, granted * worth * used, taken * worth, held * worth))
    last = Month(len(told), 0, Fraction(0), Fraction(0), Fraction(0))
    found = course([*told, last])
    assert sum(row.revenue for row in found) == sum(sales for sales, _g, _r in rows)
    assert found[-1].closing == 0
    for row in found:
        assert row.opening + row.allocated - row.released == row.closing >= 0
    assert [row.closing for row in found[:-1]] == [row.opening for row in found[1:]]


def test_a_course_by_hand():
    """Two months of 1,000.00; 1,000 points of 0.10, of which three quarters are used in the end.

    January: 1,000 × 75 ÷ 1,075 = 69.77 is deferred. February: the same again, 600 points used:
    139.54 × 600 ÷ 1,500 = 55.82 is released.
    """
    earned = 1000 * Fraction(10)
    january = Month(0, 100_000, earned * 3 / 4, Fraction(0), earned)
    february = Month(1, 100_000, earned * 3 / 4, 600 * Fraction(10), 1400 * Fraction(10))
    found = course([january, february])
    assert [(row.allocated, row.released, row.closing) for row in found] == [(6_977, 0, 6_977), (6_977, 5_582, 8_372)]
    assert [row.revenue for row in found] == [93_023, 98_605]


# The forecast -------------------------------------------------------------------------------


def history_of(passages: list[Passage], *, parts: int = 1) -> History:
    history = History()
    for part in np.array_split(np.arange(len(passages)), parts):
        history.add([passages[n] for n in part])
    return history


def test_rates_by_hand():
    """10 units watched for 40 days, 4 of them used on the 5th day: 4 ÷ (10 × 5 + 6 × 25) in the first thirty days."""
    came = Passage(1, 10, False, 0, 0, None, 39)
    used = Passage(1, -4, True, 4, 0, None, 39)
    history = history_of([came, used])
    assert history.at_risk[1, :3].tolist() == [10 * 5 + 6 * 25, 6 * 10, 0]
    assert history.used[1, :2].tolist() == [4, 0]
    used, at_risk = history.used.sum(axis=0), history.at_risk.sum(axis=0)
    found = redemption.rates(used, at_risk, 1e9)
    assert found[:2] == pytest.approx([4 / 200, 0], abs=1e-9)
    one_more = redemption.rates(used, at_risk, 2)  # half of the 260 unit-days, at 4 ÷ 260
    assert one_more[:2] == pytest.approx([(4 + 2) / (200 + 130), 2 / (60 + 130)])
    assert one_more[2] == one_more[35] == one_more[1]


def test_a_unit_is_at_risk_from_its_first_usable_day_to_its_last():
    waits = Passage(1, 3, False, 0, 14, 30, 99)
    assert history_of([waits]).at_risk[1, 0] == 3 * (30 - 14)
    returned = Passage(1, -3, False, 20, 14, 30, 99)
    assert history_of([waits, returned]).at_risk[1, 0] == 3 * (20 - 14)
    expired = Passage(1, -3, False, 30, 14, 30, 99)
    assert history_of([waits, expired]).at_risk[1, 0] == 3 * (30 - 14)


def test_too_little_history_is_not_guessed_from():
    few = [p for owner in range(29) for p in (Passage(owner, 9, False, 0, 0, None, 200), used_at(owner, 3, 200))]
    told = forecast(history_of(few), [Standing(100, 0, 0, None)], 200, [230])
    assert (told.is_told, told.outstanding, told.users) == (False, 100, 29)
    young = [p for owner in range(50) for p in (Passage(owner, 9, False, 0, 0, None, 80), used_at(owner, 3, 80))]
    assert not forecast(history_of(young), [Standing(100, 0, 0, None)], 80, [110]).is_told


def used_at(owner: int, age: int, watched: int) -> Passage:
    return Passage(owner, -3, True, age, 0, None, watched)


LIFE = 180
TRUE = (0.004, 0.002, 0.001, 0.001, 0.001, 0.001)  # chances a day by thirty days of age


def shop(seed: int, members: int = 200, today: int = 400, ahead: int = 90):
    """A shop whose truth is known: each member earns ten lots of 20, used as a whole by the chances above."""
    rng = np.random.default_rng(seed)
    passages, standing, used_later, expired_later = [], [], 0, 0
    for owner in range(members):
        for earned in rng.integers(0, today, 10):
            chances = rng.random(LIFE) < np.repeat(TRUE, 30)
            age = int(chances.argmax()) if chances.any() else LIFE
            watched = today - int(earned)
            passages.append(Passage(owner, 20, False, 0, 0, LIFE, watched))
            if age < LIFE and age <= watched:
                passages.append(Passage(owner, -20, True, age, 0, LIFE, watched))
            elif watched >= LIFE:
                passages.append(Passage(owner, -20, False, LIFE, 0, LIFE, watched))
            else:
                standing.append(Standing(20, int(earned), int(earned), int(earned) + LIFE))
                used_later += 20 if age < LIFE and age <= watched + ahead else 0
                expired_later += 20 if age == LIFE and watched + ahead >= LIFE else 0
    together = Counter()
    for lot in standing:
        together[lot[1:]] += lot.left
    return passages, [Standing(left, *days) for days, left in together.items()], used_later, expired_later


def test_the_truth_lies_within_the_interval_as_often_as_it_says():
    """Shops with known truth: of intervals of 90 % a few miss, and they are narrow enough to say something."""
    inside_used = inside_expired = 0
    widths = []
    for seed in range(24):
        passages, standing, used, expired = shop(seed)
        told = forecast(history_of(passages), standing, 400, [430, 460, 490])
        low, expected, high = told.used
        inside_used += low <= used <= high
        inside_expired += told.expired[0] <= expired <= told.expired[2]
        widths.append((high - low) / expected)
    assert inside_used >= 19, inside_used
    assert inside_expired >= 19, inside_expired
    assert float(np.median(widths)) < 0.6


def test_a_forecast_is_the_same_each_time_and_in_any_parts():
    passages, standing, *_truth = shop(1)
    one, three = (forecast(history_of(passages, parts=n), standing, 400, [430, 800]) for n in (1, 3))
    assert one == three
    assert one.used[1] + one.expired[1] == pytest.approx(one.outstanding)
    low, expected, high = one.breakage
    assert 0 <= low <= expected <= high <= 1
    assert (low, expected) == (one.expired[0] / one.outstanding, one.expired[1] / one.outstanding)


def test_months_ahead_only_add_up():
    passages, standing, *_truth = shop(2)
    told = forecast(history_of(passages), standing, 400, [430, 460, 490, 520])
    for end in range(3):
        for what in ("used", "expired"):
            course_ = [getattr(month, what)[end] for month in told.months]
            assert course_ == sorted(course_)
    assert all(m.used[1] + m.expired[1] <= told.outstanding + 1e-6 for m in told.months)
