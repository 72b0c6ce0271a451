"""What the club knows of a member, as columns for segments."""

from __future__ import annotations

import re

from vafa.core.columns import CHOICE, FLAG, MONEY, NUMBER, Column
from vafa.core.words import gettext
from vafa.core.words import gettext_noop as _
from vafa.reward.engine import Plan

SOON = 30  # days
_MEMBER = "LEFT JOIN reward_member mb ON mb.customer_id = c.id"
_POSITION = "LEFT JOIN reward_position po ON po.member_id = mb.id"


def columns(today: int, plan: Plan | None) -> list[Column]:
    """The columns as of ``today`` under the running programme; balances as the ledger has booked them."""
    member = [
        Column("member", _("a member of the club"), FLAG, "(mb.id IS NOT NULL)", (_MEMBER,)),
        Column("days_a_member", _("days as a member"), NUMBER, f"({today} - mb.joined_day)", (_MEMBER,)),
    ]
    if plan is None:
        return member
    tiers = {tier.id: tier.name or tier.id for tier in plan.programme.tiers}
    if tiers:
        member.append(Column("tier", _("the tier"), CHOICE, "po.tier", (_MEMBER, _POSITION), tiers))
    for place, unit in enumerate(plan.programme.units):
        member += _of_unit(unit.id, gettext(unit.name or unit.id), unit.money, place, today)
    return member


def _of_unit(unit: str, name: str, money: bool, place: int, today: int) -> list[Column]:
    """What can be spent today, and how much of it will be over in ``SOON`` days."""
    quoted = unit.replace("'", "''").replace("%", "%%")
    usable = f"l.available_day <= {today} AND (l.expires_day IS NULL OR l.expires_day > {today})"
    joined = (
        f'LEFT JOIN (SELECT a.owner, SUM(l."left") AS has, '
        f'SUM(CASE WHEN l.expires_day <= {today + SOON} THEN l."left" ELSE 0 END) AS soon '
        f"FROM ledger_lot l JOIN ledger_account a ON a.id = l.account_id "
        f"WHERE a.unit = '{quoted}' AND l.\"left\" > 0 AND {usable} GROUP BY a.owner) u{place} "
        f"ON u{place}.owner = mb.id"
    )
    told, kind = re.sub(r"\W", "_", unit, flags=re.ASCII), MONEY if money else NUMBER
    needs = (_MEMBER, joined)
    has, soon = (gettext(title) % {"unit": name} for title in (_("can spend: %(unit)s"), _("expires soon: %(unit)s")))
    return [
        Column(f"has_{told}", has, kind, f"COALESCE(u{place}.has, 0)", needs),
        Column(f"expiring_{told}", soon, kind, f"COALESCE(u{place}.soon, 0)", needs),
    ]
