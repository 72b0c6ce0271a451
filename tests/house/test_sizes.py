"""Style is a test: sizes, names, layers, dead modules, migrations, references in the docs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "src" / "vafa").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py")) + sorted((ROOT / "bench").rglob("*.py"))
OWN = [path for path in SOURCES if "migrations" not in path.parts]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "base", "services", "manager"}
SITE = ROOT / "src" / "vafa" / "site"
NAMED_BY_DJANGO = {SITE / "sqlite" / "base.py", SITE / "postgresql" / "base.py"}  # a back end must be called so


def long_functions(tree: ast.AST, most: int = 60) -> list[str]:
    return [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > most
    ]


@pytest.mark.parametrize("path", [*OWN, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_functions_stay_small(path: Path) -> None:
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400
    assert long_functions(ast.parse(text)) == []


def test_a_long_function_would_be_seen() -> None:
    planted = "def planted():\n" + "    pass\n" * 60
    assert long_functions(ast.parse(planted)) == ["planted: 61 lines"]


def test_nothing_is_called_utils_or_the_like() -> None:
    assert [p for p in OWN if p.stem in FORBIDDEN_NAMES and p not in NAMED_BY_DJANGO] == []


def test_layers_are_kept() -> None:
    ran = subprocess.run([str(Path(sys.executable).parent / "lint-imports")], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout


def test_no_module_is_dead() -> None:
    """Every module is named somewhere else: imported, registered or called by its dotted name."""
    everything = "\n".join(path.read_text("utf-8") for path in [*SOURCES, *TESTS, ROOT / "pyproject.toml"])
    dead = []
    for path in OWN:
        if path.stem in {"__init__", "apps", "models", "urls"}:
            continue
        named = re.compile(rf"\b{re.escape(path.stem)}\b")
        if len(named.findall(everything)) - len(named.findall(path.read_text("utf-8"))) == 0:
            dead.append(str(path.relative_to(ROOT)))
    assert dead == []


@pytest.mark.django_db
def test_migrations_are_linear_and_complete() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    for folder in (ROOT / "src" / "vafa").glob("*/migrations"):
        numbers = [path.name[:4] for path in folder.glob("[0-9]*.py")]
        assert len(numbers) == len(set(numbers)), folder


def test_what_the_docs_name_exists() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    missing = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
                missing.append(f"{page.relative_to(ROOT)} -> {target}")
        for path in re.findall(r"`((?:src|docs|tests|bench|deploy)/[\w./-]+)`", page.read_text("utf-8")):
            if not (ROOT / path).exists():
                missing.append(f"{page.relative_to(ROOT)} -> {path}")
    assert missing == []


def test_the_project_speaks_of_itself_alone() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    mark = re.compile(r"[-]index-url|python[h]osted|npm[j]s|\"[r]esolved\":|/(?:root|home/\w+)/")
    found = []
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".toml", ".md", ".lock", ".html", ".js", ".json", ".css"} and path.is_file():
            text = path.read_text("utf-8", errors="replace")
            if mark.search(text):
                found.append(name)
    assert found == []
