"""What a customer base says, in sentences and figures with their formulas filled in: for reports and letters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from html import escape, unescape

from vafa.core import figures
from vafa.core.words import direction, ngettext
from vafa.core.words import gettext as _
from vafa.segment.analysis import CELLS, Analysis
from vafa.segment.levers import Levers, levers

_ACTIVE_MONTHS = 12


@dataclass(frozen=True)
class Figure:
    """One figure: its name, its value (or –), what stands beside it, and how it comes about."""

    label: str
    value: str
    beside: str
    definition: str
    is_formula: bool = False


def plain(sentence: str) -> str:
    """A sentence without its markup, for a title."""
    return unescape(re.sub(r"<[^>]+>", "", sentence))


def customers(count: int) -> str:
    return ngettext("%(count)s customer", "%(count)s customers", count) % {"count": figures.number(count)}


def _cash(analysis: Analysis, minor: float) -> str:
    whole = abs(minor) >= 100_000 or minor % 100 == 0
    return figures.money(minor, analysis.currency, whole=whole)


def span(analysis: Analysis) -> str:
    """From when to when, how many purchases and customers."""
    if analysis.first_day is None or analysis.last_day is None:
        return _("No purchases")
    days = _("%(first)s to %(last)s") % {
        "first": figures.day(analysis.first_day),
        "last": figures.day(analysis.last_day),
    }
    purchases = ngettext("%(count)s purchase", "%(count)s purchases", analysis.purchases)
    purchases %= {"count": figures.number(analysis.purchases)}
    return f"{days} · {purchases} · {customers(analysis.people)}"


def headline(analysis: Analysis) -> str:
    """The case in one or two sentences, as HTML: the finding is marked by ``em``."""
    if not analysis.people:
        return escape(_("No purchases of known customers yet."))
    parts = []
    share = analysis.pareto.share(20)
    if share is not None:
        parts.append(
            _("Your top %(top)s of customers bring <em>%(share)s of sales</em>.")
            % {"top": escape(figures.percent(0.2)), "share": escape(figures.percent(float(share)))}
        )
    once = figures.percent(float(analysis.one_time_share or 0))
    good = analysis.lateness.good.customers
    if good:
        words = ngettext(
            "%(count)s good customer is later than usual, and %(once)s bought only once.",
            "%(count)s good customers are later than usual, and %(once)s bought only once.",
            good,
        )
        parts.append(escape(words % {"count": figures.number(good), "once": once}))
    else:
        parts.append(escape(_("No good customer is later than usual; %(once)s bought only once.") % {"once": once}))
    return " ".join(parts)


def five(analysis: Analysis) -> list[Figure]:
    """The five figures at the head of the report."""
    people = analysis.people
    return [
        Figure(
            _("Active customers"),
            figures.number(analysis.active),
            _("%(share)s of all") % {"share": figures.percent(analysis.active / people)} if people else "",
            _("bought in the last %(days)s days, or within twice their own usual gap")
            % {"days": figures.number(analysis.active_days)},
        ),
        _kept(analysis),
        _value(analysis),
        _loyal(analysis),
        Figure(
            _("Bought once"),
            "–" if analysis.one_time_share is None else figures.percent(float(analysis.one_time_share)),
            customers(analysis.ladder.buyer.customers),
            f"{figures.number(analysis.ladder.buyer.customers)} ÷ {figures.number(people)}",
            is_formula=True,
        ),
    ]


def _kept(analysis: Analysis) -> Figure:
    known = [period for period in analysis.crr if period.rate is not None]
    label = _("Kept (CRR)")
    if not known:
        return Figure(label, "–", _("needs a whole month with customers at its start"), "")
    last = known[-1]
    rate = float(last.rate or 0)
    beside = _("in %(month)s") % {"month": figures.month(last.month, year=True)}
    before = [period for period in known if period.month == last.month - _ACTIVE_MONTHS]
    if before:
        change = figures.signed(round(rate - float(before[0].rate or 0), 1), 1)
        beside += ", " + _("%(change)s points on a year before") % {
            "change": f"\u2066{change}\u2069" if direction() == "rtl" else change
        }
    end, new, start = (figures.number(n) for n in (last.end, last.new, last.start))
    filled = f"(({end} − {new}) ÷ {start}) × {figures.number(100)}"
    return Figure(label, figures.percent(rate / 100), beside, f"((E − N) ÷ S) × {figures.number(100)} = {filled}", True)


def _value(analysis: Analysis) -> Figure:
    ltv = analysis.ltv
    label = _("Lifetime value")
    if ltv.mean_receipt is None or ltv.receipts_a_month is None or ltv.life is None or ltv.revenue_each is None:
        return Figure(label, "–", _("needs purchases of known customers"), "")
    named = {
        "receipt": _cash(analysis, float(ltv.mean_receipt)),
        "often": figures.number(float(ltv.receipts_a_month), 2),
        "life": figures.number(float(ltv.life), 1),
        "each": _cash(analysis, float(ltv.revenue_each)),
    }
    if ltv.value is None or ltv.margin is None:
        text = _("%(each)s of sales so far: %(receipt)s × %(often)s a month × %(life)s months")
        return Figure(label, "–", _("needs your margin or your costs"), text % named)
    named["margin"] = figures.percent(float(ltv.margin))
    text = _("%(receipt)s × %(often)s a month × %(margin)s × %(life)s months")
    given = ltv.margin_from == "given"
    beside = _("so far, at the margin given") if given else _("so far, at the margin of your costs")
    return Figure(label, _cash(analysis, float(ltv.value)), beside, text % named)


def _loyal(analysis: Analysis) -> Figure:
    share = analysis.loyal_share
    loyal = analysis.ladder.loyal
    return Figure(
        _("Sales from regulars"),
        "–" if share is None else figures.percent(float(share)),
        _cash(analysis, loyal.revenue),
        _("sales to regulars and above ÷ all sales to known customers"),
    )


def pareto(analysis: Analysis) -> tuple[str, str]:
    """Finding and definition of the Pareto curve."""
    top = analysis.pareto.tops.get(20)
    if top is None or top.share is None:
        return _("No sales to share out yet"), ""
    named = {
        "top": figures.percent(0.2),
        "share": figures.percent(float(top.share)),
        "count": figures.number(top.customers),
        "all": figures.number(analysis.people),
        "part": _cash(analysis, top.revenue),
        "sales": _cash(analysis, analysis.known_revenue),
    }
    definition = _(
        "Pareto: customers sorted by sales after discounts and returns; "
        "%(count)s of %(all)s bring %(part)s of %(sales)s."
    )
    return _("%(top)s of customers bring %(share)s of sales") % named, definition % named


def ladder(analysis: Analysis) -> tuple[str, str]:
    loyal = analysis.ladder.loyal.customers
    words = ngettext(
        "%(count)s of %(all)s customers is a regular", "%(count)s of %(all)s customers are regulars", loyal
    )
    title = words % {"count": figures.number(loyal), "all": figures.number(analysis.people)}
    definition = _(
        "Ladder: everyone stands on one rung. Regular: bought on %(days)s days or more in %(months)s months or more, "
        "and has not stayed away. Adherent and advocate need what sales alone don’t tell: purchases elsewhere and "
        "referrals."
    ) % {"days": figures.number(4), "months": figures.number(3)}
    return title, definition


def cohorts(analysis: Analysis) -> tuple[str, str]:
    definition = _(
        "Cohorts: of %(hundred)s people who first bought in a month, how many bought in the month that lies so many "
        "months later. Empty: not yet known."
    ) % {"hundred": figures.number(100)}
    told = [(c.size, c.returned[0]) for c in analysis.cohorts if c.returned]
    size = sum(count for count, _back in told)
    if not size:
        return _("Too early to tell who comes back"), definition
    back = round(100 * sum(returned for _count_, returned in told) / size)
    words = ngettext(
        "Of %(hundred)s new customers, %(count)s buys the month after",
        "Of %(hundred)s new customers, %(count)s buy the month after",
        back,
    )
    return words % {"count": figures.number(back), "hundred": figures.number(100)}, definition


def retention(analysis: Analysis) -> tuple[str, str]:
    definition = _(
        "CRR = ((E − N) ÷ S) × 100. S customers active at the start of a month, E at its end, N new in it; "
        "active: bought in the last %(days)s days."
    ) % {"days": figures.number(analysis.active_days)}
    known = [period for period in analysis.crr if period.rate is not None]
    if not known:
        return _("Too early to tell who stays"), definition
    named = {
        "share": figures.percent(float(known[-1].rate or 0) / 100),
        "month": figures.month(known[-1].month, year=True),
    }
    return _("%(share)s of active customers were kept in %(month)s") % named, definition


def lateness(analysis: Analysis) -> tuple[str, str]:
    late = sum(analysis.lateness.bins[4:])
    title = ngettext(
        "%(count)s of %(all)s who came back before is later than usual",
        "%(count)s of %(all)s who came back before are later than usual",
        late,
    )
    known = sum(analysis.lateness.bins)
    definition = _(
        "Days since the last purchase, counted in each customer’s own usual gap (the median between visits)."
    )
    return title % {"count": figures.number(late), "all": figures.number(known)}, definition


def active_days(analysis: Analysis) -> str:
    """How long a customer counts as active, and why."""
    days = ngettext("%(count)s day", "%(count)s days", analysis.active_days)
    days %= {"count": figures.number(analysis.active_days)}
    if analysis.active_days_given:
        return _("A customer counts as active for %(days)s after a purchase, as you said.") % {"days": days}
    if not analysis.gaps:
        return _("A customer counts as active for %(days)s after a purchase: nobody came back yet.") % {"days": days}
    return _(
        "A customer counts as active for %(days)s after a purchase: nine of ten gaps between visits are no longer "
        "(kept between %(low)s and %(high)s)."
    ) % {"days": days, "low": figures.number(30), "high": figures.number(365)}


def late_definition() -> str:
    """The one sentence that says who is late, who is good and what is at stake."""
    return _(
        "Late: more than twice their own usual gap has passed since the last purchase. Good: came back before and "
        "belongs to those who bring the first %(good)s of sales. At stake: what they bought in the year up to their "
        "last purchase. Pillars bring the first %(pillars)s."
    ) % {"good": figures.percent(0.95), "pillars": figures.percent(0.8)}


def acts(analysis: Analysis) -> list[tuple[str, str]]:
    """What to do first, and why: at most three."""
    found = []
    good, pillars, once = analysis.lateness.good, analysis.lateness.pillars, analysis.ladder.buyer.customers
    if good.customers:
        act = ngettext("Write to the one who is late", "Write to the %(count)s who are late", good.customers)
        why = _("%(money)s a year at stake") % {"money": _cash(analysis, good.revenue)}
        found.append((act % {"count": figures.number(good.customers)}, why))
    if pillars.customers:
        act = ngettext("Call the pillar who slips", "Call the %(count)s pillars who slip", pillars.customers)
        why = _("%(money)s of it; a call says more than a letter") % {"money": _cash(analysis, pillars.revenue)}
        found.append((act % {"count": figures.number(pillars.customers)}, why))
    if once:
        each = max(round(once / 100), 1)
        people = ngettext("%(count)s person", "%(count)s people", each) % {"count": figures.number(each)}
        why = _("each point more is %(people)s") % {"people": people} if once >= 100 else customers(once)
        found.append((_("Bring once-buyers back"), why))
    return found


def rfm_table(analysis: Analysis) -> tuple[str, list[str], list[list[str]], str]:
    rows = [
        [_(g.group), figures.number(g.customers), figures.money(g.revenue, analysis.currency, whole=True)]
        for g in analysis.rfm_groups
        if g.customers
    ]
    definition = _("RFM: everyone in five classes by last purchase, number of purchases and sales; groups by name.")
    return _("Groups by recency, frequency and money"), [_("Group"), _("Customers"), _("Sales")], rows, definition


def lever_rows(found: Levers, currency: str) -> list[list[str]]:
    """What each lever would make of a customer's value: its name, the value, what that adds."""
    share = {"share": figures.percent(float(found.up))}
    named = (
        (_("as it is"), found.now),
        (_("average purchase %(share)s larger") % share, found.receipt),
        (_("purchases %(share)s more often") % share, found.often),
        (_("%(share)s fewer leave") % share, found.life),
        (_("all three"), found.all),
    )

    def cash(minor: float) -> str:
        return figures.money(minor, currency, whole=abs(float(found.now)) >= 100_000)

    return [
        [name, cash(float(value)), "" if n == 0 else "+" + cash(float(value - found.now))]
        for n, (name, value) in enumerate(named)
    ]


