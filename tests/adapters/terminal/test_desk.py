"""What the operator reads and decides at the terminal, over the real database."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.app import Desk, furnish, run_at_desk, run_migrate
from bot.card import CardState
from bot.errors import PersonError
from bot.gallery import Period
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


@pytest.mark.parametrize("command", [["reports"], ["blocks"], ["gallery", "--period", "month"]])
def test_the_commands_begin_with_an_empty_house(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1
