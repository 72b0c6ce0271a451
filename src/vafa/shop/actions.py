"""Writing who runs the club; every act of staff goes through ``audit``."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from vafa.core import calendar, money
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.core.identity import email as normal_email
from vafa.core.words import LANGUAGES
from vafa.core.words import gettext_noop as _
from vafa.shop import queries
from vafa.shop.access import ROLES, SCOPES, Actor, require
from vafa.shop.levels import levels
from vafa.shop.models import ApiKey, Audit, Branch, Club, OneTimeLink, Staff

LINK_LIFE = timedelta(hours=12)


def audit(act: str, *, actor: Actor, now: datetime, subject: str = "", **details: Any) -> None:
    """Note in the audit what ``actor`` did."""
    Audit.objects.create(at=now, actor=actor.name, act=act, subject=subject[:80], details=details)


@transaction.atomic
def set_up(*, name: str, actor: Actor, now: datetime, **choices: Any) -> Club:
    """Make the club. Refused when there is one already."""
    if queries.is_set_up():
        raise Conflict("set_up_already", _("There is a shop here already."))
    made = Club(id=1, name=name, set_up_at=now)
    _choose(made, choices)
    made.save(force_insert=True)
    audit("club.set_up", actor=actor, now=now, name=name)
    return made


@transaction.atomic
def change_settings(*, actor: Actor, now: datetime, **choices: Any) -> Club:
    """Change the club's settings; unknown zones, currencies and the like are refused."""
    require(actor, "settings.edit")
    changed = Club.objects.select_for_update().get(id=1)
    before = {name: getattr(changed, name) for name in choices}
    if "currency" in choices and choices["currency"] != changed.currency and _has_purchases():
        raise Conflict("currency_in_use", _("The currency can't change any more: amounts are already recorded in it."))
    _choose(changed, choices)
    changed.save()
    after = {name: getattr(changed, name) for name in choices}
    audit("settings.changed", actor=actor, now=now, before=_plain(before), after=_plain(after))
    return changed


def hold_club() -> Club:
    """The club as it stands, kept to this transaction: whoever needs it too waits for its end."""
    return Club.objects.select_for_update().get(id=1)


def _choose(changed: Club, choices: dict[str, Any]) -> None:
    for name, value in choices.items():
        setattr(changed, name, value)
    money.digits(changed.currency)
    calendar.zone(changed.time_zone)
    if changed.calendar not in calendar.CALENDARS:
        raise Refusal("unknown_calendar", _("The calendar is “gregorian” or “jalali”."))
    if changed.language not in LANGUAGES:
        raise Refusal("unknown_language", _("The language is one of %(known)s."), known=", ".join(LANGUAGES))
    if changed.margin_percent is not None and not 0 <= changed.margin_percent <= 100:
        raise Refusal("bad_margin", _("The margin is a whole percentage from 0 to 100."))
    if changed.active_days is not None and not 1 <= changed.active_days <= 3650:
        raise Refusal("bad_active_days", _("Active days must be a whole number from 1 to 3650."))
    if changed.breakage_percent is not None and not 0 <= changed.breakage_percent <= 100:
        raise Refusal("bad_breakage", _("The share that stays unused is a whole percentage from 0 to 100."))
    if min(changed.adjust_limit or 0, changed.adjust_daily or 0) < 0:
        raise Refusal("bad_limit", _("A limit can't be negative."))
    levels(changed.levels, changed.currency)  # refuses what tells none
    if not 0 <= changed.holdout_percent <= 50:
        raise Refusal("bad_holdout", _("The hold-out is a percentage from 0 to 50."))


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int | str | None) else str(value) for name, value in values.items()}


def _has_purchases() -> bool:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM know_purchase LIMIT 1")
        return cursor.fetchone() is not None


def add_staff(
    *, email: str, name: str, role: str, actor: Actor, now: datetime, password: str | None = None, branch: str = ""
) -> Staff:
    """Add a person; without a password they come in by a one-time link or by “lost password”."""
    require(actor, "staff.edit")
    address = normal_email(email)
    if address is None:
        raise Refusal("bad_email", _("“%(email)s” is no e-mail address."), email=email[:80])
    if role not in ROLES:
        raise Refusal("unknown_role", _("The role is one of %(known)s."), known=", ".join(ROLES))
    if Staff.objects.filter(email=address).exists():
        raise Conflict("staff_exists", _("%(email)s is on the staff already."), email=address)
    place = Branch.objects.filter(code=branch).first() if branch else None
    made = Staff.objects.create_user(address, password, name=name.strip()[:120], role=role, branch=place)
    audit("staff.added", actor=actor, now=now, subject=f"staff:{made.pk}", role=role)
    return made


def reset_staff(*, email: str, actor: Actor, now: datetime) -> str:
    """A one-time link for someone who lost password or second factor (which is taken off)."""
    require(actor, "staff.edit")
    person = Staff.objects.filter(email=(email.strip().lower())).first()
    if person is None:
        raise NotFound("no_staff", _("Nobody on the staff has the address %(email)s."), email=email[:80])
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user=person).delete()
    audit("staff.reset", actor=actor, now=now, subject=f"staff:{person.pk}")
    return one_time_link(person, now=now)


def one_time_link(staff: Staff, *, now: datetime) -> str:
    """A token that signs ``staff`` in once, within twelve hours."""
    token = secrets.token_urlsafe(24)
    OneTimeLink.objects.create(digest=queries.digest(token), staff=staff, expires_at=now + LINK_LIFE)
    return token


@transaction.atomic
def use_link(token: str, *, now: datetime) -> Staff | None:
    """The person of the link, which is used up by this; None where it is not good (any more)."""
    link = queries.usable_link(token, now)
    if link is None or not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        return None
    audit("staff.entered_by_link", actor=queries.staff_actor(link.staff), now=now)
    return link.staff


def create_key(*, name: str, scopes: Iterable[str], actor: Actor, now: datetime) -> str:
    """A new key of the API; it is told this once."""
    require(actor, "key.edit")
    wanted = sorted(set(scopes))
    if unknown := [scope for scope in wanted if scope not in SCOPES]:
        raise Refusal(
            "unknown_scope",
            _("There is no scope “%(scope)s”."),
            _("Known are: %(known)s."),
            scope=unknown[0][:40],
            known=", ".join(SCOPES),
        )
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    ApiKey.objects.create(
        name=name.strip()[:80], prefix=prefix, digest=queries.digest(secret), scopes=wanted, created_at=now
    )
    audit("key.created", actor=actor, now=now, subject=f"key:{prefix}", scopes=wanted)
    return f"{queries.KEY_START}{prefix}.{secret}"


def revoke_key(*, prefix: str, actor: Actor, now: datetime) -> None:
    require(actor, "key.edit")
    if not ApiKey.objects.filter(prefix=prefix, revoked_at=None).update(revoked_at=now):
        raise NotFound("no_key", _("There is no such key in use."))
    audit("key.revoked", actor=actor, now=now, subject=f"key:{prefix}")


def name_branches(codes: Iterable[str]) -> None:
    """Make a branch of each store that sales tell of and that is not known yet."""
    told = {code for code in codes if code}
    fresh = sorted(told - set(Branch.objects.values_list("code", flat=True))) if told else []
    if fresh:
        Branch.objects.bulk_create([Branch(code=code[:40], name=code) for code in fresh], ignore_conflicts=True)


NOBODY = Actor("nobody", frozenset())
