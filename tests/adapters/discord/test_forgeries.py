"""What people write to make a card look like something else."""

from __future__ import annotations

import pytest

from adapters.discord.markup import card_text, escaped
from bot.card import Card, CardState
from tests.adapters.discord.wire import Wire


@pytest.mark.parametrize("turn", "\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
def test_nobody_turns_the_rest_of_a_line_round(turn: str) -> None:
    assert escaped(f"by {turn}eve · 9 stars") == "by eve · 9 stars"


def test_arabic_and_hebrew_are_written_as_they_are() -> None:
    assert escaped("عين שלום") == "عين שלום"


@pytest.mark.parametrize(
    "written",
    [
        "\n**Your clip**",
        "\u2028# Done",
        "\x0b-# small",
        "\x85> quoted",
        "@everyone",
        "<@1> <t:0:R>",
    ],
)
def test_a_name_stays_one_line_of_letters(written: str) -> None:
    card = Card(
        job_id="a", state=CardState.DONE, locale="en", title="Done", lines=(f"By {written}",)
    )
    title, line = card_text(card).split("\n")
    assert (title, line.splitlines()) == ("**Done**", [line])
    bare = line.replace("\\*", "").replace("\\@", "").replace("\\<", "").replace("\\>", "")
    assert not set("*@<") & set(bare)


async def test_blanks_are_nothing_to_offer(wire: Wire) -> None:
    """Discord refuses all that is offered for one of them."""
    asked = await wire.ada.type_in(wire.studio, "animate", "options", "   ")
    await wire.server.until(lambda: asked.responses)
    assert asked.responses[0]["data"]["choices"] == []
