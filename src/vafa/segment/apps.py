from django.apps import AppConfig


class SegmentConfig(AppConfig):
    name = "vafa.segment"
    label = "segment"
