"""Names of the columns of the engine's tables, and the codes in them.

A table is rows of 64-bit integers: lists of lists in plain Python, arrays when compiled. A field is
read as ``row[FIELD]`` in both.
"""

from __future__ import annotations

from typing import NamedTuple

FAR = 2**62  # a day that never comes
NO_DAY = -(2**31)  # before all days

# how a term is counted
NEVER, DAYS, MONTHS, MONTHS_AFTER_MONTH, END_OF_YEAR = range(5)
# windows of counters and caps
LIFE, YEAR, MONTH, DAY, ROLLING_DAYS, ROLLING_MONTHS, PURCHASE = range(7)
WEEK, MEMBER_YEAR, TIER, STREAK = range(7, 11)
# gates of earning rules
OPEN, EVERY, CROSSES, BETWEEN = range(4)
# how a unit is rounded, and where
FLOOR, HALF_UP, UP = range(3)
AT_PURCHASE, AT_RULE, AT_LINE = range(3)
# what keeps units alive that expire without activity
BY_EARNING, BY_BURNING = 1, 2
# where a member goes whose tier's term ended
REASSESS, ONE_STEP, KEEP = range(3)
# what a return does where the units are spent already
OWED, WITHIN_BALANCE, ONLY_PENDING = range(3)
# activities, also their order at one instant
SIGNUP, EVENT, SALE, RETURN, REDEEM, CHOOSE, ADJUST = range(7)
ANY = -1  # of a rule: whatever the activity is
# kinds of effects
SAY_EARN, SAY_BONUS, SAY_ISSUE, SAY_REDEEM, SAY_RETURN, SAY_EXPIRE, SAY_OWED, SAY_TIER = range(8)
SAY_FORFEIT, SAY_EXTEND, SAY_ADJUST, SAY_MERGE = range(8, 12)

# an adjustment, in A_AMOUNT: it gives or takes what is there | what is not there is owed | it frees of a debt
PLAINLY, TAKES_ALL, FORGIVES = range(3)

# sizes of a programme
UNITS, COUNTERS, TIERS, EARNS, REWARDS, MEASURES, CROSSING_NEW, FIRST_DAY, FIRST_MONTH, ROLLING = range(10)
CONTINUOUS, DOWNGRADE, YEARLY, BUDGETS = range(10, 14)
# of the course: all rules and all rewards that any version has, which version this is, of how many
SLOTS, ALL_REWARDS, VERSION, VERSIONS = range(14, 18)
# whether the version before reached its tiers otherwise, and whether it watched them
NEW_TIERS, WATCHED_BEFORE = range(18, 20)
# a unit; U_ALIVE: what keeps it alive in some version, U_WAITS: in some version its lots wait
U_DENOMINATOR, U_ROUND, U_PENDING, U_RETURNS, U_ISSUED, U_ROUND_AT, U_ALIVE, U_WAITS = range(8)
# the terms of a unit in a version: what keeps it alive, 0 where its lots die on days of their own; then by tier
V_ALIVE, V_TERMS = range(2)
# a counter; C_COUNT of a streak: the window of the counter C_FROM, which must reach C_GOAL in each
C_MEASURE, C_UNIT, C_WINDOW, C_COUNT, C_FROM, C_GOAL, C_BALANCE = range(7)
# a condition of a tier: all of one clause, or any clause
K_TIER, K_CLAUSE, K_COUNTER, K_LEAST = range(4)
# a tier's validity, and months beyond it; T_HERE: whether this version has it
T_KIND, T_COUNT, T_EXTRA, T_HERE = range(4)
# an earning rule; E_ON: the activity that it looks at; E_SLOT: its number in all versions;
# E_NEW_CAP, E_NEW_GATE: not as in the version before
E_UNIT, E_BASKET, E_CAP_WINDOW, E_CAP, E_GATE = range(5)
E_COUNTER, E_LOW, E_HIGH, E_GIVES, E_BONUS, E_ON = range(5, 11)
E_SLOT, E_NEW_CAP, E_NEW_GATE = range(11, 14)
# a reward; R_KEPT: what it gives is kept in the wallet when it was asked for; R_MONTH: of a yearly one, else 0;
# R_LEAST: how many units are taken at least; at most R_SHARE of R_WHOLE parts of the bill are paid so, 0: no bill
# is looked at; R_BLOCK: 1 where it comes in blocks of as many units as the member chose; R_SLOT: its number
# in all versions
R_UNIT, R_PRICE, R_GIVES, R_AMOUNT, R_AUTO, R_KEPT, R_MONTH, R_DAY, R_FORFEITS, R_LEAST = range(10)
R_SHARE, R_WHOLE, R_BLOCK, R_SLOT = range(10, 14)

