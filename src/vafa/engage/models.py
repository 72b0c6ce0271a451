"""What is said to whom, and to whom on purpose nothing is said."""

from __future__ import annotations

from django.db import models


class Recipe(models.Model):
    """A recipe of the shelf that the shop has switched on, with its parameters."""

    kind = models.CharField(max_length=40, unique=True)
    on = models.BooleanField(default=False)
    params = models.JSONField(default=dict)


class Message(models.Model):
    """One letter to one customer on one occasion; the occasion can't come twice."""

    HELD_OUT, PREPARED, APPROVED, SENDING, SENT, DROPPED = (
        "held_out",
        "prepared",
        "approved",
        "sending",
        "sent",
        "dropped",
    )

    recipe = models.CharField(max_length=40)
    occasion = models.CharField(max_length=80)
    customer_id = models.BigIntegerField(db_index=True)
    channel = models.CharField(max_length=10)
    status = models.CharField(max_length=9)
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=200, default="")
    body = models.TextField(default="")
    why = models.CharField(max_length=300, default="")
    day = models.IntegerField()
    prepared_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    reference = models.CharField(max_length=200, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["recipe", "occasion", "customer_id"], name="message_once"),)
        indexes = (models.Index(fields=["status", "id"], name="message_status"),)
