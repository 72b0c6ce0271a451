"""Where a customer stands, as columns for segments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vafa.core.columns import CHOICE, DAY, FLAG, MONEY, NUMBER, SEGMENT, SHARE, Column
from vafa.core.words import gettext_noop as _
from vafa.segment.labels import ABC_MEANS, RUNG_NAMES, TYPE_NAMES, XYZ_MEANS
from vafa.segment.methods import rfm
from vafa.shop.levels import Level

STANDING = ("LEFT JOIN segment_standing s ON s.customer_id = c.id",)

_GROUPS = {group.name: group.name for group in rfm.groups()}


def columns(today: int, levels: Sequence[Level] = ()) -> list[Column]:
    """The columns as of ``today``; who never bought stands nowhere, and fulfils none of them.

    ``levels``: of the shop's value pyramid, the highest first.
    """
    since = f"({today} - s.last_day)"
    told = [
        ("purchases", _("purchases"), NUMBER, "s.purchases"),
        ("revenue", _("sales in all"), MONEY, "s.revenue"),
        ("year_revenue", _("worth a year"), MONEY, "s.year_revenue"),
        ("top_share", _("among the best so many percent"), NUMBER, "s.top_share"),
        ("first_day", _("the first purchase"), DAY, "s.first_day"),
        ("last_day", _("the last purchase"), DAY, "s.last_day"),
        ("days_since_last", _("days since the last purchase"), NUMBER, since),
        ("usual_gap", _("usual days between purchases"), NUMBER, "(s.twice_median_gap / 2.0)"),
        ("late", _("late by their own rhythm"), FLAG, "s.late"),
        ("good", _("a good customer"), FLAG, "s.good"),
        ("lapsed", _("lapsed"), FLAG, "s.lapsed"),
        ("r", _("recency, of 5"), NUMBER, "s.r"),
        ("f", _("frequency, of 5"), NUMBER, "s.f"),
        ("m", _("money, of 5"), NUMBER, "s.m"),
        ("p_alive", _("chance that they still are a customer"), SHARE, "s.p_alive"),
        ("expected_90", _("purchases expected in 90 days"), NUMBER, "s.expected_90"),
        ("expected_365", _("purchases expected in a year"), NUMBER, "s.expected_365"),
        ("clv", _("worth of the year ahead"), MONEY, "s.clv"),
        ("due_in", _("days until the next purchase is due"), NUMBER, f"(s.due_day - {today})"),
        ("days_late", _("days later than nine of ten of their gaps"), NUMBER, "s.days_late"),
    ]
    choices = [
        ("abc", _("the volume"), "s.abc", {key: key for key in ABC_MEANS}),
        ("xyz", _("the regularity"), "s.xyz", {key: key for key in XYZ_MEANS}),
        ("rung", _("the rung of the ladder"), "s.rung", RUNG_NAMES),
        ("rfm_group", _("the group by recency, frequency and money"), "s.rfm_group", _GROUPS),
        ("buying_type", _("the way of buying"), "s.buying_type", TYPE_NAMES),
    ]
    if levels:
        named = {level.name: level.name for level in levels}
        choices.append(("level", _("the value level"), level_of(levels), named))
    return [
        *(Column(name, title, CHOICE, sql, STANDING, known) for name, title, sql, known in choices),
        *(Column(name, title, kind, sql, STANDING) for name, title, kind, sql in told),
    ]


def level_of(levels: Sequence[Level]) -> str:
    """The level on which a customer stands, as SQL over ``segment_standing s``."""
    steps = " ".join(
        f"WHEN s.year_revenue >= {level.least} THEN '{level.name.replace("'", "''").replace('%', '%%')}'"
        for level in levels
    )
    return f"(CASE {steps} END)"


def membership(known: Mapping[str, str]) -> Column:
    """Whether they are in another segment as it was last counted: so segments of segments cost no more than one."""
    sql = (
        "EXISTS (SELECT 1 FROM segment_membership sm JOIN segment_segment sg ON sg.id = sm.segment_id "
        "WHERE sm.customer_id = c.id AND sm.left_day IS NULL AND sg.code = %s)"
    )
    return Column("segment", _("the segment"), SEGMENT, sql, choices=known)
