"""The compiled walk: nobody waits for it to be made, and what it reads lies within its tables."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from test_policies import columns
from test_walks import FIRST, RICH, plan_of

from vafa.reward.engine import Plan, batch, compiled, native
from vafa.reward.engine.timelines import timelines

CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"


def walked(plan: Plan, compile_it: bool | None) -> batch.Log:
    told = timelines(plan, columns(20, 3))
    return batch.walk_many(plan, told, np.ones(len(told.customers), bool), until=FIRST + 900, compile_it=compile_it)


def test_where_nothing_is_compiled_yet_plain_python_walks_and_the_next_time_is_prepared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[bool] = []
    monkeypatch.setattr(batch, "READY_FROM", 10)
    monkeypatch.setattr(compiled, "prepare", lambda: prepared.append(True))
    monkeypatch.setattr(compiled, "kernel", lambda: pytest.fail("who asks would have to wait"))
    monkeypatch.setattr(compiled, "is_ready", lambda: False)
    said, again = walked(plan_of(RICH), None), walked(plan_of(RICH), False)
    assert prepared == [True]
    assert said.amount.tolist() == again.amount.tolist()


def test_members_shared_out_among_three_cores_are_told_of_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = walked(plan_of(RICH), True)
    monkeypatch.setattr(batch, "LEAST_PART", 50)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    together = walked(plan_of(RICH), True)
    for name, one, other in zip(batch.Log._fields, alone, together, strict=True):
        assert one.tolist() == other.tolist(), name


def test_what_stays_a_call_when_compiled_is_named_as_in_the_kernel() -> None:
    text = "\n".join(path.read_text("utf-8") for path in compiled.FOLDER.glob("*.py"))
    assert set(native.CALLED) <= set(re.findall(r"^def (\w+)", text, re.MULTILINE))
    assert all((compiled.FOLDER / f"{name}.py").is_file() for name in native.RARE)


@pytest.mark.skipif(not CHECKED, reason="bounds are checked by make bounds")
def test_a_number_beside_its_table_is_an_error_where_bounds_are_checked() -> None:
    plan = plan_of(RICH)
    short = [[row[:-1] for row in rates] for rates in plan.course.stack.rates]
    broken = plan._replace(course=plan.course._replace(stack=plan.course.stack._replace(rates=short)))
    walked(plan, True)
    with pytest.raises(IndexError):
        walked(broken, True)
