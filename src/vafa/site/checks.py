"""What must hold before the site may be served: refused with the remedy, not warned of."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]", "::1"})


def faults(host: str) -> Iterator[str]:
    """Unsafe settings, a sentence each, for serving on ``host``."""
    public = host not in LOOPBACK or bool(set(settings.ALLOWED_HOSTS) - LOOPBACK)
    if "*" in settings.ALLOWED_HOSTS:
        yield "hosts must name the site's own names; “*” lets anybody pretend to be it."
    if len(settings.SECRET_KEY) < 50:
        yield "The secret key is too short; delete VAFA_HOME/secret_key and run “vafa init” again."
    if not public:
        return
    if settings.DEBUG:
        yield "debug must be off where others can reach the site (VAFA_DEBUG=0)."
    if settings.DEMO:
        yield "The demo signs in without a second factor; it is served on this machine alone."
    if not settings.SESSION_COOKIE_SECURE:
        yield "https must be on where others can reach the site (VAFA_HTTPS=1, behind a proxy that speaks TLS)."
