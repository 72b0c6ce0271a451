from django.apps import AppConfig


class EngageConfig(AppConfig):
    name = "vafa.engage"
    label = "engage"
