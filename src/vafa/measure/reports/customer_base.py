"""The customer base on three sheets of paper: sentence, figures with their formulas, charts, what to do first; the
figures behind it; whether a club is right, how customers buy and in what the best differ.

One HTML file that needs nothing else: fonts, style and drawings are inside. Paper stays light.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path
from string import Template

from vafa.core import clock, figures
from vafa.core.words import direction, gettext_noop, language, ngettext
from vafa.core.words import gettext as _
from vafa.measure import bought, charts, finding, paper, trusting
from vafa.segment.analysis import Analysis
from vafa.segment.assortment import Assortment
from vafa.segment.outlook import Outlook

KIND = "customer_base"
TITLE = gettext_noop("Customer base")
_HERE = Path(__file__).parent
_WIDTH = 329  # pixels of one column on the sheet


@dataclass(frozen=True)
class Params:
    """``source``: name of the file the figures are from; ``left_out``: rows refused; ``made_on``: default today;
    ``ahead``: what is forecast, of a quarter first; ``assortment``: what is bought, where products are told."""

    source: str = ""
    left_out: int = 0
    made_on: date | None = None
    ahead: tuple[Outlook, ...] = ()
    assortment: Assortment | None = None


def render(analysis: Analysis, params: Params | None = None) -> str:
    """The report in the language of the moment, days in the calendar of the analysis."""
    given = params or Params()
    with figures.shown(calendar=analysis.calendar, toman=analysis.currency == "IRR" and language() == "fa"):
        sentence = finding.headline(analysis)
        template = Template((_HERE / "customer_base.html").read_text("utf-8"))
        return template.substitute(
            language=language(),
            direction=direction(),
            title=escape(finding.plain(sentence)),
            fonts=paper.font_faces(),
            css=(_HERE / "customer_base.css").read_text("utf-8"),
            brand="Vafa",
            kind=escape(_(TITLE)),
            span=escape(finding.span(analysis)),
            sentence=sentence,
            figures=_figures(analysis),
            charts=_charts(analysis),
            acts=_acts(analysis),
            behind=escape(_("The figures behind it")),
            tables=_tables(analysis),
            made=_made(given),
            page_one=escape(_page(1)),
            page_two=escape(_page(2)),
            suits=escape(bought.suits(analysis.suitability).says),
            reasons=_reasons(analysis),
            buying=_ahead(given.ahead) + _buying(analysis, given.assortment),
            page_three=escape(_page(3)),
        )


def explain(_params: Params | None = None) -> str:
    return _("Says on three pages who brings the sales, who stays, who is late, how they buy, and what to do first.")


def _page(number: int) -> str:
    return _("page %(page)s of %(pages)s") % {"page": figures.number(number), "pages": figures.number(3)}


def _made(params: Params) -> str:
    text = escape(_("Made on %(day)s by vafa analyse")) % {
        "day": escape(figures.day(params.made_on or clock.now().date()))
    }
    if params.source:
        text += " · " + escape(_("file %(name)s")) % {"name": f"<bdi>{escape(params.source)}</bdi>"}
    if params.left_out:
        words = ngettext("%(count)s row left out", "%(count)s rows left out", params.left_out)
        text += ", " + escape(words % {"count": figures.number(params.left_out)})
    return text


def _figures(analysis: Analysis) -> str:
    cells = [
        f'<div><span class="v-3">{escape(f.label)}</span><b>{escape(f.value)}</b>'
        f'<span class="v-2">{escape(f.beside)}</span><p class="v-def">{_formula(f.definition, f.is_formula)}</p></div>'
        for f in finding.five(analysis)
    ]
    return f'<div class="v-pfigs">{"".join(cells)}</div>'


def _formula(text: str, is_formula: bool) -> str:
    return f'<span class="ltr">{escape(text)}</span>' if is_formula else escape(text)


def _charts(analysis: Analysis) -> str:
    if not analysis.people:
        return ""
    drawn = (
        (finding.pareto(analysis), charts.pareto_curve(analysis, width=_WIDTH, height=128)),
        (finding.ladder(analysis), charts.ladder_skirt(analysis, width=_WIDTH, height=122)),
        (finding.cohorts(analysis), charts.cohort_map(analysis, width=_WIDTH, height=140)),
        (finding.retention(analysis), charts.crr_line(analysis, width=_WIDTH, height=118)),
    )
    return "\n".join(paper.section(title, definition, spec) for (title, definition), spec in drawn)


def _acts(analysis: Analysis) -> str:
    items = "".join(
        f'<li><b class="ic">{escape(figures.number(n))}</b><span><b>{escape(act)}</b>'
        f"<small>{escape(why)}</small></span></li>"
        for n, (act, why) in enumerate(finding.acts(analysis), 1)
    )
    if not items:
        return ""
    heading = escape(_("What to do first"))
    return (
        f'<section class="v-sep"><h2>{heading}</h2><ol class="v-list">{items}</ol>'
        f'<p class="v-def">{escape(finding.late_definition())}</p></section>'
    )


def _tables(analysis: Analysis) -> str:
    if not analysis.people:
        return ""
    title, definition = finding.lateness(analysis)
    chart = paper.section(title, definition, charts.lateness_histogram(analysis, width=_WIDTH, height=128))
    parts = [paper.table(*finding.rfm_table(analysis)), chart, paper.table(*finding.cells_table(analysis))]
    if (told := finding.levers_table(analysis)) is not None:
        parts.append(paper.table(*told))
    if analysis.crr:
        parts.append(paper.table(*finding.retention_table(analysis)))
    return "\n".join(parts)


def _reasons(analysis: Analysis) -> str:
    """What speaks for a club, and what against it, with the shop's own figures."""
    rows = (
        f"<li><span>{escape(text)}<small>{escape(word)}</small></span></li>"
        for _way, word, text in bought.suits(analysis.suitability).reasons
    )
    return f'<ul class="v-list">{"".join(rows)}</ul>'


def _buying(analysis: Analysis, found: Assortment | None) -> str:
    tables = [bought.types_table(analysis), bought.portrait_table(found) if found is not None else None]
    return "\n".join(paper.table(*told) for told in tables if told is not None)


def _ahead(outlooks: tuple[Outlook, ...]) -> str:
    """The trust card: what is expected of a quarter, and how far that can be trusted."""
    if not outlooks:
        return ""
    said = "".join(f"<li>{escape(text)}</li>" for text in trusting.sentences(outlooks[0]))
    definition = escape(_("How the forecast comes about: docs/formulas.md, “Repeat buying”."))
    return (
        f'<section class="v-trust"><h2>{escape(trusting.title(outlooks[0]))}</h2><ul>{said}</ul>'
        f'<p class="v-def">{definition}</p></section>'
    )


EXAMPLES = (Params(), Params(source="sales.csv", left_out=3, made_on=date(2026, 11, 22)))
