"""Two cards of one person become one, in the card file, in the wallet and in what waits to be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from vafa.engage import actions as engage
from vafa.events.actions import emit
from vafa.events.kinds import CustomersMerged, CustomersParted
from vafa.know import actions as know
from vafa.know import merging
from vafa.know import queries as know_queries
from vafa.loop.again import rehearsed, until_settled
from vafa.reward import cards as reward
from vafa.reward import queries as reward_queries
from vafa.segment import actions as segment
from vafa.segment import membership
from vafa.shop import queries as shop
from vafa.shop.access import Actor, require

if TYPE_CHECKING:
    from vafa.know.models import Customer, Merge

KEPT = merging.Choice()


def merge(kept: str, gone: str, *, choice: merging.Choice = KEPT, actor: Actor, now: datetime) -> Merge:
    """Make the card ``gone`` one with ``kept``, by their numbers; where they are one already nothing changes."""
    require(actor, "customer.merge")

    def act() -> Merge:
        ids = [know_queries.customer(kept).pk, know_queries.card(gone).pk]
        know.hold(ids)
        mine, theirs = know_queries.customer(kept), know_queries.card(gone)
        standing = merging.may_merge(mine, theirs)
        if standing is not None:
            return standing
        day = shop.today()
        at = reward.ready(mine.pk, theirs.pk, now=now, day=day)
        made = merging.merge(mine, theirs, choice=choice, at=at, day=day, actor=actor, now=now)
        reward.merge(mine.pk, theirs.pk, actor=actor, now=now)
        engage.forget_waiting([theirs.pk])
        segment.forget([theirs.pk])
        membership.join_cards(mine.pk, theirs.pk, day)
        emit(CustomersMerged(made.pk), now=now)
        return made

    return until_settled(act)


def part(merge_id: int, *, actor: Actor, now: datetime) -> Merge:
    """Undo a merge; a second time changes nothing. A Conflict where it can't be undone (any more)."""
    require(actor, "customer.merge")

    def act() -> Merge:
        made = know_queries.merge(merge_id)
        know.hold([made.kept_id, made.gone_id])
        made = know_queries.merge(merge_id)
        if made.undone_at is not None:
            return made
        merging.may_part(made, now=now)
        reward.hold(made.kept_id, now=now)
        back = merging.part(made, actor=actor, now=now)
        reward.part(made.kept_id, back, actor=actor, now=now)
        membership.part_cards(made.kept_id, made.gone_id)
        emit(CustomersParted(made.pk), now=now)
        return made

    return until_settled(act)


# What would happen --------------------------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """A card, before or after."""

    customer: Customer
    wallet: reward_queries.Wallet
    lots: list[tuple[str, int, int, int | None]]
    purchases: int
    consents: dict[tuple[str, str], bool]


@dataclass(frozen=True)
class Preview:
    kept: Side
    gone: Side
    one: Side


def preview(kept: str, gone: str, *, choice: merging.Choice = KEPT, actor: Actor, now: datetime) -> Preview:
    """Both cards as they are, and the one that would become of them; nothing is written."""
    require(actor, "customer.merge")

    def act() -> Preview:
        mine, theirs = side(know_queries.customer(kept)), side(know_queries.card(gone))
        made = merge(kept, gone, choice=choice, actor=actor, now=now)
        return Preview(mine, theirs, side(know_queries.customers([made.kept_id])[made.kept_id]))

    return rehearsed(act)


def side(customer: Customer) -> Side:
    said = know_queries.consents(customer.pk)
    return Side(
        customer,
        reward_queries.wallet(customer.pk, shop.today()),
        reward_queries.lots_of(customer.pk),
        know_queries.purchases_count(customer.pk),
        {key: word.given for key, word in said.items()},
    )
