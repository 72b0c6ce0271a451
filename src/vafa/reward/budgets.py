"""What all members share: budgets, the first so many, stocks.

One row a budget and window holds what is used. Whoever may use some of it locks that row, after the
members' rows and in the order of names, and holds it until the transaction ends; so nobody uses what
another one is using. What each activity used is kept, and holds when its member is walked again: what
was given is a fact, which no later purchase of somebody else takes away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F, Sum

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward import engine, versions
from vafa.reward.engine.fields import BUDGETS
from vafa.reward.engine.kernel.days import version_on, window_of
from vafa.reward.engine.memory import fresh
from vafa.reward.history import FIRST, REDEMPTION, Dated, activity_id, family
from vafa.reward.models import Budget, BudgetUse, ProgrammeVersion

if TYPE_CHECKING:
    from vafa.reward.queries import Offer

EARNING = frozenset({"signup", "event", "sale", "return", "choose"})
Span = tuple[int, str, int]  # a version, its budget's name, the window


class Walk(NamedTuple):
    """One member's way: all of the history from the beginning, or what came since ``state``."""

    member: int
    dated: Sequence[Dated]
    state: bytes | None
    until: int | None


class Walked(NamedTuple):
    effects: Sequence[engine.Effect]
    state: bytes


class Spans:
    """The budgets of all versions in the windows of days."""

    def __init__(self, version: ProgrammeVersion) -> None:
        course = version.course or (version,)
        self.versions = [(one.pk, versions.plan(one).budgets) for one in course]
        plan = versions.plan(course[0])
        self.begins, self.tables, self.memory = plan.course.stack.begins, plan.tables, fresh(plan.tables)
        self.most = {
            (pk, name): most for pk, told in self.versions for name, most in zip(told.ids, told.limit, strict=True)
        }
        self.members = {
            (pk, name) for pk, told in self.versions for name, one in zip(told.ids, told.members, strict=True) if one
        }

    def of(self, day: int) -> list[Span]:
        """Those of the version of that day."""
        pk, told = self.versions[version_on(self.begins, day)]
        return [
            (pk, name, window_of(self.tables, self.memory, day, window))
            for name, window in zip(told.ids, told.window, strict=True)
        ]

    def of_reward(self, reward: str, day: int) -> Span | None:
        """Its stock; None: it has none."""
        return next((span for span in self.of(day) if span[1] == f"reward:{reward}"), None)

    def filled(self, rooms: Sequence[int]) -> list[int]:
        """As many as the version has that has most."""
        return [*rooms, *(0,) * (self.tables.sizes[BUDGETS] - len(rooms))]


# Walking within budgets ---------------------------------------------------------------------


def walk_together(version: ProgrammeVersion, plan: engine.Plan, walks: Sequence[Walk]) -> list[Walked]:
    """Walk members side by side in the order of time, so that the earlier activity is served first."""
    spans = Spans(version)
    steps = sorted(
        (one.at, FIRST.get(one.activity.kind, 2), one.activity.id, place)
        for place, w in enumerate(walks)
        for one in w.dated
    )
    activities = {(place, one.activity.id): one.activity for place, w in enumerate(walks) for one in w.dated}
    earning = [one.activity for w in walks for one in w.dated if one.activity.kind in EARNING]
    standing = _lock(spans, {span for day in {one.day for one in earning} for span in spans.of(day)})
    before = _uses([w.member for w in walks if w.state is None], spans)
    walkers = [engine.Walker(plan, w.state, keeps=any(one.activity.gives_back for one in w.dated)) for w in walks]
    _free_what_is_gone(before, walks, standing)
    places = _places(before, spans, standing, {one.activity.id: n for n, w in enumerate(walks) for one in w.dated})
    used: dict[tuple[int, int], int] = {}

    def joined(one: engine.Activity) -> list[int]:
        """What another card's activity used until the two became one."""
        rows = [standing[span].pk for span in spans.of(one.day) if span in standing]
        return spans.filled([max(used.get((pk, one.id), before.get((pk, one.id), 0)), 0) for pk in rows])

    for _at, _rank, number, place in steps:
        activity = activities[place, number]
        if activity.kind not in EARNING:
            walkers[place].step(activity, spans.filled([]), joined)
            continue
        budgets = [standing[span] for span in spans.of(activity.day)]
        had = [before.get((budget.pk, number), 0) for budget in budgets]
        theirs = [max(h, int((b.pk, place) in places)) for b, h in zip(budgets, had, strict=True)]
        rooms = spans.filled([mine + left(b) for b, mine in zip(budgets, theirs, strict=True)])
        took = walkers[place].step(activity, rooms)[: len(budgets)]
        places -= {(budget.pk, place) for budget, now in zip(budgets, took, strict=True) if now}
        for budget, earlier, now in zip(budgets, had, took, strict=True):
            if now != earlier:
                used[budget.pk, number] = _use(budget, now, earlier)
    _keep(used, {one.activity.id: w.member for w in walks for one in w.dated}, standing.values())
    return [Walked(walker.effects, walker.end(w.until)) for walker, w in zip(walkers, walks, strict=True)]


