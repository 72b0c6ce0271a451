"""Writing letters: prepared by a recipe, approved by a person, sent by the worker.

A message is claimed in a transaction of its own before it is sent, so a worker that dies in
between leaves one visible "sending", never a second letter.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from vafa.core import figures, words
from vafa.core.calendar import next_birthday, to_date
from vafa.engage import queries
from vafa.engage.audience import held_out
from vafa.engage.channels import CHANNELS
from vafa.engage.models import Message, Recipe
from vafa.engage.recipes import RECIPES
from vafa.engage.wording import Facts, Letter
from vafa.know import queries as know
from vafa.know.models import Customer
from vafa.reward import queries as reward
from vafa.shop import actions as shop
from vafa.shop import queries as shop_queries
from vafa.shop.access import Actor, require


def prepare_birthdays(day: int, *, now: datetime) -> int:
    """Letters for the birthdays that are ``days_ahead`` days away from ``day`` (or nearer and still unwritten)."""
    recipe = RECIPES["birthday"]
    club, params = shop_queries.club(), queries.params("birthday")
    due = []
    for customer in know.with_birthdays().iterator():
        when = next_birthday(customer.birthday, day, club.calendar)  # type: ignore[arg-type]  # the query asks for it
        if when - day <= params.days_ahead:
            due.append((customer, when))
    asked = know.consenting([c.pk for c, _when in due], purpose=recipe.PURPOSE, channel=recipe.CHANNEL)
    made = 0
    for customer, when in due:
        if customer.pk not in asked:
            continue
        with _reader(customer.language or club.language, club.calendar):
            facts = Facts(name=customer.name, club=club.name, day=figures.day(when, year=False))
            letter = recipe.write(facts, params, turn=to_date(when).year)
            why = words.gettext("Birthday on %(day)s") % {"day": facts.day}
        made += _prepare("birthday", f"{when}", customer, letter, why=why, day=day, now=now)
    return made


def prepare_thanks(day: int, *, now: datetime) -> int:
    """Letters for the large purchases of the day before ``day``."""
    recipe = RECIPES["thank_you"]
    club, params = shop_queries.club(), queries.params("thank_you")
    large = know.purchases_over(club.thank_you_over, day - 1).order_by("-amount", "id")[: params.most_a_day]
    bought = {purchase.customer_id: purchase for purchase in reversed(large) if purchase.customer_id}
    asked = know.consenting(bought, purpose=recipe.PURPOSE, channel=recipe.CHANNEL)
    branches = shop_queries.branches()
    made = 0
    for customer_id, purchase in bought.items():
        customer = purchase.customer
        if customer is None or customer_id not in asked:
            continue
        with _reader(customer.language or club.language, club.calendar):
            lines = sorted(purchase.lines.all(), key=lambda line: -line.amount)
            named = [line.product.name.capitalize() for line in lines if line.product and line.product.name]
            member = reward.member_of(customer.pk)
            spendable = reward.balances(member.pk, day) if member else {}
            facts = Facts(
                name=customer.name,
                club=club.name,
                store=branches.get(purchase.store, purchase.store),
                seller=purchase.seller,
                products=tuple(dict.fromkeys(named))[:2],
                points=reward.said(spendable),
            )
            letter = recipe.write(facts, params)
            amount = figures.money(purchase.amount, club.currency)
            why = words.gettext("Bought for %(amount)s yesterday") % {"amount": amount}
        made += _prepare("thank_you", f"purchase:{purchase.pk}", customer, letter, why=why, day=day, now=now)
    return made


@contextlib.contextmanager
def _reader(language: str, calendar: str) -> Iterator[None]:
    with words.speaking(language), figures.shown(calendar):
        yield


def _prepare(
    recipe: str, occasion: str, customer: Customer, letter: Letter, *, why: str, day: int, now: datetime
) -> int:
    out = held_out(customer.pk, recipe, shop_queries.club().holdout_percent)
    _message, made = Message.objects.get_or_create(
        recipe=recipe,
        occasion=occasion,
        customer_id=customer.pk,
        defaults={
            "channel": RECIPES[recipe].CHANNEL,
            "status": Message.HELD_OUT if out else Message.PREPARED,
            "language": customer.language or shop_queries.club().language,
            "subject": letter.subject[:200],
            "body": letter.body,
            "why": why[:300],
            "day": day,
            "prepared_at": now,
        },
    )
    return int(made and not out)


def approve(ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Let letters go; the worker sends them."""
    require(actor, "engage.approve")
    count = Message.objects.filter(id__in=list(ids), status=Message.PREPARED).update(status=Message.APPROVED)
    shop.audit("letters.approved", actor=actor, now=now, count=count)
    return count


def unapprove(ids: Iterable[int], *, actor: Actor, now: datetime) -> int:
    """Take an approval back while the letters have not gone out."""
    require(actor, "engage.approve")
    count = Message.objects.filter(id__in=list(ids), status=Message.APPROVED).update(status=Message.PREPARED)
    shop.audit("letters.approval_withdrawn", actor=actor, now=now, count=count)
    return count


def drop(message_id: int, *, actor: Actor, now: datetime) -> None:
    """Don't write this one."""
    require(actor, "engage.approve")
    Message.objects.filter(id=message_id, status=Message.PREPARED).update(status=Message.DROPPED)
    shop.audit("letter.dropped", actor=actor, now=now, subject=f"message:{message_id}")


def forget_waiting(customer_ids: Iterable[int]) -> None:
    """Letters to cards that are no more are not sent."""
    waiting = Message.objects.filter(customer_id__in=list(customer_ids))
    waiting.filter(status__in=[Message.PREPARED, Message.APPROVED]).update(status=Message.DROPPED)


def send_approved(*, now: datetime) -> int:
    """Send what was approved; consent is asked again at this moment."""
    sent = 0
    while (message := _claim()) is not None:
        recipe = RECIPES[message.recipe]
        if not know.consenting([message.customer_id], purpose=recipe.PURPOSE, channel=message.channel):
            Message.objects.filter(id=message.pk).update(status=Message.DROPPED)
            continue
        channel = CHANNELS["file_outbox"]
        to = know.customers([message.customer_id])[message.customer_id].code
        reference = channel.send(
            Letter(message.subject, message.body),
            channel.Params(),
            home=Path(settings.HOME),
            number=message.pk,
            to=to,
        )
        Message.objects.filter(id=message.pk).update(status=Message.SENT, sent_at=now, reference=reference)
        sent += 1
    return sent


def _claim() -> Message | None:
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True).filter(status=Message.APPROVED)
        message = rows.order_by("id").first()
        if message is not None:
            message.status = Message.SENDING
            message.save(update_fields=["status"])
    return message


def switch(kind: str, *, on: bool, actor: Actor, now: datetime) -> None:
    """Switch a recipe on or off."""
    require(actor, "engage.settings")
    queries.recipe(kind)
    Recipe.objects.update_or_create(kind=kind, defaults={"on": on})
    shop.audit("recipe.switched", actor=actor, now=now, subject=kind, on=on)
