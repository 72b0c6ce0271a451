"""What the laws (tests/laws) once found between the step and the ledger, each as a small case."""

from __future__ import annotations

from datetime import datetime

import pytest

from cast import NOW, STARTS, ZONE, balance, customer, enrol, findings, give_back, member, sell
from vafa.core import clock
from vafa.core.calendar import local_day
from vafa.ledger.models import Lot
from vafa.reward import actions, queries
from vafa.shop.access import SYSTEM

SLIDING = """
[unit.point]
expires = "25 days without activity"
[[earn]]
id = "base"
unit = "point"
per = 1.00
"""
YEARLY = """
[unit.point]
expires = "end of year +1"
[unit.voucher]
money = true
pending_days = 2
[[earn]]
id = "base"
unit = "point"
per = 1.00
[[reward]]
id = "voucher"
unit = "point"
price = 100
gives = "voucher"
amount = 5.00
when = "yearly"
"""


def run(text: str) -> None:
    actions.save_draft(text, actor=SYSTEM, now=NOW)
    actions.launch(starts_day=STARTS, actor=SYSTEM, now=NOW)
    enrol("Ada")


@pytest.mark.parametrize("told_late", [False, True], ids=["in time", "walked again"])
def test_units_live_as_long_as_the_last_activity_before_they_were_over_gave_them(shop, told_late):
    """What was kept alive in August ended in September; November's points don't end with it."""
    run(SLIDING)
    sell("Ada", "10.00", "2026-08-01", "a")
    sell("Ada", "10.00", "2026-08-05", "b")  # keeps August's alive until the 30th
    sell("Ada", "7.00", "2026-11-10", "c")
    if told_late:
        give_back("Ada", "2.00", "2026-08-06", "b-back", "b")
    ends = local_day(datetime(2026, 12, 6, tzinfo=ZONE), ZONE)  # usable through 5 December
    assert [(lot.left, lot.expires_day) for lot in Lot.objects.filter(left__gt=0)] == [(7, ends)]
    assert balance("Ada") == 7
    actions.expire(local_day(NOW, ZONE), actor=SYSTEM, now=NOW)
    assert (balance("Ada"), findings()) == (7, [])


def test_what_the_year_brings_waits_its_days_also_before_it_is_booked(shop):
    run(YEARLY)
    sell("Ada", "120.00", "2026-11-01", "a")
    seen = []
    for day in (1, 2, 3):
        with clock.frozen(datetime(2027, 1, day, 12, tzinfo=ZONE)):
            today = local_day(clock.now(), ZONE)
            before = queries.balances(member("Ada"), today)
            assert queries.wallet(customer("Ada").pk, today).balances == before
            seen.append(before.get("voucher", 0))
    assert seen == [0, 500, 500]  # given at the end of 31 December
    assert balance("Ada", "point") == 120  # nobody has booked it yet
