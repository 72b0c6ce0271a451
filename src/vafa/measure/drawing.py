"""A sheet to draw a chart on: places in pixels, marks and colours of our theme, texts in the reader's language.

Charts are Vega-Lite specs (made by Altair). Nothing in them depends on the reader's machine: digits,
months and directions are settled here, so a page, a printed report and a letter show the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import altair as alt

from vafa.core.words import direction, language

Theme = Literal["light", "dark"]
Spec = dict[str, Any]
Bar = tuple[float, float, float, float, str]  # x, y, width, height, words shown when pointed at

STEPS = {
    "light": ("#D3E7E4", "#A9D0CB", "#6FB0A9", "#35877F", "#0B665F"),
    "dark": ("#1D3B38", "#24534E", "#30746D", "#449C92", "#5FC4B8"),
}
ON_STEPS = {  # text on each step, readable by WCAG's measure
    "light": ("#182325", "#182325", "#182325", "#FFFFFF", "#FFFFFF"),
    "dark": ("#E7EDEC", "#E7EDEC", "#FFFFFF", "#05201D", "#05201D"),
}
_FILE = Path(__file__).with_name("vega-theme.json")
_INK = {"light": ("#182325", "#4A585A", "#5C696B", "#E4E8E7"), "dark": ("#E7EDEC", "#B4C0BF", "#93A19F", "#273334")}


@cache
def _themes() -> dict[str, Any]:
    themes: dict[str, Any] = json.loads(_FILE.read_text("utf-8"))
    return themes


def theme_config(theme: Theme) -> dict[str, Any]:
    """Our Vega theme; Persian text comes in its own font first."""
    config: dict[str, Any] = dict(_themes()[theme])
    families = [name.strip() for name in str(config["font"]).split(",")]
    if language() == "fa":
        families.sort(key=lambda name: not name.startswith("Vazirmatn"))
    return config | {"font": ", ".join(families), "aria": False}


def isolated(text: str) -> str:
    """A label that keeps its own direction: drawings run left to right in every language."""
    return f"\u2067{text}\u2069" if direction() == "rtl" else text


class Sheet:
    """Marks are laid one over another; x and y count in pixels from the top at the reading side.

    ``mirrored`` (for ranks, shares and bars, not for time) lets x start on the right in Persian.
    """

    def __init__(self, width: int, height: int, theme: Theme, mirrored: bool = False) -> None:
        self.width, self.height, self.theme = width, height, theme
        self.ink, self.ink2, self.ink3, self.line_colour = _INK[theme]
        self.mirrored = mirrored and direction() == "rtl"
        self._layers: list[alt.Chart] = []

    def texts(self, rows: Iterable[tuple[float, float, str]], at: str = "start", **mark: Any) -> None:
        """Words at (x, y); ``at``: which end of them stands there, "start", "middle" or "end"."""
        align: Any = {"start": "left", "middle": "center", "end": "right"}[at]
        if self.mirrored:
            align = {"left": "right", "right": "left"}.get(align, align)
        values = [{"x": x, "y": y, "text": isolated(text)} for x, y, text in rows]
        if values:
            given: dict[str, Any] = {"color": self.ink, "fontWeight": 400, "tooltip": None, "baseline": "middle"} | mark
            self._layers.append(self._chart(values).mark_text(align=align, **given).encode(text="text:N"))

    def bars(self, rows: Sequence[Bar], **mark: Any) -> None:
        """Rectangles."""
        values = [{"x": x, "x2": x + w, "y": y, "y2": y + h, "tip": isolated(tip)} for x, y, w, h, tip in rows if w > 0]
        if values:
            drawn = self._chart(values).mark_rect(**(dict[str, Any](cornerRadius=3) | mark))
            self._layers.append(drawn.encode(x2="x2:Q", y2="y2:Q", tooltip="tip:N"))

    def line(self, points: Sequence[tuple[float, float]], **mark: Any) -> None:
        values = [{"x": x, "y": y, "n": n} for n, (x, y) in enumerate(points)]
        self._layers.append(self._chart(values).mark_line(tooltip=None, **mark).encode(order="n:Q"))

    def area(self, points: Sequence[tuple[float, float]], foot: float, **mark: Any) -> None:
        values = [{"x": x, "y": y, "y2": foot} for x, y in points]
        self._layers.append(self._chart(values).mark_area(tooltip=None, **mark).encode(y2="y2:Q"))

    def band(self, points: Sequence[tuple[float, float, float]], **mark: Any) -> None:
        """An interval along x: between y and y2 of each (x, y, y2)."""
        values = [{"x": x, "y": y, "y2": y2} for x, y, y2 in points]
        given: dict[str, Any] = {"tooltip": None, "opacity": 0.75} | mark
        self._layers.append(self._chart(values).mark_area(**given).encode(y2="y2:Q"))

    def rules(self, rows: Sequence[tuple[float, float, float, float]], **mark: Any) -> None:
        """Straight lines (x, y, x2, y2)."""
        values = [{"x": x, "y": y, "x2": x2, "y2": y2} for x, y, x2, y2 in rows]
        if values:
            given: dict[str, Any] = {"color": self.line_colour, "strokeDash": [1, 0], "tooltip": None} | mark
            self._layers.append(self._chart(values).mark_rule(**given).encode(x2="x2:Q", y2="y2:Q"))

    def points(self, rows: Sequence[tuple[float, float, str]], **mark: Any) -> None:
        values = [{"x": x, "y": y, "tip": isolated(tip)} for x, y, tip in rows]
        self._layers.append(self._chart(values).mark_point(**({"opacity": 1} | mark)).encode(tooltip="tip:N"))

    def _chart(self, values: list[dict[str, Any]]) -> alt.Chart:
        domain = [self.width, 0] if self.mirrored else [0, self.width]
        return alt.Chart(alt.InlineData(values=values)).encode(
            x=alt.X("x:Q", scale=alt.Scale(domain=domain, nice=False, zero=False), axis=None),
            y=alt.Y("y:Q", scale=alt.Scale(domain=[self.height, 0], nice=False, zero=False), axis=None),
        )

    def spec(self) -> Spec:
        """The drawing as a Vega-Lite document with our theme in it."""
        layered = alt.layer(*self._layers).properties(width=self.width, height=self.height)
        document: Spec = layered.to_dict()
        document["config"] = theme_config(self.theme) | {"padding": 2}
        return document
