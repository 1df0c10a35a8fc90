"""A clip and the orders that make one: values that the bot and the engine both speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bot.measurement import Measurement
from bot.request import AnimationRequest, ClipFormat, Note

FPS = 8


class Renderer(StrEnum):
    """Which engine draws the frames: the worker role of the same name renders them."""

    PREVIEW = "preview"
    MODEL = "model"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A rendered job: the lossless master, without label, and what was measured on it.

    `notes` are what its person is told of the rendering, such as a prompt that was cut.
    """

    master: Path
    width: int
    height: int
    num_frames: int
    fps: int = FPS
    measurement: Measurement | None = None
    notes: tuple[Note, ...] = ()

    @property
    def seconds(self) -> float:
        return self.num_frames / self.fps


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOrder:
    """One render: `picture` is the clean picture, `width` × `height` the size of the clip.

    Whatever is written goes into `folder`; the master is `folder/master.mkv`.
    """

    job_id: str
    renderer: Renderer
    picture: Path
    folder: Path
    request: AnimationRequest
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` of `of` are done; `picture` is a small preview on disk, where there is one."""

    step: int
    of: int
    picture: Path | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a renderer takes no jobs at the moment, as a text key. `lasting`: waiting won't help,
    its operator has to do something. `of_all`: no other renderer takes any either."""

    key: str
    args: Mapping[str, str] = field(default_factory=dict)
    lasting: bool = False
    of_all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeOrder:
    """One file out of a master, at most `limit_bytes` large (None: as large as it gets).

    `label` is burnt into a corner for the first two seconds (None: no visible label);
    `metadata` is written into the file whatever the format.
    """

    format: ClipFormat
    target: Path
    limit_bytes: int | None = None
    label: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFile:
    """A file that somebody gets. `fitted` says what was given up to fit, as text keys' suffixes
    ("quality", "size"), in order; `companion` is the JSON of a sprite sheet; `seconds` is how
    long it plays."""

    path: Path
    format: ClipFormat
    size_bytes: int
    width: int
    height: int
    fitted: tuple[str, ...] = ()
    companion: Path | None = None
    seconds: float = 0.0

    @property
    def poster(self) -> Path:
        """Where the first frame of an MP4 lies as a small JPEG, for chats that want one."""
        return self.path.with_suffix(".jpg")


@dataclass(frozen=True, slots=True)
class Gpu:
    """A card as its driver describes it; `use` is between 0 and 1, 0 also what is not known."""

    name: str
    used_bytes: int
    total_bytes: int
    use: float = 0.0
    power_w: float = 0.0
    limit_w: float = 0.0


class Drawing(StrEnum):
    """Pictures that the eyes draw of a measured clip."""

    CURVES_PNG = "curves.png"
    CURVES_SVG = "curves.svg"
    KEY_FRAMES = "keyframes.png"


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars over time: `labels` under them, a legend and as many values for each of `series`.
    All texts are in the language of who looks at it."""

    title: str
    unit: str
    labels: tuple[str, ...]
    series: Mapping[str, tuple[float, ...]]
