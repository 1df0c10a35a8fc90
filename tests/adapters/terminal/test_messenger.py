"""What the one line on the screen shows, to a person and to a file."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.terminal.messenger import TerminalMessenger
from bot.card import Card, CardState
from bot.clip import ClipFile, Progress
from bot.origin import Origin
from bot.request import ClipFormat

JOB = "0000000000000000aa"


class Screen(io.StringIO):
    """A terminal, unlike a file or a pipe."""

    def isatty(self) -> bool:
        return True


def card(state: CardState, title: str, *lines: str, step: int | None = None) -> Card:
    progress = None if step is None else Progress(step, 10)
    return Card(job_id=JOB, state=state, locale="en", title=title, lines=lines, progress=progress)


WAITING = card(CardState.QUEUED, "Waiting", "Number 1 in the queue", "and more")
STEPS = [card(CardState.RUNNING, "Drawing", "Step", step=step) for step in range(1, 11)]
FAILED = card(CardState.FAILED, "This one did not work", "No idea why.")


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    return Origin(platform="terminal-0", place=str(tmp_path / "new" / "clip.png"), person="ada")


@pytest.fixture
def sheet(tmp_path: Path) -> Card:
    """A finished card with a file and its companion, as they lie in the job's folder."""
    path, companion = tmp_path / "sheet.png", tmp_path / "sheet.json"
    path.write_bytes(b"a sheet")
    companion.write_text("{}")
    file = ClipFile(
        path=path,
        format=ClipFormat.SHEET,
        size_bytes=7,
        width=16,
        height=16,
        companion=companion,
    )
    return replace(card(CardState.DONE, "Done", "49 frames"), clip=file)


async def shown(screen: io.StringIO, origin: Origin, *cards: Card) -> str:
    messenger = TerminalMessenger("terminal-0", screen)
    ref = await messenger.post(origin, cards[0], nonce=JOB)
    for later in cards[1:]:
        await messenger.edit(origin, ref, later)
    return screen.getvalue()


async def test_a_person_sees_one_line_that_is_drawn_over_itself(origin: Origin) -> None:
    said = await shown(Screen(), origin, WAITING, *STEPS, FAILED)
    assert said.count("\n") == 1
    lines = said.rstrip("\n").split("\r\x1b[2K")
    assert lines[:3] == ["", "Waiting · Number 1 in the queue", f"Drawing ███{'░' * 27} 1/10"]
    assert lines[-2:] == [f"Drawing {'█' * 30} 10/10", "This one did not work · No idea why."]


async def test_a_file_gets_a_line_for_each_state_and_each_quarter(origin: Origin) -> None:
    said = await shown(io.StringIO(), origin, WAITING, *STEPS, FAILED)
    assert "\r" not in said
    assert [line.split()[-1] for line in said.splitlines()] == [
        *("queue", "1/10", "3/10", "5/10", "8/10", "10/10", "why."),
    ]


async def test_the_clip_and_its_companion_go_where_they_were_asked(
    origin: Origin, sheet: Card
) -> None:
    messenger = TerminalMessenger("terminal-0", io.StringIO())
    await messenger.edit(origin, JOB, sheet)
    ended = await messenger.ended(JOB)
    assert ended.clip is not None
    target = Path(origin.place)
    assert (ended.clip.path, ended.clip.companion) == (target, target.with_suffix(".json"))
    assert target.read_bytes() == b"a sheet"
    assert target.with_suffix(".json").read_text() == "{}"
    assert sorted(path.name for path in target.parent.iterdir()) == ["clip.json", "clip.png"]


async def test_an_older_clip_is_replaced(origin: Origin, sheet: Card) -> None:
    target = Path(origin.place)
    target.parent.mkdir()
    target.write_bytes(b"of yesterday, and longer than the new one")
    await TerminalMessenger("terminal-0", io.StringIO()).edit(origin, JOB, sheet)
    assert target.read_bytes() == b"a sheet"


@pytest.mark.parametrize("state", [CardState.FAILED, CardState.CANCELLED, CardState.EXPIRED])
async def test_a_job_without_a_clip_ends_too(origin: Origin, state: CardState) -> None:
    messenger = TerminalMessenger("terminal-0", io.StringIO())
    ending = asyncio.create_task(messenger.ended(JOB))
    await messenger.post(origin, WAITING, nonce=JOB)
    await asyncio.sleep(0)
    assert not ending.done()
    await messenger.edit(origin, JOB, card(state, "Over"))
    assert (await ending).state is state


async def test_whoever_stops_waiting_can_wait_again(origin: Origin) -> None:
    messenger = TerminalMessenger("terminal-0", io.StringIO())
    first = asyncio.create_task(messenger.ended(JOB))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await messenger.edit(origin, JOB, FAILED)
    assert (await messenger.ended(JOB)).state is CardState.FAILED


async def test_only_a_person_hears_the_bell(origin: Origin) -> None:
    for screen, said in ((Screen(), "\aready\n"), (io.StringIO(), "ready\n")):
        await TerminalMessenger("terminal-0", screen).mention(origin, JOB, "ready")
        assert screen.getvalue() == said


async def test_what_became_of_an_earlier_command_s_clip_is_nothing_for_this_screen(
    origin: Origin,
) -> None:
    screen = Screen()
    messenger = TerminalMessenger("terminal-0", screen)
    await messenger.edit(origin, JOB, card(CardState.GONE, "Its time is over"))
    assert screen.getvalue() == ""


async def test_a_job_that_is_taken_away_under_way_ends_its_command(origin: Origin) -> None:
    screen = Screen()
    messenger = TerminalMessenger("terminal-0", screen)
    await messenger.post(origin, WAITING, JOB)
    await messenger.edit(origin, JOB, card(CardState.GONE, "Its time is over"))
    assert (await messenger.ended(JOB)).state is CardState.GONE
    assert "Its time is over" in screen.getvalue()


async def test_a_clip_that_its_card_shows_already_is_not_handed_over_again(
    origin: Origin, sheet: Card
) -> None:
    messenger = TerminalMessenger("terminal-0", Screen())
    await messenger.edit(origin, JOB, replace(sheet, clip_stays=True))
    assert not Path(origin.place).exists()
