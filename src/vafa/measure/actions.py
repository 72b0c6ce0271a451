"""Taking the day's figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vafa.measure.models import Snapshot
from vafa.measure.movement import WAYS, way_of
from vafa.reward import queries as reward
from vafa.segment.analysis import Analysis
from vafa.segment.methods.ladder import RUNGS
from vafa.segment.predicting import Prediction

MOVED_DAYS = 91  # movement on the ladder is told over a quarter


def snapshot(
    analysis: Analysis,
    day: int,
    *,
    before: Mapping[str, str],
    last_month: Mapping[str, str],
    owed: dict[str, Any],
    now: datetime,
    ahead: Prediction | None = None,
) -> Snapshot:
    """Keep the overview's figures as of the end of ``day``.

    ``before``: each customer's rung MOVED_DAYS ago; ``last_month``: at the end of the month before;
    ``owed``: as ``owed_on`` says of that day; ``ahead``: what was forecast on it, where it was.
    """
    moved = {"moves": _moves(analysis, day, before), "moved_days": MOVED_DAYS}
    month = {"month_moves": _ways(_rungs(analysis), last_month)}
    outlooks = {"ahead": [] if ahead is None else [outlook.as_json() for outlook in ahead.outlooks]}
    figures = figures_of(analysis) | owed | moved | month | outlooks
    kept, _made = Snapshot.objects.update_or_create(day=day, defaults={"figures": figures, "made_at": now})
    return kept


def figures_of(analysis: Analysis) -> dict[str, Any]:
    """The figures of the overview as plain numbers: minor units, shares 0–1."""
    late, ltv = analysis.lateness, analysis.ltv
    complete = [month for month in analysis.crr if month.rate is not None]
    top = analysis.pareto.tops.get(20)
    return {
        "people": analysis.people,
        "purchases": analysis.purchases,
        "revenue": analysis.revenue,
        "first_day": analysis.first_day,
        "active": analysis.active,
        "active_days": analysis.active_days,
        "lapsed": analysis.ladder.lapsed.customers,
        "once": analysis.ladder.buyer.customers,
        "loyal_share": _number(analysis.loyal_share),
        "loyal_revenue": analysis.ladder.loyal.revenue,
        "known_revenue": analysis.known_revenue,
        "crr": [[c.month, c.start, c.end, c.new, _number(c.rate)] for c in complete[-24:]],
        "ltv": {
            "value": _number(ltv.value),
            "S": _number(ltv.mean_receipt),
            "C": _number(ltv.receipts_a_month),
            "P": _number(ltv.margin),
            "T": _number(ltv.life),
        },
        "top": None
        if top is None
        else {"customers": top.customers, "revenue": top.revenue, "share": _number(top.share)},
        "pareto": analysis.pareto.curve,
        "late": {
            "bins": list(late.bins),
            "all": late.late.customers,
            "good": late.good.customers,
            "good_year": late.good.revenue,
        },
        "ladder": {name: part.customers for name, part in analysis.ladder.rungs},
        "cells": {cell: part.customers for cell, part in analysis.cells.items()},
        "buying_types": {kind: part.customers for kind, part in analysis.buying_types.items()}
        if analysis.buying_types is not None
        else None,
        "groups": [[g.group, g.customers, g.revenue] for g in analysis.rfm_groups],
        "new": list(analysis.new_per_month[-1:]),
    }


def owed_on(*days: int) -> list[dict[str, Any]]:
    """What members could still spend at the end of each of ``days``, in units and in money."""
    return [{"owed_units": units, "owed": money} for units, money in reward.owed_as_of(*days)]


def _moves(analysis: Analysis, day: int, before: Mapping[str, str]) -> dict[str, list[int]]:
    """For each rung: how many came up to it, and how many fell from it, since a quarter ago."""
    if analysis.first_day is None or day - MOVED_DAYS < analysis.first_day:
        return {}
    moves = {rung: [0, 0] for rung in RUNGS}
    for customer, rung in _rungs(analysis).items():
        was = before.get(customer)
        if was is None or RUNGS.index(was) < RUNGS.index(rung):
            moves[rung][0] += 1
        elif RUNGS.index(was) > RUNGS.index(rung):
            moves[was][1] += 1
    return moves


def _ways(now: Mapping[str, str], then: Mapping[str, str]) -> dict[str, int]:
    """How many came, climbed, stayed and fell."""
    ways = ("came" if customer not in then else way_of(then[customer], rung) for customer, rung in now.items())
    return dict.fromkeys(("came", *WAYS), 0) | Counter(ways)


def _rungs(analysis: Analysis) -> dict[str, str]:
    table = analysis.standings
    return dict(zip(table["customer_id"].to_pylist(), table["rung"].to_pylist(), strict=True))


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
