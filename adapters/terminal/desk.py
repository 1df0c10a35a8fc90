"""What whoever runs the bot looks through and decides at the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TextIO

from adapters.terminal.who import oneself
from bot.clip import Trouble
from bot.clips.gallery import Exhibit, Period
from bot.clips.moderation import Case
from bot.errors import PersonError
from bot.origin import Origin, Rights
from bot.queue.pause import Rest
from bot.reports import Block, Decision
from bot.service import Service
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Desk:
    """Whoever can read the data folder runs the bot. The running one shows in its chats, within a
    minute, what is decided here."""

    service: Service
    locale: str
    out: TextIO

    async def reports(self, number: str | None = None) -> None:
        """All that wait, or the one of a report or a job. Raises `JobGoneError`."""
        moderation = self.service.moderation
        wanted = await moderation.reported(number) if number else None
        cases = [one for one in await moderation.cases() if wanted in (None, one.job.id)]
        for case in cases:
            self._print(*self._case(case))
        if not cases:
            self._print(self._say("desk-no-reports"))

    async def decide(self, number: str, decision: Decision) -> None:
        """`number` is a report's or a job's. Raises `JobGoneError`."""
        moderation = self.service.moderation
        await moderation.decide(await moderation.reported(number), self._operator(), decision)
        self._print(self._say(f"report-decided-{decision.value}"))

    async def blocks(self) -> None:
        blocks = await self.service.moderation.blocks(self._operator())
        for block in blocks:
            self._print(self._block(block))
        if not blocks:
            self._print(self._say("desk-no-blocks"))

    async def unblock(self, typed: str) -> None:
        """A person as discord:42, or the beginning of what the list of blocks shows. Raises
        `PersonError` where that is none, or more than one."""
        moderation, operator = self.service.moderation, self._operator()
        if ":" in typed:
            found = await moderation.unblock_person(operator, typed)
        else:
            blocks = await moderation.blocks(operator)
            alike = [one for one in blocks if one.value.startswith(typed)]
            found = len(alike) == 1 and await moderation.unblock(
                operator, alike[0].kind, alike[0].value
            )
        if not found:
            raise PersonError("desk-not-blocked", value=typed)
        self._print(self._say("desk-unblocked", value=typed))

    async def gallery(self, period: Period, home: str | None, limit: int) -> None:
        shown = await self.service.gallery.top_of_all(period, limit, home=home)
        self._print(*self._exhibits(shown))

    async def pause(self, until: datetime | None, *, at_once: bool) -> None:
        """Raises `PersonError` for a moment that is over."""
        pausing = self.service.operating.pausing
        self._print_rest(await pausing.pause(self._operator(), until, at_once=at_once))

    async def resume(self) -> None:
        self._print_rest(await self.service.operating.pausing.resume(self._operator()))

    def _print_rest(self, rest: Rest | None) -> None:
        trouble = rest.trouble if rest else Trouble("gpu-in-use")
        self._print(self._say(trouble.key, **trouble.args))

    def _case(self, case: Case) -> Iterator[str]:
        first, job = case.reports[0], case.job
        yield self._say(
            "desk-case",
            id=first.id,
            at=_moment(first.reported_at),
            person=job.origin.owner,
            home=first.home,
            reports=len(case.reports),
        )
        for report in case.reports:
            if report.reason:
                yield "  " + self._say("report-reason", reason=report.reason)
        if job.request.prompt:
            yield "  " + self._say("report-prompt", prompt=job.request.prompt)
        if job.file is not None:
            yield f"  {job.file.path}"

    def _block(self, block: Block) -> str:
        return self._say(
            "desk-block", kind=block.kind.value, value=block.value, at=_moment(block.at)
        )

    def _exhibits(self, exhibits: Sequence[Exhibit]) -> Iterator[str]:
        for one in exhibits:
            path = one.job.file.path if one.job.file else ""
            stars = self._say("shared-stars", stars=one.share.stars)
            yield f"{stars}  {one.job.id}  {one.share.owner}  {one.share.home}  {path}"
        if not exhibits:
            yield self._say("desk-nothing-shared")

    def _operator(self) -> Origin:
        return replace(oneself(self.locale), rights=Rights(operator=True))

    def _say(self, key: str, **args: object) -> str:
        return Texts(self.locale).say(key, **args)

    def _print(self, *lines: str) -> None:
        self.out.writelines(f"{line}\n" for line in lines)


def _moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")
