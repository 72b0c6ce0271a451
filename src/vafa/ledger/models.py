"""The safe. Every movement goes from one named account to another, in whole units.

An entry is seen from the member's account: a positive amount came from the contra account, a
negative one went to it. So no entry can be out of balance, and the contra side is summed, never
kept as a running total.
"""

from __future__ import annotations

from django.db import models

KINDS = ("earn", "bonus", "redeem", "issue", "return", "expire", "forfeit", "owed", "cancel", "adjust", "merge")


class Account(models.Model):
    """Units of one kind that belong to somebody: a member's wallet, what a member owes, the issuer…"""

    KINDS = ("wallet", "owed", "issuer", "redeemed", "expired", "merged")
    WALLET, OWED, ISSUER, REDEEMED, EXPIRED, MERGED = KINDS

    kind = models.CharField(max_length=10)
    owner = models.BigIntegerField()  # the member's id; 0: the club itself
    unit = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["owner", "unit", "kind"], name="account_name"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["wallet", "owed", "issuer", "redeemed", "expired", "merged"]),
                name="account_kind",
            ),
        )


class Posting(models.Model):
    """Entries that were made together, by somebody, for one activity. Append-only."""

    activity = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()  # when it happened
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    note = models.CharField(max_length=200, default="")


class Lot(models.Model):
    """The units that one activity brought: usable from a day on, and until a day.

    ``left`` is a cache: the sum of the entries that name the lot.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False)
    activity = models.BigIntegerField()
    granted = models.BigIntegerField()
    left = models.BigIntegerField()
    earned_day = models.IntegerField()
    available_day = models.IntegerField()
    expires_day = models.IntegerField(null=True)  # the first day on which it is no longer usable

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "activity"], name="lot_origin"),
            models.CheckConstraint(condition=models.Q(left__gte=0), name="lot_not_overdrawn"),
            models.CheckConstraint(condition=models.Q(left__lte=models.F("granted")), name="lot_not_overfull"),
        )
        indexes = (models.Index(fields=["expires_day"], name="lot_expiring", condition=models.Q(left__gt=0)),)


class Entry(models.Model):
    """One movement. Append-only: the database refuses update and delete."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    contra = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, db_index=False)
    kind = models.CharField(max_length=8)
    amount = models.BigIntegerField()
    activity = models.BigIntegerField()  # what caused it; a correction later names the same one
    day = models.IntegerField()
    reason = models.CharField(max_length=90)

    class Meta:
        indexes = (models.Index(fields=["lot"], name="entry_of_lot"),)
        constraints = (
            models.CheckConstraint(condition=~models.Q(amount=0), name="entry_moves"),
            models.CheckConstraint(condition=models.Q(kind__in=list(KINDS)), name="entry_kind"),
            models.CheckConstraint(condition=~models.Q(account=models.F("contra")), name="entry_two_sides"),
        )