def _places(
    before: Mapping[tuple[int, int], int],
    spans: Spans,
    standing: Mapping[Span, Budget],
    whose: Mapping[int, int],
) -> set[tuple[int, int]]:
    """Who is one of the first so many stays so, though an earlier purchase is told late: (budget, place in walks)."""
    rows = {budget.pk for (version, name, _window), budget in standing.items() if (version, name) in spans.members}
    return {(budget, whose[activity]) for budget, activity in before if budget in rows and activity in whose}


def _use(budget: Budget, now: int, earlier: int) -> int:
    """Enter what an activity uses now, in place of what it used earlier; nothing gives more back than was used."""
    now = max(now, earlier - budget.used)
    budget.used += now - earlier
    budget.closed = budget.closed or budget.used >= budget.most
    return now


def left(budget: Budget) -> int:
    return 0 if budget.closed else budget.most - budget.used


def _lock(spans: Spans, wanted: Collection[Span]) -> dict[Span, Budget]:
    """The rows of these budgets, made where they are missing, kept to this transaction."""
    pks, names, windows = (set(part) for part in zip(*wanted, strict=True)) if wanted else (set(), set(), set())
    rows = Budget.objects.select_for_update().filter(version__in=pks, name__in=names, window__in=windows)
    rows = rows.order_by("version", "name", "window")
    found = {(row.version_id, row.name, row.window): row for row in rows.all()}
    if missing := [span for span in sorted(wanted) if span not in found]:
        Budget.objects.bulk_create(
            [Budget(version_id=pk, name=name, window=w, most=spans.most[pk, name]) for pk, name, w in missing],
            ignore_conflicts=True,
        )
        found = {(row.version_id, row.name, row.window): row for row in rows.all()}
    return {span: found[span] for span in wanted}


def _uses(members: Collection[int], spans: Spans) -> dict[tuple[int, int], int]:
    """What activities of members used, by (budget, activity); redemptions' stock is not among it."""
    pks = [pk for pk, _budgets in spans.versions]
    rows = BudgetUse.objects.filter(member__in=members, budget__version__in=pks)
    told = rows.values_list("budget", "activity", "used")
    return {(budget, activity): used for budget, activity, used in told if activity & 3 != REDEMPTION}


def _free_what_is_gone(
    before: dict[tuple[int, int], int], walks: Sequence[Walk], standing: Mapping[Span, Budget]
) -> None:
    """What was voided since gives back what it had used."""
    here = {one.activity.id for w in walks for one in w.dated}
    rows = {budget.pk: budget for budget in standing.values()}
    gone = {key: used for key, used in before.items() if key[1] not in here}
    for (budget, activity), used in gone.items():
        if budget in rows:
            rows[budget].used = max(rows[budget].used - used, 0)
        else:
            Budget.objects.filter(pk=budget).update(used=F("used") - used)
        BudgetUse.objects.filter(budget=budget, activity=activity).delete()
        del before[budget, activity]


