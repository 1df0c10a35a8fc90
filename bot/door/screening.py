"""What is refused outright, whatever anybody answers: pictures, prompts, an author's pictures."""

from __future__ import annotations

import structlog

from bot.door.alarm import Alarm
from bot.door.consent import require_authors_will, require_photos
from bot.door.door import Guest
from bot.door.pictures import is_same_picture
from bot.door.rules import HouseRules
from bot.door.words import Finding, judge
from bot.errors import PictureError, RequestError
from bot.ports import Clock, ReportStore, SettingsStore
from bot.question import Question
from bot.reports import Blocked

log = structlog.get_logger(__name__)

HOUSE = "house"  # who blocked somebody, where nobody did


class Screening:
    def __init__(
        self,
        rules: HouseRules,
        *,
        settings: SettingsStore,
        reports: ReportStore,
        alarm: Alarm,
        clock: Clock,
    ) -> None:
        self._rules = rules
        self._settings = settings
        self._reports = reports
        self._alarm = alarm
        self._clock = clock

    async def require_fit(self, question: Question, guest: Guest) -> None:
        """Raises `PictureError`, `NotAllowedError`, `RequestError`."""
        await self._require_unblocked(question.inspection.phash)
        require_photos(question, self._rules.photos)
        if not question.origin.own_picture:
            author = await self._settings.person(question.origin.drawn_by)
            require_authors_will(question, guest.place, author)
        await self._require_decent(question, guest)

    async def _require_unblocked(self, phash: str) -> None:
        """However often it was scaled or compressed anew."""
        for block in await self._reports.blocks(Blocked.PICTURE):
            if is_same_picture(block.value, phash):
                log.info("picture.blocked")
                raise PictureError("picture-blocked")

    async def _require_decent(self, question: Question, guest: Guest) -> None:
        prompt = question.options.get("prompt", "")
        match judge(prompt, (*self._rules.words, *guest.place.words)):
            case Finding.SEXUALISED_MINOR:
                await self._shut_out(question)
                raise RequestError("prompt-minor")
            case Finding.BLOCKED_WORD:
                log.info("prompt.blocked")
                raise RequestError("prompt-words")

    async def _shut_out(self, question: Question) -> None:
        person, now = question.origin, self._clock.now()
        await self._reports.block_person(person.owner, HOUSE, now, reason="prompt-minor")
        await self._alarm.tell("alarm-minor", question.id, person)
