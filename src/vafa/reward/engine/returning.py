"""A return: what remains of the purchase is valued again, and the difference goes back.

The tier and the gates of the purchase stay as they were; a gate that counts on ("every 100") is
turned back on the counter as it stands, while its window lasts. What can't be taken from the
purchase's own lot is owed, forgiven or left, as the unit's policy says.
"""

from __future__ import annotations

from vafa.reward.engine import plan as p
from vafa.reward.engine.activity import Activity
from vafa.reward.engine.measuring import measure_all
from vafa.reward.engine.spans import window_of
from vafa.reward.engine.step import Receipt, Walk, count, counter_now, round_unit


def give_back(walk: Walk, activity: Activity) -> None:
    """Take back what the returned part had brought.

    A return that names no purchase is taken from the latest purchases first, so that nobody keeps
    points by leaving the receipt at home.
    """
    receipts = walk.receipts or {}
    if activity.returns:
        named = receipts.get(activity.returns)
        if named is not None:
            _return_part(walk, activity, named, min(activity.amount, named.amount))
        return
    left = activity.amount
    for sale in sorted(receipts, key=lambda sale: (receipts[sale].day, sale), reverse=True):
        part = min(left, receipts[sale].amount)
        if part > 0 and receipts[sale].day <= activity.day:
            _return_part(walk, activity, receipts[sale], part)
            left -= part
        if left == 0:
            return


def _return_part(walk: Walk, activity: Activity, receipt: Receipt, amount: int) -> None:
    plan = walk.plan
    share = activity._replace(amount=amount, kind="sale")
    told = measure_all(plan.measures, share if amount == activity.amount else share._replace(lines=(), measured=()))
    receipt.amount -= amount
    gone = receipt.amount == 0
    back = [
        have if gone else 0 if plan.measures.rule[row] == "visit" else min(have, told[row])
        for row, have in enumerate(receipt.measures)
    ]
    before = [counter_now(walk, c, activity.day) for c in range(len(plan.counters.ids))]
    for counter, measure in enumerate(plan.counters.measure):
        if measure >= 0:
            _uncount(walk, receipt, counter, back[measure])
    receipt.measures = [have - taken for have, taken in zip(receipt.measures, back, strict=True)]
    for rule, worth in enumerate(_worth(walk, activity, receipt, before)):
        if worth < receipt.granted[rule]:
            _take(walk, activity, receipt, rule, receipt.granted[rule] - worth)
            receipt.granted[rule] = worth


def _uncount(walk: Walk, receipt: Receipt, counter: int, amount: int) -> None:
    """Counters fall on the day on which the purchase had raised them."""
    count(walk, counter, receipt.day, -amount)


def _worth(walk: Walk, activity: Activity, receipt: Receipt, before: list[int]) -> list[int]:
    """What each rule grants for what remains."""
    plan = walk.plan
    exact = [0] * len(plan.units.ids)
    rounded = [0] * len(plan.units.ids)
    worth = []
    for rule, unit in enumerate(plan.earns.unit):
        granted = receipt.granted[rule]
        if receipt.amount < plan.earns.min_basket[rule]:
            worth.append(0)
        elif plan.earns.gate[rule] == p.EVERY:
            worth.append(max(0, granted - _turned_back(walk, activity, receipt, rule, before)))
        elif plan.earns.gate[rule] == p.CROSSES:
            worth.append(0 if receipt.amount == 0 else granted)
        else:
            exact[unit] += receipt.measures[plan.earns.measure[rule]] * plan.earns.numerator[rule][receipt.tier]
            now = round_unit(plan, unit, exact[unit]) - rounded[unit]
            rounded[unit] += now
            worth.append(min(granted, now) if granted else 0)
    return worth


def _turned_back(walk: Walk, activity: Activity, receipt: Receipt, rule: int, before: list[int]) -> int:
    """How many hundreds (or whatever is counted) the counter fell by."""
    plan = walk.plan
    counter, every = plan.earns.gate_counter[rule], plan.earns.gate_low[rule]
    if receipt.counter_window[counter] == window_of(activity.day, plan.counters.window[counter], plan.calendar):
        fallen = before[counter] // every - counter_now(walk, counter, activity.day) // every
    else:
        start = receipt.counter_before[counter]
        remaining = receipt.measures[plan.counters.measure[counter]] if plan.counters.measure[counter] >= 0 else 0
        fallen = receipt.granted[rule] // plan.earns.gives[rule] - ((start + remaining) // every - start // every)
    return fallen * plan.earns.gives[rule]


def _take(walk: Walk, activity: Activity, receipt: Receipt, rule: int, amount: int) -> None:
    plan, state = walk.plan, walk.state
    unit, reason, day = plan.earns.unit[rule], plan.earns.ids[rule], activity.day
    policy = plan.units.returns[unit]
    lot = receipt.lots.get(unit)
    if plan.earns.gate[rule] == p.CROSSES:
        state.gate_fired[rule] = 0
    for counter, fed_by in enumerate(plan.counters.unit):
        if fed_by == unit:
            count(walk, counter, receipt.day, -amount)
    if lot is None or (policy == p.ONLY_PENDING and lot.available_day <= day):
        return
    taken = min(amount, lot.left)
    if taken:
        lot.left -= taken
        walk.say(activity.id, day, "return", unit, -taken, reason, lot)
    gone = min(lot.expired, amount - taken)  # nobody has what expired
    lot.expired -= gone
    short = amount - taken - gone
    if short > 0 and policy == p.OWED:
        state.owed[unit] += short
        walk.say(activity.id, day, "owed", unit, -short, reason)
