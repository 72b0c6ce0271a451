"""Why a movement was, and why a rule gave nothing, in words with their own figures."""

from __future__ import annotations

from fractions import Fraction

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.reward.engine import fields as p
from vafa.reward.engine.account import KINDS
from vafa.reward.engine.activity import Activity, Effect
from vafa.reward.engine.measuring import measure_all
from vafa.reward.engine.plan import Plan
from vafa.reward.engine.rewarding import minor
from vafa.reward.programme import Earn, Reward, Unit
from vafa.reward.referral import ADVOCATE, BIRTHDAY, NEWCOMER
from vafa.reward.rules import MONEY
from vafa.reward.saying import counted, fraction, limit, money, window


def explain(plan: Plan, effect: Effect) -> str:
    """ "46 points: 1 for each $1 after discount" """
    if effect.kind == "tier":
        name = _(plan.tiers.names[plan.tiers.ids.index(effect.tier)])
        return _("%(tier)s from now on") % {"tier": name} if name else _("The tier's term is over")
    unit = plan.programme.unit(effect.unit)
    told = {"units": counted(unit, abs(effect.amount), plan.currency), "unit": _(unit.name)}
    if effect.kind in ("earn", "bonus", "issue"):
        return _("%(units)s: %(why)s") % (told | {"why": why(plan, effect)})
    if effect.kind == "redeem":
        return _("%(units)s used: %(why)s") % (told | {"why": _reward_name(plan, effect.reason)})
    if effect.kind == "owed":
        netted = effect.lot and effect.reason == "owed"
        words = _("%(units)s kept for what was owed after a return") if netted else _("%(units)s owed after a return")
        return words % told
    known = {
        "return": _("%(units)s taken back with the returned goods"),
        "expire": _("%(units)s not used in time"),
        "cancel": _("%(units)s given back: the reward was cancelled"),
        "forfeit": _("%(units)s forfeited"),
        "adjust": _("%(units)s corrected by hand"),
    }
    return known.get(effect.kind, "%(units)s") % told


def _rule(plan: Plan, name: str) -> Earn | None:
    return next((earn for earn in plan.programme.earns if earn.id == name), None)


def _reward(plan: Plan, name: str) -> Reward | None:
    return next((reward for reward in plan.programme.rewards if reward.id == name), None)


def _reward_name(plan: Plan, name: str) -> str:
    reward = _reward(plan, name)
    return _(reward.name) if reward else name


def why(plan: Plan, effect: Effect) -> str:
    """The reason alone: "1 for each $1 after discount"."""
    earn = _rule(plan, effect.reason)
    if earn is None:
        reward = _reward(plan, effect.reason)
        if reward is None:
            return effect.reason
        price = counted(plan.programme.unit(reward.unit), reward.price, plan.currency)
        return _("for %(price)s") % {"price": price}
    return because(plan, earn, effect.tier)


def because(plan: Plan, earn: Earn, tier: str) -> str:
    """What a rule gives for: "1 for each $1 after discount", with the rate of ``tier``."""
    if earn.of == "signup":
        return _("welcome to the club")
    if earn.of == "event" and earn.when is None:
        return occasion(earn)
    if earn.when is not None and earn.when.every is not None:
        each = {"n": figures.number(earn.gives), "limit": limit(plan, earn.when.counter, earn.when.every)}
        if _counted_by(plan, earn) in MONEY:
            return _("%(n)s for each full %(limit)s spent") % each
        return _("%(n)s for each %(limit)s") % each
    if earn.when is not None and earn.when.crosses is not None:
        return _("for %(limit)s") % {"limit": limit(plan, earn.when.counter, earn.when.crosses)}
    rate = Fraction(earn.gives) * earn.by_tier.get(tier, Fraction(1))
    rate = rate / int(earn.per) if earn.of == "visit" else rate
    told = {"n": fraction(rate), "tier": _tier_name(plan, tier)}
    why = _for_each(earn) % (told | {"per": _per(plan, earn)})
    if earn.factor is not None:
        why = _("%(why)s, some goods several times") % {"why": why}
    return _("%(why)s, as %(tier)s") % {"why": why, **told} if tier in earn.by_tier and told["tier"] else why


