"""Who may see or do what. Refuses by default: an act that no role names is nobody's."""

from __future__ import annotations

from typing import NamedTuple

from vafa.core.errors import Forbidden
from vafa.core.words import gettext_noop as _

_CASHIER = {
    "till.use",
    "customer.find",
    "customer.enrol",
    "purchase.record",
    "purchase.undo",
    "reward.redeem",
    "voucher.claim",
}
_ANALYST = {"office.see", "customer.see", "measure.see", "segment.see", "programme.see"}
_MARKETER = _ANALYST | {
    "customer.find",
    "customer.talk",
    "engage.see",
    "engage.approve",
    "segment.refresh",
    "segment.edit",
}
_BY_HAND = {"customer.edit", "customer.merge", "units.adjust", "units.approve"}
_MANAGER = (
    _CASHIER | _MARKETER | _BY_HAND | {"programme.draft", "voucher.issue", "engage.settings", "import.run", "audit.see"}
)
_OWNER = _MANAGER | {"programme.launch", "settings.edit", "staff.edit", "key.edit"}

ROLES: dict[str, frozenset[str]] = {
    "owner": frozenset(_OWNER),
    "manager": frozenset(_MANAGER),
    "marketer": frozenset(_MARKETER),
    "cashier": frozenset(_CASHIER),
    "analyst": frozenset(_ANALYST),
}
ROLE_NAMES = {
    "owner": _("owner"),
    "manager": _("manager"),
    "marketer": _("marketer"),
    "cashier": _("cashier"),
    "analyst": _("analyst"),
}
SCOPES: dict[str, frozenset[str]] = {
    "purchases:write": frozenset({"purchase.record", "purchase.undo"}),
    "members:read": frozenset({"customer.find", "customer.see"}),
    "members:write": frozenset({"customer.enrol", "customer.edit"}),
    "rewards:write": frozenset({"reward.redeem", "voucher.claim"}),
    "adjustments:write": frozenset({"units.adjust"}),  # over the limit a person of the staff approves it
    "merges:write": frozenset({"customer.merge"}),
    "segments:read": frozenset({"segment.see", "customer.see"}),
    "segments:write": frozenset({"segment.edit", "segment.refresh"}),
}
SECOND_FACTOR_ROLES = frozenset({"owner", "manager"})


class Actor(NamedTuple):
    """Who acts: a person of the staff, a machine's key, or the system itself."""

    name: str  # as written into the audit, such as "staff:7 Sara" or "key:till-2"
    acts: frozenset[str]
    branch: str = ""
    masked: bool = False  # sees phones masked


SYSTEM = Actor("system", frozenset(_OWNER))


def command_line(user: str) -> Actor:
    """Whoever can run the program on the server's own account owns the shop."""
    return Actor(f"cli:{user}"[:80], frozenset(_OWNER))


def may(actor: Actor, act: str) -> bool:
    return act in actor.acts


def require(actor: Actor, act: str) -> None:
    """Refuse unless ``actor`` may do ``act``."""
    if not may(actor, act):
        raise Forbidden(
            "forbidden",
            _("%(name)s may not do this (%(act)s)."),
            _("Ask an owner for the role or the scope that includes it."),
            name=actor.name.partition(" ")[2] or actor.name,
            act=act,
        )
