"""Pictures from Discord into the service, one job each, and what came of it back to the person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import discord

from adapters.discord.answers import Answer, Once, answering, show
from adapters.discord.origins import link_to
from adapters.discord.uploads import Downloads
from bot.card import Card, CardState
from bot.origin import Origin
from bot.service import Service

ASKS = frozenset({CardState.REFUSED, CardState.ASKING})


@dataclass(frozen=True, slots=True)
class Intake:
    service: Service
    downloads: Downloads

    async def take(
        self,
        pictures: Sequence[discord.Attachment],
        origin: Origin,
        options: Mapping[str, str],
        answer: Answer,
    ) -> None:
        """Each is answered for itself: one that is refused holds up none of the others."""
        answer = Once(answer)
        for picture in pictures:
            async with answering(answer, "submit"):
                async with self.downloads.file_of(picture) as upload:
                    card = await self.service.submit(upload, origin, options)
                await self.tell(card, origin, answer)

    async def tell(self, card: Card, origin: Origin, answer: Answer) -> None:
        """What it asks, or where its card is."""
        link = None if card.state in ASKS else await self.link_of(card, origin)
        if link is None:
            await show(answer, card)
        else:
            await answer.point_to(link)

    async def link_of(self, card: Card, origin: Origin) -> str | None:
        """None: it could not be posted yet, and the person need not wait for that."""
        job, _ = await self.service.status(card.job_id)
        return link_to(origin, job.card) if job.card is not None else None
