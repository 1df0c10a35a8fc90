"""Where the files of a model are: on this disk, or on a hub, from which they can be fetched."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.hub import Hub, HubFile, OnBytes, needed

DEFAULT_MODEL = "alibaba-pai/EasyAnimateV5-7b-zh-InP"
SOURCES = ("huggingface", "modelscope")
HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")  # owner/name


@dataclass(frozen=True, slots=True)
class Progress:
    """So much of all files is here; `file` is the one that grew."""

    file: str
    done_bytes: int
    total_bytes: int


OnProgress = Callable[[Progress], None]


def find_model(path_or_hub_id: str, download: bool = False) -> Path:
    """The folder of a model that is on this disk: the folder of that name, else what either
    hub's library has in its cache. With `download`, else fetch it from Hugging Face.

    Raises `CheckpointError` where there is nothing. Whether the folder is a whole checkpoint is
    for `read_checkpoint` to say.
    """
    path = Path(path_or_hub_id).expanduser()
    if path.is_dir():
        return path
    if path.exists():
        raise CheckpointError(f"{path} is a file; a model is a folder, as the hub shows it.")
    if not HUB_ID.fullmatch(path_or_hub_id):
        raise CheckpointError(f"There is no folder {path}.")
    if found := _on_disk(path_or_hub_id):
        return found
    if download:
        return fetch_model(path_or_hub_id)
    raise CheckpointError(
        f"{path_or_hub_id} is no folder here, and no hub's cache on this disk holds it: "
        f"“sketchlife download {path_or_hub_id}” fetches it."
    )


def fetch_model(
    model: str, source: str = SOURCES[0], on_progress: OnProgress = lambda progress: None
) -> Path:
    """Fetch what is missing of a model, after a look at the free disk; its folder.

    Raises `HubAwayError` where trying again may help, and `CheckpointError`.
    """
    hub = hub_named(source)
    model = hub.known_as(model)
    files = needed(hub.files(model))
    if not files:
        raise CheckpointError(
            f"{model} on {hub.name} is no EasyAnimate checkpoint: it has no transformer/, vae/ "
            "or text_encoder/."
        )
    _require_room(hub, model, files)
    return hub.fetch(model, files, _meter(files, on_progress))


def hub_named(source: str) -> Hub:
    """Raises `CheckpointError` where its library is not installed."""
    try:
        if source == "modelscope":
            from engine.easyanimate.modelscope import ModelScope

            return ModelScope()
        from engine.easyanimate.huggingface import HuggingFace

        return HuggingFace()
    except ImportError as error:
        raise CheckpointError(
            f"The Python package {error.name} is missing: “make model” installs it."
        ) from error


def _on_disk(model: str) -> Path | None:
    for hub in _hubs():
        if found := hub.on_disk(hub.known_as(model)):
            return found
    return None


def _hubs() -> Iterator[Hub]:
    for source in SOURCES:
        with suppress(CheckpointError):
            yield hub_named(source)


def _require_room(hub: Hub, model: str, files: Sequence[HubFile]) -> None:
    missing = sum(max(file.size_bytes - file.here_bytes, 0) for file in files)
    folder = hub.folder().absolute()
    standing = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(standing).free
    if missing > free:
        raise CheckpointError(
            f"{model} needs {missing / 1e9:.1f} GB more in {folder}, and {free / 1e9:.1f} GB are "
            "free. Free some, or set HF_HOME (for ModelScope MODELSCOPE_CACHE) to a folder on "
            "another disk."
        )


def _meter(files: Sequence[HubFile], on_progress: OnProgress) -> OnBytes:
    done = sum(min(file.here_bytes, file.size_bytes) for file in files)
    total = sum(file.size_bytes for file in files)
    one_by_one = threading.Lock()  # ModelScope's library fetches several files at once

    def on_bytes(file: str, more_bytes: int) -> None:
        nonlocal done
        with one_by_one:
            done += more_bytes
            on_progress(Progress(file, done, total))

    on_bytes("", 0)
    return on_bytes
