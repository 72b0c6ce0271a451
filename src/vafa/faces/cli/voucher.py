"""``vafa voucher issue``, ``vafa voucher list``: single-use codes, issued in mass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from vafa.core import clock, figures
from vafa.core.calendar import to_date
from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.faces.cli import giving
from vafa.faces.cli import reading_options as options
from vafa.faces.cli.database import actor, start


def register(app: typer.Typer) -> None:
    voucher = typer.Typer(help="Single-use codes that give units.", no_args_is_help=True)
    voucher.command("issue")(issue)
    voucher.command("list")(show)
    app.add_typer(voucher, name="voucher")


def issue(
    name: Annotated[str, typer.Option(help="What they are called, such as “spring flyer”.")],
    unit: Annotated[str, typer.Option(help="The programme's unit that they give, such as point.")],
    units: Annotated[int, typer.Option(help="How many units each of them gives.")],
    quantity: Annotated[int, typer.Option(help="How many vouchers.")],
    until: Annotated[str, typer.Option(help="The last day on which they can be claimed.")],
    out: Annotated[Path, typer.Option(help="The CSV file for the codes. They are shown nowhere else.")],
) -> None:
    """Issue vouchers. The file holds their codes; the database keeps only hashes of them."""
    with options.speaking_plainly():
        start()
        from vafa.loop import voucher
        from vafa.reward import vouchers
        from vafa.shop import queries

        club = queries.club()
        if out.exists():
            told = gettext_noop("%(file)s is there already; it may hold the only copy of other codes.")
            raise Refusal("file_exists", told, gettext_noop("Name another file."), file=str(out))
        order = vouchers.Order(name, unit, units, quantity, giving.day_of(until, "--until", club.calendar))
        cost = vouchers.worth(order)

        def writing(fresh: Path) -> None:
            def deliver(codes: Sequence[str]) -> None:
                fresh.write_bytes(vouchers.as_csv(codes).encode())

            voucher.issue(order, deliver=deliver, actor=actor(), now=clock.now())

        giving.write(out, writing)
        said = _("%(count)s vouchers are in %(file)s.") % {"count": figures.number(quantity), "file": out}
        if cost is not None:
            said += " " + _("They cost at most %(cost)s.") % {"cost": figures.money(cost, club.currency)}
        typer.echo(said, err=True)


def show(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """The vouchers that were issued, and how many of them were claimed."""
    with options.speaking_plainly():
        start()
        from vafa.reward import vouchers

        rows = [
            {
                "name": one.batch.name,
                "unit": one.batch.unit,
                "units": one.batch.units,
                "quantity": one.batch.quantity,
                "claimed": one.claimed,
                "until": to_date(one.batch.last_day).isoformat(),
            }
            for one in vouchers.batches()
        ]
        if as_json:
            typer.echo(json.dumps({"vouchers": rows}, ensure_ascii=False))
            return
        for row in rows:
            typer.echo("  ".join(str(cell) for cell in row.values()))
