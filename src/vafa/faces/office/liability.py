"""What the shop owes its members: today, month by month, in the months to come, and as deferred revenue."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from vafa.core import clock
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import actor_of, staff_page
from vafa.faces.office.customers import safe_cell
from vafa.measure import liability_chart, liability_table, owing
from vafa.measure import liability_report as report
from vafa.shop import actions as shop_actions

SPANS = {
    "month": gettext_noop("This month"),
    "quarter": gettext_noop("3 months"),
    "year": gettext_noop("12 months"),
    "this_year": gettext_noop("This year"),
    "last_year": gettext_noop("Last year"),
    "all": gettext_noop("From the beginning"),
}
CHOSEN = "year"


@require_GET
@staff_page("measure.see")
def page(request: HttpRequest) -> HttpResponse:
    """The sentence, the figures, the forecast with its range, the movement, the split by IFRS 15."""
    chosen = _chosen(request)
    account = owing.read(chosen)
    if not account.whole:
        return render(request, "office/owed_nothing.html", {"room": "measure"})
    context = {
        "room": "measure",
        "account": account,
        "says": report.headline(account),
        "differences": [report.difference(found) for found in account.differences],
        "figures": report.figures_of(account),
        "forecast": _forecast(account),
        "spans": [(name, _(text), name == chosen) for name, text in SPANS.items()],
        "chosen": chosen,
        "tables": report.movement_tables(account),
        "revenue": report.revenue_table(account),
        "formulas": {"units": report.of_units(account), "revenue": report.of_revenue(account)},
    }
    return render(request, "office/owed.html", context)


def _chosen(request: HttpRequest) -> str:
    asked = request.GET.get("span", CHOSEN)
    return asked if asked in SPANS else CHOSEN


def _forecast(account: owing.Owing) -> dict[str, Any] | None:
    unit = account.chief
    found = account.forecasts.get(unit) if unit else None
    if unit is None or found is None or not found.is_told:
        return None
    return {
        "title": report.fate(account, unit),
        "spec": {theme: liability_chart.fate(found, account.today, theme=theme) for theme in ("light", "dark")},
        "table": report.forecast_table(account, unit),
    }


@require_GET
@staff_page("measure.see")
def export(request: HttpRequest) -> HttpResponse:
    """The movement as CSV, month by month; cells that a spreadsheet would run are made plain text."""
    chosen = _chosen(request)
    account = owing.read(chosen)
    shop_actions.audit("liability.exported", actor=actor_of(request), now=clock.now(), span=chosen)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(liability_table.HEAD)
    writer.writerows([safe_cell(cell) for cell in row] for row in liability_table.rows(account.months))
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="owed.csv"'
    return answer
