"""What the card file can say of a customer, as columns for segments."""

from __future__ import annotations

from vafa.core.columns import CHOICE, FLAG, MONEY, NUMBER, TEXT, Column
from vafa.core.words import LANGUAGES
from vafa.core.words import gettext_noop as _

SPANS = (90, 365)  # days
_HOUSEHOLD = "SELECT 1 FROM know_relative r WHERE r.customer_id = c.id"
_LATER = (
    "SELECT 1 FROM know_consent n WHERE n.customer_id = k.customer_id AND n.purpose = k.purpose "
    "AND n.channel = k.channel AND (n.at > k.at OR (n.at = k.at AND n.id > k.id))"
)


def columns(today: int) -> list[Column]:
    """The columns as of ``today``."""
    return [
        Column("customer_id", _("the number"), TEXT, "c.code"),
        Column("language", _("the language"), CHOICE, "c.language", choices=LANGUAGES),
        _marked("has_phone", _("a phone is known"), "phone"),
        _marked("has_email", _("an e-mail address is known"), "email"),
        _marked("has_card", _("has a card"), "card"),
        Column("has_birthday", _("the birthday is known"), FLAG, "(c.birthday IS NOT NULL)"),
        _consenting("may_email", _("wants offers by e-mail"), "email"),
        _consenting("may_sms", _("wants offers by SMS"), "sms"),
        *_talked(today),
        *(column for span in SPANS for column in _lately(span, today)),
    ]


def _marked(name: str, title: str, kind: str) -> Column:
    found = f"SELECT 1 FROM know_identity i WHERE i.customer_id = c.id AND i.kind = '{kind}'"
    return Column(name, title, FLAG, f"EXISTS ({found})")


def _consenting(name: str, title: str, channel: str) -> Column:
    """Whether the newest word on offers by this channel is yes."""
    said = (
        f"SELECT 1 FROM know_consent k WHERE k.customer_id = c.id AND k.purpose = 'offers' "
        f"AND k.channel = '{channel}' AND k.given AND NOT EXISTS ({_LATER})"
    )
    return Column(name, title, FLAG, f"EXISTS ({said})")


def _talked(today: int) -> list[Column]:
    """What was said and promised; NULL where nobody talked or asked."""
    told = "FROM know_conversation t WHERE t.customer_id = c.id"
    said = f"SELECT t.satisfaction {told} AND t.satisfaction IS NOT NULL ORDER BY t.at DESC, t.id DESC LIMIT 1"
    return [
        Column("days_since_talk", _("days since the last talk"), NUMBER, f"({today} - (SELECT MAX(t.day) {told}))"),
        Column("satisfaction", _("satisfaction, of 5, when last asked"), NUMBER, f"({said})"),
        Column(
            "promise_open",
            _("a promise is open"),
            FLAG,
            f"EXISTS (SELECT 1 {told} AND t.promise <> '' AND t.promise_kept_at IS NULL)",
        ),
        Column("has_household", _("somebody of the household is known"), FLAG, f"EXISTS ({_HOUSEHOLD})"),
    ]


def _lately(span: int, today: int) -> list[Column]:
    """On how many days they bought in the last ``span`` days, today among them, and for how much."""
    days, spent = {
        90: (_("days of buying in the last 90 days"), _("spent in the last 90 days")),
        365: (_("days of buying in the last 365 days"), _("spent in the last 365 days")),
    }[span]
    joined = (
        f"LEFT JOIN (SELECT customer_id, COUNT(DISTINCT CASE WHEN kind = 'sale' THEN day END) AS days, "
        f"SUM(CASE WHEN kind = 'sale' THEN amount ELSE -amount END) AS spent FROM know_purchase "
        f"WHERE voided_at IS NULL AND day > {today - span} AND day <= {today} GROUP BY customer_id) p{span} "
        f"ON p{span}.customer_id = c.id"
    )
    return [
        Column(f"days_bought_{span}", days, NUMBER, f"COALESCE(p{span}.days, 0)", (joined,)),
        Column(f"spent_{span}", spent, MONEY, f"COALESCE(p{span}.spent, 0)", (joined,)),
    ]
