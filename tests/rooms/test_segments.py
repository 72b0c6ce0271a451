"""Segments: who belongs to them, since when, and what becomes of them when cards and definitions change."""

from __future__ import annotations

from datetime import timedelta

import pytest

import cast
from cast import NOW, TODAY, bought, customer, record, sell
from vafa.core import clock
from vafa.core.errors import Conflict, NotFound, Refusal
from vafa.events.models import Event
from vafa.loop import merge, segments
from vafa.loop.daily import every_morning, figures_as_of
from vafa.segment import actions, queries
from vafa.shop.access import SYSTEM

NO_COMMENTS = "A definition holds no comments. Take what stands after -- or between /* and */ away."
PEOPLE = {"C1": "Ada", "C2": "Ben", "C3": "Clara", "C4": "Dora", "C5": "Emil"}


@pytest.fixture
def counted(club):
    """The five walk the ladder; where they stand is known."""
    cast.walk_the_ladder()
    figures_as_of(TODAY - 1, now=NOW)
    return club


def make(name, text, code=None):
    return segments.define(name, text, code=code, actor=SYSTEM, now=clock.now())


def who(code):
    ids = [row.customer_id for row in queries.members(queries.segment(code))]
    return {PEOPLE.get(one, one) for one in cast.know.codes_of(ids).values()}


def found(text):
    asked = segments.Asked(text)
    return {PEOPLE.get(c.code, c.code) for c in cast.know.customers(asked.some()).values()}


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("purchases >= 4", {"Clara", "Dora", "Emil"}),
        ("4 <= purchases", {"Clara", "Dora", "Emil"}),
        ("purchases > 1 AND purchases < 5", {"Ben", "Clara"}),
        ("purchases BETWEEN 2 AND 4", {"Ben", "Clara"}),
        ("NOT purchases BETWEEN 2 AND 5", {"Ada", "Emil"}),
        ("revenue = 80.00", {"Ben"}),
        ("revenue >= 200", {"Dora", "Emil"}),
        ("rung = 'regular'", {"Clara", "Dora", "Emil"}),
        ("rung IN ('buyer', 'client')", {"Ada", "Ben"}),
        ("rung NOT IN ('buyer', 'client')", {"Clara", "Dora", "Emil"}),
        ('rung <> "buyer" AND purchases <= 4', {"Ben", "Clara"}),
        ("last_day >= '2026-10-12'", {"Ada", "Ben", "Clara", "Emil"}),
        ("last_day >= DATE '2026-11-01'", {"Ada", "Ben"}),
        ("days_since_last < 18", {"Ben"}),
        ("usual_gap IS NULL", {"Ada"}),
        ("usual_gap >= 30", {"Ben", "Clara", "Dora", "Emil"}),
        ("NOT usual_gap >= 30", {"Ada"}),  # what is not known fulfils nothing
        ("days_since_message IS NULL", {"Ada", "Ben", "Clara", "Dora", "Emil"}),
        ("NOT days_since_message < 14 AND purchases = 1", {"Ada"}),
        ("has_birthday", {"Ada", "Ben", "Clara"}),
        ("NOT has_birthday", {"Dora", "Emil"}),
        ("has_birthday = FALSE", {"Dora", "Emil"}),
        ("has_birthday IS TRUE AND purchases > 1", {"Ben", "Clara"}),
        ("member AND has_phone AND has_card AND has_email", {"Ada", "Ben", "Clara", "Dora", "Emil"}),
        ("may_email", {"Ada"}),
        ("days_bought_90 >= 2", {"Ben", "Clara", "Dora", "Emil"}),
        ("spent_365 >= 160 AND spent_365 < 240", {"Clara", "Dora"}),
        ("has_point > 250", {"Emil"}),
        ("expiring_point > 0", set()),
        ("purchases = 1 OR (purchases = 6 AND rung = 'regular')", {"Ada", "Emil"}),
        ("NOT (purchases = 1 OR purchases = 6)", {"Ben", "Clara", "Dora"}),
        ("customer_id IN ('C1', 'C5')", {"Ada", "Emil"}),
    ],
)
def test_a_definition_finds_whom_it_says(counted, text, people):
    cast.enrol("Ada", consents=(("offers", "email"),))
    cast.enrol("Ben", consents=(("offers", "email"),))
    cast.know_actions.tell_consent(
        customer("Ben").pk, purpose="offers", channel="email", given=False, source="test", actor=SYSTEM, now=NOW
    )
    assert found(text) == people
    asked = segments.Asked(text)
    assert asked.counted()[:2] == (len(people), 5)
    made = make("These", text)
    assert (made.people, who(made.code)) == (len(people), people)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing is asked for yet. Write a condition, such as: purchases >= 4"),
        ("purchase >= 4", "There is no column “purchase”. Do you mean purchases?"),
        ("qqqqq = 4", "There is no column “qqqqq”. The list beside the editor has all columns."),
        ("purchases", "With what shall “purchases” be compared? purchases >= 1"),
        ("purchases >= 'many'", "“purchases” can't be compared with 'many'. purchases >= 1"),
        (
            "rung = 'king'",
            "“rung” can't be compared with 'king'. It is one of: buyer, client, regular, adherent, advocate.",
        ),
        ("rung > 'buyer'", "“rung” can't be compared by >: it has no order. rung = 'buyer'"),
        ("last_day > 'soon'", "“last_day” can't be compared with 'soon'. last_day >= '2026-01-31'"),
        ("late = 3", "“late” can't be compared with 3. late, NOT late"),
        ("segment = 'x'", "“segment” can't be compared with 'x'. There is no other segment yet."),
        (
            "purchases >= 1 -- all",
            NO_COMMENTS,
        ),
        ("purchases > 1; DROP TABLE know_customer", None),
        ("(SELECT 1)", None),
        ("purchases > (SELECT 1)", None),
        ("purchases > random()", None),
        ("c.code = 'x'", None),
        ("case case", None),
        ("- - -", None),
        ("((((", None),
        ("purchases = purchases", None),
        ("1 = 1", None),
        ("TRUE", None),
        ("purchases > 1e99", None),
        ("revenue > 1.005", "“1.005” has more decimals than USD has. Round it to 2 decimals."),
        ("NOT " * 900 + "late", None),
        ("(" * 1500 + "late" + ")" * 1500, None),
        (" OR ".join(["purchases = 1"] * 61), "A definition has at most 60 comparisons."),
        ("purchases = 1 OR " * 300, "A definition has at most 4000 characters."),
    ],
)
def test_what_can_t_be_read_is_refused_and_nothing_is_written(counted, text, says):
    with pytest.raises(Refusal) as refused:
        make("These", text)
    if says:
        assert str(refused.value) == says
    assert queries.segments() == []


