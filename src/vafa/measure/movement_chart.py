"""Month by month, how many climbed on the ladder and how many fell: bars up and down from one line."""

from __future__ import annotations

from collections.abc import Sequence

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.measure.charts import LATE, WARN
from vafa.measure.drawing import STEPS, Sheet, Spec, Theme

Month = tuple[int, int, int]  # its last day counted, people who climbed, people who fell


def finding(months: Sequence[Month]) -> str:
    """In how many months the base rose."""
    told = {"more": figures.number(sum(up > down for _day, up, down in months)), "of": figures.number(len(months))}
    return _("In %(more)s of %(of)s months more climbed than fell") % told


def up_and_down(months: Sequence[Month], *, theme: Theme = "light", width: int = 480, height: int = 200) -> Spec:
    """Who climbed above the line, who fell below it, on one scale; each month tells its counts when pointed at."""
    sheet = Sheet(width, height, theme)
    top, foot = 18.0, height - 44.0
    most_up = max([up for _day, up, _down in months] + [1])
    most_down = max([down for _day, _up, down in months] + [0])
    unit = (foot - top) / (most_up + most_down)
    line, step = top + most_up * unit, width / max(len(months), 1)
    climbs, falls = [], []
    for n, (day, up, down) in enumerate(months):
        told = {"month": figures.day(day), "up": figures.number(up), "down": figures.number(down)}
        tip = _("%(month)s: %(up)s climbed, %(down)s fell") % told
        climbs.append((n * step + 2, line - up * unit, step - 4, up * unit, tip))
        falls.append((n * step + 2, line, step - 4, down * unit, tip))
    sheet.bars(climbs, color=STEPS[theme][3])
    sheet.bars(falls, style="late", color=LATE[theme])
    sheet.rules([(0, line, width, line)])
    if months:
        sheet.texts([(2, 7, _("climbed"))], color=STEPS[theme][4], fontWeight=600)
        sheet.texts([(2, foot + 12, _("fell"))], color=WARN[theme], fontWeight=600)
        ends = [(step / 2 + 40, "middle", months[0][0]), (width - 2.0, "end", months[-1][0])]
        for x, at, day in ends if len(months) > 1 else ends[1:]:
            sheet.texts([(x, height - 8, figures.day(day))], at=at, color=sheet.ink3)
    return sheet.spec()
