from django.apps import AppConfig


class RewardConfig(AppConfig):
    name = "vafa.reward"
    label = "reward"
