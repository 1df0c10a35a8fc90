"""A card's words and buttons within Telegram's limits, whatever somebody wrote into them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram import callback_data
from adapters.telegram.addresses import Ref, Spot
from adapters.telegram.callback_data import Tap
from adapters.telegram.keyboard import keyboard_of
from adapters.telegram.prompts import prompt_for
from adapters.telegram.words import CAPTION, TEXT, cut, units, words_of
from bot.card import Action, Button, Card, CardState
from bot.job import new_job_id
from tests.fakes.clock import START

CARD = Card(job_id="one", state=CardState.DONE, locale="en", title="Your sketch is alive")


def test_the_title_is_bold_by_a_mark_beside_it_so_that_no_text_becomes_markup() -> None:
    words = words_of(replace(CARD, title="<b>*_`😀", lines=("[a](tg://user?id=1)",)), CAPTION)
    assert words.text == "<b>*_`😀\n[a](tg://user?id=1)"
    (mark,) = words.marks
    assert (mark.type, mark.offset, mark.length) == ("bold", 0, 8)


def test_the_last_lines_go_first_where_a_caption_is_too_long() -> None:
    lines = tuple(f"line {number} " + "x" * 200 for number in range(9))
    text = words_of(replace(CARD, lines=lines), CAPTION).text
    assert text.startswith("Your sketch is alive\nline 0")
    assert text.endswith("…")
    assert "line 8" not in text


@given(st.text(min_size=1, max_size=400), st.lists(st.text(max_size=1500), max_size=6))
def test_no_card_is_longer_than_a_caption(title: str, lines: list[str]) -> None:
    words = words_of(replace(CARD, title=title, lines=tuple(lines)), CAPTION)
    assert units(words.text) <= CAPTION
    assert all(mark.offset + mark.length <= units(words.text) for mark in words.marks)


@given(st.text(max_size=4096))
def test_no_prompt_is_longer_than_a_message(options: str) -> None:
    prompt = prompt_for(options, "en")
    assert units(prompt.text) <= TEXT
    assert prompt.mark.offset + prompt.mark.length == units(prompt.text)


def test_a_prompt_full_of_emoji_is_cut_as_telegram_counts() -> None:
    assert units(prompt_for("😀" * 2040, "zh").text) <= TEXT


def test_a_text_is_cut_between_words_and_never_inside_a_letter() -> None:
    assert cut("gentle smile and soft light", 20) == "gentle smile and…"
    assert cut("😀" * 10, 10) == "😀😀😀😀…"
    assert cut("short", 5) == "short"


def test_every_button_fits_and_comes_back_as_it_was_written() -> None:
    job_id = new_job_id(START)
    for action in Action:
        for changes in ({}, {"face": "4"}, {"frames": "33", "res": "1024"}):
            data = callback_data.write(action, job_id, changes)
            assert len(data.encode()) <= 64
            assert callback_data.read(data) == Tap(action, job_id, changes)


def test_a_button_that_does_not_fit_is_noticed_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="bytes of callback data"):
        callback_data.write(Action.CHANGE, new_job_id(START), {"prompt": "x" * 60})


@pytest.mark.parametrize("data", ["", "dance:1", ":", "cancel"])
def test_buttons_of_other_bots_and_times_mean_nothing(data: str) -> None:
    tap = callback_data.read(data)
    assert tap is None or tap == Tap(Action.CANCEL, "")


def test_long_labels_get_a_row_of_their_own() -> None:
    short, long = (
        Button(Action.AGAIN, "再来"),
        Button(Action.LOOP, "Loop · new render, about 3 min"),
    )
    keyboard = keyboard_of(replace(CARD, buttons=(short, short, short, short, long)))
    assert keyboard is not None
    assert [len(row) for row in keyboard.inline_keyboard] == [3, 1, 1]
    assert keyboard_of(CARD) is None


def test_addresses_come_back_as_they_were_written() -> None:
    for spot in (Spot(11), Spot(-1001234), Spot(-1001234, 7)):
        assert Spot.of(str(spot)) == spot
    assert Ref.of(str(Ref(-1001234, 5))) == Ref(-1001234, 5)
