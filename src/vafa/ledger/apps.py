from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "vafa.ledger"
    label = "ledger"
