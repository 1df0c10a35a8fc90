"""What a person hears besides their cards, which make no sound: a notice in the way they chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.card import Card, CardState
from bot.cards.endings import ended_card
from bot.clip import ClipFile
from bot.clips.reposts import Reposts
from bot.errors import MessengerError, StoreError, TooLargeError
from bot.job import Job
from bot.ports import Messenger, SettingsStore
from bot.preferences import Notice
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Notices:
    """A courtesy: what can't be said now is left unsaid, since the cards say it too."""

    def __init__(
        self, messengers: Mapping[str, Messenger], settings: SettingsStore, reposts: Reposts
    ) -> None:
        self._messengers = messengers
        self._settings = settings
        self._reposts = reposts

    def scrolled_away(self, job: Job) -> bool:
        """Whether its card changes where nobody looks."""
        messenger = self._messengers.get(job.origin.platform)
        if messenger is None or job.card is None:
            return False
        return messenger.scrolled_away(job.origin, job.card)

    async def ready(self, job: Job, file: ClipFile) -> None:
        """Of a clip that may have come unseen; in a direct message with the clip itself."""
        text = Texts(job.origin.locale).say("mention-done")
        await self._say(job, text, _clip_card(job, text, file))

    async def expired(self, jobs: Sequence[Job]) -> None:
        """One person's jobs, however many, at the card of the newest."""
        newest = max(jobs, key=lambda job: job.id)
        text = Texts(newest.origin.locale).say("notice-expired", jobs=len(jobs))
        await self._say(newest, text, _with(text, newest))

    async def _say(self, job: Job, text: str, direct: Card) -> None:
        messenger = self._messengers.get(job.origin.platform)
        if messenger is None:
            return
        try:
            notice = (await self._settings.person(job.origin.owner)).notice
            if notice is Notice.DIRECT and not job.origin.private:
                await self._send(job, direct)
            elif notice is not Notice.SILENT and job.card is not None:
                await messenger.mention(job.origin, job.card, text)
        except (MessengerError, StoreError) as error:
            log.info("notice.not_given", job=job.id, error=str(error))

    async def _send(self, job: Job, card: Card) -> None:
        """With a nonce of its own: the job's own is its card's."""
        try:
            await self._reposts.post_direct(job, card, nonce=f"{job.id}-n")
        except TooLargeError:
            await self._reposts.post_direct(job, replace(card, clip=None), nonce=f"{job.id}-n")


def _clip_card(job: Job, text: str, file: ClipFile) -> Card:
    """In the person's own language; what can be done with it stands on its card."""
    return Card(
        job_id=job.id,
        state=CardState.DONE,
        locale=job.origin.locale,
        title=text,
        clip=file,
        loop=job.request.loop,
    )


def _with(text: str, job: Job) -> Card:
    card = ended_card(job)
    return replace(card, lines=(text, *card.lines))
