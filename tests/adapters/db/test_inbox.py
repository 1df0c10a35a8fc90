"""The contract of the inbox: nothing that came is lost, and nothing is handled twice."""

from __future__ import annotations

import pytest

from adapters.db.database import Database
from adapters.db.inbox import SqlInboxStore, SqlTipStore
from bot.incoming import Incoming
from bot.ports import InboxStore, TipStore
from tests.adapters.db.conftest import real
from tests.adapters.db.making import MINUTE, NOON
from tests.fakes.inbox import FakeInboxStore, FakeTipStore

BOT, OTHER = "telegram:1", "telegram:2"


def message(number: int, content: str = "{}") -> Incoming:
    return Incoming(number=number, content=content, job_id=f"job{number}", received_at=NOON)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def inbox(request: pytest.FixtureRequest) -> InboxStore:
    return FakeInboxStore() if request.param == "fake" else SqlInboxStore(real(request))


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def tips(request: pytest.FixtureRequest) -> TipStore:
    return FakeTipStore() if request.param == "fake" else SqlTipStore(real(request))


async def test_what_came_waits_whole_and_in_order_for_its_own_account(inbox: InboxStore) -> None:
    await inbox.put(BOT, [message(2**40), message(7, '{"text": "眨眼"}')])
    await inbox.put(OTHER, [message(8)])
    await inbox.put(OTHER, [])
    assert await inbox.waiting(BOT) == [message(7, '{"text": "眨眼"}'), message(2**40)]
    assert await inbox.waiting(BOT, limit=1) == [message(7, '{"text": "眨眼"}')]
    assert await inbox.waiting(OTHER) == [message(8)]


async def test_what_comes_again_changes_nothing(inbox: InboxStore) -> None:
    assert await inbox.put(BOT, [message(7, "first"), message(8)]) == {7, 8}
    await inbox.done(BOT, 8, NOON)
    assert await inbox.put(BOT, [message(7, "second"), message(8), message(9)]) == {9}
    assert await inbox.waiting(BOT) == [message(7, "first"), message(9)]


async def test_numbers_that_were_handled_are_forgotten_after_a_while(inbox: InboxStore) -> None:
    await inbox.put(BOT, [message(7), message(8), message(9)])
    await inbox.done(BOT, 7, NOON)
    await inbox.done(BOT, 8, NOON + 2 * MINUTE)
    await inbox.drop_done(NOON + MINUTE)
    await inbox.put(BOT, [message(7), message(8)])
    assert await inbox.waiting(BOT) == [message(7), message(9)]


async def test_what_is_left_for_messages_that_belong_to_it_goes_sooner(inbox: InboxStore) -> None:
    await inbox.put(BOT, [message(7), message(8), message(9, "not handled yet")])
    await inbox.put(OTHER, [message(7)])
    await inbox.done(BOT, 7, NOON, left="old")
    await inbox.done(BOT, 8, NOON + 2 * MINUTE, left="young")
    await inbox.done(OTHER, 7, NOON, left="of another bot")
    assert await inbox.left(BOT) == ["old", "young"]
    await inbox.drop_left(NOON + MINUTE)
    assert await inbox.left(BOT) == ["young"]
    assert await inbox.left(OTHER) == []
    assert await inbox.put(BOT, [message(7)]) == set()
    assert await inbox.waiting(BOT) == [message(9, "not handled yet")]


async def test_of_what_is_handled_no_content_is_kept(database: Database) -> None:
    inbox = SqlInboxStore(database)
    await inbox.put(BOT, [message(7, "a person's own words")])
    await inbox.done(BOT, 7, NOON)
    async with database.reading() as connection:
        row = (await connection.exec_driver_sql("SELECT content FROM inbox")).one()
    assert row.content == ""


async def test_a_tip_is_given_once_to_each_person(tips: TipStore) -> None:
    assert await tips.is_first("telegram:1", "file")
    assert not await tips.is_first("telegram:1", "file")
    assert await tips.is_first("telegram:1", "other")
    assert await tips.is_first("telegram:2", "file")


async def test_tips_of_who_was_forgotten_are_given_anew(tips: TipStore) -> None:
    await tips.is_first("telegram:1", "file")
    await tips.is_first("telegram:2", "file")
    await tips.forget("telegram:1")
    assert await tips.is_first("telegram:1", "file")
    assert not await tips.is_first("telegram:2", "file")
