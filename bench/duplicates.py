"""How many of the planted duplicates are found among 100,000 cards, how many of what is proposed are right, how soon?

Made-up people in two scripts: families that share a phone, strangers of one name, and five of a hundred who have
a second card: mistyped, in the other script, turned round, with an initial, with a new phone or address.
Usage: duplicates.py [CARDS] [--show]
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta

from vafa.core.identity import fold_name
from vafa.know.matching import Card, pairs

PERSIAN = dict(
    zip(
        "محمد علی رضا حسین مهدی امیر حمید سعید مجید ناصر کامران بهرام سهراب فرهاد نوید آرش یاسر خسرو زهرا فاطمه مریم "
        "سارا لیلا نرگس شیرین مینا الهام پریسا ژاله یاسمن ویدا نسرین شهلا پروین مژگان گلناز سیمین مهناز طاهره "
        "اعظم".split(),
        "Mohammad Ali Reza Hossein Mehdi Amir Hamid Saeed Majid Naser Kamran Bahram Sohrab Farhad Navid Arash Yaser "
        "Khosro Zahra Fatemeh Maryam Sara Leila Narges Shirin Mina Elham Parisa Zhaleh Yasaman Vida Nasrin Shahla "
        "Parvin Mozhgan Golnaz Simin Mahnaz Tahereh Azam".split(),
        strict=True,
    )
)
FAMILIES = dict(
    zip(
        "رضایی محمدی حسینی کریمی شیرازی تبریزی خسروی نوری قاسمی غلامی مرادی جعفری اکبری صادقی رحیمی عباسی زمانی بهرامی "
        "سلطانی فرهادی نجفی طاهری یوسفی شریفی کاظمی امینی رستمی پارسا دانش مقدم".split(),
        "Rezaei Mohammadi Hosseini Karimi Shirazi Tabrizi Khosravi Nouri Ghasemi Gholami Moradi Jafari Akbari Sadeghi "
        "Rahimi Abbasi Zamani Bahrami Soltani Farhadi Najafi Taheri Yousefi Sharifi Kazemi Amini Rostami Parsa Danesh "
        "Moghadam".split(),
        strict=True,
    )
)
GIVEN = (
    "James Mary John Patricia Robert Jennifer Michael Linda William Elizabeth David Barbara Richard Susan Joseph "
    "Jessica Thomas Sarah Charles Karen Christopher Nancy Daniel Lisa Matthew Betty Anthony Margaret Mark Sandra "
    "Donald Ashley Steven Kimberly Paul Emily Andrew Donna Joshua Michelle Kenneth Carol Kevin Amanda Brian Dorothy "
    "George Melissa Edward Deborah Anna Anne Maria Mario Julia Julian Christian Christine"
).split()
SYLLABLES = "ber gar hol lin mar nor ost per ran sel tor vin wal den fro kel".split()
ENDS = "son man berg field ton ley er ing stein wood".split()


def surname(chance: random.Random) -> str:
    return (chance.choice(SYLLABLES) + chance.choice(["", chance.choice(SYLLABLES)]) + chance.choice(ENDS)).title()


class Person:
    def __init__(self, chance: random.Random, family: Person | None = None, taken: Sequence[str] = ()) -> None:
        self.persian = family.persian if family else chance.random() < 0.5
        if self.persian:
            self.given = chance.choice([name for name in PERSIAN if name not in taken])
            self.last = family.last if family else chance.choice(list(FAMILIES))
        else:
            self.given = chance.choice([name for name in GIVEN if name not in taken])
            self.last = family.last if family else surname(chance)
        shared = family.phone if family else None
        self.phone = shared or (f"+98912{chance.randrange(10**7):07}" if chance.random() < 0.8 else None)
        ascii_name = PERSIAN.get(self.given, self.given) + FAMILIES.get(self.last, self.last)
        self.email = f"{ascii_name.lower()}{chance.randrange(10**7)}@mail.com" if chance.random() < 0.6 else None
        self.born = date(1950, 1, 1) + timedelta(chance.randrange(20_000)) if chance.random() < 0.5 else None

    def latin(self) -> str:
        return f"{PERSIAN.get(self.given, self.given)} {FAMILIES.get(self.last, self.last)}"

    def name(self) -> str:
        return f"{self.given} {self.last}"


def mistyped(text: str, chance: random.Random) -> str:
    place = chance.randrange(1, len(text) - 1)
    kind = chance.randrange(3)
    if kind == 0:
        return text[:place] + text[place + 1 :]
    if kind == 1:
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + chance.choice("aeiorst") + text[place:]


def second(person: Person, chance: random.Random) -> tuple[str, str | None, str | None, date | None] | None:
    """Name, phone, e-mail and birthday as the same person's other card has them; None where nothing would tell them."""
    name, phone, email, born = person.name(), person.phone, person.email, person.born
    if person.persian and chance.random() < 0.4:
        name = person.latin()
    kind = chance.choice(["typo", "typo", "phone_typo", "new_phone", "new_email", "turned", "initial"])
    if kind == "typo":
        name = mistyped(name, chance)
    elif kind == "phone_typo" and phone:
        digit = chance.randrange(6, len(phone))
        phone, email = phone[:digit] + str((int(phone[digit]) + 1) % 10) + phone[digit + 1 :], None
    elif kind == "new_phone":
        phone = f"+98935{chance.randrange(10**7):07}"
    elif kind == "new_email":
        email = None
    elif kind == "turned":
        name = " ".join(reversed(name.split()))
    elif kind == "initial":
        name, phone = f"{name[0]}. {name.split()[1]}", None
    if chance.random() < 0.5:
        born = None
    shares = phone if kind == "phone_typo" else email or (phone and phone == person.phone)
    return (name, phone, email, born) if shares else None


