"""What can be set from outside, where each value came from, and the secrets made at ``vafa init``.

A value is taken from the environment (``VAFA_HOSTS``), else from ``vafa.toml`` in ``VAFA_HOME``
(``hosts``), else from the default.
"""

from __future__ import annotations

import os
import secrets
import tomllib
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _

DEFAULTS: dict[str, Any] = {
    "hosts": ["127.0.0.1", "localhost"],
    "https": False,
    "debug": False,
    "demo": False,
    "today": "",
    "smtp_url": "",
    "from_email": "",
    "sqlite_durability": "FULL",
}


class Value(NamedTuple):
    value: Any
    origin: str


def home() -> Path:
    """The folder of the database, the mirror, outboxes and uploads."""
    return Path(os.environ.get("VAFA_HOME") or "vafa-data").resolve()


def read() -> dict[str, Value]:
    """Every setting with its origin; a Refusal names the unknown or unreadable one."""
    path = home() / "vafa.toml"
    try:
        written = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal("bad_settings", _("%(path)s can't be read: %(error)s."), path=path, error=error) from None
    if unknown := sorted(set(written) - set(DEFAULTS)):
        raise Refusal(
            "unknown_setting",
            _("%(path)s has an unknown setting “%(name)s”."),
            _("Known are: %(known)s."),
            path=path,
            name=unknown[0],
            known=", ".join(DEFAULTS),
        )
    found: dict[str, Value] = {}
    for name, default in DEFAULTS.items():
        variable = f"VAFA_{name.upper()}"
        if variable in os.environ:
            found[name] = Value(_typed(os.environ[variable], default, variable), variable)
        elif name in written:
            found[name] = Value(written[name], str(path))
        else:
            found[name] = Value(default, "default")
    return found


def _typed(text: str, default: Any, variable: str) -> Any:
    if isinstance(default, bool):
        return text.strip().lower() in {"1", "true", "yes", "on"}
    if isinstance(default, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError:
            raise Refusal("bad_setting", _("%(name)s must be a whole number."), name=variable) from None
    return text


def secret_key() -> str:
    """The site's secret: made once, readable by its owner alone."""
    path = home() / "secret_key"
    if path.is_file():
        return path.read_text("ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(64)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(made)
    return made


def smtp(url: str) -> dict[str, Any]:
    """Django's settings of the mail server in ``smtp://user:password@host:587`` or ``smtps://…``."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise Refusal("bad_smtp_url", _("smtp_url must look like smtp://user:password@host:587."))
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp" and bool(parts.username),
        },
    }


def database() -> dict[str, Any]:
    """Django's settings of the database: ``DATABASE_URL``, else SQLite in ``VAFA_HOME``."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        durability = read()["sqlite_durability"].value
        return {
            "ENGINE": "vafa.site.sqlite",
            "NAME": str(home() / "vafa.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 60,
                "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={durability}; "
                "PRAGMA cache_size=-131072; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise Refusal(
            "bad_database_url",
            _("DATABASE_URL must begin with postgresql:// (it begins with “%(scheme)s”)."),
            scheme=parts.scheme,
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "vafa.site.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"server_side_binding": False},
    }
