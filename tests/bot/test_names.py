"""A name is text in a sentence, whatever its owner had in mind."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.names import LONGEST, plain_name


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Ada", "Ada"),
        ("  Ada\n\nLovelace\t", "Ada Lovelace"),
        ("\u202eadA", "adA"),
        ("A\u200bda\u0007", "Ada"),
        ("小红 🎨", "小红 🎨"),
        ("x" * 60, "x" * (LONGEST - 1) + "…"),
        ("\u2066\u2069", ""),
    ],
)
def test_a_name_is_one_short_visible_line(name: str, plain: str) -> None:
    assert plain_name(name) == plain


@given(st.text())
def test_no_name_breaks_a_line_or_turns_the_writing(name: str) -> None:
    plain = plain_name(name)
    assert len(plain) <= LONGEST
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") for char in plain)
