"""The command ``vafa``: the faces' commands, and those that put the whole together."""

from __future__ import annotations

import os

from vafa.faces import cli


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vafa.site.settings")
    from vafa.site.commands import register

    register(cli.app)
    cli.main()


if __name__ == "__main__":
    main()
