"""Segment: what is bought: products by volume and steadiness, pairs, how the best buy, and the fans of a brand."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import figures
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, ngettext
from vafa.faces.access import staff_page
from vafa.know import queries as know
from vafa.measure import assortment, bought
from vafa.measure import queries as measure
from vafa.segment.assortment import CELLS, Assortment
from vafa.segment.labels import XYZ_MEANS

PRODUCTS, PAIRS, NAMES, ALIKE, FANS = 20, 12, 12, 10, 50


@require_GET
@staff_page("segment.see")
def page(request: HttpRequest) -> HttpResponse:
    """Which products bring the sales, what goes well with what, and in what the best differ from the others."""
    newest = measure.newest()
    found = assortment.of(newest) if newest is not None else None
    if newest is None or found is None or not found.products.num_rows:
        return render(request, "office/nothing_yet.html", {"room": "segment"})
    cell = request.GET.get("cell", "")
    cell = cell if cell in CELLS else ""
    rows = [row for row in found.products.to_pylist() if not cell or row["abc"] + row["xyz"] == cell]
    pairs, portrait = found.pairs.to_pylist(), found.portrait.to_pylist()
    codes = {row["product"] for row in [*rows[:PRODUCTS], *pairs]} | {row["other"] for row in pairs}
    names = know.product_names(codes | {row["value"] for row in portrait if row["trait"] == "product"})
    context = {
        "room": "segment",
        "day": newest.day,
        "says": assortment.finding(found),
        "cells": _cells(found, cell),
        "heads": [(xyz, _(XYZ_MEANS[xyz])) for xyz in "XYZN"],
        "cell": cell,
        "rows": [row | {"name": names.get(row["product"], row["product"])} for row in rows[:PRODUCTS]],
        "count": len(rows),
        "pairs": _named(pairs, names)[:PAIRS],
        "portrait": [
            {
                "kind": _(bought.TRAIT_NAMES[row["trait"]]),
                "what": bought.trait(row, names),
                "best": row["best_share"],
                "others": row["other_share"],
                "more": row["z"] > 0,
            }
            for row in portrait
        ],
        "alike": know.with_cards(found.alike.slice(0, ALIKE).to_pylist()),
        "alike_count": found.alike.num_rows,
        "names": [row | {"said": _(bought.KIND_NAMES[row["kind"]])} for row in found.names.slice(0, NAMES).to_pylist()],
    }
    return render(request, "office/products.html", context)


def _named(pairs: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    """Pairs by name; two sorts of one name are the same thing to a shop."""
    told = [row | {"a": names.get(row["product"]), "b": names.get(row["other"])} for row in pairs]
    return [row for row in told if row["a"] != row["b"]]


def _cells(found: Assortment, chosen: str) -> list[dict[str, Any]]:
    """Three rows of four cells: how many products, and their share of sales."""
    counted = found.cells()
    total = sum(max(0, amount) for _count, amount in counted.values()) or 1
    return [
        {
            "abc": abc,
            "row": [
                {
                    "cell": abc + xyz,
                    "count": counted[abc + xyz][0],
                    "share": max(0, counted[abc + xyz][1]) / total,
                    "on": abc + xyz == chosen,
                }
                for xyz in "XYZN"
            ],
        }
        for abc in "ABC"
    ]


@require_GET
@staff_page("customer.see")
def fans(request: HttpRequest) -> HttpResponse:
    """Who takes a brand or a category most often."""
    newest, kind, name = measure.newest(), request.GET.get("kind", ""), request.GET.get("name", "")[:120]
    if newest is None or kind not in bought.KIND_NAMES or not name:
        raise NotFound("no_figure", gettext_noop("There is no such figure."))
    found = assortment.fans(newest, kind, name)
    told = {"n": figures.number(len(found)), "name": name}
    text = ngettext("%(n)s customer comes back to “%(name)s”", "%(n)s customers come back to “%(name)s”", len(found))
    context = {
        "room": "segment",
        "name": name,
        "title": text % told,
        "rows": know.with_cards(list(found[:FANS])),
        "more": max(0, len(found) - FANS),
    }
    return render(request, "office/fans.html", context)
