"""The composition root: the only file that wires ports to adapters."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import structlog

from adapters.db.backup import House as BackedUp
from adapters.db.backup import back_up, restore
from adapters.db.charges import SqlQuotaStore
from adapters.db.database import Database
from adapters.db.inbox import SqlInboxStore, SqlTipStore
from adapters.db.jobs import SqlJobStore
from adapters.db.journal import JOURNAL, Journal
from adapters.db.leaving import SqlLeavingStore
from adapters.db.migrate import migrate, revisions
from adapters.db.moved import SqlMovedStore
from adapters.db.pause import SqlPauseStore
from adapters.db.presets import SqlPresetStore
from adapters.db.questions import SqlQuestionStore
from adapters.db.reports import SqlReportStore
from adapters.db.settings import SqlSettingsStore
from adapters.db.shares import SqlShareStore
from adapters.db.usage import SqlUsageStore
from adapters.discord.client import Terms
from adapters.discord.frontend import DiscordFrontend
from adapters.discord.health import look
from adapters.discord.line import Line
from adapters.media.disk import DiskMedia
from adapters.media.instance import SLOTS, folder_id, hold_instance, make_folder
from adapters.telegram.client import Access
from adapters.telegram.frontend import Kept, TelegramFrontend
from adapters.telegram.health import look_at_telegram
from adapters.telegram.webhook import Hook, secret_of
from adapters.terminal.animate import Wish as Wish
from adapters.terminal.animate import animate, check, report
from adapters.terminal.counter import Counter as Counter
from adapters.terminal.desk import Desk as Desk
from adapters.terminal.doctor import examine
from adapters.terminal.download import DownloadScreen, download
from adapters.terminal.finding import Finding
from adapters.terminal.messenger import TerminalMessenger
from adapters.terminal.usage import UsageQuery as UsageQuery
from adapters.terminal.usage import find_usage, print_usage
from adapters.terminal.who import login, owners
from adapters.web.access import Access as WebAccess
from adapters.web.frontend import WebFrontend
from adapters.web.seal import load_seal
from adapters.web.visitors import HOME as PAGE
from adapters.web.visitors import invitation
from bot.assembly import Outside, Rules, Stores, assemble
from bot.clip import Renderer
from bot.clock import SystemClock
from bot.dispatcher import Dispatcher, Shift
from bot.encoding import ClipRules, Label
from bot.errors import ModelError, SettingsError, SketchlifeError
from bot.frontends import Frontend, serve_all
from bot.hours import Hours
from bot.job import UsageRecord
from bot.keeper import Keeper
from bot.limits import QueueLimits
from bot.ports import Engine, Messenger, UsageStore
from bot.resting import Resting
from bot.rules import HouseRules, Photos
from bot.service import Service
from bot.settings import Settings, listed
from bot.texts import Texts
from bot.usage import usage_chart
from bot.waiting import WaitingRoom
from engine.local import MODEL_ROLE, ROLES, SAFETY_ROLE, LocalEngine, Timing

log = structlog.get_logger(__name__)

DOWNLOAD = "engine.easyanimate.download_process"  # a process: it imports what the bot must not
BOT, TERMINAL, COUNTER = "bot", "terminal", "counter"  # the kinds of instances
EYES_ALONE = {"eyes": ROLES["eyes"]}
WEB_LISTEN = "127.0.0.1:8080"  # unless the settings say otherwise
LOOK_S = 0.2  # how often a command looks whether the model is there
PASSING = ("model-starting", "model-closed")  # troubles that a command waits out


@dataclass(frozen=True, slots=True)
class House:
    """What a frontend gets to see of the running application."""

    service: Service
    dispatcher: Dispatcher
    waiting: WaitingRoom
    resting: Resting
    keeper: Keeper
    engine: Engine

    async def work(self) -> None:
        """Until the dispatcher is stopped."""
        beside = [
            asyncio.create_task(self.resting.keep(), name="rest of the GPU"),
            asyncio.create_task(self.waiting.stay_true(), name="waiting cards"),
            asyncio.create_task(self.waiting.keep_drafting(), name="drafts"),
            asyncio.create_task(self.keeper.stay_tidy(), name="keeper"),
        ]
        try:
            await self.dispatcher.run()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Jobs are worked off inside the block; what runs at its end gets its grace time."""
        work = asyncio.create_task(self.work(), name="house")
        try:
            yield
        finally:
            self.dispatcher.stop()
            await work


