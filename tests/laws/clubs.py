"""Four clubs that together use what the language has: the laws are tried on each of them."""

from __future__ import annotations

from functools import cache

from rulebook import Rulebook, read

from vafa.reward import engine, programme

CAFE = """
[programme]
name = "Café"
[unit.point]
expires = { member = "45 days", gold = "3 months" }
pending_days = 3
[unit.stamp]
[unit.gift]
gift = true
expires = "30 days"
[unit.paper]
money = true
expires = "20 days"
[[counter]]
id = "spent"
of = "amount"
[[counter]]
id = "lately"
of = "amount"
window = "rolling 30 days"
[[counter]]
id = "collected"
of = "stamp"
window = "year"
[[tier]]
id = "gold"
reach = [{ lately = 60.00 }, { spent = 200.00 }]
keep = [{ lately = 30.00 }]
valid = "2 months"
[[earn]]
id = "welcome"
unit = "point"
of = "signup"
gives = 7
[[earn]]
id = "base"
unit = "point"
per = 2.00
by_tier = { gold = 1.5 }
[[earn]]
id = "coffee"
unit = "point"
per = 1.00
where = { category = "coffee" }
cap = { per = "month", max = 12 }
bonus = true
[[earn]]
id = "stamp"
unit = "stamp"
when = { counter = "spent", every = 15.00 }
[[earn]]
id = "gift"
unit = "gift"
when = { counter = "collected", crosses = 4 }
[[reward]]
id = "off"
unit = "point"
price = 10
amount = 1.00
[[reward]]
id = "lounge"
unit = "point"
price = 6
tiers = ["gold"]
amount = 1.00
[[reward]]
id = "paper"
unit = "point"
price = 8
gives = "paper"
amount = 3
[[reward]]
id = "mug"
unit = "stamp"
price = 2
amount = 1.00
"""

TEA_HOUSE = """
[programme]
name = "Tea house"
stacking = "add"
[unit.leaf]
expires = "1 months after the month"
returns = "within balance"
round = "half up"
round_at = "line"
[unit.paper]
money = true
expires = "20 days"
[unit.point]
round = "up"
pending_days = 5
returns = "only pending"
expires = "40 days"
[[counter]]
id = "month"
of = "amount"
window = "month"
[[tier]]
id = "silver"
reach = [{ month = 40.00 }]
valid = "1 months after the month"
[[tier]]
id = "gold"
reach = [{ month = 90.00 }]
valid = "end of year +1 and 1 month"
[[earn]]
id = "base"
unit = "leaf"
per = 3.00
by_tier = { silver = 1.25, gold = 2 }
factor = { category = { tea = 2 } }
[[earn]]
id = "large"
unit = "leaf"
per = 7.00
min_basket = 12.00
cap = { per = "purchase", max = 3 }
bonus = true
[[earn]]
id = "first"
unit = "point"
per = 4.00
when = { counter = "month", below = 30.00 }
[[earn]]
id = "later"
unit = "point"
per = 6.00
when = { counter = "month", min = 30.00 }
cap = { per = "day", max = 4 }
[[reward]]
id = "paper"
unit = "leaf"
price = 9
gives = "paper"
amount = 4
when = "auto"
[[reward]]
id = "cake"
unit = "point"
price = 5
amount = 1.00
"""

BOOKS = """
[programme]
name = "Books"
crossing = "new"
assess = "continuous"
downgrade = "one step"
[unit.star]
expires = "20 days without activity"
activity = ["burn"]
[unit.point]
expires = { member = "25 days without activity", reader = "40 days without activity", adept = "never" }
[unit.certificate]
money = true
expires = "30 days"
[[counter]]
id = "lately"
of = "amount"
window = "rolling 30 days"
[[counter]]
id = "months"
of = "amount"
window = "rolling 2 months"
[[tier]]
id = "reader"
reach = [{ lately = 20.00 }]
[[tier]]
id = "adept"
reach = [{ months = 55.00 }]
keep = [{ lately = 40.00 }]
valid = "15 days"
[[earn]]
id = "base"
unit = "star"
per = 3.00
by_tier = { reader = 1.5, adept = 2 }
[[earn]]
id = "novel"
unit = "point"
per = 4.00
factor = { category = { novel = 3 } }
cap = { per = "week", max = 15 }
[[reward]]
id = "certificate"
unit = "star"
price = 8
gives = "certificate"
amount = 5
[[reward]]
id = "poster"
unit = "point"
price = 4
amount = 1.00
"""

GROCER = """
[programme]
name = "Grocer"
downgrade = "reassess"
[unit.mile]
expires = "end of year +1"
round_at = "rule"
pending_days = 1
[unit.voucher]
money = true
pending_days = 2
expires = "2 months"
returns = "within balance"
[[counter]]
id = "year"
of = "amount"
window = "year"
[[counter]]
id = "miles"
of = "mile"
window = "year"
[[tier]]
id = "silver"
reach = [{ year = 60.00 }]
valid = "end of year +1"
[[tier]]
id = "gold"
reach = [{ year = 150.00 }, { miles = 70 }]
keep = [{ year = 80.00 }]
valid = "end of year +1"
[[earn]]
id = "base"
unit = "mile"
per = 3.00
by_tier = { silver = "4/3", gold = 2 }
cap = { per = "year", max = 90 }
[[earn]]
id = "extra"
unit = "mile"
per = 5.00
min_basket = 10.00
cap = { per = "life", max = 40 }
bonus = true
[[earn]]
id = "every"
unit = "mile"
gives = 3
when = { counter = "year", every = 25.00 }
bonus = true
[[reward]]
id = "voucher"
unit = "mile"
price = 25
gives = "voucher"
amount = 10
when = "yearly"
on = "12-31"
remainder = "forfeit"
[[reward]]
id = "basket"
unit = "mile"
price = 12
amount = 2.00
"""

CLUBS = {"cafe": CAFE, "tea house": TEA_HOUSE, "books": BOOKS, "grocer": GROCER}


@cache
def rulebook(name: str) -> Rulebook:
    return read(CLUBS[name])


@cache
def plan(name: str) -> engine.Plan:
    return engine.compile(programme.load(CLUBS[name]), calendar="gregorian", currency="USD")
