"""A folder of letters, one file each: nothing leaves the house."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.engage.wording import Letter

KIND = "file_outbox"
TITLE = gettext_noop("Folder of letters")


@dataclass(frozen=True)
class Params:
    folder: str = "outbox"


def send(letter: Letter, params: Params, *, home: Path, number: int, to: str) -> str:
    """Write the letter; returns the file's name. Sending the same number again writes the same file."""
    folder = home / params.folder
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:09d}.json"
    fresh = path.with_suffix(".new")
    text = json.dumps({"to": to, "subject": letter.subject, "body": letter.body}, ensure_ascii=False, indent=1)
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return path.name


def explain(params: Params) -> str:
    return _("Letters are put into the folder “%(folder)s”; nothing is sent.") % {"folder": params.folder}


EXAMPLES = ((Letter("Thank you", "Dear …"), Params()),)
