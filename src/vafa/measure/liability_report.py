"""What is owed to members, in sentences, figures with their formulas, and tables: for pages and commands."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape

from vafa.core import figures
from vafa.core.calendar import month_number
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.measure.deferred import Split
from vafa.measure.liability import COLUMNS, Difference, Movement
from vafa.measure.owing import FROM_SETTINGS, Owing
from vafa.measure.redemption import LEAST_DAYS, LEAST_USERS, LEVEL, Forecast
from vafa.reward import queries as reward


@dataclass(frozen=True)
class Figure:
    """One figure: its name, its value (or –), what stands beside it."""

    label: str
    value: str
    beside: str


@dataclass(frozen=True)
class Formula:
    """How a figure comes about: what it is, and its formula, first in words and then with own figures."""

    title: str
    what: str
    lines: tuple[str, ...]


def cash(account: Owing, minor: float | Fraction) -> str:
    """Whole from a thousand up; the cents where they say something."""
    amount = round(minor)
    return figures.money(amount, account.currency, whole=abs(amount) >= 100_000 or amount % 100 == 0)


def _exact(account: Owing, minor: float | Fraction) -> str:
    """To the minor unit, so that sums can be checked."""
    return figures.money(round(minor), account.currency)


def units(unit: str, count: float) -> str:
    return f"{figures.number(round(count))} {reward.unit_name(unit)}"


def column_name(column: str) -> str:
    return {
        "opening": _("held before"),
        "earned": _("earned"),
        "issued": _("issued"),
        "redeemed": _("redeemed"),
        "expired": _("expired"),
        "returned": _("returned"),
        "forfeited": _("forfeited"),
        "adjusted": _("adjusted"),
        "owed": _("against debts"),
        "closing": _("held after"),
    }[column]


# Sentences ----------------------------------------------------------------------------------


def headline(account: Owing) -> str:
    """The case in one or two sentences, as HTML: the finding is marked by ``em``."""
    held = reward.said(account.outstanding)
    if not held:
        return escape(_("You owe members nothing today."))
    told = {"worth": escape(cash(account, account.total)), "held": escape(held)}
    owes = _("You owe members <em>%(worth)s</em> today: %(held)s.") % told
    chief = account.chief
    return owes if chief is None else f"{owes} {escape(outlook(account, chief))}"


def outlook(account: Owing, unit: str) -> str:
    """What will become of the units of one kind; or why that can't be told yet."""
    found = account.forecasts.get(unit)
    if found is None:
        return ""
    if not found.is_told:
        return unknown(found)
    words = _("Of 100 %(unit)s about %(used)s will be used and %(expired)s expire.")
    of_100 = 100 / max(found.outstanding, 1)
    return words % {
        "unit": reward.unit_name(unit),
        "used": figures.number(found.used[1] * of_100),
        "expired": figures.number(found.expired[1] * of_100),
    }


def fate(account: Owing, unit: str) -> str:
    """The forecast in one sentence, with its ranges."""
    found = account.forecasts[unit]
    words = _(
        "Of %(held)s %(unit)s %(used)s will be used (%(used_low)s to %(used_high)s), "
        "%(expired)s expire (%(expired_low)s to %(expired_high)s)"
    )
    told = {"held": figures.number(found.outstanding), "unit": reward.unit_name(unit)}
    for name, (low, expected, high) in (("used", found.used), ("expired", found.expired)):
        ends = {name: expected, f"{name}_low": low, f"{name}_high": high}
        told |= {key: figures.number(round(number)) for key, number in ends.items()}
    return words % told


def unknown(found: Forecast) -> str:
    """Why the history does not say yet what will be used."""
    if found.users < LEAST_USERS:
        words = ngettext(
            "We can't tell yet how much will be used: %(users)s member used any, it takes %(least)s.",
            "We can't tell yet how much will be used: %(users)s members used any, it takes %(least)s.",
            found.users,
        )
        return words % {"users": figures.number(found.users), "least": figures.number(LEAST_USERS)}
    words = _("We can't tell yet how much will be used: the oldest units are %(days)s days old, it takes %(least)s.")
    return words % {"days": figures.number(found.days), "least": figures.number(LEAST_DAYS)}


def difference(found: Difference) -> str:
    """How the ledger disagrees with itself."""
    told = {
        "unit": reward.unit_name(found.unit),
        "entries": figures.number(found.entries),
        "other": figures.number(found.other),
        "detail": found.detail,
    }
    if found.code == "contra":
        return _("%(entries)s %(unit)s stand against an account that is not of their kind: %(detail)s.") % told
    told["detail"] = figures.number(int(found.detail))
    return (
        _("The entries of %(unit)s add up to %(entries)s, the lots hold %(other)s; lots that differ: %(detail)s.")
        % told
    )


# Figures ------------------------------------------------------------------------------------


