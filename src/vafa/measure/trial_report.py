"""A back-test on two sheets of paper: the verdict, its figures, what is owed month by month, the terms.

One HTML file that needs nothing else: fonts, style and drawings are inside. Paper stays light.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from vafa.core import clock, figures
from vafa.core.words import direction, language, ngettext
from vafa.core.words import gettext as _
from vafa.measure import paper, programme_chart, trial
from vafa.measure.backtest import BackTest
from vafa.reward import terms

_SHEETS = Path(__file__).parent / "reports"
_WIDTH = 329  # pixels of one column on the sheet


def render(found: BackTest, *, source: str = "", left_out: int = 0) -> str:
    """The report in the language of the moment; ``source``: the file's name, ``left_out``: rows refused."""
    with figures.shown(calendar=found.calendar, toman=found.currency == "IRR" and language() == "fa"):
        sentence = escape(trial.headline(found))
        return Template((_SHEETS / "customer_base.html").read_text("utf-8")).substitute(
            language=language(),
            direction=direction(),
            title=sentence,
            fonts=paper.font_faces(),
            css=(_SHEETS / "customer_base.css").read_text("utf-8"),
            brand="Vafa",
            kind=escape(_("Back-test of a programme")),
            span=escape(trial.span(found)),
            sentence=sentence,
            figures=_figures(found),
            charts=_charts(found),
            acts=_verdict(found),
            behind=escape(_("The figures behind it")),
            tables=_behind(found),
            made=_made(source, left_out),
            page_one=escape(_page(1)),
            page_two=escape(_page(2)),
        )


def _page(number: int) -> str:
    return _("page %(page)s of %(pages)s") % {"page": figures.number(number), "pages": figures.number(2)}


def _figures(found: BackTest) -> str:
    cells = [
        f'<div><span class="v-3">{escape(label)}</span><b>{escape(value)}</b>'
        f'<span class="v-2">{escape(beside)}</span></div>'
        for label, value, beside in trial.figures_of(found)
    ]
    return f'<div class="v-pfigs">{"".join(cells)}</div>'


def _charts(found: BackTest) -> str:
    owed = paper.section(
        trial.owed(found),
        _("Worth of all units that members hold at the end of each month, used at their best."),
        programme_chart.liability_line(found, width=_WIDTH, height=140),
    )
    heads, rows = trial.unit_table(found)
    paragraphs = "".join(f"<p>{escape(f'{rule.title}: {rule.text}')}</p>" for rule in terms.sentences(found.plan))
    heading = escape(_("The terms"))
    said = f"<section><h2>{heading}</h2>{paragraphs}</section>"
    return owed + paper.table(_("What happened to the units"), heads, rows, "") + said


def _verdict(found: BackTest) -> str:
    title = _("Launch it") if found.verdict.launch else _("Do not launch it")
    items = "".join(
        f'<li><b class="ic">{escape(figures.number(n))}</b><span>{escape(reason)}</span></li>'
        for n, reason in enumerate(found.verdict.reasons, 1)
    )
    return f'<section class="v-sep"><h2>{escape(title)}</h2><ol class="v-list">{items}</ol></section>'


def _behind(found: BackTest) -> str:
    parts = []
    if found.months:
        heads, rows = trial.month_table(found)
        parts.append(paper.table(_("The last months in money"), heads, rows, _("All units at their best worth.")))
    if found.worst:
        heads, rows = trial.worst_table(found)
        parts.append(paper.table(_("Who costs most"), heads, rows, ""))
    return "\n".join(parts)


def _made(source: str, left_out: int) -> str:
    text = escape(_("Made on %(day)s by vafa simulate") % {"day": figures.day(clock.now().date())})
    if source:
        text += " · " + escape(_("file %(name)s")) % {"name": f"<bdi>{escape(source)}</bdi>"}
    if left_out:
        words = ngettext("%(count)s row left out", "%(count)s rows left out", left_out)
        text += ", " + escape(words % {"count": figures.number(left_out)})
    return text
