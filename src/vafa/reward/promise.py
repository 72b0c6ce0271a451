"""What the club promises its members: the terms of a version, as chapters and as a printed leaflet."""

from __future__ import annotations

from functools import lru_cache

from vafa.core import figures
from vafa.core.errors import NotFound
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop, speaking
from vafa.reward import leaflet, queries, terms, versions
from vafa.reward.models import ProgrammeVersion
from vafa.shop import queries as shop


def version(*, draft: bool = False) -> ProgrammeVersion:
    """The running version, or the draft; NotFound where there is none."""
    found = queries.draft() if draft else queries.running()
    if found is None:
        raise NotFound("no_programme", gettext_noop("No programme is running."))
    return found


def name(version: ProgrammeVersion) -> str:
    return _(queries.plan(version).programme.name)


def chapters(version: ProgrammeVersion) -> list[terms.Chapter]:
    return terms.chapters(queries.plan(version), shop.today())


def edition(version: ProgrammeVersion) -> leaflet.Edition:
    draft = version.status == ProgrammeVersion.DRAFT
    return leaflet.Edition(shop.club().name, shop.today(), version.number, version.starts_day, draft)


def pdf(version: ProgrammeVersion, language: str) -> bytes:
    """The leaflet in ``language``; the same day, version and club make the same bytes."""
    club = shop.club()
    course = version.course or (version,)
    told = tuple((one.starts_day or 0, one.text) for one in course)
    return _pdf(told, course.index(version), club.calendar, club.currency, club.toman, language, edition(version))


@lru_cache(maxsize=12)
def _pdf(
    course: tuple[tuple[int, str], ...],
    place: int,
    calendar: str,
    currency: str,
    toman: bool,
    language: str,
    of: leaflet.Edition,
) -> bytes:
    with speaking(language), figures.shown(calendar, toman):
        return leaflet.pdf(versions.course(course, calendar, currency)[place], of)
