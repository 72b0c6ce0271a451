"""The terms as a printed leaflet: HTML of our own making, set as PDF by WeasyPrint. Pure; nothing is fetched.

The same document, edition and language make the same bytes.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from threading import Lock
from typing import Any, NamedTuple

from vafa.core import figures
from vafa.core.calendar import to_date
from vafa.core.errors import Refusal
from vafa.core.words import direction, gettext_noop, language
from vafa.core.words import gettext as _
from vafa.reward import terms
from vafa.reward.engine import Plan

FONTS = Path(__file__).resolve().parents[2] / "faces" / "static" / "vendor"
_FACES = {  # family: its file, beneath FONTS
    "Inter": "inter/files/inter-latin-wght-normal.woff2",
    "Inter Ext": "inter/files/inter-latin-ext-wght-normal.woff2",
    "Vazirmatn": "vazirmatn/files/vazirmatn-arabic-wght-normal.woff2",
    "Noto Sans Armenian": "noto-sans-armenian/files/noto-sans-armenian-armenian-wght-normal.woff2",
}
_COUNTERS = {"fa": "persian"}
_one_at_a_time = Lock()  # what is changed while fonts are cut is changed for the whole process


class Edition(NamedTuple):
    """Whose terms, and which of them; ``version`` and ``since`` are None of a document that runs nowhere."""

    club: str
    day: int  # on which it is made; examples begin there
    version: int | None = None
    since: int | None = None
    draft: bool = False

    @property
    def line(self) -> str:
        """ "Version 3, in force from 1 January 2026", "Draft of version 4" """
        if self.version is None:
            return ""
        number = {"n": figures.number(self.version)}
        if self.draft or self.since is None:
            return _("Draft of version %(n)s: not in force") % number
        return _("Version %(n)s, in force from %(day)s") % (number | {"day": figures.day(self.since)})


def html(plan: Plan, edition: Edition) -> str:
    """The leaflet in the language of the moment."""
    name = _(plan.programme.name) or _("The terms")
    made = _("Made on %(day)s from the programme's own document, by the engine that counts.")
    return Template(_file("leaflet.html")).substitute(
        language=language(),
        direction=direction(),
        title=escape(_("Terms") + ": " + name),
        club=escape(edition.club),
        name=escape(name),
        kind=escape(_("The terms, in plain words")),
        edition=escape(edition.line),
        made=escape(made % {"day": figures.day(edition.day)}),
        created=to_date(edition.day).isoformat(),
        head=_quoted(" · ".join(part for part in (edition.club, name) if part)),
        foot=_quoted(edition.line or figures.day(edition.day)),
        page=_page_of(),
        small='font: 8pt "Inter", "Vazirmatn", "Noto Sans Armenian"; color: #5C696B',
        start="right" if direction() == "rtl" else "left",
        end="left" if direction() == "rtl" else "right",
        faces=_faces(),
        css=_file("leaflet.css"),
        chapters="".join(_chapter(chapter) for chapter in terms.chapters(plan, edition.day)),
    )


def pdf(plan: Plan, edition: Edition) -> bytes:
    """The leaflet as a tagged PDF; a Refusal where the machine lacks the library that sets it."""
    weasyprint = _weasyprint()
    document = weasyprint.HTML(string=html(plan, edition), url_fetcher=_fetcher(weasyprint), base_url=FONTS.as_uri())
    into = io.BytesIO()
    with _steady_fonts():
        document.write_pdf(into, pdf_variant="pdf/ua-1", pdf_identifier=b"vafa-terms", optimize_images=False)
    return into.getvalue()


def _chapter(chapter: terms.Chapter) -> str:
    rows = "".join(
        f"<div><dt>{escape(section.title)}</dt><dd>{''.join(_part(part) for part in section.parts)}</dd></div>"
        for section in chapter.sections
    )
    return f'<section class="{chapter.id}"><h2>{escape(chapter.title)}</h2><dl>{rows}</dl></section>'


def _part(part: terms.Part) -> str:
    """What can be changed in the document stands out."""
    return f"<b>{escape(part.text)}</b>" if part.value else escape(part.text)


def _page_of() -> str:
    """The content of a page's foot: the translated words, with CSS's counters at their places."""
    style = _COUNTERS.get(language(), "decimal")
    text = _quoted(_("page %(page)s of %(pages)s"))
    text = text.replace("%(page)s", f'" counter(page, {style}) "').replace("%(pages)s", f'" counter(pages, {style}) "')
    return text


def _quoted(text: str) -> str:
    r"""A string of CSS inside a style element: quotes, backslashes, line ends and "<" by their numbers."""
    return '"' + "".join(f"\\{ord(sign):x} " if sign in '"\\\n\r\f<' else sign for sign in text) + '"'


def _faces() -> str:
    return "\n".join(
        f'@font-face {{ font-family: "{family}"; src: url("{(FONTS / file).as_uri()}") }}'
        for family, file in _FACES.items()
    )


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")


def _weasyprint() -> Any:
    """The library, loaded when a leaflet is set: it needs Pango, which pip doesn't bring."""
    silence = io.StringIO()
    try:
        with contextlib.redirect_stdout(silence):
            import weasyprint
    except OSError:
        raise Refusal(
            "no_pango",
            gettext_noop("A PDF needs Pango, which this machine lacks."),
            gettext_noop("On Debian: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."),
        ) from None
    return weasyprint


def _fetcher(weasyprint: Any) -> Any:
    """Gives the fonts that are carried along, and nothing else."""
    known = {(FONTS / file).as_uri() for file in _FACES.values()}

    class OwnFontsOnly(weasyprint.urls.URLFetcher):  # type: ignore[misc]  # loaded late
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url not in known:
                raise ValueError(f"a leaflet fetches nothing: {url}")
            return super().fetch(url, headers)

    return OwnFontsOnly(allowed_protocols=("file",))


@contextlib.contextmanager
def _steady_fonts() -> Iterator[None]:
    """Fonts are cut to the letters used; the moment of cutting must not go into them."""
    from fontTools.ttLib.tables import _h_e_a_d as head

    with _one_at_a_time:
        now = head.timestampNow
        head.timestampNow = lambda: 0
        try:
            yield
        finally:
            head.timestampNow = now