@asynccontextmanager
async def open_house(
    settings: Settings,
    messengers: Sequence[Messenger],
    *,
    instance: str,
    roles: Mapping[str, str] | None = None,
    database: Database | None = None,
) -> AsyncIterator[House]:
    """Migrate, start the workers, wire everything; `roles` None are those of the settings, and
    so is the `database`, which is closed at the end.
    Raises `SettingsError`, `StoreError`."""
    await asyncio.to_thread(run_migrate, settings)
    async with (
        LocalEngine(roles or _roles(settings), _timing(settings), _env(settings)) as engine,
        furnish(settings, messengers, engine, instance, database) as house,
    ):
        yield house


@asynccontextmanager
async def furnish(
    settings: Settings,
    messengers: Sequence[Messenger],
    engine: Engine,
    instance: str,
    database: Database | None = None,
) -> AsyncIterator[House]:
    """Wire everything around an engine and a database that is migrated."""
    by_platform = {one.platform: one for one in messengers}
    rules = Rules(
        house=_house_rules(settings),
        clips=_clip_rules(settings),
        shift=_shift(settings, instance, list(by_platform)),
        contact=settings.operator_contact,
        hours=Hours.parse(settings.gpu_hours),
        power_w=settings.power_w,
    )
    outside = Outside(
        messengers=by_platform,
        engine=engine,
        media=DiskMedia(settings.data_dir),
        clock=SystemClock(),
    )
    async with database or _database(settings) as opened:
        core = assemble(rules, _stores(settings, opened), outside)
        async with core.board:
            yield House(
                core.service, core.dispatcher, core.waiting, core.resting, core.keeper, engine
            )


def _database(settings: Settings) -> Database:
    return Database(settings.database, journal=Journal(settings.data_dir / JOURNAL))


def _stores(settings: Settings, database: Database) -> Stores:
    folder = folder_id(settings.data_dir) if database.shared else ""
    return Stores(
        jobs=SqlJobStore(database, settings.data_dir, folder),
        questions=SqlQuestionStore(database, settings.data_dir, folder),
        usage=SqlUsageStore(database),
        quotas=SqlQuotaStore(database),
        settings=SqlSettingsStore(database),
        presets=SqlPresetStore(database),
        shares=SqlShareStore(database, folder),
        reports=SqlReportStore(database),
        tips=SqlTipStore(database),
        leaving=SqlLeavingStore(database),
        pauses=SqlPauseStore(database),
    )


async def run_bot(
    settings: Settings,
    messengers: Sequence[Messenger] = (),
    roles: Mapping[str, str] | None = None,
) -> None:
    """The bot until SIGTERM or SIGINT, on every platform that has a token and on `messengers`;
    on the page where there is none of them, or where it was asked for."""
    database = _database(settings)
    frontends = frontends_of(settings, database)
    if settings.web_listen or not (frontends or messengers):
        frontends = [*frontends, _page(settings)]
    messengers = [*messengers, *(one.messenger for one in frontends)]
    with _only_bot_here(settings) as instance:
        opening = open_house(
            settings, messengers, instance=instance, roles=roles, database=database
        )
        async with opening as house:
            with stop_on_signals(house.dispatcher.stop):
                log.info("bot.ready", instance=instance, platforms=[m.platform for m in messengers])
                await _work_and_serve(house, frontends)
    log.info("bot.stopped")


def frontends_of(settings: Settings, database: Database) -> list[Frontend]:
    """A chat for each token that is set; what comes in is stored in `database`."""
    chats: list[Frontend] = []
    if (line := discord_line(settings)) is not None:
        terms = Terms(guilds=tuple(_numbered("discord", settings)))
        chats.append(DiscordFrontend(line, SystemClock(), terms))
    if (access := telegram_access(settings)) is not None:
        chats.append(_telegram(settings, access, database))
    return chats


def discord_line(settings: Settings) -> Line | None:
    if settings.discord_token is None:
        return None
    proxy = settings.discord_proxy or settings.proxy
    return Line(
        token=settings.discord_token.get_secret_value(),
        proxy=proxy.get_secret_value() if proxy is not None else None,
    )


def telegram_access(settings: Settings) -> Access | None:
    if settings.telegram_token is None:
        return None
    proxy = settings.telegram_proxy or settings.proxy
    return Access.to(
        settings.telegram_base_url,
        token=settings.telegram_token.get_secret_value(),
        proxy=proxy.get_secret_value() if proxy is not None else None,
    )


