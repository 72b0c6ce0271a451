"""How staff sign in: nobody signs up by themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from vafa.core import clock
from vafa.shop import actions, queries
from vafa.shop.models import Staff


class StaffAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        del request  # whoever asks
        return False

    def post_login(self, request: HttpRequest, user: Staff, **kwargs: Any) -> Any:
        actions.audit("staff.signed_in", actor=queries.staff_actor(user), now=clock.now())
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        actions.audit("staff.sign_in_failed", actor=actions.NOBODY, now=clock.now())
        super().authentication_failed(request, **credentials)
