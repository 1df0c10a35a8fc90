"""What a clip says about where it comes from; a clip never names a person."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bot.request import AnimationRequest

STATEMENT = "AI-generated (AI生成): a drawing set in motion by sketchlife"
SURELY_GENERATED = "1"  # "2" would be possibly, "3" suspected


def provenance(
    request: AnimationRequest, job_id: str, renderer: str, producer: str
) -> dict[str, str]:
    """The pairs that go into every file of a job, whatever its format.

    `renderer` is the model or engine that drew it, `producer` the operator's name or code.
    `AIGC` holds the seven fields of GB 45438-2025, appendix E: the propagator's are left to
    whoever spreads the clip, the reserved ones to signatures.
    """
    return {
        "comment": STATEMENT,
        "model": renderer,
        "seed": str(request.seed),
        "settings": _json(_settings(request)),
        "AIGC": _json(
            {
                "Label": SURELY_GENERATED,
                "ContentProducer": producer,
                "ProduceID": job_id,
                "ReservedCode1": "",
                "ContentPropagator": "",
                "PropagateID": "",
                "ReservedCode2": "",
            }
        ),
    }


def _settings(request: AnimationRequest) -> dict[str, str | int | float]:
    """All that is needed to make the clip again, under the names that a chat knows."""
    return {
        "frames": request.num_frames,
        "res": request.res,
        "steps": request.num_inference_steps,
        "cfg": request.guidance_scale,
        "sampler": request.sampler.value,
        "mode": request.mode.value,
        "expression": request.expression.value,
        "style": request.style.value,
        "loop": "on" if request.loop else "off",
        "prompt": request.prompt,
        "negative": request.negative_prompt,
    }


def _json(value: Mapping[str, str | int | float]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
