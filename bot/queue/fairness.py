"""The order of the queue: round robin over people, as start-time fair queueing.

Every job gets a turn when it is added and keeps it for life. A claim takes the waiting job with
the smallest turn. The rule is that of Goyal, Vin and Cheng, "Start-time Fair Queueing" (SIGCOMM
1996), with every job of size one: a person's jobs lie one turn apart, and nobody starts before
the turn that is being served. Hence the promises:

- whoever begins to wait is served before anybody else is served twice;
- jobs saved up, or hours of absence, buy no place at the front;
- a job that is put back keeps its turn, so it comes first again;
- adding and claiming read the ends of two indexes, however many jobs wait.

Each renderer is a queue with turns of its own: a fast queue would otherwise race through the
turns and put the newcomers of a slow one behind everybody's second jobs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.job import Job


def turn_of(current: int | None, last_of_person: int | None) -> int:
    """The turn of a new job.

    `current` is the largest turn ever claimed in its queue, `last_of_person` the largest turn
    of the person's jobs there that wait or were ever claimed (None: no such job). A job that was
    cancelled while it waited used nothing, so it costs its owner no turn.
    """
    earliest = 0 if current is None else current
    return earliest if last_of_person is None else max(earliest, last_of_person + 1)


def place_in_queue(job: Job) -> tuple[int, str]:
    """Sorts waiting jobs into the order of their claims; ids break ties, the older one first."""
    return job.turn, job.id


def next_to_claim(
    waiting: Iterable[Job], running: Mapping[str, int], running_per_person: int
) -> Job | None:
    """The waiting job whose turn it is; `running` counts the running jobs of each owner.

    Whoever has as many running as is allowed is passed over, and keeps the place.
    """
    free = (job for job in waiting if running.get(job.origin.owner, 0) < running_per_person)
    return min(free, key=place_in_queue, default=None)
