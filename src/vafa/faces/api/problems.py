"""Refusals as problem documents (RFC 9457)."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse

from vafa.core.errors import Refusal


def problem(status: int, code: str, detail: str, hint: str, **more: Any) -> HttpResponse:
    """A problem document with our ``code`` and ``hint``."""
    document = {
        "type": f"urn:vafa:problem:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
    } | more
    answer = HttpResponse(json.dumps(document), status=status, content_type="application/problem+json")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer


def refused(refusal: Refusal) -> HttpResponse:
    return problem(refusal.status, refusal.code, refusal.message, refusal.hint)
