"""Everything that is kept, as one value."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import (
    JobStore,
    LeavingStore,
    LeftoverStore,
    PauseStore,
    PresetStore,
    QuestionStore,
    QuotaStore,
    ReportStore,
    SettingsStore,
    ShareStore,
    TipStore,
    UsageStore,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    jobs: JobStore
    questions: QuestionStore
    usage: UsageStore
    quotas: QuotaStore
    settings: SettingsStore
    presets: PresetStore
    shares: ShareStore
    reports: ReportStore
    tips: TipStore
    leaving: LeavingStore
    leftovers: LeftoverStore
    pauses: PauseStore
