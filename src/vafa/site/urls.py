"""Where each face stands."""

from __future__ import annotations

from django.urls import include, path

from vafa.faces.api import api
from vafa.site import health, views

urlpatterns = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("language", views.language, name="language"),
    path("enter/<str:token>", views.enter, name="enter"),
    path("api/v1/", api.urls),
    path("till/", include("vafa.faces.till.urls")),
    path("", include("vafa.faces.office.urls")),
]
