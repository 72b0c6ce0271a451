"""A programme's rewards as columns, and its amounts in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from vafa.core.errors import Refusal
from vafa.core.money import digits
from vafa.core.words import gettext_noop as _
from vafa.reward.programme import Money, Programme, Reward


def minor(value: Money, currency: str) -> int:
    """Whole numbers are minor units already; decimals are major units."""
    if isinstance(value, int):
        return value
    scaled = value.scaleb(digits(currency))
    if scaled != scaled.to_integral_value():
        raise Refusal(
            "too_many_decimals", _("%(value)s has more decimals than %(currency)s has."), value=value, currency=currency
        )
    return int(scaled)


class Rewards(NamedTuple):
    ids: tuple[str, ...]
    unit: tuple[int, ...]
    price: tuple[int, ...]
    gives: tuple[int, ...]  # −1: its worth is taken off the bill
    amount: tuple[int, ...]
    auto: tuple[int, ...]
    kept: tuple[int, ...]  # 1: a certificate, kept in the wallet when it was asked for
    month: tuple[int, ...]  # of a yearly reward; else 0
    day: tuple[int, ...]
    forfeits: tuple[int, ...]
    least: tuple[int, ...]  # units that are taken at least; price and amount are those of one step
    share: tuple[int, ...]  # of ``whole`` parts of the bill; 0: whatever the bill is
    whole: tuple[int, ...]
    block: tuple[int, ...]  # 1: it comes in blocks of as many units as the member chose, ``least`` by default
    tiers: tuple[frozenset[int], ...]  # empty: everybody


def rewards_of(programme: Programme, units: Mapping[str, int], tiers: Mapping[str, int], currency: str) -> Rewards:
    money = {unit.id for unit in programme.units if unit.money} | {""}
    return Rewards(
        ids=tuple(reward.id for reward in programme.rewards),
        unit=tuple(units[reward.unit] for reward in programme.rewards),
        price=tuple(reward.chosen.step if reward.chosen else reward.price for reward in programme.rewards),
        gives=tuple(units.get(reward.gives, -1) for reward in programme.rewards),
        amount=tuple(_amount(reward, reward.gives in money, currency) for reward in programme.rewards),
        auto=tuple(int(reward.when == "auto") for reward in programme.rewards),
        kept=tuple(int(reward.gives in money - {""}) for reward in programme.rewards),
        month=tuple(int(reward.on[:2]) if reward.when == "yearly" else 0 for reward in programme.rewards),
        day=tuple(int(reward.on[3:]) for reward in programme.rewards),
        least=tuple(_least(reward) for reward in programme.rewards),
        block=tuple(int(bool(reward.thresholds)) for reward in programme.rewards),
        share=tuple(reward.chosen.share.numerator if reward.chosen else 0 for reward in programme.rewards),
        whole=tuple(reward.chosen.share.denominator if reward.chosen else 1 for reward in programme.rewards),
        forfeits=tuple(int(reward.remainder == "forfeit") for reward in programme.rewards),
        tiers=tuple(frozenset(tiers[tier] for tier in reward.tiers) for reward in programme.rewards),
    )


def _least(reward: Reward) -> int:
    if reward.thresholds:
        return reward.thresholds[0]
    return reward.chosen.min if reward.chosen else reward.price


def _amount(reward: Reward, money: bool, currency: str) -> int:
    """Its face value; of a chosen amount that of one step, which must be whole."""
    amount = minor(reward.amount, currency) if money else int(reward.amount)
    if reward.chosen is None:
        return amount
    worth = Fraction(amount * reward.chosen.step, reward.price)
    if worth.denominator > 1:
        raise Refusal(
            "uneven_step",
            _("A step of “%(id)s” is worth a fraction of the smallest coin."),
            _("Choose a larger “step”."),
            id=reward.id,
        )
    return int(worth)
