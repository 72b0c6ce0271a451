"""Letters: who gets one, who on purpose does not, and that nothing leaves without a signature."""

from __future__ import annotations

import json
from datetime import date

import pytest

import cast
from cast import TODAY, bought, customer, record
from vafa.core import clock
from vafa.core.calendar import day_number
from vafa.core.records import Line, Person
from vafa.engage import actions as engage
from vafa.engage import queries
from vafa.engage.audience import held_out
from vafa.engage.models import Message
from vafa.know import actions as know
from vafa.loop import join
from vafa.shop import actions as shop_actions
from vafa.shop.access import SYSTEM
from vafa.site import work

OFFERS, THANKS = ("offers", "email"), ("thanks", "letter")


def says(name: str, about: tuple[str, str], given: bool = True) -> None:
    purpose, channel = about
    know.tell_consent(
        customer(name).pk, purpose=purpose, channel=channel, given=given, source="test", actor=SYSTEM, now=clock.now()
    )


def birthdays(day: int = TODAY) -> int:
    return engage.prepare_birthdays(day, now=clock.now())


def letters() -> list[tuple[str, str]]:
    """(whom, status) of all letters."""
    names = {customer(name).pk: name for name in cast.PEOPLE}
    return sorted((names.get(m.customer_id, "?"), m.status) for m in Message.objects.all())


def outbox(home) -> list[dict[str, str]]:
    return [json.loads(path.read_text("utf-8")) for path in sorted((home / "outbox").glob("*.json"))]


# Birthdays --------------------------------------------------------------------------------


def test_who_did_not_say_yes_gets_no_letter(club):
    assert (birthdays(), letters()) == (0, [])


def test_ada_s_letter_is_written_two_weeks_ahead_and_once(club):
    """Her birthday is on 4 December, fourteen days from today."""
    says("Ada", OFFERS)
    assert birthdays(TODAY - 1) == 0
    assert birthdays() == 1
    assert (birthdays(), birthdays(TODAY + 1), letters()) == (0, 0, [("Ada", "prepared")])
    letter = Message.objects.get()
    assert letter.subject == "Ada Birch, something for your birthday"
    assert "4 December" in letter.body
    assert "Corner Market" in letter.body
    assert letter.why == "Birthday on 4 December"


def test_a_no_after_the_yes_counts(club):
    says("Ada", OFFERS)
    says("Ada", OFFERS, given=False)
    assert birthdays() == 0


def test_a_yes_to_something_else_is_no_yes(club):
    says("Ada", ("offers", "sms"))
    says("Ada", THANKS)
    assert birthdays() == 0


def test_who_was_born_on_29_february_has_a_letter_every_year(club):
    says("Ben", OFFERS)
    assert birthdays(day_number(date(2027, 2, 14))) == 1
    assert birthdays(day_number(date(2027, 2, 20))) == 0
    assert birthdays(day_number(date(2028, 2, 15))) == 1
    bodies = [m.body for m in Message.objects.order_by("id")]
    assert "28 February" in bodies[0]
    assert "29 February" in bodies[1]
    assert bodies[0].split("\n\n")[1][:12] != bodies[1].split("\n\n")[1][:12]  # another wording each year


def test_the_letter_is_in_the_reader_s_language(club):
    join.join(Person("C1", language="fa"), actor=SYSTEM, now=clock.now())
    says("Ada", OFFERS)
    birthdays()
    assert "۴" in Message.objects.get().body


def test_the_hold_out_is_always_the_same_and_gets_nothing(club):
    shop_actions.change_settings(actor=SYSTEM, now=clock.now(), holdout_percent=50)
    many = [
        join.join(Person(f"H{n}", f"H {n}", birthday=date(1990, 12, 1)), actor=SYSTEM, now=clock.now(),
                  consents=[OFFERS])
        for n in range(40)
    ]  # fmt: skip
    out = {c.pk for c in many if held_out(c.pk, "birthday", 50)}
    assert birthdays() == 40 - len(out)
    assert {m.customer_id for m in Message.objects.filter(status="held_out")} == out
    assert 8 <= len(out) <= 32
    assert birthdays(TODAY + 1) == 0
    engage.approve(Message.objects.values_list("id", flat=True), actor=SYSTEM, now=clock.now())
    assert Message.objects.filter(status="held_out").count() == len(out)


def test_a_hold_out_grows_and_never_swaps():
    ten, fifty = ({n for n in range(2000) if held_out(n, "birthday", share)} for share in (10, 50))
    assert ten < fifty
    assert 150 <= len(ten) <= 250
    assert {n for n in range(2000) if held_out(n, "thank_you", 10)} != ten


# Thanks -----------------------------------------------------------------------------------

