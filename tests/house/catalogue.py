"""The catalogues: what is missing in them, and their compiled form. Run as a script it compiles.

Persian holds every text of the program; Armenian those of what members are promised, the terms.
"""

from __future__ import annotations

import re
from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parents[2] / "src" / "vafa" / "locale"
LANGUAGES = ("fa", "hy")
FOLDER = LOCALE / "fa" / "LC_MESSAGES"
_PLACES = re.compile(r"%\([a-z_A-Z]+\)s|</?(?:em|b)\b[^>]*>")


def folder(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES"


def places(text: str) -> list[str]:
    """The placeholders and tags of a text, which its translation must keep."""
    return sorted(_PLACES.findall(text))


def faults(catalogue: polib.POFile) -> list[str]:
    """Entries that are untranslated, or that lost a placeholder."""
    found = []
    for entry in catalogue:
        if entry.obsolete:
            continue
        told = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
        wanted = [places(text) for text in (entry.msgid, entry.msgid_plural) if text]
        if not all(told) or "fuzzy" in entry.flags:
            found.append(f"missing: {entry.msgid}")
        elif any(places(text) not in wanted for text in told):
            found.append(f"places: {entry.msgid}")
    return found


def compile_all() -> None:
    for language in LANGUAGES:
        polib.pofile(str(folder(language) / "django.po")).save_as_mofile(str(folder(language) / "django.mo"))


if __name__ == "__main__":
    compile_all()
