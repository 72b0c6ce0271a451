"""The customer base in five views: what each of them says, and its drawings."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.measure.drawing import STEPS, Sheet, Spec, Theme
from vafa.measure.models import Snapshot
from vafa.segment import queries as segment
from vafa.segment.views import Newcomers, Views

SPANS = (365, 182, 91)  # days; two of them side by side
GROUPS = 5  # of newcomers in a drawing
COMPARED = 6  # cohorts on each side that are compared


def of(newest: Snapshot, days: int) -> Views:
    """The views as of the newest snapshot; kept in memory until there is a newer one."""
    return _of(newest.day, days, newest.made_at)


@lru_cache(maxsize=4)
def _of(day: int, days: int, _made_at: datetime) -> Views:
    return segment.views(day, days, segment.basis())


def usual_span(first_day: int, day: int) -> int:
    """The longest span that the history holds twice."""
    return next((days for days in SPANS if day - first_day + 1 >= 2 * days), SPANS[-1])


def newcomers(views: Views) -> tuple[Newcomers, ...]:
    """Months of newcomers but the first one of the data, in which everybody is new who was there before."""
    return views.cohorts[1:]


# What each view says ------------------------------------------------------------------------


def differ(views: Views) -> str:
    """View 1: how customers differ."""
    year = views.year
    if not views.tenths or year.revenue <= 0:
        return _("Nobody bought in this span")
    top = views.tenths[0]
    told = {"people": figures.number(top.customers), "share": _share(top.revenue / year.revenue)}
    return (
        ngettext(
            "The best tenth, %(people)s customer, brought %(share)s of sales",
            "The best tenth, %(people)s customers, brought %(share)s of sales",
            top.customers,
        )
        % told
    )


def changed(views: Views) -> str:
    """View 2: what changed between two spans."""
    ways = views.ways
    before = sum(share.revenue_before for share in ways.values())
    if before <= 0:
        return _("There is no earlier span to compare with yet")
    told = {
        "lost": _share(ways["lost"].revenue_before / before),
        "new": _share((ways["came"].revenue + ways["back"].revenue) / before),
    }
    return (
        _("%(lost)s of the earlier sales left with their customers; newcomers and who came back brought %(new)s") % told
    )


def goes_on(cohort: Newcomers | None) -> str:
    """View 3: how the newcomers of one month go on."""
    if cohort is None or len(cohort.customers) < 2:
        return _("No month of newcomers is old enough yet")
    months = len(cohort.customers) - 1
    told = {
        "share": figures.percent(float(cohort.kept(months) or 0)),
        "count": figures.number(months),
        "month": figures.month(cohort.month, year=True),
    }
    return (
        ngettext(
            "Of the newcomers of %(month)s %(share)s still bought %(count)s month later",
            "Of the newcomers of %(month)s %(share)s still bought %(count)s months later",
            months,
        )
        % told
    )


def compared(views: Views, months: int = 3) -> str:
    """View 4: whether later newcomers are worth more or less than earlier ones."""
    known = [(cohort.size, worth) for cohort in newcomers(views) if (worth := cohort.worth(months)) is not None]
    if len(known) < 2:
        return _("There are not two months of newcomers to compare yet")
    late = known[-COMPARED:] if len(known) >= 2 * COMPARED else known[len(known) // 2 :]
    early = known[: -len(late)][-COMPARED:]
    means = [float(sum(n * w for n, w in part) / sum(n for n, _w in part)) for part in (early, late)]
    if means[0] <= 0:
        return _("There are not two months of newcomers to compare yet")
    change = means[1] / means[0] - 1
    told = {"share": figures.percent(abs(change)), "count": figures.number(months)}
    if change >= 0:
        return _("Newcomers of late bring %(share)s more in their first %(count)s months than those before them") % told
    return _("Newcomers of late bring %(share)s less in their first %(count)s months than those before them") % told


def consists(views: Views) -> str:
    """View 5: of whom the sales of the last whole month consist."""
    if not views.cohorts:
        return _("No whole month to measure yet")
    last = views.cohorts[0].month + len(views.cohorts[0].revenue) - 1
    all_of_it = sum(cohort.revenue[last - cohort.month] for cohort in views.cohorts)
    older = sum(cohort.revenue[last - cohort.month] for cohort in views.cohorts if last - cohort.month >= 12)
    recent = sum(cohort.revenue[last - cohort.month] for cohort in views.cohorts if last - cohort.month < 3)
    if all_of_it <= 0:
        return _("Nobody bought in the last whole month")
    told = {"new": _share(recent / all_of_it), "old": _share(older / all_of_it)}
    return (
        _("%(new)s of last month's sales came from newcomers of three months, %(old)s from those of a year or more")
        % told
    )


def _share(share: float) -> str:
    return figures.percent(share, 1 if 0 < share < 0.1 else 0)


# Drawings -----------------------------------------------------------------------------------


def cohort_line(cohort: Newcomers, *, theme: Theme = "light", width: int = 480, height: int = 170) -> Spec:
    """The share of one month's newcomers who bought in each later month."""
    sheet = Sheet(width, height, theme)
    left, right, top, foot = 44.0, width - 60.0, 12.0, height - 26.0
    shares = [count / cohort.size for count in cohort.customers]
    across = (right - left) / max(len(shares) - 1, 1)
    points = [(left + n * across, foot - share * (foot - top)) for n, share in enumerate(shares)]
    levels = (0.0, 0.5, 1.0)
    sheet.rules([(left, foot - level * (foot - top), right, foot - level * (foot - top)) for level in levels])
    sheet.texts([(0.0, foot - level * (foot - top), figures.percent(level)) for level in levels], color=sheet.ink3)
    if len(points) > 1:
        sheet.line(points, strokeWidth=2)
    words = [figures.percent(share) for share in shares]
    sheet.points([(x, y, tip) for (x, y), tip in zip(points, words, strict=True)])
    sheet.texts([(points[-1][0] + 10, points[-1][1], words[-1])], color=STEPS[theme][4], fontWeight=600)
    sheet.texts([(left, height - 8, _("first month"))], color=sheet.ink3)
    if len(points) > 1:
        later = _("+%(count)s mo") % {"count": figures.number(len(points) - 1)}
        sheet.texts([(right, height - 8, later)], at="end", color=sheet.ink3)
    return sheet.spec()


