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
    birthdays_day = models.IntegerField(null=True)  # birthdays up to this day are told
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


class Referral(models.Model):
    """Who brought a member. It is in both members' histories once it counts."""

    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="brought_by")
    advocate = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="brought")
    at = models.DateTimeField()
    counts_at = models.DateTimeField(null=True)  # as things stand; null: not at all
    counts_day = models.IntegerField(null=True)
    given = models.BooleanField(default=False)  # it stands in the histories

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~models.Q(member=models.F("advocate")), name="referral_of_another"),
        )
        indexes = (models.Index(fields=["counts_at"], name="referral_due", condition=models.Q(given=False)),)


class Budget(models.Model):
    """What all members together got of a budget, or of a reward's stock, in one of its windows."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.PROTECT)
    name = models.CharField(max_length=60)  # as the plan calls it, such as "earn:welcome"
    window = models.BigIntegerField()
    most = models.BigIntegerField()
    used = models.BigIntegerField(default=0)
    closed = models.BooleanField(default=False)  # it has run out once

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "name", "window"], name="budget_name"),
            models.CheckConstraint(condition=models.Q(used__gte=0), name="budget_not_negative"),
            models.CheckConstraint(condition=models.Q(used__lte=models.F("most")), name="budget_not_exceeded"),
        )


class BudgetUse(models.Model):
    """What one activity used of a budget (negative: gave back). The same holds when it is walked again."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="uses", db_index=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    activity = models.BigIntegerField()
    used = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["budget", "activity"], name="budget_used_once"),
            models.CheckConstraint(condition=~models.Q(used=0), name="budget_use_counts"),
        )


class Choice(models.Model):
    """From how many units on a member wants a reward to come by itself. The last one counts; none is changed."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="choices")
    reward = models.CharField(max_length=40)
    units = models.BigIntegerField()
    at = models.DateTimeField()
    day = models.IntegerField()
    actor = models.CharField(max_length=80)


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


class VoucherBatch(models.Model):
    """Vouchers that were issued together: each gives so many units of one unit, once, until the last day."""

    name = models.CharField(max_length=80, unique=True)
    unit = models.CharField(max_length=40)
    units = models.BigIntegerField()
    quantity = models.IntegerField()
    last_day = models.IntegerField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(units__gt=0, quantity__gt=0), name="voucher_batch_counts"),
        )


class Voucher(models.Model):
    """A single-use code, of which a hash is kept. The adjustment is what it gave; null: nobody has claimed it."""

    digest = models.BinaryField(max_length=16, unique=True)
    batch = models.ForeignKey(VoucherBatch, on_delete=models.PROTECT, related_name="vouchers", db_index=False)
    adjustment = models.OneToOneField(Adjustment, on_delete=models.PROTECT, null=True, related_name="voucher")

    class Meta:
        indexes = (
            models.Index(fields=["batch"], name="voucher_claimed", condition=models.Q(adjustment__isnull=False)),
        )
