"""The columns of all rooms together: what a segment can be defined by."""

from __future__ import annotations

from vafa.core.columns import Catalogue
from vafa.engage import features as engage
from vafa.know import features as know
from vafa.reward import features as reward
from vafa.reward import queries as reward_queries
from vafa.segment import features as segment
from vafa.segment import queries as segment_queries
from vafa.shop import queries as shop


def catalogue() -> Catalogue:
    """The columns as of today, by name."""
    today = shop.today()
    rows = [
        *segment.columns(today, shop.value_levels()),
        *reward.columns(today, reward_queries.running_plan()),
        *engage.columns(today),
        *know.columns(today),
        segment.membership(segment_queries.segment_names()),
    ]
    return {column.name: column for column in rows}
