"""The codes of vouchers: nobody guesses them, and what is mistyped is told apart from what is unknown."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vafa.reward.voucher_codes import GROUP, LENGTH, SIGNS, digest, fold, grouped, make


def times(a: int, b: int) -> int:
    """Two polynomials over {0, 1} multiplied, modulo x⁵ + x² + 1: written down anew, the long way."""
    product = 0
    for bit in range(5):
        if b >> bit & 1:
            product ^= a << bit
    for bit in range(9, 4, -1):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


def left_over(code: str) -> int:
    """The sum of all signs, each times its own power of x; that of the check is 1."""
    total, power = 0, 1
    for sign in reversed(code):
        total ^= times(SIGNS.index(sign), power)
        power = times(power, 2)
    return total


def test_codes_are_sixteen_signs_whose_sum_is_nothing():
    codes = make(2000)
    assert len(set(codes)) == 2000
    assert {len(code) for code in codes} == {LENGTH}
    assert {left_over(code) for code in codes} == {0}
    assert {sign for code in codes for sign in code} == set(SIGNS)


def test_every_sign_is_as_frequent_at_every_place():
    codes = make(6400)
    for place in range(LENGTH):
        counts = [sum(code[place] == sign for code in codes) for sign in SIGNS]
        assert 120 < min(counts) <= max(counts) < 290  # 200 are expected, and 6 deviations are 84


@given(st.integers(0, LENGTH - 1), st.sampled_from(SIGNS), st.integers(0, 2**32))
def test_one_wrong_sign_is_always_found(place, sign, seed):
    (code,) = make(1)
    wrong = code[:place] + sign + code[place + 1 :]
    assert fold(wrong) == (code if wrong == code else None)


@given(st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_signs_that_change_places_are_always_found(one, other):
    (code,) = make(1)
    signs = list(code)
    signs[one], signs[other] = signs[other], signs[one]
    assert fold("".join(signs)) == (code if signs == list(code) else None)


def test_what_people_type_is_folded():
    (code,) = make(1)
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    in_groups = grouped(code)
    ways = (code.lower(), in_groups, f"  {in_groups} ", in_groups.replace("-", "\u2011"), " ".join(code))
    for typed in (*ways, code.translate(persian)):
        assert fold(typed) == code
    assert fold(code.replace("0", "O").replace("1", "l")) == code


@pytest.mark.parametrize("text", ["", "4F7K", "U" * 16, "0" * 15, "0" * 17, "?" * 16, "کد تخفیف", "1" * 100_000])
def test_what_is_no_code_is_none(text):
    assert fold(text) is None


def test_sixteen_zeros_are_a_code_and_a_hash_tells_nothing_of_it():
    assert fold("0" * 16) == "0" * 16
    assert grouped("0" * 16) == "0000-0000-0000-0000"
    hashes = {digest(code) for code in make(random.randrange(50, 60))}
    assert {len(one) for one in hashes} == {16}
    assert GROUP * 4 == LENGTH