def levers_definition() -> str:
    return _(
        "Of S × C × P × T: a larger average purchase moves S, more frequent ones C, fewer who leave T ÷ (1 − share)."
    )


def levers_table(analysis: Analysis) -> tuple[str, list[str], list[list[str]], str] | None:
    """The three levers of lifetime value; in sales where no margin is known."""
    ltv = analysis.ltv
    if ltv.mean_receipt is None or ltv.receipts_a_month is None or ltv.life is None or ltv.revenue <= 0:
        return None
    margin = Fraction(1) if ltv.margin is None else ltv.margin
    found = levers(receipt=ltv.mean_receipt, often=ltv.receipts_a_month, life=ltv.life, margin=margin)
    heads = [_("Lever"), _("sales of a customer") if ltv.margin is None else _("Lifetime value"), _("more")]
    return _("What a little more would bring"), heads, lever_rows(found, analysis.currency), levers_definition()


def cells_table(analysis: Analysis) -> tuple[str, list[str], list[list[str]], str]:
    heads = ["", "X", "Y", "Z", "N"]
    rows = [[a, *(figures.number(analysis.cells[c].customers) for c in CELLS if c[0] == a)] for a in "ABC"]
    definition = _(
        "Customers by share of sales (A the first %(a)s, B the next %(b)s, C the rest) and steadiness from month to "
        "month (X steady, Y some swing, Z by fits and starts, N too new to tell)."
    ) % {"a": figures.percent(0.8), "b": figures.percent(0.15)}
    return _("Worth and steadiness (ABC, XYZ)"), heads, rows, definition


def retention_table(analysis: Analysis) -> tuple[str, list[str], list[list[str]], str]:
    rows = [
        [
            figures.month(p.month, year=True),
            *(figures.number(n) for n in (p.start, p.end, p.new)),
            "–" if p.rate is None else figures.percent(float(p.rate) / 100),
        ]
        for p in analysis.crr[-12:]
    ]
    heads = [_("Month"), _("Start (S)"), _("End (E)"), _("New (N)"), _("Kept")]
    return _("Kept customers, month by month"), heads, rows, _("The last twelve whole months.")
