"""Segment: the nine cells, the named groups, the ladder; each opens the people in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.faces.access import staff_page
from vafa.faces.office import segments
from vafa.measure import bought
from vafa.measure import queries as measure
from vafa.segment import queries as segment
from vafa.segment.labels import (
    ABC_MEANS,
    CELL_NAMES,
    RUNG_MEANS,
    RUNG_NAMES,
    TYPE_MEANS,
    TYPE_NAMES,
    TYPE_TREATMENTS,
    XYZ_MEANS,
)
from vafa.segment.suitability import Suitability
from vafa.shop import queries as shop


@require_GET
@staff_page("segment.see")
def page(request: HttpRequest) -> HttpResponse:
    """How the customers divide, by volume and regularity, by recency, frequency and money."""
    newest = measure.newest()
    if newest is None or not newest.figures["people"]:
        return render(request, "office/nothing_yet.html", {"room": "segment"})
    found = newest.figures
    people = found["people"]
    cells = [
        {
            "abc": abc,
            "means": _(ABC_MEANS[abc]),
            "row": [
                {
                    "cell": abc + xyz,
                    "name": _(CELL_NAMES[abc + xyz]),
                    "people": found["cells"][abc + xyz],
                    "share": found["cells"][abc + xyz] / people,
                    "link": f"filter={abc}&filter={xyz}",
                }
                for xyz in "XYZN"
            ],
        }
        for abc in "ABC"
    ]
    total = sum(max(0, row[2]) for row in found["groups"]) or 1
    groups = [
        {"group": name, "name": _(name), "people": count, "revenue": revenue, "share": max(0, revenue) / total}
        for name, count, revenue in found["groups"]
        if count
    ]
    rungs = [
        {
            "rung": rung,
            "name": _(RUNG_NAMES[rung]),
            "means": _(RUNG_MEANS[rung]),
            "people": count,
            "share": count / people,
        }
        for rung, count in reversed(found["ladder"].items())
    ]
    context = {
        "room": "segment",
        "day": newest.day,
        "people": people,
        "cells": cells,
        "heads": [(xyz, _(XYZ_MEANS[xyz])) for xyz in "XYZN"],
        "groups": groups,
        "rungs": rungs,
        "once": figures.percent(found["once"] / people),
        "steady": figures.number(sum(found["cells"][abc + "X"] for abc in "ABC")),
        "types": _types(found.get("buying_types"), people),
        "segments": segments.listed(),
        "pyramid": _pyramid(),
        "suits": _suits(measure.analysis_of(newest).suitability),
    }
    return render(request, "office/segment.html", context)


def _types(counted: dict[str, int] | None, people: int) -> list[dict[str, Any]]:
    """How customers buy, with the treatment for each; empty where no products are told."""
    return [
        {
            "kind": kind,
            "name": _(TYPE_NAMES[kind]),
            "means": _(TYPE_MEANS[kind]),
            "treatment": _(TYPE_TREATMENTS[kind]),
            "people": count,
            "share": count / people,
        }
        for kind, count in (counted or {}).items()
    ]


def _pyramid() -> list[dict[str, Any]]:
    """The shop's value levels, each with its people and what they bring; empty where the shop has none."""
    levels = shop.value_levels()
    steps = segment.pyramid(levels) if levels else []
    total = sum(max(0, step.year_revenue) for step in steps) or 1
    return [
        {
            "step": step,
            "asks": urlencode({"definition": "level = '" + step.name.replace("'", "''") + "'"}),
            "share": max(0, step.year_revenue) / total,
        }
        for step in steps
    ]


def _suits(found: Suitability) -> dict[str, Any]:
    """Whether a club is right for this shop, with its reasons."""
    told = bought.suits(found)
    icons = {"for": ("check", "acc"), "against": ("x", "late"), "open": ("question-mark", "")}
    return {"says": told.says, "rows": [(*icons[way], word, text) for way, word, text in told.reasons]}
