"""What comes in and goes out: the activity file's names, money as decimal strings."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from ninja import Field, Schema
from pydantic import BaseModel, ConfigDict, field_validator

from vafa.core import money
from vafa.core.calendar import local_day
from vafa.core.errors import Refusal
from vafa.core.records import Line, Purchase
from vafa.core.words import gettext_noop as _

FIRST_YEAR, LAST_YEAR = 1900, 2200
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")
Text = Field(default="", max_length=120)
Money = Field(description="A decimal string in major units, such as “48.50”.", max_length=40)
OptionalMoney = Field(default=None, description="A decimal string in major units.", max_length=40)


class Body(BaseModel):  # nothing but plain values goes in: ninja's Schema would look at each for attributes
    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _is_text(cls, value: Any) -> Any:
        """No database keeps these, and no shop means them."""
        if isinstance(value, str) and _NO_TEXT.search(value):
            raise ValueError("characters that belong to no text")
        return value

    @field_validator("at", "joined_at", "birthday", check_fields=False)
    @classmethod
    def _is_of_our_time(cls, value: date | None) -> date | None:
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"the year must be from {FIRST_YEAR} to {LAST_YEAR}")
        return value


class LineIn(Body):
    amount: str = Money
    product_id: str = Field(default="", max_length=80)
    product_name: str = Field(default="", max_length=200)
    category: str = Text
    brand: str = Text
    quantity: Decimal | None = Field(default=None, gt=0, le=10**9)
    unit_price: str | None = OptionalMoney
    discount: str | None = OptionalMoney
    cost: str | None = OptionalMoney
    tax: str | None = OptionalMoney


class PurchaseIn(Body):
    """A sale (or, with ``kind`` “return”, what was given back)."""

    purchase_id: str | None = Field(default=None, min_length=1, max_length=120)
    customer_id: str | None = Field(default=None, min_length=1, max_length=80)
    at: datetime
    amount: str | None = Field(default=None, description="Needed where there are no lines.", max_length=40)
    kind: Literal["sale", "return"] = "sale"
    returns: str | None = Field(default=None, max_length=120, description="purchase_id that is given back")
    currency: str | None = Field(default=None, max_length=20)
    store: str = Field(default="", max_length=40)
    channel: str = Field(default="", max_length=40)
    seller: str = Text
    tender: str = Field(default="", max_length=40)
    lines: list[LineIn] = Field(default_factory=list, max_length=2000)


class PointsOut(BaseModel):
    unit: str
    amount: int
    reasons: list[str]


class ReceiptOut(BaseModel):
    purchase_id: str
    kind: str
    customer_id: str | None
    amount: str
    currency: str
    at: datetime
    member: bool
    points: list[PointsOut]
    balances: dict[str, int]
    tier: str


BROUGHT_BY = "customer_id of the member who brought them. Each is brought once."


class MemberIn(Body):
    customer_id: str | None = Field(default=None, min_length=1, max_length=80)
    customer_name: str = Field(default="", max_length=160)
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=254)
    card: str | None = Field(default=None, max_length=40)
    birthday: date | None = None
    language: Literal["en", "fa", ""] = ""
    joined_at: datetime | None = None
    referred_by: str | None = Field(default=None, min_length=1, max_length=80, description=BROUGHT_BY)


class MemberOut(Schema):
    customer_id: str
    customer_name: str
    joined_at: datetime | None
    tier: str
    balances: dict[str, int]


class ThresholdIn(Body):
    reward: str = Field(min_length=1, max_length=40)
    units: int = Field(ge=1, le=10**12, description="One of the reward's steps.")


class ThresholdOut(Schema):
    reward: str
    name: str
    unit: str
    steps: list[int]
    chosen: int = Field(description="The first step, where nothing was chosen.")


class EventIn(Body):
    """Something that a customer did besides buying."""

    event_id: str | None = Field(default=None, min_length=1, max_length=120)
    customer_id: str = Field(min_length=1, max_length=80)
    event: str = Field(pattern="^[a-z][a-z0-9_]{0,39}$", description="Its name, as the programme calls it: “review”.")
    at: datetime | None = Field(default=None, description="When it happened. Null: now.")


class EventOut(Schema):
    event_id: str
    customer_id: str
    event: str
    at: datetime
    member: bool
    points: list[PointsOut]
    balances: dict[str, int]
    tier: str


class RedemptionIn(Body):
    customer_id: str = Field(min_length=1, max_length=80)
    reward: str = Field(min_length=1, max_length=40)
    units: int | None = Field(default=None, ge=1, le=10**12, description="Of a reward with “chosen”: how many units.")
    bill: str | None = Field(default=None, max_length=40, description="What is to be paid, as a decimal string.")


class HoldIn(RedemptionIn):
    minutes: int = Field(default=15, ge=1, le=1440, description="How long the units are set aside.")


GIVES = "A unit of money that comes into the wallet, such as a certificate. Null: what it is worth comes off the bill."


class ChosenOut(Schema):
    min: int
    step: int
    share: float = Field(description="Of the bill that may be paid so, 0 to 1.")


class RewardOut(Schema):
    reward: str
    name: str
    unit: str
    price: int
    worth: str | None
    gives: str | None = Field(description=GIVES)
    tiers: list[str] = Field(description="The tiers that may have it. Empty: every member.")
    chosen: ChosenOut | None = Field(description="The member says how many units; price and worth are the least.")


class QuoteOut(Schema):
    customer_id: str
    reward: str
    unit: str
    units: int = Field(description="What it would cost.")
    worth: str | None
    gives: str | None = Field(description=GIVES)
    available: bool
    code: str = Field(description="Why not: “not_enough” or “tier_too_low”; empty where it is available.")
    reason: str
    balance: int = Field(description="Spendable now.")
    balance_after: int | None = Field(description="Null where it is not available.")


class RedemptionOut(Schema):
    redemption_id: int
    customer_id: str
    reward: str
    unit: str
    units: int
    worth: str | None
    gives: str | None = Field(description=GIVES)
    status: str = Field(description="“held”, “made”, “cancelled” or “expired”.")
    held_until: datetime | None = Field(description="Of a hold: from this instant on it is without effect.")
    balances: dict[str, int]


class VoucherIn(Body):
    customer_id: str = Field(min_length=1, max_length=80)
    code: str = Field(min_length=1, max_length=60, description="As it is printed; case, spaces and hyphens are free.")


class VoucherOut(Schema):
    customer_id: str
    name: str = Field(description="What the vouchers are called.")
    unit: str
    units: int = Field(description="What it gave.")
    fresh: bool
    balances: dict[str, int]


class AdjustmentIn(Body):
    act: Literal["give", "take", "forgive"] = Field(description="“forgive”: of what is owed.")
    unit: str = Field(min_length=1, max_length=40)
    units: int = Field(ge=1, le=10**12)
    reason: Literal["mistake", "complaint", "goodwill", "till_failed", "abuse", "other"]
    note: str = Field(min_length=3, max_length=200, description="Why, in a few words.")
    owed: bool = Field(default=False, description="Of what is taken: what is not there is owed.")


class AdjustmentOut(Schema):
    adjustment_id: int
    customer_id: str
    act: str
    unit: str
    units: int
    reason: str
    note: str
    owed: bool
    status: str = Field(description="“made”, “waiting” (for a second person, in the office) or “refused”.")
    asked_at: datetime
    decided_at: datetime | None
    balances: dict[str, int]


class MergeIn(Body):
    gone: str = Field(min_length=1, max_length=80, description="customer_id of the card that is given up.")
    customer_name: str | None = Field(default=None, max_length=160, description="Null: what the kept card says.")
    birthday: date | None = Field(default=None, description="Null: what the kept card says.")


class MergeOut(Schema):
    merge_id: int
    customer_id: str = Field(description="The card that is kept.")
    gone: str
    customer_name: str
    at: datetime
    undo_until: datetime
    undone_at: datetime | None
    tier: str
    balances: dict[str, int]
    owed: dict[str, int]


def to_purchase(body: PurchaseIn, *, key: str, currency: str, time_zone: str) -> Purchase:
    """The canonical purchase of a body; a Refusal where its figures contradict one another."""
    if body.currency and body.currency.upper() != currency:
        money.digits(body.currency.upper())
        raise Refusal(
            "other_currency",
            _("The shop's currency is %(ours)s, the purchase's is %(theirs)s."),
            _("Send it in %(ours)s."),
            ours=currency,
            theirs=body.currency,
        )
    lines = tuple(_line(line, currency) for line in body.lines)
    if body.amount is None and not lines:
        raise Refusal("no_amount", _("Neither amount nor lines were sent."), _("Send an amount such as “48.50”."))
    amount = money.to_minor(body.amount, currency) if body.amount is not None else sum(line.amount for line in lines)
    if lines and body.amount is not None and sum(line.amount for line in lines) != amount:
        raise Refusal("lines_differ", _("The lines add up to another sum than the amount."))
    if abs(amount) > money.LARGEST:
        too_large = _("“%(text)s” is too large to be an amount.")
        raise Refusal("amount_too_large", too_large, text=from_minor(amount, currency))
    kind = body.kind
    if amount < 0:  # the same reading as in files
        kind, amount = "return", -amount
        lines = tuple(line._replace(amount=-line.amount) for line in lines)
    zone = ZoneInfo(time_zone)
    at = body.at if body.at.tzinfo else body.at.replace(tzinfo=zone)
    return Purchase(
        source="api",
        purchase_id=key,
        kind=kind,
        customer_id=body.customer_id,
        at=at,
        day=local_day(at, zone),
        amount=amount,
        lines=lines or (Line(amount),),
        returns=body.returns,
        store=body.store,
        channel=body.channel,
        seller=body.seller,
        tender=body.tender,
    )


def _line(line: LineIn, currency: str) -> Line:
    def minor(value: str | None) -> int | None:
        return None if value is None else money.to_minor(value, currency)

    unit_price = minor(line.unit_price)
    if unit_price is not None and unit_price < 0:
        raise Refusal("negative_unit_price", _("A unit price can't be negative."), _("Send a return instead."))
    milli = None if line.quantity is None else int((line.quantity * 1000).to_integral_value(ROUND_HALF_UP))
    return Line(
        money.to_minor(line.amount, currency),
        line.product_id,
        line.product_name,
        line.category,
        line.brand,
        milli,
        unit_price,
        minor(line.discount),
        minor(line.cost),
        minor(line.tax),
    )


def from_minor(amount: int | None, currency: str) -> Any:
    return None if amount is None else str(money.to_major(amount, currency))


DEFINITION = "A condition over columns, such as: purchases >= 4 AND NOT days_since_message < 14"


class DefinitionIn(Body):
    definition: str = Field(max_length=4000, description=DEFINITION)


class SegmentIn(DefinitionIn):
    name: str = Field(min_length=1, max_length=80)


class NameIn(Body):
    name: str = Field(min_length=1, max_length=80)


class SegmentOut(Schema):
    segment: str = Field(description="Its code, as it stands in addresses and definitions.")
    name: str
    definition: str
    live: bool = Field(description="False: a copy that keeps its people.")
    people: int
    refreshed_at: datetime | None
    fault: str = Field(description="Why it can't be counted any more; empty where it can.")


class StepOut(Schema):
    says: str
    people: int = Field(description="How many are left after this part and those above it.")


class CountOut(Schema):
    says: str
    people: int
    of: int
    year_revenue: str = Field(description="What they bought in a year, a decimal string in major units.")
    steps: list[StepOut]


class MembershipOut(Schema):
    customer_id: str
    entered: date


class MembershipsOut(Schema):
    members: list[MembershipOut]
    next: str | None = Field(description="The cursor of the next page. Null: this is the last one.")


class ColumnOut(Schema):
    column: str
    title: str
    kind: str
    choices: list[str]