def test_a_definition_is_told_in_words(counted):
    text = "abc = 'A' AND (purchases >= 4 OR revenue > 99.50) AND rung IN ('buyer', 'client') AND NOT days_late <= 3"
    asked = segments.Asked(text)
    assert asked.sentence == (
        "the volume is A and (purchases at least 4 or sales in all above $99.50) and the rung of the ladder is "
        "Buyer or Client, but not: days later than nine of ten of their gaps at most 3"
    )


def test_the_parts_are_counted_one_after_another(counted):
    asked = segments.Asked("has_birthday AND purchases > 1 AND NOT rung = 'regular'")
    assert [n for _part, n in asked.counted().steps] == [3, 2, 1]


def test_why_somebody_is_in_it(counted):
    asked = segments.Asked("late OR (purchases = 6 AND last_day > '2026-01-01' AND revenue > 1)")
    emil = customer("Emil").pk
    assert asked.why([emil]) == {emil: "purchases: 6; the last purchase: 26 October 2026; sales in all: $240"}


def test_members_enter_and_leave_by_day(counted):
    made = make("Twice", "purchases >= 2")
    assert who(made.code) == {"Ben", "Clara", "Dora", "Emil"}
    sell("Ada", "40.00", "2026-11-20", "ada-2")
    tomorrow = NOW + timedelta(days=1)
    with clock.frozen(tomorrow):
        every_morning(tomorrow)
        made = queries.segment(made.code)
        assert (made.people, who(made.code)) == (5, {"Ada", "Ben", "Clara", "Dora", "Emil"})
        assert queries.entered(made, 1) == [(customer("Ada").pk, TODAY + 1)]
    with clock.frozen(NOW + timedelta(days=2)):
        make("Twice", "purchases >= 3", made.code)
        left, last = queries.gone(made, TODAY)
        assert (left, {pk for pk, _day in last}) == (2, {customer("Ada").pk, customer("Ben").pk})
        assert queries.sizes(made, [TODAY - 1, TODAY, TODAY + 1, TODAY + 2]) == [0, 4, 5, 3]
        make("Twice", "purchases >= 2", made.code)  # on the same day: nobody was away at a day's end
        assert queries.sizes(made, [TODAY + 1, TODAY + 2]) == [5, 5]
        assert queries.gone(made, TODAY)[0] == 0
    told = [event.payload for event in Event.objects.filter(kind="segment.changed").order_by("id")]
    assert [(one["entered"], one["left"]) for one in told] == [(4, 0), (1, 0), (0, 2), (2, 0)]


def test_who_came_and_went_on_one_day_was_never_in(counted):
    made = make("All", "purchases >= 1")
    make("All", "purchases >= 6", made.code)
    assert queries.sizes(made, [TODAY]) == [1]
    assert queries.gone(made, TODAY)[0] == 0


def test_counting_again_changes_nothing(counted):
    made = make("Twice", "purchases >= 2")
    before = list(made.memberships.order_by("id").values_list())
    [change] = segments.refresh(made.code, actor=SYSTEM, now=NOW)
    assert change[1:] == (0, 0)
    assert list(made.memberships.order_by("id").values_list()) == before


