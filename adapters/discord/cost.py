"""What a clip would cost, told before it is asked for, wherever Discord leaves room for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import PersonError, StoreError
from bot.origin import Origin
from bot.service import Service
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one person, in their language."""

    service: Service
    person: Origin
    texts: Texts

    async def of(self, options: Mapping[str, str]) -> str:
        """In a few words; empty where it costs nothing, nobody can tell, or it can't be had."""
        try:
            quote = await self.service.quote(self.person, options)
        except (PersonError, StoreError):
            return ""
        cost = round(quote.cost_s)
        if not cost:
            return ""
        if quote.limit_s is None:
            return self.texts.say("discord-cost", cost=cost)
        return self.texts.say("discord-cost-of", cost=cost, limit=round(quote.limit_s))

    async def sentence(self, key: str, options: Mapping[str, str]) -> str:
        """Around those words; as empty as they are."""
        cost = await self.of(options)
        return self.texts.say(key, cost=cost) if cost else ""
