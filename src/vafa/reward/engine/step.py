"""One closed step: time passes, then the activity happens. Every policy is a small function.

Order at one instant: lots expire, the tier's term ends, then the activity: counters, (the tier,
where the crossing purchase earns at the new one), earning rule after rule, debts, the tier, automatic
rewards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vafa.reward.engine import plan as p
from vafa.reward.engine.activity import Activity, Effect
from vafa.reward.engine.measuring import measure_all
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.spans import first_dead_day, window_begins, window_of
from vafa.reward.engine.state import Lot, State


@dataclass(slots=True)
class Receipt:
    """What a sale counted for and brought, kept while it may still be returned."""

    day: int
    tier: int
    amount: int  # what remains of it
    measures: list[int]
    counter_window: list[int]
    counter_before: list[int]
    granted: list[int]  # by earning rule
    lots: dict[int, Lot] = field(default_factory=dict)  # by unit


@dataclass(slots=True)
class Walk:
    """One member's walk: the state, what has been said, and the receipts that may be returned."""

    plan: Plan
    state: State
    effects: list[Effect] = field(default_factory=list)
    receipts: dict[int, Receipt] | None = None  # None: nothing will be returned

    def say(
        self, activity: int, day: int, kind: str, unit: int, amount: int, reason: str, lot: Lot | None = None
    ) -> None:
        state = self.state
        balance = 0
        for each in state.lots:
            if each.unit == unit and each.left and each.available_day <= day and not 0 <= each.expires_day <= day:
                balance += each.left
        expires = None if lot is None or lot.expires_day < 0 else lot.expires_day
        self.effects.append(
            Effect(
                activity,
                day,
                kind,
                self.plan.units.ids[unit],
                amount,
                reason,
                self.plan.tiers.ids[state.tier],
                lot.origin if lot else 0,
                lot.available_day if lot else day,
                expires,
                balance,
            )
        )


# Time passes ----------------------------------------------------------------------------------


def advance(walk: Walk, day: int) -> None:
    """Let time pass up to the beginning of ``day``: lots expire and the tier's term ends, in order."""
    state = walk.state
    if day <= state.day:
        return
    while 0 <= state.tier_until <= day:
        expire_lots(walk, state.tier_until)
        end_tier(walk, state.tier_until)
    expire_lots(walk, day)
    state.day = day


def expire_lots(walk: Walk, day: int) -> None:
    state = walk.state
    if state.next_expiry > day:
        return
    due = sorted((lot for lot in state.lots if lot.left and 0 <= lot.expires_day <= day), key=Lot.order)
    for lot in due:
        left, lot.left = lot.left, 0
        lot.expired += left
        walk.say(lot.origin, lot.expires_day, "expire", lot.unit, -left, "expired", lot)
    state.lots = [lot for lot in state.lots if lot.left]
    state.next_expiry = min((lot.expires_day for lot in state.lots if lot.expires_day >= 0), default=2**62)


def end_tier(walk: Walk, day: int) -> None:
    """The term is over: the tier is what the day before would give."""
    plan, state = walk.plan, walk.state
    before, state.tier_until = state.tier, -1
    state.tier = 0
    reached = highest_tier(walk, day - 1)
    if reached:
        hold_tier(walk, reached, day - 1)
        if 0 <= state.tier_until <= day:  # a term that is over at once must not be entered again
            state.tier, state.tier_until = 0, -1
    if state.tier != before:
        walk.effects.append(
            Effect(0, day, "tier", "", 0, plan.tiers.ids[state.tier], plan.tiers.ids[state.tier], 0, day, None, 0)
        )


# Counters and tiers ---------------------------------------------------------------------------


def counter_now(walk: Walk, counter: int, day: int) -> int:
    """The counter's value in the window of ``day``."""
    plan, state = walk.plan, walk.state
    window, count = plan.counters.window[counter], plan.counters.window_count[counter]
    if window in (p.ROLLING_DAYS, p.ROLLING_MONTHS):
        begins = window_begins(day, window, count, plan.calendar)
        return sum(amount for c, d, amount in state.entries if c == counter and begins <= d <= day)
    if state.counter_window[counter] != window_of(day, window, plan.calendar):
        return 0
    return state.counter_value[counter]


def count(walk: Walk, counter: int, day: int, amount: int) -> None:
    plan, state = walk.plan, walk.state
    if not amount:
        return
    window, length = plan.counters.window[counter], plan.counters.window_count[counter]
    if window in (p.ROLLING_DAYS, p.ROLLING_MONTHS):
        begins = window_begins(state.day, window, length, plan.calendar)
        state.entries = [e for e in state.entries if e[0] != counter or e[1] >= begins]
        state.entries.append((counter, day, amount))
        return
    number = window_of(day, window, plan.calendar)
    if state.counter_window[counter] == number:
        state.counter_value[counter] += amount
    elif state.counter_window[counter] < number:
        state.counter_window[counter], state.counter_value[counter] = number, amount
    # an amount of a window that is over already changes nothing any more


