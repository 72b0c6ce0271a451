"""The mirror: what the shop's figures were on a day."""

from __future__ import annotations

from django.db import models


class Snapshot(models.Model):
    """All figures of the overview as of the end of one day."""

    day = models.IntegerField(unique=True)
    figures = models.JSONField()
    made_at = models.DateTimeField()
