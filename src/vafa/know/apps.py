from django.apps import AppConfig


class KnowConfig(AppConfig):
    name = "vafa.know"
    label = "know"