def figures_of(account: Owing) -> list[Figure]:
    """The figures at the head."""
    told = {unit: found for unit, found in account.forecasts.items() if found.is_told and account.worths[unit]}
    used, expired = (
        [sum(account.worth(unit, getattr(found, name)[end]) for unit, found in told.items()) for end in range(3)]
        for name in ("used", "expired")
    )
    unsaid = _("can't be told yet")
    closing = account.splits[-1].closing if account.splits else 0
    return [
        Figure(_("Owed today"), cash(account, account.total), _("at most, if all of it is used")),
        Figure(_("Will be used"), cash(account, used[1]) if told else "–", _range(account, used) if told else unsaid),
        Figure(
            _("Will expire"), cash(account, expired[1]) if told else "–", _range(account, expired) if told else unsaid
        ),
        Figure(_("Never used (breakage)"), *_breakage(account)),
        Figure(
            _("Deferred revenue"),
            cash(account, closing),
            _("at the end of %(day)s") % {"day": figures.day(account.until, short=True, year=False)},
        ),
    ]


def _range(account: Owing, ends: list[int]) -> str:
    return _("%(low)s to %(high)s") % {"low": cash(account, ends[0]), "high": cash(account, ends[2])}


def _breakage(account: Owing) -> tuple[str, str]:
    """Expected from the history, beside what the settings assume."""
    if account.assumed is None:
        beside = _("nothing assumed in the settings")
    else:
        beside = _("%(share)s assumed in the settings") % {"share": figures.percent(float(account.assumed))}
    usage = account.used.get(account.chief or "")
    ends = usage.interval if usage else None
    return ("–" if ends is None else figures.percent(1 - ends[1])), beside


# Formulas -----------------------------------------------------------------------------------


def of_units(account: Owing) -> list[Formula]:
    """What is owed and what becomes of it: definitions with own figures."""
    found = [_owed_today(account)]
    if account.chief is not None:
        found += [_forecast(account, account.chief), _share(account, account.chief)]
    return found


def of_revenue(account: Owing) -> list[Formula]:
    """How a month's sales are split and what is released: the last month in which anything was deferred."""
    last = next((row for row in reversed(account.splits) if row.allocated), None)
    return [] if last is None else [_allocated(account, last), _released(account, last)]


def _owed_today(account: Owing) -> Formula:
    rows = []
    for unit, count in account.outstanding.items():
        told = {"n": figures.number(count), "unit": reward.unit_name(unit)}
        told |= {"sum": cash(account, account.worth(unit, count)), "hundred": cash(account, account.worth(unit, 100))}
        if count and account.worths.get(unit):
            rows.append(_("%(n)s %(unit)s = %(sum)s (100 buy %(hundred)s)") % told)
        elif count:
            rows.append(_("%(n)s %(unit)s buy no money by themselves") % told)
    what = _("What members could still spend if all of them came today, at what their units buy.")
    return Formula(_("Owed today"), what, (_("units held × worth of one"), *rows))


def _forecast(account: Owing, unit: str) -> Formula:
    found = account.forecasts[unit]
    title = _("Will be used, will expire: %(unit)s") % {"unit": reward.unit_name(unit)}
    if not found.is_told:
        most = _("At most all are used: %(held)s.") % {"held": units(unit, found.outstanding)}
        return Formula(title, f"{unknown(found)} {most}", ())
    what = _(
        "By the age of the units, in steps of 30 days: units used ÷ days for which units could be used. These chances "
        "are applied to the units that stand. The range holds %(level)s of such forecasts: members drawn anew from "
        "your own, and their habit of using many at once. From %(users)s members who used some, over %(days)s days."
    ) % {
        "level": figures.percent(LEVEL),
        "users": figures.number(found.users),
        "days": figures.number(found.days),
    }
    used, expired = round(found.used[1]), round(found.expired[1])
    told = [found.outstanding, used, expired, found.outstanding - used - expired]
    own = "{} = {} + {} + {}".format(*(figures.number(n) for n in told))
    return Formula(title, what, (_("held = used + expired + still held"), own))


def _share(account: Owing, unit: str) -> Formula:
    usage = account.used[unit]
    title = _("Used in the end: %(unit)s") % {"unit": reward.unit_name(unit)}
    share = figures.percent(float(usage.share), 1)
    if usage.expires is not None:
        will = usage.held - round(usage.expires[1])
        told = [usage.redeemed, will, usage.redeemed, usage.gone, usage.held]
        own = "({} + {}) ÷ ({} + {} + {}) = ".format(*(figures.number(n) for n in told)) + share
        what = _("Of all units ever granted. What is still held when the forecast ends counts as used.")
        return Formula(title, what, (_("(used + will be used) ÷ (used + expired + held)"), own))
    if usage.origin == FROM_SETTINGS:
        what = _("As the settings assume, until your history tells it.")
        return Formula(
            title, what, (f"{figures.percent(1)} − {figures.percent(float(account.assumed or 0))} = {share}",)
        )
    what = _("All units are taken to be used: your history does not tell it yet, and the settings assume nothing.")
    return Formula(title, what, (share,))


