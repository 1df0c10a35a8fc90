"""One start up to its first clip, in a process of its own; see `bench.first_clip`.

    python -m bench.first_clip_process ORDER CHECKPOINT CACHE SIDE FRAMES

Says `imported`, `ready` and `clip`, each with the seconds that it has worked by then, and ends when
its input does.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch
from PIL import Image

from bench.resident import ResidentEncoders
from bot.asking.asking import make_request
from engine.easyanimate.loading import Loading, load

DTYPE = torch.bfloat16  # in which the model runs on a card
STEPS = 1


def say(what: str) -> None:
    print(what, time.process_time(), flush=True)


def main(order: str, checkpoint: str, cache: str, side: int, num_frames: int) -> None:
    say("imported")
    torch.set_num_threads(1)
    request = make_request({}).request
    pipe = load(checkpoint, Loading(device="cpu", dtype=DTYPE, prompt_cache=Path(cache)))
    resident = (
        ResidentEncoders(pipe.parts.checkpoint, DTYPE) if order == "all-at-the-start" else None
    )
    say("ready")
    encode = resident.encode if resident else pipe.encode_prompt
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
