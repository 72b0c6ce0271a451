"""Receipts for the metrics out of a file, or of a directory of Parquet files that no memory could hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from vafa.core.duck import connected
from vafa.core.errors import BadFile
from vafa.core.words import gettext_noop as _
from vafa.know.faults import Fault
from vafa.know.reading import Reading, Sales, read_sales
from vafa.know.rollup import goods, receipts


@dataclass(frozen=True)
class Receipts:
    """What a file or a directory tells of purchases, without their lines."""

    source: pa.Table | Sequence[Path]  # core.frame.RECEIPTS, or Parquet files of it
    faults: list[Fault]
    rows: int
    currency: str
    calendar: str
    goods: pa.Table | Sequence[Path] | None = None  # core.frame.GOODS, or Parquet files of it; None: not told


def read_receipts(path: Path, reading: Reading, *, as_of: int | None, room: Path) -> Receipts:
    """The receipts in the file at ``path``, or in the Parquet files under it, which are read one after another.

    ``room``: an empty folder in which the receipts of a directory are put down. Raises as ``read_sales``; a BadFile
    where the files of a directory don't go together, or one purchase lies in several.
    """
    if not path.is_dir():
        sales = read_sales(path, reading, as_of=as_of, named=False)
        table = receipts(sales.lines, sales.calendar, ordered=False)
        return Receipts(table, sales.faults, sales.rows, sales.currency, sales.calendar, goods(sales.lines))
    made: list[Path] = []
    told: list[Path] = []
    faults: list[Fault] = []
    count = 0
    first: tuple[Path, Sales] | None = None
    for number, part in enumerate(_parts(path)):
        sales = read_sales(part, reading, as_of=as_of, named=False)
        first = first or (part, sales)
        _agree(first, part, sales)
        made.append(room / f"receipts-{number}.parquet")
        pq.write_table(receipts(sales.lines, sales.calendar, ordered=False), made[-1], compression="zstd")
        if (bought := goods(sales.lines)) is not None:
            told.append(room / f"goods-{number}.parquet")
            pq.write_table(bought, told[-1], compression="zstd")
        where = part.relative_to(path)
        faults += [replace(fault, message=f"{where}: {fault.message}") for fault in sales.faults]
        count += sales.rows
        first = first[0], replace(first[1], lines=first[1].lines.slice(0, 0))  # its lines are put down
    if first is None:
        raise BadFile(
            "no_parts",
            _("“%(file)s” is a folder without Parquet files."),
            _("Give a file, or a folder of Parquet files."),
            file=path.name,
        )
    _refuse_torn(made, path)
    return Receipts(made, faults, count, first[1].currency, first[1].calendar, told or None)


def _parts(folder: Path) -> Iterator[Path]:
    """Parquet files in order of their names; what other tools keep beside them begins with _ or a point."""
    for path in sorted(folder.rglob("*.parquet")):
        if path.is_file() and not any(name.startswith(("_", ".")) for name in path.relative_to(folder).parts):
            yield path


def _agree(first: tuple[Path, Sales], part: Path, sales: Sales) -> None:
    before = first[1]
    for option, wanted, found in (
        ("--currency", before.currency, sales.currency),
        ("--calendar", before.calendar, sales.calendar),
        ("--preset", before.preset, sales.preset),
    ):
        if wanted != found:
            raise BadFile(
                "parts_differ",
                _("“%(file)s” is read with %(option)s %(found)s, “%(first)s” with %(wanted)s."),
                _("Say it once for all by %(option)s, or analyse them apart."),
                file=part.name,
                first=first[0].name,
                option=option,
                found=found,
                wanted=wanted,
            )


def _refuse_torn(made: list[Path], folder: Path) -> None:
    """A purchase is rolled up inside its file, so all of its lines must be there."""
    names = connected().read_parquet([str(path) for path in made])
    ((several,),) = names.aggregate("count(purchase_id) > count(distinct hash(purchase_id))").fetchall()
    if several:
        repeated = names.filter("purchase_id is not null").aggregate("purchase_id, count(*) as files", "purchase_id")
        found = repeated.filter("files > 1").order("purchase_id").limit(1).fetchall()
        raise BadFile(
            "torn_purchase",
            _("In “%(file)s” the lines of purchase “%(purchase)s” lie in several files."),
            _("Write the directory anew, divided by purchase_id or by customer_id."),
            file=folder.name,
            purchase=found[0][0][:40],
        )
