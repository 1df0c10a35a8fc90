"""What the bot and a worker say to each other: a line of JSON each, over the worker's pipes.

The bot wraps a task in `Ask`; the worker says `Began`, any number of `Reported`, and then one
of `Answered`, `Failed` and, after a `Cancel`, `Dropped`. Beside that `Ready` comes once and
`Beat` all the time. Pictures, masters and clips pass as paths, never as bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter

from bot.clip import Chart, Clip, ClipFile, Drawing, EncodeOrder, Progress, RenderOrder
from bot.errors import MachineError, MessengerError, PersonError, SketchlifeError, WayOut
from bot.inspection import Face, Inspection, Suspicion
from bot.measurement import Measurement

BEAT_S = 1.0  # the pace of a worker's heartbeat
LINE_LIMIT_BYTES = 16 * 1024 * 1024  # curves are a few KB, a traceback may be long


# Each task with its answer


@dataclass(frozen=True, slots=True)
class Inspect:
    upload: Path
    folder: Path
    verb: Literal["inspect"] = "inspect"


@dataclass(frozen=True, slots=True)
class Crop:
    picture: Path
    face: Face
    folder: Path
    verb: Literal["crop"] = "crop"


@dataclass(frozen=True, slots=True)
class Inspected:
    """Answers `Inspect` and `Crop` alike: a cropped picture is judged anew."""

    inspection: Inspection
    verb: Literal["inspected"] = "inspected"


@dataclass(frozen=True, slots=True)
class Judge:
    """Is a clean picture fit to be seen?"""

    picture: Path
    verb: Literal["judge"] = "judge"


@dataclass(frozen=True, slots=True)
class JudgeClip:
    clip: Clip
    verb: Literal["judge-clip"] = "judge-clip"


@dataclass(frozen=True, slots=True)
class Judged:
    """Answers `Judge` and `JudgeClip` alike; None: nothing to be said against it."""

    suspicion: Suspicion | None
    verb: Literal["judged"] = "judged"


@dataclass(frozen=True, slots=True)
class Measure:
    clip: Clip
    verb: Literal["measure"] = "measure"


@dataclass(frozen=True, slots=True)
class Measured:
    measurement: Measurement
    verb: Literal["measured"] = "measured"


@dataclass(frozen=True, slots=True)
class Encode:
    clip: Clip
    order: EncodeOrder
    verb: Literal["encode"] = "encode"


@dataclass(frozen=True, slots=True)
class Encoded:
    file: ClipFile
    verb: Literal["encoded"] = "encoded"


@dataclass(frozen=True, slots=True)
class Draw:
    clip: Clip
    drawing: Drawing
    target: Path
    verb: Literal["draw"] = "draw"


@dataclass(frozen=True, slots=True)
class DrawChart:
    chart: Chart
    target: Path
    verb: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Answers `Draw` and `DrawChart` alike."""

    path: Path
    verb: Literal["drawn"] = "drawn"


@dataclass(frozen=True, slots=True)
class Render:
    order: RenderOrder
    verb: Literal["render"] = "render"


@dataclass(frozen=True, slots=True)
class Rendered:
    clip: Clip
    verb: Literal["rendered"] = "rendered"


@dataclass(frozen=True, slots=True)
class Describe:
    verb: Literal["describe"] = "describe"


@dataclass(frozen=True, slots=True)
class Described:
    """What a role knows of itself: device, plan, attention backend."""

    facts: dict[str, str]
    verb: Literal["described"] = "described"


Task = Annotated[
    Inspect | Crop | Judge | JudgeClip | Measure | Encode | Draw | DrawChart | Render | Describe,
    Field(discriminator="verb"),
]
Answer = Annotated[
    Inspected | Judged | Measured | Encoded | Drawn | Rendered | Described,
    Field(discriminator="verb"),
]


# An error on its way through the pipe


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An error by the name of its class in `bot.errors`; `trace` is for the log alone."""

    name: str
    key: str
    args: dict[str, Any] = field(default_factory=dict)
    ways_out: tuple[WayOut, ...] = ()
    trace: str = ""

    @classmethod
    def of(cls, error: SketchlifeError, trace: str = "") -> ErrorValue:
        args = {name: _plain(value) for name, value in error.args_of_text.items()}
        ways_out = error.ways_out if isinstance(error, PersonError) else ()
        return cls(type(error).__name__, error.key, args, ways_out, trace)

    def rebuild(self) -> SketchlifeError:
        """The same class again; a name that `bot.errors` lacks becomes a `MachineError`."""
        cls = _CLASSES.get(self.name, MachineError)
        if issubclass(cls, PersonError):
            return cls(self.key, ways_out=self.ways_out, **self.args)
        return cls(self.key, **self.args)


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _tree(cls: type[SketchlifeError]) -> Iterator[type[SketchlifeError]]:
    yield cls
    for child in cls.__subclasses__():
        if child is not MessengerError:  # engines don't raise those
            yield from _tree(child)


_CLASSES = {cls.__name__: cls for cls in _tree(SketchlifeError)}


# From the bot to a worker


@dataclass(frozen=True, slots=True)
class Ask:
    """`context` is the asker's log context (job id, place); the worker logs with it."""

    id: int
    task: Task
    context: dict[str, str] = field(default_factory=dict)
    kind: Literal["ask"] = "ask"


@dataclass(frozen=True, slots=True)
class Cancel:
    id: int
    kind: Literal["cancel"] = "cancel"


# From a worker to the bot


@dataclass(frozen=True, slots=True)
class Ready:
    """The role has been built; tasks sent before this moment wait for it."""

    kind: Literal["ready"] = "ready"


@dataclass(frozen=True, slots=True)
class Beat:
    kind: Literal["beat"] = "beat"


@dataclass(frozen=True, slots=True)
class Began:
    """The task has left the worker's queue."""

    id: int
    kind: Literal["began"] = "began"


@dataclass(frozen=True, slots=True)
class Reported:
    id: int
    progress: Progress
    kind: Literal["reported"] = "reported"


@dataclass(frozen=True, slots=True)
class Answered:
    id: int
    answer: Answer
    kind: Literal["answered"] = "answered"


@dataclass(frozen=True, slots=True)
class Failed:
    id: int
    error: ErrorValue
    kind: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class Dropped:
    """The task was cancelled before it ended."""

    id: int
    kind: Literal["dropped"] = "dropped"


Command = Annotated[Ask | Cancel, Field(discriminator="kind")]
Outcome = Answered | Failed | Dropped
Message = Annotated[
    Ready | Beat | Began | Reported | Answered | Failed | Dropped, Field(discriminator="kind")
]

# measurements may hold NaN and infinity, which JSON proper lacks
_CONFIG = ConfigDict(ser_json_inf_nan="constants")
_commands: TypeAdapter[Command] = TypeAdapter(Command, config=_CONFIG)
_messages: TypeAdapter[Message] = TypeAdapter(Message, config=_CONFIG)


def write_command(command: Command) -> bytes:
    return _commands.dump_json(command) + b"\n"


def read_command(line: bytes) -> Command:
    """Raises pydantic's `ValidationError`, a `ValueError`, for anything else."""
    return _commands.validate_json(line)


def write_message(message: Message) -> bytes:
    return _messages.dump_json(message) + b"\n"


def read_message(line: bytes) -> Message:
    """Raises pydantic's `ValidationError`, a `ValueError`, for anything else."""
    return _messages.validate_json(line)
