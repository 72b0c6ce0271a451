"""The leaflet: a tagged PDF that says what the terms say, the same bytes for the same day, made without a network."""

from __future__ import annotations

import builtins
import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from programmes.cases import text_of
from vafa.core import figures
from vafa.core.calendar import day_number
from vafa.core.errors import Refusal
from vafa.core.words import speaking
from vafa.reward import engine, gallery, leaflet, programme, terms

DAY = day_number(date(2026, 11, 20))
EDITION = leaflet.Edition("Corner Market", DAY, 3, day_number(date(2026, 1, 1)))


def plan_of(text: str, currency: str = "USD", calendar: str = "gregorian") -> engine.Plan:
    return engine.compile(programme.load(text), calendar=calendar, currency=currency)


@contextmanager
def reading(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(content)
    yield document
    document.close()


def words_of(content: bytes) -> str:
    """What stands on the pages, without spaces: where lines break is the paper's affair."""
    with reading(content) as document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_leaflet_says_every_sentence_of_the_terms() -> None:
    plan = plan_of(text_of("gallery/grocer"))
    told = words_of(leaflet.pdf(plan, EDITION))
    for chapter in terms.chapters(plan, DAY):
        for section in chapter.sections:
            assert squeezed(section.text) in told
    assert squeezed("Version 3, in force from 1 January 2026") in told
    assert squeezed("page 2 of 2") in told


def test_it_has_title_language_and_tags() -> None:
    with speaking("hy"):
        content = leaflet.pdf(plan_of(text_of("gallery/cafe")), EDITION)
    with reading(content) as document:
        assert document.get_metadata_value("Title") == "Պայմաններ: Կնիքների քարտ"
        assert document.get_metadata_value("Author") == "Corner Market"
        assert document.get_metadata_value("CreationDate").startswith("D:20261120")
        assert (round(document[0].get_width()), round(document[0].get_height())) == (595, 842)  # A4
        assert document.is_tagged()
        told = ctypes.create_unicode_buffer(8)
        pypdfium2.raw.FPDFCatalog_GetLanguage(document, ctypes.cast(told, ctypes.POINTER(ctypes.c_ushort)), 16)
        assert bytes(told).decode("utf-16-le").startswith("hy\0")


def test_persian_runs_from_the_right_in_its_own_digits_days_and_toman() -> None:
    plan = plan_of(gallery.text("grocer", "IRR"), "IRR", "jalali")
    with speaking("fa"), figures.shown("jalali", toman=True):
        page = leaflet.html(plan, EDITION)
    assert '<html lang="fa" dir="rtl">' in page
    assert "۲۹ آبان ۱۴۰۵" in page
    assert "۱۰۰٬۰۰۰ تومان" in page
    assert "counter(page, persian)" in page
    assert "@top-right" in page


def test_the_same_day_makes_the_same_bytes_in_any_process_at_any_moment(tmp_path: Path) -> None:
    out = tmp_path / "terms.pdf"
    call = f"programme terms gallery:cafe --lang hy --as-of 2026-11-20 --club Corner --pdf {out}"
    run = f"from vafa.site.main import main; import sys; sys.argv[1:] = {call.split()!r}; main()"
    subprocess.run([sys.executable, "-c", run], check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    with speaking("hy"):
        assert out.read_bytes() == leaflet.pdf(plan_of(text_of("gallery/cafe")), leaflet.Edition("Corner", DAY))


def test_nothing_is_fetched_and_names_are_only_text() -> None:
    evil = '<img src="http://127.0.0.1:9/x"><link rel=stylesheet href="file:///etc/passwd">'
    page = leaflet.html(plan_of(text_of("gallery/cafe")), EDITION._replace(club=f'{evil}"; content: url(http://x/)'))
    assert "<img" not in page
    assert r"\22 ; content: url" in page  # in the style sheet a quote stands by its number
    assert '"; content: url' not in page
    fetcher = leaflet._fetcher(leaflet._weasyprint())
    for url in ("http://127.0.0.1:9/x", "file:///etc/passwd", "data:text/plain,x", (leaflet.FONTS / "x").as_uri()):
        with pytest.raises(ValueError, match="fetches nothing"):
            fetcher.fetch(url)


def test_without_pango_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(Refusal) as refused:
        leaflet.pdf(plan_of(text_of("gallery/cafe")), EDITION)
    assert refused.value.code == "no_pango"
    assert "apt install libpango-1.0-0" in refused.value.hint
