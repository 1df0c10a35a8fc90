"""Safetensors files by their headers: which of a folder's to read, and what lies in them.

A header is a few hundred kilobytes at the start of a file of gigabytes, so all that is said about
a model before it is loaded comes from here. Needs neither torch nor safetensors; the format is
https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from engine.easyanimate.errors import CheckpointError

WHOLE = ("diffusion_pytorch_model.safetensors", "model.safetensors")
PICKLES = (".bin", ".pt", ".pth", ".ckpt")
UNFINISHED = (".incomplete", ".part", ".crdownload", ".aria2")
LENGTH_BYTES = 8  # little-endian, before the header
MOST_HEADER_BYTES = 100_000_000  # the format's own limit
MALFORMED = (AttributeError, KeyError, TypeError, ValueError, RecursionError)
AGAIN = "download it again"

_SHARD = re.compile(r"(?P<stem>.+)-(?P<number>\d+)-of-(?P<count>\d+)\.safetensors")


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """One tensor in a file; `dtype` as safetensors writes it ("BF16"), `start` in bytes."""

    file: Path
    shape: tuple[int, ...]
    dtype: str
    start: int
    num_bytes: int

    @property
    def parameters(self) -> int:
        return prod(self.shape)


def weight_files(folder: Path) -> tuple[Path, ...]:
    """The safetensors files that make up a part: one whole file, the shards of its index, or all.

    The order of the reference, which takes the whole file where there is one. Raises
    `CheckpointError` where a shard is missing or there is nothing to read.
    """
    for name in WHOLE:
        if (folder / name).is_file():
            return (folder / name,)
    # not those that begin with a dot, as macOS leaves beside the files that it copies
    index = next(iter(sorted(folder.glob("[!.]*.safetensors.index.json"))), None)
    files = tuple(sorted(folder.glob("[!.]*.safetensors")))
    if index is not None:
        files = tuple(folder / name for name in _indexed(index))
    elif not files:
        raise CheckpointError(_no_weights(folder))
    missing = [name for name in _wanted(files) if not (folder / name).is_file()]
    if missing:
        raise CheckpointError(
            f"{folder} is half downloaded, it lacks {', '.join(missing)}: run the download again"
        )
    return files


def read_headers(files: Iterable[Path]) -> dict[str, StoredTensor]:
    """All tensors of a part by name; a name in two files raises `CheckpointError`."""
    stored: dict[str, StoredTensor] = {}
    for file in files:
        for name, tensor in read_header(file).items():
            if name in stored:
                raise CheckpointError(
                    f"{name} is in both {stored[name].file} and {file.name}: these are two copies "
                    "of the weights in one folder, so move one of them away"
                )
            stored[name] = tensor
    return stored


def read_header(file: Path) -> dict[str, StoredTensor]:
    """The tensors of one file, in the order in which they lie in it.

    Raises `CheckpointError` for whatever isn't a safetensors file of the length it declares.
    """
    try:
        size = file.stat().st_size
        header, data_start = _header(file, size)
        tensors = {
            name: _tensor(file, entry, data_start)
            for name, entry in header.items()
            if name != "__metadata__"
        }
    except OSError as error:
        raise CheckpointError(f"{file} can't be read ({error.strerror})") from error
    except MALFORMED as error:
        raise CheckpointError(_not_safetensors(file, size)) from error
    _refuse_other_length(file, size, data_start, tensors)
    return dict(sorted(tensors.items(), key=lambda item: item[1].start))


def json_object(text: str | bytes) -> dict[str, Any]:
    """Raises one of `MALFORMED` for anything else."""
    told = json.loads(text)
    if not isinstance(told, dict):
        raise TypeError("JSON, but no object")
    return told


def is_unfinished(folder: Path) -> bool:
    """Whether a downloader has left a file of its own behind, anywhere below."""
    return any(file.suffix in UNFINISHED for file in folder.rglob("*"))


def _header(file: Path, size: int) -> tuple[dict[str, Any], int]:
    """The header and the byte after it. Raises one of `MALFORMED`."""
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(LENGTH_BYTES), "little")
        if not 0 < length <= min(size - LENGTH_BYTES, MOST_HEADER_BYTES):
            raise ValueError("no header of this length")
        header = json_object(opened.read(length))
    return header, LENGTH_BYTES + length


def _tensor(file: Path, entry: Mapping[str, Any], data_start: int) -> StoredTensor:
    begin, end = entry["data_offsets"]
    shape = tuple(int(side) for side in entry["shape"])
    return StoredTensor(file, shape, str(entry["dtype"]), data_start + begin, end - begin)


def _refuse_other_length(
    file: Path, size: int, data_start: int, tensors: Mapping[str, StoredTensor]
) -> None:
    ends = (tensor.start + tensor.num_bytes for tensor in tensors.values())
    declared = max(ends, default=data_start)
    if size < declared:
        raise CheckpointError(
            f"{file} is cut short, at {size} of {declared} bytes: run the download again"
        )
    if size > declared:
        raise CheckpointError(
            f"{file} is damaged, it has {size} bytes instead of {declared}: {AGAIN}"
        )


def _not_safetensors(file: Path, size: int) -> str:
    if size == 0:
        return f"{file} is empty: run the download again"
    with file.open("rb") as opened:
        if opened.read(40).startswith(b"version https://git-lfs"):
            return (
                f"{file} is a Git LFS pointer instead of the weights: run `git lfs pull` there, "
                f"or {AGAIN}"
            )
    return f"{file} is damaged, or no safetensors file at all: {AGAIN}"


def _indexed(index: Path) -> list[str]:
    try:
        names = set(json_object(index.read_bytes())["weight_map"].values())
        return sorted(Path(name).name for name in names)
    except MALFORMED as error:
        raise CheckpointError(f"{index} is damaged, it lists no weights: {AGAIN}") from error


def _wanted(files: Iterable[Path]) -> list[str]:
    """The files' names, and those that the numbers in them (00001-of-00003) call for."""
    names = {file.name for file in files}
    for match in filter(None, map(_SHARD.fullmatch, tuple(names))):
        width, count = len(match["number"]), match["count"]
        names |= {
            f"{match['stem']}-{number:0{width}}-of-{count}.safetensors"
            for number in range(1, int(count) + 1)
        }
    return sorted(names)


def _no_weights(folder: Path) -> str:
    pickles = sorted(file.name for file in folder.iterdir() if file.suffix in PICKLES)
    if pickles:
        return (
            f"{folder} has its weights as {pickles[0]}, a pickle, which may run any program when "
            "it is opened: get them as safetensors, or convert them where that does no harm "
            "(torch.load with weights_only=True, then safetensors.torch.save_file)"
        )
    return f"{folder} is half downloaded, it lacks the weights: run the download again"
