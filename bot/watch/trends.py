"""How the work went over time: sums of days, weeks or months as bars, without reading records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from bot.clip import Chart, Renderer
from bot.job import JobStatus
from bot.people.usage import bars_between
from bot.ports import UsageStore
from bot.texts import Texts
from bot.watch.totals import Total

Sums = Sequence[Total]
WENT_WELL, WENT_WRONG = JobStatus.DELIVERED, JobStatus.FAILED
TAKEN_BACK = (JobStatus.CANCELLED, JobStatus.EXPIRED)


class Period(StrEnum):
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


DAYS = {Period.WEEK: 7, Period.MONTH: 30, Period.YEAR: 365}


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    totals: Sums


async def bars_of(usage: UsageStore, period: Period, now: datetime) -> list[Bar]:
    """The last one is of the day, week or month that is not over yet; days are those of UTC."""
    today = now.astimezone(UTC).date()
    pace, begins = bars_between(today - timedelta(days=DAYS[period] - 1), today)
    return [
        Bar(
            begin.strftime(pace.label),
            await usage.totals(_midnight(begin), _midnight(pace.after(begin))),
        )
        for begin in begins
    ]


def charts_of(bars: Sequence[Bar], locale: str) -> list[Chart]:
    """How many clips and how they ended, what drawing them took, how long people waited; each
    series is there also where it is empty, so that its colour means the same every day."""
    texts = Texts(locale)

    def chart(name: str, unit: str, **series: Callable[[Sums], float]) -> Chart:
        return Chart(
            title=texts.say(f"trend-{name}"),
            unit=texts.say(f"trend-unit-{unit}"),
            labels=tuple(bar.label for bar in bars),
            series={
                texts.say(f"trend-{key.replace('_', '-')}"): tuple(
                    value(bar.totals) for bar in bars
                )
                for key, value in series.items()
            },
        )

    return [
        chart(
            "clips",
            "clips",
            delivered=lambda sums: _jobs(sums, WENT_WELL),
            failed=lambda sums: _jobs(sums, WENT_WRONG),
            taken_back=lambda sums: _jobs(sums, *TAKEN_BACK),
        ),
        chart(
            "drawing",
            "minutes",
            gpu=lambda sums: _minutes(sums, Renderer.MODEL),
            cpu=lambda sums: _minutes(sums, Renderer.PREVIEW),
        ),
        chart("waiting", "seconds", waited=_mean_wait_s),
    ]


def _jobs(sums: Sums, *outcomes: JobStatus) -> float:
    return sum(one.jobs for one in sums if one.outcome in outcomes)


def _minutes(sums: Sums, renderer: Renderer) -> float:
    seconds = (one.spent["rendered_s"].seconds for one in sums if one.renderer is renderer)
    return sum(seconds) / 60


def _mean_wait_s(sums: Iterable[Total]) -> float:
    """Of those who got a clip: who gives up does not wait any longer."""
    delivered = [one for one in sums if one.outcome is WENT_WELL]
    waited_s = sum(one.spent["queued_s"].seconds for one in delivered)
    return waited_s / max(sum(one.jobs for one in delivered), 1)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
