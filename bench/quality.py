"""How good is the forecast of repeat buying on a hold-out of any file?

``python -m bench.quality FILE --customer COL --at COL [--amount COL] --split DATE --horizon DAYS [--json]
[--predictions OUT.csv]``. Reads CSV or Parquet (a receipt or a line of one a row; rows with a negative
amount are returns and no purchases). Everything up to the end of the split day is known; judged is what
every customer known then bought in (split, split + horizon], counted in purchase days.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from vafa.core.calendar import day_number
from vafa.segment.clv.blend import Blend, mid_ranks
from vafa.segment.clv.counts import WEEK, Buyers, Floats, buyers
from vafa.segment.clv.forecast import Forecast, Forecaster

SIMULATED = 400


def read(path: Path, customer: str, at: str, amount: str | None) -> tuple[list[str], Buyers]:
    """The customers' ids and their purchase days."""
    source = "read_parquet" if path.suffix.lower() in {".parquet", ".pq"} else "read_csv"
    places = {name: '"' + column.replace('"', '""') + '"' for name, column in (("who", customer), ("at", at))}
    sold = f' and "{amount}" >= 0' if amount else ""
    sql = (
        f"select cast({places['who']} as varchar) as who, date_diff('day', date '1970-01-01', "
        f"cast({places['at']} as date)) as day from {source}(?) "
        f"where {places['who']} is not null and {places['at']} is not null{sold} group by all order by who, day"
    )
    found = duckdb.connect().execute(sql, [str(path)]).fetchnumpy()
    ids, codes = np.unique(np.asarray(found["who"], dtype=object).astype(str), return_inverse=True)
    return ids.tolist(), buyers(codes.astype(np.int64), np.asarray(found["day"], np.int64), len(ids))


def gini(score: Floats, actual: Floats) -> float:
    """How well ``score`` orders what came: 1 for the perfect order, 0 for none; equal scores share a place."""
    best = _area(actual, actual)
    return _area(score, actual) / best if best > 0 else 0.0


def _area(score: Floats, actual: Floats) -> float:
    return float(np.sum((mid_ranks(score, np.ones(len(score))) - 0.5) * actual))


def decile_gap(chance: Floats, bought: Floats) -> float:
    """The worst of ten equal groups by chance: forecast share of buyers less the real one."""
    order = np.argsort(chance, kind="stable")
    groups = [g for g in np.array_split(order, 10) if len(g)]
    return max((abs(float(chance[g].mean() - bought[g].mean())) for g in groups), default=0.0)


def noise(chance: Floats) -> float:
    """The 90 % point of the worst decile's gap where the chances are right."""
    drawn = np.random.default_rng(90)
    gaps = [decile_gap(chance, (drawn.random(len(chance)) < chance).astype(float)) for _n in range(SIMULATED)]
    return float(np.quantile(gaps, 0.9)) if len(chance) else 0.0


def coverage(found: Forecast, actual: Floats) -> float:
    """Share of truths in the middle 80 %, end points counted by their share in it."""
    inside = ((actual > found.low) & (actual < found.high)).astype(float)
    inside += np.where(actual == found.low, found.w_low, 0.0)
    inside += np.where((actual == found.high) & (found.high != found.low), found.w_high, 0.0)
    return float(inside.mean()) if len(actual) else 0.0


def judge(found: Forecast, actual: Floats) -> dict[str, Any]:
    mixed: Blend = found.blend
    by_bg = mixed.fits[0].expected_purchases(mixed.rows, found.horizon / WEEK)[mixed.where]
    return {
        "customers": len(found.who),
        "gini": gini(found.predicted, actual),
        "gini_bgnbd": gini(by_bg, actual),
        "gini_rank": gini(mixed.score()[mixed.where], actual),
        "bias_total": float(found.predicted.sum() / actual.sum() - 1) if actual.sum() else None,
        "total": found.total,
        "actual_total": float(actual.sum()),
        "total_low": found.total_low,
        "total_high": found.total_high,
        "worst_decile_gap": decile_gap(found.p_buy, (actual > 0).astype(float)),
        "noise90": noise(found.p_buy),
        "fair_coverage": coverage(found, actual),
        "season": found.season,
        "past": found.past,
        "order": "plain rule" if found.plain else "models",
        "models": [f.model.name for f in mixed.used],
        "ranking_only": found.ranking_only,
        "warnings": [" ".join(str(part) for part in mark if part not in (None, "")) for mark in found.marks],
    }


def write(path: Path, ids: list[str], found: Forecast, actual: Floats) -> None:
    names = ("customer", "predicted", "p_buy", "low", "high", "w_low", "w_high", "actual", "x", "recency_gap")
    columns = (found.predicted, found.p_buy, found.low.astype(int), found.high.astype(int), found.w_low, found.w_high)
    rest = (actual.astype(int), found.x, found.gap)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(zip((ids[n] for n in found.who), *(c.tolist() for c in (*columns, *rest)), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("file", type=Path)
    for name in ("--customer", "--at"):
        parser.add_argument(name, required=True, metavar="COL")
    parser.add_argument("--amount", metavar="COL")
    parser.add_argument("--split", required=True, type=date.fromisoformat, metavar="DATE")
    parser.add_argument("--horizon", required=True, type=int, metavar="DAYS")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--predictions", type=Path, metavar="OUT.csv")
    asked = parser.parse_args()
    ids, bought = read(asked.file, asked.customer, asked.at, asked.amount)
    split = day_number(asked.split)
    began = time.perf_counter()
    found = Forecaster(bought, split).forecast(asked.horizon)
    actual = bought.bought_in(split, split + asked.horizon)[found.who]
    figures = judge(found, actual) | {"seconds": round(time.perf_counter() - began, 3)}
    if asked.predictions:
        write(asked.predictions, ids, found, actual)
    if asked.json:
        print(json.dumps(figures, indent=1))
    else:
        for name, value in figures.items():
            print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
