"""Finds words that no prompt may hold, however they are dressed up.

A text is read as a person would read it: width, case, accents, look-alike letters of other
alphabets, digits for letters, letters drawn out, letters with something between them. Words are
compared whole, which is what keeps Scunthorpe, Essex and grapes out of it; Chinese, which has no
spaces, is searched for anywhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby

from bot.door.word_lists import GORE, HATE, MINORS, SEXUAL, listed

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
IS_HAN = re.compile(rf"[{HAN}]")
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])[\W_]+(?=[{HAN}])")
WORD = re.compile(rf"[^\W\d_{HAN}]+")
LOOKALIKES = str.maketrans("авекмнорстухіѕјԁαβεικνορτυχı", "abekmhopctyxisjdabeiknoptuxi")
DIGITS_AND_SIGNS = str.maketrans("4@31!|05$7+89", "aaeiiiossttbg")
PUNCTUATION = "!|+.,;:?()[]{}<>*_~\"'“”‘’-"
SPELLED_OUT = 3  # single letters in a row are no word below that
LONGEST = 20  # letters, of what is looked for spelled out
YEARS = re.compile(
    r"\b(?:[1-9]|1[0-7])\W{0,3}(?:y\W?o\b|years?\W{0,3}old|yrs?\W{0,3}old)"
    r"|\baged?\W{0,3}(?:[1-9]|1[0-7])\b"
    r"|(?<!\d)(?:[1-9]|1[0-7])\s*[岁歲]"
    r"|(?<![一二三四五六七八九十百])(?:[一二三四五六七八九]|十[一二三四五六七]?)\s*[岁歲]"
)


class Finding(StrEnum):
    CLEAN = "clean"
    BLOCKED_WORD = "blocked"
    SEXUALISED_MINOR = "minor"


def judge(text: str, more: Iterable[str] = ()) -> Finding:
    """What is wrong with a prompt; `more` are words besides the house's own."""
    said = _Said(text)
    if said.holds_any(_terms(SEXUAL)):
        of_minor = said.speaks_of_years or said.holds_any(_terms(MINORS))
        return Finding.SEXUALISED_MINOR if of_minor else Finding.BLOCKED_WORD
    blocked = (*_terms(GORE), *_terms(HATE), *map(_Term.of, more))
    return Finding.BLOCKED_WORD if said.holds_any(blocked) else Finding.CLEAN


@dataclass(frozen=True, slots=True)
class _Letters:
    """A word as its letters and how often each stands there in a row."""

    letters: str
    counts: tuple[int, ...]

    @classmethod
    def of(cls, word: str) -> _Letters:
        """With l for i: one who writes 1 may mean either."""
        runs = [(letter, len(list(run))) for letter, run in groupby(word.replace("l", "i"))]
        return cls("".join(letter for letter, _ in runs), tuple(count for _, count in runs))

    def draws_out(self, other: _Letters) -> bool:
        """Whether it is the other word, some letters of which may be repeated: "seeex" is "sex",
        and "as" is no "ass"."""
        return self.letters == other.letters and all(
            mine >= theirs for mine, theirs in zip(self.counts, other.counts, strict=True)
        )


@dataclass(frozen=True, slots=True)
class _Term:
    """A word or a phrase that is looked for; `han` is empty for other writings."""

    words: tuple[_Letters, ...]
    joined: _Letters
    han: str

    @classmethod
    def of(cls, text: str) -> _Term:
        folded = _folded(text)
        words = WORD.findall(folded)
        han = BETWEEN_HAN.sub("", folded).strip() if IS_HAN.search(folded) else ""
        return cls(tuple(map(_Letters.of, words)), _Letters.of("".join(words)), han)


class _Said:
    """A text with all the ways to read it."""

    def __init__(self, text: str) -> None:
        folded = _folded(text)
        pieces = WORD.findall(folded.translate(DIGITS_AND_SIGNS))
        self.speaks_of_years = YEARS.search(folded) is not None
        self._han = BETWEEN_HAN.sub("", folded)
        self._pieces = [_Letters.of(piece) for piece in pieces]
        self._words: dict[str, set[_Letters]] = defaultdict(set)
        for word in {*_readings(folded), *_spelled_out(pieces)}:
            read = _Letters.of(word)
            self._words[read.letters].add(read)

    def holds_any(self, terms: Iterable[_Term]) -> bool:
        return any(map(self._holds, terms))

    def _holds(self, term: _Term) -> bool:
        if term.han:
            return term.han in self._han
        if any(said.draws_out(term.joined) for said in self._words.get(term.joined.letters, ())):
            return bool(term.words)
        return len(term.words) > 1 and self._holds_phrase(term.words)

    def _holds_phrase(self, words: tuple[_Letters, ...]) -> bool:
        shifted = (self._pieces[start:] for start in range(len(words)))
        return any(
            all(said.draws_out(word) for said, word in zip(window, words, strict=True))
            for window in zip(*shifted, strict=False)
        )


def _readings(folded: str) -> Iterator[str]:
    """The words between spaces: whole without what stands between their letters, and in pieces;
    with digits and signs for letters, and with those that are none ("$ex!", "sex4you")."""
    for chunk in folded.split():
        bare = chunk.strip(PUNCTUATION)
        yield from WORD.findall(bare)
        for word in (chunk, bare):
            pieces = WORD.findall(word.translate(DIGITS_AND_SIGNS))
            yield from pieces
            yield "".join(pieces)


def _spelled_out(pieces: list[str]) -> Iterator[str]:
    """What single letters in a row may mean, drawn out as they like: "s e x", "an s. ee. x"."""
    for is_single, run in groupby(pieces, key=lambda piece: len(set(piece)) == 1):
        letters = list(run)
        for start in range(len(letters) if is_single else 0):
            longest = min(start + LONGEST, len(letters))
            for end in range(start + SPELLED_OUT, longest + 1):
                yield "".join(letters[start:end])


def _folded(text: str) -> str:
    """In one width and case, without accents and what can't be seen."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(char for char in plain if unicodedata.category(char) not in ("Mn", "Me", "Cf"))
    return seen.translate(LOOKALIKES)


@cache
def _terms(words: str) -> tuple[_Term, ...]:
    return tuple(map(_Term.of, listed(words)))
