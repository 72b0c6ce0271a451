"""Who may do what: every role against every act, and no by default."""

from __future__ import annotations

from pathlib import Path

import pytest

import cast
import vafa
from cast import bought
from vafa.core import clock
from vafa.core.errors import Forbidden, Unauthenticated
from vafa.engage import actions as engage
from vafa.know import actions as know
from vafa.loop import adjust, join, merge, purchase, redeem, segments
from vafa.reward import actions as reward
from vafa.reward.adjusting import Wish
from vafa.shop import actions, queries
from vafa.shop.access import ROLES, SCOPES, SYSTEM, Actor, may, require

TILL = {"till.use", "customer.find", "customer.enrol", "purchase.record", "purchase.undo"}
TILL |= {"reward.redeem", "voucher.claim"}
OFFICE = {"office.see", "customer.see", "measure.see", "segment.see", "programme.see"}
LETTERS = {"engage.see", "engage.approve", "segment.refresh", "segment.edit", "customer.find", "customer.talk"}
BY_HAND = {"customer.edit", "customer.merge", "units.adjust", "units.approve"}
RUNNING = BY_HAND | {"programme.draft", "voucher.issue", "engage.settings", "import.run", "audit.see"}
OWNING = {"programme.launch", "settings.edit", "staff.edit", "key.edit"}
ALL = TILL | OFFICE | LETTERS | RUNNING | OWNING
MATRIX = {
    "owner": ALL,
    "manager": ALL - OWNING,
    "marketer": OFFICE | LETTERS,
    "cashier": TILL,
    "analyst": OFFICE,
}


@pytest.mark.parametrize("role", MATRIX)
def test_each_role_may_exactly_this(role):
    person = Actor("staff:1 Kim", ROLES[role])
    assert {act for act in ALL if may(person, act)} == MATRIX[role]
    assert ROLES[role] == MATRIX[role]


def test_there_are_no_roles_but_these():
    assert set(ROLES) == set(MATRIX)


def test_an_act_that_no_role_names_is_nobody_s():
    for acts in [*ROLES.values(), SYSTEM.acts]:
        with pytest.raises(Forbidden):
            require(Actor("staff:1 Kim", acts), "shop.burn_down")


def test_every_act_that_the_code_asks_for_belongs_to_a_role():
    import re

    asked = set()
    for path in Path(vafa.__file__).parent.rglob("*.py"):
        asked |= set(
            re.findall(r'(?:require\([^()]*(?:\([^()]*\))?,|staff_page\()\s*"([a-z_.]+)"', path.read_text("utf-8"))
        )
    assert len(asked) > 15
    assert asked <= ALL


def test_the_refusal_names_the_person_and_the_act():
    with pytest.raises(Forbidden) as refused:
        require(Actor("staff:7 Nina", ROLES["analyst"]), "purchase.record")
    assert str(refused.value) == (
        "Nina may not do this (purchase.record). Ask an owner for the role or the scope that includes it."
    )
    assert refused.value.status == 403


# Each writing action asks ------------------------------------------------------------------

WISH = Wish("give", "point", 1, "goodwill", "long wait")
WRITES = {
    "purchase.record": lambda who: purchase.record([bought("Ada", "1.00", "2026-11-01", "q")], actor=who, now=cast.NOW),
    "purchase.undo": lambda who: purchase.undo(1, actor=who, now=cast.NOW),
    "reward.redeem": lambda who: redeem.redeem(1, "five_off", actor=who, now=cast.NOW),
    "customer.enrol": lambda who: join.join(cast.PEOPLE["Ada"], actor=who, now=cast.NOW),
    "customer.edit": lambda who: know.edit_card("C1", actor=who, now=cast.NOW, name="X", birthday=None, note=""),
    "customer.merge": lambda who: merge.merge("C1", "C2", actor=who, now=cast.NOW),
    "units.adjust": lambda who: adjust.adjust(1, WISH, key="k", actor=who, now=cast.NOW),
    "units.approve": lambda who: adjust.decide(1, approve=True, actor=who, now=cast.NOW),
    "import.run": lambda who: know.begin_import(file="x", preset="x", actor=who, now=cast.NOW),
    "programme.draft": lambda who: reward.save_draft("", actor=who, now=cast.NOW),
    "programme.launch": lambda who: reward.launch(starts_day=0, actor=who, now=cast.NOW),
    "engage.approve": lambda who: engage.approve([1], actor=who, now=cast.NOW),
    "engage.settings": lambda who: engage.switch("birthday", on=True, actor=who, now=cast.NOW),
    "segment.edit": lambda who: segments.define("x", "late", actor=who, now=cast.NOW),
    "segment.refresh": lambda who: segments.refresh(actor=who, now=cast.NOW),
    "settings.edit": lambda who: actions.change_settings(actor=who, now=cast.NOW, name="Mine"),
    "staff.edit": lambda who: actions.reset_staff(email="sara@example.com", actor=who, now=cast.NOW),
    "key.edit": lambda who: actions.create_key(name="k", scopes=["members:read"], actor=who, now=cast.NOW),
}


@pytest.mark.parametrize("act", WRITES)
def test_who_may_do_all_but_this_is_refused_and_writes_nothing(club, team, act):
    before = cast.row_counts()
    with pytest.raises(Forbidden):
        WRITES[act](Actor("staff:9 Kim", frozenset(ALL - {act})))
    assert cast.row_counts() == before


def test_a_person_who_left_may_nothing(team):
    team.sara.is_active = False
    assert queries.staff_actor(team.sara).acts == frozenset()


def test_only_cashiers_see_masked_phones(team):
    assert {name: team.actor(name).masked for name in ("sara", "omid", "reza", "nina")} == {
        "sara": False,
        "omid": False,
        "reza": True,
        "nina": False,
    }


# Keys ---------------------------------------------------------------------------------------


def test_scopes_stay_within_what_machines_may():
    assert {scope: set(acts) for scope, acts in SCOPES.items()} == {
        "purchases:write": {"purchase.record", "purchase.undo"},
        "members:read": {"customer.find", "customer.see"},
        "members:write": {"customer.enrol", "customer.edit"},
        "rewards:write": {"reward.redeem", "voucher.claim"},
        "adjustments:write": {"units.adjust"},
        "merges:write": {"customer.merge"},
        "segments:read": {"segment.see", "customer.see"},
        "segments:write": {"segment.edit", "segment.refresh"},
    }


def test_a_key_may_what_its_scopes_say_and_is_not_kept_in_clear(shop):
    key = cast.new_key("members:read", "rewards:write")
    kept, actor = queries.key_actor(key)
    assert actor.acts == {"customer.find", "customer.see", "reward.redeem", "voucher.claim"}
    assert key.partition(".")[2] not in str(kept.__dict__)


def test_an_unknown_or_revoked_or_maimed_key_is_nobody(shop):
    key = cast.new_key("members:read")
    prefix = queries.key_actor(key)[0].prefix
    for wrong in (key[:-1], key + "x", key.removeprefix("vafa_"), "vafa_.", f"vafa_{prefix}", "", "vafa_x.y"):
        with pytest.raises(Unauthenticated):
            queries.key_actor(wrong)
    actions.revoke_key(prefix=prefix, actor=SYSTEM, now=clock.now())
    with pytest.raises(Unauthenticated):
        queries.key_actor(key)
