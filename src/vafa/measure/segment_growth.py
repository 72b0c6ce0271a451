"""How many people were in a segment, month by month: one line up to now."""

from __future__ import annotations

from collections.abc import Sequence

from vafa.core import figures
from vafa.core.calendar import month_number, month_start
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.measure.drawing import STEPS, Sheet, Spec, Theme

MONTHS = 12


def days(first: int, today: int, calendar: str) -> list[int]:
    """The last days of the months since ``first``, a year of them at most, and today."""
    now = month_number(today, calendar)
    ends = [month_start(month, calendar) - 1 for month in range(now - MONTHS + 1, now + 1)]
    return [*(day for day in ends if day >= first), today]


def finding(sizes: Sequence[int]) -> str:
    told = {"first": figures.number(sizes[0]), "last": figures.number(sizes[-1])}
    if sizes[-1] > sizes[0]:
        return _("It grew from %(first)s to %(last)s") % told
    if sizes[-1] < sizes[0]:
        return _("It shrank from %(first)s to %(last)s") % told
    return _("It has as many as in the beginning: %(last)s") % told


def line(days: Sequence[int], sizes: Sequence[int], *, theme: Theme = "light", width: int = 480) -> Spec:
    """Sizes at the ends of ``days``, two at least."""
    height, left, right, foot, top = 130, 6.0, width - 80.0, 96.0, 24.0
    sheet = Sheet(width, height, theme)
    most, span = max(*sizes, 1), (days[-1] - days[0]) or 1

    def place(day: int, size: int) -> tuple[float, float]:
        return left + (day - days[0]) / span * (right - left), foot - size / most * (foot - top)

    points = [place(*one) for one in zip(days, sizes, strict=True)]
    sheet.rules([(left, foot, right, foot)])
    sheet.line(points, strokeWidth=2)
    told = [(figures.day(day), figures.number(size)) for day, size in zip(days, sizes, strict=True)]
    sheet.points([(*point, f"{day}: {size}") for point, (day, size) in zip(points, told, strict=True)], size=24)
    sheet.texts([(left, points[0][1] - 12, told[0][1])], color=sheet.ink2)
    now = ngettext("%(count)s now", "%(count)s now", sizes[-1]) % {"count": told[-1][1]}
    sheet.texts([(points[-1][0] + 10, points[-1][1], now)], color=STEPS[theme][4], fontWeight=600)
    sheet.texts([(left, height - 14, told[0][0])], color=sheet.ink3)
    sheet.texts([(right, height - 14, told[-1][0])], at="end", color=sheet.ink3)
    return sheet.spec()
