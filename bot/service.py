"""The one door: everything that a chat, a page or a terminal can ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.asking.presets import Presets
from bot.card import Action, Card
from bot.cards.announcing import Announcing
from bot.cards.looking import Looking
from bot.clip import Renderer
from bot.clips.acting import Acting
from bot.clips.clips import Clips
from bot.clips.gallery import Gallery
from bot.clips.moderation import Moderation
from bot.door.community import Community
from bot.door.door import Door
from bot.door.pricing import Pricing, Quote
from bot.door.reception import Reception
from bot.errors import JobGoneError, StaleJobError
from bot.job import Job, JobStatus, UsageRecord
from bot.origin import Origin
from bot.people.accounts import Accounts
from bot.people.personal import Personal
from bot.people.privacy import Privacy
from bot.ports import JobStore, UsageStore
from bot.queue.cancelling import Cancelling
from bot.queue.waiting import Place, WaitingRoom
from bot.watch.operating import Operating


class Service:
    """Raises `PersonError` for what the person can mend, `MachineError` for the rest.

    A refusal that can be answered with a tap is no error: it comes back as a card in the state
    REFUSED, whose buttons lead to `answer`. What people do with a clip are its parts: `clips` one's
    own, `gallery` what is shown, `moderation` what is reported; `community` is what they choose,
    `personal` what is kept of them, `accounts` what it cost, `presets` their settings by a name and
    `privacy` how long all of that stays. `looking` is for who comes to see how a job stands,
    `operating` for who runs the machine. `renderer` is what draws here, as far as it can.
    """

    def __init__(
        self,
        *,
        door: Door,
        community: Community,
        reception: Reception,
        pricing: Pricing,
        jobs: JobStore,
        usage: UsageStore,
        waiting: WaitingRoom,
        acting: Acting,
        announcing: Announcing,
        cancelling: Cancelling,
        clips: Clips,
        gallery: Gallery,
        moderation: Moderation,
        personal: Personal,
        accounts: Accounts,
        presets: Presets,
        privacy: Privacy,
        looking: Looking,
        operating: Operating,
        renderer: Renderer,
    ) -> None:
        self._door = door
        self._reception = reception
        self._pricing = pricing
        self._jobs = jobs
        self._usage = usage
        self._waiting = waiting
        self._acting = acting
        self._announcing = announcing
        self._cancelling = cancelling
        self.community = community
        self.clips = clips
        self.gallery = gallery
        self.moderation = moderation
        self.personal = personal
        self.accounts = accounts
        self.presets = presets
        self.privacy = privacy
        self.looking = looking
        self.operating = operating
        self.renderer = renderer

    async def submit(
        self,
        upload: Path,
        origin: Origin,
        options: Mapping[str, str],
        allowed: frozenset[str] = frozenset(),
        job_id: str = "",
    ) -> Card:
        """Judge a picture and queue it. `options` are settings by their names in chat
        (`bot.asking.options.parse_options`), `allowed` the questions already answered with yes,
        `job_id` an unused id from `bot.job.new_job_id`, for who has to know it beforehand: who
        hears the same a second time asks whether it `is_known`."""
        return await self._announcing.show(
            await self._reception.take(upload, origin, options, allowed, job_id=job_id)
        )

    async def answer(
        self,
        question_id: str,
        person: Origin,
        action: Action,
        changes: Mapping[str, str] | None = None,
    ) -> Card:
        """Go on with a refused submission the way that was tapped, or answer as the author of its
        picture; a double click answers once. The card is the one that stands there now."""
        outcome = await self._reception.answer(question_id, person, action, changes or {})
        return await self._announcing.show(outcome)

    async def dismiss(self, question_id: str, person: Origin) -> None:
        """Leave a refused submission at that; nothing is kept of it."""
        await self._reception.dismiss(question_id, person)

    async def cancel(self, job_id: str, person: Origin) -> Job:
        """Reaches a running render within one step. Raises `JobGoneError` when it is over."""
        return await self._cancelling.cancel(job_id, person)

    async def preview_instead(self, job_id: str, person: Origin) -> Card:
        """Who won't wait for the model gets a clip by the preview renderer. Raises `JobGoneError`
        when the job does not wait any more."""
        async with self._acting.on(Action.PREVIEW, job_id, person) as held:
            try:
                job = await self._jobs.hand_over(held.job, Renderer.PREVIEW)
            except StaleJobError:
                raise JobGoneError("preview-too-late") from None
        return await self._announcing.show_moved(job)

    async def quote(self, origin: Origin, options: Mapping[str, str]) -> Quote:
        """What a square picture with these settings would cost, told before anything is sent.
        Raises `NotAllowedError`, `RequestError`."""
        guest = await self._door.admit(origin)
        return await self._pricing.quote(guest, await self.presets.fill_in(options, guest.origin))

    async def status(self, job_id: str) -> tuple[Job, Place | None]:
        """The job, and its place in the queue while it waits."""
        job = await self._jobs.get(job_id)
        place = await self._waiting.place_of(job) if job.status is JobStatus.QUEUED else None
        return job, place

    async def is_known(self, job_id: str) -> bool:
        """Whether there is such a job."""
        return job_id in await self._jobs.known([job_id])

    async def usage_of(self, job_id: str) -> UsageRecord | None:
        """What an ended job cost."""
        return await self._usage.of_job(job_id)

    async def usage(self, since: datetime | None = None) -> list[UsageRecord]:
        return await self._usage.records(since)
