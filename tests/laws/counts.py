"""How often: VAFA_LAWS=quick (each test run), commit (continuous checking) or full (a release)."""

from __future__ import annotations

import os
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


class Counts(NamedTuple):
    """Examples of each law, and the steps of each example."""

    pure: tuple[int, int]
    shop: tuple[int, int]
    orders: int  # sets of purchases, told in several orders


SIZES = {
    "quick": Counts((60, 50), (5, 30), 2),
    "commit": Counts((1_000, 50), (200, 30), 30),
    "full": Counts((20_000, 50), (2_000, 30), 300),
}
SIZE = os.environ.get("VAFA_LAWS", "quick")
COUNTS = SIZES[SIZE]
PLANTED = SIZES["commit"]  # a planted bug is found within what continuous checking tries
SHARES = 2 if SIZE != "quick" else 1  # for the processes of xdist


def how(examples: int, steps: int = 50) -> settings:
    """The same examples each time: what fails fails again."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )


def try_machine(machine: type[RuleBasedStateMachine], examples: int, steps: int, share: int = 0) -> None:
    run_state_machine_as_test(seed(1_000 + share)(machine), settings=how(examples, steps))
