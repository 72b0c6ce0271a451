"""Opens the shop of VAFA_HOME: a running programme, as many members as asked for, a key; prints the key.

Usage: opening.py MEMBERS [plain]; "plain": nothing that members share.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import django

BEGAN_AGO = timedelta(days=1000)  # a day for each round that contests a day's budget
SHARED = """
[unit.coin]
worth = 0.01
[[earn]]
id = "coins"
unit = "coin"
per = 1.00
where = { category = "shared" }
budget = { max = 50, per = "day" }
[[reward]]
id = "mug"
unit = "point"
price = 10
amount = 1.00
stock = 5
"""
JOINED_AGO = timedelta(days=100)  # not so long that points of today's runs are over
SCOPES = ("purchases:write", "members:read", "members:write", "rewards:write")


def main(members: int, shared: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "vafa.site.settings"
    django.setup()
    from django.core.management import call_command

    from vafa.core import clock
    from vafa.core.calendar import day_number
    from vafa.core.records import Person
    from vafa.know import actions as know
    from vafa.loop import join, voucher
    from vafa.reward import actions as reward
    from vafa.reward import vouchers
    from vafa.shop import actions as shop
    from vafa.shop import queries
    from vafa.shop.access import SYSTEM

    call_command("migrate", verbosity=0, interactive=False)
    now = clock.now()
    shop.set_up(name="Corner Market", actor=SYSTEM, now=now, currency="USD", time_zone="UTC", region="US")
    programme = files("vafa.reward.gallery") / "points_and_stamps.toml"
    reward.save_draft(programme.read_text("utf-8") + shared, actor=SYSTEM, now=now)
    reward.launch(starts_day=day_number((now - BEGAN_AGO).date()), actor=SYSTEM, now=now)
    people = [Person(f"M{n}", f"Member {n}") for n in range(1, members + 1)]
    cards = know.dress(people, region="US", actor=SYSTEM, now=now)
    join.join_all({card.pk: now - JOINED_AGO for card in cards}, actor=SYSTEM, now=now)
    order = vouchers.Order("flyer", "point", 25, 1000, queries.today() + 30)
    codes = Path(os.environ["VAFA_HOME"]) / "vouchers.txt"
    voucher.issue(order, deliver=lambda made: codes.write_text("\n".join(made)), actor=SYSTEM, now=now)
    print(shop.create_key(name="torture", scopes=SCOPES, actor=SYSTEM, now=now))


if __name__ == "__main__":
    main(int(sys.argv[1]), "" if "plain" in sys.argv[2:] else SHARED)
