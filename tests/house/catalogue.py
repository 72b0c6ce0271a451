"""The Persian catalogue: what is missing in it, and its compiled form. Run as a script it compiles."""

from __future__ import annotations

import re
from pathlib import Path

import polib

FOLDER = Path(__file__).resolve().parents[2] / "src" / "vafa" / "locale" / "fa" / "LC_MESSAGES"
_PLACES = re.compile(r"%\([a-z_A-Z]+\)s|</?(?:em|b)\b[^>]*>")


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
    polib.pofile(str(FOLDER / "django.po")).save_as_mofile(str(FOLDER / "django.mo"))


if __name__ == "__main__":
    compile_all()
