"""What the bot needs is looked at before anything is queued, and what it lacks is named."""

from __future__ import annotations

from dataclasses import replace

import pytest
from discord import Permissions

from tests.adapters.discord.wire import SKETCH, Wire
from tests.fakes.discord.payloads import EVERYTHING
from tests.fakes.discord.people import Person, thread_of


def all_but(name: str) -> str:
    granted = Permissions(int(EVERYTHING))
    granted.update(**{name: False, "administrator": False})
    return str(granted.value)


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        ("view_channel", "View Channel", "查看频道"),
        ("send_messages", "Send Messages", "发送消息"),
        ("attach_files", "Attach Files", "附加文件"),
        ("read_message_history", "Read Message History", "阅读消息历史记录"),
    ],
)
async def test_each_permission_is_needed_and_named(
    wire: Wire, name: str, english: str, chinese: str
) -> None:
    walled = replace(wire.studio, granted=all_but(name))
    asked = await wire.ada.slash(walled, "animate", SKETCH)
    assert (await wire.told(asked)).endswith(f"{english}.")
    asked = await Person(wire.server, wire.ada.who, locale="zh-CN").slash(walled, "animate", SKETCH)
    assert chinese in await wire.told(asked)
    assert wire.house.jobs.rows == {}


@pytest.mark.parametrize(
    ("name", "queued"), [("send_messages_in_threads", 0), ("send_messages", 1)]
)
async def test_to_write_in_threads_is_another_permission(
    wire: Wire, name: str, queued: int
) -> None:
    thread = thread_of(replace(wire.studio, granted=all_but(name)))
    wire.server.rest.channels[thread.channel["id"]] = thread.channel
    await wire.told(await wire.ada.slash(thread, "animate", SKETCH))
    assert len(wire.house.jobs.rows) == queued


async def test_a_clip_that_was_deleted_is_not_offered_to_be_posted_again(wire: Wire) -> None:
    await wire.ada.slash(wire.studio, "animate", SKETCH)
    card = await wire.card()
    await wire.delivered()
    before = await wire.ada.slash(wire.studio, "history")
    await wire.told(before)
    await wire.ada.press(wire.studio, card, "Delete")
    await wire.server.until(lambda: not card["attachments"])
    after = await wire.ada.slash(wire.studio, "history")
    await wire.told(after)
    assert before.original is not None and before.original["components"] != []
    assert after.original is not None and after.original["components"] == []
