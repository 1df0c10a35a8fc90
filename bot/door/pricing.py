"""What a clip costs its person's day, told before anything is sent and set aside with the job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.asking.asking import make_request
from bot.clip import Renderer
from bot.door.door import Guest
from bot.door.rules import HouseRules
from bot.job import Job
from bot.ports import Clock, QuotaStore
from bot.queue.estimate import UsualClip
from bot.queue.waiting import WaitingRoom
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Quote:
    """GPU seconds: what the clip costs about, and what is left of how many today. `limit_s` None:
    none are counted for this person; `cost_s` 0: it costs nothing, or nobody can tell yet."""

    cost_s: float
    left_s: float | None = None
    limit_s: float | None = None


class Pricing:
    def __init__(
        self, rules: HouseRules, *, waiting: WaitingRoom, quotas: QuotaStore, clock: Clock
    ) -> None:
        self._rules = rules
        self._waiting = waiting
        self._quotas = quotas
        self._clock = clock

    async def cost_of(self, job: Job | UsualClip) -> float:
        """As long as the slow tenth of such clips took: more is never charged. Previews are free,
        and so is what nobody has measured yet. Raises `StoreError`."""
        if job.renderer is not Renderer.MODEL:
            return 0.0
        span = await self._waiting.run_of(job)
        return span.high_s if span else 0.0

    async def quote(self, guest: Guest, options: Mapping[str, str]) -> Quote:
        """For a square picture, as nothing is known of it yet. Raises `RequestError`."""
        request = make_request(options).request
        cost_s = await self.cost_of(
            UsualClip(self._rules.renderer, request, request.res, request.res)
        )
        limits = self._rules.limits.of_person(guest.own).lowered(guest.place, guest.origin)
        limit_s = limits.gpu_s_per_day
        if limit_s is None:
            return Quote(cost_s)
        spent_s = await self._quotas.spent_s(guest.origin.owner, self._clock.now())
        return Quote(cost_s, max(limit_s - spent_s, 0.0), limit_s)


def say_quote(texts: Texts, quote: Quote) -> str:
    """Empty where it costs nothing, or nobody can tell yet."""
    cost = round(quote.cost_s)
    if not cost:
        return ""
    if quote.limit_s is None or quote.left_s is None:
        return texts.say("cost-about", cost=cost)
    limit, left = round(quote.limit_s), int(quote.left_s)
    return texts.say("cost-about-of", cost=cost, limit=limit, left=left)
