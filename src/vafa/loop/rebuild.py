"""All that is made from entries and purchases, made anew."""

from __future__ import annotations

from collections.abc import Callable

from vafa.reward import rebuilding
from vafa.segment import actions as segment
from vafa.segment import queries as segment_queries
from vafa.shop.access import Actor


def rebuild(*, actor: Actor, progress: Callable[[int], None] | None = None) -> rebuilding.Mended:
    """Wallets and tiers from entries and histories, then where everybody stands."""
    mended = rebuilding.rebuild(actor=actor, progress=progress)
    analysis = segment_queries.analysis()
    segment.keep(analysis, segment_queries.ahead(analysis))
    return mended
