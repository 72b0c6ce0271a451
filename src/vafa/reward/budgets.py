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

from django.db.models import F, Q, Sum

from vafa.core.errors import Refusal
from vafa.core.words import gettext_noop as _
from vafa.reward import engine
from vafa.reward.engine.kernel.days import window_of
from vafa.reward.engine.memory import fresh
from vafa.reward.history import FIRST, REDEMPTION, Dated, activity_id
from vafa.reward.models import Budget, BudgetUse, ProgrammeVersion

if TYPE_CHECKING:
    from vafa.reward.queries import Offer

EARNING = frozenset({"signup", "event", "sale", "return", "choose"})
Span = tuple[str, int]  # a budget's name and window


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
    """Budgets in the windows of days."""

    def __init__(self, plan: engine.Plan) -> None:
        self.plan, self.memory = plan, fresh(plan.tables)

    def of(self, day: int) -> list[Span]:
        windows = self.plan.budgets.window
        return [
            (name, window_of(self.plan.tables, self.memory, day, window))
            for name, window in zip(self.plan.budgets.ids, windows, strict=True)
        ]


# Walking within budgets ---------------------------------------------------------------------


def walk_together(version: ProgrammeVersion, plan: engine.Plan, walks: Sequence[Walk]) -> list[Walked]:
    """Walk members side by side in the order of time, so that the earlier activity is served first."""
    spans = Spans(plan)
    steps = sorted(
        (one.at, FIRST.get(one.activity.kind, 2), one.activity.id, place)
        for place, w in enumerate(walks)
        for one in w.dated
    )
    activities = {(place, one.activity.id): one.activity for place, w in enumerate(walks) for one in w.dated}
    earning = [one.activity for w in walks for one in w.dated if one.activity.kind in EARNING]
    standing = _lock(version, plan, {span for day in {one.day for one in earning} for span in spans.of(day)})
    before = _uses([w.member for w in walks if w.state is None], version)
    walkers = [engine.Walker(plan, w.state, keeps=any(one.activity.kind == "return" for one in w.dated)) for w in walks]
    _free_what_is_gone(before, walks, standing)
    places = _places(before, plan, standing, {one.activity.id: n for n, w in enumerate(walks) for one in w.dated})
    used: dict[tuple[int, int], int] = {}
    for _at, _rank, number, place in steps:
        activity = activities[place, number]
        if activity.kind not in EARNING:
            walkers[place].step(activity, [0] * len(plan.budgets.ids))
            continue
        budgets = [standing[span] for span in spans.of(activity.day)]
        had = [before.get((budget.pk, number), 0) for budget in budgets]
        theirs = [max(h, int((b.pk, place) in places)) for b, h in zip(budgets, had, strict=True)]
        took = walkers[place].step(activity, [mine + left(b) for b, mine in zip(budgets, theirs, strict=True)])
        places -= {(budget.pk, place) for budget, now in zip(budgets, took, strict=True) if now}
        for budget, earlier, now in zip(budgets, had, took, strict=True):
            if now != earlier:
                used[budget.pk, number] = _use(budget, now, earlier)
    _keep(used, {one.activity.id: w.member for w in walks for one in w.dated}, standing.values())
    return [Walked(walker.effects, walker.end(w.until)) for walker, w in zip(walkers, walks, strict=True)]


def _places(
    before: Mapping[tuple[int, int], int],
    plan: engine.Plan,
    standing: Mapping[Span, Budget],
    whose: Mapping[int, int],
) -> set[tuple[int, int]]:
    """Who is one of the first so many stays so, though an earlier purchase is told late: (budget, place in walks)."""
    firsts = {name for name, members in zip(plan.budgets.ids, plan.budgets.members, strict=True) if members}
    rows = {budget.pk for (name, _window), budget in standing.items() if name in firsts}
    return {(budget, whose[activity]) for budget, activity in before if budget in rows and activity in whose}


def _use(budget: Budget, now: int, earlier: int) -> int:
    """Enter what an activity uses now, in place of what it used earlier; nothing gives more back than was used."""
    now = max(now, earlier - budget.used)
    budget.used += now - earlier
    budget.closed = budget.closed or budget.used >= budget.most
    return now


def left(budget: Budget) -> int:
    return 0 if budget.closed else budget.most - budget.used


def _lock(version: ProgrammeVersion, plan: engine.Plan, spans: Collection[Span]) -> dict[Span, Budget]:
    """The rows of these budgets, made where they are missing, kept to this transaction."""
    most = dict(zip(plan.budgets.ids, plan.budgets.limit, strict=True))
    wanted = sorted(spans)
    mine = Q(name__in={name for name, _window in wanted}, window__in={window for _name, window in wanted})
    rows = Budget.objects.select_for_update().filter(mine, version=version).order_by("name", "window")
    found = {(row.name, row.window): row for row in rows.all()}
    if missing := [span for span in wanted if span not in found]:
        Budget.objects.bulk_create(
            [Budget(version=version, name=name, window=window, most=most[name]) for name, window in missing],
            ignore_conflicts=True,
        )
        found = {(row.name, row.window): row for row in rows.all()}
    return {span: found[span] for span in wanted}


def _uses(members: Collection[int], version: ProgrammeVersion) -> dict[tuple[int, int], int]:
    """What activities of members used, by (budget, activity); redemptions' stock is not among it."""
    rows = BudgetUse.objects.filter(member__in=members, budget__version=version)
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


def as_given(version: ProgrammeVersion, plan: engine.Plan, members: Iterable[int]) -> engine.Rooms | None:
    """For a walk that changes nothing: each activity may use what it did use. None: there are no budgets."""
    if not plan.budgets.ids:
        return None
    rows = Budget.objects.filter(version=version).values_list("name", "window", "pk")
    numbers = {(name, window): pk for name, window, pk in rows}
    uses, spans = _uses(list(members), version), Spans(plan)

    def rooms(activity: engine.Activity) -> list[int]:
        return [max(uses.get((numbers.get(span, 0), activity.id), 0), 0) for span in spans.of(activity.day)]

    return rooms


def as_left(version: ProgrammeVersion, plan: engine.Plan, day: int) -> engine.Rooms | None:
    """What there is today, for a purchase that is not recorded. None: there are no budgets."""
    if not plan.budgets.ids:
        return None
    rows = {(row.name, row.window): left(row) for row in Budget.objects.filter(version=version)}
    most = dict(zip(plan.budgets.ids, plan.budgets.limit, strict=True))
    found = [rows.get(span, most[span[0]]) for span in Spans(plan).of(day)]
    return lambda _activity: found


# Stock --------------------------------------------------------------------------------------


def in_stock(version: ProgrammeVersion, plan: engine.Plan, reward: str, day: int) -> int | None:
    """How many there still are; None: it has no stock."""
    name = f"reward:{reward}"
    if name not in plan.budgets.ids:
        return None
    span = next(span for span in Spans(plan).of(day) if span[0] == name)
    row = Budget.objects.filter(version=version, name=name, window=span[1]).first()
    return plan.budgets.limit[plan.budgets.ids.index(name)] if row is None else row.most - row.used


def take_one(
    version: ProgrammeVersion, plan: engine.Plan, offer: Offer, day: int, *, member: int, redemption: int
) -> None:
    """One less of a reward that has a stock; a Refusal where none is left."""
    name = f"reward:{offer.id}"
    if name not in plan.budgets.ids:
        return
    span = next(span for span in Spans(plan).of(day) if span[0] == name)
    row = _lock(version, plan, [span])[span]
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
