"""What was said to a customer, as columns for segments."""

from __future__ import annotations

from vafa.core.columns import NUMBER, Column
from vafa.core.words import gettext_noop as _

_SENT = (
    "LEFT JOIN (SELECT customer_id, MAX(day) AS day FROM engage_message WHERE status = 'sent' "
    "GROUP BY customer_id) es ON es.customer_id = c.id"
)


def columns(today: int) -> list[Column]:
    """The columns as of ``today``; unknown for whom we never wrote to."""
    return [Column("days_since_message", _("days since we wrote"), NUMBER, f"({today} - es.day)", (_SENT,))]
