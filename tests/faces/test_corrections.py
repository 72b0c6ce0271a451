"""The office corrects a wallet by hand; what is large is decided by somebody else."""

from __future__ import annotations

import re

import pytest

from cast import balance, customer, findings, sign_in
from vafa.reward.models import Adjustment

FORM = {
    "act": "give",
    "unit": "point",
    "units": "40",
    "reason": "complaint",
    "note": "the coffee was cold",
    "key": "k1",
}


@pytest.fixture(autouse=True)
def whole_in_the_end(club):
    yield
    assert findings() == []


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_a_small_one_is_done_at_once_and_only_once(team):
    omid = sign_in(team.omid)
    before = balance("Ada")
    assert 'name="key"' in omid.get("/know/customer/C1").content.decode()
    for _click in range(2):
        answer = omid.post("/know/customer/C1/correct", FORM, follow=True)
        assert "The wallet is corrected." in words(answer)
    assert balance("Ada") == before + 40
    assert "40 points given by Omid, after a complaint: the coffee was cold" in words(answer)
    assert "give 40 points" in words(omid.get("/reward/corrections"))


def test_a_large_one_waits_for_somebody_else(team):
    omid, sara = sign_in(team.omid), sign_in(team.sara)
    before = balance("Ada")
    answer = omid.post("/know/customer/C1/correct", FORM | {"units": "100000"}, follow=True)
    assert "it waits until somebody else agrees" in words(answer)
    assert balance("Ada") == before
    page = words(omid.get("/reward/corrections"))
    assert "1 correction waits for a second person." in page
    assert "Somebody else has to agree." in page
    assert "Agree" not in page
    number = Adjustment.objects.get().pk
    assert omid.post(f"/reward/corrections/{number}", {"approve": "1"}).status_code == 403
    assert "Agree" in words(sara.get("/reward/corrections"))
    assert "Corrections 1" in words(sara.get("/reward"))
    assert "The wallet is corrected." in words(
        sara.post(f"/reward/corrections/{number}", {"approve": "1"}, follow=True)
    )
    assert balance("Ada") == before + 100_000
    refused = omid.post("/know/customer/C1/correct", FORM | {"units": "90000", "key": "k2"}, follow=True)
    assert refused.status_code == 200
    assert "Refused; nothing was changed." in words(
        sara.post(f"/reward/corrections/{Adjustment.objects.latest('pk').pk}", follow=True)
    )
    assert balance("Ada") == before + 100_000


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"units": "0"}, "must be whole and 1 or more"),
        ({"units": "٤٠"}, "must be whole and 1 or more"),
        ({"note": " "}, "Say in a few words why"),
        ({"reason": "whim"}, "The reason is one of"),
        ({"act": "burn"}, "Units are given, taken or forgiven"),
        ({"act": "take", "units": "999999"}, "nothing was taken"),
    ],
)
def test_what_makes_no_sense_changes_nothing(team, told, says):
    before = balance("Ada")
    answer = sign_in(team.omid).post("/know/customer/C1/correct", FORM | told)
    assert answer.status_code == 422
    assert says in words(answer)
    assert (balance("Ada"), customer("Ada").code) == (before, "C1")
