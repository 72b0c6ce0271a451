"""How often each customer will buy within a horizon, how sure that is, and what can't be known.

The recipe: blend of five models, in the order that the shop's past prefers; the same made at an earlier day, as long a
horizon as the data allow, whose error corrects level and shape; hurdle intervals; a season index where two
years are known. What the shop's past says against a forecast stands in its ``marks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vafa.segment.clv import calibrating, intervals, ordering, season
from vafa.segment.clv.blend import Blend, blend
from vafa.segment.clv.calibrating import Correction, Trial
from vafa.segment.clv.counts import Buyers, Floats, Ints, standing
from vafa.segment.clv.regular import Rhythm, rhythm

SHORTEST = 90  # days of history
RETURNED = 200  # customers with a repeat in the inner hold-out


class Mark(NamedTuple):
    """A reason to trust a forecast less. Codes: ``season_unseen``; ``short_history`` (days);
    ``horizon_too_long`` (days of history); ``few_returned`` (customers); ``past_off`` (came ÷ forecast);
    ``dropout_unseen``; ``fit`` (a model's name and the codes of its fit)."""

    code: str
    figure: float | None = None
    detail: str = ""


@dataclass(frozen=True)
class Forecast:
    """One value for each customer known at ``day``, in ascending order of number; purchases are purchase days."""

    day: int
    horizon: int  # days
    who: Ints
    x: Ints
    gap: Ints  # days since the last purchase
    predicted: Floats
    p_buy: Floats
    p_alive: Floats
    low: Floats
    high: Floats
    w_low: Floats
    w_high: Floats
    variance: Floats
    total: float
    total_low: float
    total_high: float
    season: float  # factor that was used
    past: float | None  # what came ÷ what was forecast, in the inner hold-out
    trial: Trial | None  # the inner hold-out, as a shop can check it
    ranking_only: bool  # figures stand there, but only their order should be relied on
    marks: tuple[Mark, ...]
    plain: bool  # in the order of the plain rule, not the models' own
    blend: Blend


class Forecaster:
    """Forecasts from one day for any horizon; fits are made once."""

    def __init__(self, bought: Buyers, day: int) -> None:
        self.bought = bought.up_to(day)
        self.day = day
        self.first = int(self.bought.day.min()) if len(self.bought.day) else day
        self._blends: dict[int, Blend] = {}
        self.rhythm: Rhythm | None = None  # as of ``day``, once it was asked for

    def at(self, day: int) -> Blend:
        if day not in self._blends:
            then = standing(self.bought, day)
            if day != self.day:
                self._blends[day] = blend(then, self.at(self.day))
            else:
                self.rhythm = rhythm(then)
                self._blends[day] = blend(then, None, self.rhythm.fitted if self.rhythm.regular else None)
        return self._blends[day]

    def forecast(self, horizon: int) -> Forecast:
        """``horizon`` in days, from 1 on."""
        now = self.at(self.day)
        rows, where, people = now.rows, now.where, now.standing
        plain = ordering.compare(self.bought, now, horizon).plain
        raw = now.predicted(horizon, plain=plain)
        factor = season.index(self.bought, self.day, horizon)
        correction, size, returned, trial = self._learned(horizon, raw, rows.weights, plain)
        count, chance = correction.apply(*raw, rows.weights, factor)
        count = np.minimum(count, horizon)
        hurdle = intervals.Hurdle(count, chance, size, horizon)
        marks, ranking_only = self._marks(now, horizon, correction.log_factor, returned)
        unseen = any(mark.code == "season_unseen" for mark in marks)
        least = float(np.log(1.25)) if unseen else 0.0
        half = intervals.half_width(hurdle, rows.weights, correction.log_factor, least)
        total = float(rows.weights @ count)
        low, high, w_low, w_high = (column[where] for column in hurdle.interval())
        return Forecast(
            day=self.day,
            horizon=horizon,
            who=people.who,
            x=people.x,
            gap=self.day - people.last,
            predicted=count[where],
            p_buy=chance[where],
            p_alive=now.p_alive[where],
            low=low,
            high=high,
            w_low=w_low,
            w_high=w_high,
            variance=hurdle.variance[where],
            total=total,
            total_low=total * float(np.exp(-half)),
            total_high=total * float(np.exp(half)),
            season=factor,
            past=None if returned is None else float(np.exp(correction.log_factor)),
            trial=trial,
            ranking_only=ranking_only,
            marks=marks,
            plain=plain,
            blend=now,
        )

    def _learned(
        self, horizon: int, outer: tuple[Floats, Floats], weights: Floats, plain: bool
    ) -> tuple[Correction, float, int | None, Trial | None]:
        """What the inner hold-out teaches: the correction, the size of the spread, how many came back in it."""
        inner = min(horizon, (self.day - self.first) // 2)
        if inner < 1:
            return Correction(), 1.0, None, None
        start = self.day - inner
        past = self.at(start)
        came = self.bought.bought_in(start, self.day)[past.standing.who]
        factor = season.index(self.bought, start, inner)
        count, chance = (column[past.where] for column in past.predicted(inner, plain=plain))
        correction = calibrating.learn((count, chance), came, outer, weights, factor)
        fixed = correction.apply(count, chance, np.ones(len(count)), factor)
        trial = calibrating.trial(start, inner, count * factor, chance, came)
        return correction, calibrating.fit_size(*fixed, came), int((came > 0).sum()), trial

    def _marks(
        self, now: Blend, horizon: int, log_factor: float, returned: int | None
    ) -> tuple[tuple[Mark, ...], bool]:
        history = self.day - self.first
        refused = []
        if history < SHORTEST:
            refused.append(Mark("short_history", history))
        if horizon > 2 * history:
            refused.append(Mark("horizon_too_long", history))
        if (returned or 0) < RETURNED:
            refused.append(Mark("few_returned", returned or 0))
        marks = list(refused)
        if not season.seen(self.first, self.day, horizon):
            marks.append(Mark("season_unseen"))
        if abs(log_factor) > 0.25:
            marks.append(Mark("past_off", float(np.exp(log_factor))))
        if len(now.rows.x):
            alive = [float(now.rows.weights @ each) / now.rows.customers for each in now.alive]
            if min(alive) > 0.99:
                marks.append(Mark("dropout_unseen"))
        marks += [Mark("fit", None, " ".join((f.model.name, *f.warnings))) for f in now.used if f.warnings]
        return tuple(marks), bool(refused)


def forecast(bought: Buyers, *, day: int, horizon: int) -> Forecast:
    """Forecast for (day, day + horizon] from the purchases up to ``day``; later ones are not looked at."""
    return Forecaster(bought, day).forecast(horizon)
