"""The core, put together around whatever implements its ports: the bot's adapters, or fakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.asking.presets import Presets
from bot.cards.announcing import Announcing
from bot.cards.board import Board
from bot.cards.delivery import Delivery
from bot.cards.encoding import ClipRules, Encoding
from bot.cards.looking import Looking
from bot.cards.notices import Notices
from bot.cards.showing import Showing
from bot.clips.acting import Acting
from bot.clips.cases import Cases
from bot.clips.clips import Clips
from bot.clips.copies import Copies
from bot.clips.gallery import Gallery
from bot.clips.moderation import Moderation
from bot.clips.reposts import Reposts
from bot.door.alarm import Alarm
from bot.door.authors import Authors
from bot.door.community import Community
from bot.door.door import Door
from bot.door.entry import Entry, Staff
from bot.door.pricing import Pricing
from bot.door.reception import Reception
from bot.door.rules import HouseRules
from bot.door.safety import Safety
from bot.door.screening import Screening
from bot.people.accounts import Accounts
from bot.people.forgetting import Forgetting
from bot.people.keeper import Keeper, KeepRules
from bot.people.personal import Personal
from bot.people.privacy import Privacy
from bot.ports import Clock, Engine, MediaStore, Messenger
from bot.queue.cancelling import Cancelling
from bot.queue.dispatcher import Dispatcher, Shift
from bot.queue.drafts import Drafts
from bot.queue.hours import Hours
from bot.queue.pausing import Pausing
from bot.queue.resting import Resting
from bot.queue.waiting import WaitingRoom
from bot.service import Service
from bot.stores import Stores as Stores
from bot.watch.operating import Operating
from bot.watch.tally import CountedMessenger, Tally
from bot.watch.watching import Watching


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything else that the core speaks to."""

    messengers: Mapping[str, Messenger]
    engine: Engine
    media: MediaStore
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`contact` is whom people can ask about what is kept of them; `hours` are those of the
    GPU, `power_w` what it takes at work (0: what its driver says)."""

    house: HouseRules
    clips: ClipRules
    shift: Shift
    contact: str = ""
    hours: Hours = Hours()  # noqa: RUF009 - frozen
    power_w: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """`board` is an async context manager, to be entered by who assembled it."""

    board: Board
    door: Door
    acting: Acting
    showing: Showing
    delivery: Delivery
    waiting: WaitingRoom
    dispatcher: Dispatcher
    resting: Resting
    keeper: Keeper
    notices: Notices
    service: Service


def assemble(rules: Rules, stores: Stores, outside: Outside) -> Core:
    tally = Tally()
    outside = _counted(outside, tally)
    board = Board(outside.messengers, stores.jobs, outside.clock)
    door = Door(rules.house, settings=stores.settings, reports=stores.reports)
    acting = Acting(jobs=stores.jobs, shares=stores.shares, reports=stores.reports, door=door)
    encoding = Encoding(
        messengers=outside.messengers,
        engine=outside.engine,
        media=outside.media,
        settings=stores.settings,
        clock=outside.clock,
        rules=rules.clips,
    )
    reposts = Reposts(
        messengers=outside.messengers,
        jobs=stores.jobs,
        encoding=encoding,
        acting=acting,
        door=door,
        keep=rules.clips.keep,
    )
    showing = _showing(rules, stores, outside, board, acting, encoding, reposts)
    notices = Notices(outside.messengers, stores.settings, reposts)
    safety = Safety(
        engine=outside.engine, jobs=stores.jobs, reports=stores.reports, clock=outside.clock
    )
    delivery = Delivery(
        board=board,
        jobs=stores.jobs,
        engine=outside.engine,
        encoding=encoding,
        showing=showing,
        notices=notices,
        reposts=reposts,
        safety=safety,
        tally=tally,
        clock=outside.clock,
        keep=rules.clips.keep,
    )
    pausing = Pausing(
        rules.hours,
        pauses=stores.pauses,
        engine=outside.engine,
        door=door,
        clock=outside.clock,
    )
    waiting = _waiting(rules, stores, outside, board, pausing)
    dispatcher = Dispatcher(
        rules.shift,
        jobs=stores.jobs,
        engine=outside.engine,
        pausing=pausing,
        media=outside.media,
        board=board,
        delivery=delivery,
        waiting=waiting,
        clock=outside.clock,
    )
    pricing = Pricing(rules.house, waiting=waiting, quotas=stores.quotas, clock=outside.clock)
    authors = Authors(
        messengers=outside.messengers,
        questions=stores.questions,
        settings=stores.settings,
        media=outside.media,
        clock=outside.clock,
    )
    presets = Presets(stores.presets, door)
    screening = Screening(
        rules.house,
        settings=stores.settings,
        reports=stores.reports,
        alarm=Alarm(rules.house.operator_place, rules.house.language, outside.messengers),
        clock=outside.clock,
    )
    staff = Staff(screening, authors, pricing, waiting)
    reception = _reception(rules.house, stores, outside, door, staff, presets, safety)
    announcing = Announcing(board=board, dispatcher=dispatcher, waiting=waiting)
    cancelling = Cancelling(
        jobs=stores.jobs, acting=acting, delivery=delivery, interrupt=dispatcher.interrupt
    )
    forgetting = Forgetting(
        stores,
        platforms=frozenset(outside.messengers),
        media=outside.media,
        acting=acting,
        authors=authors,
        delivery=delivery,
        showing=showing,
        interrupt=dispatcher.interrupt,
        clock=outside.clock,
    )
    service = Service(
        door=door,
        community=Community(rules.house, door=door, settings=stores.settings, clock=outside.clock),
        reception=reception,
        pricing=pricing,
        jobs=stores.jobs,
        usage=stores.usage,
        waiting=waiting,
        acting=acting,
        announcing=announcing,
        cancelling=cancelling,
        clips=Clips(
            messengers=outside.messengers,
            jobs=stores.jobs,
            shares=stores.shares,
            media=outside.media,
            engine=outside.engine,
            encoding=encoding,
            acting=acting,
            showing=showing,
            clock=outside.clock,
            reception=reception,
            announcing=announcing,
        ),
        gallery=Gallery(
            jobs=stores.jobs,
            shares=stores.shares,
            settings=stores.settings,
            acting=acting,
            showing=showing,
            clock=outside.clock,
        ),
        moderation=Moderation(
            jobs=stores.jobs,
            shares=stores.shares,
            reports=stores.reports,
            settings=stores.settings,
            door=door,
            acting=acting,
            showing=showing,
            clock=outside.clock,
            cancel_all=cancelling.cancel_all,
        ),
        personal=Personal(stores, media=outside.media, reposts=reposts, forgetting=forgetting),
        accounts=Accounts(
            usage=stores.usage,
            door=door,
            engine=outside.engine,
            media=outside.media,
            clock=outside.clock,
        ),
        presets=presets,
        privacy=Privacy(rules.clips.keep, rules.contact),
        looking=Looking(
            jobs=stores.jobs,
            shares=stores.shares,
            questions=stores.questions,
            door=door,
            waiting=waiting,
            keep=rules.clips.keep,
        ),
        operating=Operating(
            jobs=stores.jobs,
            usage=stores.usage,
            engine=outside.engine,
            pausing=pausing,
            watching=_watching(rules, stores, outside, pausing, tally),
            door=door,
            clock=outside.clock,
        ),
    )
    keeper = Keeper(
        KeepRules(
            platforms=list(outside.messengers),
            keep=rules.clips.keep,
            max_age=rules.shift.max_age,
        ),
        jobs=stores.jobs,
        questions=stores.questions,
        quotas=stores.quotas,
        media=outside.media,
        acting=acting,
        authors=authors,
        delivery=delivery,
        notices=notices,
        forgetting=forgetting,
        clock=outside.clock,
    )
    resting = Resting(
        rules.shift.instance,
        pausing=pausing,
        jobs=stores.jobs,
        engine=outside.engine,
        clock=outside.clock,
        interrupt=dispatcher.interrupt,
    )
    return Core(
        board=board,
        door=door,
        acting=acting,
        showing=showing,
        delivery=delivery,
        waiting=waiting,
        dispatcher=dispatcher,
        resting=resting,
        keeper=keeper,
        notices=notices,
        service=service,
    )


def _counted(outside: Outside, tally: Tally) -> Outside:
    messengers = outside.messengers.items()
    return replace(
        outside, messengers={name: CountedMessenger(one, tally) for name, one in messengers}
    )


def _watching(
    rules: Rules, stores: Stores, outside: Outside, pausing: Pausing, tally: Tally
) -> Watching:
    return Watching(
        messengers=outside.messengers,
        jobs=stores.jobs,
        usage=stores.usage,
        media=outside.media,
        engine=outside.engine,
        pausing=pausing,
        tally=tally,
        clock=outside.clock,
        power_w=rules.power_w,
    )


def _showing(
    rules: Rules,
    stores: Stores,
    outside: Outside,
    board: Board,
    acting: Acting,
    encoding: Encoding,
    reposts: Reposts,
) -> Showing:
    copies = Copies(
        messengers=outside.messengers,
        shares=stores.shares,
        reports=stores.reports,
        encoding=encoding,
        acting=acting,
    )
    cases = Cases(
        messengers=outside.messengers,
        reports=stores.reports,
        settings=stores.settings,
        encoding=encoding,
        operator_place=rules.house.operator_place,
        language=rules.house.language,
    )
    return Showing(
        messengers=outside.messengers,
        board=board,
        jobs=stores.jobs,
        shares=stores.shares,
        encoding=encoding,
        beside=(copies, cases, reposts),
        keep=rules.clips.keep,
    )


def _waiting(
    rules: Rules, stores: Stores, outside: Outside, board: Board, pausing: Pausing
) -> WaitingRoom:
    drafts = Drafts(
        jobs=stores.jobs,
        engine=outside.engine,
        media=outside.media,
        producer=rules.clips.producer,
    )
    return WaitingRoom(
        platforms=list(outside.messengers),
        jobs=stores.jobs,
        usage=stores.usage,
        pausing=pausing,
        drafts=drafts,
        board=board,
        clock=outside.clock,
    )


def _reception(
    rules: HouseRules,
    stores: Stores,
    outside: Outside,
    door: Door,
    staff: Staff,
    presets: Presets,
    safety: Safety,
) -> Reception:
    return Reception(
        door=door,
        entry=Entry(
            rules,
            staff,
            jobs=stores.jobs,
            questions=stores.questions,
            clock=outside.clock,
        ),
        authors=staff.authors,
        presets=presets,
        jobs=stores.jobs,
        questions=stores.questions,
        media=outside.media,
        engine=outside.engine,
        safety=safety,
        clock=outside.clock,
        min_free_bytes=rules.min_free_bytes,
    )
