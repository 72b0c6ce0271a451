"""Texts in the reader's language, without Django: one catalogue for pages, commands and reports."""

from __future__ import annotations

import contextlib
import gettext as gettext_module
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "fa": "فارسی"}
PAPERS = LANGUAGES | {"hy": "Հայերեն"}  # what members are promised is written in these; pages are in LANGUAGES
RTL = frozenset({"fa"})
LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"

_language: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The code of the language of the moment: "en", "fa", or "hy" of a paper."""
    return _language.get()


def direction() -> str:
    return "rtl" if language() in RTL else "ltr"


@contextlib.contextmanager
def speaking(code: str) -> Iterator[None]:
    """Within the block every text comes in language ``code`` (unknown codes mean English)."""
    token = _language.set(code if code in PAPERS else "en")
    try:
        yield
    finally:
        _language.reset(token)


@cache
def catalogue(code: str) -> gettext_module.NullTranslations:
    return gettext_module.translation("django", str(LOCALE_DIR), [code], fallback=True)


def translate(text: str) -> str:
    """``text`` in the language of the moment."""
    return catalogue(language()).gettext(text) if text else ""


def gettext(text: str) -> str:
    """The same under the name that the collecting of messages knows."""
    return translate(text)


def ngettext(one: str, many: str, count: int) -> str:
    return catalogue(language()).ngettext(one, many, count)


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue that is translated later, when it is shown."""
    return text


def aside(text: str) -> str:
    """What somebody wrote, kept apart from the direction of the sentence that it stands in (Unicode's isolates)."""
    return f"\u2068{text}\u2069" if text else ""
