"""Vouchers: what was issued, what was claimed, and issuing more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock
from vafa.core.calendar import day_number, to_date
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.access import actor_of, staff_page
from vafa.loop import voucher
from vafa.reward import queries, vouchers
from vafa.shop import queries as shop

GOOD_FOR = timedelta(days=90)  # proposed


@require_GET
@staff_page("programme.see")
def page(request: HttpRequest) -> HttpResponse:
    """What was issued, and how many of them were claimed."""
    plan, today = queries.running_plan(), shop.today()
    rows: list[dict[str, Any]] = [
        {
            "one": one,
            "gives": vouchers.said(one.batch),
            "cost": vouchers.worth(one.batch),
            "over": one.batch.last_day < today,
        }
        for one in vouchers.batches()
    ]
    context = {
        "room": "reward",
        "rows": rows,
        "waiting": sum(row["one"].left for row in rows if not row["over"]),
        "units": [(unit.id, _(unit.name)) for unit in plan.programme.units] if plan else [],
        "first": to_date(today).isoformat(),
        "until": (to_date(today) + GOOD_FOR).isoformat(),
    }
    return render(request, "office/vouchers.html", context)


@require_POST
@staff_page("voucher.issue")
def issue(request: HttpRequest) -> HttpResponse:
    """Issue vouchers; the answer is the file with their codes."""
    told, made = request.POST, list[str]()
    name, units, quantity = told.get("name", ""), _whole(told.get("units", "")), _whole(told.get("quantity", ""))
    order = vouchers.Order(name, told.get("unit", "")[:40], units, quantity, _day(told.get("until", "")))

    def deliver(codes: Sequence[str]) -> None:
        made[:] = codes

    batch = voucher.issue(order, deliver=deliver, actor=actor_of(request), now=clock.now())
    answer = HttpResponse(vouchers.as_csv(made), content_type="text/csv; charset=utf-8")
    named = slugify(batch.name) or f"vouchers-{batch.pk}"
    answer["Content-Disposition"] = f'attachment; filename="{named}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _whole(text: Any) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 13 else 0


def _day(text: str) -> int:
    try:
        return day_number(date.fromisoformat(text))
    except ValueError:
        raise Refusal("bad_day", gettext_noop("Choose the last day.")) from None
