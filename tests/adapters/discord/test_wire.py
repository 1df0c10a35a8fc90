"""The whole frontend over real sockets: logged in, asked, cut off, refused, and never twice."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from adapters.discord.client import SketchClient, Terms
from adapters.discord.frontend import DiscordFrontend
from adapters.discord.line import Line
from adapters.discord.uploads import Downloads
from bot.door.rules import EVERYWHERE, HouseRules
from bot.errors import SettingsError
from bot.job import JobStatus
from tests.fakes.clock import FakeClock
from tests.fakes.discord import rest
from tests.fakes.discord.payloads import DM, MIB, channel, user
from tests.fakes.discord.people import (
    Person,
    Place,
    brought_along,
    buttons,
    direct,
    joined,
    studio,
)
from tests.fakes.discord.rest import EPHEMERAL, Interaction, RefusedError
from tests.fakes.discord.server import (
    TOKEN,
    FakeDiscord,
    called_instead_of_discord,
    rate_limited,
)
from tests.fakes.engine import FakeEngine
from tests.fakes.house import FakeHouse, furnish
from tests.fakes.media import FakeMedia
from tests.fakes.stores import FakeJobStore

SKETCH = b"a sketch"
EDITS = r"/messages/\d+$"
LOOPBACK = Terms(downloads=Downloads(hosts=frozenset({"127.0.0.1"})))
CONTENT = 1 << 15  # the intent
SUB_COMMAND, SUB_COMMAND_GROUP = 1, 2
# numbers, files and samplers are called so everywhere, and so is English
SAME_IN_CHINESE = re.compile(r"\d+|webp|apng|DPM.*|DDIM|PNDM|Flow|English|中文")


@dataclass
class Wire:
    server: FakeDiscord
    house: FakeHouse
    studio: Place
    ada: Person
    serving: asyncio.Task[None]
    may_hear: set[str]  # everybody else hears no sound

    @property
    def cards(self) -> list[dict[str, object]]:
        messages = self.server.rest.messages.values()
        mine = [each for each in messages if each["author"]["id"] == self.server.bot["id"]]
        return [each for each in mine if "message_reference" not in each]

    @property
    def bells(self) -> list[dict[str, object]]:
        messages = self.server.rest.messages.values()
        return [each for each in messages if "message_reference" in each]

    async def card(self) -> dict[str, object]:
        await self.server.until(lambda: self.cards)
        (card,) = self.cards
        return card

    async def told(self, asked: Interaction) -> str:
        """What its person reads in the end."""
        await self.server.until(lambda: asked.original and asked.original["content"])
        assert asked.original is not None
        return str(asked.original["content"])

    async def delivered(self) -> None:
        rows = self.house.jobs.rows
        async with self.house.at_work():
            await self.server.until(
                lambda: rows and all(job.status is JobStatus.DELIVERED for job in rows.values())
            )


def frontend(
    token: str = TOKEN, clock: FakeClock | None = None, terms: Terms = LOOPBACK
) -> DiscordFrontend:
    return DiscordFrontend(Line(token), clock or FakeClock(), terms)


def house_of(folder: Path, front: DiscordFrontend, rules: HouseRules | None = None) -> FakeHouse:
    media, chat = FakeMedia(folder / "jobs"), front.messenger
    rules = rules or HouseRules()
    return furnish(folder, FakeClock(), FakeEngine(), FakeJobStore(), chat, media, rules)


@asynccontextmanager
async def connected(
    folder: Path,
    server: FakeDiscord,
    locale: str = "en-US",
    tier: int = 0,
    members_only: bool = False,
) -> AsyncIterator[Wire]:
    async with server:
        place = studio(server, locale, tier)
        ada = joined(server, place, "ada", locale="zh-CN" if locale == "zh-CN" else "en-US")
        with called_instead_of_discord(server.url):
            assert place.guild is not None
            studio_id = place.guild["id"]
            front = frontend(terms=replace(LOOPBACK, guilds=(int(studio_id),)))
            allowed = frozenset({f"discord:{studio_id}" if members_only else EVERYWHERE})
            house = house_of(folder, front, HouseRules(allowed_places=allowed))
            serving = asyncio.create_task(front.serve(house.service))
            await server.until(
                lambda: serving.done() or (server.gateway.sessions and server.rest.commands)
            )
            assert not serving.done() or serving.result()
            wire = Wire(server, house, place, ada, serving, {ada.id})
            yield wire
            assert pinged(server) <= wire.may_hear
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def pinged(server: FakeDiscord) -> set[str]:
    """Whoever heard a sound from all that was said; everybody, where something left it open."""
    bodies = [each.json for each in server.requests if isinstance(each.json, dict)]
    said = [one for each in bodies if "content" in (one := each.get("data") or each)]
    allowed = [each.get("allowed_mentions", {"parse": ["everyone"]}) for each in said]
    ids = (str(id) for each in allowed for id in each.get("users", ()))
    return {*ids, *(kind for each in allowed for kind in each["parse"])}


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with connected(tmp_path, FakeDiscord()) as wire:
        yield wire


async def test_the_commands_are_told_in_both_languages(wire: Wire) -> None:
    by_name = {each["name"]: each for each in wire.server.rest.commands}
    assert {"animate", "Animate"} <= by_name.keys()
    assert by_name["Animate"]["name_localizations"]["zh-CN"] == "让它动起来"
    options = {each["name"]: each for each in by_name["animate"]["options"]}
    assert (options["steps"]["min_value"], options["steps"]["max_value"]) == (10, 100)
    assert options["frames"]["name_localizations"] == {"zh-CN": "帧数", "zh-TW": "帧数"}
    assert [each["value"] for each in options["res"]["choices"]] == [512, 768, 1024]


def untold(said: dict[str, Any]) -> Iterator[str]:
    """What of a command, an option or a choice has no Chinese."""
    typed = said.get("description") and said["type"] in (SUB_COMMAND, SUB_COMMAND_GROUP)
    for name in ("name", "description"):
        known = name == "name" and (typed or SAME_IN_CHINESE.fullmatch(said[name]))
        if said.get(name) and not known and "zh-CN" not in said.get(f"{name}_localizations", ()):
            yield said[name]
    for each in (*said.get("options", ()), *said.get("choices", ())):
        yield from untold(each)


async def test_every_command_option_and_choice_is_told_in_chinese(wire: Wire) -> None:
    """All but the names of commands, which are typed the same in every language."""
    assert [word for each in wire.server.rest.commands for word in untold(each)] == []


async def test_a_slash_command_is_deferred_then_answered_by_a_link_to_an_ordinary_message(
    wire: Wire,
) -> None:
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH, steps=60)
    card = await wire.card()
    assert await wire.told(asked) == (
        f"Here it is: https://discord.com/channels/{card['guild_id']}/{card['channel_id']}/{card['id']}"
    )
    assert asked.responses == [{"type": 5, "data": {"flags": EPHEMERAL}}]
    (job,) = wire.house.jobs.rows.values()
    assert job.request.num_inference_steps == 60
    assert job.picture.read_bytes() == SKETCH


async def test_a_clip_is_uploaded_onto_the_card(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    await wire.delivered()
    card = await wire.card()
    (file,) = card["attachments"]
    assert wire.server.download(file["url"]) == b"x" * 1000


async def test_a_clip_that_is_refused_for_its_size_comes_smaller(wire: Wire) -> None:
    wire.server.rest.size_limit = 700
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    await wire.delivered()
    limits = [order.limit_bytes for order in wire.house.engine.encoded]
    assert limits == [10 * MIB, 750, 562]
    (file,) = (await wire.card())["attachments"]
    assert file["size"] <= 700


async def test_another_format_that_is_refused_for_its_size_is_made_smaller_from_the_master(
    wire: Wire,
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    await wire.delivered()
    wire.server.rest.size_limit = 700
    offered = await wire.ada.press(wire.studio, card, "Formats")
    await wire.told(offered)
    assert offered.original is not None
    wire.house.engine.encoded.clear()
    asked = await wire.ada.press(wire.studio, offered.original, "gif")
    await wire.server.until(lambda: asked.original and asked.original["attachments"])
    assert [order.limit_bytes for order in wire.house.engine.encoded] == [10 * MIB, 750, 562]
    assert asked.original is not None
    (file,) = asked.original["attachments"]
    assert (file["filename"], file["size"]) == ("sketchlife.gif", 562)


async def test_what_gets_no_smaller_is_a_sentence_in_the_end(wire: Wire) -> None:
    wire.server.rest.size_limit = 1
    asked = await wire.ada.slash(wire.studio, "me data")
    assert (await wire.told(asked)).startswith("This place takes files up to")


async def test_a_delivery_waits_out_what_passes_and_shows_one_clip(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    wire.server.refuse("PATCH", EDITS, rate_limited(0.01), with_files=True)
    await wire.delivered()
    assert len((await wire.card())["attachments"]) == 1


async def test_a_card_that_is_too_old_to_be_edited_is_posted_afresh(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    first = await wire.card()
    refusal = RefusedError(400, 30046, "Maximum number of edits to messages older than 1 hour")
    wire.server.refuse("PATCH", EDITS, *[refusal] * 5)
    await wire.server.until(lambda: wire.house.jobs.rows)
    await wire.delivered()
    fresh = await wire.card()
    assert fresh["id"] != first["id"], "which is taken away, as it still said that the job waits"
    assert len(fresh["attachments"]) == 1
    (job,) = wire.house.jobs.rows.values()
    assert job.card == f"{fresh['channel_id']}/{fresh['id']}"


async def test_an_archived_thread_gets_a_fresh_card_though_the_first_is_minutes_old(
    wire: Wire,
) -> None:
    """Discord answers a nonce of the last minutes with the message that it was given to."""
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    first = await wire.card()
    wire.server.refuse("PATCH", EDITS, *[RefusedError(400, 50083, "Thread is archived")] * 5)
    await wire.delivered()
    fresh = await wire.card()
    assert fresh["id"] != first["id"]
    assert len(fresh["attachments"]) == 1


@pytest.mark.parametrize("closed", [False, True])
async def test_a_card_that_was_deleted_is_not_posted_again_but_sent_in_private(
    wire: Wire, closed: bool
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    wire.server.rest.messages.clear()
    if closed:
        refusal = RefusedError(403, 50007, "Cannot send messages to this user")
        wire.server.refuse("POST", r"/channels/\d+/messages", refusal)
    await wire.delivered()
    assert len(wire.cards) == (not closed)
    for card in wire.cards:
        assert wire.server.rest.channels[str(card["channel_id"])]["type"] == DM
        assert len(card["attachments"]) == 1  # type: ignore[arg-type]
    history = await wire.ada.slash(wire.studio, "history")
    assert "delivered" in await wire.told(history)


async def test_a_cut_cable_is_mended_and_what_was_missed_is_heard(wire: Wire) -> None:
    wire.server.gateway.drop()
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.server.until(lambda: wire.server.gateway.resumed)
    assert (await wire.told(asked)).startswith("Here it is:")
    assert len(wire.server.gateway.identified) == 1
    assert len(wire.house.jobs.rows) == 1


async def test_whether_it_is_connected_is_known_to_who_watches_over_it(wire: Wire) -> None:
    watching = wire.house.service.operating.watching
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.told(asked)
    assert (await watching.readiness()).platforms == {"discord": True}
    wire.serving.cancel()
    await asyncio.gather(wire.serving, return_exceptions=True)
    assert (await watching.readiness()).platforms == {"discord": False}


async def test_a_session_that_discord_forgot_is_begun_anew(wire: Wire) -> None:
    gateway = wire.server.gateway
    session = gateway.session
    gateway.sessions.clear()
    await session.close(4009)
    await wire.server.until(lambda: len(gateway.identified) == 2 and gateway.sessions)
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("Here it is:")


@pytest.mark.parametrize(("tier", "megabytes"), [(1, 10), (2, 50), (3, 100)])
async def test_a_clip_may_be_as_large_as_the_guilds_boosts_allow(
    tmp_path: Path, tier: int, megabytes: int
) -> None:
    async with connected(tmp_path, FakeDiscord(), tier=tier) as wire:
        await wire.ada.slash(wire.studio, "animate", SKETCH)
        await wire.card()
        await wire.delivered()
        (order,) = wire.house.engine.encoded
        assert order.limit_bytes == megabytes * MIB


async def test_who_cancels_while_the_clip_is_on_its_way_gets_the_clip(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    queued = dict(await wire.card())
    let_go = wire.server.hold("PATCH", EDITS, with_files=True)
    delivering = asyncio.create_task(wire.delivered())
    await wire.server.until(lambda: wire.server.held)
    pressed = await wire.ada.press(wire.studio, queued, "Cancel")
    await wire.server.until(lambda: pressed.followups)
    assert pressed.followups[0]["content"].startswith("This one is over already")
    let_go.set()
    await delivering
    assert len((await wire.card())["attachments"]) == 1


async def test_the_author_of_a_forwarded_picture_is_looked_up_and_asked(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    wire.may_hear.add(ben.id)
    drawn = await ben.say(wire.studio, "mine", SKETCH)
    forwarded = await wire.ada.forward(wire.studio, drawn)
    again = await wire.ada.forward(
        wire.studio, forwarded | forwarded["message_snapshots"][0]["message"]
    )
    asked = await wire.ada.menu(wire.studio, "Animate", again)
    assert (await wire.told(asked)).startswith("**The author was asked**")
    assert wire.house.jobs.rows == {}
    card = await wire.card()
    await ben.press(wire.studio, card, "Yes")
    await wire.server.until(lambda: wire.house.jobs.rows)
    (job,) = wire.house.jobs.rows.values()
    assert (job.origin.person, job.origin.author) == (wire.ada.id, ben.id)


async def test_who_forwards_what_nobody_can_tell_the_author_of_is_no_author(wire: Wire) -> None:
    ben = joined(wire.server, wire.studio, "ben")
    drawn = await ben.say(brought_along("elsewhere"), "mine", SKETCH)
    forwarded = await wire.ada.forward(wire.studio, drawn)
    asked = await wire.ada.menu(wire.studio, "Animate", forwarded)
    assert (await wire.told(asked)).startswith("I can't see whose picture this is")
    assert wire.house.jobs.rows == {}


async def test_ones_own_picture_may_be_forwarded_to_the_bot_in_private(wire: Wire) -> None:
    drawn = await wire.ada.say(wire.studio, "mine", SKETCH)
    await wire.ada.forward(direct(wire.server, wire.ada), drawn)
    await wire.server.until(lambda: wire.house.jobs.rows)
    (job,) = wire.house.jobs.rows.values()
    assert job.origin.private and job.origin.own_picture


async def test_what_the_bot_posted_is_no_picture_of_who_finds_it(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH, format="gif")
    await wire.delivered()
    card = await wire.card()
    ben = joined(wire.server, wire.studio, "ben")
    asked = await ben.menu(wire.studio, "Animate", card)
    assert (await wire.told(asked)).startswith("I can't see whose picture this is")
    assert len(wire.house.jobs.rows) == 1


async def test_a_gallery_that_was_opened_to_everybody_gets_nothing_from_a_channel_for_adults(
    wire: Wire,
) -> None:
    guild = wire.studio.guild
    assert guild is not None
    adults, gallery = [channel(name, guild_id=guild["id"], nsfw=True) for name in ("x", "shown")]
    for each in (adults, gallery):
        wire.server.rest.channels[each["id"]] = each
        await wire.server.gateway.dispatch("CHANNEL_CREATE", each)
    home, now = f"discord:{guild['id']}", wire.house.clock.now()
    await wire.house.settings.change_place(
        home, "discord:mo", now, gallery=gallery["id"], gallery_restricted=True
    )
    gallery["nsfw"] = False
    await wire.server.gateway.dispatch("CHANNEL_UPDATE", gallery)
    place = Place(adults, guild)
    await wire.ada.slash(place, "animate", SKETCH)
    await wire.delivered()
    card = await wire.card()
    await wire.ada.press(place, card, "Share")
    (job_id,) = wire.house.jobs.rows
    await wire.server.until(
        lambda: "Stop sharing" in buttons(card) and wire.house.jobs.rows[job_id].told
    )
    assert {each["channel_id"] for each in wire.cards} == {adults["id"]}


@pytest.mark.parametrize(("written", "calls"), [(7, 0), (8, 1)])
async def test_a_card_that_has_scrolled_away_is_followed_by_one_mention(
    wire: Wire, written: int, calls: int
) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    ben = joined(wire.server, wire.studio, "ben")
    for _ in range(written):
        await ben.say(wire.studio, "look at that")
    told = await wire.ada.slash(wire.studio, "queue")  # by then the others were heard
    await wire.told(told)
    await wire.delivered()
    await wire.server.until(lambda: len(wire.bells) >= calls)
    assert len(wire.bells) == calls


async def test_a_double_click_is_done_once_and_alarms_nobody(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    first, second = [await wire.ada.press(wire.studio, card, "Cancel") for _ in range(2)]
    await wire.server.until(lambda: first.followups or second.followups)
    told = [each["content"] for each in first.followups + second.followups]
    assert told == ["This one is over already; there is nothing left to cancel."]
    assert wire.cards[0]["content"].startswith("**Cancelled**")


async def test_in_a_chinese_guild_both_answer_and_card_are_chinese(tmp_path: Path) -> None:
    async with connected(tmp_path, FakeDiscord(), locale="zh-CN") as wire:
        asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
        assert (await wire.told(asked)).startswith("在这里：")
        assert str((await wire.card())["content"]).startswith("**排队中**")
        wrong = await wire.ada.slash(wire.studio, "animate", SKETCH, options="stepz:60")
        assert "stepz" in await wire.told(wrong)
        assert "There is no" not in await wire.told(wrong)


@pytest.mark.parametrize("name", ["queue", "history", "usage", "help", "privacy"])
async def test_every_command_answers_in_chinese_too(wire: Wire, name: str) -> None:
    chinese = Person(wire.server, wire.ada.who, locale="zh-CN")
    told = await wire.told(await chinese.slash(wire.studio, name))
    assert re.search(r"[\u4e00-\u9fff]", told)
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{2,}", told)


async def test_a_guild_that_is_away_for_a_while_keeps_its_cards(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.card()
    assert wire.studio.guild is not None
    away = {"id": wire.studio.guild["id"], "unavailable": True}
    await wire.server.gateway.dispatch("GUILD_DELETE", away)
    outage = RefusedError(503, 0, "Service Unavailable")
    wire.server.refuse("PATCH", EDITS, outage, with_files=True)
    delivering = asyncio.create_task(wire.delivered())
    while not delivering.done():  # others sleep, too: it is never said when this one does
        await wire.house.clock.advance(1)
        await asyncio.sleep(0.01)
    assert len((await wire.card())["attachments"]) == 1


async def test_the_person_is_answered_in_their_language_and_the_place_in_its_own(
    wire: Wire,
) -> None:
    chinese = Person(wire.server, wire.ada.who, locale="zh-TW")
    asked = await chinese.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("在这里：")
    assert str((await wire.card())["content"]).startswith("**Waiting**")


async def test_where_the_bot_is_no_member_its_card_comes_by_leave_of_who_asked(wire: Wire) -> None:
    elsewhere = brought_along("elsewhere")
    asked = await wire.ada.slash(elsewhere, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("I am not a member here.")
    await wire.server.until(lambda: asked.followups)
    await wire.delivered()
    (card,) = asked.followups
    assert not card["flags"] & EPHEMERAL
    assert card["content"].startswith("**Your sketch is alive**")
    assert len(card["attachments"]) == 1
    assert wire.cards == []


async def test_only_members_of_an_allowed_guild_bring_the_bot_along(tmp_path: Path) -> None:
    async with connected(tmp_path, FakeDiscord(), members_only=True) as wire:
        elsewhere, eve = brought_along("elsewhere"), Person(wire.server, user("eve"))
        asked = await eve.slash(elsewhere, "animate", SKETCH)
        await wire.server.until(lambda: asked.followups)
        assert asked.followups[0]["flags"] & EPHEMERAL
        assert wire.house.jobs.rows == {}
        await wire.ada.slash(elsewhere, "animate", SKETCH)
        await wire.server.until(lambda: wire.house.jobs.rows)


async def test_buttons_give_such_a_card_another_quarter_of_an_hour(wire: Wire) -> None:
    elsewhere = brought_along("elsewhere")
    asked = await wire.ada.slash(elsewhere, "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    await wire.delivered()
    (card,) = asked.followups
    asked.over = True
    await wire.ada.press(elsewhere, card, "Delete")
    await wire.server.until(lambda: not card["attachments"])
    await wire.ada.press(elsewhere, card, "Undo")
    await wire.server.until(lambda: card["attachments"])
    again = await wire.ada.press(elsewhere, card, "Again")
    assert (await wire.told(again)).startswith("I am not a member here.")
    await wire.server.until(lambda: again.followups)


async def test_once_that_leave_is_over_the_clip_comes_in_private(wire: Wire) -> None:
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    await wire.server.until(lambda: asked.followups)
    asked.over = True
    await wire.delivered()
    card = await wire.card()
    assert [each["filename"][-4:] for each in card["attachments"]] == [".mp4"]
    conversation = wire.server.rest.channels[card["channel_id"]]
    assert [each["id"] for each in conversation["recipients"]] == [wire.ada.id]


async def test_where_no_more_may_be_written_the_clip_comes_in_private_too(wire: Wire) -> None:
    too_many = RefusedError(403, 40094, "Maximum number of follow-up messages reached")
    wire.server.refuse("POST", r"/webhooks/", *[too_many] * 9)
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    assert (await wire.told(asked)).startswith("I am not a member here.")
    await wire.server.until(lambda: wire.house.jobs.rows)
    await wire.delivered()
    assert len((await wire.card())["attachments"]) == 1


async def test_of_more_pictures_than_may_be_answered_there_the_rest_comes_in_private(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rest, "FOLLOW_UPS", 2)
    elsewhere = brought_along("elsewhere")
    shown = await wire.ada.say(elsewhere, "mine", *[SKETCH] * 3)
    asked = await wire.ada.menu(elsewhere, "Animate", shown)
    await wire.server.until(lambda: len(wire.house.jobs.rows) == 3)
    await wire.delivered()
    assert [len(each["attachments"]) for each in asked.followups] == [1, 1]
    (in_private,) = [each for each in wire.cards if each["id"] != shown["id"]]
    assert len(in_private["attachments"]) == 1  # type: ignore[arg-type]


async def test_who_cannot_be_written_to_in_private_either_finds_it_in_the_history(
    wire: Wire,
) -> None:
    asked = await wire.ada.slash(brought_along("elsewhere"), "animate", SKETCH)
    assert "/history" in await wire.told(asked)
    await wire.server.until(lambda: asked.followups)
    asked.over = True
    closed = RefusedError(403, 50007, "Cannot send messages to this user")
    wire.server.refuse("POST", r"/channels/\d+/messages", closed)
    await wire.delivered()
    assert wire.cards == []
    history = await wire.ada.slash(wire.studio, "history")
    assert "delivered" in await wire.told(history)


async def test_an_answer_that_discord_does_not_take_leaves_the_next_one_alone(wire: Wire) -> None:
    expired = RefusedError(404, 10062, "Unknown interaction")
    wire.server.refuse("POST", "/callback", expired, expired)
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    await wire.server.until(lambda: len(wire.server.sent("POST", "/callback")) == 2)
    asked = await wire.ada.slash(wire.studio, "queue")
    assert await wire.told(asked) == "Nothing of yours is waiting."


async def test_a_client_that_has_ended_says_nothing_more(wire: Wire) -> None:
    """Within two seconds of its login the library still means to say that it is ready."""
    client = SketchClient(wire.house.service, sees_all=True, clock=FakeClock())
    async with client:
        pass
    client.dispatch("ready")


async def test_the_intent_is_asked_for_where_its_switch_is_on(wire: Wire) -> None:
    (said,) = wire.server.gateway.identified
    assert said["intents"] & CONTENT


async def test_without_its_switch_the_bot_starts_and_says_which_one_to_flip(
    tmp_path: Path,
) -> None:
    with capture_logs() as logs:
        async with connected(tmp_path, FakeDiscord(reads_messages=False)) as wire:
            (said,) = wire.server.gateway.identified
            assert not said["intents"] & CONTENT
            text = f"<@{wire.server.bot['id']}>"
            await wire.ada.say(wire.studio, text, SKETCH)
            await wire.card()
    unseen = [each for each in logs if each["event"] == "discord.messages_unseen"]
    assert [each["switch"] for each in unseen] == ["Message Content Intent"]


async def test_a_picture_from_elsewhere_is_not_fetched(wire: Wire) -> None:
    upload = wire.server.rest.upload
    wire.server.rest.upload = lambda *file: upload(*file) | {"url": "http://10.0.0.1/x.png"}
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).startswith("I only take pictures that were uploaded")


async def test_a_picture_that_is_gone_from_the_cdn_is_asked_for_once_more(wire: Wire) -> None:
    upload = wire.server.rest.upload
    gone = f"{wire.server.url}/cdn/gone.png"
    wire.server.rest.upload = lambda *file: upload(*file) | {"url": gone}
    asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
    assert (await wire.told(asked)).endswith("Please send it once more.")


async def test_a_wrong_token_is_a_sentence_for_the_operator(tmp_path: Path) -> None:
    async with FakeDiscord() as server:
        with called_instead_of_discord(server.url):
            front = frontend("another-token")
            with pytest.raises(SettingsError, match="discord-token-wrong"):
                await front.serve(house_of(tmp_path, front).service)


async def test_an_outage_at_the_start_is_waited_out(tmp_path: Path) -> None:
    async with FakeDiscord() as server:
        outage = RefusedError(503, 0, "Service Unavailable")
        server.refuse("GET", "/users/@me", outage, outage)
        clock = FakeClock()
        with called_instead_of_discord(server.url):
            front = frontend(clock=clock)
            serving = asyncio.create_task(front.serve(house_of(tmp_path, front).service))
            for _ in range(2):
                await server.until(lambda: clock.sleepers)
                await clock.advance(60)
            await server.until(lambda: server.gateway.identified)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def test_a_switch_that_is_flipped_off_in_that_moment_is_read_again(tmp_path: Path) -> None:
    async with FakeDiscord() as server:
        server.gateway.flags = 0  # the application still says that it is on
        clock = FakeClock()
        with called_instead_of_discord(server.url):
            front = frontend(clock=clock)
            serving = asyncio.create_task(front.serve(house_of(tmp_path, front).service))
            await server.until(lambda: clock.sleepers)
            server.rest.application["flags"] = 0
            await clock.advance(60)
            await server.until(lambda: server.gateway.sessions)
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def test_no_token_is_in_a_log_however_much_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(tmp_path, FakeDiscord()) as wire:
        wire.server.refuse("PATCH", "/webhooks/", rate_limited(0.01))
        asked = await wire.ada.slash(wire.studio, "animate", SKETCH)
        await wire.told(asked)
    assert "logging in" in caplog.text
    assert TOKEN not in caplog.text
    assert asked.token not in caplog.text
    assert TOKEN not in repr(Line(TOKEN, f"http://{TOKEN}@proxy"))
