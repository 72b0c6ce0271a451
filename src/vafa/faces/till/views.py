"""The till's states, each a part of the one page that htmx puts in place of the last."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from vafa.core import clock, money
from vafa.core.calendar import local_day
from vafa.core.errors import Refusal
from vafa.core.identity import fold_name
from vafa.core.records import Line, Person, Purchase
from vafa.core.words import gettext_noop as _
from vafa.events.actions import answer_once
from vafa.faces.access import actor_of, staff_page
from vafa.faces.till import greeting
from vafa.know import actions as know_actions
from vafa.know import queries as know
from vafa.know import searching
from vafa.loop import join as loop_join
from vafa.loop import purchase as loop_purchase
from vafa.loop import redeem as loop_redeem
from vafa.loop import voucher as loop_voucher
from vafa.loop.again import until_settled
from vafa.reward import queries as reward
from vafa.reward import receipts, vouchers
from vafa.reward.choosing import AS_IT_IS, Wish
from vafa.shop import queries as shop
from vafa.shop.access import require

MOST_FOUND = 8


@require_GET
@staff_page("till.use")
def start(request: HttpRequest) -> HttpResponse:
    """One field, focused."""
    return _show(request, "start", {"query": ""})


@require_GET
@staff_page("till.use")
def find(request: HttpRequest) -> HttpResponse:
    """Who is this? One is greeted, several are offered, nobody is invited to the club."""
    query = request.GET.get("q", "").strip()[:120]
    if not query:
        return _show(request, "start", {"query": ""})
    found = searching.search(query, region=shop.club().region, limit=MOST_FOUND + 1, nearest=True)
    if len(found) == 1:
        return _greet(request, found[0], query)
    if not found:
        return _show(request, "new", {"query": query, "key": _key(), "welcome": reward.welcome()})
    phones = know.phones_of([customer.pk for customer in found])
    rows = [(customer, phones.get(customer.pk, "")) for customer in found[:MOST_FOUND]]
    return _show(request, "several", {"query": query, "rows": rows, "more": len(found) > MOST_FOUND})


@require_GET
@staff_page("till.use")
def customer(request: HttpRequest, code: str) -> HttpResponse:
    """The one who was chosen of several."""
    return _greet(request, know.customer(code), request.GET.get("q", ""))


@require_GET
@staff_page("till.use")
def anonymous(request: HttpRequest) -> HttpResponse:
    """A sale to somebody who stays unknown."""
    return _show(request, "new", {"query": "", "key": _key(), "anonymous": True})


def _greet(request: HttpRequest, found: Any, query: str, notice: dict[str, Any] | None = None) -> HttpResponse:
    context = greeting.of(found, masked=actor_of(request).masked)
    return _show(request, "customer", context | {"query": query, "key": _key(), "notice": notice})


@require_GET
@staff_page("till.use")
def quote(request: HttpRequest) -> HttpResponse:
    """What the amount typed so far would bring; nothing is written."""
    code = request.GET.get("customer", "")
    club = shop.club()
    try:
        amount = money.to_minor(request.GET.get("amount", ""), club.currency)
    except Refusal:
        return render(request, "till/quote.html", {"points": None})
    found = know.customer(code)
    points = receipts.quote(found.pk, amount, day=shop.today())
    return render(request, "till/quote.html", {"points": points, "amount": amount, "next": receipts.upcoming(points)})


@require_POST
@staff_page("purchase.record")
def record(request: HttpRequest) -> HttpResponse:
    """Record the amount; the same form sent twice records once."""
    club, now = shop.club(), clock.now()
    key, code = request.POST.get("key", ""), request.POST.get("customer", "")
    try:
        amount = money.to_minor(request.POST.get("amount", ""), club.currency)
        if amount <= 0:
            raise Refusal("no_amount", _("Type what was paid, such as 48.50."))
        uuid.UUID(key)
    except ValueError:
        raise Refusal("bad_key", _("This page is too old; find the customer again.")) from None
    except Refusal as refusal:
        return render(request, "till/amount_error.html", {"refusal": refusal})
    found = know.customer(code) if code else None
    at = _first_time(key, now)
    bought = Purchase(
        source="till",
        purchase_id=key,
        kind="sale",
        customer_id=found.code if found else None,
        at=at,
        day=local_day(at, ZoneInfo(club.time_zone)),
        amount=amount,
        lines=(Line(amount),),
        store=actor_of(request).branch,
        channel="till",
        seller=request.user.name,  # type: ignore[union-attr]  # staff_page lets only staff in
    )
    receipt = loop_purchase.record_one(bought, actor=actor_of(request), now=now)
    context = {"receipt": receipt, "customer": found, "next": receipts.upcoming(receipt.points), "amount": amount}
    return _show(request, "done", context)


def _first_time(key: str, now: Any) -> Any:
    """A form that comes twice is the sale of the first time."""
    before = know.by_key("till", key)
    return before.at if before else now


@require_POST
@staff_page("reward.redeem")
def redeem(request: HttpRequest) -> HttpResponse:
    """Take a reward; the same form sent twice takes one."""
    code, wanted = request.POST.get("customer", ""), request.POST.get("reward", "")
    wish = _wish(request)
    found = know.customer(code)
    actor = actor_of(request)

    def act() -> dict[str, Any]:
        return {"redemption": loop_redeem.redeem(found.pk, wanted, wish=wish, actor=actor, now=clock.now()).pk}

    now, key = clock.now(), request.POST.get("key", "")[:80]
    content = [code, wanted, *wish] if wish.units else [code, wanted]
    answer = until_settled(
        lambda: answer_once(
            source="till:redemption",
            key=key,
            content=content,
            now=now,
            act=act,
        )
    )
    taken = reward.redemption(answer["redemption"])
    notice = {"redemption": taken, "gives": reward.unit_name(taken.gives) if taken.gives else ""}
    return _greet(request, found, request.POST.get("q", ""), notice)


def _wish(request: HttpRequest) -> Wish:
    """Of a reward whose amount is chosen: how many units, and the bill that was typed."""
    units, bill = request.POST.get("units", "").strip(), request.POST.get("amount", "").strip()
    if not units:
        return AS_IT_IS
    if not (units.isascii() and units.isdigit() and len(units) < 13):
        raise Refusal("bad_units", _("Type how many points, such as 500."))
    return Wish(int(units), money.to_minor(bill, shop.club().currency) if bill else None)


@require_POST
@staff_page("voucher.claim")
def claim(request: HttpRequest) -> HttpResponse:
    """Give the customer what a voucher's code is worth; what is wrong with it is told where it was typed."""
    found, query = know.customer(request.POST.get("customer", "")), request.POST.get("q", "")
    try:
        claimed = loop_voucher.claim(
            found.pk, request.POST.get("code", "")[:60], actor=actor_of(request), now=clock.now()
        )
    except Refusal as refusal:
        return _greet(request, found, query, {"refusal": refusal})
    return _greet(request, found, query, {"claimed": vouchers.said(claimed.batch), "fresh": claimed.fresh})


