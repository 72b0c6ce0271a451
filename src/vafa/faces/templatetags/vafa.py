"""How pages show figures, money, days, phones and small drawings: always by ``core.figures``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol
from django import template
from django.forms import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from vafa.core import figures
from vafa.core.identity import masked_phone, plain_digits
from vafa.core.words import gettext as _
from vafa.core.words import language

register = template.Library()
NOTHING = "–"  # too little is known; never a zero in its place
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_EDGE = 160, 26, 4


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """1234 → "1,234" / "۱٬۲۳۴"; nothing → "–"."""
    return NOTHING if value in (None, "") else figures.number(value, decimals)


@register.filter
def key_digit(key: str) -> str:
    """A key of the till's pad in the reader's digits."""
    return figures.number(int(key)) if key.isdigit() else figures.number(0.5, 1)[1:2]


@register.filter
def signed(value: Any, decimals: int = 0) -> str:
    """46 → "+46"."""
    return NOTHING if value in (None, "") else figures.signed(value, decimals)


@register.filter
def percent(share: Any, decimals: int = 0) -> str:
    """A share (0–1) → "71 %" / "۷۱٪"."""
    return NOTHING if share in (None, "") else figures.percent(float(share), decimals)


@register.simple_tag(takes_context=True)
def money(context: template.Context, minor: Any, whole: bool = False) -> str:
    """Minor units in the club's currency; ``whole`` drops the decimals."""
    if minor in (None, ""):
        return NOTHING
    return figures.money(minor, context["club"].currency, whole)


@register.filter
def symbol(currency: str) -> str:
    """USD → "$"; rials shown as toman → "toman"."""
    if language() == "fa" or currency == "IRR":
        text = figures.money(0, currency, whole=True)
        return text.replace(figures.number(0), "").strip()
    return str(get_currency_symbol(currency, locale="en"))


@register.filter
def day(value: date | int | None) -> str:
    """A day number or date in words: "22 November 2026"."""
    return NOTHING if value is None or value == "" else figures.day(value)


@register.filter
def day_short(value: date | int | None) -> str:
    """The same without the year: "22 Nov"."""
    return NOTHING if value is None or value == "" else figures.day(value, short=True, year=False)


@register.simple_tag(takes_context=True)
def clock(context: template.Context, at: datetime | None) -> str:
    """The time of day in the club's zone."""
    return NOTHING if at is None else figures.clock_time(at, context["club"].time_zone)


@register.simple_tag(takes_context=True)
def clock_day(context: template.Context, at: datetime | None) -> str:
    """The day of a moment in the club's zone."""
    return NOTHING if at is None else figures.day(at.astimezone(ZoneInfo(context["club"].time_zone)).date())


@register.filter
def phone(e164: str) -> SafeString | str:
    """A phone from left to right, whichever way the page runs."""
    return format_html('<span class="ltr num">{}</span>', e164) if e164 else ""


@register.filter
def phone_ending(e164: str) -> str:
    """The last four digits; what came masked stays as it is."""
    if not e164:
        return ""
    return e164 if e164.startswith("•") else masked_phone(e164)


@register.filter
def unit_name(unit: str) -> str:
    """What the programme calls a unit: "points" → "points", or its own word."""
    from vafa.reward import queries

    return queries.unit_name(unit)


@register.filter
def is_number(text: str) -> bool:
    """Did somebody type a phone or a card, rather than a name?"""
    told = plain_digits(str(text or "")).strip().lstrip("+")
    return bool(told) and told.translate({ord(sign): None for sign in " -()"}).isdigit()


@register.filter
def initials(name: str) -> str:
    """Sara Karimi → "SK"; Persian letters stand apart, so that they do not join."""
    words = [word for word in str(name or "").replace("@", " ").split() if word[0].isalnum()]
    letters = [words[0][0].upper(), *([words[-1][0].upper()] if len(words) > 1 else [])] if words else []
    return ("\u200c" if any("\u0600" <= letter <= "\u06ff" for letter in letters) else "").join(letters)


