"""Pieces of a printed report: sections with a drawing, tables, and the reader's fonts inside the page."""

from __future__ import annotations

import base64
from html import escape

from vafa.core.words import language
from vafa.measure import charts
from vafa.measure.drawing import Spec

_FONTS = {"en": ("inter-latin-wght-normal",), "fa": ("vazirmatn-arabic-wght-normal", "vazirmatn-latin-wght-normal")}
_FAMILIES = {"inter": "Inter Variable", "vazirmatn": "Vazirmatn Variable"}
_LARGEST_FONT = 120_000  # bytes; a page stays small enough for an e-mail


def section(title: str, definition: str, spec: Spec) -> str:
    """A drawing under its finding, with its definition."""
    return (
        f'<section><h2>{escape(title)}</h2><div class="v-chart" role="img" aria-label="{escape(title)}">'
        f'{charts.svg(spec)}</div><p class="v-def">{escape(definition)}</p></section>'
    )


def table(title: str, heads: list[str], rows: list[list[str]], definition: str) -> str:
    """A table under its title; all columns but the first are figures."""

    def row(cells: list[str], tag: str) -> str:
        first = f'<{tag} scope="{"col" if tag == "th" else "row"}">{escape(cells[0])}</{tag}>'
        if tag == "td":
            first = f"<td>{escape(cells[0])}</td>"
        scope = ' scope="col"' if tag == "th" else ""
        return "<tr>" + first + "".join(f'<{tag}{scope} class="num">{escape(c)}</{tag}>' for c in cells[1:]) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return (
        f'<section><h2>{escape(title)}</h2><table class="v-table"><thead>{row(heads, "th")}</thead>'
        f'<tbody>{body}</tbody></table><p class="v-def">{escape(definition)}</p></section>'
    )


def font_faces() -> str:
    """The reader's fonts as data in the page; without their files the system's fonts do."""
    faces = []
    for stem in _FONTS[language()]:
        for path in sorted(charts.VENDOR.rglob(f"{stem}.woff2"))[:1]:
            if path.stat().st_size <= _LARGEST_FONT:
                data = base64.b64encode(path.read_bytes()).decode("ascii")
                faces.append(
                    f'@font-face {{ font-family: "{_FAMILIES[stem.partition("-")[0]]}"; font-weight: 100 900; '
                    f'src: url(data:font/woff2;base64,{data}) format("woff2"); {_range(stem)}}}'
                )
    return "\n".join(faces)


def _range(stem: str) -> str:
    if "arabic" not in stem:
        return ""
    return "unicode-range: U+0600-06FF, U+200C-200E, U+2010-2011, U+FB50-FDFF, U+FE70-FEFC; "
