"""Charts of the customer base as Vega-Lite specs; the finding stands as a heading beside them, in the page.

Every function takes the analysis, the theme and the size in pixels, and draws in the language, calendar
and digits of the moment. Time runs left to right in both directions of writing; ranks, shares and bars
start on the reading side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import vl_convert

from vafa.core import figures
from vafa.core.calendar import month_number, month_start
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.measure.drawing import ON_STEPS, STEPS, Bar, Sheet, Spec, Theme
from vafa.segment.analysis import Analysis
from vafa.segment.labels import RUNG_NAMES
from vafa.segment.results import Cohort

LATE_FROM = 4  # the bin in which two own gaps are over
LATE = {"light": "#A8741C", "dark": "#E0B15A"}
WARN = {"light": "#855300", "dark": "#E5B454"}
UNKNOWN = ("adherent", "advocate")  # what they need isn't in receipts
VENDOR = Path(__file__).resolve().parent.parent / "faces" / "static" / "vendor"


def rung_words(rung: str) -> tuple[str, str]:
    """Name of a rung and what it takes, in a few words."""
    takes = {
        "buyer": _("bought once"),
        "client": _("came back"),
        "regular": _("4 days in 3 months"),
        "adherent": _("buys nearly all here"),
        "advocate": _("brings friends"),
    }
    return _(RUNG_NAMES[rung]), takes[rung]


def pareto_curve(analysis: Analysis, *, theme: Theme = "light", width: int = 480, height: int = 150) -> Spec:
    """Share of revenue over share of customers, the first 20 % marked."""
    sheet = Sheet(width, height, theme, mirrored=True)
    foot, top, right = height - 24.0, 8.0, width - 4.0

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return point[0] * right, foot - min(max(point[1], 0.0), 1.08) * (foot - top)

    curve = [place(point) for point in analysis.pareto.curve]
    share = analysis.pareto.share(20)
    sheet.rules([(0, foot, right, foot)])
    if share is not None:
        x, y = place((0.2, float(share)))
        sheet.area([point for point in curve if point[0] <= x + 0.01], foot)
        sheet.line(curve, strokeWidth=2)
        sheet.rules([(x, foot, x, y)], color=STEPS[theme][4], strokeDash=[2, 3])
        label = _("%(customers)s of customers → %(sales)s of sales") % {
            "customers": figures.percent(0.2),
            "sales": figures.percent(float(share)),
        }
        sheet.points([(x, y, label)])
        sheet.texts([(x + 12, min(y + 20, foot - 12), label)], color=STEPS[theme][4], fontWeight=600)
    people = ngettext("all %(count)s customer", "all %(count)s customers", analysis.people) % {
        "count": figures.number(analysis.people)
    }
    sheet.texts([(0, height - 9, _("best customers"))], color=sheet.ink3)
    sheet.texts([(right, height - 9, people)], at="end", color=sheet.ink3)
    return sheet.spec()


def ladder_skirt(analysis: Analysis, *, theme: Theme = "light", width: int = 404, height: int = 150) -> Spec:
    """People on the five rungs, the highest on top; bars stand in the middle like a skirt."""
    sheet = Sheet(width, height, theme, mirrored=True)
    row = height / 5
    middle, most = width * 0.72, width * 0.32
    largest = max([part.customers for _name, part in analysis.ladder.rungs] + [1])
    for step, (rung, part) in enumerate(analysis.ladder.rungs):
        name, takes = rung_words(rung)
        unknown = rung in UNKNOWN and part.customers == 0
        y = (4 - step) * row + row / 2
        count = "–" if unknown else figures.number(part.customers)
        sheet.texts([(0, y, name)], fontWeight=600)
        sheet.texts([(width * 0.215, y, takes)], color=sheet.ink3 if unknown else sheet.ink2)
        sheet.texts([(width - 1, y, count)], at="end", fontWeight=600, color=sheet.ink3 if unknown else sheet.ink)
        size = max(most * part.customers / largest, 3) if part.customers else 0.0
        bar = (middle - size / 2, y - row * 0.41, size, row * 0.82, f"{name}: {count}")
        sheet.bars([bar], color=STEPS[theme][step])
    return sheet.spec()


def lateness_histogram(analysis: Analysis, *, theme: Theme = "light", width: int = 480, height: int = 150) -> Spec:
    """Customers by how long ago they bought, counted in their own usual gaps; later than two is late."""
    sheet = Sheet(width, height, theme)
    bins = analysis.lateness.bins
    foot, top = height - 22.0, 26.0
    step = width / len(bins)
    largest = max([*bins, 1])
    bars = []
    for n, count in enumerate(bins):
        size = (foot - top) * count / largest
        tip = ngettext("%(count)s customer", "%(count)s customers", count) % {"count": figures.number(count)}
        bars.append((n * step + 1, foot - size, step - 2, size, tip))
    sheet.bars(bars[:LATE_FROM])
    sheet.bars(bars[LATE_FROM:], style="late", color=LATE[theme])
    sheet.rules([(0, foot, width, foot)])
    marks = [(2 * n * step, height - 9, figures.number(n)) for n in (1, 2, 3)]
    sheet.texts([(0, height - 9, figures.number(0))], color=sheet.ink3)
    sheet.texts(marks, at="middle", color=sheet.ink3)
    end = _("%(count)s own gaps and more") if width > 400 else _("%(count)s and more")
    end %= {"count": figures.number(4)}
    sheet.texts([(width, height - 9, end)], at="end", color=sheet.ink3)
    late = sum(bins[LATE_FROM:])
    words = ngettext("%(count)s later than usual", "%(count)s later than usual", late)
    label = words % {"count": figures.number(late)}
    sheet.texts([(LATE_FROM * step + 4, 12, label)], color=WARN[theme], fontWeight=600)
    return sheet.spec()


def crr_line(analysis: Analysis, *, theme: Theme = "light", width: int = 404, height: int = 128) -> Spec:
    """Kept customers month by month, in percent, with its last value named."""
    sheet = Sheet(width, height, theme)
    known = [(n, c.month, float(c.rate)) for n, c in enumerate(analysis.crr) if c.rate is not None]
    if not known:
        sheet.texts([(0, height / 2, _("No whole month to measure yet."))], color=sheet.ink3)
        return sheet.spec()
    left, right, foot, top = 44.0, width - 70.0, height - 26.0, 12.0
    first, last = known[0][0], known[-1][0]
    levels = _levels([rate for _n, _month, rate in known])
    low = min(levels[0], *(rate for _n, _month, rate in known))
    high = max(levels[-1], *(rate for _n, _month, rate in known))

    def height_of(rate: float) -> float:
        return foot - (rate - low) / ((high - low) or 1) * (foot - top)

    across = (right - left) / ((last - first) or 1)
    points = [(left + (n - first) * across, height_of(rate)) for n, _month, rate in known]
    sheet.rules([(left, height_of(level), right, height_of(level)) for level in levels])
    names = [(0.0, height_of(level), figures.percent(level / 100)) for level in levels]
    sheet.line(points, strokeWidth=2)
    sheet.texts(names, color=sheet.ink3)
    now = _("%(share)s now") % {"share": figures.percent(known[-1][2] / 100)}
    sheet.points([(*points[-1], now)])
    sheet.texts([(points[-1][0] + 10, points[-1][1], now)], color=STEPS[theme][4], fontWeight=600)
    sheet.texts([(left, height - 9, figures.month(known[0][1], year=True))], color=sheet.ink3)
    if len(known) > 1:
        end = figures.month(known[-1][1], year=True)
        sheet.texts([(points[-1][0], height - 9, end)], at="end", color=sheet.ink3)
    return sheet.spec()


def _levels(values: Sequence[float]) -> list[float]:
    """Two or three round levels to draw lines at."""
    low, high = min(values), max(values)
    for step in (1, 2, 5, 10, 20, 25, 50, 100):
        near = range(int(low // step), int(high // step) + 2)
        inside = [n * step for n in near if low - step / 2 <= n * step <= high]
        if len(inside) <= 3:
            return [float(level) for level in inside] or [round(low)]
    return [low, high]


def cohort_map(
    analysis: Analysis, *, theme: Theme = "light", width: int = 404, height: int = 150, rows: int = 6, columns: int = 6
) -> Spec:
    """Of 100 who first bought in a month, how many bought so many months later; only whole months."""
    cohorts, later = picked(analysis, rows, columns)
    head, name = 16.0, 70.0
    sheet = Sheet(width, min(height, int(head + 25 * max(len(cohorts), 1))), theme)
    wide, high = (width - name) / (len(later) + 1), min((height - head) / max(len(cohorts), 1), 25.0)
    heads = [(name + wide / 2, 7.0, _("first"))]
    heads += [
        (name + wide * (n + 1.5), 7.0, _("+%(count)s mo") % {"count": figures.number(k)}) for n, k in enumerate(later)
    ]
    sheet.texts(heads, at="middle", color=sheet.ink3)
    boxes: list[list[Bar]] = [[] for _step in range(5)]
    shares: list[list[tuple[float, float, str]]] = [[] for _step in range(5)]
    largest = max((float(s) for c in cohorts for s in c.shares), default=1.0) or 1.0
    for line, cohort in enumerate(cohorts):
        y = head + line * high
        label = figures.month(cohort.month, year=True)
        sheet.texts([(0.0, y + high / 2, label)], color=sheet.ink2)
        whole = _whole_months(analysis, cohort)
        cells = [(0, 1.0, 4)]
        for n, k in enumerate(later):
            if k <= whole:
                share = float(cohort.shares[k - 1])
                cells.append((n + 1, share, min(int(share / largest * 3), 2)))
        for column, share, step in cells:
            x = name + wide * column
            tip = _("%(month)s: %(share)s") % {"month": label, "share": figures.percent(share)}
            boxes[step].append((x + 1, y + 1, wide - 2, high - 2, tip))
            shares[step].append((x + wide / 2, y + high / 2, figures.number(share * 100)))
    for step in range(5):
        sheet.bars(boxes[step], color=STEPS[theme][step])
        sheet.texts(shares[step], at="middle", color=ON_STEPS[theme][step], fontWeight=500)
    return sheet.spec()


def picked(analysis: Analysis, rows: int, columns: int) -> tuple[list[Cohort], list[int]]:
    """Cohorts and months after the first that fit, evenly spaced, the latest cohort among them."""
    told = [cohort for cohort in analysis.cohorts if _whole_months(analysis, cohort) > 0]
    step = -(-len(told) // rows) if told else 1
    chosen = told[::-1][::step][::-1]
    most = max((_whole_months(analysis, cohort) for cohort in chosen), default=0)
    apart = -(-most // (columns - 1)) if most else 1
    return chosen, list(range(apart if apart == 1 else 1, most + 1, apart))[: columns - 1]


def _whole_months(analysis: Analysis, cohort: Cohort) -> int:
    """How many whole months lie between a cohort's month and the day of the analysis."""
    if analysis.as_of is None:
        return 0
    last = month_number(analysis.as_of, analysis.calendar)
    if month_start(last + 1, analysis.calendar) - 1 > analysis.as_of:
        last -= 1
    return max(min(last - cohort.month, len(cohort.returned)), 0)


@cache
def _register_fonts() -> None:
    """Let the renderer measure texts in our fonts, where it can read their files."""
    for folder in VENDOR.glob("*"):
        if folder.is_dir() and any(folder.rglob("*.ttf")):
            vl_convert.register_font_directory(str(folder))


def svg(spec: Spec) -> str:
    """A spec drawn as an SVG document."""
    _register_fonts()
    return str(vl_convert.vegalite_to_svg(spec))
