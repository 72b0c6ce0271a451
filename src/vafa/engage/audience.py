"""Who is written to, and who on purpose is not; pure."""

from __future__ import annotations

import hashlib


def held_out(customer_id: int, recipe: str, percent: int) -> bool:
    """Whether the customer is in the recipe's hold-out: always the same ones, about ``percent`` of all."""
    number = int.from_bytes(hashlib.blake2b(f"{recipe}:{customer_id}".encode(), digest_size=8).digest())
    return number % 100 < percent
