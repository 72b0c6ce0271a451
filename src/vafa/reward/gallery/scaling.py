"""A programme's text with its amounts of money multiplied; all else in it, comments too, stays as it was written."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from decimal import Decimal
from typing import Any

import tomlkit

from vafa.core.money import digits
from vafa.reward import programme
from vafa.reward.programme import STREAKS, Programme
from vafa.reward.rules import MONEY


def scaled(text: str, times: int, currency: str) -> str:
    """``text`` with every amount in major units ``times`` as large, for a shop of ``currency``."""
    if times == 1:
        return text
    document = tomlkit.parse(text)
    for table, key in _amounts(document, programme.load(text)):
        table[key] = tomlkit.value(f"{Decimal(str(table[key])) * times:.{max(digits(currency), 1)}f}")
    return tomlkit.dumps(document)


def _amounts(document: Any, made: Programme) -> Iterator[tuple[MutableMapping[str, Any], str]]:
    """The tables and keys at which money stands, in major units."""
    of_money = _counting_money(made)
    for table, keys in (*_units_and_counters(document, of_money), *_tiers(document, of_money)):
        yield from ((table, key) for key in keys if isinstance(table.get(key), float))
    for earn in document.get("earn", ()):
        keys = ["min_basket"] + (["per"] if earn.get("of", "amount") in MONEY else [])
        yield from ((earn, key) for key in keys if isinstance(earn.get(key), float))
        when = earn.get("when", {})
        if when.get("counter") in of_money:
            yield from ((when, key) for key in when if isinstance(when[key], float))
    monies = {unit.id for unit in made.units if unit.money} | {""}
    for reward in document.get("reward", ()):
        if reward.get("gives", "") in monies and isinstance(reward.get("amount"), float):
            yield reward, "amount"


def _counting_money(made: Programme) -> set[str]:
    return {counter.id for counter in made.counters if counter.of in MONEY and counter.window not in STREAKS}


def _units_and_counters(document: Any, of_money: set[str]) -> Iterator[tuple[Any, list[str]]]:
    for unit in document.get("unit", {}).values():
        yield unit, ["worth"]
    for counter in document.get("counter", ()):
        yield counter, ["goal"] if counter.get("of") in of_money else []


def _tiers(document: Any, of_money: set[str]) -> Iterator[tuple[Any, list[str]]]:
    for tier in document.get("tier", ()):
        for told in (tier.get("reach", ()), tier.get("keep", ())):
            for clause in [told] if isinstance(told, dict) else told:
                yield clause, [name for name in clause if name in of_money]
