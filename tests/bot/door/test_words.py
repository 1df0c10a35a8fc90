"""Words that no prompt may hold are found however they are dressed up, and in no other word."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.door.word_lists import GORE, HATE, MINORS, SEXUAL, listed
from bot.door.words import Finding, judge
from bot.request import EXPRESSION_PROMPTS, GENTLE_PROMPT

BLOCKED = list(chain(listed(SEXUAL), listed(GORE), listed(HATE)))
LATIN = [word for word in BLOCKED if word.isascii()]
CHINESE = [word for word in BLOCKED if not word.isascii()]
LEET = {"a": "4@", "e": "3", "i": "1!|", "l": "1|", "o": "0", "s": "5$", "t": "7+", "b": "8"}
SEPARATORS = [".", "-", "_", "*", "~", "/", "\u200b", "\u00ad", "\u2060", "·"]
ACCENTS = ["\u0301", "\u0308", "\u0327"]

words = st.sampled_from(LATIN)
around = st.sampled_from(["", "a portrait, ", "微笑，", "(", '"'])
after = st.sampled_from(["", ", gentle smile", "。", "!", ")", '"', "…"])


def found(text: str) -> bool:
    return judge(text) is not Finding.CLEAN


@pytest.mark.parametrize("word", BLOCKED)
def test_every_listed_word_is_found(word: str) -> None:
    assert found(f"a portrait, {word}, gentle smile")


@pytest.mark.parametrize(
    "text",
    [
        "Scunthorpe",
        "Essex, Sussex and Middlesex",
        "grapes and a drape",
        "a class of assassins in glasses, passing",
        "a cockpit, a peacock, a cocktail",
        "Mr Dickens, an analyst and therapist with an analysis",
        "the pen is mightier than the sword",
        "as is",
        "cumin, documents, an accumulator",
        "a shiitake mushroom, a titmouse, titanium",
        "Al Gore, kidding",
        "saxophone, sextant, sextet",
        "snow-white power station",
        "heels, hiking boots",
        "mass exodus",
        "六岁的小孩在微笑",
        "a child's portrait, twelve years old",
        "黄色的衣服，性格温柔",
        GENTLE_PROMPT,
        *EXPRESSION_PROMPTS.values(),
        "",
    ],
)
def test_a_word_that_only_holds_one_is_none(text: str) -> None:
    assert judge(text) is Finding.CLEAN


@given(words, around, after, st.data())
def test_digits_and_signs_for_letters_hide_nothing(
    word: str, before: str, behind: str, data: st.DataObject
) -> None:
    dressed = "".join(
        data.draw(st.sampled_from([letter, *LEET.get(letter, ())])) for letter in word
    )
    assert found(f"{before} {dressed} {behind}")


@given(words, st.data())
def test_case_width_and_accents_hide_nothing(word: str, data: st.DataObject) -> None:
    dressed = "".join(
        data.draw(
            st.sampled_from(
                [letter, letter.upper(), *(letter + accent for accent in ACCENTS)]
                + ([chr(ord(letter) + 0xFEE0)] if letter.isalpha() else [])
            )
        )
        for letter in word
    )
    assert found(dressed)


@given(words, st.sampled_from(SEPARATORS), around, after)
def test_what_stands_between_letters_hides_nothing(
    word: str, separator: str, before: str, behind: str
) -> None:
    spelled = " ".join(separator.join(part) for part in word.split())
    assert found(f"{before} {spelled} {behind}")


@given(words.filter(lambda word: " " not in word), st.integers(1, 3))
def test_a_word_that_is_spelled_out_is_found(word: str, spaces: int) -> None:
    assert found((" " * spaces).join(word))


@given(words, st.data())
def test_letters_that_are_drawn_out_hide_nothing(word: str, data: st.DataObject) -> None:
    assert found("".join(letter * data.draw(st.integers(1, 4)) for letter in word))


@given(st.sampled_from(CHINESE), st.sampled_from([*SEPARATORS, " ", "，", "  "]))
def test_chinese_is_found_within_a_sentence_whatever_stands_between(
    word: str, separator: str
) -> None:
    assert found(f"一个{separator.join(word)}的人像")


@given(st.sampled_from(LATIN), st.text(alphabet="qzvjw", min_size=1, max_size=5))
def test_a_word_within_a_longer_one_is_none(word: str, rest: str) -> None:
    assume(" " not in word)
    longer = rest + word + rest
    assert judge(longer) is Finding.CLEAN


@given(st.text(max_size=1000))
def test_any_text_at_all_is_judged(text: str) -> None:
    assert judge(text, ("ok", "好的")) in Finding


@pytest.mark.parametrize("word", listed(MINORS))
def test_a_sexual_word_beside_one_for_a_minor_is_the_worst(word: str) -> None:
    assert judge(f"{word} n.a.k.e.d") is Finding.SEXUALISED_MINOR
    assert judge(f"裸体，{word}") is Finding.SEXUALISED_MINOR


@pytest.mark.parametrize(
    "text",
    ["12 years old", "a 9-year-old", "16yo", "16 y/o", "aged 14", "12岁", "十二岁", "六岁"],
)
def test_so_is_one_beside_the_years_of_a_minor(text: str) -> None:
    assert judge(f"nude, {text}") is Finding.SEXUALISED_MINOR


@pytest.mark.parametrize(
    "text",
    ["112 years old", "18 years old", "30yo", "二十岁", "三十六岁", "18岁", "a 1700 portrait"],
)
def test_the_years_of_a_grown_up_are_not(text: str) -> None:
    assert judge(f"nude, {text}") is Finding.BLOCKED_WORD


def test_a_minor_alone_is_a_fine_portrait() -> None:
    assert judge("a child of 6 years, smiling") is Finding.CLEAN


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("a Moustache", True),
        ("m0ustache", True),
        ("moustaches", False),
        ("a big wig", True),
        ("bigwig", True),
        ("big blue wig", False),
        ("他有一撮 小胡子", True),
    ],
)
def test_whoever_runs_it_and_the_place_add_words_and_phrases(text: str, is_found: bool) -> None:
    blocked = judge(text, ("moustache", "big wig", "小胡子")) is Finding.BLOCKED_WORD
    assert blocked is is_found


def test_an_added_word_without_any_letter_blocks_nothing() -> None:
    assert judge("a smile!", ("!", "", "  ")) is Finding.CLEAN
