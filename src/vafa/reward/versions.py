"""The versions of the programme: which holds on which day, and their plans on one common course."""

from __future__ import annotations

from functools import lru_cache

from django.db import connection

from vafa.core import bulk
from vafa.core.errors import NotFound
from vafa.core.remembered import remembered
from vafa.core.words import gettext_noop as _
from vafa.reward import carrying, engine, programme
from vafa.reward.models import ProgrammeVersion
from vafa.reward.referral import ADVOCATE, NEWCOMER
from vafa.shop import queries as shop


def launched() -> tuple[ProgrammeVersion, ...]:
    """All versions that run, ran or will run, by their first days."""
    return remembered("launched programmes", _launched)


def _launched() -> tuple[ProgrammeVersion, ...]:
    where = "status = %s ORDER BY starts_day"
    found = tuple(bulk.objects(connection, ProgrammeVersion, where, [ProgrammeVersion.LAUNCHED]))
    for version in found:
        version.course = found
    return found


def running(day: int | None = None) -> ProgrammeVersion | None:
    """The version in force today (or on ``day``); before the first one begins, that one."""
    found = launched()
    if len(found) < 2:
        return found[0] if found else None
    day = shop.today() if day is None else day
    begun = [version for version in found if (version.starts_day or 0) <= day]
    return begun[-1] if begun else found[0]


def planned() -> ProgrammeVersion | None:
    """The version that is launched for a day to come."""
    last = launched()[-1:]
    return last[0] if last and (last[0].starts_day or 0) > shop.today() else None


def versions() -> list[ProgrammeVersion]:
    """All that were ever saved, newest first."""
    return list(ProgrammeVersion.objects.order_by("-number"))


def state(version: ProgrammeVersion) -> str:
    """draft, withdrawn; of a launched one: planned, running, ended."""
    if version.status != ProgrammeVersion.LAUNCHED:
        return version.status
    held = running()
    if held is not None and held.number == version.number:
        return "running"
    return "ended" if held is not None and (version.starts_day or 0) < (held.starts_day or 0) else "planned"


def version(number: int) -> ProgrammeVersion:
    known = [one for one in launched() if one.number == number]
    found = known[0] if known else ProgrammeVersion.objects.filter(number=number).first()
    if found is None:
        raise NotFound("no_version", _("There is no version %(number)s."), number=number)
    return found


def first_day(version: ProgrammeVersion) -> int:
    """The day from which on purchases count: that of the first version of all."""
    return version.course[0].starts_day or 0


def draft() -> ProgrammeVersion | None:
    return ProgrammeVersion.objects.filter(status=ProgrammeVersion.DRAFT).order_by("-number").first()


def plan(version: ProgrammeVersion) -> engine.Plan:
    """The plan of a version: of a launched one on the course of all that are launched."""
    club = shop.club()
    if len(version.course) < 2:
        return compiled(version.text, club.calendar, club.currency)
    told = tuple((one.starts_day or 0, one.text) for one in version.course)
    return course(told, club.calendar, club.currency)[version.course.index(version)]


def plan_on(day: int) -> engine.Plan | None:
    """The plan of the version that held on a day."""
    found = running(day)
    return plan(found) if found else None


@lru_cache(maxsize=8)
def course(versions: tuple[tuple[int, str], ...], calendar: str, currency: str) -> tuple[engine.Plan, ...]:
    """The plans of launched versions (first day, text), oldest first."""
    told = [(day, programme.load(text)) for day, text in versions]
    return carrying.plans(told, calendar=calendar, currency=currency)


@lru_cache(maxsize=32)
def compiled(text: str, calendar: str, currency: str) -> engine.Plan:
    return engine.compile(programme.load(text), calendar=calendar, currency=currency)


def running_plan() -> engine.Plan | None:
    version = running()
    return plan(version) if version else None


def members_apart() -> bool:
    """Whether what one member does changes nothing for another: nothing is shared, nobody asks who brought whom."""
    found = running_plan()
    return found is None or not (found.course.has_budgets or found.course.events & {ADVOCATE, NEWCOMER})
