"""Who runs the club: the club itself, its branches, its staff, keys for machines, and the audit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Club(models.Model):
    """The one shop of this installation, with what it chose at its first run."""

    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=120, default="", blank=True)
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=60, default="UTC")
    region = models.CharField(max_length=2, default="US")  # whose phones need no country code
    calendar = models.CharField(max_length=9, default="gregorian")
    week_start = models.PositiveSmallIntegerField(default=0)  # 0 Monday … 6 Sunday
    toman = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="en")
    margin_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    active_days = models.PositiveSmallIntegerField(null=True, blank=True)
    levels = models.TextField(default="", blank=True)  # of the value pyramid, a line each: see levels.py
    breakage_percent = models.PositiveSmallIntegerField(null=True, blank=True)  # of units, assumed never to be used
    adjust_limit = models.BigIntegerField(null=True, blank=True, default=5000)  # minor units; over it two must agree
    adjust_daily = models.BigIntegerField(null=True, blank=True, default=20000)  # minor units, of one person on one day
    thank_you_over = models.BigIntegerField(default=20000)  # minor units
    holdout_percent = models.PositiveSmallIntegerField(default=10)
    sample = models.BooleanField(default=False)
    set_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="one_club"),)


class Branch(models.Model):
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Staff:
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> Staff:
        return self.get(email__iexact=username)


class Staff(AbstractBaseUser):
    """Someone who works here; the role decides what they may see and do (access.py)."""

    OWNER, MANAGER, MARKETER, CASHIER, ANALYST = "owner", "manager", "marketer", "cashier", "analyst"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=10)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, null=True, blank=True)
    language = models.CharField(max_length=2, default="", blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = StaffManager()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "manager", "marketer", "cashier", "analyst"]), name="staff_role"
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email


class OneTimeLink(models.Model):
    """A link that signs one person in, once."""

    digest = models.CharField(max_length=64, unique=True)
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A machine's key: shown once, kept as a hash, good for its scopes alone."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)


class Audit(models.Model):
    """What staff, keys and the command line did. Append-only: the database refuses update and delete."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    act = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, default="")
    details = models.JSONField(default=dict)

    class Meta:
        indexes = (models.Index(fields=["act", "id"], name="audit_act"),)