def highest_tier(walk: Walk, day: int) -> int:
    """The highest tier whose condition holds on ``day``."""
    tiers = walk.plan.tiers
    for tier in range(len(tiers.ids) - 1, 0, -1):
        if any(all(counter_now(walk, c, day) >= n for c, n in clause) for clause in tiers.clauses[tier]):
            return tier
    return 0


def hold_tier(walk: Walk, tier: int, day: int) -> None:
    plan, state = walk.plan, walk.state
    state.tier = tier
    state.tier_until = first_dead_day(day, plan.tiers.valid_kind[tier], plan.tiers.valid_count[tier], plan.calendar)


def reach_tier(walk: Walk, activity: int, day: int) -> None:
    """Climb where a condition is met; reaching the same tier again prolongs it at once."""
    if len(walk.plan.tiers.ids) == 1:
        return
    reached = highest_tier(walk, day)
    if reached < walk.state.tier or reached == 0:
        return
    climbed = reached > walk.state.tier
    hold_tier(walk, reached, day)
    if climbed:
        name = walk.plan.tiers.ids[reached]
        walk.effects.append(Effect(activity, day, "tier", "", 0, name, name, 0, day, None, 0))


# Earning --------------------------------------------------------------------------------------


def sale(walk: Walk, activity: Activity) -> None:
    """A sale or a joining: counters, rules, debts, tier, automatic rewards."""
    plan, state, day = walk.plan, walk.state, activity.day
    measures = measure_all(plan.measures, activity)
    before = [counter_now(walk, c, day) for c in range(len(plan.counters.ids))]
    for counter, measure in enumerate(plan.counters.measure):
        if measure >= 0:
            count(walk, counter, day, measures[measure])
    if plan.crossing_new:
        reach_tier(walk, activity.id, day)
    receipt = Receipt(day, state.tier, activity.amount, measures, [], before, [])
    receipt.granted = earn_all(walk, activity, receipt)
    if walk.receipts is not None:
        receipt.counter_window = [window_of(day, w, plan.calendar) for w in plan.counters.window]
        walk.receipts[activity.id] = receipt
    if not plan.crossing_new:
        reach_tier(walk, activity.id, day)
    give_automatic_rewards(walk, activity)


def earn_all(walk: Walk, activity: Activity, receipt: Receipt) -> list[int]:
    """Rule after rule; the rules of one unit share one rounding. Returns what each granted."""
    plan, day = walk.plan, activity.day
    exact = [0] * len(plan.units.ids)
    rounded = [0] * len(plan.units.ids)
    granted = [0] * len(plan.earns.ids)
    joining = activity.kind == "signup"
    for rule, unit in enumerate(plan.earns.unit):
        if bool(plan.earns.on_joining[rule]) != joining or activity.amount < plan.earns.min_basket[rule]:
            continue
        amount = rule_amount(walk, rule, receipt, day)
        if amount is None:
            continue
        if plan.earns.gate[rule] in (p.EVERY, p.CROSSES):
            won = amount
        else:
            exact[unit] += amount
            won = round_unit(plan, unit, exact[unit]) - rounded[unit]
            rounded[unit] += won
        won = within_cap(walk, rule, day, won)
        if won <= 0:
            continue
        granted[rule] = won
        open_lot(walk, activity.id, day, rule, unit, won, receipt)
        feed_counters(walk, unit, day, won)
    settle_debts(walk, activity.id, day, receipt)
    return granted


