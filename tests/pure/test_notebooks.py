"""The notebooks run from top to bottom, and end where they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "notebooks"


def run(path: Path) -> dict[str, Any]:
    """What a notebook has in its hands after its last cell."""
    told = json.loads(path.read_text("utf-8"))
    names: dict[str, Any] = {}
    for number, cell in enumerate(told["cells"]):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{path.name}, cell {number}", "exec"), names)
    return names


def test_the_stories_of_two_shops(capsys: pytest.CaptureFixture[str]) -> None:
    names = run(FOLDER / "stories.ipynb")
    said = capsys.readouterr().out
    assert "6919 rows, 0 faults" in said
    assert "bought once 51%" in said
    assert "CDs        active for 196 days" in said
    assert {name: round(value, 3) for name, value in names["ahead"].fitted.params.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert (names["found"].people, names["grocer"].people, names["came"]) == (2357, 2469, 718)
    assert [path.name for path in FOLDER.glob("*.ipynb")] == ["stories.ipynb"]
