"""The journal: what happened, in order; it is the outbox too."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """One thing that happened, written in the transaction in which it happened."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    payload = models.JSONField()
    handled_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    error = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=["id"], name="event_waiting", condition=models.Q(handled_at__isnull=True)),)


class Answer(models.Model):
    """What was answered to (source, key): the same again gets the same, other content a conflict."""

    source = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "key"], name="answer_key"),)


class Schedule(models.Model):
    """When a recurring job runs next."""

    name = models.CharField(max_length=60, unique=True)
    next_at = models.DateTimeField()
    last_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