def _telegram(settings: Settings, access: Access, database: Database) -> TelegramFrontend:
    url, hook = settings.telegram_webhook_url, None
    if url is not None:
        host, _, port = settings.telegram_webhook_listen.partition(":")
        hook = Hook(url=url, host=host, port=int(port), secret=secret_of(access.token))
    return TelegramFrontend(
        access,
        Kept(SqlInboxStore(database), SqlTipStore(database), SqlMovedStore(database)),
        SystemClock(),
        places=_numbered("telegram", settings),
        hook=hook,
    )


def _page(settings: Settings) -> WebFrontend:
    texts = Texts(settings.language)

    def tell(address: str) -> None:
        lines = [texts.say("web-address", address=address), texts.say("web-how-to-operate")]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()

    return WebFrontend(_web_access(settings), settings.data_dir, SystemClock(), tell)


def _web_access(settings: Settings) -> WebAccess:
    host, _, port = (settings.web_listen or WEB_LISTEN).partition(":")
    token = settings.web_admin_token
    return WebAccess(
        host=host,
        port=int(port),
        url=settings.web_url or "",
        admin_token=token.get_secret_value() if token is not None else "",
    )


def run_invite(settings: Settings, name: str, operator: bool, days: int, out: TextIO) -> None:
    """A link by which somebody signs in to the page. Raises `SettingsError`."""
    make_folder(settings.data_dir)
    until = SystemClock().now() + timedelta(days=days)
    link = invitation(load_seal(settings.data_dir), name, operator, until)
    said = Texts(settings.language).say("web-invitation", name=name, days=days)
    out.write(f"{said}\n{_web_access(settings).address}{link}\n")


def _numbered(platform: str, settings: Settings) -> list[int]:
    """A platform's guilds or groups among the allowed places: their members may write in
    private."""
    named = [place.partition(":") for place in listed(settings.allowed_places)]
    return [
        int(number)
        for of, _, number in named
        if of == platform and number.removeprefix("-").isdigit()
    ]


async def _work_and_serve(house: House, frontends: Sequence[Frontend]) -> None:
    """Until the dispatcher is stopped, or until no chat can go on, which is told."""
    if not frontends:
        await house.work()
        return
    serving = asyncio.create_task(
        serve_all(frontends, house.service, SystemClock()), name="frontends"
    )
    serving.add_done_callback(lambda _: house.dispatcher.stop())
    try:
        await house.work()
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving


async def run_animate(settings: Settings, wish: Wish, out: TextIO, screen: TextIO) -> int:
    """One sketch through the whole house by the terminal; the exit code."""
    check(wish)
    with hold_instance(settings.data_dir, TERMINAL) as instance:
        if instance is None:
            raise SettingsError("animate-too-many")
        messenger = TerminalMessenger(instance, screen)
        async with open_house(settings, [messenger], instance=instance) as house:
            if settings.model is not None:
                await _until_loaded(house, settings, screen)
            async with house.at_work():
                asking = asyncio.create_task(animate(house.service, messenger, wish))
                with stop_on_signals(asking.cancel):
                    ended = await asking
            return await report(house.service, ended, wish, out, screen)


async def _until_loaded(house: House, settings: Settings, screen: TextIO) -> None:
    """A chat waits for a model that is away; a person at a terminal mends it, or does without.

    Raises `ModelError`.
    """
    screen.write(Texts(settings.language).say("terminal-loading", model=settings.model) + "\n")
    screen.flush()
    pausing = house.service.operating.pausing
    while trouble := await pausing.trouble(Renderer.MODEL):
        if trouble.lasting or trouble.key not in PASSING:
            raise ModelError(trouble.key, **dict[str, Any](trouble.args))
        await asyncio.sleep(LOOK_S)


async def run_download(
    settings: Settings, model: str | None, source: str | None, out: TextIO, screen: TextIO
) -> int:
    """Fetch a model, or what an earlier attempt left of it; the exit code."""
    wanted = model or settings.model
    command = [sys.executable, "-m", DOWNLOAD, source or settings.model_source]
    env = os.environ | settings.hub_variables | settings.proxy_variables
    told = DownloadScreen(settings.language, out, screen)
    fetching = asyncio.create_task(download([*command, *([wanted] if wanted else [])], env, told))
    with stop_on_signals(fetching.cancel):
        return await fetching


