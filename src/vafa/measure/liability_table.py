"""The account of what is owed for machines: rows of the movement, and the whole as one document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vafa.core.calendar import month_name, to_date
from vafa.core.money import to_major
from vafa.measure.liability import COLUMNS, Movement
from vafa.measure.owing import Owing

DEBTS = ("debt_opening", "debt_arisen", "debt_settled", "debt_closing")
HEAD = ("from", "until", "unit", "opening", *COLUMNS, "closing", *DEBTS)


def rows(movements: Iterable[Movement]) -> list[list[str | int]]:
    """One row a unit and month, as HEAD names them: ISO days, whole units."""
    return [
        [
            to_date(row.since).isoformat(),
            to_date(row.until).isoformat(),
            row.unit,
            row.opening,
            *(row.moved[name] for name in COLUMNS),
            row.closing,
            *(getattr(row, name) for name in DEBTS),
        ]
        for row in movements
    ]


def document(account: Owing) -> dict[str, Any]:
    """All of it: money in major units as text, shares 0–1, days ISO, months in the shop's calendar."""

    def money(minor: int) -> str:
        return str(to_major(minor, account.currency))

    return {
        "today": to_date(account.today).isoformat(),
        "from": to_date(account.since).isoformat(),
        "until": to_date(account.until).isoformat(),
        "currency": account.currency,
        "owed": money(account.total),
        "outstanding": dict(account.outstanding),
        "reconciled": not account.differences,
        "differences": [found._asdict() for found in account.differences],
        "movement": [dict(zip(HEAD, row, strict=True)) for row in rows(account.months)],
        "total": [dict(zip(HEAD, row, strict=True)) for row in rows(account.whole)],
        "forecast": {unit: _forecast(account, unit) for unit in account.forecasts},
        "breakage": {
            "assumed": None if account.assumed is None else float(account.assumed),
            "used_in_the_end": {
                unit: {"share": float(usage.share), "from": usage.origin} for unit, usage in account.used.items()
            },
        },
        "ifrs15": [
            {
                "month": month_name(row.month),
                "sales": money(row.sales),
                "allocated": money(row.allocated),
                "released": money(row.released),
                "revenue": money(row.revenue),
                "opening": money(row.opening),
                "closing": money(row.closing),
            }
            for row in account.splits
        ],
    }


def _forecast(account: Owing, unit: str) -> dict[str, Any]:
    found = account.forecasts[unit]
    ends = ("low", "expected", "high")
    return {
        "outstanding": found.outstanding,
        "told": found.is_told,
        "members": found.users,
        "days": found.days,
        "months": [
            {
                "until": to_date(month.last_day).isoformat(),
                "used": dict(zip(ends, (round(n) for n in month.used), strict=True)),
                "expired": dict(zip(ends, (round(n) for n in month.expired), strict=True)),
            }
            for month in found.months
        ],
    }
