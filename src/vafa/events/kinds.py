"""What can happen, as frozen values. Names are past tense; fields are ids and plain numbers, no names of people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Happened:
    KIND: ClassVar[str] = ""

    def payload(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class PurchasesRecorded(Happened):
    """Sales or returns came in together; one at the till is a batch of one."""

    KIND: ClassVar[str] = "purchases.recorded"
    first_id: int
    last_id: int
    count: int


@dataclass(frozen=True)
class PurchaseVoided(Happened):
    KIND: ClassVar[str] = "purchase.voided"
    purchase_id: int


@dataclass(frozen=True)
class EventsTold(Happened):
    """Reviews, visits and the like came in together."""

    KIND: ClassVar[str] = "events.told"
    first_id: int
    last_id: int
    count: int


@dataclass(frozen=True)
class MemberJoined(Happened):
    KIND: ClassVar[str] = "member.joined"
    count: int
    customer_id: int | None = None


@dataclass(frozen=True)
class RewardHeld(Happened):
    KIND: ClassVar[str] = "reward.held"
    redemption_id: int


@dataclass(frozen=True)
class RewardRedeemed(Happened):
    KIND: ClassVar[str] = "reward.redeemed"
    redemption_id: int


@dataclass(frozen=True)
class RedemptionCancelled(Happened):
    KIND: ClassVar[str] = "redemption.cancelled"
    redemption_id: int


@dataclass(frozen=True)
class UnitsAdjusted(Happened):
    KIND: ClassVar[str] = "units.adjusted"
    adjustment_id: int


@dataclass(frozen=True)
class CustomersMerged(Happened):
    KIND: ClassVar[str] = "customers.merged"
    merge_id: int


@dataclass(frozen=True)
class CustomersParted(Happened):
    KIND: ClassVar[str] = "customers.parted"
    merge_id: int


@dataclass(frozen=True)
class SegmentChanged(Happened):
    """Customers entered or left a segment when it was counted."""

    KIND: ClassVar[str] = "segment.changed"
    segment_id: int
    day: int
    entered: int
    left: int


@dataclass(frozen=True)
class FileImported(Happened):
    KIND: ClassVar[str] = "file.imported"
    run_id: int
    new: int
