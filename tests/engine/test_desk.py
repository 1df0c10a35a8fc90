"""Whose turn it is in a worker."""

from __future__ import annotations

from pathlib import Path

from bot.clip import Clip
from engine.desk import Desk
from engine.protocol import Ask, Inspect, Measure

CLIP = Clip(master=Path("master.mkv"), width=64, height=64, num_frames=5)


def inspection(task_id: int) -> Ask:
    return Ask(task_id, Inspect(Path("upload"), Path()))


def measuring(task_id: int) -> Ask:
    return Ask(task_id, Measure(CLIP))


def test_inspections_overtake_whatever_came_before_them():
    desk = Desk()
    for ask in (measuring(1), measuring(2), inspection(3), inspection(4)):
        desk.put(ask)
    assert [desk.take().ask.id for _ in range(4)] == [3, 4, 1, 2]


def test_the_lane_kept_for_inspections_takes_nothing_else():
    desk = Desk()
    desk.put(measuring(1))
    desk.put(inspection(2))
    assert desk.take(urgent_only=True).ask.id == 2


def test_a_task_cancelled_while_it_waits_is_never_taken():
    desk = Desk()
    desk.put(measuring(1))
    desk.put(measuring(2))
    assert desk.cancel(1)
    assert desk.take().ask.id == 2


def test_a_task_cancelled_while_it_runs_hears_of_it():
    desk = Desk()
    desk.put(measuring(1))
    errand = desk.take()
    assert not desk.cancel(1)
    assert errand.cancelled.is_set()


def test_a_cancel_that_comes_after_the_end_changes_nothing():
    desk = Desk()
    desk.put(measuring(1))
    desk.take()
    desk.close(1)
    assert not desk.cancel(1)
    assert not desk.cancel(2)
