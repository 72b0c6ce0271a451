from django.apps import AppConfig


class FacesConfig(AppConfig):
    name = "vafa.faces"
    label = "faces"
