"""A person's jobs as lines to look back at."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.cards.wording import settings_line
from bot.job import Job, JobStatus
from bot.people.personal import Page
from bot.texts import Texts


def history_lines(page: Page, locale: str, zone: tzinfo | None = None) -> list[str]:
    """A line a job, and whether there is more; times in the zone (None: this machine's)."""
    texts = Texts(locale)
    if not page.jobs:
        return [texts.say("history-none")]
    lines = [history_line(job, locale, zone) for job in page.jobs]
    if page.more:
        lines.append(texts.say("history-more", page=page.number + 2))
    return lines


def history_line(job: Job, locale: str, zone: tzinfo | None = None) -> str:
    texts = Texts(locale)
    parts = [
        _moment(job.created_at, zone),
        job.id,
        texts.say("history-state", state=_state(job)),
        settings_line(texts, job),
        texts.say("card-seed", seed=str(job.request.seed)),
    ]
    return " · ".join(parts)


def _state(job: Job) -> str:
    if job.deleted_at is not None:
        return "deleted"
    if job.files_gone_at is not None and job.status is JobStatus.DELIVERED:
        return "gone"
    return job.status.value


def _moment(moment: datetime, zone: tzinfo | None) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")
