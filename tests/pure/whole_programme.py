"""A programme with every key of the language, and for each key other values that may stand in its place."""

from __future__ import annotations

from vafa.reward.programme import (
    Budget,
    Cap,
    Chosen,
    Counter,
    Earn,
    Factor,
    Programme,
    Referral,
    Reward,
    Tier,
    Unit,
    When,
)

# Every noun with every key, so that each can be changed alone; its own words are Armenian.
WHOLE = """
[programme]
name = "Ակումբ"
crossing = "old"
assess = "at end"
downgrade = "reassess"
stacking = "multiply"

[unit.point]
name = "points"
expires = "12 months"
pending_days = 14
returns = "owed"
activity = ["earn", "burn"]
round = "floor"
round_at = "purchase"

[unit.note]
name = "կտրոն"
money = true
expires = "60 days"

[unit.cup]
name = "բաժակ"
gift = true
worth = 4.00

[[counter]]
id = "spent"
of = "amount"
window = "year"
where = { category = "թեյ" }
unless = { store = "շուկա" }

[[counter]]
id = "held"
of = "point"

[[counter]]
id = "visits"
of = "visit"
window = "month"

[[counter]]
id = "row"
of = "visits"
window = "streak of months"
goal = 2

[[tier]]
id = "silver"
name = "Արծաթ"
reach = [{ spent = 100.00 }, { visits = 5, spent = 60.00 }]
keep = [{ spent = 50.00 }]
valid = "12 months"

[[tier]]
id = "gold"
name = "Ոսկի"
reach = [{ spent = 200.00 }]

[[earn]]
id = "base"
unit = "point"
of = "amount"
per = 2.00
gives = 3
by_tier = { silver = 1.5, gold = 2 }
where = { category = ["թեյ", "սուրճ"] }
unless = { tender = "քարտ" }
factor = { category = { "թեյ" = 2 } }
min_basket = 5.00
cap = { per = "month", max = 70 }
when = { counter = "spent", min = 10.00, below = 900.00 }
bonus = true

[[earn]]
id = "row"
unit = "cup"
gives = 1
when = { counter = "row", every = 3 }

[[earn]]
id = "full"
unit = "cup"
when = { counter = "held", crosses = 50 }

[[reward]]
id = "note"
name = "Կտրոն"
unit = "point"
price = 100
gives = "note"
amount = 5.00
when = "yearly"
on = "06-30"
remainder = "keep"
tiers = ["gold"]
"""
OF_GOODS = WHOLE[WHOLE.index('of = "amount"\nper') : WHOLE.index("cap = {")]  # what only a rule of purchases may say
# For every key of the language another value: (where it is written, what is written instead).
OTHERS: dict[tuple[type, str], list[tuple[str, str]]] = {
    (Programme, "name"): [],  # the head of the leaflet
    (Programme, "crossing"): [('crossing = "old"', 'crossing = "new"')],
    (Programme, "assess"): [('assess = "at end"', 'assess = "continuous"')],
    (Programme, "downgrade"): [('downgrade = "reassess"', f'downgrade = "{v}"') for v in ("one step", "keep")],
    (Programme, "budget"): [('stacking = "multiply"', 'stacking = "multiply"\nbudget = { max = 500.00 }')],
    (Programme, "stacking"): [('stacking = "multiply"', f'stacking = "{v}"') for v in ("add", "best")],
    (Unit, "name"): [('name = "կտրոն"', 'name = "տոմս"')],
    (Unit, "expires"): [
        ('expires = "12 months"', f"expires = {v}")
        for v in (
            '"never"',
            '"12 days"',
            '"1 months after the month"',
            '"6 months after the month"',
            '"12 months without activity"',
            '"end of year"',
            '"end of year +1"',
            '"end of year +2"',
            '{ member = "12 months", gold = "24 months" }',
            '{ gold = "24 months" }',
        )
    ],
    (Unit, "pending_days"): [("pending_days = 14", f"pending_days = {v}") for v in (0, 15)],
    (Unit, "returns"): [('returns = "owed"', f'returns = "{v}"') for v in ("within balance", "only pending")],
    (Unit, "round"): [('round = "floor"', f'round = "{v}"') for v in ("half up", "up")],
    (Unit, "round_at"): [('round_at = "purchase"', f'round_at = "{v}"') for v in ("rule", "line")],
    (Unit, "money"): [("money = true", "money = false\nworth = 0.10")],
    (Unit, "worth"): [("worth = 4.00", "worth = 3.00")],
    (Unit, "gift"): [("gift = true", "gift = false")],
    (Counter, "of"): [
        ('of = "amount"\nwindow', f'of = "{v}"\nwindow') for v in ("amount_before_tax", "amount_before_discount")
    ],
    (Counter, "window"): [
        ('window = "year"', f'window = "{v}"')
        for v in ("life", "month", "week", "day", "member year", "tier", "rolling 12 months", "rolling 30 days")
    ],
    (Counter, "where"): [('where = { category = "թեյ" }', 'where = { brand = "թեյ" }')],
    (Counter, "unless"): [('unless = { store = "շուկա" }', "")],
    (Counter, "goal"): [("goal = 2", "goal = 3")],
    (Counter, "balance"): [('of = "point"', 'of = "point"\nbalance = true')],
    (Tier, "name"): [('name = "Արծաթ"', 'name = "Բրոնզ"')],
    (Tier, "reach"): [("spent = 200.00", "spent = 300.00")],
    (Tier, "keep"): [("keep = [{ spent = 50.00 }]\n", "")],
    (Tier, "valid"): [
        ('valid = "12 months"', f'valid = "{v}"')
        for v in (
            "13 days",
            "1 months after the month",
            "2 months after the month",
            "end of year",
            "end of year +1",
            "end of year +1 and 1 month",
            "always",
        )
    ],
    (Earn, "unit"): [('unit = "point"\nof', 'unit = "cup"\nof')],
    (Earn, "of"): [
        ('of = "amount"\nper = 2.00', f'of = "{v}"\nper = 2')
        for v in ("amount_before_tax", "amount_before_discount", "items", "items_at_full_price", "visit")
    ]
    + [(OF_GOODS, 'of = "signup"\ngives = 3\n')]
    + [
        (OF_GOODS, f'of = "event"\ngives = 3\nwhere = {{ event = "{v}" }}\n')
        for v in ("birthday", "review", "survey", "visit", "referral", "referred", "վիկտորինա")
    ],
    (Earn, "per"): [("per = 2.00", "per = 4.00")],
    (Earn, "gives"): [("gives = 3", "gives = 5")],
    (Earn, "by_tier"): [
        ("silver = 1.5", v) for v in ("silver = 1.25", "silver = 1.5, member = 0", "silver = 1.5, member = 0.5")
    ],
    (Earn, "where"): [
        ('where = { category = ["թեյ", "սուրճ"] }', f"where = {{ {v} }}")
        for v in (
            'brand = "ա"',
            'product = "ա"',
            'tender = "ա"',
            'store = "ա"',
            'channel = "ա"',
            'weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]',
            'weekday = "sat"',
            'date = "2026-12-01..2026-12-24"',
        )
    ],
    (Earn, "unless"): [('unless = { tender = "քարտ" }', "")],
    (Earn, "factor"): [
        ('factor = { category = { "թեյ" = 2 } }', v) for v in ("", 'factor = { category = { "թեյ" = 3 } }')
    ],
    (Earn, "min_basket"): [("min_basket = 5.00", "min_basket = 6.00")],
    (Earn, "cap"): [("max = 70", "max = 80")],
    (Earn, "when"): [('when = { counter = "spent", min = 10.00, below = 900.00 }', "")],
    (Earn, "budget"): [("bonus = true", "bonus = true\nbudget = { max = 1000 }")],
    (Earn, "first"): [("bonus = true", f"bonus = true\nfirst = {n}") for n in (1, 9)],
    (Earn, "bonus"): [("bonus = true", "bonus = false")],
    (Cap, "per"): [
        ('per = "month"', f'per = "{v}"') for v in ("purchase", "day", "week", "year", "member year", "life")
    ],
    (Cap, "max"): [("max = 70", "max = 60")],
    (When, "counter"): [('counter = "held", crosses', 'counter = "row", crosses')],
    (When, "every"): [("every = 3", "every = 4")],
    (When, "crosses"): [("crosses = 50", "crosses = 40")],
    (When, "min"): [("min = 10.00", "min = 20.00")],
    (When, "below"): [("below = 900.00", "below = 800.00")],
    (Factor, "by"): [("factor = { category", "factor = { brand")],
    (Factor, "table"): [('"թեյ" = 2 }', '"թեյ" = 2, "սուրճ" = 3 }')],
    (Reward, "unit"): [('unit = "point"\nprice', 'unit = "cup"\nprice')],
    (Reward, "price"): [("price = 100", "price = 200")],
    (Reward, "name"): [('name = "Կտրոն"', 'name = "Տոմս"')],
    (Reward, "gives"): [('gives = "note"\n', ""), ('gives = "note"\namount = 5.00', 'gives = "cup"\namount = 2')],
    (Reward, "amount"): [("amount = 5.00", "amount = 6.00")],
    (Reward, "when"): [('when = "yearly"\non = "06-30"\n', f'when = "{v}"\n') for v in ("asked", "auto")],
    (Reward, "on"): [('on = "06-30"', f'on = "{v}"') for v in ("06-29", "12-31")],
    (Reward, "remainder"): [('remainder = "keep"', 'remainder = "forfeit"')],
    (Reward, "tiers"): [('tiers = ["gold"]', f"tiers = {v}") for v in ("[]", '["member"]', '["silver", "gold"]')],
}
BASE = '[[earn]]\nid = "base"\n'
BROUGHT = """[[earn]]
id = "brought"
unit = "point"
of = "event"
gives = 5
where = { event = "referral" }

[referral]
purchase = 2
after_days = 14

[[earn]]
id = "base"
"""
SHARED = 'bonus = true\nbudget = { max = 1000, per = "month" }'
OFF = """[[reward]]
id = "off"
name = "Զեղչ"
unit = "point"
price = 10
amount = 1.00

[[reward]]
"""
CHOSEN = OFF.replace("10\n", "10\nchosen = { min = 50, step = 10, share = 0.5 }\n")
PAPER = OFF.replace("amount", 'when = "auto"\ngives = "note"\namount')
# Keys whose other value shows only beside another of another key.
BESIDE = {
    (Programme, "referral"): [(BASE, BROUGHT, "purchase = 2", "purchase = 1")],
    (Referral, "purchase"): [(BASE, BROUGHT, "purchase = 2", "purchase = 3")],
    (Referral, "after_days"): [(BASE, BROUGHT, "after_days = 14", f"after_days = {n}") for n in (0, 15)],
    (Budget, "max"): [("bonus = true", SHARED, "max = 1000", v) for v in ("max = 900", "max = 90.00")],
    (Budget, "per"): [("bonus = true", SHARED, '"month" }\n', f'"{v}" }}\n') for v in ("day", "week", "year", "life")],
    (Budget, "returned"): [("bonus = true", SHARED, '"month" }\n', '"month", returned = "free" }\n')],
    (Reward, "stock"): [
        ("[[reward]]\n", OFF, "price = 10\n", f'price = 10\nstock = {{ max = 20, per = "{v}" }}\n')
        for v in ("life", "day", "week", "month", "year")
    ],
    (Reward, "chosen"): [("[[reward]]\n", CHOSEN, "amount = 1.00", "amount = 2.00")],
    (Reward, "thresholds"): [
        ("[[reward]]\n", PAPER, "price = 10\n", f"price = 10\nthresholds = {v}\n") for v in ("[20, 50]", "[20, 50, 80]")
    ],
    (Chosen, "min"): [("[[reward]]\n", CHOSEN, "min = 50", "min = 60")],
    (Chosen, "step"): [("[[reward]]\n", CHOSEN, "step = 10", "step = 50")],
    (Chosen, "share"): [("[[reward]]\n", CHOSEN, "share = 0.5", v) for v in ("share = 0.25", "share = 1")],
    (Unit, "activity"): [
        ('expires = "12 months"', 'expires = "12 months without activity"', 'activity = ["earn", "burn"]', other)
        for other in ("", 'activity = ["earn"]', 'activity = ["burn"]')
    ],
}