# a budget of a version; B_FREE: a return gives room back, B_MEMBERS: it counts members
B_WINDOW, B_FREE, B_MEMBERS = range(3)

# a member: NOW_KEEPS: receipts are kept, because something will be returned; NOW_EAGER: takes what is affordable
NOW_DAY, NOW_TIER, NOW_UNTIL, NOW_ENTRIES, NOW_EFFECTS, NOW_RECEIPTS, NOW_KEEPS, NOW_EAGER, NOW_MEMBER = range(9)
NOW_JOINED, NOW_SINCE = 9, 10  # the day of the first activity, the day on which the tier began
NOW_SIZE = 11
# a member's counter, a member's memory of a rule; RULE_GOT: is one of the first who got it
HAS_WINDOW, HAS_VALUE = range(2)
RULE_CAP_WINDOW, RULE_CAP_USED, RULE_GATE_WINDOW, RULE_FIRED, RULE_GOT = range(5)
# a member's wallet of one unit; W_FIRST: lots before it are empty; W_HELD: all that is in the lots
W_OWED, W_LOTS, W_FIRST, W_HELD = range(4)
# a lot
L_ORIGIN, L_LEFT, L_EARNED, L_AVAILABLE, L_EXPIRES, L_EXPIRED = range(6)
LOT_SIZE = 6
# an entry of a rolling window
N_COUNTER, N_DAY, N_AMOUNT = range(3)
# an effect
X_MEMBER, X_ACTIVITY, X_DAY, X_KIND, X_UNIT, X_AMOUNT = range(6)
X_REASON, X_TIER, X_LOT, X_AVAILABLE, X_EXPIRES, X_BALANCE = range(6, 12)
EFFECT_SIZE = 12
# a receipt: these, then its measures, counters before, windows of the counters, what each rule granted
Q_ID, Q_DAY, Q_TIER, Q_AMOUNT = range(4)
RECEIPT_HEAD = 4
# room for one step's sums
S_EXACT, S_ROUNDED, S_OPENED, S_BEFORE, S_GRANTED, S_MEASURES, S_BACK, S_BURNT = range(8)
SCRATCH_ROWS = 8
# an activity's columns
A_ID, A_DAY, A_KIND, A_AMOUNT, A_RETURNS, A_REWARD, A_UNITS = range(7)
# why a walk stopped
DONE, NEEDS_EFFECTS, NEEDS_LOTS, NEEDS_ENTRIES, NEEDS_RECEIPTS = range(5)

Row = list[int]  # or a one-dimensional array
Table = list[list[int]]  # or a two-dimensional array


class Tables(NamedTuple):
    """One version of a programme and a calendar as integers; one type for every programme.

    Units, counters and tiers have the same rows in all versions, what a version doesn't have stands still.
    """

    sizes: Row
    units: Table
    terms: Table  # by version and unit: what keeps it alive, kind and count for each tier
    counters: Table
    conditions: Table  # what reaches tiers
    keeps: Table  # what keeps them
    tiers: Table
    earns: Table
    measured: Table  # by earning rule: the measure for each tier
    rates: Table  # by earning rule: numerator for each tier
    rewards: Table
    allowed: Table  # by reward: 1 for each tier that may have it
    budgets: Table
    shares: Table  # by earning rule, then by reward: what one of it uses of each budget
    months: Row  # month of each day from FIRST_DAY on
    starts: Row  # first day of each month from FIRST_MONTH on
    begins: Row  # first day of each version; at the end a day that never comes


class Stack(NamedTuple):
    """The tables of all versions, one above the other; terms and calendar are the same in all."""

    sizes: Table
    units: list[Table]
    terms: Table
    counters: list[Table]
    conditions: list[Table]
    keeps: list[Table]
    tiers: list[Table]
    earns: list[Table]
    measured: list[Table]
    rates: list[Table]
    rewards: list[Table]
    allowed: list[Table]
    budgets: list[Table]
    shares: list[Table]
    months: Row
    starts: Row
    begins: Row


class Memory(NamedTuple):
    """One member, and room for what is said of them."""

    now: Row
    counters: Table
    rules: Table
    wallets: Table
    lots: Table  # by unit: lots one after another, LOT_SIZE numbers each, in the order of use
    entries: Table
    effects: Table
    receipts: Table
    scratch: Table
    choices: Row  # by reward: at how many units the member wants it; 0: nothing is said
    rooms: Row  # by budget: how much of it may still be used in this activity


# how wide tables are that are as wide in every programme: compiled code need not look it up
WIDTHS: dict[type, dict[str, int]] = {
    Tables: {"units": 8, "counters": 7, "conditions": 4, "keeps": 4, "tiers": 4, "earns": 14, "rewards": 14},
    Memory: {"counters": 2, "rules": 5, "wallets": 4, "entries": 3, "effects": EFFECT_SIZE},
}
