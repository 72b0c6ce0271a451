"""What becomes of the units that members hold, month by month, as a Vega-Lite spec."""

from __future__ import annotations

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.measure.charts import LATE, WARN
from vafa.measure.drawing import STEPS, Sheet, Spec, Theme
from vafa.measure.redemption import Forecast

BAND = {"light": ("#CFE5E2", "#F3E3C4"), "dark": ("#1C4641", "#3F331A")}
APART = 16.0  # pixels between two labels


def fate(found: Forecast, today: int, *, theme: Theme = "light", width: int = 500, height: int = 240) -> Spec:
    """Used and expired by the end of each month to come, each a line in its interval, the last values named."""
    sheet = Sheet(width, height, theme)
    left, right, foot, top = 56.0, width - 116.0, height - 26.0, 12.0
    most = max(found.outstanding, 1)
    across = (right - left) / (found.months[-1].last_day - today)

    def place(day: int, value: float) -> tuple[float, float]:
        return left + (day - today) * across, foot - value / most * (foot - top)

    levels = [0, most // 2, most]
    sheet.rules([(left, place(today, level)[1], right, place(today, level)[1]) for level in levels])
    sheet.texts([(0.0, place(today, n)[1], figures.number(n)) for n in levels], color=sheet.ink3)
    colours, inks = (STEPS[theme][4], LATE[theme]), (STEPS[theme][4], WARN[theme])
    courses = [[month.used for month in found.months], [month.expired for month in found.months]]
    days = [month.last_day for month in found.months]
    for course, band in zip(courses, BAND[theme], strict=True):
        edges = [(today, 0.0, 0.0), *((day, low, high) for day, (low, _middle, high) in zip(days, course, strict=True))]
        sheet.band(
            [(place(day, 0)[0], place(day, low)[1], place(day, high)[1]) for day, low, high in edges], color=band
        )
    ends = []
    for course, colour, name in zip(courses, colours, (_("used"), _("expired")), strict=True):
        points = [place(today, 0.0), *(place(day, told[1]) for day, told in zip(days, course, strict=True))]
        sheet.line(points, strokeWidth=2, color=colour)
        ends.append((points[-1], f"{figures.number(round(course[-1][1]))} {name}"))
    for (point, label), ink, y in zip(ends, inks, _apart(ends[0][0][1], ends[1][0][1]), strict=True):
        sheet.points([(*point, label)], color=ink)
        sheet.texts([(right + 12, y, label)], color=ink, fontWeight=600)
    sheet.texts([(left, height - 9, _("today"))], color=sheet.ink3)
    sheet.texts([(right, height - 9, figures.day(days[-1], short=True))], at="end", color=sheet.ink3)
    return sheet.spec()


def _apart(one: float, other: float) -> tuple[float, float]:
    """Heights of two labels that don't touch."""
    near = APART - abs(one - other)
    if near <= 0:
        return one, other
    return (one - near / 2, other + near / 2) if one <= other else (one + near / 2, other - near / 2)
