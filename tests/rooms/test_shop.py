"""The shop's settings, its people, its one-time links; all of it noted in the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

import cast
from cast import NOW, sell, sign_in
from vafa.core import clock
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.shop import actions, queries
from vafa.shop.access import SYSTEM
from vafa.shop.models import Audit, Club


@pytest.mark.parametrize(
    ("choice", "code"),
    [
        ({"currency": "XXY"}, "unknown_currency"),
        ({"currency": ""}, "unknown_currency"),
        ({"time_zone": "Mars/Olympus"}, "unknown_time_zone"),
        ({"time_zone": "../../etc/passwd"}, "unknown_time_zone"),
        ({"calendar": "mayan"}, "unknown_calendar"),
        ({"language": "tlh"}, "unknown_language"),
        ({"margin_percent": 101}, "bad_margin"),
        ({"margin_percent": -1}, "bad_margin"),
        ({"active_days": 0}, "bad_active_days"),
        ({"active_days": 3651}, "bad_active_days"),
        ({"holdout_percent": 51}, "bad_holdout"),
    ],
    ids=str,
)
def test_a_setting_that_means_nothing_is_refused_and_nothing_changes(shop, choice, code):
    before = Club.objects.values().get()
    with pytest.raises(Refusal) as refused:
        actions.change_settings(actor=SYSTEM, now=clock.now(), name="Other", **choice)
    assert refused.value.code == code
    assert Club.objects.values().get() == before


def test_settings_change_and_the_audit_tells_before_and_after(shop, team):
    actions.change_settings(actor=team.actor("sara"), now=clock.now(), name="Corner", margin_percent=30)
    noted = Audit.objects.filter(act="settings.changed").get()
    assert noted.actor == f"staff:{team.sara.pk} Sara"
    assert noted.details == {
        "before": {"name": "Corner Market", "margin_percent": None},
        "after": {"name": "Corner", "margin_percent": 30},
    }


def test_the_currency_stays_once_something_was_sold(club):
    assert actions.change_settings(actor=SYSTEM, now=clock.now(), currency="EUR").currency == "EUR"
    actions.change_settings(actor=SYSTEM, now=clock.now(), currency="USD")
    sell("Ada", "1.00", "2026-11-01", "a")
    with pytest.raises(Conflict):
        actions.change_settings(actor=SYSTEM, now=clock.now(), currency="EUR")


def test_there_is_one_shop(shop):
    with pytest.raises(Conflict) as refused:
        cast.open_shop()
    assert refused.value.code == "set_up_already"


def test_before_the_shop_is_set_up_the_refusal_names_the_command(db):
    with pytest.raises(NotFound, match="vafa init"):
        queries.club()


# Staff ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "role", "code"),
    [
        ("nobody", "cashier", "bad_email"),
        ("kim@example.com", "king", "unknown_role"),
        ("SARA@example.com", "cashier", "staff_exists"),
    ],
)
def test_who_can_not_be_added(team, email, role, code):
    with pytest.raises(Refusal) as refused:
        actions.add_staff(email=email, name="Kim", role=role, actor=SYSTEM, now=clock.now())
    assert refused.value.code == code
    assert len(queries.staff_list()) == 4


def test_a_one_time_link_signs_in_once(team):
    token = actions.one_time_link(team.reza, now=clock.now())
    browser = Client()
    assert browser.get(f"/enter/{token}").headers["Location"] == "/"
    assert browser.session["_auth_user_id"] == str(team.reza.pk)
    second = Client()
    assert second.get(f"/enter/{token}").status_code == 404
    assert "_auth_user_id" not in second.session
    assert Audit.objects.filter(act="staff.entered_by_link").count() == 1


def test_a_link_is_good_for_twelve_hours(team):
    token = actions.one_time_link(team.reza, now=clock.now())
    with clock.frozen(NOW + timedelta(hours=12)):
        assert actions.use_link(token, now=clock.now()) is None
    with clock.frozen(NOW + timedelta(hours=11, minutes=59)):
        assert actions.use_link(token, now=clock.now()) == team.reza


def test_the_link_of_someone_who_left_is_not_good(team):
    token = actions.one_time_link(team.reza, now=clock.now())
    team.reza.is_active = False
    team.reza.save()
    assert actions.use_link(token, now=clock.now()) is None


def test_a_reset_takes_the_second_factor_off_and_gives_a_link(team):
    from allauth.mfa.utils import is_mfa_enabled

    sign_in(team.sara)
    assert is_mfa_enabled(team.sara)
    token = actions.reset_staff(email=" Sara@Example.com ", actor=SYSTEM, now=clock.now())
    assert not is_mfa_enabled(team.sara)
    assert actions.use_link(token, now=clock.now()) == team.sara
    with pytest.raises(NotFound):
        actions.reset_staff(email="kim@example.com", actor=SYSTEM, now=clock.now())


def test_an_owner_without_a_second_factor_is_asked_for_one(team):
    browser = Client()
    browser.force_login(team.sara, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.get("/settings")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts/2fa/totp/activate/")


def test_keys_are_made_for_known_scopes_alone(shop):
    with pytest.raises(Refusal) as refused:
        cast.new_key("purchases:write", "everything")
    assert refused.value.code == "unknown_scope"
    assert queries.keys() == []
    with pytest.raises(NotFound):
        actions.revoke_key(prefix="nokey", actor=SYSTEM, now=clock.now())
