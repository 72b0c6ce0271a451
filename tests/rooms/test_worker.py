"""The worker: events are handed on once, failures come again later, jobs run in turn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cast import NOW, bought, record, sell
from vafa.core import clock
from vafa.events import worker
from vafa.events.actions import answer_once, emit
from vafa.events.kinds import MemberJoined
from vafa.events.models import Answer, Event, Schedule
from vafa.loop.daily import JOBS, every_morning
from vafa.measure.models import Snapshot
from vafa.segment.models import Standing


@pytest.fixture
def happened(db, present) -> Event:
    emit(MemberJoined(1, 7), now=NOW)
    return Event.objects.get()


def test_what_happened_is_written_with_the_act_or_not_at_all(club):
    from django.db import transaction

    before = Event.objects.count()

    @transaction.atomic
    def half_way() -> None:
        sell("Ada", "1.00", "2026-11-01", "a")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert Event.objects.count() == before
    record(bought("Ada", "1.00", "2026-11-01", "a"), bought("Ben", "1.00", "2026-11-01", "b"))
    event = Event.objects.order_by("id").last()
    assert (event.kind, event.payload["count"]) == ("purchases.recorded", 2)


def test_an_event_is_handed_on_once(happened):
    seen = []
    table = {"member.joined": (lambda payload, _now: seen.append(payload),)}
    assert (worker.turn(table, {}), worker.turn(table, {})) == (1, 0)
    assert seen == [{"count": 1, "customer_id": 7}]


@pytest.mark.filterwarnings("ignore")
def test_a_failure_comes_again_after_longer_and_longer_pauses(happened, caplog):
    calls = []

    def fails(payload, now):
        calls.append(now)
        raise RuntimeError("the printer is on fire")

    table = {"member.joined": (fails,)}
    pauses = []
    with clock.frozen(NOW + timedelta(seconds=1)):
        worker.turn(table, {})
    for _attempt in range(worker.MOST_ATTEMPTS - 1):
        happened.refresh_from_db()
        at = happened.not_before
        with clock.frozen(at - timedelta(seconds=1)):
            worker.turn(table, {})
        with clock.frozen(at + timedelta(seconds=1)):
            worker.turn(table, {})
            worker.turn(table, {})
        happened.refresh_from_db()
        pauses.append((happened.not_before - at - timedelta(seconds=1)).total_seconds())
    assert pauses == [5 * 4**n for n in range(2, 9)]
    assert len(calls) == worker.MOST_ATTEMPTS
    assert (happened.handled_at, happened.error) == (None, "RuntimeError: the printer is on fire")
    with clock.frozen(NOW + timedelta(days=30)):
        assert worker.turn(table, {}) == 0
    assert len(calls) == worker.MOST_ATTEMPTS


def test_a_failure_takes_back_what_was_half_done_and_holds_up_nobody(happened, caplog):
    emit(MemberJoined(1, 8), now=NOW)
    done = []

    def half(payload, now):
        Schedule.objects.create(name=f"half-{payload['customer_id']}", next_at=now)
        if payload["customer_id"] == 7:
            raise RuntimeError
        done.append(payload["customer_id"])

    worker.turn({"member.joined": (half,)}, {})
    assert done == [8]
    assert list(Schedule.objects.values_list("name", flat=True)) == ["half-8"]


def test_a_job_runs_when_it_is_due_and_says_when_next(db, present):
    runs = []

    def job(now):
        runs.append(now)
        return now + timedelta(hours=1)

    for minutes in (0, 1, 59, 60, 61, 121):
        with clock.frozen(NOW + timedelta(minutes=minutes)):
            worker.turn({}, {"job": job})
    assert [(at - NOW).total_seconds() / 60 for at in runs] == [0, 60, 121]


def test_of_two_workers_one_runs_the_job(db, present):
    """The second looks while the first is at it: the job is claimed."""
    runs = []

    def job(now):
        runs.append(now)
        if len(runs) == 1:
            worker.turn({}, {"job": job})
        return now + timedelta(hours=1)

    worker.turn({}, {"job": job})
    assert len(runs) == 1


def test_a_job_that_fails_is_tried_again_in_ten_minutes(db, present, caplog):
    def job(now):
        raise RuntimeError("no paper")

    worker.turn({}, {"job": job})
    kept = Schedule.objects.get()
    assert (kept.next_at, kept.error) == (NOW + timedelta(minutes=10), "RuntimeError: no paper")


def test_the_morning_comes_round_at_six(club):
    due = every_morning(NOW)
    assert due.isoformat() == "2026-11-21T06:00:00-05:00"
    with clock.frozen(NOW - timedelta(hours=8)):  # two at night
        assert every_morning(clock.now()).isoformat() == "2026-11-20T06:00:00-05:00"


def test_the_morning_puts_everybody_on_their_step(club):
    import cast

    cast.walk_the_ladder()
    worker.turn({}, JOBS)
    rungs = {row.customer_id: row.rung for row in Standing.objects.all()}
    assert {name: rungs[cast.customer(name).pk] for name in ("Ada", "Ben", "Clara")} == {
        "Ada": "buyer",
        "Ben": "client",
        "Clara": "regular",
    }
    assert Snapshot.objects.get().figures["purchases"] == 18


# One key, one answer ------------------------------------------------------------------------


def test_the_same_request_gets_the_first_answer(db, present):
    answers = [answer_once(source="s", key="k", content=[1], now=NOW, act=lambda n=n: {"n": n}) for n in (1, 2)]
    assert answers == [{"n": 1}, {"n": 1}]


def test_where_the_act_refuses_the_key_stays_free(db, present):
    def refuses():
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        answer_once(source="s", key="k", content=[1], now=NOW, act=refuses)
    assert not Answer.objects.exists()
    assert answer_once(source="s", key="k", content=[2], now=NOW, act=lambda: {"n": 2}) == {"n": 2}
