"""Reading what waits, what went out, and who was held out."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from vafa.core.errors import NotFound
from vafa.core.words import gettext_noop as _
from vafa.engage.models import Message, Recipe
from vafa.engage.recipes import RECIPES


def recipe(kind: str) -> Any:
    """The shelf's item; NotFound where there is none."""
    if kind not in RECIPES:
        raise NotFound("no_recipe", _("There is no such recipe."))
    return RECIPES[kind]


def params(kind: str) -> Any:
    """The recipe's parameters as the shop set them."""
    saved = Recipe.objects.filter(kind=kind).values_list("params", flat=True).first() or {}
    return recipe(kind).Params(**saved)


def switched_on() -> set[str]:
    return set(Recipe.objects.filter(on=True).values_list("kind", flat=True))


def waiting(kind: str | None = None) -> list[Message]:
    """Letters that wait for a signature, the nearest occasion first."""
    rows = Message.objects.filter(status=Message.PREPARED)
    return list((rows.filter(recipe=kind) if kind else rows).order_by("recipe", "occasion", "id"))


def letters(statuses: list[str], limit: int = 100) -> list[Message]:
    return list(Message.objects.filter(status__in=statuses).order_by("-id")[:limit])


def counts() -> dict[str, dict[str, int]]:
    """How many letters of each recipe stand where."""
    found: dict[str, dict[str, int]] = {}
    for row in Message.objects.values("recipe", "status").annotate(n=Count("id")):
        found.setdefault(row["recipe"], {})[row["status"]] = row["n"]
    return found


def message(message_id: int) -> Message:
    found = Message.objects.filter(id=message_id).first()
    if found is None:
        raise NotFound("no_letter", _("There is no such letter."))
    return found


def of_customer(customer_id: int, limit: int = 20) -> list[Message]:
    return list(
        Message.objects.filter(customer_id=customer_id).exclude(status=Message.HELD_OUT).order_by("-id")[:limit]
    )


def written_to(first: int, last: int) -> set[int]:
    """The customers to whom a letter was sent whose occasion is on one of these days."""
    sent = Message.objects.filter(status=Message.SENT, day__range=(first, last))
    return set(sent.values_list("customer_id", flat=True))
