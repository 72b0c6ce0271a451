"""Reading who runs the club."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from django.db import connection

from vafa.core import bulk, clock
from vafa.core.calendar import day_number
from vafa.core.errors import NotFound, Unauthenticated
from vafa.core.remembered import remembered
from vafa.core.words import gettext_noop as _
from vafa.shop.access import ROLES, SCOPES, Actor
from vafa.shop.levels import Level, levels
from vafa.shop.models import ApiKey, Audit, Branch, Club, OneTimeLink, Staff

KEY_START = "vafa_"


def club_or_none() -> Club | None:
    return remembered("club", lambda: next(iter(bulk.objects(connection, Club, "id = 1")), None))


def club() -> Club:
    """The one club; a refusal before ``vafa init``."""
    found = club_or_none()
    if found is None:
        raise NotFound("not_set_up", _("There is no shop here yet."), _("Run “vafa init” first."))
    return found


def value_levels() -> tuple[Level, ...]:
    """The levels of the value pyramid, the highest first."""
    found = club()
    return levels(found.levels, found.currency)


def is_set_up() -> bool:
    return Club.objects.filter(id=1).exists()


def today() -> int:
    """The day number of today in the shop's zone."""
    return day_number(clock.today(club().time_zone))


def staff_actor(staff: Staff) -> Actor:
    return Actor(
        f"staff:{staff.pk} {staff.name}"[:80],
        ROLES.get(staff.role, frozenset()) if staff.is_active else frozenset(),
        staff.branch.code if staff.branch else "",
        masked=staff.role == Staff.CASHIER,
    )


def club_and_key(presented: str) -> tuple[Club | None, ApiKey | None]:
    """The club, and the key that ``presented`` names unless it was revoked, whether or not its secret is right."""
    prefix = presented.removeprefix(KEY_START).partition(".")[0] if presented.startswith(KEY_START) else ""
    sql = (
        f"SELECT {bulk.columns(Club, 'c')}, {bulk.columns(ApiKey, 'k')} FROM shop_club c "
        "LEFT JOIN shop_apikey k ON k.prefix = %s AND k.revoked_at IS NULL WHERE c.id = 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [prefix[:16]])
        row = cursor.fetchone()
    if row is None:
        return None, None
    width = len(Club._meta.concrete_fields)
    return bulk.an_object(connection, Club, row[:width]), bulk.an_object(connection, ApiKey, row[width:])


def key_actor(presented: str, found: ApiKey | None = None) -> tuple[ApiKey, Actor]:
    """The key behind ``presented`` and what it may do; Unauthenticated when it is unknown or revoked.

    ``found``: as ``club_and_key`` found it already.
    """
    refusal = Unauthenticated(
        "bad_key", _("This key is unknown or was revoked."), _("Make one with “vafa key create --scope …”.")
    )
    _prefix, dot, secret = presented.removeprefix(KEY_START).partition(".")
    if not presented.startswith(KEY_START) or not dot:
        raise refusal
    key = found or club_and_key(presented)[1]
    if key is None or not hmac.compare_digest(key.digest, digest(secret)):
        raise refusal
    acts = frozenset[str]().union(*(SCOPES.get(scope, frozenset()) for scope in key.scopes))
    return key, Actor(f"key:{key.prefix} {key.name}"[:80], acts)


def digest(secret: str) -> str:
    """A hash of a secret of 128 bits or more (a short password needs argon2 instead)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def usable_link(token: str, now: datetime) -> OneTimeLink | None:
    return (
        OneTimeLink.objects.filter(digest=digest(token), used_at=None, expires_at__gt=now, staff__is_active=True)
        .select_related("staff")
        .first()
    )


def staff_list() -> list[Staff]:
    return list(Staff.objects.select_related("branch").order_by("name", "id"))


def keys() -> list[ApiKey]:
    return list(ApiKey.objects.order_by("-id"))


def branches() -> dict[str, str]:
    """Names of the branches by code."""
    return dict(Branch.objects.values_list("code", "name"))


def audit_trail(limit: int = 100) -> list[dict[str, Any]]:
    rows = Audit.objects.order_by("-id").values("at", "actor", "act", "subject", "details")[:limit]
    return [dict(row) for row in rows]