async def run_usage(settings: Settings, query: UsageQuery, out: TextIO) -> None:
    async with _records(settings) as usage:
        records = await find_usage(usage, query, SLOTS)
    if query.chart is None:
        print_usage(records, query.as_csv, settings.language, out)
        return
    chart = usage_chart(records, query.since, SystemClock().now(), settings.language)
    async with LocalEngine(EYES_ALONE, _timing(settings), _env(settings)) as engine:
        out.write(f"{await engine.chart(chart, query.chart.absolute())}\n")


async def run_at_counter(
    settings: Settings, ask: Callable[[Counter], Awaitable[None]], out: TextIO
) -> None:
    """What a person asks about their own."""
    names = owners(login(), SLOTS)
    async with _without_work(settings) as service:
        await ask(Counter(service, names, settings.language, out))


async def run_at_desk(
    settings: Settings, ask: Callable[[Desk], Awaitable[None]], out: TextIO
) -> None:
    """What whoever runs the bot decides; a running bot shows it in its chats."""
    async with _without_work(settings) as service:
        await ask(Desk(service, settings.language, out))


@asynccontextmanager
async def _without_work(settings: Settings) -> AsyncIterator[Service]:
    """What needs nobody at work: no worker starts, and no chat is spoken to."""
    await asyncio.to_thread(run_migrate, settings)
    async with (
        LocalEngine({}, _timing(settings), _env(settings)) as engine,
        furnish(settings, [], engine, COUNTER) as house,
    ):
        yield house.service


async def run_doctor(settings: Settings, out: TextIO) -> int:
    """0 when everything that a clip needs is here, else 1."""
    async with LocalEngine(_roles(settings), _timing(settings), _env(settings)) as engine:
        await engine.started()
        state = await _database_state(settings)
        records = [] if isinstance(state, SketchlifeError) else await _recent_clips(settings)
        return await examine(settings, engine, state, records, out, await _look_at_chats(settings))


async def _look_at_chats(settings: Settings) -> dict[str, Finding]:
    chats = {}
    if (line := discord_line(settings)) is not None:
        chats["discord"] = await _look_at_discord(line, settings.language)
    if (access := telegram_access(settings)) is not None:
        chats["telegram"] = await _look_at_telegram(access)
    return chats


async def _look_at_discord(line: Line, language: str) -> Finding:
    try:
        seen = await look(line, language)
    except SketchlifeError as error:
        return Finding("discord", False, "***", error.key, error.args_of_text, needed=False)
    advice = "doctor-discord-alone" if not seen.guilds else None
    if seen.missing:
        advice = "doctor-discord-missing"
    elif advice is None and not seen.sees_all:
        advice = "doctor-discord-content"
    found, missing = f"{seen.name} · {seen.invite}", {"where": seen.missing}
    return Finding("discord", not seen.missing, found, advice, missing, needed=False)


async def _look_at_telegram(access: Access) -> Finding:
    try:
        seen = await look_at_telegram(access)
    except SketchlifeError as error:
        return Finding("telegram", False, "***", error.key, error.args_of_text, needed=False)
    advice = None if seen.sees_all else "doctor-telegram-privacy"
    return Finding("telegram", True, f"{seen.name} · {seen.link}", advice, needed=False)


def run_migrate(settings: Settings) -> None:
    """Raises `SettingsError`, `StoreError`."""
    make_folder(settings.data_dir)
    migrate(settings.database)


