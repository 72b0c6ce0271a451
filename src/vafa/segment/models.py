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
