"""Made names, phones and birthdays for the households of the demo, from a fixed seed.

The sales are real and anonymous; who they belong to is invented, and marked as sample everywhere.
Phones are from the ranges that are kept free for fiction (555-01xx).
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, timedelta

from vafa.core.records import Person

SEED = 1404
FIRST = (
    "Ada Alan Alma Amir Ana Anahit Anton Aram Ava Azar Bahar Ben Bella Boris Clara Dalia Daniel Dara David Dina "
    "Elena Elias Emil Emma Erik Eva Farah Felix Flora Gita Grace Hana Hugo Ida Ines Iris Ivan Jan Jasmin Jonas "
    "Julia Kamran Karin Kian Lara Laura Leila Leo Levon Lily Lina Lucas Lucia Maja Mani Mara Maria Marta Max Maya "
    "Mila Mina Nadia Nare Nika Nina Noah Nora Olga Omid Oscar Otto Parisa Paula Petra Ramin Reza Rima Rosa Sahar "
    "Sam Sara Shirin Simon Sofia Stella Sven Tala Tara Theo Tigran Tina Vera Viktor Yara Zara"
).split()
LAST = (
    "Abbott Adler Ahmadi Alden Amini Arden Azad Baker Bauer Becker Bell Berg Blake Brand Brandt Brook Carter Cole "
    "Dalton Darvish Dean Ebrahimi Egan Ellis Engel Falk Farhadi Fischer Forster Fox Frost Garner Ghazi Gray Grigoryan "
    "Hakimi Hale Hardy Hartmann Hayes Hoffman Holm Hovsepyan Hughes Hunt Ivanova Jafari Jansen Kazemi Keller Kent "
    "King Klein Koch Lang Larsen Lind Lowe Manoukian Marsh Meyer Miller Moradi Nazari Nolan Norris Novak Olsen Page "
    "Parker Petrosyan Quinn Rahimi Reed Rossi Rostami Sargsyan Sattari Shaw Sohrabi Stein Stone Tavakoli Torres Vance "
    "Vogel Walsh Ward Weber West Winter Wolf Wood York Young Zamani Ziegler"
).split()
AREAS = (202, 212, 215, 303, 305, 312, 315, 402, 404, 412, 415, 503, 504, 512, 513, 602, 607, 612, 614, 615, 702, 713, 716, 718, 801, 804)


def dressed(codes: Iterable[str]) -> list[Person]:
    """One made person for each customer number; the same numbers always get the same people."""
    chance = random.Random(SEED)
    people = []
    phones = [f"+1{area}55501{line:02d}" for area in AREAS for line in range(100)]
    chance.shuffle(phones)
    for index, code in enumerate(sorted(codes, key=lambda code: (len(code), code))):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        people.append(
            Person(
                customer_id=code,
                name=f"{first} {last}",
                phone=phones[index % len(phones)],
                email=f"{first}.{last}.{code}@example.com".lower(),
                card=f"4821{index:08d}",
                birthday=date(1940, 1, 1) + timedelta(days=chance.randrange(25_000)),
                sample=True,
            )
        )
    return people


def consents(codes: Iterable[str]) -> dict[str, list[tuple[str, str, bool]]]:
    """What each made person said to letters and e-mails: most yes, some no, some were not asked."""
    chance = random.Random(SEED + 1)
    said = {}
    for code in sorted(codes, key=lambda code: (len(code), code)):
        asked = [("thanks", "letter", 0.9), ("offers", "email", 0.7)]
        said[code] = [(p, c, chance.random() < yes) for p, c, yes in asked if chance.random() < 0.95]
    return said
