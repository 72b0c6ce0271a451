"""The laws are worth what they catch: every planted bug must be seen, within what continuous checking tries."""

from __future__ import annotations

import pytest
from counts import PLANTED, SIZE, try_machine
from plants import Plant, plants
from shop_machine import Shop, open_cafe
from till_machine import Till

ALL = [*plants("till"), *plants("shop")]


class PlainTill(Till):
    compiled = False  # the bug is planted in the plain engine alone: the compiled one would give it away


def tried(machine: str) -> list[Plant]:
    return [plant for plant in plants(machine) if plant.quick or SIZE != "quick"]


@pytest.mark.parametrize("plant", tried("till"), ids=lambda plant: plant.name)
def test_a_bug_at_the_till_is_caught(plant: Plant) -> None:
    with plant.grows(), pytest.raises(Exception):  # noqa: B017, PT011  # an assertion, or whatever it breaks
        try_machine(PlainTill, *PLANTED.pure)


@pytest.fixture
def cafe(shop: object) -> None:
    open_cafe()


@pytest.mark.parametrize("plant", tried("shop"), ids=lambda plant: plant.name)
def test_a_bug_in_the_shop_is_caught(cafe: None, plant: Plant) -> None:
    with plant.grows(), pytest.raises(Exception):  # noqa: B017, PT011
        try_machine(Shop, *PLANTED.shop)


@pytest.mark.parametrize("plant", ALL, ids=lambda plant: plant.name)
def test_a_plant_still_finds_its_place(plant: Plant) -> None:
    with plant.grows():
        pass


def test_there_are_enough_of_them() -> None:
    assert len({plant.name for plant in ALL}) == len(ALL) >= 40
    assert sum(bool(plant.field) for plant in ALL) >= 30
