"""One start up to its first clip, in a process of its own; see `bench.first_clip`.

    python -m bench.first_clip_process ORDER CHECKPOINT CACHE SIDE FRAMES

Says `imported`, `ready` and `clip`, each with the seconds that it has worked by then, and ends when
its input does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from PIL import Image

from bot.asking.asking import make_request

if TYPE_CHECKING:
    from engine.easyanimate.pipeline import EasyAnimatePipeline
    from engine.easyanimate.text import PromptEmbeds

WHEN_NEEDED, AT_THE_START = "when-needed", "all-at-the-start"
DTYPE = torch.bfloat16  # in which the model runs on a card
STEPS = 1

Encode = Callable[[str, str], "PromptEmbeds"]
Begin = Callable[[Path, Path], tuple["EasyAnimatePipeline", Encode]]


def say(what: str) -> None:
    print(what, time.process_time(), flush=True)


def ours() -> Begin:
    from engine.easyanimate.loading import Loading, load

    def begin(checkpoint: Path, cache: Path) -> tuple[EasyAnimatePipeline, Encode]:
        pipe = load(checkpoint, Loading(device="cpu", dtype=DTYPE, prompt_cache=cache))
        return pipe, pipe.encode_prompt

    return begin


def theirs() -> Begin:
    from bench.easyanimate_way import EasyAnimatesStart

    def begin(checkpoint: Path, cache: Path) -> tuple[EasyAnimatePipeline, Encode]:
        start = EasyAnimatesStart(checkpoint, DTYPE)
        return start.pipe, start.encode

    return begin


def main(order: str, checkpoint: str, cache: str, side: int, num_frames: int) -> None:
    begin = ours() if order == WHEN_NEEDED else theirs()
    say("imported")
    torch.set_num_threads(1)
    request = make_request({}).request
    pipe, encode = begin(Path(checkpoint), Path(cache))
    say("ready")
    clip = pipe(
        Image.new("RGB", (side, side), "white"),
        height=side,
        width=side,
        num_frames=num_frames,
        num_inference_steps=STEPS,
        seed=1,
        prompt_embeds=encode(request.prompt_to_render, request.negative_prompt),
    )
    say("clip")
    print("latents", float(clip.latents.float().square().mean()), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], *map(int, sys.argv[4:]))
