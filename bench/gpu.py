r"""What a CUDA card makes of the full-size 7B: seconds a step, by each attention, beside diffusers.

    python -m bench.gpu [--minutes 9] [--tiny]

The transformer of EasyAnimateV5-7b is built on the card out of random numbers: no checkpoint is
needed, and no network. What it prints belongs into RESULTS.md as it is, a line as soon as it is
measured: first what people get, at every size, then one kernel after the other. So a run that is
cut off, or a card that is slow, still tells what matters most; a way that fails is a line, too.
`--tiny` shows on any CPU that all of this works.

Besides torch ≥ 2.11, which brings its own needs, this takes some packages of Python. Where they
can't be fetched, bring their wheels along (here for Python 3.12):

    pip download -d wheels --no-deps -c requirements.lock --only-binary=:all: \
        --python-version 3.12 --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
        diffusers huggingface_hub safetensors structlog numpy pillow packaging PyYAML tqdm \
        requests charset-normalizer urllib3 certifi idna httpx2 httpcore2 h11 truststore
    # on that machine, in this repository
    pip install --no-index --no-deps --target site wheels/*.whl
    PYTHONPATH=site python -m bench.gpu | tee table.md

FlashAttention 3 and SageAttention are measured where they are installed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import torch

if __name__ == "__main__":
    import bench.bare_diffusers  # noqa: F401 - before anything else imports diffusers

from bench.flops import TERA, forward_flops, video_tokens
from bench.gpu_ways import (
    BEST,
    CHOSEN,
    DIFFUSERS,
    KERNELS,
    BackendMissingError,
    Run,
    TooSlowError,
    Way,
    run,
)
from bench.net_size import SMALL, V5_7B, NetSize
from bench.networks import random_transformer
from bench.problem import (
    TEXT_TOKENS,
    Problem,
    largest_difference,
    latents_shape,
    random_problem,
)
from bench.table import head_lines, number, row_line
from bot.log import set_up_logging

STARTED = time.monotonic()  # all but the imports
GB = 10**9
GUESSED_SHARE = 0.25  # of the peak, until a way has shown what it reaches
COMPILING_S = 120.0  # before its first step
PRODUCTS = 200  # long enough for a card to grow as warm as a clip makes it
HEADS = (
    *("", "s a step", "forwards a step", "TFLOP/s", "of the peak", "first step, s", "peak, GB"),
    *("speed, × diffusers'", "largest difference"),
)


@dataclass(frozen=True, slots=True)
class Clip:
    """`side` pixels square."""

    side: int
    num_frames: int

    def __str__(self) -> str:
        return f"{self.side}², {self.num_frames} frames"

    def forward_tflop(self, size: NetSize) -> float:
        tokens = video_tokens(self.side, self.side, self.num_frames) + sum(TEXT_TOKENS)
        return forward_flops(tokens, size.width, size.layers).total / TERA


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`matrix` are the rows and columns of those whose product shows the peak."""

    device: torch.device
    dtype: torch.dtype
    size: NetSize
    clips: Sequence[Clip]
    compiler: str
    matrix: int


CUDA = Setting(
    device=torch.device("cuda"),
    dtype=torch.bfloat16,
    size=V5_7B,
    clips=(Clip(512, 49), Clip(768, 49), Clip(1024, 33), Clip(1024, 49)),
    compiler="inductor",
    matrix=8192,
)
TINY = Setting(
    device=torch.device("cpu"),
    dtype=torch.float32,
    size=SMALL,
    clips=(Clip(32, 5), Clip(64, 5)),
    compiler="eager",
    matrix=256,
)


