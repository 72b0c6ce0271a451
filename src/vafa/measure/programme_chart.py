"""What is owed to members, month by month, as a Vega-Lite spec."""

from __future__ import annotations

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.measure.backtest import BackTest
from vafa.measure.drawing import STEPS, Sheet, Spec, Theme


def liability_line(found: BackTest, *, theme: Theme = "light", width: int = 480, height: int = 150) -> Spec:
    """The worth of all units held at the end of each month, its last value named."""
    sheet = Sheet(width, height, theme)
    if not found.months:
        sheet.texts([(0, height / 2, _("Nothing was earned."))], color=sheet.ink3)
        return sheet.spec()
    values = [month.outstanding for month in found.months]
    left, right, foot, top = 52.0, width - 70.0, height - 24.0, 12.0
    most = max([*values, 1])
    across = (right - left) / max(len(values) - 1, 1)

    def place(number: int, value: int) -> tuple[float, float]:
        return left + number * across, foot - value / most * (foot - top)

    points = [place(number, value) for number, value in enumerate(values)]
    levels = [0, most // 2, most]
    sheet.rules([(left, place(0, level)[1], right, place(0, level)[1]) for level in levels])
    names = [(0.0, place(0, level)[1], figures.money(level, found.currency, whole=True)) for level in levels]
    sheet.texts(names, color=sheet.ink3)
    if len(points) > 1:
        sheet.area(points, foot, color=STEPS[theme][0], opacity=1)
        sheet.line(points, strokeWidth=2)
    last = figures.money(values[-1], found.currency, whole=True)
    sheet.points([(*points[-1], last)])
    sheet.texts([(points[-1][0] + 8, points[-1][1], last)], color=STEPS[theme][4], fontWeight=600)
    first_month = figures.month(found.months[0].month, year=True)
    sheet.texts([(left, height - 9, first_month)], color=sheet.ink3)
    if len(points) > 1:
        last_month = figures.month(found.months[-1].month, year=True)
        sheet.texts([(right, height - 9, last_month)], at="end", color=sheet.ink3)
    return sheet.spec()