def _allocated(account: Owing, row: Split) -> Formula:
    sales, alone = _exact(account, row.sales), _exact(account, row.alone)
    what = _(
        "Points are part of what a sale promises (IFRS 15.B39–B43). The month’s sales to members are split by "
        "stand-alone prices (IFRS 15.74–80): the goods’ is what was paid, the units’ is what they buy × the share "
        "used in the end. Units given without a purchase count with the sales of their month."
    )
    own = f"{sales} × {alone} ÷ ({sales} + {alone}) = {_exact(account, row.allocated)}"
    title = _("Deferred in %(month)s") % {"month": figures.month(row.month, year=True)}
    return Formula(title, what, (_("sales × units alone ÷ (sales + units alone)"), own))


def _released(account: Owing, row: Split) -> Formula:
    before = row.allocated_so_far - row.allocated - row.opening
    what = _(
        "What was deferred becomes revenue as units are used, in proportion to all that are expected to be "
        "(IFRS 15.B44–B47). Where members hold nothing any more, the rest follows. All months stand at today’s "
        "expectation and today’s worth of a unit."
    )
    told: list[int | Fraction] = [row.allocated_so_far, row.redeemed_so_far, row.expected_so_far, before, row.released]
    own = "{} × {} ÷ {} − {} = {}".format(*(_exact(account, minor) for minor in told))
    title = _("Released in %(month)s") % {"month": figures.month(row.month, year=True)}
    words = _("deferred so far × worth used so far ÷ worth expected to be used − released before")
    return Formula(title, what, (words, own))


# Tables -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """Headings and rows of cells as they are written."""

    head: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class UnitTable:
    """The movement of one unit: headings, a row a month, the whole span, a sentence on what members owe."""

    name: str
    head: list[str]
    rows: list[list[str]]
    whole: list[str]
    debts: str


def shown_columns(whole: Movement, months: list[Movement]) -> list[str]:
    """The columns in which anything moved, between what was held before and after."""
    moved = [name for name in COLUMNS if any(row.moved[name] for row in (whole, *months))]
    return ["opening", *moved, "closing"]


def value(row: Movement, column: str) -> int:
    if column in ("opening", "closing"):
        return row.opening if column == "opening" else row.closing
    return row.moved[column]


def movement_tables(account: Owing) -> list[UnitTable]:
    """One table for each unit that was held or moved, the dearest first."""
    place = {unit: n for n, unit in enumerate(account.outstanding)}
    found = []
    for whole in sorted(account.whole, key=lambda row: (place.get(row.unit, len(place)), row.unit)):
        mine = [row for row in account.months if row.unit == whole.unit]
        if mine:
            columns = shown_columns(whole, mine)
            head = [_("Month"), *(column_name(name) for name in columns)]
            rows = [[_span_of(row, account), *_cells(row, columns)] for row in mine]
            total = [_("together"), *_cells(whole, columns)]
            found.append(UnitTable(reward.unit_name(whole.unit), head, rows, total, _debts(whole)))
    return found


def _debts(whole: Movement) -> str:
    """What members owe after returns, before and after; nothing where nobody did."""
    if not (whole.debt_opening or whole.debt_arisen):
        return ""
    told = (whole.debt_opening, whole.debt_arisen, whole.debt_settled, whole.debt_closing)
    words = _("Members owe units of returned purchases that were spent: %(a)s + %(b)s − %(c)s = %(d)s.")
    return words % dict(zip("abcd", (figures.number(n) for n in told), strict=True))


def _span_of(row: Movement, account: Owing) -> str:
    return figures.month(month_number(row.since, account.calendar), year=True)


def _cells(row: Movement, columns: list[str]) -> list[str]:
    return [
        figures.number(number) if name in ("opening", "closing") else (figures.signed(number) if number else "–")
        for name in columns
        for number in [value(row, name)]
    ]


def forecast_table(account: Owing, unit: str) -> Table:
    """Month by month: used and expired by its end, each with its range."""
    rows = [
        [
            figures.day(month.last_day),
            *(
                text
                for low, expected, high in (month.used, month.expired)
                for text in (
                    figures.number(round(expected)),
                    _("%(low)s to %(high)s") % {"low": figures.number(round(low)), "high": figures.number(round(high))},
                )
            ),
        ]
        for month in account.forecasts[unit].months
    ]
    return Table([_("By the end of"), _("used"), _("range"), _("expired"), _("range")], rows)


def revenue_table(account: Owing) -> Table:
    """Month by month: sales, what of them is deferred, what is released, revenue, what is deferred at its end."""
    rows = [
        [figures.month(row.month, year=True)]
        + [_exact(account, n) for n in (row.sales, row.allocated, row.released, row.revenue, row.closing)]
        for row in account.splits
    ]
    head = [
        _("Month"),
        _("sales to members"),
        _("deferred"),
        _("released"),
        _("revenue"),
        _("deferred revenue at its end"),
    ]
    return Table(head, rows)