def rule_amount(walk: Walk, rule: int, receipt: Receipt, day: int) -> int | None:
    """What a rule gives: exact numerators, or whole units where a gate counts them; None: it does not fire."""
    plan, state = walk.plan, walk.state
    gate = plan.earns.gate[rule]
    if gate == p.OPEN:
        return receipt.measures[plan.earns.measure[rule]] * plan.earns.numerator[rule][receipt.tier]
    counter = plan.earns.gate_counter[rule]
    low, high = plan.earns.gate_low[rule], plan.earns.gate_high[rule]
    before, after = receipt.counter_before[counter], counter_now(walk, counter, day)
    if gate == p.EVERY:
        return (after // low - before // low) * plan.earns.gives[rule]
    if gate == p.CROSSES:
        window = window_of(day, plan.counters.window[counter], plan.calendar)
        if after < low or (state.gate_window[rule] == window and state.gate_fired[rule]):
            return None
        state.gate_window[rule], state.gate_fired[rule] = window, 1
        return plan.earns.gives[rule]
    if before < low or (high >= 0 and before >= high):
        return None
    return receipt.measures[plan.earns.measure[rule]] * plan.earns.numerator[rule][receipt.tier]


def round_unit(plan: Plan, unit: int, exact: int) -> int:
    denominator = plan.units.denominator[unit]
    if plan.units.half_up[unit]:
        return (2 * exact + denominator) // (2 * denominator)
    return exact // denominator


def within_cap(walk: Walk, rule: int, day: int, won: int) -> int:
    plan, state = walk.plan, walk.state
    window = plan.earns.cap_window[rule]
    if window < 0 or won <= 0:
        return won
    if window == p.PURCHASE:
        return min(won, plan.earns.cap_most[rule])
    number = window_of(day, window, plan.calendar)
    if state.cap_window[rule] != number:
        state.cap_window[rule], state.cap_used[rule] = number, 0
    won = min(won, plan.earns.cap_most[rule] - state.cap_used[rule])
    state.cap_used[rule] += won
    return won


def open_lot(walk: Walk, activity: int, day: int, rule: int, unit: int, won: int, receipt: Receipt) -> None:
    plan, state = walk.plan, walk.state
    lot = receipt.lots.get(unit)
    if lot is None:
        available = day + plan.units.pending_days[unit]
        kind, length = plan.units.term_kind[unit][receipt.tier], plan.units.term_count[unit][receipt.tier]
        lot = Lot(unit, activity, 0, 0, day, available, first_dead_day(day, kind, length, plan.calendar))
        receipt.lots[unit] = lot
        state.lots.append(lot)
        if lot.expires_day >= 0:
            state.next_expiry = min(state.next_expiry, lot.expires_day)
    lot.granted += won
    lot.left += won
    kind_of = "issue" if plan.units.issued[unit] else "bonus" if plan.earns.bonus[rule] else "earn"
    walk.say(activity, day, kind_of, unit, won, plan.earns.ids[rule], lot)


def feed_counters(walk: Walk, unit: int, day: int, won: int) -> None:
    for counter, fed_by in enumerate(walk.plan.counters.unit):
        if fed_by == unit:
            count(walk, counter, day, won)


def settle_debts(walk: Walk, activity: int, day: int, receipt: Receipt) -> None:
    """What is owed after an earlier return is taken from what was just earned."""
    state = walk.state
    for unit, lot in receipt.lots.items():
        paid = min(state.owed[unit], lot.left)
        if paid > 0:
            state.owed[unit] -= paid
            lot.left -= paid
            walk.say(activity, day, "owed", unit, -paid, "owed", lot)


# Spending -------------------------------------------------------------------------------------


def spendable(state: State, unit: int, day: int) -> int:
    return sum(
        lot.left
        for lot in state.lots
        if lot.unit == unit and lot.available_day <= day and not 0 <= lot.expires_day <= day
    )


def draw(walk: Walk, activity: int, day: int, kind: str, unit: int, wanted: int, reason: str) -> int:
    """Take units from the lots: earliest expiry, then earliest earned, then id. Returns what was there."""
    left = wanted
    for lot in sorted((lot for lot in walk.state.lots if lot.unit == unit and lot.left), key=Lot.order):
        if left == 0:
            break
        if lot.available_day > day or 0 <= lot.expires_day <= day:
            continue
        taken = min(left, lot.left)
        lot.left -= taken
        left -= taken
        walk.say(activity, day, kind, unit, -taken, reason, lot)
    return wanted - left


def redeem(walk: Walk, activity: Activity) -> None:
    """A reward that was taken: a fact, for as many units as it took."""
    plan = walk.plan
    if activity.reward not in plan.rewards.ids:
        return
    row = plan.rewards.ids.index(activity.reward)
    price = activity.units or plan.rewards.price[row]
    draw(walk, activity.id, activity.day, "redeem", plan.rewards.unit[row], price, activity.reward)


def give_automatic_rewards(walk: Walk, activity: Activity) -> None:
    """Rewards that come by themselves, in the document's order, as often as they are affordable."""
    plan, state, day = walk.plan, walk.state, activity.day
    for row, auto in enumerate(plan.rewards.auto):
        if not auto or (plan.rewards.tiers[row] and state.tier not in plan.rewards.tiers[row]):
            continue
        unit, price = plan.rewards.unit[row], plan.rewards.price[row]
        times = spendable(state, unit, day) // price
        if times:
            draw(walk, activity.id, day, "redeem", unit, times * price, plan.rewards.ids[row])
            issue(walk, activity.id, day, row, times)


def issue(walk: Walk, activity: int, day: int, row: int, times: int) -> None:
    """What a reward gives is a lot of its own unit."""
    plan, state = walk.plan, walk.state
    unit = plan.rewards.gives[row]
    if unit < 0:
        return
    kind, length = plan.units.term_kind[unit][state.tier], plan.units.term_count[unit][state.tier]
    amount = times * plan.rewards.amount[row]
    lot = next((lot for lot in state.lots if lot.unit == unit and lot.origin == activity), None)
    if lot is None:
        lot = Lot(unit, activity, 0, 0, day, day, first_dead_day(day, kind, length, plan.calendar))
        state.lots.append(lot)
        if lot.expires_day >= 0:
            state.next_expiry = min(state.next_expiry, lot.expires_day)
    lot.granted += amount
    lot.left += amount
    walk.say(activity, day, "issue", unit, amount, plan.rewards.ids[row], lot)