def _per(plan: Plan, earn: Earn) -> str:
    if earn.of in MONEY:
        return money(minor(earn.per, plan.currency), plan.currency)
    return figures.number(int(earn.per))


def _for_each(earn: Earn) -> str:
    if earn.of == "amount":
        return _("%(n)s for each %(per)s after discount")
    if earn.of == "amount_before_tax":
        return _("%(n)s for each %(per)s after discount, without tax")
    if earn.of == "amount_before_discount":
        return _("%(n)s for each %(per)s before discount")
    if earn.of.startswith("items"):
        return ngettext("%(n)s for each item", "%(n)s for every %(per)s items", int(earn.per))
    return _("%(n)s for the purchase")


def occasion(earn: Earn) -> str:
    """What an event is called: "for your birthday"."""
    known = {
        BIRTHDAY: _("for the birthday"),
        ADVOCATE: _("for bringing somebody to the club"),
        NEWCOMER: _("for coming with a member"),
        "review": _("for a review"),
        "survey": _("for answering questions"),
        "visit": _("for coming by"),
    }
    names = earn.where["event"]
    return _(", ").join(known.get(name, _("for “%(event)s”") % {"event": name}) for name in names)


def _looks_at(plan: Plan, row: int, activity: Activity) -> bool:
    """Whether the rule looks at such an activity; of an event, at that one."""
    if plan.earns.on[row] not in (p.ANY, KINDS[activity.kind]):
        return False
    return activity.kind != "event" or activity.event in plan.programme.earns[row].where.get("event", ())


def _tier_name(plan: Plan, tier: str) -> str:
    return _(plan.tiers.names[plan.tiers.ids.index(tier)]) if tier in plan.tiers.ids else ""


def _counted_by(plan: Plan, earn: Earn) -> str:
    return next(c.of for c in plan.programme.counters if earn.when is not None and c.id == earn.when.counter)


def silent(plan: Plan, activity: Activity, effects: list[Effect]) -> list[str]:
    """For each rule that gave nothing for ``activity``, a sentence why; ``effects``: what the step said of it."""
    gave = {effect.reason for effect in effects if effect.activity == activity.id}
    measures = measure_all(plan.measures, activity)
    return [
        _silence(plan, row, earn, activity, measures)
        for row, earn in enumerate(plan.programme.earns)
        if earn.id not in gave and _looks_at(plan, row, activity)
    ]


def _silence(plan: Plan, row: int, earn: Earn, activity: Activity, measures: list[int]) -> str:
    unit: Unit = plan.programme.unit(earn.unit)
    told = {"unit": _(unit.name), "rule": earn.id}
    if activity.amount < plan.earns.min_basket[row]:
        least = money(plan.earns.min_basket[row], plan.currency)
        return _("No %(unit)s (%(rule)s): only for purchases of %(least)s or more.") % (told | {"least": least})
    if (earn.where or earn.unless) and not measures[plan.earns.measure[row][0]]:
        wanted = _(", ").join(value for values in earn.where.values() for value in values)
        return _("No %(unit)s (%(rule)s): nothing in the purchase is %(wanted)s.") % (told | {"wanted": wanted})
    gate = plan.earns.gate[row]
    if gate != p.OPEN and earn.when is not None:
        counter = plan.programme.counters[plan.earns.gate_counter[row]]
        value = earn.when.every or earn.when.crosses or earn.when.min or earn.when.below or 0
        told |= {"limit": limit(plan, counter.id, value), "window": window(counter.window)}
        if gate == p.EVERY:
            return _("No %(unit)s (%(rule)s): the next full %(limit)s %(window)s is not reached yet.") % told
        return _("No %(unit)s (%(rule)s): %(limit)s %(window)s is not where it stands.") % told
    exact = measures[plan.earns.measure[row][0]] * max(plan.earns.numerator[row])
    if earn.cap is not None and exact >= plan.units.denominator[plan.earns.unit[row]]:
        most = counted(unit, earn.cap.max, plan.currency)
        return _("No %(unit)s (%(rule)s): the most of %(most)s was reached.") % (told | {"most": most})
    if (earn.budget is not None or earn.first) and exact >= plan.units.denominator[plan.earns.unit[row]]:
        return _("No %(unit)s (%(rule)s): all that was set aside for it is given.") % told
    return _("No %(unit)s (%(rule)s): the amount is too small for one.") % told
