"""Where each customer stands: the result of the methods, as columns for lists, cards and filters."""

from __future__ import annotations

from django.db import models


class Standing(models.Model):
    """One customer as of the last refresh. A cache: ``segment.actions.refresh`` makes it anew."""

    customer_id = models.BigIntegerField(primary_key=True)
    purchases = models.IntegerField()
    revenue = models.BigIntegerField()
    first_day = models.IntegerField()
    last_day = models.IntegerField()
    twice_median_gap = models.IntegerField(null=True)  # days between purchase days; doubled, so that it is whole
    r = models.PositiveSmallIntegerField()
    f = models.PositiveSmallIntegerField()
    m = models.PositiveSmallIntegerField()
    rfm_group = models.CharField(max_length=40)
    abc = models.CharField(max_length=1)
    xyz = models.CharField(max_length=1)
    rung = models.CharField(max_length=10, db_index=True)
    lapsed = models.BooleanField()
    late = models.BooleanField()
    good = models.BooleanField()
    year_revenue = models.BigIntegerField()  # of the 365 days up to the last purchase
    top_share = models.PositiveSmallIntegerField()  # 1 … 100: among the first so many percent by revenue
    buying_type = models.CharField(max_length=16, null=True)  # null where no products are told

    # forecast from the same day; empty where there are too few customers to learn from
    p_alive = models.FloatField(null=True)  # 0–1
    expected_90 = models.FloatField(null=True)  # purchase days
    expected_365 = models.FloatField(null=True)
    clv = models.BigIntegerField(null=True)  # of 365 days, after margin where one is known, with its middle 80 %
    clv_low = models.BigIntegerField(null=True)
    clv_high = models.BigIntegerField(null=True)
    due_day = models.IntegerField(null=True, db_index=True)  # half of their gaps are shorter
    days_late = models.IntegerField(null=True)  # after nine tenths of their gaps; who came back before

    class Meta:
        indexes = (models.Index(fields=["-revenue"], name="standing_revenue"),)


class Segment(models.Model):
    """A named group of customers. Live: whoever fulfils the definition; else those who did when it was copied."""

    code = models.CharField(max_length=60, unique=True)  # in addresses, definitions and the API
    name = models.CharField(max_length=80)
    definition = models.TextField()
    live = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    refreshed_at = models.DateTimeField(null=True)
    people = models.IntegerField(default=0)  # when it was last counted
    fault = models.CharField(max_length=300, default="")  # why it can't be counted any more


class Membership(models.Model):
    """Somebody was in a segment from a day on, at its end; ``left_day``: the first day at whose end they were not."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    customer_id = models.BigIntegerField()
    entered_day = models.IntegerField()
    left_day = models.IntegerField(null=True)
    came_with = models.BigIntegerField(null=True)  # the card through which they are in it, where two became one

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["customer_id", "segment"], name="in_segment_once", condition=models.Q(left_day=None)
            ),
        )
        indexes = (
            models.Index(fields=["segment", "entered_day"], name="segment_entered"),
            models.Index(fields=["segment", "left_day"], name="segment_left"),
        )
