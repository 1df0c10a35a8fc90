"""What the core needs from the outside: Protocols, nothing else."""

from bot.ports.community import PresetStore, ReportStore, SettingsStore, ShareStore
from bot.ports.jobs import LONG_AGO, JobStore, QuestionStore, QuotaStore, UsageStore
from bot.ports.memory import (
    InboxStore,
    LeavingStore,
    LeftoverStore,
    MovedStore,
    PauseStore,
    TipStore,
)
from bot.ports.outside import Clock, Engine, MediaStore, Messenger

__all__ = [
    "LONG_AGO",
    "Clock",
    "Engine",
    "InboxStore",
    "JobStore",
    "LeavingStore",
    "LeftoverStore",
    "MediaStore",
    "Messenger",
    "MovedStore",
    "PauseStore",
    "PresetStore",
    "QuestionStore",
    "QuotaStore",
    "ReportStore",
    "SettingsStore",
    "ShareStore",
    "TipStore",
    "UsageStore",
]