def _keep(used: Mapping[tuple[int, int], int], members: Mapping[int, int], budgets: Iterable[Budget]) -> None:
    for (budget, activity), now in used.items():
        if not now:
            BudgetUse.objects.filter(budget=budget, activity=activity).delete()
    BudgetUse.objects.bulk_create(
        [
            BudgetUse(budget_id=budget, member_id=members[activity], activity=activity, used=now)
            for (budget, activity), now in used.items()
            if now
        ],
        update_conflicts=True,
        unique_fields=["budget", "activity"],
        update_fields=["used", "member"],
    )
    Budget.objects.bulk_update(list(budgets), ["used", "closed"], batch_size=200)


# Looking at them ----------------------------------------------------------------------------


def as_given(version: ProgrammeVersion, members: Iterable[int]) -> engine.Rooms | None:
    """For a walk that changes nothing: each activity may use what it did use. None: there are no budgets."""
    spans = Spans(version)
    if not spans.most:
        return None
    rows = Budget.objects.filter(version__in=[pk for pk, _budgets in spans.versions])
    numbers = {(of, name, window): pk for of, name, window, pk in rows.values_list("version", "name", "window", "pk")}
    uses = _uses(family(members), spans)

    def rooms(activity: engine.Activity) -> list[int]:
        found = [uses.get((numbers.get(span, 0), activity.id), 0) for span in spans.of(activity.day)]
        return spans.filled([max(used, 0) for used in found])

    return rooms


def as_left(version: ProgrammeVersion, day: int) -> engine.Rooms | None:
    """What there is on a day, for a purchase that is not recorded. None: there are no budgets."""
    spans = Spans(version)
    if not spans.most:
        return None
    rows = {(row.version_id, row.name, row.window): left(row) for row in Budget.objects.filter(version=version)}
    found = spans.filled([rows.get(span, spans.most[span[:2]]) for span in spans.of(day)])
    return lambda _activity: found


# Stock --------------------------------------------------------------------------------------


def in_stock(version: ProgrammeVersion, reward: str, day: int) -> int | None:
    """How many there still are; None: it has no stock."""
    spans = Spans(version)
    span = spans.of_reward(reward, day)
    if span is None:
        return None
    row = Budget.objects.filter(version=span[0], name=span[1], window=span[2]).first()
    return spans.most[span[:2]] if row is None else row.most - row.used


def take_one(version: ProgrammeVersion, offer: Offer, day: int, *, member: int, redemption: int) -> None:
    """One less of a reward that has a stock; a Refusal where none is left."""
    spans = Spans(version)
    span = spans.of_reward(offer.id, day)
    if span is None:
        return
    row = _lock(spans, [span])[span]
    if row.used >= row.most:
        raise out_of_stock(offer.name)
    Budget.objects.filter(pk=row.pk).update(used=F("used") + 1)
    BudgetUse.objects.create(budget=row, member_id=member, activity=activity_id(REDEMPTION, redemption), used=1)


def give_one_back(redemptions: Iterable[int]) -> None:
    """What these redemptions took is in stock again."""
    activities = [activity_id(REDEMPTION, pk) for pk in redemptions]
    rows = BudgetUse.objects.filter(activity__in=activities).order_by("budget__name", "budget__window")
    gone: dict[int, int] = defaultdict(int)
    for row in rows:
        gone[row.budget_id] += row.used
    for budget, used in gone.items():
        Budget.objects.filter(pk=budget).update(used=F("used") - used, closed=False)
    rows.delete()


def out_of_stock(reward: str) -> Refusal:
    return Refusal(
        "out_of_stock",
        _("“%(reward)s” is out of stock; nothing was taken."),
        _("Offer another reward."),
        reward=reward,
    )


def findings() -> list[str]:
    """Where what is kept of a budget is not the sum of its uses."""
    sums = dict(BudgetUse.objects.values_list("budget").annotate(all=Sum("used")))
    return [
        f"budget {row.name} in window {row.window}: {row.used} is kept, its uses add up to {sums.get(row.pk, 0)}"
        for row in Budget.objects.all()
        if row.used != max(sums.get(row.pk, 0), 0)
    ]
