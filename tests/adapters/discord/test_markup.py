"""What people wrote stays words: it pings nobody, styles nothing, and forges no card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.button import view_of
from adapters.discord.custom_id import LIMIT, TEMPLATE, Press
from adapters.discord.markup import TEXT_LIMIT, card_text, cut, escaped
from bot.card import Action, Button, Card, CardState
from bot.clip import Progress


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("gentle smile, 6.0", "gentle smile, 6.0"),
        ("**bold**", r"\*\*bold\*\*"),
        ("<@123> @everyone", r"\<\@123\> \@everyone"),
        ("[click](https://evil)", r"\[click\](https:\//evil)"),
        ("# Done", r"\# Done"),
        ("> quoted", r"\> quoted"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("half-way", "half-way"),
        ("```\ncode", r"\`\`\` code"),
        ("a\n\n**Done**\nb", r"a \*\*Done\*\* b"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
    ],
)
def test_every_mark_is_taken_for_a_letter(written: str, shown: str) -> None:
    assert escaped(written) == shown


@given(st.text())
def test_text_is_one_line_and_reads_the_same(text: str) -> None:
    shown = escaped(text)
    assert "\n" not in shown
    assert _as_read(shown) == " ".join(text.split())


def test_a_card_has_its_title_a_bar_and_its_lines() -> None:
    card = Card(
        job_id="a",
        state=CardState.RUNNING,
        locale="en",
        title="Drawing",
        lines=("Step 5 of 10",),
        progress=Progress(5, 10),
    )
    assert card_text(card).splitlines() == ["**Drawing**", "▰" * 10 + "▱" * 10, "Step 5 of 10"]


def test_too_many_lines_lose_the_last_ones() -> None:
    text = cut(["title", *["x" * 90] * 40])
    assert len(text) <= TEXT_LIMIT
    assert text.startswith("title\nxxx")
    assert text.endswith("x\n…")


def test_one_endless_line_is_cut_without_half_an_escape() -> None:
    text = cut(["\\*" * 1500])
    assert len(text) <= TEXT_LIMIT
    assert text.endswith("\\*…")


@given(
    st.sampled_from(Action),
    st.text("0123456789abcdefghjkmnpqrstvwxyz", min_size=1, max_size=25),
    st.dictionaries(st.text(min_size=1), st.text()),
)
def test_a_press_is_read_back_as_it_was_written(
    action: Action, job_id: str, changes: dict[str, str]
) -> None:
    press = Press(action, job_id, changes)
    match = TEMPLATE.fullmatch(press.custom_id)
    assert match is not None
    assert Press.of(match) == press


async def test_a_button_too_long_for_discord_is_left_out(tmp_path: Path) -> None:
    card = Card(job_id="a", state=CardState.REFUSED, locale="en", title="t")
    long = Button(Action.CHANGE, "long", {"prompt": "x" * LIMIT})
    short = Button(Action.CHANGE, "frames:33", {"frames": "33"})
    (row,) = view_of(replace(card, buttons=(long, short))).to_components()
    assert [each["custom_id"] for each in row["components"]] == ["change:a:frames=33"]


def _as_read(shown: str) -> str:
    """A backslash shows the mark behind it."""
    read, marks = [], iter(shown)
    for mark in marks:
        read.append(next(marks) if mark == "\\" else mark)
    return "".join(read)
