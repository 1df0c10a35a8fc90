"""Prompts' embeddings on disk, so that a known prompt loads no text encoder."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import structlog
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from engine.easyanimate.checkpoint import Part

log = structlog.get_logger(__name__)

MOST_BYTES = 512 * 2**20  # a prompt takes 1 to 2 MB of it
WAY = 2  # counts up where the same files come to other embeddings than they did before
SAMPLES, SAMPLE_BYTES = 16, 4096  # of each weights file, spread over it


@dataclass(frozen=True, slots=True)
class Known:
    """What the encoders make of one prompt: (1, tokens, dim) each; `cut`: it was too long."""

    embeds: tuple[Tensor, ...]
    cut: bool


class PromptCache:
    """A folder that several processes may share. What can't be read or written is logged and
    goes without. Files are named by hashes: nobody's words stand on the disk."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self._folder = folder
        self._fingerprint = fingerprint

    def get(self, prompt: str) -> Known | None:
        path = self._path(prompt)
        try:
            with safe_open(path, framework="pt") as file:
                names = sorted(file.keys())
                known = Known(
                    tuple(file.get_tensor(name).clone() for name in names),
                    file.metadata()["cut"] == "yes",
                )
            os.utime(path)  # the least recently used go first
        except FileNotFoundError:
            return None
        except (OSError, SafetensorError, KeyError, TypeError) as error:
            log.warning("prompt_cache.unreadable", file=path.name, error=str(error))
            return None
        return known

    def put(self, prompt: str, known: Known) -> None:
        path = self._path(prompt)
        part = path.with_name(f"{path.name}.{uuid4().hex}.part")
        tensors = {str(place): one.cpu().contiguous() for place, one in enumerate(known.embeds)}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            save_file(tensors, part, metadata={"cut": "yes" if known.cut else "no"})
            part.replace(path)
            self._forget_the_oldest()
        except (OSError, SafetensorError) as error:
            log.warning("prompt_cache.not_kept", error=str(error))
            with suppress(OSError):
                part.unlink()

    def _path(self, prompt: str) -> Path:
        key = hashlib.sha256(f"{self._fingerprint}\n{prompt}".encode())
        return self._folder / f"{key.hexdigest()}.safetensors"

    def _forget_the_oldest(self) -> None:
        files = [(file, file.stat()) for file in self._folder.glob("*.safetensors")]
        too_many = sum(told.st_size for _, told in files) - MOST_BYTES
        for file, told in sorted(files, key=lambda one: one[1].st_mtime):
            if too_many <= 0:
                break
            file.unlink(missing_ok=True)
            too_many -= told.st_size


def fingerprint(parts: Sequence[Part], tokenizers: Iterable[Path], dtype: torch.dtype) -> str:
    """Tells encoders apart without reading gigabytes: configs, tokenizers, sizes of the weights'
    files and samples from all over them."""
    digest = hashlib.sha256(f"{WAY} {dtype}".encode())
    for part in parts:
        digest.update(json.dumps(part.config, sort_keys=True, default=str).encode())
        for file in part.files:
            digest.update(_samples(file))
    for folder in tokenizers:
        for file in sorted(one for one in folder.iterdir() if one.is_file()):
            if file.suffix != ".safetensors":  # V5.1 keeps a tokenizer beside its encoder
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def _samples(file: Path) -> bytes:
    size = file.stat().st_size
    with file.open("rb") as opened:
        samples = [str(size).encode()]
        for place in range(SAMPLES):
            opened.seek(
                (size - SAMPLE_BYTES) * place // (SAMPLES - 1) if size > SAMPLE_BYTES else 0
            )
            samples.append(opened.read(SAMPLE_BYTES))
    return b"".join(samples)
