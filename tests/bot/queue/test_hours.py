"""The hours of the GPU, by the clock on a wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.queue.hours import Hours

BERLIN = ZoneInfo("Europe/Berlin")


def at(clock: str, day: str = "2030-01-15", zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=zone).astimezone(UTC)


def hours(text: str) -> Hours:
    return Hours(Hours.parse(text).ranges, BERLIN)


@pytest.mark.parametrize(
    ("clock", "held"),
    [("21:59", False), ("22:00", True), ("00:00", True), ("06:59", True), ("07:00", False)],
)
def test_a_range_runs_over_midnight(clock: str, held: bool) -> None:
    assert hours("22-07").hold(at(clock)) is held


def test_several_ranges_with_minutes() -> None:
    lunch = hours("22-7, 12:30-14")
    assert [lunch.hold(at(clock)) for clock in ("12:29", "12:30", "13:59", "14:00")] == [
        False,
        True,
        True,
        False,
    ]
    assert lunch.next(at("08:00")) == at("12:30")
    assert lunch.next(at("14:00")) == at("22:00")
    assert lunch.next(at("13:00")) == at("13:00")


def test_none_are_always() -> None:
    assert Hours.parse("").hold(at("03:00"))
    assert Hours.parse("0-24").hold(at("23:59"))


def test_after_the_last_range_of_a_day_comes_the_first_of_the_next() -> None:
    assert hours("8-9").next(at("10:00")) == at("08:00", "2030-01-16")


def test_the_night_when_clocks_change_is_an_hour_shorter() -> None:
    evening = at("22:00", "2030-03-30")
    assert hours("7-8").next(evening) - evening == timedelta(hours=8)


def test_without_a_zone_it_is_the_machines_own() -> None:
    clock = datetime(2030, 1, 15, 13).astimezone()
    assert Hours.parse("12-14").hold(clock)
    assert Hours.parse("12-14").next(clock - timedelta(hours=3)) == clock - timedelta(hours=1)


@pytest.mark.parametrize("text", ["always", "22", "5-5", "7-25", "24-7", "12:60-13", "22–07", "-"])
def test_what_is_no_range_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        Hours.parse(text)
