"""The house's parts as the settings say: its rules, its stores, its workers."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta

from adapters.db.charges import SqlQuotaStore
from adapters.db.database import Database
from adapters.db.inbox import SqlTipStore
from adapters.db.jobs import SqlJobStore
from adapters.db.journal import JOURNAL, Journal
from adapters.db.leaving import SqlLeavingStore
from adapters.db.leftovers import Leftovers
from adapters.db.pause import SqlPauseStore
from adapters.db.presets import SqlPresetStore
from adapters.db.questions import SqlQuestionStore
from adapters.db.reports import SqlReportStore
from adapters.db.settings import SqlSettingsStore
from adapters.db.shares import SqlShareStore
from adapters.db.usage import SqlUsageStore
from adapters.media.instance import folder_id
from adapters.web.visitors import HOME as PAGE
from bot.cards.encoding import ClipRules, Label
from bot.clip import Renderer
from bot.door.limits import QueueLimits
from bot.door.rules import HouseRules, Photos
from bot.queue.dispatcher import Shift
from bot.settings import Settings, listed
from bot.stores import Stores
from engine.local import MODEL_ROLE, ROLES, SAFETY, SAFETY_ROLE, LocalEngine, Timing


def database_of(settings: Settings) -> Database:
    return Database(settings.database, journal=Journal(settings.data_dir / JOURNAL))


def stores_of(settings: Settings, database: Database) -> Stores:
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
        leftovers=Leftovers(settings.database, settings.data_dir),
        pauses=SqlPauseStore(database),
    )


def workers_of(settings: Settings, roles: Mapping[str, str] | None = None) -> LocalEngine:
    """Those of the settings, unless `roles` are named."""
    roles = _roles(settings) if roles is None else roles
    # the one role that fetches something: it sees nothing but what eyes has made
    own = {SAFETY: settings.proxy_variables}
    return LocalEngine(roles, _timing(settings), _env(settings), own)


def house_rules(settings: Settings) -> HouseRules:
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


def clip_rules(settings: Settings, *, page: bool) -> ClipRules:
    return ClipRules(
        label=Label(settings.label),
        producer=settings.aigc_producer,
        keep=timedelta(days=settings.keep_days),
        page=page,
    )


def shift_of(settings: Settings, instance: str, platforms: Sequence[str]) -> Shift:
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


def _roles(settings: Settings) -> Mapping[str, str]:
    model = {} if settings.model is None else MODEL_ROLE
    safety = {} if settings.safety_model is None else SAFETY_ROLE
    return {**ROLES, **model, **safety}


def _timing(settings: Settings) -> Timing:
    return Timing(heartbeat_timeout_s=settings.heartbeat_s, stall_s=settings.stall_s)


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
