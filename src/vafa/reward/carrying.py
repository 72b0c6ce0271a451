"""From one version of a programme to the next: what lives on, and what can't be carried over. Pure.

Units that the new version no longer names stay in the wallets, with the rewards that they buy: what was
promised for them holds until they are used or expire.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward import engine
from vafa.reward.programme import Programme, Reward


def plans(versions: Sequence[tuple[int, Programme]], *, calendar: str, currency: str) -> tuple[engine.Plan, ...]:
    """The plans of versions in order, each with its first day, on one common course."""
    programmes = [made for _day, made in versions[:1]]
    for _day, made in versions[1:]:
        programmes.append(carried(programmes[-1], made))
    compiled = [engine.compile(made, calendar=calendar, currency=currency) for made in programmes]
    return engine.succeed(compiled, [day for day, _made in versions[1:]])


def carried(before: Programme, after: Programme) -> Programme:
    """The later programme, and beside it what lives on of the earlier; a Refusal where something can't be carried."""
    _alike(before, after)
    _watched(before, after)
    mine = {unit.id for unit in after.units}
    left = [unit for unit in before.units if unit.id not in mine]
    names = tuple(unit.id for unit in left)
    bought = [_for_those_there(reward, after) for reward in before.rewards if reward.unit in names]
    for reward in bought:
        if any(other.id == reward.id for other in after.rewards):
            raise Refusal(
                "reward_still_promised",
                _("“%(reward)s” is promised for “%(unit)s”, which members may still hold."),
                _("Give the new reward another id, or keep the unit."),
                reward=reward.id,
                unit=reward.unit,
            )
    return replace(after, units=(*after.units, *left), rewards=(*after.rewards, *bought), left=names)


def _alike(before: Programme, after: Programme) -> None:
    kinds = {unit.id: (unit.money, unit.gift) for unit in before.units}
    for unit in after.units:
        if kinds.get(unit.id, (unit.money, unit.gift)) != (unit.money, unit.gift):
            raise Refusal(
                "unit_of_another_kind",
                _("“%(unit)s” can't become money or a gift, or cease to be it, while members hold it."),
                _("Give the new unit another id."),
                unit=unit.id,
            )


def _watched(before: Programme, after: Programme) -> None:
    """A tier that was given for good can't be watched."""
    if after.assess != "continuous" or before.assess == "continuous":
        return
    for_good = {tier.id for tier in before.tiers if tier.valid == "always" or before.downgrade == "keep"}
    for tier in after.tiers:
        if tier.id in for_good and after.downgrade != "keep":
            raise Refusal(
                "tier_given_for_good",
                _("“%(tier)s” was given for good; a programme that watches its tiers would take it away."),
                _('Keep assess = "at end", or give the tier another id.'),
                tier=tier.id,
            )


def _for_those_there(reward: Reward, after: Programme) -> Reward:
    """Who was promised it by a tier that ends isn't shut out by its end."""
    known = {tier.id for tier in after.tiers} | {"member"}
    kept = tuple(tier for tier in reward.tiers if tier in known)
    return replace(reward, tiers=kept)
