"""Where each face stands."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from vafa.faces.api import api
from vafa.site import health, views

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("accounts/login/", account.login, name="account_login"),
    path("accounts/signup/", account.signup, name="account_signup"),  # closed; allauth asks for the name
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", account.password_change, name="account_change_password"),
    path("accounts/password/set/", account.password_set, name="account_set_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/<str:uidb36>-<str:key>/",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("language", views.language, name="language"),
    path("enter/<str:token>", views.enter, name="enter"),
    path("api/v1/", api.urls),
    path("", include("vafa.faces.portal.urls")),
    path("till/", include("vafa.faces.till.urls")),
    path("", include("vafa.faces.office.urls")),
]
