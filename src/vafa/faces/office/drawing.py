"""Small drawings of the overview as points and bars: the template sets them into SVG with the page's colours."""

from __future__ import annotations

from typing import Any

from vafa.core import figures
from vafa.core.words import direction
from vafa.measure.backtest import BackTest

WIDTH, FOOT, TOP = 480, 116, 8
LABEL = 28  # the height of a label of two lines


def pareto(found: dict[str, Any]) -> dict[str, Any] | None:
    """The curve of sales by share of customers, the first 20 % marked; 472 × 108 within 480 × 140."""
    if found["top"] is None or found["top"]["share"] is None:
        return None

    mirrored = direction() == "rtl"  # shares begin on the reading side

    def place(x: float, y: float) -> tuple[float, float]:
        return round(4 + (1 - x if mirrored else x) * 472, 1), round(FOOT - min(max(y, 0), 1) * (FOOT - TOP), 1)

    points = [place(x, y) for x, y in found["pareto"]]
    mark = place(0.2, found["top"]["share"])
    before = [place(x, y) for x, y in found["pareto"] if x < 0.2] + [mark]
    return {
        "line": " ".join(f"{x},{y}" for x, y in points),
        "area": " ".join(f"{x},{y}" for x, y in [*before, (mark[0], FOOT)]),
        "x": mark[0],
        "y": mark[1],
        "label_x": mark[0] + (-12 if mirrored else 12),
        "label_y": mark[1] + 20,
        "best_x": 476 if mirrored else 4,  # a text of right-to-left letters starts at its right edge
        "all_x": 4 if mirrored else 476,
    }


def lateness(found: dict[str, Any]) -> dict[str, Any] | None:
    """Customers by how long ago they bought, in halves of their own gaps; late from two gaps on."""
    bins = found["late"]["bins"]
    most = max(bins, default=0)
    if not most:
        return None
    step = 472 / len(bins)
    bars = [
        {
            "x": round(4 + i * step + 1, 1),
            "y": round(112 - 94 * n / most, 1),
            "width": round(step - 2, 1),
            "height": round(94 * n / most, 1),
            "late": i >= 4,
            "n": n,
        }
        for i, n in enumerate(bins)
    ]
    left, right = ("end", "start") if direction() == "rtl" else ("start", "end")  # time runs left to right in both
    return {"bars": bars, "due": round(4 + 4 * step, 1), "left": left, "right": right}


def owed(found: BackTest, other: BackTest | None) -> dict[str, Any] | None:
    """What is owed at the end of each month, of the programme and of another; 640 × 170, time from left to right."""
    sides = [side for side in (found, other) if side is not None and side.months]
    months = sorted({month.month for side in sides for month in side.months})
    if len(months) < 2:
        return None
    most = max(1, *(month.outstanding for side in sides for month in side.months))
    left, right, foot, top = 62.0, 548.0, 138.0, 14.0

    def place(month: int, value: int) -> tuple[float, float]:
        x = left + (month - months[0]) / (months[-1] - months[0]) * (right - left)
        return round(x, 1), round(foot - value / most * (foot - top), 1)

    points = [[place(month.month, month.outstanding) for month in side.months] for side in sides]
    ends = [line[-1] for line in points]
    heights = [y for _x, y in ends]
    if len(heights) == 2 and abs(heights[0] - heights[1]) < LABEL:
        middle, half = sum(heights) / 2, LABEL / 2 if heights[0] > heights[1] else -LABEL / 2
        heights = [middle + half, middle - half]
    lines = [
        {
            "line": " ".join(f"{x},{y}" for x, y in line),
            "end": line[-1],
            "label_y": round(height, 1),
            "last": figures.money(side.months[-1].outstanding, side.currency, whole=True),
        }
        for side, line, height in zip(sides, points, heights, strict=True)
    ]
    levels = [
        (place(months[0], level)[1], figures.money(level, found.currency, whole=True)) for level in (0, most // 2, most)
    ]
    names = [figures.month(month, year=True) for month in (months[0], months[-1])]
    start, end = ("end", "start") if direction() == "rtl" else ("start", "end")
    return {"lines": lines, "levels": levels, "first": names[0], "last": names[1], "start": start, "end": end}
