"""The five figures, each with its definition and its formula filled with own numbers."""

from __future__ import annotations

from typing import Any

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.measure.finding import late_definition, lever_rows, levers_definition
from vafa.reward import queries as reward
from vafa.segment.levers import levers
from vafa.shop import queries as shop

Series = list[tuple[int, dict[str, Any]]]


def five(found: dict[str, Any], series: Series) -> list[dict[str, Any]]:
    """Name, label, value, spark and change of each figure."""
    kept = found["crr"][-1] if found["crr"] else None
    return [
        _figure(
            "active", _("Active customers"), figures.number(found["active"]), _of(series, lambda f: f["active"]), 0
        ),
        _figure(
            "kept",
            _("Kept (CRR)"),
            figures.percent(kept[4] / 100) if kept else None,
            [row[4] for row in found["crr"]][-13:],
            1,
            _("points on the month before"),
        ),
        _figure(
            "ltv",
            _("Lifetime value"),
            _money(found["ltv"]["value"]),
            _of(series, lambda f: f["ltv"]["value"]),
            None,
            _("so far, at your margin") if found["ltv"]["value"] is not None else _("needs a margin: see Settings"),
        ),
        _figure(
            "loyal",
            _("Sales from regulars"),
            None if found["loyal_share"] is None else figures.percent(found["loyal_share"]),
            _of(series, lambda f: None if f["loyal_share"] is None else f["loyal_share"] * 100),
            1,
            _("points on the month before"),
        ),
        _figure(
            "owed",
            _("Owed in points"),
            _money(found["owed"]),
            _of(series, lambda f: f["owed"]),
            None,
            _("%(share)s of sales") % {"share": figures.percent(found["owed"] / found["revenue"], 1)}
            if found["revenue"] > 0
            else "",
        ),
    ]


def _figure(
    name: str, label: str, value: str | None, spark: list[float], decimals: int | None, words: str = ""
) -> dict[str, Any]:
    told: dict[str, Any] = {"name": name, "label": label, "value": value or "–", "spark": spark}
    told |= {"change": words, "up": None}
    if decimals is not None and len(spark) > 1:
        change = spark[-1] - spark[-2]
        told["up"] = change > 0 if round(change, decimals) else None
        beside = words or _("on the month before")
        told["change"] = f"{figures.signed(change, decimals)} {beside}"
    return told


def _of(series: Series, pick: Any) -> list[float]:
    return [value for _day, found in series if (value := pick(found)) is not None]


def _money(minor: float | None) -> str | None:
    return None if minor is None else figures.money(minor, shop.club().currency, whole=True)


def panel(name: str, found: dict[str, Any]) -> dict[str, Any] | None:
    """What the panel of a figure says."""
    tell = {"active": _active, "kept": _kept, "ltv": _ltv, "loyal": _loyal, "owed": _owed, "late": _late, "top": _top}
    return tell[name](found) if name in tell else None


def _active(found: dict[str, Any]) -> dict[str, Any]:
    n = {name: figures.number(found[name]) for name in ("people", "lapsed", "active")}
    return {
        "title": _("Active customers"),
        "value": figures.number(found["active"]),
        "what": _("Bought within the last %(days)s days, or within twice their own usual gap.")
        % {"days": figures.number(found["active_days"])},
        "formula": [
            _("customers − lapsed = active"),
            " ".join([n["people"], "−", n["lapsed"], "=", n["active"]]),
        ],
        "people": ("filter=lapsed", _("See the %(n)s who lapsed") % {"n": figures.number(found["lapsed"])}),
    }


