"""What whoever runs the bot must hear of at once."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.card import Card, CardState
from bot.errors import MessengerError
from bot.origin import Origin
from bot.ports import Messenger
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Alarm:
    """Always a line in the log; a card besides where a place for it is set (`OPERATOR_PLACE`).

    Neither holds what anybody wrote: the job's id and the person's are enough to look further.
    """

    def __init__(self, home: str, language: str, messengers: Mapping[str, Messenger]) -> None:
        self._platform, _, self._place = home.partition(":")
        self._language = language or "en"
        self._messengers = messengers

    async def tell(self, key: str, job_id: str, person: Origin) -> None:
        """The sentence `key` about a person's job."""
        log.error("operator.alarm", what=key, job=job_id, person=person.owner)
        messenger = self._messengers.get(self._platform)
        if messenger is None:
            return
        place = Origin(platform=self._platform, place=self._place, person="")
        try:
            await messenger.post(place, self._card(key, job_id, person), nonce=f"{job_id}-a")
        except MessengerError as error:
            log.error("operator.not_told", error=str(error))  # noqa: TRY400 - no bug of ours

    def _card(self, key: str, job_id: str, person: Origin) -> Card:
        texts = Texts(self._language)
        said = texts.say(key, person=person.owner, home=person.home, job=job_id)
        return Card(
            job_id=job_id,
            state=CardState.REPORT,
            locale=self._language,
            title=texts.say("card-title-alarm"),
            lines=(said,),
        )
