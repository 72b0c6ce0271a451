"""What commands that answer from a file share: days and shares told in options, files written whole, faults."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import typer

from vafa.core import figures
from vafa.core.calendar import day_number, month_number, month_start
from vafa.core.errors import Question, Refusal
from vafa.core.identity import plain_digits
from vafa.core.words import LANGUAGES, PAPERS, ngettext
from vafa.core.words import gettext_noop as _
from vafa.know.reading import Fault

FAULTS_SHOWN = 20
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})$")
_SHARE = re.compile(r"\d{0,9}[.\u066b]?\d{1,12}$")


def language(code: str) -> str:
    """The language that ``--lang`` names."""
    if code in LANGUAGES:
        return code
    raise Question("bad_language", _("There is no language “%(name)s”."), _("Use en or fa."), name=code[:20])


def paper_language(code: str) -> str:
    """The language that ``--lang`` names, of what members are promised."""
    if code in PAPERS:
        return code
    raise Question("bad_language", _("There is no language “%(name)s”."), _("Use en, fa or hy."), name=code[:20])


def as_of_day(text: str, calendar: str | None) -> int:
    """The day that ``--as-of`` names: ISO, or the same in the Jalali calendar with ``--calendar jalali``."""
    return day_of(text, "--as-of", calendar)


def day_of(text: str, option: str, calendar: str | None) -> int:
    """The day that ``option`` (such as "--from") gives: ISO, or the same in the Jalali calendar."""
    parts = _DAY.match(plain_digits(text.strip()))
    try:
        if not parts:
            raise ValueError(text)
        year, month, of_month = (int(part) for part in parts.groups())
        if calendar == "jalali" and year < 1700:
            day = month_start(year * 12 + month - 1, "jalali") + of_month - 1
            if not 1 <= month <= 12 or of_month < 1 or month_number(day, "jalali") != year * 12 + month - 1:
                raise ValueError(text)
            return day
        return day_number(date(year, month, of_month))
    except ValueError:
        code = "bad_" + option.strip("-").replace("-", "_")
        raise Question(
            code,
            _("%(option)s “%(text)s” is not a day."),
            _("Write it like 2026-11-22."),
            option=option,
            text=text[:40],
        ) from None


def share(text: str, option: str) -> Fraction:
    """A share from 0 to 1 that ``option`` (such as "--margin") gives."""
    plain = plain_digits(text.strip())
    if not _SHARE.match(plain):
        raise Question(
            "bad_share",
            _("%(option)s “%(text)s” is not a share."),
            _("Give a number from 0 to 1, such as 0.3."),
            option=option,
            text=text[:40],
        )
    return Fraction(plain.replace("\u066b", "."))


def table_writer(path: Path, option: str) -> Callable[[pa.Table, Path], None]:
    """What writes a table, by the ending of the file's name."""
    import pyarrow.csv
    import pyarrow.parquet

    writers: dict[str, Callable[[pa.Table, Path], None]] = {
        ".parquet": pyarrow.parquet.write_table,
        ".csv": pyarrow.csv.write_csv,
    }
    if path.suffix.lower() not in writers:
        raise Question(
            "bad_output_file",
            _("%(option)s can't write “%(name)s”."),
            _("Give a name that ends in .parquet or .csv."),
            option=option,
            name=path.name[:80],
        )
    return writers[path.suffix.lower()]


def write(path: Path, writing: Callable[[Path], object]) -> None:
    """Write beside the place first, so that no half file is ever left there."""
    fresh = path.with_name(path.name + ".part")
    try:
        writing(fresh)
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise Refusal(
            "cannot_write",
            _("“%(path)s” can't be written (%(why)s)."),
            _("Choose another place."),
            path=str(path),
            why=os.strerror(error.errno) if error.errno else type(error).__name__,
        ) from None


def tell_faults(faults: Sequence[Fault]) -> None:
    """The first faults of a file's rows, on standard error."""
    for fault in faults[:FAULTS_SHOWN]:
        typer.echo(fault.message, err=True)
    more = len(faults) - FAULTS_SHOWN
    if more > 0:
        words = ngettext("… and %(count)s more fault.", "… and %(count)s more faults.", more)
        typer.echo(words % {"count": figures.number(more)}, err=True)
