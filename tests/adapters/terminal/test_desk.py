"""What the operator reads and decides at the terminal, over the real database."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app.commands import Desk, run_at_desk
from bot.app.house import furnish, run_migrate
from bot.card import CardState
from bot.clips.gallery import Period
from bot.commands.operator import moment
from bot.errors import PersonError
from bot.job import JobStatus
from bot.origin import Origin
from bot.reports import Decision
from bot.settings import Settings
from tests.bot.making import EVE
from tests.fakes.engine import FakeEngine
from tests.fakes.house import ADA, BEN
from tests.fakes.messenger import FakeMessenger


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("ALLOWED_PLACES", "*")
    settings = Settings(_env_file=None, data_dir=tmp_path / "data")
    run_migrate(settings)
    return settings


async def told(settings: Settings, ask: Callable[[Desk], Awaitable[None]]) -> str:
    out = io.StringIO()
    await run_at_desk(settings, ask, out)
    return out.getvalue()


async def a_clip(settings: Settings, messenger: FakeMessenger, owner: Origin = ADA) -> str:
    """Delivered and shared."""
    sketch = settings.data_dir / "sketch.png"
    sketch.write_bytes(b"a sketch")
    async with furnish(settings, [messenger], FakeEngine(), "bot") as house:
        async with house.at_work():
            card = await house.service.submit(sketch, owner, {})
            while (await house.service.status(card.job_id))[0].status is not JobStatus.DELIVERED:
                pass
        await house.service.gallery.share(card.job_id, owner)
    return card.job_id


async def test_a_report_is_listed_and_decided_and_the_running_bot_shows_it(
    settings: Settings,
) -> None:
    messenger = FakeMessenger()
    job_id = await a_clip(settings, messenger)
    async with furnish(settings, [messenger], FakeEngine(), "bot") as house:
        await house.service.moderation.report(job_id, BEN, "my sister")
        listed = await told(settings, lambda desk: desk.reports())
        assert "fake:ada" in listed and "“my sister”" in listed
        report_id = listed.split()[0]
        said = await told(settings, lambda desk: desk.decide(report_id, Decision.REMOVE))
        assert said == "Decided: the clip was removed.\n"
        async with house.at_work():
            while not (await house.service.status(job_id))[0].told:
                pass
    (card,) = messenger.of_job(job_id)
    assert card.state is CardState.DELETED
    assert await told(settings, lambda desk: desk.reports()) == "Nothing waits for a decision.\n"


async def test_a_block_is_listed_by_pseudonym_and_lifted_by_name_or_by_its_beginning(
    settings: Settings,
) -> None:
    messenger = FakeMessenger()
    for lift in (ADA.owner, None):
        job_id = await a_clip(settings, messenger)
        async with furnish(settings, [messenger], FakeEngine(), "bot") as house:
            await house.service.moderation.report(job_id, EVE)
        await told(settings, lambda desk, id=job_id: desk.decide(id, Decision.BLOCK))  # type: ignore[misc]
        listed = await told(settings, lambda desk: desk.blocks())
        assert listed.startswith("person ") and "ada" not in listed
        typed = lift or listed.split()[1][:12]
        await told(settings, lambda desk, typed=typed: desk.unblock(typed))  # type: ignore[misc]
        assert await told(settings, lambda d: d.blocks()) == "Nobody and nothing is blocked.\n"


async def test_what_is_not_blocked_is_said_to_be_so(settings: Settings) -> None:
    for typed in ("fake:nobody", "0123"):
        with pytest.raises(PersonError, match="desk-not-blocked"):
            await told(settings, lambda desk, typed=typed: desk.unblock(typed))  # type: ignore[misc]


async def test_the_gallery_lists_what_is_shared_with_its_stars(settings: Settings) -> None:
    job_id = await a_clip(settings, FakeMessenger())
    listed = await told(settings, lambda desk: desk.gallery(Period.WEEK, None, 10))
    assert listed.startswith(f"★ 0  {job_id}  fake:ada  fake:studio  ")
    elsewhere = await told(settings, lambda desk: desk.gallery(Period.WEEK, "fake:else", 10))
    assert elsewhere == "Nothing is shared.\n"


async def test_a_pause_from_the_terminal_reaches_the_running_bot(settings: Settings) -> None:
    async with furnish(settings, [FakeMessenger()], FakeEngine(), "bot") as house:
        pausing = house.service.operating.pausing
        until = datetime.now(UTC) + timedelta(hours=1)
        said = await told(settings, lambda desk: desk.pause(until, at_once=False))
        assert f"until {until:%Y-%m-%d %H:%M} UTC" in said
        rest = await pausing.rest()
        assert rest is not None and rest.until == until
        said = await told(settings, lambda desk: desk.resume())
        assert said.startswith("The GPU may be used again.")
        assert await pausing.rest() is None


@pytest.mark.parametrize(
    ("typed", "hours"), [("90m", 1.5), ("3h", 3), ("2d", 48), ("00:00", None), ("23:59", None)]
)
def test_the_end_of_a_pause_as_people_type_it(typed: str, hours: float | None) -> None:
    left = moment(typed) - datetime.now(UTC)
    if hours is None:  # of today or tomorrow
        assert timedelta() < left <= timedelta(hours=25)
    else:
        assert abs(left - timedelta(hours=hours)) < timedelta(minutes=1)


def test_what_is_no_moment_is_answered_with_what_would_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert main(["pause", "--until", "soon"]) == 2
    assert "soon is no moment. Write 22:30" in capsys.readouterr().err
    assert main(["pause", "--until", "2001-01-01"]) == 2
    assert "over already" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [["reports"], ["blocks"], ["gallery", "--period", "month"], ["pause", "--now"], ["resume"]],
)
def test_the_commands_begin_with_an_empty_house(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