@require_POST
@staff_page("customer.enrol")
def enrol(request: HttpRequest) -> HttpResponse:
    """A new member, by name and phone or card."""
    told = {name: request.POST.get(name, "").strip()[:160] or None for name in ("name", "phone", "card")}
    try:
        if not told["phone"] and not told["card"]:
            raise Refusal("no_mark", _("A phone or a card is needed, so that they are found again."))
        person = Person(name=told["name"], phone=told["phone"], card=told["card"])
        _refuse_other_name(person)
        joined = loop_join.join(
            person,
            actor=actor_of(request),
            now=clock.now(),
            consents=[("offers", "sms")] if request.POST.get("may_write") else [],
        )
    except Refusal as refusal:
        query = request.POST.get("q", "")
        context = {"query": query, "welcome": reward.welcome(), "refusal": refusal, "told": told}
        return _show(request, "new", context)
    return _greet(request, joined, request.POST.get("q", ""), {"joined": True})


def _refuse_other_name(person: Person) -> None:
    """A phone or card that is known already must not give its customer the name of another."""
    here = know.by_marks(know_actions.identities_of(person, shop.club().region))
    if here is not None and person.name and here.name and fold_name(here.name) != fold_name(person.name):
        raise Refusal(
            "known_already",
            _("This phone or card belongs to %(name)s."),
            _("Find them by it, or take another phone or card."),
            name=here.name,
        )


@require_POST
@staff_page("till.use")
def undo(request: HttpRequest) -> HttpResponse:
    """Take the last purchase or redemption back."""
    actor = actor_of(request)
    number = request.POST.get("id", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Refusal("bad_undo", _("There is nothing to undo."))
    if request.POST.get("what") == "redemption":
        require(actor, "reward.redeem")
        taken = loop_redeem.cancel(int(number), actor=actor, now=clock.now())
        owner = know.customers([taken.member.customer_id])[taken.member.customer_id]
        return _greet(request, owner, "", {"cancelled": taken})
    loop_purchase.undo(int(number), actor=actor, now=clock.now())
    return _show(request, "start", {"query": "", "undone": know.purchase(int(number))})


def _key() -> str:
    return str(uuid.uuid4())


def _show(request: HttpRequest, state: str, context: dict[str, Any]) -> HttpResponse:
    """A state alone for htmx, the whole page otherwise."""
    branches = shop.branches()
    branch = branches.get(actor_of(request).branch, "")
    template = f"till/{state}.html" if getattr(request, "htmx", False) else "till/page.html"
    return render(request, template, {"state": f"till/{state}.html", "branch": branch, **context})