def test_a_segment_of_segments_follows_them(counted):
    make("Often", "purchases >= 5")
    make("Known", "has_birthday OR segment = 'often'")
    make("Rest", "NOT segment IN ('often', 'known')")
    assert (who("often"), who("known"), who("rest")) == (
        {"Dora", "Emil"},
        {"Ada", "Ben", "Clara", "Dora", "Emil"},
        set(),
    )
    make("Often", "purchases >= 6", "often")  # whatever is defined by it is counted with it
    assert (who("often"), who("known"), who("rest")) == ({"Emil"}, {"Ada", "Ben", "Clara", "Emil"}, {"Dora"})
    for text in ("segment = 'often'", "segment = 'rest'", "purchases > 1 AND NOT segment = 'known'"):
        with pytest.raises(Refusal) as refused:
            make("Often", text, "often")
        assert refused.value.code == "circle"
    with pytest.raises(Conflict) as conflict:
        segments.remove("often", actor=SYSTEM, now=NOW)
    assert str(conflict.value) == "The segment “often” stands in the definition of known, rest. Change that first."
    for code in ("rest", "known", "often"):
        segments.remove(code, actor=SYSTEM, now=NOW)
    assert queries.segments() == []


def test_forty_segments_upon_one_another_are_counted_once_each(counted, django_assert_max_num_queries):
    make("S0", "purchases >= 2")
    for n in range(1, 40):
        make(f"S{n}", f"segment = 's{n - 1}' OR segment = 's{max(0, n - 2)}'")
    with django_assert_max_num_queries(16 * 40):
        changes = segments.refresh(actor=SYSTEM, now=NOW)
    assert [change.segment.people for change in changes] == [4] * 40
    assert [change.segment.code for change in changes] == [f"s{n}" for n in range(40)]


def test_a_copy_keeps_its_people(counted):
    made = make("Often", "purchases >= 5")
    copied = actions.copy("often", name="Often, November", actor=SYSTEM, now=NOW)
    make("Often", "purchases >= 6", made.code)
    segments.refresh(actor=SYSTEM, now=NOW)
    assert (copied.code, copied.people, who(copied.code)) == ("often-november", 2, {"Dora", "Emil"})
    with pytest.raises(Conflict):
        make("Other", "purchases >= 1", copied.code)
    assert segments.Asked("segment = 'often-november'").counted().people == 2


def test_two_cards_that_become_one_stay_in_a_copy_as_one_and_part_again(counted):
    make("Often", "purchases >= 6")
    actions.copy("often", name="Kept", actor=SYSTEM, now=NOW)
    made = merge.merge("C1", "C5", actor=SYSTEM, now=NOW)
    segments.refresh(actor=SYSTEM, now=NOW)
    assert found("segment = 'kept'") == {"Ada"}
    assert who("often") == set()  # Emil's card is no more, and Ada's stands where it stood until the morning
    figures_as_of(TODAY - 1, now=NOW)
    assert who("often") == {"Ada"}
    merge.part(made.pk, actor=SYSTEM, now=NOW)
    assert found("segment = 'kept'") == {"Emil"}
    figures_as_of(TODAY - 1, now=NOW)
    assert who("often") == {"Emil"}


def test_names_make_codes_that_are_free(counted):
    codes = [make(name, "purchases >= 1").code for name in ("Best of all!", "best of all", "خوش قول", "***", "x" * 300)]
    assert codes == ["best-of-all", "best-of-all-2", "خوش-قول", "segment", "x" * 50]
    assert make("Uses", "segment = 'خوش-قول'").people == 5
    assert [make(name, "late").code for name in ("Columns", "count")] == ["columns-2", "count-2"]  # the API's own
    with pytest.raises(Refusal):
        make("  ", "purchases >= 1")
    with pytest.raises(NotFound):
        make("Gone", "purchases >= 1", "nothing")


def test_a_definition_that_no_longer_fits_keeps_its_members_and_says_so(counted):
    made = make("Rich", "has_point >= 1")
    made.definition = "has_miles >= 1"
    made.save()
    segments.refresh(actor=SYSTEM, now=NOW)
    made.refresh_from_db()
    assert made.fault.startswith("There is no column “has_miles”.")
    assert len(who(made.code)) == 5


def test_somebody_s_segments(counted):
    make("Often", "purchases >= 5")
    make("All", "purchases >= 1")
    assert queries.segments_of(customer("Emil").pk) == [("all", "All", TODAY), ("often", "Often", TODAY)]
    assert queries.segments_of(customer("Ada").pk) == [("all", "All", TODAY)]


def test_a_customer_who_never_bought_fulfils_only_what_is_known(counted):
    record(bought(None, "10.00", "2026-11-01", "nobody"))
    cast.loop_join.join(cast.Person("C9", "Gil"), actor=SYSTEM, now=NOW)
    assert found("NOT purchases >= 1") == {"C9"}
    assert found("purchases IS NOT NULL AND customer_id = 'C9'") == set()
