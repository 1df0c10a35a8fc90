"""Forms over real sockets: as Discord takes them, and sent when much has changed meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.discord.wire import SKETCH, Wire, connected
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.people import Person, joined
from tests.fakes.discord.server import FakeDiscord


async def opened(wire: Wire, who: Person, label: str) -> Interaction:
    """The form behind a button of the first clip."""
    (card, *_) = wire.cards
    pressed = await who.press(wire.studio, card, label)
    await wire.server.until(lambda: pressed.responses)
    return pressed


async def clip(wire: Wire, **options: str) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH, **options)
    await wire.card()
    await wire.delivered()


@pytest.mark.parametrize(
    ("locale", "tweak", "report"), [("en-US", "Tweak", "Report"), ("zh-CN", "调整", "举报")]
)
async def test_a_form_is_as_discord_takes_it_and_comes_back(
    tmp_path: Path, locale: str, tweak: str, report: str
) -> None:
    """What it is held to is the platform's own schema, at the end of every test."""
    async with connected(tmp_path, FakeDiscord(), locale=locale) as wire:
        await clip(wire, prompt="p" * 1000)
        form = await opened(wire, wire.ada, tweak)
        sent = await wire.ada.send(wire.studio, form, res="512", options="steps:60")
        await wire.server.until(lambda: len(wire.house.jobs.rows) == 2)
        await wire.told(sent)
        new = max(wire.house.jobs.rows.values(), key=lambda job: job.id)
        assert new.options == {"prompt": "p" * 1000, "res": "512", "steps": "60"}
        ben = joined(wire.server, wire.studio, "ben", locale=locale)
        sent = await ben.send(wire.studio, await opened(wire, ben, report), reason="not *mine*")
        await wire.told(sent)
        (hidden,) = [job for job in wire.house.jobs.rows.values() if job.hidden]
        assert hidden.id != new.id


async def test_a_form_of_a_clip_that_was_deleted_meanwhile_says_so(wire: Wire) -> None:
    await clip(wire)
    ben = joined(wire.server, wire.studio, "ben")
    tweak, report = await opened(wire, wire.ada, "Tweak"), await opened(wire, ben, "Report")
    (card,) = wire.cards
    await wire.ada.press(wire.studio, card, "Delete")
    await wire.server.until(lambda: not card["attachments"])
    told = [
        await wire.told(await who.send(wire.studio, form))
        for who, form in ((wire.ada, tweak), (ben, report))
    ]
    assert told[0] == "This clip was deleted."
    assert told[1].endswith("there is nothing left to report.")
    assert len(wire.house.jobs.rows) == 1


async def test_a_form_of_somebody_who_was_forgotten_meanwhile_says_so(wire: Wire) -> None:
    await clip(wire)
    ben = joined(wire.server, wire.studio, "ben")
    tweak, report = await opened(wire, wire.ada, "Tweak"), await opened(wire, ben, "Report")
    sure = await wire.ada.slash(wire.studio, "me forget")
    await wire.told(sure)
    assert sure.original is not None
    await wire.told(await wire.ada.press(wire.studio, sure.original, ""))
    for who, form in ((wire.ada, tweak), (ben, report)):
        assert "not here any more" in await wire.told(await who.send(wire.studio, form))


async def test_a_form_with_wrong_settings_is_refused_and_may_be_sent_again(wire: Wire) -> None:
    await clip(wire)
    form = await opened(wire, wire.ada, "Tweak")
    wrong = await wire.ada.send(wire.studio, form, options="stepz:60 @everyone")
    assert "stepz" in await wire.told(wrong)
    await wire.told(await wire.ada.send(wire.studio, form, options="steps:60"))
    assert len(wire.house.jobs.rows) == 2


async def test_a_format_that_there_is_no_more_leads_to_those_that_there_are(wire: Wire) -> None:
    """Buttons outlive the version that made them."""
    await clip(wire)
    (card,) = wire.cards
    offered = await wire.ada.press(wire.studio, card, "Formats")
    await wire.told(offered)
    assert offered.original is not None
    for each in offered.original["components"][0]["components"]:
        each["custom_id"] = each["custom_id"].replace("format=gif", "format=flv")
    asked = await wire.ada.press(wire.studio, offered.original, "gif")
    assert await wire.told(asked) == offered.original["content"]
