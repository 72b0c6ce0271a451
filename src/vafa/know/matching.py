"""Which two cards are probably one person's, and why: names as they are mistyped and written in other scripts.

A shared phone or e-mail says little by itself, for families share them: the names must agree too, and a name that many
carry is no misspelling of another one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations

from anyascii import anyascii
from rapidfuzz.distance import OSA

SAME, ALIKE, PART, UNTOLD, OTHER = "same", "alike", "part", "untold", "other"
LARGEST = 100  # cards that share one mark; more share a switchboard's number
COMMON = 5  # carriers from which on a word is a name of its own, in a base of some size
MANY_NAMED = 10  # carriers of a whole name above which its birthday proves nothing
PER_CARRIER = 20_000  # cards for each further carrier that a common word needs
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_LETTERS = str.maketrans(dict(zip("آاءضذظثصوعطشخچژغق", "aaazzzssvatSxCjqq", strict=True)))  # what Latin writes with two
_SOUNDS = (("gh", "q"), ("kh", "x"), ("ck", "k"), ("ph", "f"), ("sch", "S"), ("sh", "S"), ("zh", "j"), ("dj", "j"),
           ("ch", "C"), ("th", "t"), ("dh", "z"))  # fmt: skip


@dataclass(frozen=True)
class Card:
    """What is compared of a card. ``name``: folded (``core.identity.fold_name``)."""

    id: int
    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    birthday: date | None = None


@dataclass(frozen=True)
class Pair:
    """Two cards, and what speaks for one person: codes of ``REASONS`` in order of their weight."""

    first: int
    second: int
    reasons: tuple[str, ...]


REASONS = ("email", "phone", "birthday", "phone_near", "email_near", "same_name", "alike_name", "part_name")


def pairs(cards: Sequence[Card]) -> list[Pair]:
    """The probable duplicates among ``cards``, by ids; each pair once, the lower id first."""
    words = Counter(word for card in cards for word in set(card.name.split()))
    names = Counter(card.name for card in cards)
    common = max(COMMON, 1 + len(cards) // PER_CARRIER)
    found = []
    for one, two in _candidates(cards):
        if reasons := _reasons(one, two, words, names, common):
            found.append(Pair(min(one.id, two.id), max(one.id, two.id), reasons))
    return sorted(found, key=lambda pair: (pair.first, pair.second))


def _candidates(cards: Sequence[Card]) -> Iterator[tuple[Card, Card]]:
    """Pairs that share a mark, or a word of the name and half of a mark."""
    blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, card in enumerate(cards):
        for key in set(_keys(card)):
            blocks[key].append(place)
    seen: set[int] = set()
    count = len(cards)
    for places in blocks.values():
        if 1 < len(places) <= LARGEST:
            for first, second in combinations(places, 2):
                if first * count + second not in seen:
                    seen.add(first * count + second)
                    yield cards[first], cards[second]


def _keys(card: Card) -> Iterator[tuple[str, ...]]:
    sounds = {sound(word) for word in card.name.split()}
    for phone in card.phones:
        yield "phone", phone
        for heard in sounds:
            yield "phone", heard, phone[:-4]
            yield "phone", heard, phone[-4:]
            yield "phone", heard, phone[:-6], phone[-3:]  # the two that meet at the cut may be swapped
    for email in card.emails:
        yield "email", email
        local, _at, domain = email.partition("@")
        for heard in sounds:
            yield "email", heard, local
            yield "email", heard, local[:3], domain
    if card.birthday:
        for heard in sounds:
            yield "born", heard, card.birthday.isoformat()


def _reasons(
    one: Card, two: Card, words: Mapping[str, int], names: Mapping[str, int], common: int
) -> tuple[str, ...] | None:
    """Why the two are probably one; None where they are not."""
    found = set()
    born = _birthdays(one.birthday, two.birthday)
    name = agreement(one.name, two.name, words, common, strict=born != SAME)
    if name == OTHER:
        return None
    if not set(one.emails).isdisjoint(two.emails):
        found.add("email")
    if not set(one.phones).isdisjoint(two.phones):
        found.add("phone")
    if born == SAME:
        found.add("birthday")
    if not found & {"phone"} and any(_near(a, b) for a in one.phones for b in two.phones):
        found.add("phone_near")
    if not found & {"email"} and any(_near_mail(a, b) for a in one.emails for b in two.emails):
        found.add("email_near")
    if not _enough(found, name, born, max(names[one.name], names[two.name])):
        return None
    found.add({SAME: "same_name", ALIKE: "alike_name"}.get(name, "part_name"))
    return tuple(reason for reason in REASONS if reason in found)


def _enough(found: set[str], name: str, born: str, carriers: int) -> bool:
    if born == OTHER:  # parents and children carry one name; a mark of one's own is needed
        return "email" in found and name == SAME
    if name in (SAME, ALIKE):
        marked = found & {"email", "phone", "phone_near", "email_near"}
        return bool(marked) or ("birthday" in found and carriers <= MANY_NAMED)
    return "email" in found or {"phone", "birthday"} <= found  # a part of the name, or none told


def _birthdays(one: date | None, two: date | None) -> str:
    if one is None or two is None:
        return UNTOLD
    if one == two:
        return SAME
    swapped = one.year == two.year and (one.month, one.day) == (two.day, two.month)
    return ALIKE if swapped or OSA.distance(one.isoformat(), two.isoformat()) == 1 else OTHER


def _near(one: str, two: str) -> bool:
    """Phones with one digit mistyped or two swapped."""
    return len(one) >= 9 and OSA.distance(one, two, score_cutoff=1) == 1


def _near_mail(one: str, two: str) -> bool:
    """Addresses with a letter mistyped or two swapped; figures keep people of one name apart."""
    (mine, _a, here), (theirs, _b, there) = one.partition("@"), two.partition("@")
    if min(len(mine), len(theirs)) < 6 or re.sub(r"\D", "", mine) != re.sub(r"\D", "", theirs):
        return False
    if mine == theirs:
        return OSA.distance(here, there, score_cutoff=2) <= 2
    return here == there and OSA.distance(mine, theirs, score_cutoff=1) == 1


# Names ------------------------------------------------------------------------------------


def agreement(one: str, two: str, words: Mapping[str, int], common: int, *, strict: bool = True) -> str:
    """How two folded names agree: SAME, ALIKE (mistyped, in another script), PART (one says less), UNTOLD, OTHER.

    ``words``: how many carry each word; two words that at least ``common`` carry are two names, unless not ``strict``.
    """
    if not one or not two:
        return UNTOLD
    mine, theirs = _words(one), _words(two)
    if sorted(mine) == sorted(theirs) or "".join(mine) == "".join(theirs):
        return SAME
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    left = list(theirs)
    for word in mine:
        fitting = next((other for other in left if other == word), None)
        if fitting is None:
            fitting = next((other for other in left if _alike(word, other, words, common, strict=strict)), None)
        if fitting is None:
            return OTHER
        left.remove(fitting)
    if any(len(word) == 1 for word in (*mine, *theirs)) or len(mine) == 1 < len(theirs):
        return PART
    return ALIKE


def _words(name: str) -> list[str]:
    return re.split(r"[\s\-.,'’]+", name.strip(" .,-")) or [name]


def _alike(one: str, two: str, words: Mapping[str, int], common: int, *, strict: bool) -> bool:
    if 1 in (len(one), len(two)):
        return _latin(one)[:1].lower() == _latin(two)[:1].lower()  # an initial
    if one.isascii() != two.isascii():
        mine, theirs = sound(one), sound(two)
        return mine == theirs or (min(len(mine), len(theirs)) >= 4 and OSA.distance(mine, theirs, score_cutoff=1) <= 1)
    if strict and min(words.get(one, 0), words.get(two, 0)) >= common:
        return False
    longer = max(len(one), len(two))
    allowed = 0 if longer <= 3 else 1 if longer <= 7 else 2
    if OSA.distance(one, two, score_cutoff=allowed) <= allowed:
        return True
    return len(sound(one)) >= 3 and sound(one) == sound(two) and OSA.normalized_similarity(one, two) >= 0.6


@lru_cache(1 << 17)
def _latin(word: str) -> str:
    if _ARABIC.search(word):
        return re.sub("[^a-zA-Z]", "", anyascii(word.translate(_LETTERS)))
    return re.sub("[^a-z]", "", anyascii(word).lower())


@lru_cache(1 << 17)
def sound(word: str) -> str:
    """The consonants of a word in Latin letters, as any script would have them: Mohammad and محمد are both mhmd."""
    heard = _latin(word)
    if not _ARABIC.search(word):
        for letters, one in _SOUNDS:
            heard = heard.replace(letters, one)
    heard = re.sub(r"(.)\1+", r"\1", heard)
    first = re.sub("[aeiouy]", "a", heard[:1])
    rest = re.sub("[aeiouyvw]", "", heard[1:])
    return (first + rest).removesuffix("h") or heard
