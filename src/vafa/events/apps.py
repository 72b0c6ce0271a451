from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "vafa.events"
    label = "events"
