"""The look keeps its word: contrast, strict content policy, both directions, vendored files as recorded."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

FACES = Path(__file__).resolve().parents[2] / "src/vafa/faces"
STATIC = FACES / "static"
CSS = (STATIC / "vafa.css").read_text("utf-8")
OURS = sorted(FACES.rglob("*.html"))
SCRIPTS = sorted(STATIC.glob("*.js"))


def tokens(scheme: str) -> dict[str, str]:
    """The colours of one scheme, by their names without "--vafa-"."""
    block = re.search(rf"\[data-bs-theme={scheme}\] \{{(.*?)\n\}}", CSS, re.S)
    assert block, scheme
    return dict(re.findall(r"--vafa-([a-z0-9-]+): (#[0-9A-F]{6})", block[1]))


def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB" (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_knows_black_and_white() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


# on the surface, as the table of the look records it
STATED = {
    "light": {
        "ink": 16.1,
        "ink-2": 7.4,
        "ink-3": 5.7,
        "accent": 6.8,
        "good": 6.4,
        "warn": 6.5,
        "bad": 6.9,
        "control": 3.5,
    },
    "dark": {
        "ink": 14.0,
        "ink-2": 8.9,
        "ink-3": 6.2,
        "accent": 8.0,
        "good": 8.2,
        "warn": 8.7,
        "bad": 7.3,
        "control": 3.7,
    },
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_what_the_look_states(scheme: str) -> None:
    colours = tokens(scheme)
    for name, ratio in STATED[scheme].items():
        assert contrast(colours[name], colours["surface"]) == pytest.approx(ratio, abs=0.06), name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_every_ground(scheme: str) -> None:
    colours = tokens(scheme)
    grounds = ["bg", "surface", "soft", "accent-soft", "good-soft", "warn-soft", "bad-soft"]
    for ink in ("ink", "ink-2", "ink-3"):
        for ground in grounds:
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    for word in ("accent", "good", "warn", "bad"):
        for ground in ("bg", "surface", "soft", f"{word}-soft"):
            assert contrast(colours[word], colours[ground]) >= 4.5, (word, ground)
    for ground in ("accent", "accent-hover"):
        assert contrast(colours["on-accent"], colours[ground]) >= 4.5, ground


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_borders_of_fields_and_series_of_charts_are_seen(scheme: str) -> None:
    colours = tokens(scheme)
    for ground in ("bg", "surface", "soft"):
        assert contrast(colours["control"], colours[ground]) >= 3, ground
    for series in ("chart-1", "chart-2", "chart-3", "chart-4", "chart-5", "chart-grey"):
        assert contrast(colours[series], colours["surface"]) >= (3.55 if scheme == "light" else 5.55), series


@pytest.mark.parametrize("page", OURS, ids=lambda page: str(page.relative_to(FACES)))
def test_pages_carry_nothing_inline(page: Path) -> None:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", page.read_text("utf-8"), flags=re.S)
    tags = re.findall(r"<[a-zA-Z][^<>]*>", re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "…", text, flags=re.S))
    for tag in tags:
        assert not re.search(r"\sstyle\s*=", tag), tag
        assert not re.search(r"\son[a-z]+\s*=", tag), tag
        assert not re.search(r"hx-on|javascript:|hx-vals=.?js:", tag), tag
        if tag.startswith("<script"):
            assert "src=" in tag or 'type="application/json"' in tag, tag
        assert not tag.startswith("<style"), tag
    assert not re.search(r"https?://", text), "pages load nothing from elsewhere"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_scripts_live_under_the_strict_policy(script: Path) -> None:
    text = script.read_text("utf-8")
    for forbidden in ("eval(", "new Function", "innerHTML =", 'setAttribute("style"', "document.write"):
        assert forbidden not in text, forbidden


PHYSICAL = re.compile(
    r"(?<![\w-])((margin|padding|border)-(left|right)(-\w+)?|left|right|float|clear|border-(top|bottom)-(left|right)-radius)"
    r"\s*:(?!\s*none)|text-align:\s*(left|right)"
)
FIGURES_LINE_UP = {".num", ".ct", ".mv", ".v-dl.figs dd", ".v-figcol"}  # on the right in both directions


def test_the_style_sheet_knows_no_left_and_right() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", CSS, flags=re.S)
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        for found in PHYSICAL.finditer(body):
            right = found[0].replace(" ", "") == "text-align:right"
            assert right, (selector.strip(), found[0])
            assert any(selector.strip().endswith(end) for end in FIGURES_LINE_UP), selector.strip()


def recorded() -> list[tuple[str, str, str]]:
    versions = tomllib.loads((STATIC / "vendor/VERSIONS.toml").read_text("utf-8"))
    return [(folder, name, sha) for folder, kit in versions.items() for name, sha in kit["files"].items()]


@pytest.mark.parametrize(("folder", "name", "sha"), recorded(), ids=lambda part: part[:30])
def test_vendored_files_are_as_recorded(folder: str, name: str, sha: str) -> None:
    assert hashlib.sha256((STATIC / "vendor" / folder / name).read_bytes()).hexdigest() == sha


def test_every_vendored_file_is_recorded_with_its_licence() -> None:
    there = {str(f.relative_to(STATIC / "vendor")) for f in (STATIC / "vendor").rglob("*") if f.is_file()}
    told = {f"{folder}/{name}" for folder, name, _ in recorded()}
    assert there - told == {"VERSIONS.toml"}
    assert {folder for folder, _, _ in recorded()} == {name.split("/")[0] for name in told if name.endswith("LICENSE")}
    third_party = (FACES.parents[2] / "THIRD-PARTY.md").read_text("utf-8")
    for kit in tomllib.loads((STATIC / "vendor/VERSIONS.toml").read_text("utf-8")).values():
        assert f"{kit['name']} {kit['version']}" in third_party, kit["name"]
