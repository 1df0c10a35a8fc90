"""The order of the queue: examples, and what it promises whatever people do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clip import Renderer
from bot.job import Job, JobStatus
from bot.origin import Origin
from bot.queue.fairness import next_to_claim, place_in_queue, turn_of
from bot.request import AnimationRequest

MANY = 10**6
PEOPLE = ("ada", "ben", "cleo", "dora")


@pytest.mark.parametrize(
    ("current", "last", "turn"),
    [
        (None, None, 0),  # the first job of all
        (None, 0, 1),  # one turn after the person's own last
        (7, None, 7),  # a newcomer starts in the turn that is being served
        (7, 3, 7),  # an absence is no credit
        (7, 7, 8),
        (7, 9, 10),
    ],
)
def test_a_turn_follows_the_persons_last_and_never_lies_in_the_past(
    current: int | None, last: int | None, turn: int
) -> None:
    assert turn_of(current, last) == turn


def test_the_older_of_two_jobs_with_the_same_turn_comes_first() -> None:
    older, newer, later = _job("a", "ben", 3), _job("b", "ada", 3), _job("0", "ada", 4)
    assert sorted([later, newer, older], key=place_in_queue) == [older, newer, later]
    assert next_to_claim([later, newer, older], {}, 1) is older


def test_whoever_has_enough_running_is_passed_over() -> None:
    first, second = _job("a", "ada", 0), _job("b", "ben", 5)
    assert next_to_claim([first, second], {"fake:ada": 1}, 1) is second
    assert next_to_claim([first, second], {"fake:ada": 1}, 2) is first
    assert next_to_claim([first], {"fake:ada": 1}, 1) is None


def _job(job_id: str, person: str, turn: int) -> Job:
    return Job(
        id=job_id,
        origin=Origin(platform="fake", place="studio", person=person),
        request=AnimationRequest(seed=1),
        renderer=Renderer.PREVIEW,
        picture=Path("picture.png"),
        width=768,
        height=768,
        status=JobStatus.QUEUED,
        created_at=datetime(2030, 1, 1, tzinfo=UTC),
        turn=turn,
    )


@dataclass
class Queue:
    """The rule and nothing else: every event as (what, person)."""

    waiting: list[Job] = field(default_factory=list)
    claimed: list[Job] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    added: int = 0

    def add(self, person: str) -> None:
        own = [job for job in self.waiting + self.claimed if job.origin.person == person]
        current = max((job.turn for job in self.claimed), default=None)
        turn = turn_of(current, max((job.turn for job in own), default=None))
        self.waiting.append(_job(f"{self.added:04}", person, turn))
        self.added += 1
        self.events.append(("add", person))

    def claim(self) -> None:
        if job := next_to_claim(self.waiting, {}, MANY):
            self.waiting.remove(job)
            self.claimed.append(replace(job, status=JobStatus.RUNNING))
            self.events.append(("claim", job.origin.person))


# None is a claim, a name a job that this person adds
stories = st.lists(st.one_of(st.none(), st.sampled_from(PEOPLE)), max_size=60)
always_the_same = settings(derandomize=True, deadline=None, max_examples=300)


def _play(story: list[str | None]) -> Queue:
    queue = Queue()
    for person in story:
        if person is None:
            queue.claim()
        else:
            queue.add(person)
    while queue.waiting:
        queue.claim()
    return queue


@given(stories)
@always_the_same
def test_nobodys_second_job_comes_before_the_first_of_somebody_waiting(
    story: list[str | None],
) -> None:
    events = _play(story).events
    for person in PEOPLE:
        if ("add", person) not in events:
            continue
        began = events.index(("add", person))
        served = events.index(("claim", person))
        meanwhile = Counter(who for what, who in events[began:served] if what == "claim")
        assert all(count <= 1 for count in meanwhile.values())


@given(stories)
@always_the_same
def test_while_two_people_wait_their_claims_never_differ_by_more_than_two(
    story: list[str | None],
) -> None:
    """The bound of start-time fair queueing for jobs of size one."""
    events = _play(story).events
    for one in PEOPLE:
        for other in PEOPLE:
            assert _largest_lead(events, one, other) <= 2


def _largest_lead(events: list[tuple[str, str]], one: str, other: str) -> int:
    """How many more claims `one` got than `other` within any time in which both were waiting."""
    waiting: Counter[str] = Counter()
    lead = largest = 0
    for what, person in events:
        if not (waiting[one] and waiting[other]):
            lead = 0
        elif what == "claim":
            lead = max(0, lead + (person == one) - (person == other))
            largest = max(largest, lead)
        waiting[person] += 1 if what == "add" else -1
    return largest


@given(stories)
@always_the_same
def test_a_persons_jobs_keep_their_order_and_turns_never_go_back(
    story: list[str | None],
) -> None:
    claimed = _play(story).claimed
    assert all(one.turn <= next_one.turn for one, next_one in pairwise(claimed))
    for person in PEOPLE:
        own = [job.id for job in claimed if job.origin.person == person]
        assert own == sorted(own)
