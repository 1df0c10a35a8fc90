"""The parts that people speak to, put together on top of those that carry jobs."""

from __future__ import annotations

from functools import cached_property

from bot.asking.presets import Presets
from bot.assembly.work import Work
from bot.cards.announcing import Announcing
from bot.cards.looking import Looking
from bot.clips.clips import Clips
from bot.clips.gallery import Gallery
from bot.clips.moderation import Moderation
from bot.door.alarm import Alarm
from bot.door.authors import Authors
from bot.door.community import Community
from bot.door.entry import Entry, Staff
from bot.door.pricing import Pricing
from bot.door.reception import Reception
from bot.door.screening import Screening
from bot.people.accounts import Accounts
from bot.people.forgetting import Forgetting
from bot.people.keeper import Keeper, KeepRules
from bot.people.personal import Personal
from bot.people.privacy import Privacy
from bot.service import Service
from bot.watch.census import Census
from bot.watch.operating import Operating
from bot.watch.retrying import Retrying
from bot.watch.watching import Watching


class Core(Work):
    """The whole of it; `service` is the door for chats, a page and a terminal."""

    @cached_property
    def pricing(self) -> Pricing:
        return Pricing(
            self.rules.house,
            waiting=self.waiting,
            quotas=self.stores.quotas,
            clock=self.outside.clock,
        )

    @cached_property
    def authors(self) -> Authors:
        return Authors(
            messengers=self.messengers,
            questions=self.stores.questions,
            settings=self.stores.settings,
            media=self.outside.media,
            clock=self.outside.clock,
        )

    @cached_property
    def presets(self) -> Presets:
        return Presets(self.stores.presets, self.door)

    @cached_property
    def alarm(self) -> Alarm:
        return Alarm(self.rules.house.operator_place, self.rules.house.language, self.messengers)

    @cached_property
    def screening(self) -> Screening:
        return Screening(
            self.rules.house,
            settings=self.stores.settings,
            reports=self.stores.reports,
            alarm=self.alarm,
            clock=self.outside.clock,
        )

    @cached_property
    def entry(self) -> Entry:
        return Entry(
            self.rules.house,
            Staff(self.screening, self.authors, self.pricing, self.waiting),
            jobs=self.stores.jobs,
            questions=self.stores.questions,
            clock=self.outside.clock,
        )

    @cached_property
    def reception(self) -> Reception:
        return Reception(
            door=self.door,
            entry=self.entry,
            authors=self.authors,
            presets=self.presets,
            jobs=self.stores.jobs,
            questions=self.stores.questions,
            media=self.outside.media,
            engine=self.outside.engine,
            safety=self.safety,
            clock=self.outside.clock,
            min_free_bytes=self.rules.house.min_free_bytes,
        )

    @cached_property
    def announcing(self) -> Announcing:
        return Announcing(board=self.board, dispatcher=self.dispatcher, waiting=self.waiting)

    @cached_property
    def forgetting(self) -> Forgetting:
        return Forgetting(
            self.stores,
            media=self.outside.media,
            acting=self.acting,
            authors=self.authors,
            delivery=self.delivery,
            showing=self.showing,
            clock=self.outside.clock,
            platforms=frozenset(self.messengers),
            interrupt=self.dispatcher.interrupt,
        )

    @cached_property
    def keeper(self) -> Keeper:
        return Keeper(
            KeepRules(
                platforms=list(self.messengers),
                keep=self.rules.clips.keep,
                max_age=self.rules.shift.max_age,
            ),
            jobs=self.stores.jobs,
            questions=self.stores.questions,
            quotas=self.stores.quotas,
            leftovers=self.stores.leftovers,
            media=self.outside.media,
            acting=self.acting,
            authors=self.authors,
            delivery=self.delivery,
            notices=self.notices,
            forgetting=self.forgetting,
            clock=self.outside.clock,
        )

    @cached_property
    def community(self) -> Community:
        return Community(
            self.rules.house,
            door=self.door,
            settings=self.stores.settings,
            clock=self.outside.clock,
        )

    @cached_property
    def clips(self) -> Clips:
        return Clips(
            messengers=self.messengers,
            jobs=self.stores.jobs,
            shares=self.stores.shares,
            media=self.outside.media,
            engine=self.outside.engine,
            encoding=self.encoding,
            acting=self.acting,
            showing=self.showing,
            clock=self.outside.clock,
            reception=self.reception,
            announcing=self.announcing,
        )

    @cached_property
    def gallery(self) -> Gallery:
        return Gallery(
            jobs=self.stores.jobs,
            shares=self.stores.shares,
            settings=self.stores.settings,
            acting=self.acting,
            showing=self.showing,
            rules=self.rules.clips,
            clock=self.outside.clock,
        )

    @cached_property
    def moderation(self) -> Moderation:
        return Moderation(
            jobs=self.stores.jobs,
            shares=self.stores.shares,
            reports=self.stores.reports,
            settings=self.stores.settings,
            door=self.door,
            acting=self.acting,
            showing=self.showing,
            clock=self.outside.clock,
            cancel_all=self.cancelling.cancel_all,
        )

    @cached_property
    def personal(self) -> Personal:
        return Personal(
            self.stores, media=self.outside.media, reposts=self.reposts, forgetting=self.forgetting
        )

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(
            usage=self.stores.usage,
            door=self.door,
            engine=self.outside.engine,
            media=self.outside.media,
            clock=self.outside.clock,
        )

    @cached_property
    def privacy(self) -> Privacy:
        return Privacy(self.rules.clips.keep, self.rules.contact)

    @cached_property
    def looking(self) -> Looking:
        return Looking(
            jobs=self.stores.jobs,
            shares=self.stores.shares,
            questions=self.stores.questions,
            door=self.door,
            waiting=self.waiting,
            rules=self.rules.clips,
        )

    @cached_property
    def watching(self) -> Watching:
        return Watching(
            messengers=self.messengers,
            jobs=self.stores.jobs,
            usage=self.stores.usage,
            media=self.outside.media,
            engine=self.outside.engine,
            pausing=self.pausing,
            tally=self.tally,
            clock=self.outside.clock,
            power_w=self.rules.power_w,
        )

    @cached_property
    def census(self) -> Census:
        return Census(
            self.rules.house,
            self.stores,
            messengers=self.messengers,
            door=self.door,
            clock=self.outside.clock,
        )

    @cached_property
    def retrying(self) -> Retrying:
        return Retrying(
            door=self.door,
            acting=self.acting,
            reception=self.reception,
            announcing=self.announcing,
        )

    @cached_property
    def operating(self) -> Operating:
        return Operating(
            jobs=self.stores.jobs,
            usage=self.stores.usage,
            engine=self.outside.engine,
            pausing=self.pausing,
            watching=self.watching,
            census=self.census,
            retrying=self.retrying,
            door=self.door,
            clock=self.outside.clock,
        )

    @cached_property
    def service(self) -> Service:
        return Service(
            door=self.door,
            community=self.community,
            reception=self.reception,
            pricing=self.pricing,
            jobs=self.stores.jobs,
            usage=self.stores.usage,
            waiting=self.waiting,
            acting=self.acting,
            announcing=self.announcing,
            cancelling=self.cancelling,
            clips=self.clips,
            gallery=self.gallery,
            moderation=self.moderation,
            personal=self.personal,
            accounts=self.accounts,
            presets=self.presets,
            privacy=self.privacy,
            looking=self.looking,
            operating=self.operating,
            renderer=self.rules.house.renderer,
        )