def groups(views: Views) -> list[tuple[int, int]]:
    """Cohorts in at most ``GROUPS`` spans of months (first, last) of equal length, the earliest first."""
    if not views.cohorts:
        return []
    first = views.cohorts[0].month
    last = first + len(views.cohorts[0].revenue) - 1
    length = -(-(last - first + 1) // GROUPS)
    return [(month, min(month + length - 1, last)) for month in range(first, last + 1, length)]


def by_group(views: Views) -> list[list[int]]:
    """Revenue by group of newcomers and month, from the first month to the last whole one; never below 0."""
    spans = groups(views)
    if not spans:
        return []
    first, last = spans[0][0], spans[-1][1]
    found = [[0] * (last - first + 1) for _span in spans]
    for cohort in views.cohorts:
        line = next(n for n, (begin, end) in enumerate(spans) if begin <= cohort.month <= end)
        for age, revenue in enumerate(cohort.revenue):
            found[line][cohort.month + age - first] += revenue
    return [[max(0, value) for value in row] for row in found]


def layers(views: Views, *, theme: Theme = "light", width: int = 480, height: int = 190) -> Spec:
    """Sales month by month, in layers by when their customers first bought: the oldest at the foot."""
    sheet = Sheet(width, height, theme)
    spans, rows = groups(views), by_group(views)
    if not rows:
        sheet.texts([(0, height / 2, _("No whole month to measure yet"))], color=sheet.ink3)
        return sheet.spec()
    foot, top, right = height - 26.0, 8.0, width - 110.0
    months = len(rows[0])
    most = max([sum(row[n] for row in rows) for n in range(months)] + [1])
    step = right / months
    heights = [0.0] * months
    for line, (row, span) in enumerate(zip(rows, spans, strict=True)):
        name = span_name(span)
        bars = []
        for n, value in enumerate(row):
            size = (foot - top) * value / most
            bars.append((n * step + 1, foot - heights[n] - size, max(step - 2, 1), size, name))
            heights[n] += size
        sheet.bars(bars, color=STEPS[theme][4 - line], cornerRadius=0)
        middle = foot - heights[-1] + (foot - top) * row[-1] / most / 2
        if (foot - top) * row[-1] / most >= 11:
            sheet.texts([(right + 6, middle, name)], color=sheet.ink2)
    sheet.rules([(0, foot, right, foot)])
    first, last = spans[0][0], spans[-1][1]
    sheet.texts([(0, height - 8, figures.month(first, year=True))], color=sheet.ink3)
    sheet.texts([(right, height - 8, figures.month(last, year=True))], at="end", color=sheet.ink3)
    return sheet.spec()


def span_name(span: tuple[int, int]) -> str:
    first, last = (figures.month(month, year=True) for month in span)
    return first if span[0] == span[1] else f"{first} – {last}"
