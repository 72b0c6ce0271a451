"""Writes docs/reference.md from the commands and the API as they are; ``--check`` only compares."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KINDS: dict[Any, str] = {Path: "FILE", int: "NUMBER", float: "NUMBER"}
PAGE = Path(__file__).resolve().parent / "reference.md"
HEAD = """# Reference

Made from the program itself by `docs/make_reference.py`. What the settings mean: [run](run.md); a programme's language:
[reward](reward.md); columns of files: [know](know.md).

## Commands

Data go to standard output, everything else to standard error. Exit codes: 0 done, 1 error, 2 usage, 3 rows refused,
4 not found, 5 conflict.
"""
API = """## API

Under `/api/v1`; the whole schema is at `/api/v1/openapi.json`. Each request brings `Authorization: Bearer KEY`.
Money is a decimal string in major units; times without a zone are the shop's. What is written is written once: send an
`Idempotency-Key` (a purchase may go by its `purchase_id`, a member by the `customer_id`). The same again gives the same
answer and changes nothing; other content under it is refused (409). `?dry_run=true` answers and changes nothing.
A refusal is a problem document (RFC 9457) with `code` and `hint`.
"""


def main() -> int:
    """Write the page, or compare it; 1 where it is out of date."""
    made = page()
    if "--check" in sys.argv:
        return int(not PAGE.exists() or PAGE.read_text("utf-8") != made)
    PAGE.write_text(made, "utf-8")
    return 0


def page() -> str:
    """The whole page as it should be."""
    return "\n".join([HEAD, *_commands(), API, *_api()]).rstrip() + "\n"


def _commands() -> Iterator[str]:
    import typer.main

    from vafa.faces import cli
    from vafa.site import commands

    if not any(info.callback is commands.serve for info in cli.app.registered_commands):
        commands.register(cli.app)
    yield from _group(typer.main.get_command(cli.app), "vafa")


def _group(group: Any, name: str) -> Iterator[str]:
    for key in sorted(group.commands):
        command, full = group.commands[key], f"{name} {key}"
        if hasattr(command, "commands"):
            yield from _group(command, full)
        else:
            yield from _command(command, full)


def _command(command: Any, full: str) -> Iterator[str]:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    names = " ".join(p.metavar or p.name.upper() for p in arguments)
    yield f"### {full}\n"
    yield f"`{' '.join(part for part in (full, names, '[OPTIONS]' if options else '') if part)}`\n"
    yield f"{_plain(command.help or '')}\n"
    if options:
        yield "| option | default | |\n|---|---|---|"
        for option in options:
            yield f"| `{_option(option)}` | {_default(option)} | {_plain(option.help or '')} |"
        yield ""


def _option(option: Any) -> str:
    flags = ", ".join([*option.opts, *option.secondary_opts])
    kind = option.metavar or KINDS.get(option.type_descriptor.annotation, "TEXT")
    return flags if option.is_flag else f"{flags} {kind}"


def _default(option: Any) -> str:
    if option.required:
        return "needed"
    return "" if option.default in (None, "", False, ()) or option.is_flag else f"`{option.default}`"


def _api() -> Iterator[str]:
    schema = _schema()
    parts = schema.get("components", {}).get("schemas", {})
    used: list[str] = []
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            yield f"### {method.upper()} {path}\n"
            yield f"{told['summary']}. {_plain(told.get('description', ''))}".rstrip() + "\n"
            query = [p["name"] for p in told.get("parameters", []) if p["in"] == "query"]
            if query:
                yield "Query: " + ", ".join(f"`{name}`" for name in query) + "\n"
            body = _named(told.get("requestBody", {}))
            answers = [name for answer in told.get("responses", {}).values() if (name := _named(answer))]
            for word, name in [("Body", body), *(("Answer", answer) for answer in answers)]:
                if name:
                    yield f"{word}: [{name}](#{name.lower()})\n"
                    used.append(name)
    yield from _schemas(parts, used)


def _schemas(parts: dict[str, Any], used: list[str]) -> Iterator[str]:
    """The tables of ``used`` and of what they are made of."""
    for name in used:  # grows while it is read
        for field in parts[name]["properties"].values():
            used += [inner for inner in _references(field) if inner not in used]
    for name in dict.fromkeys(used):
        needed = parts[name].get("required", [])
        yield f"### {name}\n"
        if parts[name].get("description"):
            yield _plain(parts[name]["description"]) + "\n"
        yield "| field | kind | |\n|---|---|---|"
        for key, field in parts[name]["properties"].items():
            says = [_plain(field.get("description", "")), "needed" if key in needed and name.endswith("In") else ""]
            yield f"| `{key}` | {_kind(field)} | {' '.join(word for word in says if word)} |"
        yield ""


def _named(part: dict[str, Any]) -> str:
    found = list(_references(part))
    return found[0] if found else ""


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rpartition("/")[2]
        for value in part.values():
            yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _kind(field: dict[str, Any]) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_kind(choice) for choice in field["anyOf"]))
    if "enum" in field:
        return ", ".join(f"“{value}”" for value in field["enum"])
    if field.get("type") == "array":
        return f"list of {_kind(field['items'])}"
    return {"string": field.get("format", "text"), "object": "object", "null": "null"}.get(
        field.get("type", ""), field.get("type", "anything")
    )


def _schema() -> dict[str, Any]:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from vafa.faces.api import api

    return dict(api.get_openapi_schema(path_prefix="/api/v1"))


def _plain(text: str) -> str:
    return " ".join(text.replace("``", "`").split()).replace("|", "\\|")


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vafa.site.settings")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAFA_HOME"] = folder  # nothing of a real shop is needed or touched
        sys.exit(main())
