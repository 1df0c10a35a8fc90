"""Everything that can go wrong, as one tree.

    SketchlifeError
    ├── PersonError            a person can mend it; carries a text key; never retried
    │   ├── RequestError       a setting is unknown, out of range or contradicts another
    │   ├── PictureError       the upload cannot be used
    │   ├── LimitError         too many jobs waiting, a full queue, a nearly full disk
    │   ├── NotAllowedError    somebody else's job
    │   ├── JobGoneError       the job or its files do not exist any more
    │   ├── SettingsError      the operator's settings are wrong or missing
    │   └── ModelError         the model's files can't be used; only the operator can mend it
    └── MachineError           the machine did it; retried, logged with the job id
        ├── WorkerError        a worker process died or hung in the middle of a task
        │   └── WorkerStartError  there is no worker: it can't be started, again and again
        ├── RenderError        the renderer gave up
        ├── EncodeError        ffmpeg or an encoder gave up
        ├── MediaError         a file of a job is missing or cannot be written
        ├── StoreError         the database is locked, full or away
        │   └── StaleJobError  the job was moved on by somebody else first
        └── MessengerError     a platform refused or could not be reached; tried again later
            ├── CardGoneError  the card can't be edited any more: deleted or too old
            ├── PlaceGoneError neither a card nor a fresh message can be put there
            └── TooLargeError  the platform takes only smaller files

Errors cross the pipe between a worker and the bot by class name, key and arguments, so their
arguments are plain values (text and numbers).
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

DISK_FULL = "error-disk-full"
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class WayOut:
    """What a person can do instead, with one tap: an action of the card and what it changes.

    `action` is a value of `bot.card.Action`; `changes` are settings as a person would type
    them, such as `{"frames": "33"}`.
    """

    action: str
    changes: Mapping[str, str] = field(default_factory=dict)


class SketchlifeError(Exception):
    """The root: a key into `bot/texts/*.ftl` and the arguments of that sentence."""

    default_key = "error-machine"

    def __init__(self, key: str | None = None, /, **args: Any) -> None:
        self.key = key or self.default_key
        self.args_of_text: dict[str, Any] = args
        super().__init__(self.key, args)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.args_of_text.items())
        return f"{self.key}({shown})"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class PersonError(SketchlifeError):
    """Something that a person can mend. `ways_out` become buttons where the platform has them."""

    def __init__(
        self, key: str | None = None, /, *, ways_out: tuple[WayOut, ...] = (), **args: Any
    ) -> None:
        self.ways_out = ways_out
        super().__init__(key, **args)

    def __str__(self) -> str:
        """The key alone: the arguments may be a person's own words, which belong in no log."""
        return self.key


class RequestError(PersonError):
    """A setting is unknown, out of range or contradicts another."""


class PictureError(PersonError):
    """The upload cannot be used."""


class LimitError(PersonError):
    """Too many jobs waiting, a full queue, a nearly full disk."""


class NotAllowedError(PersonError):
    """Somebody else's job."""


class JobGoneError(PersonError):
    """The job or its files do not exist any more."""

    default_key = "error-job-gone"


class SettingsError(PersonError):
    """The operator's settings are wrong or missing; `others` are what else is wrong with them."""

    others: tuple[SettingsError, ...] = ()


class ModelError(PersonError):
    """The model can't be used, for a `reason` that no repeating mends."""

    default_key = "error-model"

    def __str__(self) -> str:
        """With the reason, which is about files and nobody's own words."""
        return SketchlifeError.__str__(self)


class MachineError(SketchlifeError):
    """What the machine did: retried, and logged with the job id."""


class WorkerError(MachineError):
    """A worker process died or hung in the middle of a task."""

    default_key = "error-worker"


class WorkerStartError(WorkerError):
    """There is no worker, and whatever is asked of it fails at once; of which `role`."""

    default_key = "error-worker-start"


class RenderError(MachineError):
    """The renderer gave up."""

    default_key = "error-render"


class EncodeError(MachineError):
    """ffmpeg or another encoder gave up."""

    default_key = "error-encode"


class MediaError(MachineError):
    """A file of a job is missing or cannot be written."""

    default_key = "error-media"

    @classmethod
    def of(cls, error: OSError, name: str) -> Self:
        """What the system said of the file `name`; a full disk has a sentence of its own."""
        key = DISK_FULL if error.errno in NO_ROOM else None
        return cls(key, reason=f"{name}: {error}")


class StoreError(MachineError):
    """The database is locked, full or away."""

    default_key = "error-store"


class StaleJobError(StoreError):
    """The job was moved on by somebody else first."""


class MessengerError(MachineError):
    """A platform refused or could not be reached; tried again later.

    `retry_after_s` is what the platform asked to wait, where it did.
    """

    default_key = "error-messenger"

    def __init__(
        self, key: str | None = None, /, *, retry_after_s: float | None = None, **args: Any
    ) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(key, **args)


class CardGoneError(MessengerError):
    """The card can't be edited any more: deleted, or too old for edits."""


class PlaceGoneError(MessengerError):
    """Neither a card nor a fresh message can be put there: no channel, or no permission."""


class TooLargeError(MessengerError):
    """The platform takes files of at most `limit_bytes`."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        super().__init__("error-too-large", megabytes=round(limit_bytes / 2**20, 1))
