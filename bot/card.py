"""What a person sees of a job, without a platform: lines, a picture, a clip, buttons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from bot.clip import ClipFile, Progress


class CardState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUSED = "refused"
    ASKING = "asking"  # the author of a picture, whether somebody else may animate it
    DELETED = "deleted"
    HIDDEN = "hidden"  # reported; somebody has to decide
    GONE = "gone"  # its files were kept as long as promised
    SHARED = "shared"  # the copy in a gallery
    REPORT = "report"  # for those who decide


class Action(StrEnum):
    """What a button does. The value goes into a platform's button id, so it stays short."""

    CANCEL = "cancel"
    AGAIN = "again"  # the same once more with a new seed
    TWEAK = "tweak"  # other settings
    LOOP = "loop"
    GENTLE = "gentle"  # the prompt that helps weak sketches
    FORMATS = "formats"
    CURVE = "curve"
    KEY_FRAMES = "keys"
    SHARE = "share"
    UNSHARE = "unshare"
    WEB = "web"  # show it on the web page, or not any more
    STAR = "star"
    DELETE = "delete"
    UNDELETE = "undelete"
    REPORT = "report"
    KEEP = "keep"  # a report is decided: the clip stays,
    REMOVE = "remove"  # goes,
    BLOCK = "block"  # or goes and its owner with it
    GO_ON = "goon"  # there are no eyes to be found: animate anyway
    CROP = "crop"  # two faces: crop to one
    CHANGE = "change"  # ask again with the changed settings of the button
    CONSENT = "consent"
    PREVIEW = "preview"  # the model is away: a clip by the preview renderer instead
    ALLOW = "allow"  # the author says yes,
    DENY = "deny"  # no,
    NEVER = "never"  # or no, for good


@dataclass(frozen=True, slots=True)
class Button:
    """`label` is written in the card's language; `changes` are settings as a person types them."""

    action: Action
    label: str
    changes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The one message of a job (or of a refusal), edited from the first to the last moment.

    `title` and `lines` are plain text in the card's language, without any platform's markup;
    `picture` is the newest preview, `clip` the file to show once there is one; where the message
    shows it already (`clip_stays`), only words and buttons change. A picture that moves is a WebP,
    and an MP4 of the same name lies beside it, for platforms whose pictures stand still.
    """

    job_id: str
    state: CardState
    locale: str
    title: str
    lines: tuple[str, ...] = ()
    progress: Progress | None = None
    picture: Path | None = None
    clip: ClipFile | None = None
    clip_stays: bool = False
    loop: bool = False
    buttons: tuple[Button, ...] = ()
