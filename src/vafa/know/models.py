"""The card file: customers, how they are recognised, what they bought."""

from __future__ import annotations

from django.db import models


class Customer(models.Model):
    code = models.CharField(max_length=80, unique=True)  # the shop's own number: customer_id in files and API
    name = models.CharField(max_length=160, default="", blank=True)
    folded_name = models.CharField(max_length=160, default="", db_index=True)
    birthday = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=2, default="", blank=True)
    note = models.TextField(default="", blank=True)
    sample = models.BooleanField(default=False)  # dressed up with made names
    created_at = models.DateTimeField()
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")  # the one card


class Merge(models.Model):
    """Two cards turned out to be one person's. ``before``: what it changed, so that it can be undone."""

    kept = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    day = models.IntegerField()
    actor = models.CharField(max_length=80)
    before = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["gone"], name="merged_once", condition=models.Q(undone_at=None)),
            models.CheckConstraint(condition=~models.Q(kept=models.F("gone")), name="merge_of_two"),
        )


class Duplicate(models.Model):
    """Two cards that are probably one person's. Refused: somebody said that they are two; never proposed again."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    reasons = models.JSONField()  # codes of know.matching.REASONS
    found_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["first", "second"], name="duplicate_once"),)


class Identity(models.Model):
    """One way to recognise a customer: phone (E.164), e-mail or card."""

    PHONE, EMAIL, CARD = "phone", "email", "card"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=8)
    value = models.CharField(max_length=254)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "value", "customer"], name="identity_once"),
            # a card names one person; families share phones
            models.UniqueConstraint(fields=["value"], name="card_once", condition=models.Q(kind="card")),
        )


class Consent(models.Model):
    """A yes or no to one purpose on one channel. The last one counts; none is ever changed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20)
    channel = models.CharField(max_length=10)
    given = models.BooleanField()
    wording = models.CharField(max_length=40)
    source = models.CharField(max_length=80)
    at = models.DateTimeField()


class Conversation(models.Model):
    """One talk with a customer, what it was about, how satisfied they were, and what was promised."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="conversations")
    way = models.CharField(max_length=10)  # of know.dialogue.WAYS
    at = models.DateTimeField()
    day = models.IntegerField()
    text = models.TextField()
    satisfaction = models.IntegerField(null=True)  # 1 to 5, with the last purchase
    promise = models.CharField(max_length=300, default="")
    promise_day = models.IntegerField(null=True)  # by when
    promise_kept_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=80)  # who talked with them

    class Meta:
        indexes = (
            models.Index(fields=["customer", "at"], name="conversation_history"),
            models.Index(
                fields=["promise_day"],
                name="conversation_open",
                condition=models.Q(promise_kept_at=None) & ~models.Q(promise=""),
            ),
        )


class Relative(models.Model):
    """Somebody of a customer's household, or whom a firm sends: for a kind word and dates that matter."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relatives")
    name = models.CharField(max_length=160)
    relation = models.CharField(max_length=10)  # of know.dialogue.RELATIONS
    birthday = models.DateField(null=True)


class Product(models.Model):
    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200, default="")
    category = models.CharField(max_length=120, default="")
    brand = models.CharField(max_length=120, default="")


class Purchase(models.Model):
    """A sale or a return, named for ever by (source, key). Amounts are minor units, positive in both."""

    SALE, RETURN = "sale", "return"

    source = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=32)
    kind = models.CharField(max_length=6)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, null=True, db_index=False)
    at = models.DateTimeField()
    day = models.IntegerField(db_index=True)
    amount = models.BigIntegerField()
    returns = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="given_back")
    returns_key = models.CharField(max_length=120, default="")
    store = models.CharField(max_length=80, default="")
    channel = models.CharField(max_length=40, default="")
    seller = models.CharField(max_length=120, default="")
    tender = models.CharField(max_length=40, default="")
    voided_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    told = models.ForeignKey(  # the card that was told, where it is another one of the same person
        Customer, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "key"], name="purchase_key"),
            models.CheckConstraint(condition=models.Q(kind__in=["sale", "return"]), name="purchase_kind"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="purchase_amount"),
        )
        indexes = (
            models.Index(fields=["customer", "at", "id"], name="purchase_history"),
            models.Index(  # returns whose sale is not told yet
                fields=["returns_key"], name="purchase_parked", condition=models.Q(kind="return", returns=None)
            ),
        )


class Line(models.Model):
    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="lines")
    number = models.IntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, db_index=False)
    amount = models.BigIntegerField()
    quantity_milli = models.BigIntegerField(null=True)  # thousandths
    unit_price = models.BigIntegerField(null=True)
    discount = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    tax = models.BigIntegerField(null=True)


class Happening(models.Model):
    """Something that a customer did besides buying, or a birthday, named for ever by (source, key)."""

    source = models.CharField(max_length=80)
    key = models.CharField(max_length=120)
    digest = models.CharField(max_length=32)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, db_index=False)
    event = models.CharField(max_length=40)
    at = models.DateTimeField()
    day = models.IntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "key"], name="happening_key"),)
        indexes = (models.Index(fields=["customer", "at", "id"], name="happening_history"),)


class ImportRun(models.Model):
    """One file that was brought in, with what became of its rows."""

    file = models.CharField(max_length=255)
    preset = models.CharField(max_length=40)
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=80)
    counts = models.JSONField(default=dict)
