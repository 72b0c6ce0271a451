"""The programme of ``backtest.toml`` written by hand for numba, every figure a constant: what a general engine is held against."""

from __future__ import annotations

import numpy as np
from numba import njit

EARNED, REDEEMED, EXPIRED, STAMPS, VOUCHERS, VOUCHERS_EXPIRED = range(6)
LOTS = 4096  # of one member, at most


@njit(cache=True, nogil=True)
def totals(begins, day, amount, doubled, eager, month, dead12, dead3, until):  # type: ignore[no-untyped-def]
    """Units earned, redeemed and expired; by activity: day, cents, the part that counts twice; by day: tables."""
    found = np.zeros(6, np.int64)
    dies, left = np.zeros(LOTS, np.int64), np.zeros(LOTS, np.int64)
    voucher_dies, vouchers = np.zeros(LOTS, np.int64), np.zeros(LOTS, np.int64)
    for member in range(len(begins) - 1):
        first = oldest = lots = lot = issued = voucher = 0
        held = spent = year = used = 0
        capped = -1
        oldest = begins[member]
        for row in range(begins[member], begins[member + 1] + 1):
            over = row == begins[member + 1]
            today = until if over else day[row]
            while lot < lots and dies[lot] <= today:
                found[EXPIRED] += left[lot]
                held -= left[lot]
                lot += 1
            while voucher < issued and voucher_dies[voucher] <= today:
                found[VOUCHERS_EXPIRED] += vouchers[voucher]
                voucher += 1
            if over:
                break
            while oldest < row and day[oldest] <= today - 365:
                year -= amount[oldest]
                oldest += 1
            rate = 6 if year >= 70_000 else 5 if year >= 40_000 else 4
            cents = amount[row]
            won = (cents + doubled[row]) * rate // 400
            if month[today] != capped:
                capped, used = month[today], 0
            won = min(won, 400 - used)
            used += won
            found[STAMPS] += (spent + cents) // 10_000 - spent // 10_000
            spent += cents
            year += cents
            if won > 0:
                dies[lots], left[lots] = dead12[today], won
                lots += 1
                held += won
                found[EARNED] += won
            if eager[member] and held >= 300:
                wanted = held // 300 * 300
                found[REDEEMED] += wanted
                held -= wanted
                voucher_dies[issued], vouchers[issued] = dead3[today], wanted
                issued += 1
                found[VOUCHERS] += wanted
                first = lot
                while wanted > 0:
                    taken = min(left[first], wanted)
                    left[first] -= taken
                    wanted -= taken
                    first += left[first] == 0
                lot = first
    return found