@register.filter
def consent_words(consent: Any) -> str:
    """A consent in words: "Offers by SMS: yes"."""
    purpose = {
        "thanks": _("Thank-you letters"),
        "offers": _("Offers"),
        "news": _("News"),
        "service": _("Service"),
        "birthday": _("Birthday wishes"),
    }
    channel = {"sms": _("by SMS"), "email": _("by e-mail"), "letter": _("by letter"), "call": _("by phone")}
    answer = _("yes") if consent.given else _("no")
    what = purpose.get(consent.purpose, consent.purpose)
    return f"{what} {channel.get(consent.channel, consent.channel)}: {answer}"


@register.simple_tag
def field_input(field: BoundField) -> SafeString:
    """The input of a bound field in our look, tied to what is said of it below."""
    widget = field.field.widget
    kind = getattr(widget, "input_type", "")
    ours = {"checkbox": "form-check-input", "select": "form-select"}.get(kind, "form-control")
    told: dict[str, str | bool] = {"class": ours + (" is-invalid" if field.errors else "")}
    if field.errors:
        told["aria-describedby"] = f"{field.id_for_label}-error"
        told["aria-invalid"] = "true"
    if kind in {"email", "tel", "url", "password"} or field.name == "code":
        told["dir"] = "ltr"
    widget.attrs.pop("placeholder", None)
    return field.as_widget(attrs=told)


@register.simple_tag
def spark(values: Sequence[float | None]) -> SafeString | str:
    """A small line of what came before; nothing for fewer than two values."""
    known = [float(value) for value in values or () if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    room = _SPARK_HEIGHT - 2 * _SPARK_EDGE
    points = [
        (
            3 + index * (_SPARK_WIDTH - 8) / (len(known) - 1),
            _SPARK_HEIGHT - _SPARK_EDGE - ((value - low) / (high - low) if high > low else 0.5) * room,
        )
        for index, value in enumerate(known)
    ]
    line = format_html_join(" ", "{},{}", ((f"{x:.1f}", f"{y:.1f}") for x, y in points))
    x, y = (f"{part:.1f}" for part in points[-1])
    return format_html(
        '<svg class="v-spark" viewBox="0 0 {w} {h}" preserveAspectRatio="none" aria-hidden="true">'
        '<polyline points="{line}" fill="none" stroke="var(--vafa-chart-1)" stroke-width="1.6" '
        'vector-effect="non-scaling-stroke" stroke-linejoin="round"/>'
        '<line x1="{x}" y1="{y}" x2="{x}" y2="{y}" stroke="var(--vafa-chart-1)" stroke-width="6" '
        'stroke-linecap="round" vector-effect="non-scaling-stroke"/></svg>',
        w=_SPARK_WIDTH,
        h=_SPARK_HEIGHT,
        line=line,
        x=x,
        y=y,
    )


@register.simple_tag
def meter(share: Any, big: bool = False, late: bool = False) -> SafeString:
    """A bar filled by ``share`` (0–1); the count stands beside it, so it is silent itself."""
    return format_html(
        '<svg class="v-meter{}" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        '<rect width="{}" height="8" fill="var(--vafa-{})"/></svg>',
        " big" if big else "",
        f"{100 * _within(share):.2f}",
        "chart-2" if late else "accent",
    )


@register.simple_tag
def skirt(share: Any, step: int = 3) -> SafeString:
    """A centred bar of the ladder, ``share`` (0–1) wide, in one of the five steps of teal."""
    width = max(2.0, 100 * _within(share)) if share else 0.0
    return format_html(
        '<svg class="v-skirt" viewBox="0 0 100 46" preserveAspectRatio="none" aria-hidden="true">'
        '<rect x="{}" width="{}" height="46" fill="var(--vafa-step-{})"/></svg>',
        f"{50 - width / 2:.2f}",
        f"{width:.2f}",
        min(5, max(1, int(step))),
    )


def _within(share: Any) -> float:
    return min(1.0, max(0.0, float(share or 0)))
