"""The programme of ``backtest.toml`` by hand, every figure a constant: what a general engine is held against."""

from __future__ import annotations

import numpy as np
from numba import njit

EARNED, REDEEMED, EXPIRED, STAMPS, VOUCHERS, VOUCHERS_EXPIRED = range(6)
LOTS = 4096  # of one member, at most


@njit(cache=True, nogil=True)
def expired(dies, left, first, last, today):  # type: ignore[no-untyped-def]
    """The first lot that lives on, and what the dead ones held."""
    lost = 0
    while first < last and dies[first] <= today:
        lost += left[first]
        first += 1
    return first, lost


@njit(cache=True, nogil=True)
def drawn(left, first, wanted):  # type: ignore[no-untyped-def]
    """The first lot that holds something after so much was taken."""
    while wanted > 0:
        taken = min(left[first], wanted)
        left[first] -= taken
        wanted -= taken
        first += left[first] == 0
    return first


@njit(cache=True, nogil=True)
def totals(begins, day, amount, doubled, eager, month, dead12, dead3, until):  # type: ignore[no-untyped-def]
    """Units earned, redeemed and expired, points and stamps of each purchase, points left to each member.

    By purchase: day, cents, the part of them that counts twice; by day: its month, and when its units die.
    """
    found = np.zeros(6, np.int64)
    points, stamps = np.zeros(len(day), np.int64), np.zeros(len(day), np.int64)
    balance = np.zeros(len(begins) - 1, np.int64)
    dies, left = np.zeros(LOTS, np.int64), np.zeros(LOTS, np.int64)
    voucher_dies, vouchers = np.zeros(LOTS, np.int64), np.zeros(LOTS, np.int64)
    for member in range(len(begins) - 1):
        lots = lot = issued = voucher = 0
        held = spent = year = used = 0
        capped = -1
        oldest = begins[member]
        for row in range(begins[member], begins[member + 1] + 1):
            over = row == begins[member + 1]
            today = until if over else day[row]
            lot, lost = expired(dies, left, lot, lots, today)
            found[EXPIRED] += lost
            held -= lost
            voucher, lost = expired(voucher_dies, vouchers, voucher, issued, today)
            found[VOUCHERS_EXPIRED] += lost
            if over:
                balance[member] = held
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
            points[row], stamps[row] = won, (spent + cents) // 10_000 - spent // 10_000
            found[STAMPS] += stamps[row]
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
                lot = drawn(left, lot, wanted)
    return found, points, stamps, balance
