"""/queue and /history: where one's clips stand, and those that were, to be posted once more."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any, Protocol, Self, cast

import discord
from discord import ButtonStyle, Interaction, SelectOption, app_commands
from discord.ui import DynamicItem, Item, View

from adapters.discord.answers import Whisper, answering
from adapters.discord.asked import Asked, asked, make_way
from adapters.discord.markup import cut, escaped
from adapters.discord.origins import link_to
from adapters.discord.words import called
from bot.clip import FPS
from bot.job import Job, JobStatus
from bot.people.history import history_line, history_lines
from bot.people.personal import Page
from bot.service import Service
from bot.texts import Texts

LABEL_LIMIT = 100


class HasLists(Protocol):
    """The client that the items below belong to."""

    lists: Lists


class Lists:
    def __init__(self, service: Service) -> None:
        self._service = service

    def add_to(self, tree: app_commands.CommandTree[Any]) -> None:
        @tree.command(**called("queue"))
        @app_commands.allowed_installs(guilds=True, users=True)
        async def queue(interaction: Interaction[Any]) -> None:
            async with asked(interaction, self._service, "queue") as heard:
                await heard.answer.say(await self._queue(heard))

        @tree.command(**called("history"))
        @app_commands.allowed_installs(guilds=True, users=True)
        async def history(interaction: Interaction[Any]) -> None:
            await self.page(interaction, 0)

    async def page(self, interaction: Interaction[Any], number: int) -> None:
        async with asked(interaction, self._service, "history") as heard:
            page = await self._service.personal.history([heard.person.owner], number)
            rows = [escaped(line) for line in history_lines(page, heard.answer.locale, UTC)]
            await heard.answer.say(cut(rows), _view_of(page, heard.texts))

    async def repost(self, interaction: Interaction[Any], job_id: str) -> None:
        async with asked(interaction, self._service, "repost") as heard:
            await make_way(interaction, heard)
            await self._service.personal.post_again(job_id, heard.person)
            await heard.answer.say(escaped(heard.texts.say("discord-posted-again")))

    async def _queue(self, heard: Asked) -> str:
        """What of one's own is on its way; the newest are always on the first page."""
        page = await self._service.personal.history([heard.person.owner])
        under_way = [job for job in page.jobs if not job.status.ended]
        rows = [await self._standing(job, heard) for job in reversed(under_way)]
        return cut(rows or [escaped(heard.texts.say("discord-queue-empty"))])

    async def _standing(self, job: Job, heard: Asked) -> str:
        said = escaped(history_line(job, heard.answer.locale, UTC))
        _, place = await self._service.status(job.id)
        if place is not None:
            said += " · " + escaped(heard.texts.say("card-place", place=place.place))
        if job.card is not None:
            said += " · " + link_to(job.origin, job.card)
        return said


class PageButton(DynamicItem[discord.ui.Button[View]], template=r"page:(?P<number>\d{1,6})"):
    def __init__(self, number: int, label: str) -> None:
        super().__init__(
            discord.ui.Button(style=ButtonStyle.secondary, label=label, custom_id=f"page:{number}")
        )
        self._number = number

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction[Any], item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["number"]), "…")

    async def callback(self, interaction: Interaction[Any]) -> None:
        async with answering(Whisper(interaction), "history"):
            await cast(HasLists, interaction.client).lists.page(interaction, self._number)


class RepostMenu(DynamicItem[discord.ui.Select[View]], template="repost"):
    """Of the clips on a page: one that is chosen is posted where its person is."""

    def __init__(self, options: list[SelectOption], placeholder: str) -> None:
        super().__init__(
            discord.ui.Select(custom_id="repost", options=options, placeholder=placeholder)
        )

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction[Any], item: Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast("discord.ui.Select[View]", item).options, "…")

    async def callback(self, interaction: Interaction[Any]) -> None:
        (job_id,) = self.item.values
        async with answering(Whisper(interaction), "repost"):
            await cast(HasLists, interaction.client).lists.repost(interaction, job_id)


def _view_of(page: Page, texts: Texts) -> View | None:
    view = View(timeout=None)
    clips = [job for job in page.jobs if _can_be_posted(job)]
    if clips:
        options = [SelectOption(label=_label(job), value=job.id) for job in clips]
        view.add_item(RepostMenu(options, texts.say("discord-post-again")))
    if page.number:
        view.add_item(PageButton(page.number - 1, "◀"))
    if page.more:
        view.add_item(PageButton(page.number + 1, "▶"))
    return view if view.children else None


def _can_be_posted(job: Job) -> bool:
    gone = job.files_gone_at is not None or job.deleted_at is not None
    return job.status is JobStatus.DELIVERED and not gone


def _label(job: Job) -> str:
    seconds = job.request.frames_shown / FPS
    return f"{job.created_at:%Y-%m-%d %H:%M} · {seconds:.1f} s · {job.id}"[:LABEL_LIMIT]
