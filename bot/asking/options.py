"""Reads settings as people type them in a chat: `steps:60 分辨率：768 prompt:"gentle smile"`.

The result is canonical in names and values alike: what a person calls a setting travels no
further than this module. Whether the values make a request is judged by `bot.asking.asking`.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

from bot.asking.option_words import NAME_OF, NAMES, VALUE_OF, VALUES, loosely
from bot.errors import RequestError
from bot.request import not_one_of

FREE_TEXT = frozenset({"prompt", "negative"})
SPACED = FREE_TEXT | {"sampler"}  # values with spaces in them, which some type without quotes
QUOTES = (('"“”„＂', '"“”＂'), ("'‘’＇", "'‘’＇"), ("「", "」"), ("『", "』"))
MUST_CLOSE = '"“”„＂「『'  # an apostrophe may stand alone
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\u2060\ufeff"), " ")
SHOWN = 60  # characters of a person's own words in a sentence about them

_GAPS = r"\s,，、;；"
_SIGNS = ":：=＝﹕"
_ASSIGN = rf"\s*+[{_SIGNS}]"
_NAME = rf"""[^{_GAPS}{_SIGNS}"“”„＂「」『』]++"""
_CHINESE = "|".join(word for words in NAMES.values() for word in words if not word.isascii())
# a Chinese name may follow a value without a space, 步数：60分辨率：768
_NEXT = rf"(?:(?<![{_GAPS}])[{_GAPS}]++{_NAME}|(?:{_CHINESE})){_ASSIGN}"

GAP = re.compile(rf"[{_GAPS}]+")
NAMED = re.compile(rf"(?P<name>{_NAME}){_ASSIGN}")
# a whole word: greedy with its end spelled out, since possessive groups forget their lookaheads
# in Python before 3.11.5 (gh-106052)
_CHINESE_NEXT = rf"(?:{_CHINESE}){_ASSIGN}"
_WORD_END = rf"(?=[{_GAPS}]|\Z|{_CHINESE_NEXT})(?!{_ASSIGN})"
WORD = re.compile(rf"\s*+((?:(?!{_CHINESE_NEXT})[^{_GAPS}{_SIGNS}])+){_WORD_END}")
RUN = re.compile(rf"((?:(?!{_NEXT}).)*)", re.DOTALL)
STRAY = re.compile(rf"[^{_GAPS}]+")
HAN = re.compile("[\u3400-\u9fff]")
BLANK = re.compile(r"\s*")


def parse_options(text: str) -> dict[str, str]:
    """The settings in a text, by their names in chat. Raises `RequestError`."""
    return name_options(_pairs(text.translate(INVISIBLE)))


def name_options(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Settings that a platform or a command line already split into names and values."""
    options: dict[str, str] = {}
    for typed, value in pairs:
        name = NAME_OF.get(loosely(typed))
        if name is None:
            raise _unknown(typed)
        if name in options:
            raise RequestError("option-twice", name=name)
        options[name] = _value_of(name, value.strip())
    return options


def _value_of(name: str, typed: str) -> str:
    if name in FREE_TEXT:
        return typed
    if not typed:
        raise RequestError("option-no-value", name=name)
    if name not in VALUES:
        return unicodedata.normalize("NFKC", typed)
    value = VALUE_OF[name].get(loosely(typed))
    if value is None:
        raise not_one_of(name, typed[:SHOWN], VALUES[name])
    return value


def _unknown(typed: str) -> RequestError:
    """Answer in the person's way of writing: the nearest name, or all of them."""
    typed = unicodedata.normalize("NFKC", typed)[:SHOWN]
    chinese = HAN.search(typed) is not None
    known = [[word for word in words if word.isascii() != chinese] for words in NAMES.values()]
    near = difflib.get_close_matches(
        typed.casefold(), chain.from_iterable(known), n=1, cutoff=0.5 if chinese else 0.6
    )
    if near:
        return RequestError("option-unknown-near", name=typed, nearest=near[0])
    names = ", ".join(words[0] for words in known)
    return RequestError("option-unknown", name=typed, names=names)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Names and values as typed; words that belong to neither are a `RequestError`."""
    left_over = []
    at = 0
    while at < len(text):
        if gap := GAP.match(text, at):
            at = gap.end()
        elif named := NAMED.match(text, at):
            name = named["name"]
            value, at = _quoted(text, named.end()) or _unquoted(name, text, named.end())
            yield name, value
        elif stray := STRAY.match(text, at):
            left_over.append(stray[0])
            at = stray.end()
    if left_over:
        raise RequestError("option-words-left", words=" ".join(left_over)[:SHOWN])


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    """What stands in quotation marks and where it ends; None where there are none."""
    if blank := BLANK.match(text, start):
        start = blank.end()
    mark = text[start : start + 1]
    for opening, closing in QUOTES:
        if mark and mark in opening:
            # the last mark of a word rather than any: 'it's fine'
            end = re.compile(rf"[{closing}](?=[{_GAPS}]|$)").search(text, start + 1)
            end = end or re.compile(f"[{closing}]").search(text, start + 1)
            if end:
                return text[start + 1 : end.start()], end.end()
            if mark in MUST_CLOSE:
                raise RequestError("option-quote-open", words=text[start:][:SHOWN])
    return None


def _unquoted(name: str, text: str, start: int) -> tuple[str, int]:
    """One word, or for settings with spaces everything up to the next name."""
    value = (RUN if NAME_OF.get(loosely(name)) in SPACED else WORD).match(text, start)
    return (value[1], value.end()) if value else ("", start)
