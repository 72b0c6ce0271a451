"""Refusals: one sentence that says what, where and how to mend it.

A refusal is the only exception that reaches a person. Each face shows it in its own way:
the command line by its exit code, the API by its status as a problem document (RFC 9457),
a page as a sentence.
"""

from __future__ import annotations

from typing import Any

from vafa.core.words import translate


class Refusal(Exception):
    """What was asked for can't be done; nothing was written.

    ``message`` and ``hint`` are English templates with ``%(name)s`` places, filled from
    ``params`` after translation.
    """

    status = 422
    exit_code = 1

    def __init__(self, code: str, message: str, hint: str = "", **params: Any) -> None:
        self.code = code
        self.template = message
        self.hint_template = hint
        self.params = params
        super().__init__(message % params if params else message)

    @property
    def message(self) -> str:
        """The sentence in the language of the moment."""
        return fill(self.template, self.params)

    @property
    def hint(self) -> str:
        """How to mend it, in the language of the moment ("" where the message says it)."""
        return fill(self.hint_template, self.params) if self.hint_template else ""

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def fill(template: str, params: dict[str, Any]) -> str:
    text = translate(template)
    return text % params if params else text


class BadFile(Refusal):
    """A fault of the whole file: nothing of it is taken."""


class Question(Refusal):
    """What can't be decided without an answer; the message is the question."""

    exit_code = 2


class NotFound(Refusal):
    status = 404
    exit_code = 4


class Conflict(Refusal):
    """The same key came with other content, or what is asked contradicts what stands."""

    status = 409
    exit_code = 5


class Forbidden(Refusal):
    status = 403


class Unauthenticated(Refusal):
    status = 401
