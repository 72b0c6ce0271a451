"""Two cards of one person become one, and can be parted again.

The kept card takes the other's purchases, phones, e-mails and cards; where the two were told
different things of one kind the kept card's word stands, and of consents the stricter one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from vafa.core import identity
from vafa.core.errors import Conflict, Refusal
from vafa.core.words import gettext_noop as _
from vafa.know import queries
from vafa.know.models import Consent, Conversation, Customer, Identity, Merge, Purchase, Relative
from vafa.shop import actions as shop
from vafa.shop.access import Actor, require

UNDO_FOR = timedelta(days=30)
FIELDS = ("name", "birthday", "language", "note")
SOURCE = "merge"
MOVED: dict[str, type[Conversation | Relative]] = {"conversations": Conversation, "relatives": Relative}


class Choice(NamedTuple):
    """Whose word stands where both cards have one; None: the kept card's."""

    name: str | None = None
    birthday: date | None = None


def may_merge(kept: Customer, gone: Customer) -> Merge | None:
    """The merge that made them one already, None where they are two; a Refusal where that can't be."""
    if kept.pk == gone.pk:
        raise Refusal("same_card", _("Both numbers are those of the same card."))
    merged = queries.merge_of(gone.pk)
    if merged is not None and merged.kept_id != kept.pk:
        raise Conflict(
            "merged_already",
            _("Card %(gone)s was made one with %(kept)s already."),
            _("Undo that first, or name the card that it is now."),
            gone=gone.code,
            kept=merged.kept.code,
        )
    if merged is None and kept.merged_into_id is not None:
        raise Conflict(
            "merged_already",
            _("Card %(gone)s was made one with %(kept)s already."),
            _("Undo that first, or name the card that it is now."),
            gone=kept.code,
            kept=Customer.objects.get(pk=kept.merged_into_id).code,
        )
    return merged


def merge(
    kept: Customer, gone: Customer, *, choice: Choice, at: datetime, day: int, actor: Actor, now: datetime
) -> Merge:
    """All that was ever told of ``gone`` is told of ``kept``; both are held."""
    require(actor, "customer.merge")
    with transaction.atomic():
        before: dict[str, Any] = {"fields": _join_fields(kept, gone, choice)}
        before["identities"] = _move_identities(kept, gone)
        before["consents"] = _join_consents(kept, gone, now=now)
        before |= {name: _move(model, kept, gone) for name, model in MOVED.items()}
        Purchase.objects.filter(customer=gone).update(told=Coalesce(F("told"), F("customer")), customer=kept)
        Customer.objects.filter(merged_into=gone).update(merged_into=kept)
        Customer.objects.filter(pk=gone.pk).update(merged_into=kept)
        made = Merge.objects.create(kept=kept, gone=gone, at=at, day=day, actor=actor.name, before=before)
        shop.audit("customers.merged", actor=actor, now=now, subject=f"customer:{kept.pk}", gone=gone.pk, merge=made.pk)
    return made


def _join_fields(kept: Customer, gone: Customer, choice: Choice) -> dict[str, list[str]]:
    """What changed on the kept card: [before, after] by name."""
    changed = {}
    wanted = {field: getattr(kept, field) or getattr(gone, field) for field in FIELDS}
    wanted |= {field: value for field, value in choice._asdict().items() if value is not None}
    if kept.note and gone.note and gone.note not in kept.note:
        wanted["note"] = f"{kept.note}\n{gone.note}"[:4000]
    for field, value in wanted.items():
        if value != getattr(kept, field):
            changed[field] = [_text(getattr(kept, field)), _text(value)]
            setattr(kept, field, value)
    kept.folded_name = identity.fold_name(kept.name)[:160]
    kept.save()
    return changed


def _text(value: date | str | None) -> str:
    return "" if value is None else str(value)


def _move_identities(kept: Customer, gone: Customer) -> list[int]:
    """Phones, e-mails and cards that the kept card doesn't have yet; the numbers of the rows that moved."""
    has = set(Identity.objects.filter(customer=kept).values_list("kind", "value"))
    rows = Identity.objects.filter(customer=gone).values_list("pk", "kind", "value")
    moved = [pk for pk, kind, value in rows if (kind, value) not in has]
    Identity.objects.filter(pk__in=moved).update(customer=kept)
    return moved


def _move(model: type[Conversation | Relative], kept: Customer, gone: Customer) -> list[int]:
    """What was told by and of one is told of both; the numbers of the rows that moved."""
    moved = list(model.objects.filter(customer=gone).values_list("pk", flat=True))
    model.objects.filter(pk__in=moved).update(customer=kept)
    return moved


