"""What a back-test found, in sentences and figures. Pure."""

from __future__ import annotations

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.measure.backtest import BackTest
from vafa.reward.saying import counted


def headline(found: BackTest) -> str:
    """One sentence: what it would have cost, and when it pays for itself."""
    if found.revenue <= 0 or not found.members:
        return _("There are no sales of known customers to try it on.")
    told = {"cost": figures.percent(float(found.cost_share), 1)}
    if found.break_even is None:
        return _("This programme would have cost %(cost)s of sales.") % told
    told["more"] = figures.percent(float(found.break_even), 1)
    words = _("This programme would have cost %(cost)s of sales and pays for itself if members buy %(more)s more.")
    return words % told


def span(found: BackTest) -> str:
    """How much was replayed: purchases, members, days."""
    told = {"purchases": figures.number(found.purchases), "members": figures.number(found.members)}
    words = _("%(purchases)s purchases of %(members)s customers") % told
    if found.as_of is None or not len(found.told.day):
        return words
    first, last = figures.day(int(found.told.day.min())), figures.day(found.as_of)
    return words + ", " + _("%(first)s to %(last)s") % {"first": first, "last": last}


def figures_of(found: BackTest) -> list[tuple[str, str, str]]:
    """(label, value, beside) of the five figures that decide."""

    def money(amount: int) -> str:
        return figures.money(amount, found.currency, whole=True)

    parts = {"used": money(found.cost_redeemed), "owed": money(found.cost_owed)}
    share = found.reached / found.members if found.members else 0.0
    of_all = _("%(share)s of customers") % {"share": figures.percent(share)}
    peak = found.liability_peak_day
    even = "\u2013" if found.break_even is None else "+" + figures.percent(float(found.break_even), 1)
    margin = _("needs your margin")
    if found.margin is not None:
        margin = _("at %(margin)s margin") % {"margin": figures.percent(float(found.margin))}
    return [
        (_("Cost"), money(found.cost), _("%(used)s used, %(owed)s still owed") % parts),
        (_("Share of sales"), figures.percent(float(found.cost_share), 1), money(found.revenue)),
        (_("People it reaches"), figures.number(found.reached), of_all),
        (_("Most owed at once"), money(found.liability_peak), figures.day(peak) if peak is not None else ""),
        (_("Pays for itself at"), even, margin),
    ]


def owed(found: BackTest) -> str:
    """What the line of the liability shows."""
    if found.liability_peak_day is None:
        return _("Nothing was ever owed to members")
    told = {
        "peak": figures.money(found.liability_peak, found.currency, whole=True),
        "day": figures.day(found.liability_peak_day),
    }
    return _("At most %(peak)s was owed to members at once, on %(day)s") % told


def unit_table(found: BackTest) -> tuple[list[str], list[list[str]]]:
    """Heads and rows: what happened to each unit."""
    told = [
        (_("Earned"), found.earned),
        (_("Taken back"), found.returned),
        (_("Used"), found.redeemed),
        (_("Expired"), found.expired),
        (_("Still held"), found.outstanding),
    ]
    told = [(head, column) for head, column in told if any(column.values())]
    heads, columns = [_("Unit"), *(head for head, _column in told)], [column for _head, column in told]
    rows = [
        [_(unit.name), *(_amount(found, unit.id, column[unit.id]) for column in columns)]
        for unit in found.programme.units
    ]
    return heads, rows


def _amount(found: BackTest, unit: str, count: int) -> str:
    told = found.programme.unit(unit)
    return counted(told, count, found.currency) if told.money else figures.number(count)


def units(found: BackTest) -> list[tuple[str, str]]:
    """(unit, what happened to it) in one line each."""
    heads, rows = unit_table(found)
    return [
        (row[0], _(", ").join(f"{head.lower()} {value}" for head, value in zip(heads[1:], row[1:], strict=True)))
        for row in rows
    ]


def worst_table(found: BackTest) -> tuple[list[str], list[list[str]]]:
    rows = [
        [one.customer_id, figures.money(one.cost, found.currency), figures.money(one.revenue, found.currency)]
        for one in found.worst
    ]
    return [_("Customer"), _("Cost"), _("Sales")], rows


def month_table(found: BackTest) -> tuple[list[str], list[list[str]]]:
    """Month by month in money, the last twelve."""

    def money(amount: int) -> str:
        return figures.money(amount, found.currency, whole=True)

    heads = [_("Month"), _("Earned"), _("Used"), _("Expired"), _("Owed at its end")]
    rows = [
        [figures.month(m.month, year=True), money(m.earned), money(m.redeemed), money(m.expired), money(m.outstanding)]
        for m in found.months[-12:]
    ]
    return heads, rows