def base(count: int, seed: int) -> tuple[list[Card], set[tuple[int, int]]]:
    """Cards, and the pairs of them that are one person's."""
    chance = random.Random(seed)
    people: list[Person] = []
    while len(people) < count:
        people.append(Person(chance))
        if people[-1].phone and chance.random() < 0.15:
            head = people[-1]
            taken = [head.given]
            for _member in range(chance.randint(1, 3)):
                people.append(Person(chance, head, taken))
                taken.append(people[-1].given)
    cards = [_card(n, p.name(), p.phone, p.email, p.born) for n, p in enumerate(people)]
    planted: set[tuple[int, int]] = set()
    while len(planted) < count // 20:
        whose = chance.randrange(len(people))
        told = second(people[whose], chance)
        if told is not None:
            planted.add((whose, len(cards)))
            cards.append(_card(len(cards), *told))
    chance.shuffle(cards)
    return cards, planted


def _card(number: int, name: str, phone: str | None, email: str | None, born: date | None) -> Card:
    return Card(number, fold_name(name), (phone,) if phone else (), (email,) if email else (), born)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for seed in (1, 2, 3):
        cards, planted = base(count, seed)
        began = time.perf_counter()
        found = {(pair.first, pair.second) for pair in pairs(cards)}
        seconds = time.perf_counter() - began
        right = len(found & planted)
        again = {(a, b) for _w, a in planted for _v, b in planted if _w == _v and a < b}  # two second cards of one
        right += len(found & again)
        print(
            f"{len(cards):,} cards, {len(planted):,} planted: {len(found):,} proposed in {seconds:.1f} s, "
            f"precision {right / max(1, len(found)):.2%}, recall {len(found & planted) / len(planted):.2%}"
        )
        if "--show" in sys.argv:
            by_id = {card.id: card for card in cards}
            for first, second_ in sorted(found - planted - again)[:12]:
                print("wrong", by_id[first], by_id[second_])
            for first, second_ in sorted(planted - found)[:25]:
                print("missed", by_id[first], by_id[second_])


if __name__ == "__main__":
    main()
