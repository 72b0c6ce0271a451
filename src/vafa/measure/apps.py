from django.apps import AppConfig


class MeasureConfig(AppConfig):
    name = "vafa.measure"
    label = "measure"