def _kept(found: dict[str, Any]) -> dict[str, Any]:
    if not found["crr"]:
        return {"title": _("Kept (CRR)"), "value": "–", "what": _("Needs a whole month of sales."), "formula": []}
    month, start, end, new, rate = found["crr"][-1]
    told = {"E": figures.number(end), "N": figures.number(new), "S": figures.number(start)}
    return {
        "title": _("Kept (CRR)"),
        "value": figures.percent(rate / 100),
        "range": figures.month(month, year=True),
        "what": _("Of the customers active at the month’s start, how many were active at its end, new ones left out."),
        "formula": [
            "((E − N) ÷ S) × 100",
            _("((%(E)s − %(N)s) ÷ %(S)s) × 100 = %(rate)s") % (told | {"rate": figures.number(rate, 1)}),
        ],
        "people": ("", _("See all customers")),
    }


def _ltv(found: dict[str, Any]) -> dict[str, Any]:
    v, currency = found["ltv"], shop.club().currency
    if v["value"] is None:
        return {
            "title": _("Lifetime value"),
            "value": "–",
            "what": _("Needs your margin. Tell it in the settings, or bring in costs."),
            "formula": ["S × C × P × T"],
        }
    told = {
        "S": figures.money(v["S"], currency),
        "C": figures.number(v["C"], 2),
        "P": figures.percent(v["P"]),
        "T": figures.number(v["T"], 1),
        "value": figures.money(v["value"], currency, whole=True),
    }
    return {
        "title": _("Lifetime value"),
        "value": told["value"],
        "what": _("What one customer has brought so far, at your margin, from the first purchase to the last."),
        "formula": ["S × C × P × T", _("%(S)s × %(C)s a month × %(P)s × %(T)s months = %(value)s") % told],
        "levers": lever_rows(levers(receipt=v["S"], often=v["C"], life=v["T"], margin=v["P"]), currency)[1:],
        "levers_mean": levers_definition(),
        "people": ("filter=best", _("See the best 20 %")),
    }


def _loyal(found: dict[str, Any]) -> dict[str, Any]:
    currency = shop.club().currency
    told = {
        "part": figures.money(found["loyal_revenue"], currency, whole=True),
        "all": figures.money(found["known_revenue"], currency, whole=True),
        "share": "–" if found["loyal_share"] is None else figures.percent(found["loyal_share"]),
    }
    return {
        "title": _("Sales from regulars"),
        "value": told["share"],
        "what": _("Sales to customers who stand on “regular” or higher today, of all sales to known customers."),
        "formula": [_("sales to regulars ÷ all sales"), _("%(part)s ÷ %(all)s = %(share)s") % told],
        "people": ("filter=regular", _("See the regulars")),
    }


def _owed(found: dict[str, Any]) -> dict[str, Any]:
    currency = shop.club().currency
    rows = [
        f"{figures.number(count)} {reward.unit_name(unit)} = "
        f"{figures.money(reward.unit_worth(unit, count), currency, whole=True)}"
        for unit, count in found["owed_units"].items()
    ]
    return {
        "title": _("Owed in points"),
        "value": figures.money(found["owed"], currency, whole=True),
        "what": _("What members could still spend if all of them came today, at what their units buy."),
        "formula": [_("units held × worth of one"), *rows],
        "page": ("office:owed", _("What the shop owes")),
    }


def _late(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": _("Good customers later than usual"),
        "value": figures.number(found["late"]["good"]),
        "what": late_definition(),
        "formula": [],
        "people": ("filter=late", _("Open all %(n)s") % {"n": figures.number(found["late"]["good"])}),
    }


def _top(found: dict[str, Any]) -> dict[str, Any]:
    top, currency = found["top"], shop.club().currency
    told = {
        "part": figures.money(top["revenue"], currency, whole=True),
        "all": figures.money(found["known_revenue"], currency, whole=True),
        "share": figures.percent(top["share"]),
        "n": figures.number(top["customers"]),
    }
    return {
        "title": _("The best 20 %"),
        "value": told["share"],
        "what": _("Customers sorted by sales after discounts and returns; the first fifth of them, rounded up."),
        "formula": [_("sales to the best 20 % ÷ all sales"), _("%(part)s ÷ %(all)s = %(share)s") % told],
        "people": ("filter=best", _("Open all %(n)s") % told),
    }