def joined_consents(kept_id: int, gone_id: int) -> dict[tuple[str, str], bool]:
    """What holds for one person of whom two cards told: a no beats a yes; not asked is no word."""
    mine, theirs = queries.consents(kept_id), queries.consents(gone_id)
    return {key: all(said[key].given for said in (mine, theirs) if key in said) for key in mine | theirs}


def _join_consents(kept: Customer, gone: Customer, *, now: datetime) -> list[int]:
    """The words move; where a no is older than the other's yes it is said again. The numbers of those that moved."""
    joined = joined_consents(kept.pk, gone.pk)
    words = Consent.objects.filter(customer=gone)
    moved = list(words.values_list("pk", flat=True))
    words.update(customer=kept)
    newest = queries.consents(kept.pk)
    for (purpose, channel), given in sorted(joined.items()):
        if newest[(purpose, channel)].given != given:
            _say(kept, purpose, channel, given, now=now)
    return moved


def _say(customer: Customer, purpose: str, channel: str, given: bool, *, now: datetime) -> None:
    Consent.objects.create(
        customer=customer, purpose=purpose, channel=channel, given=given, wording="1", source=SOURCE, at=now
    )


def may_part(made: Merge, *, now: datetime) -> None:
    """A Conflict where a merge can't be undone (any more)."""
    if now - made.at > UNDO_FOR:
        raise Conflict(
            "too_late",
            _("These cards have been one for more than %(days)s days; they can't be parted any more."),
            days=UNDO_FOR.days,
        )
    further = queries.merge_of(made.kept_id)
    if further is not None:
        raise Conflict(
            "merged_further",
            _("Card %(kept)s was made one with %(other)s afterwards."),
            _("Undo that first."),
            kept=made.kept.code,
            other=further.kept.code,
        )


def part(made: Merge, *, actor: Actor, now: datetime) -> list[int]:
    """Undo a merge: each card has what was told of it; the cards that go with the one that comes back.

    What was told meanwhile by the number of the card that was gone goes with it, all else stays. A no
    that was said meanwhile holds for both.
    """
    require(actor, "customer.merge")
    with transaction.atomic():
        kept, gone = made.kept, made.gone
        back = queries.merges_among([kept.pk]).under(gone.pk)
        _part_fields(kept, made.before["fields"])
        Identity.objects.filter(pk__in=made.before["identities"], customer=kept).update(customer=gone)
        _part_consents(kept, gone, made, now=now)
        for name, model in MOVED.items():
            model.objects.filter(pk__in=made.before.get(name, ()), customer=kept).update(customer=gone)
        Purchase.objects.filter(told__in=back).update(customer=gone)
        Purchase.objects.filter(told=gone).update(told=None)
        Customer.objects.filter(pk__in=back).update(merged_into=gone)
        Customer.objects.filter(pk=gone.pk).update(merged_into=None)
        made.undone_at = now
        made.save(update_fields=["undone_at"])
        shop.audit("customers.parted", actor=actor, now=now, subject=f"customer:{kept.pk}", gone=gone.pk, merge=made.pk)
    return back


def _part_fields(kept: Customer, changed: dict[str, list[str]]) -> None:
    """Back to what stood there, where nobody wrote something else since."""
    for field, (old, new) in changed.items():
        if _text(getattr(kept, field)) == new:
            value: Any = old
            if field == "birthday":
                value = date.fromisoformat(old) if old else None
            setattr(kept, field, value)
    kept.folded_name = identity.fold_name(kept.name)[:160]
    kept.save()


def _part_consents(kept: Customer, gone: Customer, made: Merge, *, now: datetime) -> None:
    """The words go back; what only the merge had said no to is a yes again. A no said since holds for both."""
    since = [word for word in queries.consents(kept.pk).values() if word.source != SOURCE and word.at > made.at]
    Consent.objects.filter(pk__in=made.before["consents"], customer=kept).update(customer=gone)
    own = Consent.objects.filter(customer=kept).exclude(source=SOURCE).order_by("at", "id")
    told = {(word.purpose, word.channel): word.given for word in own}
    for (purpose, channel), newest in queries.consents(kept.pk).items():
        if newest.given != told[(purpose, channel)]:
            _say(kept, purpose, channel, told[(purpose, channel)], now=now)
    _spread_noes(gone, since, now=now)


def _spread_noes(gone: Customer, words: Iterable[Consent], *, now: datetime) -> None:
    theirs = queries.consents(gone.pk)
    for word in words:
        own = theirs.get((word.purpose, word.channel))
        if not word.given and own is not None and own.given:
            _say(gone, word.purpose, word.channel, False, now=now)
