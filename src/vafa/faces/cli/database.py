"""Commands that need the shop's database begin here."""

from __future__ import annotations

import getpass
import os
from typing import Any

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _


def start(*, needs_shop: bool = True) -> None:
    """Make Django ready; a Refusal names the command that is missing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vafa.site.settings")
    import django

    django.setup()
    if needs_shop and not _set_up():
        raise Refusal("not_set_up", _("There is no shop here yet."), _("Run “vafa init” (or “vafa demo”) first."))


def _set_up() -> bool:
    from django.db import DatabaseError, connection

    from vafa.shop import queries

    try:
        return "shop_club" in connection.introspection.table_names() and queries.is_set_up()
    except DatabaseError as error:
        raise Refusal(
            "no_database",
            _("The database does not answer: %(error)s."),
            _("Check DATABASE_URL, or VAFA_HOME."),
            error=str(error).strip().splitlines()[0],
        ) from None


def actor() -> Any:
    """Whoever runs the command."""
    from vafa.shop.access import command_line

    return command_line(getpass.getuser())
