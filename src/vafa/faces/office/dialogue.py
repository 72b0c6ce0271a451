"""Know: a talk, a promise, the household, as they are written on a customer's card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from vafa.core import clock, figures
from vafa.core.calendar import day_number, next_birthday
from vafa.core.errors import Refusal
from vafa.core.identity import plain_digits
from vafa.core.words import aside, gettext_noop
from vafa.core.words import gettext as _
from vafa.faces.access import actor_of, staff_page
from vafa.know import dialogue
from vafa.shop import queries as shop

SOON = 30  # days ahead in which a birthday of the household is told


def of(person: Any) -> dict[str, Any]:
    """What the card shows of talks, promises and the household."""
    household, talks = dialogue.relatives(person.pk), dialogue.conversations(person.pk)
    return {
        "promises": [(one, promised(one)) for one in dialogue.promises(person.pk)],
        "household": [(one, _(dialogue.RELATIONS[one.relation])) for one in household],
        "talked": _says(talks[:1], household),
        "talks": talks,
        "ways": [(way, _(words)) for way, words in dialogue.WAYS.items()],
        "relations": [(relation, _(words)) for relation, words in dialogue.RELATIONS.items()],
        "satisfactions": [(n, figures.number(n)) for n in dialogue.SATISFACTION],
    }


def promised(one: Any) -> str:
    """“Reza promised on 4 November: a new box.”, and by when."""
    told = {"who": aside(dialogue.who(one.held_by)), "day": figures.day(one.day, year=False)}
    told["promise"] = aside(one.promise)
    words = _("%(who)s promised on %(day)s: %(promise)s") % told
    if one.promise_day is None:
        return words
    due = {"promise": words, "day": figures.day(one.promise_day, year=False)}
    if one.promise_day < shop.today():
        return _("%(promise)s (was due on %(day)s)") % due
    return _("%(promise)s (due on %(day)s)") % due


def _says(latest: Sequence[Any], household: Sequence[Any]) -> list[tuple[str, str]]:
    """Icon and sentence: what was said last, and whose birthday at home is near."""
    club, today, lines = shop.club(), shop.today(), []
    for last in latest:
        told = {"day": figures.day(last.day, year=False), "who": aside(dialogue.who(last.held_by))}
        told["text"] = aside(last.text)
        if last.text:
            lines.append(("messages", _("Last talked on %(day)s with %(who)s: %(text)s") % told))
        if last.satisfaction is not None and last.satisfaction <= 2:
            lines.append(("mood-sad", _("They were not satisfied then. Ask whether it is mended.")))
    for one in household:
        if one.birthday:
            when = next_birthday(one.birthday, today, club.calendar)
            if when - today <= SOON:
                told = {"name": aside(one.name), "relation": _(dialogue.RELATIONS[one.relation])}
                told["day"] = figures.day(when, year=False)
                lines.append(("cake", _("Birthday of %(name)s (%(relation)s) on %(day)s.") % told))
    return lines


def rows(talks: Sequence[Any]) -> list[dict[str, Any]]:
    """The talks as rows of the history."""
    made = []
    for one in talks:
        more = []
        if one.satisfaction is not None:
            more.append(_("Satisfaction %(n)s of 5") % {"n": figures.number(one.satisfaction)})
        if one.promise:
            told = {"promise": aside(one.promise)}
            kept = _("Promised: %(promise)s (kept)") if one.promise_kept_at else _("Promised: %(promise)s (open)")
            more.append(kept % told)
        told = {"way": _(dialogue.WAYS[one.way]), "who": aside(dialogue.who(one.held_by))}
        made.append(
            {
                "icon": "messages",
                "text": _("%(way)s, with %(who)s") % told,
                "items": one.text,
                "more": more,
                "gain": 0,
                "day": one.day,
                "order": (3, one.pk),
            }
        )
    return made


@require_POST
@staff_page("customer.talk")
def talk(request: HttpRequest, code: str) -> HttpResponse:
    """Note a talk with the customer."""
    told = request.POST
    satisfaction = plain_digits(told.get("satisfaction", ""))
    said = dialogue.Talk(
        told.get("way", ""),
        told.get("text", ""),
        int(satisfaction) if satisfaction.isascii() and satisfaction.isdigit() and len(satisfaction) < 3 else None,
        told.get("promise", ""),
        _day(told.get("promise_day", "")),
    )
    dialogue.note(code, said, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The talk is kept."))
    return redirect("office:customer", code=code)


@require_POST
@staff_page("customer.talk")
def kept(request: HttpRequest, number: int) -> HttpResponse:
    """What was promised is done."""
    one = dialogue.keep_promise(number, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The promise is kept."))
    return redirect("office:customer", code=one.customer.code)


@require_POST
@staff_page("customer.edit")
def relative(request: HttpRequest, code: str) -> HttpResponse:
    """Add somebody of the household, or with ``remove`` forget them."""
    told, actor = request.POST, actor_of(request)
    gone = told.get("remove", "")
    if gone.isascii() and gone.isdigit() and len(gone) < 19:
        dialogue.remove_relative(code, int(gone), actor=actor, now=clock.now())
    else:
        birthday = day_of(told.get("birthday", ""))
        relation = told.get("relation", "")
        name = told.get("name", "")
        dialogue.add_relative(code, name=name, relation=relation, birthday=birthday, actor=actor, now=clock.now())
    return redirect("office:customer", code=code)


def _day(text: str) -> int | None:
    day = day_of(text)
    return None if day is None else day_number(day)


def day_of(text: str) -> date | None:
    """A day as it was typed; a Refusal where it is none."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(plain_digits(text.strip()))
    except ValueError:
        raise Refusal(
            "bad_day",
            gettext_noop("“%(text)s” is not a day."),
            gettext_noop("Write it like 1990-12-31."),
            text=text[:20],
        ) from None
