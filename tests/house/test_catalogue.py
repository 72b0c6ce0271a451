"""Every text is there in Persian, those of the terms in Armenian too, with placeholders; compiled is as written."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
from catalogue import FOLDER, LANGUAGES, faults, folder, places

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    assert faults(polib.pofile(str(folder(language) / "django.po"))) == []


def test_a_lost_placeholder_would_be_seen() -> None:
    planted = polib.POFile()
    planted.append(polib.POEntry(msgid="%(n)s points", msgstr="امتیاز"))
    planted.append(polib.POEntry(msgid="Save", msgstr=""))
    assert faults(planted) == ["places: %(n)s points", "missing: Save"]
    assert places("<em>%(n)s</em> %%") == sorted(["<em>", "%(n)s", "</em>"])  # ٪ may stand for %%


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    po, mo = polib.pofile(str(folder(language) / "django.po")), polib.mofile(str(folder(language) / "django.mo"))
    written = {e.msgid: e.msgstr or e.msgstr_plural for e in po if not e.obsolete}
    assert {e.msgid: e.msgstr or e.msgstr_plural for e in mo} == written


def hidden_texts(source: str) -> list[str]:
    """Texts that are marked inside an f-string, where the collector does not look."""
    return [
        call.args[0].value
        for string in ast.walk(ast.parse(source))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") in {"_", "gettext", "ngettext"}
        and isinstance(call.args[0], ast.Constant)
    ]


def test_no_text_hides_in_an_f_string() -> None:
    found = [text for path in (ROOT / "src" / "vafa").rglob("*.py") for text in hidden_texts(path.read_text("utf-8"))]
    assert found == []
    assert hidden_texts("f'{_(\"Save\")}'") == ["Save"]


def test_marks_have_the_names_that_the_collector_knows() -> None:
    aliases = re.compile(r"words import (?:gettext|ngettext|gettext_noop) as (?!_$)\w+", re.MULTILINE)
    assert [p.name for p in (ROOT / "src" / "vafa").rglob("*.py") if aliases.search(p.read_text("utf-8"))] == []


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="collecting texts needs GNU gettext")
def test_the_catalogue_holds_every_text_of_the_program(tmp_path: Path) -> None:
    copy = tmp_path / "vafa"
    shutil.copytree(ROOT / "src" / "vafa", copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
    command = [str(Path(sys.executable).parent / "django-admin"), "makemessages", "--locale", "fa", "--no-location"]
    subprocess.run([*command, "--settings", "vafa.site.settings"], cwd=copy, check=True, capture_output=True)
    fresh = polib.pofile(str(copy / "locale" / "fa" / "LC_MESSAGES" / "django.po"))
    wanted = {entry.msgid: entry for entry in fresh if not entry.obsolete}
    held = {entry.msgid for entry in polib.pofile(str(FOLDER / "django.po")) if not entry.obsolete}
    assert wanted.keys() - held == set()
    armenian = {entry.msgid for entry in polib.pofile(str(folder("hy") / "django.po"))}
    assert armenian - wanted.keys() == set()  # nothing that the program no longer says
