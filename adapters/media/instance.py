"""Which instance a process is: the first free slot of its kind in the data folder."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SLOTS = 64


@contextmanager
def hold_instance(data_dir: Path, kind: str, slots: int = SLOTS) -> Iterator[str | None]:
    """Hold the name `kind-N` until the block or the process ends, however it ends.

    The lock is the kernel's (flock), so a killed process frees its name, and the next one to
    start takes the same name and with it the jobs that the killed one left. Yields None when
    all slots are held by living processes.
    """
    folder = data_dir / "instances"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(slots):
        name = f"{kind}-{number}"
        with (folder / f"{name}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield name
            return
    yield None
