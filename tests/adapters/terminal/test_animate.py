"""One sketch through the service, as the command line asks for it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from adapters.terminal.animate import Wish, animate, check, report
from adapters.terminal.messenger import TerminalMessenger
from bot.door.rules import HouseRules
from bot.errors import EncodeError, PersonError, RequestError
from bot.inspection import Face, PictureKind
from bot.job import JobStatus
from bot.measurement import Measurement, Verdict
from tests.fakes.clock import FakeClock
from tests.fakes.engine import FACE, FakeEngine
from tests.fakes.house import FakeHouse, furnish
from tests.fakes.media import FakeMedia
from tests.fakes.stores import FakeJobStore

SMALLER = Face(x=400, y=80, width=90, height=120, frontal=0.9)


@dataclass
class Terminal:
    """A house whose only chat is a terminal, and what the person there sees."""

    house: FakeHouse
    messenger: TerminalMessenger
    wish: Wish
    out: io.StringIO
    screen: io.StringIO

    async def asks(self, **changes: Any) -> int:
        wish = replace(self.wish, **changes)
        check(wish)
        ended = await animate(self.house.service, self.messenger, wish)
        return await report(self.house.service, ended, wish, self.out, self.screen)

    def last_line(self) -> str:
        return self.screen.getvalue().splitlines()[-1]


@pytest.fixture
async def terminal(tmp_path: Path) -> AsyncIterator[Terminal]:
    screen = io.StringIO()
    messenger = TerminalMessenger("terminal-0", screen)
    house = furnish(
        tmp_path,
        FakeClock(),
        FakeEngine(),
        FakeJobStore(),
        messenger,  # type: ignore[arg-type]
        FakeMedia(tmp_path / "jobs"),
    )
    wish = Wish(sketch=house.sketch, target=tmp_path / "out" / "clip.mp4", options={"seed": "7"})
    async with house.at_work():
        yield Terminal(house, messenger, wish, io.StringIO(), screen)


async def test_a_clip_is_reported_with_its_path_settings_seed_measurement_and_cost(
    terminal: Terminal,
) -> None:
    assert await terminal.asks() == 0
    said = terminal.out.getvalue().splitlines()
    assert said[0] == f"{terminal.wish.target} (768×768, 1 kB)"
    assert "49 frames · 768×768 · expression auto" in said
    assert "Seed 7" in said
    assert "Blinks: both eyes at 2.8 s · Smile: corners of the mouth up by 5 % " in "\n".join(said)
    assert said[-1].startswith("delivered · 1 attempt · waited ")
    assert terminal.wish.target.read_bytes() == b"x" * 1000


@pytest.mark.parametrize(
    ("ending", "first"), [("gif", "gif"), ("WEBP", "webp"), ("png", "apng"), ("mov", "mp4")]
)
async def test_the_ending_names_the_format(terminal: Terminal, ending: str, first: str) -> None:
    await terminal.asks(target=terminal.wish.target.with_suffix(f".{ending}"))
    assert [order.format.value for order in terminal.house.engine.encoded] == [first]


async def test_a_format_that_was_typed_wins_over_the_ending(terminal: Terminal) -> None:
    await terminal.asks(options={"format": "gif"})
    assert [order.format.value for order in terminal.house.engine.encoded] == ["gif"]


async def test_no_eyes_are_asked_about_and_gone_on_with_when_told_so(terminal: Terminal) -> None:
    terminal.house.engine.faces = ()
    terminal.house.engine.verdicts.append(Measurement(Verdict.UNMEASURED))
    assert await terminal.asks() == 2
    assert terminal.out.getvalue() == ""
    assert terminal.last_line().endswith("Go on anyway? To go on, add --anyway")
    assert await terminal.asks(anyway=True) == 0
    assert "for your own eyes to judge" in terminal.out.getvalue()


async def test_a_photo_is_asked_about_and_gone_on_with_when_told_so(terminal: Terminal) -> None:
    terminal.house.engine.kind = PictureKind.PHOTO
    assert await terminal.asks() == 2
    assert terminal.last_line().endswith("To go on, add --consent")
    assert await terminal.asks(consent=True) == 0


async def test_at_the_terminal_no_place_has_to_be_allowed(tmp_path: Path) -> None:
    messenger = TerminalMessenger("terminal-0", io.StringIO())
    house = furnish(
        tmp_path,
        FakeClock(),
        FakeEngine(),
        FakeJobStore(),
        messenger,  # type: ignore[arg-type]
        FakeMedia(tmp_path / "jobs"),
        HouseRules(allowed_places=frozenset()),
    )
    async with house.at_work():
        wish = Wish(sketch=house.sketch, target=tmp_path / "clip.mp4")
        assert (await animate(house.service, messenger, wish)).clip is not None


async def test_a_face_to_crop_to_answers_the_question_about_two(terminal: Terminal) -> None:
    terminal.house.engine.faces = (FACE, SMALLER)
    assert await terminal.asks() == 2
    assert terminal.last_line().endswith("add one of these: --crop 1, --crop 2, --anyway")
    assert await terminal.asks(crop=2) == 0
    (order,) = terminal.house.engine.rendered
    assert order.width / order.height == pytest.approx(SMALLER.width / SMALLER.height, rel=0.1)


@pytest.mark.parametrize("number", [0, 3, -1])
async def test_a_face_that_is_not_there_is_said_so(terminal: Terminal, number: int) -> None:
    terminal.house.engine.faces = (FACE, SMALLER)
    with pytest.raises(PersonError, match="terminal-no-face") as refusal:
        await terminal.asks(crop=number)
    assert refusal.value.args_of_text == {"face": number, "faces": 2}


async def test_a_crop_is_no_answer_to_a_picture_without_eyes(terminal: Terminal) -> None:
    terminal.house.engine.faces = ()
    assert await terminal.asks(crop=1) == 2
    assert terminal.last_line().endswith("To go on, add --anyway")


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({"frames": "49", "res": "1024"}, "add one of these: --frames 33, --res 768"),
        ({"frames": "99"}, "add --frames 49"),
        ({"steps": "5"}, "add --steps 10"),
    ],
)
async def test_settings_beyond_a_bound_are_answered_with_the_flags_that_fit(
    terminal: Terminal, options: dict[str, str], flags: str
) -> None:
    assert await terminal.asks(options=options) == 2
    assert terminal.last_line().endswith(flags)
    assert terminal.house.jobs.rows == {}


async def test_a_question_is_asked_in_the_persons_language(terminal: Terminal) -> None:
    terminal.house.engine.faces = (FACE, SMALLER)
    await terminal.asks(locale="zh")
    assert terminal.last_line().endswith("要继续，请加上其中一个：--crop 1, --crop 2, --anyway")


async def test_a_setting_that_makes_no_sense_is_an_error(terminal: Terminal) -> None:
    with pytest.raises(RequestError, match="request-not-whole"):
        await terminal.asks(options={"steps": "many"})


async def test_a_render_that_fails_says_so_once_and_on_the_screen(terminal: Terminal) -> None:
    terminal.house.engine.encode_failures.append(EncodeError())
    assert await terminal.asks() == 1
    assert terminal.last_line().startswith("This one did not work · The clip was drawn but")
    assert terminal.out.getvalue() == ""


async def test_a_place_that_went_away_meanwhile_leaves_the_clip_in_its_folder(
    terminal: Terminal,
) -> None:
    engine, target = terminal.house.engine, terminal.wish.target
    engine.gate.clear()
    asking = asyncio.create_task(terminal.asks())
    await terminal.house.until(lambda: engine.rendered != [])
    target.mkdir()
    engine.gate.set()
    assert await asking == 2
    assert terminal.last_line() == f"The clip can't be written to {target}."
    kept = terminal.out.getvalue().split(" (")[0]
    assert Path(kept).read_bytes() == b"x" * 1000


async def test_cancelling_the_command_cancels_the_job(terminal: Terminal) -> None:
    engine = terminal.house.engine
    engine.gate.clear()
    asking = asyncio.create_task(terminal.asks())
    await terminal.house.until(lambda: engine.rendered != [])
    asking.cancel()
    assert await asking == 2
    (job,) = terminal.house.jobs.rows.values()
    assert (job.status, engine.cancelled) == (JobStatus.CANCELLED, [job.id])
    assert terminal.last_line().startswith("Cancelled")
    assert terminal.out.getvalue() == ""
    assert not terminal.wish.target.exists()


async def test_a_cancel_that_comes_after_the_render_lets_the_clip_arrive(
    terminal: Terminal,
) -> None:
    jobs = terminal.house.jobs
    asking = asyncio.create_task(terminal.asks())
    await terminal.house.until(
        lambda: any(job.status is JobStatus.RENDERED for job in jobs.rows.values())
    )
    asking.cancel()
    assert await asking == 0
    assert terminal.wish.target.exists()


def test_a_sketch_that_is_missing_is_named_before_anything_starts(terminal: Terminal) -> None:
    with pytest.raises(PersonError, match="terminal-no-sketch"):
        check(replace(terminal.wish, sketch=Path("nothing.png")))


def test_the_sketch_itself_is_never_written_over(terminal: Terminal) -> None:
    folder = terminal.wish.sketch.parent
    target = folder / ".." / folder.name / terminal.wish.sketch.name
    with pytest.raises(PersonError, match="terminal-own-sketch"):
        check(replace(terminal.wish, target=target))


@pytest.mark.parametrize("target", ["/dev/null/clip.mp4", "/proc/clip.mp4", "/tmp"])
def test_a_place_that_takes_no_file_is_named_before_anything_starts(
    terminal: Terminal, target: str
) -> None:
    with pytest.raises(PersonError, match="terminal-no-place"):
        check(replace(terminal.wish, target=Path(target)))


def test_trying_the_place_leaves_nothing_there(terminal: Terminal) -> None:
    check(terminal.wish)
    assert list(terminal.wish.target.parent.iterdir()) == []
