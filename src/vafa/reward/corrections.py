"""Reading what was corrected by hand, what waits for a second person, and which cards became one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import gettext_noop
from vafa.know import queries as know
from vafa.reward.engine import Plan
from vafa.reward.history import ADJUSTMENT, MERGE, activity_id, named_by
from vafa.reward.models import Adjustment
from vafa.reward.saying import counted
from vafa.reward.versions import plan_on

REASONS = {
    "mistake": gettext_noop("a mistake is put right"),
    "complaint": gettext_noop("after a complaint"),
    "goodwill": gettext_noop("goodwill"),
    "till_failed": gettext_noop("the till or the import failed"),
    "abuse": gettext_noop("abuse"),
    "other": gettext_noop("another reason"),
}
VOUCHER = "voucher"  # not by hand: who holds a voucher claimed it
ACTS = {
    Adjustment.GIVE: gettext_noop("Give"),
    Adjustment.TAKE: gettext_noop("Take"),
    Adjustment.FORGIVE: gettext_noop("Write off what is owed"),
}
STATES = {
    Adjustment.WAITING: gettext_noop("waits"),
    Adjustment.MADE: gettext_noop("made"),
    Adjustment.REFUSED: gettext_noop("refused"),
}
SENTENCES = {
    Adjustment.GIVE: gettext_noop("%(units)s given by %(who)s, %(reason)s: %(note)s"),
    Adjustment.TAKE: gettext_noop("%(units)s taken by %(who)s, %(reason)s: %(note)s"),
    Adjustment.FORGIVE: gettext_noop("%(units)s of what was owed written off by %(who)s, %(reason)s: %(note)s"),
}
STILL_OWED = gettext_noop("%(units)s taken by %(who)s are owed, %(reason)s: %(note)s")
WISHES = {
    Adjustment.GIVE: gettext_noop("give %(units)s"),
    Adjustment.TAKE: gettext_noop("take %(units)s"),
    Adjustment.FORGIVE: gettext_noop("write off %(units)s of what is owed"),
}


def waiting(customer_id: int | None = None) -> list[Adjustment]:
    """What waits for a second person, of everybody or of one customer, the oldest first."""
    rows = Adjustment.objects.filter(status=Adjustment.WAITING).select_related("member")
    if customer_id is not None:
        rows = rows.filter(member__customer_id__in=know.merges_among([customer_id]).cards | {customer_id})
    return list(rows.order_by("id"))


def latest(limit: int = 50) -> list[Adjustment]:
    """What was decided, or done on one's own word, the newest first."""
    rows = Adjustment.objects.exclude(status=Adjustment.WAITING).exclude(reason=VOUCHER).select_related("member")
    return list(rows.order_by("-id")[:limit])


def adjustment(number: int) -> Adjustment | None:
    return Adjustment.objects.filter(pk=number).select_related("member").first()


def wish(plan: Plan, told: Adjustment) -> str:
    """ "give 40 points" """
    return _(WISHES[told.act]) % {"units": _units(plan, told.unit, told.units)}


def name(actor: str) -> str:
    """Who it was: "Omid" of "staff:2 Omid", or what a machine is called."""
    who, _space, called = actor.partition(" ")
    return called or who


def sentences(entries: Iterable[Any]) -> dict[int, str]:
    """By entry: why, for those that were made by hand or by making two cards one."""
    mine = [entry for entry in entries if entry.kind in ("adjust", "merge")]
    if not mine:
        return {}
    numbers = {entry.activity for entry in mine}
    named = [named_by(number) for number in numbers]
    rows = Adjustment.objects.filter(pk__in=[pk for what, pk in named if what == ADJUSTMENT])
    made = {activity_id(ADJUSTMENT, row.pk): row for row in rows}
    merges = {activity_id(MERGE, pk): know.merge(pk) for what, pk in named if what == MERGE}
    found = {}
    for entry in mine:
        plan = plan_on(entry.day)
        assert plan is not None
        units = _units(plan, entry.account.unit, abs(entry.amount))
        if entry.kind == "merge":
            told = {"units": units, "card": merges[entry.activity].gone.code}
            words = (
                _("%(units)s owed on card %(card)s")
                if entry.account.kind == "owed"
                else _("%(units)s from card %(card)s")
            )
            found[entry.pk] = words % told
        elif entry.activity in made:
            row = made[entry.activity]
            if row.reason == VOUCHER:
                found[entry.pk] = _("%(units)s for a voucher: %(name)s") % {"units": units, "name": row.note}
                continue
            words = STILL_OWED if entry.account.kind == "owed" and entry.amount < 0 else SENTENCES[row.act]
            told = {"units": units, "who": name(row.asked_by), "reason": _(REASONS[row.reason]), "note": row.note}
            found[entry.pk] = _(words) % told
    return found


def _units(plan: Plan, unit: str, count: int) -> str:
    known = {each.id: each for each in plan.programme.units}
    if unit in known:
        return counted(known[unit], count, plan.currency)
    return f"{figures.number(count)} {unit}"