def run_backup(settings: Settings, target: Path, out: TextIO) -> None:
    """Into the file, or into a new one of the folder, while a bot may be running. Raises
    `SettingsError`, `StoreError`, `MediaError`."""
    now = SystemClock().now()
    if target.is_dir():
        target = target / f"sketchlife-{now:%Y%m%d-%H%M%S}.tar"
    run_migrate(settings)
    with hold_instance(settings.data_dir, "backup", slots=1) as alone:
        if alone is None:
            raise SettingsError("backup-already")
        jobs = back_up(BackedUp(settings.database, settings.data_dir), target, now)
    said = {"path": str(target), "jobs": jobs, "megabytes": target.stat().st_size // 10**6}
    out.write(Texts(settings.language).say("backup-done", **said) + "\n")


def run_restore(settings: Settings, archive: Path, out: TextIO) -> None:
    """In place of what is here, which is put aside. Raises as `run_backup` does."""
    texts, house = Texts(settings.language), BackedUp(settings.database, settings.data_dir)
    with _only_bot_here(settings):
        restored = restore(house, archive, SystemClock().now())
        asyncio.run(_tidy(settings))
    said = {"at": restored.at, "aside": str(restored.aside), **asdict(restored.amended)}
    out.write(texts.say("restore-done", **said) + "\n")
    if not restored.knew:
        out.write(texts.say("restore-no-journal") + "\n")


async def _tidy(settings: Settings) -> None:
    """Whoever is to be forgotten, and whatever was kept for long enough meanwhile, goes at once."""
    async with (
        LocalEngine({}, _timing(settings), _env(settings)) as engine,
        furnish(settings, [], engine, COUNTER) as house,
    ):
        await house.keeper.tidy()


@contextmanager
def stop_on_signals(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` at the first SIGTERM or SIGINT; a second one kills as usual."""
    loop = asyncio.get_running_loop()
    caught = (signal.SIGTERM, signal.SIGINT)

    def first() -> None:
        for number in caught:
            loop.remove_signal_handler(number)
        stop()

    for number in caught:
        loop.add_signal_handler(number, first)
    try:
        yield
    finally:
        with contextlib.suppress(RuntimeError):
            for number in caught:
                loop.remove_signal_handler(number)


@asynccontextmanager
async def _records(settings: Settings) -> AsyncIterator[UsageStore]:
    await asyncio.to_thread(run_migrate, settings)
    async with Database(settings.database) as database:
        yield SqlUsageStore(database)


async def _recent_clips(settings: Settings) -> list[UsageRecord]:
    async with Database(settings.database) as database:
        return await SqlUsageStore(database).recent(Renderer.MODEL)


async def _database_state(settings: Settings) -> str | SketchlifeError:
    try:
        await asyncio.to_thread(run_migrate, settings)
    except SketchlifeError as error:
        return error
    return revisions()[-1]


@contextmanager
def _only_bot_here(settings: Settings) -> Iterator[str]:
    """Two bots in one folder would answer everything twice."""
    with hold_instance(settings.data_dir, BOT, slots=1) as instance:
        if instance is None:
            raise SettingsError("run-already", path=str(settings.data_dir))
        yield instance


def _roles(settings: Settings) -> Mapping[str, str]:
    model = {} if settings.model is None else MODEL_ROLE
    safety = {} if settings.safety_model is None else SAFETY_ROLE
    return {**ROLES, **model, **safety}


def _env(settings: Settings) -> dict[str, str]:
    """The environment for workers: with what `.env` says of the model, and without secrets, as
    they decode strangers' files and need no token."""
    env = {
        name: value
        for name, value in os.environ.items()
        if not any(secret in value for secret in settings.secrets)
    }
    said = settings.model_variables | settings.safety_variables | settings.signing_variables
    return env | said | settings.hub_variables


def _timing(settings: Settings) -> Timing:
    return Timing(heartbeat_timeout_s=settings.heartbeat_s, stall_s=settings.stall_s)


def _shift(settings: Settings, instance: str, platforms: Sequence[str]) -> Shift:
    return Shift(
        instance=instance,
        # without a model too: nothing is claimed for it, and it may be set at the next start
        renderers=list(Renderer),
        platforms=platforms,
        running_per_person=settings.running_per_person,
        max_age=timedelta(hours=settings.max_age_hours),
        lease=timedelta(seconds=settings.lease_s),
        grace_s=settings.grace_s,
    )


def _clip_rules(settings: Settings) -> ClipRules:
    return ClipRules(
        label=Label(settings.label),
        producer=settings.aigc_producer,
        keep=timedelta(days=settings.keep_days),
    )


def _house_rules(settings: Settings) -> HouseRules:
    return HouseRules(
        renderer=Renderer.PREVIEW if settings.model is None else Renderer.MODEL,
        limits=QueueLimits(
            waiting_per_person=settings.waiting_per_person,
            running_per_person=settings.running_per_person,
            waiting_in_all=settings.waiting_in_all,
            gpu_s_per_day=settings.gpu_seconds_per_day,
        ),
        min_free_bytes=int(settings.min_free_gb * 10**9),
        # who may open the page is for the page to say
        allowed_places=frozenset(listed(settings.allowed_places)) | {PAGE},
        operators=frozenset(listed(settings.operators)),
        operator_place=settings.operator_place,
        language=settings.language if "language" in settings.model_fields_set else "",
        photos=Photos(settings.photos),
        words=listed(settings.blocked_words),
    )
