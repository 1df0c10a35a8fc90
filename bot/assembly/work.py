"""The parts that carry jobs, put together."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from bot.assembly.given import Outside, Rules
from bot.cards.board import Board
from bot.cards.delivery import Delivery
from bot.cards.encoding import Encoding
from bot.cards.notices import Notices
from bot.cards.showing import Showing
from bot.clips.acting import Acting
from bot.clips.cases import Cases
from bot.clips.copies import Copies
from bot.clips.reposts import Reposts
from bot.door.door import Door
from bot.door.safety import Safety
from bot.ports import Messenger
from bot.queue.cancelling import Cancelling
from bot.queue.dispatcher import Dispatcher
from bot.queue.drafts import Drafts
from bot.queue.pausing import Pausing
from bot.queue.resting import Resting
from bot.queue.room import Room
from bot.queue.waiting import WaitingRoom
from bot.stores import Stores
from bot.watch.tally import CountedMessenger, Tally


class Work:
    """What carries jobs from the queue to their cards.

    Every part is made when another one first asks for it, so that none of them has to be named
    in an order. `board` is an async context manager, to be entered by who assembled it.
    """

    def __init__(self, rules: Rules, stores: Stores, outside: Outside) -> None:
        self.rules = rules
        self.stores = stores
        self.outside = outside
        self.tally = Tally()
        self.messengers: Mapping[str, Messenger] = {
            name: CountedMessenger(one, self.tally) for name, one in outside.messengers.items()
        }

    @cached_property
    def board(self) -> Board:
        return Board(self.messengers, self.stores.jobs, self.outside.clock)

    @cached_property
    def door(self) -> Door:
        return Door(self.rules.house, settings=self.stores.settings, reports=self.stores.reports)

    @cached_property
    def acting(self) -> Acting:
        return Acting(
            jobs=self.stores.jobs,
            shares=self.stores.shares,
            reports=self.stores.reports,
            door=self.door,
        )

    @cached_property
    def encoding(self) -> Encoding:
        return Encoding(
            messengers=self.messengers,
            engine=self.outside.engine,
            media=self.outside.media,
            settings=self.stores.settings,
            clock=self.outside.clock,
            rules=self.rules.clips,
        )

    @cached_property
    def reposts(self) -> Reposts:
        return Reposts(
            messengers=self.messengers,
            jobs=self.stores.jobs,
            encoding=self.encoding,
            acting=self.acting,
            door=self.door,
            rules=self.rules.clips,
        )

    @cached_property
    def copies(self) -> Copies:
        return Copies(
            messengers=self.messengers,
            shares=self.stores.shares,
            reports=self.stores.reports,
            encoding=self.encoding,
            acting=self.acting,
        )

    @cached_property
    def cases(self) -> Cases:
        return Cases(
            messengers=self.messengers,
            reports=self.stores.reports,
            settings=self.stores.settings,
            encoding=self.encoding,
            operator_place=self.rules.house.operator_place,
            language=self.rules.house.language,
        )

    @cached_property
    def showing(self) -> Showing:
        return Showing(
            messengers=self.messengers,
            board=self.board,
            jobs=self.stores.jobs,
            shares=self.stores.shares,
            encoding=self.encoding,
            beside=(self.copies, self.cases, self.reposts),
            rules=self.rules.clips,
        )

    @cached_property
    def notices(self) -> Notices:
        return Notices(self.messengers, self.stores.settings, self.reposts)

    @cached_property
    def safety(self) -> Safety:
        return Safety(
            engine=self.outside.engine,
            jobs=self.stores.jobs,
            reports=self.stores.reports,
            clock=self.outside.clock,
        )

    @cached_property
    def delivery(self) -> Delivery:
        return Delivery(
            board=self.board,
            jobs=self.stores.jobs,
            engine=self.outside.engine,
            encoding=self.encoding,
            showing=self.showing,
            notices=self.notices,
            reposts=self.reposts,
            safety=self.safety,
            tally=self.tally,
            clock=self.outside.clock,
            rules=self.rules.clips,
        )

    @cached_property
    def pausing(self) -> Pausing:
        return Pausing(
            self.rules.hours,
            pauses=self.stores.pauses,
            engine=self.outside.engine,
            door=self.door,
            clock=self.outside.clock,
        )

    @cached_property
    def resting(self) -> Resting:
        return Resting(
            self.rules.shift.instance,
            pausing=self.pausing,
            jobs=self.stores.jobs,
            engine=self.outside.engine,
            clock=self.outside.clock,
            interrupt=self.dispatcher.interrupt,
        )

    @cached_property
    def drafts(self) -> Drafts:
        return Drafts(
            jobs=self.stores.jobs,
            engine=self.outside.engine,
            media=self.outside.media,
            producer=self.rules.clips.producer,
        )

    @cached_property
    def room(self) -> Room:
        return Room(self.outside.media, self.rules.house.min_free_bytes)

    @cached_property
    def waiting(self) -> WaitingRoom:
        return WaitingRoom(
            jobs=self.stores.jobs,
            usage=self.stores.usage,
            pausing=self.pausing,
            room=self.room,
            drafts=self.drafts,
            board=self.board,
            clock=self.outside.clock,
            platforms=list(self.messengers),
        )

    @cached_property
    def dispatcher(self) -> Dispatcher:
        return Dispatcher(
            self.rules.shift,
            jobs=self.stores.jobs,
            engine=self.outside.engine,
            pausing=self.pausing,
            room=self.room,
            media=self.outside.media,
            board=self.board,
            delivery=self.delivery,
            waiting=self.waiting,
            clock=self.outside.clock,
        )

    @cached_property
    def cancelling(self) -> Cancelling:
        return Cancelling(
            jobs=self.stores.jobs,
            acting=self.acting,
            delivery=self.delivery,
            interrupt=self.dispatcher.interrupt,
        )
