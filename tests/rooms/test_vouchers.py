"""Vouchers: issued in mass by those who may, claimed once, and as true as every other unit afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from cast import NOW, TODAY, balance, customer, findings, give_back, member, sell
from vafa.core import clock
from vafa.core.errors import Conflict, Forbidden, NotFound, Refusal
from vafa.events.models import Event
from vafa.know import queries as know
from vafa.ledger.models import Lot
from vafa.loop import merge, voucher
from vafa.reward import corrections, moves, rebuilding, vouchers
from vafa.reward.models import Voucher, VoucherBatch
from vafa.reward.voucher_codes import digest, grouped
from vafa.reward.vouchers import Order
from vafa.shop import actions as shop
from vafa.shop.access import ROLES, SYSTEM, Actor
from vafa.shop.models import Audit

FLYER = Order("spring flyer", "point", 25, 3, TODAY + 30)
OMID = Actor("staff:2 Omid", ROLES["manager"])
NEXT_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def whole_in_the_end(club):
    yield
    assert findings() == []


def issue(order: Order = FLYER, actor: Actor = SYSTEM) -> list[str]:
    codes: list[str] = []
    voucher.issue(order, deliver=codes.extend, actor=actor, now=clock.now())
    return codes


def claim(name: str, code: str, actor: Actor = SYSTEM) -> vouchers.Claim:
    return voucher.claim(customer(name).pk, code, actor=actor, now=clock.now())


# Issuing ------------------------------------------------------------------------------------


def test_of_codes_that_are_issued_only_hashes_are_kept():
    codes = issue()
    assert len(set(codes)) == 3
    assert {bytes(one.digest) for one in Voucher.objects.all()} == {digest(code) for code in codes}
    (batch,) = vouchers.batches()
    assert (batch.batch.name, batch.batch.units, batch.claimed, batch.left) == ("spring flyer", 25, 0, 3)
    audit = Audit.objects.get(act="vouchers.issued")
    assert audit.details["quantity"] == 3
    assert not any(code in str(audit.details) for code in codes)


def test_what_they_can_cost_at_most_is_known_before():
    """1,000 points are worth 22.00 at best."""
    assert vouchers.worth(FLYER._replace(units=1000, quantity=100)) == 220_000
    assert vouchers.worth(FLYER._replace(unit="cup")) is None


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "  "}, "no_name"),
        ({"name": "x" * 81}, "no_name"),
        ({"unit": "cup"}, "no_unit"),
        ({"units": 0}, "bad_units"),
        ({"units": 10**9 + 1}, "bad_units"),
        ({"quantity": 0}, "bad_quantity"),
        ({"quantity": 1_000_001}, "bad_quantity"),
        ({"last_day": TODAY - 1}, "day_is_past"),
    ],
)
def test_what_makes_no_sense_is_not_issued(wrong, code):
    with pytest.raises(Refusal) as refused:
        issue(FLYER._replace(**wrong))
    assert refused.value.code == code
    assert not VoucherBatch.objects.exists()


def test_a_name_is_taken_once():
    issue()
    with pytest.raises(Conflict, match="spring flyer"):
        issue()
    assert Voucher.objects.count() == 3


def test_who_can_t_keep_the_codes_has_issued_none():
    def full(_codes):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        voucher.issue(FLYER, deliver=full, actor=SYSTEM, now=clock.now())
    assert not VoucherBatch.objects.exists()


def test_over_the_daily_limit_an_owner_issues():
    """The limit is 200.00; 9,090 points are worth 199.98."""
    dear = FLYER._replace(name="dear", units=9091, quantity=1)
    with pytest.raises(Forbidden) as refused:
        issue(dear, OMID)
    assert refused.value.code == "worth_too_much"
    issue(dear, Actor("staff:1 Sara", ROLES["owner"]))
    issue(FLYER._replace(name="gifts", unit="stamp", units=1, quantity=1), Actor("staff:1 Sara", ROLES["owner"]))
    issue(FLYER._replace(units=9090, quantity=1), OMID)
    with pytest.raises(Forbidden, match="Issue fewer"):  # split into two they are worth as much
        issue(FLYER._replace(name="one more", units=1, quantity=1), OMID)
    with clock.frozen(NOW + NEXT_DAY):
        issue(FLYER._replace(name="one more", units=1, quantity=1), OMID)
    with pytest.raises(Forbidden, match="may not do this"):
        issue(FLYER._replace(name="own"), Actor("staff:3 Reza", ROLES["cashier"]))


def test_without_limits_a_manager_issues_any_number():
    shop.change_settings(actor=SYSTEM, now=NOW, adjust_limit=None, adjust_daily=None)
    issue(FLYER._replace(units=10**9), OMID)
    assert VoucherBatch.objects.count() == 1


# Claiming -----------------------------------------------------------------------------------


def test_a_voucher_gives_once_and_says_so_in_the_history():
    code = issue()[0]
    before = balance("Ada")
    claimed = claim("Ada", grouped(code).lower())
    assert (claimed.fresh, claimed.batch.units, balance("Ada")) == (True, 25, before + 25)
    assert claim("Ada", code)._replace(adjustment=None) == (claimed.batch, None, False)
    assert balance("Ada") == before + 25
    assert vouchers.batches()[0].claimed == 1
    newest = moves.moves_of(customer("Ada").pk)[0]
    assert (newest["amount"], newest["why"]) == (25, "25 points for a voucher: spring flyer")
    assert Lot.objects.filter(account__owner=member("Ada"), granted=25, left=25, earned_day=TODAY).count() == 1
    assert Event.objects.filter(kind="units.adjusted").count() == 1
    assert corrections.latest() == []


def test_another_member_gets_nothing_for_it():
    code = issue()[0]
    claim("Ada", code)
    with pytest.raises(Conflict) as refused:
        claim("Ben", code)
    assert (refused.value.code, balance("Ben")) == ("voucher_claimed", 25)


@pytest.mark.parametrize(
    ("typed", "error", "code"),
    [
        ("0000-0000-0000-0001", Refusal, "mistyped_voucher"),
        ("hello", Refusal, "mistyped_voucher"),
        ("0000-0000-0000-0000", NotFound, "no_voucher"),
    ],
)
def test_what_is_no_voucher_is_told_apart(typed, error, code):
    issue()
    with pytest.raises(error) as refused:
        claim("Ada", typed)
    assert (refused.value.code, balance("Ada")) == (code, 25)


def test_it_is_good_through_its_last_day():
    first, second, _third = issue(FLYER._replace(last_day=TODAY))
    claim("Ada", first)
    with clock.frozen(NOW + NEXT_DAY), pytest.raises(Refusal) as refused:
        claim("Ada", second)
    assert (refused.value.code, balance("Ada")) == ("voucher_over", 50)
    with clock.frozen(NOW + NEXT_DAY):
        assert not claim("Ada", first).fresh  # what was claimed in time stays claimed


def test_only_members_claim():
    code = issue()[0]
    sell("C77", "10.00", "2026-11-19", "s")
    with pytest.raises(NotFound) as refused:
        voucher.claim(know.customer("C77").pk, code, actor=SYSTEM, now=clock.now())
    assert refused.value.code == "no_member"
    with pytest.raises(Forbidden):
        claim("Ada", code, Actor("staff:4 Nina", ROLES["analyst"]))


def test_a_claim_stays_when_history_is_walked_again_and_rebuilt():
    code = issue()[0]
    sell("Ada", "120.00", "2026-11-18", "s1")
    claim("Ada", code)
    sell("Ada", "30.00", "2026-11-10", "late")
    give_back("Ada", "20.00", "2026-11-20 09:30", "back", "s1")
    assert balance("Ada") == 25 + 120 + 25 + 30 - 20
    with transaction.atomic():
        rebuilding.rebuild(actor=SYSTEM)
    assert balance("Ada") == 25 + 120 + 25 + 30 - 20


def test_a_claim_goes_with_its_card_and_comes_back_with_it():
    code, other, _third = issue()
    claim("Ben", code)
    made = merge.merge("C1", "C2", actor=SYSTEM, now=clock.now())
    assert balance("Ada") == 25 + 25 + 25
    assert not claim("Ada", code).fresh
    assert claim("Ben", other).fresh  # the old card at the till
    assert balance("Ada") == 100
    merge.part(made.pk, actor=SYSTEM, now=clock.now())
    assert {balance("Ada"), balance("Ben")} == {50}


def test_claims_do_not_use_up_what_somebody_may_give_by_hand():
    from vafa.loop import adjust
    from vafa.reward.adjusting import Wish

    for code in issue(FLYER._replace(units=9000, quantity=2), Actor("staff:1 Sara", ROLES["owner"])):
        claim("Ada", code, OMID)
    wish = Wish("give", "point", 2000, "goodwill", "a kind word")
    assert adjust.adjust(customer("Ben").pk, wish, key="k", actor=OMID, now=clock.now()).status == "made"
