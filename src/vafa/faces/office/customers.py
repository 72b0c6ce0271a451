"""Know: the customers as a list, the card of one of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vafa.core import clock, figures, money
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import actor_of, staff_page
from vafa.faces.office import corrections, dialogue, history
from vafa.know import actions as know_actions
from vafa.know import duplicates, searching
from vafa.know import queries as know
from vafa.loop import redeem as redeeming
from vafa.reward import queries as reward
from vafa.reward import thresholds
from vafa.segment import queries as segment
from vafa.segment.labels import ABC_MEANS, RUNG_MEANS, RUNG_NAMES, TYPE_MEANS, TYPE_NAMES, XYZ_MEANS
from vafa.shop import actions as shop_actions
from vafa.shop import queries as shop

PAGE = 20
VIEWS = (
    ("", gettext_noop("All")),
    ("late", gettext_noop("Good and late")),
    ("best", gettext_noop("The best 20 %")),
    ("once", gettext_noop("Bought once")),
    ("regular", gettext_noop("Regulars")),
)
CHIPS = (
    ("late", gettext_noop("Late by own rhythm")),
    ("due", gettext_noop("Due this week")),
    ("overdue", gettext_noop("Later than nine of ten of their gaps")),
    ("lapsed", gettext_noop("Lapsed")),
    ("A", gettext_noop("Large (A)")),
    ("X", gettext_noop("Steady (X)")),
)


@require_GET
@staff_page("customer.see")
def page(request: HttpRequest) -> HttpResponse:
    """Search, filters as chips, twenty a page, the most valuable first."""
    query = request.GET.get("q", "").strip()[:120]
    names = [name for name in request.GET.getlist("filter") if name in segment.FILTERS]
    groups = request.GET.getlist("group")[:3]
    rows = segment.filtered(names, groups)
    if query:
        rows = rows.filter(
            customer_id__in=[c.pk for c in searching.search(query, region=shop.club().region, limit=500)]
        )
    total = rows.count()
    start = _start(request.GET.get("from", "0"), total)
    shown = list(rows[start : start + PAGE])
    context = {
        "room": "know",
        "query": query,
        "total": total,
        "start": start + 1,
        "end": start + len(shown),
        "rows": _rows(shown),
        "title": _title(names, groups, total),
        "views": [(name, _(text), names == [name] if name else not names and not groups) for name, text in VIEWS],
        "chips": [(_toggled(request, name), _(text), name in names) for name, text in CHIPS]
        + [(_without(request, "group", g), _(g), True) for g in groups],
        "next": _at(request, start + PAGE) if start + PAGE < total else "",
        "previous": _at(request, max(0, start - PAGE)) if start else "",
        "duplicates": duplicates.count(),
        "export": urlencode([("filter", n) for n in names] + [("group", g) for g in groups]),
    }
    return render(request, "office/customers.html", context)


def _rows(shown: list[Any]) -> list[dict[str, Any]]:
    people = know.customers(row.customer_id for row in shown)
    balances = reward.balances_of([row.customer_id for row in shown], shop.today())
    return [
        {
            "standing": row,
            "customer": people[row.customer_id],
            "rung": _(RUNG_NAMES[row.rung]),
            "why": why_late(row) if row.late else f"{_(row.rfm_group)}; {_(XYZ_MEANS[row.xyz])}",
            "points": reward.said(balances.get(row.customer_id, {})),
        }
        for row in shown
        if row.customer_id in people
    ]


def why_late(row: Any) -> str:
    since = shop.today() - row.last_day
    if not row.twice_median_gap:
        return _("%(since)s days since the only purchase") % {"since": figures.number(since)}
    told = {"since": figures.number(since), "usual": figures.number(max(1, round(row.twice_median_gap / 2)))}
    return _("%(since)s days since the last, usually %(usual)s") % told


def _title(names: list[str], groups: list[str], total: int) -> str:
    told = {"n": figures.number(total)}
    if names == ["late"]:
        return _('<em class="late">%(n)s good customers</em> are later than usual.') % told
    if names or groups:
        return _("<em>%(n)s customers</em> are in this list.") % told
    return _("You know <em>%(n)s customers</em> by their purchases.") % told


def _start(text: str, total: int) -> int:
    wanted = int(text) if text.isdigit() and len(text) < 9 else 0
    return wanted - wanted % PAGE if wanted < total else 0


def _toggled(request: HttpRequest, name: str) -> str:
    pairs = [(k, v) for k, vs in request.GET.lists() for v in vs if k != "from"]
    pair = ("filter", name)
    return "?" + urlencode([p for p in pairs if p != pair] if pair in pairs else [*pairs, pair])


def _without(request: HttpRequest, key: str, value: str) -> str:
    return "?" + urlencode(
        [(k, v) for k, vs in request.GET.lists() for v in vs if (k, v) != (key, value) and k != "from"]
    )


def _at(request: HttpRequest, start: int) -> str:
    pairs = [(k, v) for k, vs in request.GET.lists() for v in vs if k != "from"]
    return "?" + urlencode([*pairs, ("from", start)])


@require_GET
@staff_page("customer.see")
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The list as CSV; cells that a spreadsheet would run are made plain text."""
    names = [name for name in request.GET.getlist("filter") if name in segment.FILTERS]
    actor = actor_of(request)
    rows = segment.filtered(names, request.GET.getlist("group")[:3])
    shop_actions.audit("customers.exported", actor=actor, now=clock.now(), rows=rows.count(), filters=names)
    answer = StreamingHttpResponse(_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="customers.csv"'
    return answer


class Echo:
    def write(self, value: str) -> str:
        return value


def _csv(rows: Any) -> Iterator[str]:
    writer = csv.writer(Echo())
    currency = shop.club().currency
    yield "\ufeff" + str(writer.writerow(["customer_id", "customer_name", "rung", "revenue", "purchases", "late"]))
    for row in rows.iterator(2000):
        person = know.customers([row.customer_id]).get(row.customer_id)
        if person:
            cells = [person.code, person.name, row.rung, money.to_major(row.revenue, currency), row.purchases, row.late]
            yield str(writer.writerow([safe_cell(cell) for cell in cells]))


def safe_cell(cell: Any) -> Any:
    """A text that begins like a formula is marked as text."""
    return "'" + cell if isinstance(cell, str) and cell[:1] in "=+-@\t\r＝＋－＠" else cell


@require_GET
@staff_page("customer.see")
def find(request: HttpRequest) -> HttpResponse:
    """What Ctrl-K finds: customers by name, phone, card or number; segments by name."""
    query = request.GET.get("q", "").strip()[:120]
    found = searching.search(query, region=shop.club().region, limit=8)
    named = [(c, n) for c, n in segment.segment_names().items() if query and query.casefold() in n.casefold()][:4]
    return render(request, "office/found.html", {"found": found, "named": named, "query": query})


@require_GET
@staff_page("customer.see")
def card(request: HttpRequest, code: str) -> HttpResponse:
    """Who this is, what to say now, rhythm, history; at the side worth, segments and consents."""
    person = know.customer(code)
    standing = segment.standing(person.pk)
    wallet = reward.wallet(person.pk, shop.today())
    what, told = request.GET.get("show", "all"), dialogue.of(person)
    context = {
        "room": "know",
        "customer": person,
        "identities": know.identities(person.pk),
        "phone": know.phones_of([person.pk]).get(person.pk, ""),
        "standing": standing,
        "rung": _(RUNG_NAMES[standing.rung]) if standing else "",
        "late": why_late(standing) if standing and standing.late else "",
        "says": history.says(person) + told["talked"],
        "ahead": _ahead(standing),
        "rhythm": history.rhythm(person.pk, standing),
        **told,
        "history": history.of(person, what, told["talks"]),
        "show": what,
        "shows": [(k, _(t), k == what) for k, t in history.KINDS],
        "wallet": wallet,
        "lots": reward.lots_of(person.pk),
        "thresholds": thresholds.of(person.pk),
        "correct": corrections.form_of(wallet.member),
        "reasons": _reasons(standing) if standing else [],
        "segments": segment.segments_of(person.pk),
        "leanings": know.leanings(person.pk),
        "consents": sorted(know.consents(person.pk).values(), key=lambda c: c.at),
    }
    return render(request, "office/customer.html", context)


def _reasons(standing: Any) -> list[tuple[str, str, str]]:
    cell = standing.abc + standing.xyz
    rows = [
        (cell, f"{_(ABC_MEANS[standing.abc])}; {_(XYZ_MEANS[standing.xyz])}", "acc"),
        (_(RUNG_NAMES[standing.rung]), _(RUNG_MEANS[standing.rung]), "acc"),
        (
            _(standing.rfm_group),
            _("recency %(r)s, frequency %(f)s, money %(m)s of 5")
            % {"r": figures.number(standing.r), "f": figures.number(standing.f), "m": figures.number(standing.m)},
            "",
        ),
    ]
    if level := segment.level_of(standing, shop.value_levels()):
        bought = figures.money(standing.year_revenue, shop.club().currency, whole=True)
        rows.append((level.name, _("bought for %(amount)s within a year") % {"amount": bought}, "acc"))
    if standing.buying_type:
        rows.append((_(TYPE_NAMES[standing.buying_type]), _(TYPE_MEANS[standing.buying_type]), ""))
    if standing.late:
        rows.append((_("Slipping"), why_late(standing), "late"))
    return rows


def _ahead(standing: Any) -> dict[str, Any] | None:
    """What is expected of them, and how sure that is."""
    if standing is None or standing.p_alive is None:
        return None
    currency, today = shop.club().currency, shop.today()
    told = {"day": figures.day(standing.due_day, year=False), "days": figures.number(standing.days_late or 0)}
    if standing.days_late:
        title = _("%(days)s days later than nine of ten of their gaps") % told
    elif standing.due_day < today:
        title = _("Was due on %(day)s") % told
    else:
        title = _("Due on %(day)s") % told
    worth, low, high = (
        figures.money(m, currency, whole=True) for m in (standing.clv, standing.clv_low, standing.clv_high)
    )
    quarter = figures.number(90)
    rows = [
        (_("Chance that they still are a customer"), figures.percent(standing.p_alive)),
        (_("Purchases expected in %(days)s days") % {"days": quarter}, figures.number(standing.expected_90, 1)),
        (_("Purchases expected in a year"), figures.number(standing.expected_365, 1)),
        (_("Worth of the year ahead"), worth),
        (_("in eight of ten cases"), _("%(low)s to %(high)s") % {"low": low, "high": high}),
    ]
    means = _("Forecast from their own rhythm and everybody’s; how far it can be trusted stands in Measure.")
    return {"title": title, "rows": rows, "means": means}


@require_POST
@staff_page("customer.edit")
def threshold(request: HttpRequest, code: str) -> HttpResponse:
    """Choose from how many units on a reward comes by itself."""
    person, units = know.customer(code), request.POST.get("units", "")
    chosen = int(units) if units.isascii() and units.isdigit() and len(units) < 13 else 0
    wanted = request.POST.get("reward", "")[:40]
    redeeming.choose(person.pk, wanted, chosen, actor=actor_of(request), now=clock.now())
    return redirect("office:customer", code=code)


@require_http_methods(["GET", "POST"])
@staff_page("customer.edit")
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change name, birthday and note."""
    person = know.customer(code)
    refusal = None
    if request.method == "POST":
        try:
            know_actions.edit_card(
                code,
                actor=actor_of(request),
                now=clock.now(),
                name=request.POST.get("name", ""),
                birthday=dialogue.day_of(request.POST.get("birthday", "")),
                note=request.POST.get("note", ""),
            )
            return redirect("office:customer", code=code)
        except Refusal as told:
            refusal = told
    return render(request, "office/customer_edit.html", {"room": "know", "customer": person, "refusal": refusal})
