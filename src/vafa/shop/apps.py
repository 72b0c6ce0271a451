from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "vafa.shop"
    label = "shop"
