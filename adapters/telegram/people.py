"""What people may do, as Telegram says at the moment: asked for, and remembered for a little."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from telegram import ChatMember
from telegram.error import TelegramError

from adapters.telegram.addresses import Spot
from adapters.telegram.client import Client
from adapters.telegram.groups import Groups
from adapters.telegram.origins import is_anonymous_admin
from adapters.telegram.patience import patiently
from adapters.telegram.recent import Recent
from bot.door.community import Community
from bot.errors import StoreError
from bot.origin import Origin, Rights
from bot.ports import Clock

log = structlog.get_logger(__name__)

REMEMBERED = timedelta(minutes=1)
IN_CHARGE = (ChatMember.OWNER, ChatMember.ADMINISTRATOR)
OUTSIDE = (ChatMember.LEFT, ChatMember.BANNED)


class People:
    """`places` are the groups whose members may write in private."""

    def __init__(
        self,
        client: Client,
        clock: Clock,
        community: Community,
        groups: Groups,
        places: Sequence[int],
    ) -> None:
        self._client = client
        self._groups = groups
        self._clock = clock
        self._community = community
        self._places = places
        self._known: Recent[tuple[int, int], tuple[datetime, str]] = Recent()

    def as_known(self, origin: Origin) -> Origin:
        """By the names that the core has for their group."""
        return self._groups.as_first(origin)

    async def recognise(self, origin: Origin) -> Origin:
        """Also in the language that they chose, before the one that their Telegram speaks; of who
        is anonymous it says none, and the group's is the likeliest."""
        origin = self.as_known(origin)
        try:
            own, of_place = await self._community.languages(origin)
        except StoreError as error:
            log.info("telegram.language_unknown", error=str(error))
            return origin
        anonymous = int(origin.person) < 0
        return replace(origin, locale=own or (anonymous and of_place) or origin.locale)

    async def spot_in_charge_of(self, spot: Spot, origin: Origin) -> Spot | None:
        """As the core calls it; also in another chat than where they speak, unless they are
        anonymous. None: they are not."""
        first, person = replace(spot, chat=self._groups.first(spot.chat)), int(origin.person)
        if person > 0:
            in_charge = await self._status(spot.chat, person) in IN_CHARGE
        else:
            in_charge = is_anonymous_admin(origin) and first.chat == int(origin.community)
        return first if in_charge else None

    async def with_rights(self, origin: Origin) -> Origin:
        if is_anonymous_admin(origin):
            return replace(origin, rights=Rights(moderator=True))
        person = int(origin.person)
        if person < 0:  # a channel that speaks in a group
            return origin
        if not origin.private:
            status = await self._status(int(origin.community), person)
            return replace(origin, rights=Rights(moderator=status in IN_CHARGE))
        member_of = [
            str(place)
            for place in self._places
            if await self._status(place, person) not in (*OUTSIDE, "")
        ]
        return replace(origin, rights=Rights(member_of=frozenset(member_of)))

    async def _status(self, chat: int, person: int) -> str:
        """Empty where Telegram does not tell: then the person has no rights."""
        chat = self._groups.now(chat)
        now = self._clock.now()
        known = self._known.get((chat, person))
        if known is None or now - known[0] > REMEMBERED:
            try:
                member = await patiently(
                    lambda: self._client.get_chat_member(chat, person), self._clock
                )
            except TelegramError as error:
                log.info("telegram.rights_unknown", chat=chat, error=error.message)
                return ""
            known = self._known[chat, person] = (now, member.status)
        return known[1]