class Card:
    """One card at work, within its time."""

    def __init__(self, setting: Setting, minutes: float) -> None:
        self._setting = setting
        self._ends = STARTED + 60 * minutes
        self._transformer = random_transformer(setting.size, setting.device, setting.dtype)
        self.ready_s = time.monotonic() - STARTED
        self.peak_tflops = matrix_peak(setting.device, setting.dtype, setting.matrix)
        self._reached_tflops = GUESSED_SHARE * self.peak_tflops
        self._theirs: dict[Clip, Run] = {}
        self._best: dict[Clip, Run] = {}

    def rows(self) -> Iterator[list[str]]:
        """What people get at every size, then each kernel at every size, and in the end compiled
        blocks, which can't be undone."""
        clips = self._setting.clips
        compiled = Way(name="exact, compiled", compiler=self._setting.compiler)
        for ways, at in ((CHOSEN, clips), (KERNELS, clips), ((compiled,), clips[:1])):
            for clip, way in product(at, ways):
                yield self._row(clip, way)

    def _row(self, clip: Clip, way: Way) -> list[str]:
        tflop = clip.forward_tflop(self._setting.size)
        told = self._run(way, clip, tflop)
        name = f"{clip}: {way.name}"
        if isinstance(told, str):
            return [name, told, *[""] * (len(HEADS) - 2)]
        if told.attention not in name:
            name += f" ({told.attention})"
        return [name, *self._figures(told, self._theirs.get(clip), tflop)]

    def _run(self, way: Way, clip: Clip, tflop: float) -> Run | str:
        """Or why there is none, in a few words."""
        if clip in self._best and way.attention == self._best[clip].attention:
            return "the best attention, see there"
        expected_s = way.likely_forwards * tflop / self._reached_tflops
        if time.monotonic() + expected_s + COMPILING_S * bool(way.compiler) > self._ends:
            return "no time left"
        try:
            done = run(way, self._transformer, self._problem(clip, way), self._ends)
        except (BackendMissingError, TooSlowError) as error:
            return str(error)
        except Exception as error:  # a card that can't do one thing is asked for the next
            return f"{type(error).__name__}: {error}".splitlines()[0][:100].replace("|", "/")
        self._reached_tflops = done.forwards_a_step * tflop / done.seconds
        if way in (DIFFUSERS, BEST):
            (self._theirs if way is DIFFUSERS else self._best)[clip] = done
        return done

    def _problem(self, clip: Clip, way: Way) -> Problem:
        setting = self._setting
        shape = latents_shape(clip.side, clip.num_frames)
        return random_problem(setting.size, shape, way.steps, setting.device, setting.dtype)

    def _figures(self, done: Run, expected: Run | None, tflop: float) -> list[str]:
        speed = done.forwards_a_step * tflop / done.seconds
        figures = [
            *(number(done.seconds), number(done.forwards_a_step), number(speed)),
            *(f"{speed / self.peak_tflops:.0%}", number(done.first_s)),
            number(done.peak_bytes / GB) if done.peak_bytes else "",
        ]
        if expected is None:
            return [*figures, "", ""]
        return [*figures, number(expected.seconds / done.seconds), _apart(done, expected)]


def matrix_peak(device: torch.device, dtype: torch.dtype, side: int) -> float:
    """TFLOP/s of a large product of random matrices, which is as fast as a card gets."""
    one, other = torch.randn(2, side, side, device=device, dtype=dtype)
    for _ in range(3):
        one @ other
    _finish(device)
    started = time.perf_counter()
    for _ in range(PRODUCTS):
        one @ other
    _finish(device)
    return 2 * side**3 * PRODUCTS / (time.perf_counter() - started) / TERA


def _apart(done: Run, expected: Run) -> str:
    """A fast clip has other steps, and nothing here to be compared with."""
    if len(done.step_s) != len(expected.step_s):
        return ""
    scale = float(expected.latents.float().std())
    return f"{largest_difference(done.latents, expected.latents) / scale:.2g} σ"


def _finish(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def _machine(setting: Setting) -> str:
    if setting.device.type != "cuda":
        return "a CPU"
    card: Any = torch.cuda.get_device_properties(setting.device)
    return f"{card.name}, {card.total_memory / GB:.0f} GB, CUDA {torch.version.cuda}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.gpu")
    parser.add_argument("--minutes", type=float, default=9.0, help="begin nothing that ends later")
    parser.add_argument("--tiny", action="store_true", help="a tiny network on the CPU")
    asked = parser.parse_args(arguments)
    if not asked.tiny and not torch.cuda.is_available():
        parser.error(f"torch {torch.__version__} sees no CUDA device here; --tiny needs none")
    setting = TINY if asked.tiny else CUDA
    print(f"- {_machine(setting)}, torch {torch.__version__}, {setting.dtype}", flush=True)
    card = Card(setting, asked.minutes)
    print(f"- A random transformer of {setting.size}, ready after {card.ready_s:.1f} s")
    print(f"- Peak of a {setting.matrix}² product: {number(card.peak_tflops)} TFLOP/s")
    for clip in setting.clips:
        tflop = number(clip.forward_tflop(setting.size))
        print(f"- {clip}: {tflop} TFLOP a forward, two of them a guided step")
    print("", *head_lines(HEADS), sep="\n", flush=True)
    for row in card.rows():
        print(row_line(row), flush=True)
    print(f"\n{time.monotonic() - STARTED:.0f} s in all.")


if __name__ == "__main__":
    set_up_logging(format="console", level="warning")
    main()
