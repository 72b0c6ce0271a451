"""What changes from one programme to another, in the sentences that members read. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass, replace
from typing import Any, NamedTuple

from vafa.core.errors import Refusal
from vafa.core.words import gettext as _
from vafa.reward import carrying, engine, terms
from vafa.reward.engine import Plan
from vafa.reward.engine.tables import counter_of
from vafa.reward.programme import Programme
from vafa.reward.saying import Section

NEW, CHANGED, ENDED = "new", "changed", "ended"
NOUNS = {"units": "unit", "counters": "counter", "tiers": "tier", "earns": "earn", "rewards": "reward"}
HEAD = ("name", "crossing", "assess", "downgrade", "stacking")


class Change(NamedTuple):
    """One sentence that is new, changed or gone. ``marked``: the pieces of it that are not as they were."""

    kind: str
    title: str
    before: str
    after: str
    marked: tuple[tuple[str, bool], ...] = ()

    @property
    def sentence(self) -> str:
        """The change as one line of plain text."""
        told = {"title": self.title, "before": self.before, "after": self.after}
        if self.kind == NEW:
            return _("New – %(title)s: %(after)s") % told
        if self.kind == ENDED:
            return _("Ends – %(title)s: %(before)s") % told
        return _("Changes – %(title)s: %(after)s (until now: %(before)s)") % told


class Step(NamedTuple):
    """From one version to the next. ``refusal``: why the later can't follow the earlier in a running club."""

    changes: list[Change]
    carried: list[str]
    refusal: Refusal | None = None


def step(before: Programme, after: Programme, *, calendar: str, currency: str) -> Step:
    """What changes, and what members take along."""
    try:
        plans = carrying.plans([(0, before), (1, after)], calendar=calendar, currency=currency)
    except Refusal as refusal:
        alone = [engine.compile(made, calendar=calendar, currency=currency) for made in (before, after)]
        return Step(changes(*alone), [], refusal)
    return Step(changes(*plans), carried_over(*plans))


def changes(before: Plan, after: Plan) -> list[Change]:
    """All that is different: rules first, then the small print, then what no sentence tells."""
    then, now = (_rules(plan) for plan in (before, after))
    found = [_changed(then.get(key), now.get(key)) for key in dict.fromkeys((*now, *then)) if not _same(then, now, key)]
    said, says = terms.small_print(before), terms.small_print(after)
    title = _("Terms")
    found += [Change(NEW, title, "", line) for line in says if line not in said]
    found += [Change(ENDED, title, line, "") for line in said if line not in says]
    return [*found, *_silent(before, after)]


def _rules(plan: Plan) -> dict[str, Section]:
    """Its rules by what they tell of; what is left of earlier versions is told by ``carried_over``."""
    return {section.key: section for section in terms.sentences(plan) if not section.key.startswith("left.")}


def _same(then: dict[str, Section], now: dict[str, Section], key: str) -> bool:
    return key in then and key in now and (then[key].title, then[key].text) == (now[key].title, now[key].text)


def _changed(then: Section | None, now: Section | None) -> Change:
    if now is None:
        assert then is not None
        return Change(ENDED, then.title, then.text, "")
    if then is None:
        return Change(NEW, now.title, "", now.text, tuple((part.text, False) for part in now.parts))
    known = {part.value: part.text for part in then.parts if part.value}
    marked = tuple((part.text, bool(part.value) and known.get(part.value) != part.text) for part in now.parts)
    return Change(CHANGED, now.title, then.text, now.text, marked)


# What no sentence tells -------------------------------------------------------------------------


def _silent(before: Plan, after: Plan) -> Iterator[Change]:
    """Values that differ though no sentence does, such as whether a rule is shown as a bonus."""
    for key, then, now, without in _differing(before.programme, after.programme):
        if without is None or not _tells(after, without):
            yield Change(CHANGED, _("Setting"), f"{key} = {_written(then)}", f"{key} = {_written(now)}")


def _tells(after: Plan, without: Programme) -> bool:
    """Whether the terms would read otherwise without that one change."""
    try:
        plan = engine.compile(without, calendar=after.calendar, currency=after.currency)
    except (Refusal, LookupError, ValueError):
        return False
    return terms.text(plan) != terms.text(after)


def _differing(before: Programme, after: Programme) -> Iterator[tuple[str, Any, Any, Programme | None]]:
    """(key, value before, value now, the programme without this one change) of all that both have."""
    for name in HEAD:
        then, now = getattr(before, name), getattr(after, name)
        if then != now:
            alone: dict[str, Any] = {name: then}
            yield f"programme.{name}", then, now, None if name == "name" else replace(after, **alone)
    for many, noun in NOUNS.items():
        known = {one.id: one for one in getattr(before, many)}
        for place, one in enumerate(getattr(after, many)):
            for field in fields(one) if one.id in known else ():
                then, now = getattr(known[one.id], field.name), getattr(one, field.name)
                if then != now:
                    rest = list(getattr(after, many))
                    rest[place] = replace(one, **{field.name: then})
                    alone = {many: tuple(rest)}
                    yield f"{noun}.{one.id}.{field.name}", then, now, replace(after, **alone)


def _written(value: Any) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        return _written({name: told for name, told in asdict(value).items() if told is not None})
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {_written(told)}" for name, told in value.items()) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_written(told) for told in value) + "]"
    return f'"{value}"' if isinstance(value, str) else "–" if value is None else str(value)


# What members take along ----------------------------------------------------------------------


def carried_over(before: Plan, after: Plan) -> list[str]:
    """What becomes of those who are in the club, when the later one follows the earlier."""
    found = [
        _("What members hold keeps its last day, and the day from which it can be used."),
        _("What was bought before keeps what it brought; brought back later, it gives back just that."),
    ]
    names = {unit.id: _(unit.name) for unit in before.programme.units}
    for unit in after.programme.left:
        words = _("%(unit)s: none are given any more; those there still buy what they bought until now.")
        line = words % {"unit": names[unit]}
        found.append(line[:1].upper() + line[1:])
    found += _tiers(before, after)
    known = {counter_of(before, row) for row in range(len(before.counters.ids))}
    for row, counter in enumerate(after.programme.counters):
        if counter_of(after, row) not in known:
            words = _("“%(counter)s” is counted from the first day of the club on, by what was bought until now.")
            found.append(words % {"counter": counter.id})
    return found


def _tiers(before: Plan, after: Plan) -> Iterator[str]:
    here = {tier.id for tier in after.programme.tiers}
    known = {tier.id: tier for tier in before.programme.tiers}
    for tier in before.programme.tiers:
        told = {"tier": _(tier.name)}
        if tier.id in here:
            yield _("Who is on %(tier)s keeps it for the term that was promised.") % told
        else:
            yield _("%(tier)s ends: who is on it comes to the tier whose conditions they meet on that day.") % told
    for tier in after.programme.tiers:
        if tier.id not in known:
            yield _("Who meets the conditions of %(tier)s is on it from the first day.") % {"tier": _(tier.name)}
