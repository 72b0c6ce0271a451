"""The programme as versioned data, its members, and what they did with their units."""

from __future__ import annotations

from django.db import models


class ProgrammeVersion(models.Model):
    """One text of the programme. A launched one is never edited, and holds until the next one begins."""

    DRAFT, LAUNCHED, WITHDRAWN = "draft", "running", "withdrawn"

    course: tuple[ProgrammeVersion, ...] = ()  # where it was read with them: all launched ones, in order

    number = models.PositiveIntegerField(unique=True)
    text = models.TextField()
    status = models.CharField(max_length=9, default=DRAFT)
    starts_day = models.IntegerField(null=True)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["starts_day"], name="one_version_a_day", condition=models.Q(status="running")
            ),
        )


class Member(models.Model):
    """A customer in the club. Ids are shared with the ledger, which knows no customers."""

    customer_id = models.BigIntegerField(unique=True)
    joined_at = models.DateTimeField()
    joined_day = models.IntegerField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")


class Position(models.Model):
    """Where the engine stands with a member. A cache: walking the member's history gives it again."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, primary_key=True)
    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT)
    state = models.BinaryField()
    last_at = models.DateTimeField()
    last_activity = models.BigIntegerField()
    walked_day = models.IntegerField()  # expiries are booked up to this day
    tier = models.CharField(max_length=40, default="")
    due_day = models.BigIntegerField(null=True, db_index=True)  # when time alone changes something, expiries aside


class TierMove(models.Model):
    """A member came to a tier. Made from the engine's effects, and made again with them."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tier_moves")
    activity = models.BigIntegerField()
    day = models.IntegerField()
    tier = models.CharField(max_length=40)


class Redemption(models.Model):
    """A reward that a member took, or whose units are held until it is confirmed."""

    HELD, MADE, CANCELLED, EXPIRED = "held", "made", "cancelled", "expired"
    COUNTING = (HELD, MADE)  # what stands in the member's history

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="redemptions")
    reward = models.CharField(max_length=40)
    units = models.BigIntegerField()
    unit = models.CharField(max_length=40)
    worth = models.BigIntegerField(null=True)  # minor units, where the reward is money
    gives = models.CharField(max_length=40, default="")  # a unit of money for the wallet; "": nothing of that kind
    at = models.DateTimeField()
    day = models.IntegerField()
    status = models.CharField(max_length=9, default=MADE)
    held_until = models.DateTimeField(null=True)  # from this instant on a hold is without effect
    cancelled_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=80)

    class Meta:
        indexes = (
            models.Index(fields=["member", "at"], name="redemption_history"),
            models.Index(fields=["held_until"], name="redemption_held", condition=models.Q(status="held")),
        )
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(status="held") | models.Q(held_until__isnull=False), name="hold_has_an_end"
            ),
        )


class Adjustment(models.Model):
    """Units that a person of the staff gave or took, or a debt that they forgave, with the reason.

    Over the club's limit it waits until a second person approves it.
    """

    WAITING, MADE, REFUSED = "waiting", "made", "refused"
    GIVE, TAKE, FORGIVE = "give", "take", "forgive"

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="adjustments")
    act = models.CharField(max_length=7)
    unit = models.CharField(max_length=40)
    units = models.BigIntegerField()  # positive in all three
    owed = models.BooleanField(default=False)  # of what is taken: what is not there is owed
    reason = models.CharField(max_length=20)
    note = models.CharField(max_length=200, default="")
    status = models.CharField(max_length=7, default=MADE)
    key = models.CharField(max_length=255, unique=True)  # the same request twice is one adjustment
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()
    asked_day = models.IntegerField()
    decided_by = models.CharField(max_length=80, default="")
    decided_at = models.DateTimeField(null=True)
    at = models.DateTimeField(null=True)  # when it took place in the member's history
    day = models.IntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["member", "at"], name="adjustment_history"),
            models.Index(fields=["asked_day", "asked_by"], name="adjustment_of_day"),
            models.Index(fields=["id"], name="adjustment_waiting", condition=models.Q(status="waiting")),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(units__gt=0), name="adjustment_units"),
            models.CheckConstraint(condition=models.Q(act__in=["give", "take", "forgive"]), name="adjustment_act"),
            models.CheckConstraint(
                condition=~models.Q(status="made") | models.Q(at__isnull=False, day__isnull=False),
                name="adjustment_made_at",
            ),
        )