TEA = Line(21000, "P1", "tea service")
CAKE = Line(900, "P2", "CAKE")


def large(who: str = "Ada", key: str = "big", amount: str = "219.00") -> None:
    lines = (CAKE, TEA) if amount == "219.00" else ()
    record(bought(who, amount, "2026-11-19 17:00", key, lines=lines, seller="Reza", store="north"))


def thanks() -> int:
    return engage.prepare_thanks(TODAY, now=clock.now())


def test_the_thank_you_names_the_product_and_the_seller(club):
    says("Ada", THANKS)
    large()
    assert thanks() == 1
    letter = Message.objects.get()
    assert letter.subject == "Thank you, Ada Birch"
    assert "Yesterday you chose Tea service and Cake at our shop north." in letter.body
    assert "Reza, who served you," in letter.body
    assert "Your card holds 244 points, 2 stamps now." in letter.body
    assert letter.why == "Bought for $219.00 yesterday"
    assert (thanks(), Message.objects.count()) == (0, 1)


def test_only_yesterday_s_large_purchases_of_people_who_said_yes(club):
    for name in ("Ada", "Ben"):
        says(name, THANKS)
    large("Ada", amount="199.99")
    large("Clara")
    record(bought("Ben", "300.00", "2026-11-18", "older"))
    record(bought(None, "300.00", "2026-11-19", "nobody"))
    assert (thanks(), letters()) == (0, [])


def test_two_large_purchases_of_a_day_make_one_letter_for_the_larger(club):
    says("Ada", THANKS)
    large("Ada", "one", "250.00")
    large("Ada", "two", "400.00")
    assert thanks() == 1
    assert Message.objects.get().why == "Bought for $400.00 yesterday"


# Nothing leaves unsigned --------------------------------------------------------------------


@pytest.fixture
def prepared(club) -> int:
    says("Ada", OFFERS)
    birthdays()
    return Message.objects.get().pk


def test_nothing_leaves_that_nobody_approved(prepared, home):
    work.turn()
    assert (outbox(home), letters()) == ([], [("Ada", "prepared")])


def test_what_was_approved_is_put_into_the_folder_once(prepared, home, team):
    assert engage.approve([prepared], actor=team.actor("omid"), now=clock.now()) == 1
    work.turn()
    assert letters() == [("Ada", "sent")]
    (letter,) = outbox(home)
    assert (letter["to"], letter["subject"]) == ("C1", "Ada Birch, something for your birthday")
    sent = queries.message(prepared)
    assert (sent.sent_at, sent.reference) == (clock.now(), f"{prepared:09d}.json")
    assert engage.approve([prepared], actor=SYSTEM, now=clock.now()) == 0
    assert engage.send_approved(now=clock.now()) == 0
    assert len(outbox(home)) == 1


def test_a_yes_taken_back_after_the_signature_stops_the_letter(prepared, home):
    engage.approve([prepared], actor=SYSTEM, now=clock.now())
    says("Ada", OFFERS, given=False)
    assert engage.send_approved(now=clock.now()) == 0
    assert (outbox(home), letters()) == ([], [("Ada", "dropped")])


def test_a_signature_can_be_taken_back(prepared, home):
    engage.approve([prepared], actor=SYSTEM, now=clock.now())
    assert engage.unapprove([prepared], actor=SYSTEM, now=clock.now()) == 1
    assert (engage.send_approved(now=clock.now()), letters()) == (0, [("Ada", "prepared")])


def test_a_dropped_letter_is_not_written_again(prepared, home):
    engage.drop(prepared, actor=SYSTEM, now=clock.now())
    assert engage.approve([prepared], actor=SYSTEM, now=clock.now()) == 0
    assert (birthdays(), letters()) == (0, [("Ada", "dropped")])


def test_a_letter_that_was_left_half_sent_is_never_sent_twice(prepared, home):
    """The worker died between claiming and sending: a person sees it, no second letter goes out."""
    Message.objects.update(status=Message.SENDING)
    assert engage.send_approved(now=clock.now()) == 0
    assert outbox(home) == []


def test_recipes_run_in_the_morning_where_they_are_switched_on(club):
    says("Ada", OFFERS)
    says("Ben", THANKS)
    large("Ben")
    work.turn()
    assert letters() == []
    engage.switch("birthday", on=True, actor=SYSTEM, now=clock.now())
    from vafa.loop.daily import every_morning

    every_morning(clock.now())
    assert letters() == [("Ada", "prepared")]
    engage.switch("thank_you", on=True, actor=SYSTEM, now=clock.now())
    every_morning(clock.now())
    assert letters() == [("Ada", "prepared"), ("Ben", "prepared")]
