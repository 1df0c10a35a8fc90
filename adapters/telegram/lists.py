"""/queue, /history, /usage and /gallery: where clips stand, those that were, what they cost."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

from adapters.telegram.addresses import Ref
from adapters.telegram.heard import Heard, buttons
from adapters.telegram.media import Media, picture_media
from bot.clips.gallery import Exhibit, Period
from bot.job import Job, JobStatus
from bot.people.accounts import Scope
from bot.people.history import history_line, history_lines
from bot.people.usage import usage_csv, usage_lines
from bot.ports import Clock
from bot.service import Service

SUPERGROUP = "-100"  # what ids of supergroups begin with, and their links leave out


class Lists:
    def __init__(self, service: Service, clock: Clock) -> None:
        self._service = service
        self._clock = clock

    async def queue(self, heard: Heard) -> None:
        """What of one's own is on its way; the newest are always on the first page."""
        page = await self._service.personal.history([heard.person.owner])
        under_way = [job for job in page.jobs if not job.status.ended]
        rows = [await self._standing(job, heard) for job in reversed(under_way)]
        await heard.say(*(rows or [heard.texts.say("telegram-queue-empty")]))

    async def history(self, heard: Heard) -> None:
        """A page of clips; each that is still there can be posted once more, by its number."""
        number = max(_whole(heard.words, 1) - 1, 0)
        page = await self._service.personal.history([heard.person.owner], number)
        lines = history_lines(page, heard.person.locale, UTC)
        numbered = [
            f"{at}. {line}" if at <= len(page.jobs) else line for at, line in enumerate(lines, 1)
        ]
        clips = [
            (f"↻ {at}", f"/repost {job.id}")
            for at, job in enumerate(page.jobs, 1)
            if _can_be_posted(job)
        ]
        if clips:
            numbered.append(heard.texts.say("telegram-post-again"))
        pages = [("◀", f"/history {number}")] if number else []
        pages += [("▶", f"/history {number + 2}")] if page.more else []
        await heard.say(*(numbered if page.jobs else lines), keyboard=buttons(*clips, *pages))

    async def repost(self, heard: Heard) -> None:
        """The clip stands where it was asked for, which says enough."""
        await self._service.personal.post_again(heard.text, heard.person)

    async def usage(self, heard: Heard) -> None:
        """`/usage here 7 csv`: whose, of how many days, and as a table too."""
        words = heard.words
        scope = next((one for one in Scope if one.value in words), Scope.MINE)
        days = _whole(words, 0)
        since = self._clock.now() - timedelta(days=days) if days else None
        records = await self._service.accounts.records(heard.person, scope, since)
        await heard.say(*usage_lines(records, heard.person.locale))
        if records:
            chart = await self._service.accounts.chart(heard.person, records, since)
            await heard.hand_over(await asyncio.to_thread(picture_media, chart))
        if "csv" in words:
            table = usage_csv(records).encode()
            await heard.hand_over(Media("document", table, "usage.csv"))

    async def gallery(self, heard: Heard) -> None:
        """`/gallery month`: the most starred of a week, a month, or ever."""
        period = next((one for one in Period if one.value in heard.words), Period.WEEK)
        exhibits = await self._service.gallery.top(heard.person, period)
        rows = [_row(number, one, heard) for number, one in enumerate(exhibits, 1)]
        await heard.say(*(rows or [heard.texts.say("telegram-gallery-empty")]))

    async def _standing(self, job: Job, heard: Heard) -> str:
        parts = [history_line(job, heard.person.locale, UTC)]
        _, place = await self._service.status(job.id)
        if place is not None:
            parts.append(heard.texts.say("card-place", place=place.place))
        return " · ".join([*parts, *_link(job.card)])


def _row(number: int, exhibit: Exhibit, heard: Heard) -> str:
    share, job = exhibit.share, exhibit.job
    stars = heard.texts.say("shared-stars", stars=share.stars)
    parts = [f"{number}. {stars}", job.origin.person_name, *_link(share.ref or job.card)]
    return " · ".join(filter(None, parts))


def _link(ref: str | None) -> list[str]:
    """Supergroups have addresses for their messages; private chats have none."""
    if not ref or not ref.startswith(SUPERGROUP):
        return []
    at = Ref.of(ref)
    return [f"https://t.me/c/{str(at.chat).removeprefix(SUPERGROUP)}/{at.message}"]


def _whole(words: list[str], otherwise: int) -> int:
    return next((int(word) for word in words if word.isdecimal() and len(word) < 6), otherwise)


def _can_be_posted(job: Job) -> bool:
    gone = job.files_gone_at is not None or job.deleted_at is not None
    return job.status is JobStatus.DELIVERED and not gone
