"""What a hub is to us: a list of files, some of them fetched, all of them on this disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from engine.easyanimate.errors import CheckpointError

PARTS = frozenset(
    {
        "scheduler",
        "text_encoder",
        "text_encoder_2",
        "tokenizer",
        "tokenizer_2",
        "transformer",
        "vae",
    }
)
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".msgpack", ".h5")
OF_OTHER_LIBRARIES = (".onnx", ".gguf")

OnBytes = Callable[[str, int], None]  # a file's path, and how many more of its bytes are here


class HubAwayError(CheckpointError):
    """The hub can't be reached or fails just now: nothing is wrong with what was asked of it."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file of a model by its path on the hub; `here_bytes` of it are on this disk already."""

    path: str
    size_bytes: int
    here_bytes: int = 0

    @property
    def part(self) -> str:
        """The folder that it belongs to, "" for the model's own."""
        return PurePosixPath(self.path).parts[0] if "/" in self.path else ""

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.path).suffix


class Hub(Protocol):
    """A hub's own library behind one face. All raise `CheckpointError`, and `HubAwayError` where
    trying again later may help."""

    name: str

    def known_as(self, model: str) -> str:
        """The model's name there: owners are called otherwise on the other hub."""

    def folder(self) -> Path:
        """Where downloads go; it need not exist."""

    def on_disk(self, model: str) -> Path | None:
        """The model's folder, whole or not; asks no network, raises nothing."""

    def files(self, model: str) -> list[HubFile]: ...

    def fetch(self, model: str, files: Sequence[HubFile], on_bytes: OnBytes) -> Path:
        """The model's folder with these files in it, whatever was here before."""


def needed(files: Iterable[HubFile]) -> list[HubFile]:
    """Those that the engine reads: no picture encoder, no examples, and weights only once.

    Pickled weights count where a folder has no safetensors, so that the checkpoint's reader can
    say what it thinks of them; `*.fp16.safetensors` beside the full ones are duplicates.
    """
    parts = [file for file in files if file.part in PARTS or file.path == "model_index.json"]
    safe = {file.part for file in parts if file.suffix == ".safetensors"}
    names = {file.path for file in parts}
    return [
        file
        for file in parts
        if file.suffix not in OF_OTHER_LIBRARIES
        and not (file.suffix in PICKLED and file.part in safe)
        and not _is_variant(file.path, names)
    ]


def _is_variant(path: str, names: Iterable[str]) -> bool:
    """`model.fp16.safetensors` beside `model.safetensors`."""
    stem, *words = path.removesuffix(".safetensors").split(".")
    return path.endswith(".safetensors") and bool(words) and f"{stem}.safetensors" in names
