"""How far a forecast can be trusted, in plain words: what a trial on the shop's own past gave, what can't be known."""

from __future__ import annotations

from vafa.core import figures
from vafa.core.words import gettext as _
from vafa.core.words import ngettext
from vafa.segment.clv.calibrating import Trial
from vafa.segment.clv.forecast import RETURNED, SHORTEST, Mark
from vafa.segment.outlook import Outlook


def title(outlook: Outlook) -> str:
    """What is expected, with its range; or that only the order should be relied on."""
    if outlook.ranking_only:
        return _("Who will buy sooner than whom can be told, how much in all can’t be yet")
    told = {"days": figures.number(outlook.days), "low": _round(outlook.low), "high": _round(outlook.high)}
    return _("%(low)s to %(high)s purchases in the next %(days)s days") % told


def sentences(outlook: Outlook) -> list[str]:
    """In this order: the figure, the trial, and each reason for care."""
    said = [] if outlook.ranking_only else [_expected(outlook)]
    said.append(_tried(outlook.trial))
    said += [text for mark in outlook.marks if mark.code != "fit" and (text := _mark(mark, outlook))]
    if unsure := [mark.detail.partition(" ")[0] for mark in outlook.marks if mark.code == "fit"]:
        said.append(
            _("Sales alone hardly tell when customers leave for good; the estimates of %(models)s lean on little.")
            % {"models": ", ".join(f"\u2068{model}\u2069" for model in unsure)}
        )
    return said


def _expected(outlook: Outlook) -> str:
    told = {
        "days": figures.number(outlook.days),
        "day": figures.day(outlook.day),
        "total": _round(outlook.total),
        "low": _round(outlook.low),
        "high": _round(outlook.high),
        "sure": figures.percent(0.8),
    }
    return (
        _(
            "In the %(days)s days after %(day)s about %(total)s purchases are expected of those who are customers "
            "already; with %(sure)s certainty between %(low)s and %(high)s."
        )
        % told
    )


def _tried(trial: Trial | None) -> str:
    if trial is None or not trial.named:
        return _("The past is too short for a trial on your own figures.")
    return f"{_total(trial)} {_likeliest(trial)}"


def _total(trial: Trial) -> str:
    told = {"day": figures.day(trial.day), "days": figures.number(trial.days)}
    off = trial.expected / trial.came - 1 if trial.came else None
    if off is None:
        return _("In a trial on your own past (forecast made on %(day)s for %(days)s days) nobody bought.") % told
    told["share"] = figures.percent(abs(off))
    if round(off * 100) == 0:
        return _("In a trial on your own past (forecast made on %(day)s for %(days)s days) the total was right.") % told
    if off > 0:
        words = _(
            "In a trial on your own past (forecast made on %(day)s for %(days)s days) the total was %(share)s too high."
        )
    else:
        words = _(
            "In a trial on your own past (forecast made on %(day)s for %(days)s days) the total was %(share)s too low."
        )
    return words % told


def _likeliest(trial: Trial) -> str:
    words = ngettext(
        "Of the %(named)s named as likeliest, %(count)s bought; by lot it would have been about %(lot)s.",
        "Of the %(named)s named as likeliest, %(count)s bought; by lot it would have been about %(lot)s.",
        trial.bought,
    )
    lot = trial.share * trial.named
    return words % {
        "named": figures.number(trial.named),
        "count": figures.number(trial.bought),
        "lot": figures.number(lot, 0 if lot >= 1 or lot == 0 else 1),
    }


def _mark(mark: Mark, outlook: Outlook) -> str:
    figure = mark.figure or 0.0
    told = {"n": figures.number(figure), "days": figures.number(outlook.days)}
    if mark.code == "season_unseen":
        return _(
            "What can’t be known: how this season goes, since the same days of an earlier year are not in the sales. "
            "So the range is a quarter up and down at least."
        )
    if mark.code == "short_history":
        least = {"least": figures.number(SHORTEST)}
        return _("Only %(n)s days of sales are known; from %(least)s days on figures can be relied on.") % (
            told | least
        )
    if mark.code == "horizon_too_long":
        return _("%(days)s days ahead is more than twice the %(n)s days that are known.") % told
    if mark.code == "few_returned":
        least = {"least": figures.number(RETURNED)}
        return _("Only %(n)s customers came back in the trial; figures need %(least)s.") % (told | least)
    if mark.code == "past_off":
        told["factor"] = figures.number(figure, 2)
        return _("What came in the trial was %(factor)s times the forecast; half of that is allowed for.") % told
    if mark.code == "dropout_unseen":
        return _("Hardly anybody seems to leave for good, so who is gone can’t be told from who is only resting.")
    return ""


def _round(count: float) -> str:
    """Two figures say all that is known of a large count."""
    digits = max(0, len(str(int(count))) - 2) if count >= 1000 else 0
    return figures.number(round(count, -digits))
