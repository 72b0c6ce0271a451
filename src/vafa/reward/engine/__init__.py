"""The engine: a programme compiled to tables, and one closed step that walks them. Pure."""

from vafa.reward.engine.account import Rooms, Walker, contents, standing, walk_account
from vafa.reward.engine.activity import UNKNOWN_SALE, Activity, Effect
from vafa.reward.engine.memory import readable
from vafa.reward.engine.plan import Plan, compile, succeed

__all__ = ["UNKNOWN_SALE", "Activity", "Effect", "Plan", "Rooms", "Walker", "compile", "contents", "readable"]
__all__ += ["standing", "succeed", "walk_account"]
