"""What holds for every measure: its examples on one line, and the same on whole columns."""

from __future__ import annotations

import numpy as np
import pytest

from vafa.reward.rules import RULES

EXAMPLES = [(kind, n) for kind in RULES for n in range(len(RULES[kind].EXAMPLES))]
ROWS = 1_000


@pytest.mark.parametrize(("kind", "n"), EXAMPLES)
def test_an_example_holds_on_one_line(kind: str, n: int) -> None:
    given, expected = RULES[kind].EXAMPLES[n]
    found = RULES[kind].measure(*given)
    assert found == expected
    assert type(found) is int


@pytest.mark.parametrize(("kind", "n"), EXAMPLES)
def test_an_example_holds_on_a_thousand_lines(kind: str, n: int) -> None:
    given, expected = RULES[kind].EXAMPLES[n]
    found = RULES[kind].measure(*(np.full(ROWS, value, dtype=np.int64) for value in given))
    assert found.dtype == np.int64
    assert found.tolist() == [expected] * ROWS


@pytest.mark.parametrize("kind", RULES)
def test_a_column_gives_what_its_lines_give(kind: str) -> None:
    random = np.random.default_rng(7)
    columns = [
        random.integers(-(10**12), 10**12, ROWS),
        random.integers(0, 10**6, ROWS),
        random.integers(0, 10**9, ROWS),
        random.integers(0, 10**9, ROWS),
        random.integers(0, 2, ROWS),
        random.integers(0, 2, ROWS),
        random.integers(0, 2, ROWS),
    ]
    before = [column.copy() for column in columns]
    found = RULES[kind].measure(*columns)
    by_line = [RULES[kind].measure(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]
    assert found.tolist() == by_line
    assert all((column == kept).all() for column, kept in zip(columns, before, strict=True))


@pytest.mark.parametrize("kind", RULES)
def test_a_measure_says_what_it_is(kind: str) -> None:
    text = RULES[kind].explain(RULES[kind].Params())
    assert text
    assert "%(" not in text
