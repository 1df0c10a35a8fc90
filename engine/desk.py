"""The tasks that wait in a worker: inspections before all others, else first come, first served."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field

from engine.protocol import Ask, Crop, Inspect, Judge


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """A task in this worker; `cancelled` may be set at any time, from any thread."""

    ask: Ask
    cancelled: threading.Event = field(default_factory=threading.Event)

    @property
    def urgent(self) -> bool:
        """True where a person waits for the first answer to an upload."""
        return isinstance(self.ask.task, Inspect | Crop | Judge)


class Desk:
    """Where the reader puts errands and the lanes take them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._urgent: deque[Errand] = deque()
        self._others: deque[Errand] = deque()
        self._open: dict[int, Errand] = {}

    def put(self, ask: Ask) -> None:
        errand = Errand(ask)
        with self._changed:
            self._open[ask.id] = errand
            (self._urgent if errand.urgent else self._others).append(errand)
            self._changed.notify_all()

    def take(self, *, urgent_only: bool = False) -> Errand:
        """Block until there is something to do."""
        with self._changed:
            while True:
                if self._urgent:
                    return self._urgent.popleft()
                if self._others and not urgent_only:
                    return self._others.popleft()
                self._changed.wait()

    def cancel(self, task_id: int) -> bool:
        """True where the task had not been taken yet: it will not be any more.

        A task that has ended meanwhile is none of ours.
        """
        with self._changed:
            errand = self._open.get(task_id)
            if errand is None:
                return False
            errand.cancelled.set()
            for queue in (self._urgent, self._others):
                if errand in queue:
                    queue.remove(errand)
                    del self._open[task_id]
                    return True
            return False

    def close(self, task_id: int) -> None:
        with self._changed:
            del self._open[task_id]
