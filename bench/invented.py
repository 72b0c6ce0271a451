"""How good is the forecast in shops whose customers' ways are known, because they are invented?

``python -m bench.invented [--seed N]``: one row a shop and split, and what ``bench.quality`` judges of it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from bench import quality

from vafa.segment.clv.counts import Buyers, buyers
from vafa.segment.clv.forecast import Forecaster

SPLITS = ((0.5, 0.25), (0.66, 0.33), (0.75, 0.12))  # known share of the days, horizon


@dataclass(frozen=True)
class Shop:
    """Rates a week are gamma (``shape``; 0: one for all) with mean ``rate`` × shape; gaps Erlang-``k``."""

    people: int = 3000
    days: int = 540
    shape: float = 1.0
    rate: float = 0.1
    leaves: float = 0.0  # with this probability after each purchase, or beta(…, …)
    beta: tuple[float, float] | None = None
    lifetime: float = 0.0  # weeks, exponential
    k: int = 1
    season: float = 0.0  # share by which a year goes up and down
    growing: bool = False  # arrivals
    within: int = 0  # days in which all arrive
    every: int = 0  # days: a subscription

    def buyers(self, seed: int) -> Buyers:
        drawn = np.random.default_rng(seed)
        who: list[int] = []
        when: list[int] = []
        for person in range(self.people):
            for day in self._visits(drawn):
                who.append(person)
                when.append(day)
        return buyers(np.array(who), np.array(when), self.people)

    def _visits(self, drawn: np.random.Generator) -> Iterator[int]:
        came = drawn.random()
        at = (self.within or self.days) * (float(np.sqrt(came)) if self.growing else came)
        weekly = drawn.gamma(self.shape, self.rate) if self.shape else self.rate
        rate = max(weekly * (1 + self.season) / 7, 1e-6)
        leaves = drawn.beta(*self.beta) if self.beta else self.leaves
        end = at + drawn.exponential(self.lifetime * 7) if self.lifetime else np.inf
        while at < min(end, self.days):
            height = (1 + self.season * np.sin(2 * np.pi * at / 365)) / (1 + self.season)
            if not self.season or drawn.random() < height:
                yield int(at)
                if drawn.random() < leaves:
                    return
            step = self.every + drawn.normal(0, 2) if self.every else drawn.gamma(self.k, 1 / (self.k * rate))
            at += max(step, 0.01)


SHOPS = {
    "all leave with .15": Shop(leaves=0.15, rate=0.08),
    "one rate, all leave with .15": Shop(shape=0, rate=0.12, leaves=0.15),
    "all leave with .3": Shop(shape=0.8, rate=0.15, leaves=0.3),
    "all leave with .05": Shop(shape=1.5, rate=0.12, leaves=0.05),
    "nobody leaves": Shop(shape=0.7, rate=0.08),
    "one rate, nobody leaves": Shop(shape=0, rate=0.06),
    "some leave": Shop(shape=0.6, rate=0.15, beta=(0.8, 2.5)),
    "some leave at once, some never": Shop(shape=1.2, rate=0.15, beta=(0.3, 0.9)),
    "lifetimes of 30 weeks": Shop(rate=0.15, lifetime=30),
    "regular, some leave": Shop(shape=2, rate=0.08, beta=(0.5, 2.5), k=4),
    "regular, nobody leaves": Shop(shape=1.5, rate=0.06, k=3),
    "seasonal, three years": Shop(rate=0.1, beta=(0.8, 3), season=0.4, days=1000),
    "seasonal": Shop(rate=0.1, lifetime=60, season=0.3),
    "growing": Shop(shape=0.8, rate=0.12, beta=(0.6, 2), growing=True),
    "subscription": Shop(every=30, leaves=0.08),
    "subscription, some leave": Shop(every=28, beta=(0.5, 4)),
    "short": Shop(rate=0.3, leaves=0.1, days=200),
    "few, some leave": Shop(people=500, shape=0.8, rate=0.12, beta=(0.8, 2.5)),
    "few, all leave with .15": Shop(people=500, shape=1.2, rate=0.15, leaves=0.15),
    "all come at once, some leave": Shop(shape=0.25, rate=0.22, beta=(0.8, 2.4), within=84),
    "all come at once and leave with .2": Shop(shape=0.7, rate=0.15, leaves=0.2, within=84),
    "grocery": Shop(people=2000, shape=1.5, rate=0.8, lifetime=150),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=100)
    asked = parser.parse_args()
    print(
        "| shop | split | days | Gini less the better | bias | inside | worst decile | by chance | coverage | order |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for number, (name, shop) in enumerate(SHOPS.items()):
        bought = shop.buyers(asked.seed + number)
        for known, ahead in SPLITS:
            split, horizon = int(shop.days * known), int(shop.days * ahead)
            found = Forecaster(bought, split).forecast(horizon)
            actual = bought.bought_in(split, split + horizon)[found.who]
            seen = quality.judge(found, actual)
            less = seen["gini"] - max(seen["gini_bgnbd"], seen["gini_rank"])
            inside = "yes" if seen["total_low"] <= seen["actual_total"] <= seen["total_high"] else "no"
            print(
                f"| {name} | {split} | {horizon} | {less:+.4f} | {seen['bias_total']:+.1%} | {inside} "
                f"| {seen['worst_decile_gap']:.3f} | {seen['noise90']:.3f} "
                f"| {seen['fair_coverage']:.1%} | {seen['order']} |"
            )


if __name__ == "__main__":
    main()
