"""What a folder is that can't be animated with: one sentence, with what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.tensor_files import (
    MALFORMED,
    PICKLES,
    StoredTensor,
    is_unfinished,
    json_object,
    read_header,
)

NEEDED = (
    "this engine needs image-to-video of EasyAnimate V5 or V5.1, "
    "such as alibaba-pai/EasyAnimateV5-7b-zh-InP"
)
TRANSFORMER_CLASS = "EasyAnimateTransformer3DModel"
OLDER_CLASSES = ("HunyuanTransformer3DModel", "Transformer3DModel")
INPAINT_CHANNELS = 33  # 16 of noise, 1 of mask, 16 of the masked video
OTHER_TASKS = {16: "text-to-video", 48: "Control"}
PARTS = ("transformer", "vae", "text_encoder", "text_encoder_2", "tokenizer", "scheduler")


def no_model(path: Path) -> str:
    """What `path`, which has no readable `transformer/`, is instead."""
    if not path.exists():
        return f"there is no folder {path}: give the folder of a model, or its name on the hub"
    if path.is_file():
        return _file(path)
    if not any(path.iterdir()):
        return f"{path} is empty: download the model into it"
    inside = next(path.glob("*/transformer/config.json"), None) or next(
        path.glob("snapshots/*/transformer/config.json"), None
    )
    if inside is not None:
        return f"{path} is the folder around a model: give {inside.parent.parent}"
    if (path / "unet").is_dir():
        return f"{path} is a model of Stable Diffusion's kind, with a unet/: {NEEDED}"
    if (path / "config.json").is_file() or (path / "adapter_config.json").is_file():
        return _lone_part(path)
    if is_unfinished(path) or any((path / part).is_dir() for part in PARTS):
        return f"{path} is half downloaded, it lacks transformer/: run the download again"
    weights = next((file for file in sorted(path.iterdir()) if _is_weights(file)), None)
    return f"{path} holds no model: {NEEDED}" if weights is None else _file(weights)


def refuse_other_transformer(
    folder: Path, config: Mapping[str, Any], stored: Mapping[str, StoredTensor]
) -> None:
    """Raises `CheckpointError` for a transformer of another model, version or task."""
    model_class = config.get("_class_name", TRANSFORMER_CLASS)
    if model_class in OLDER_CLASSES:
        raise CheckpointError(f"{folder} is of EasyAnimate V4 or older ({model_class}): {NEEDED}")
    if model_class != TRANSFORMER_CLASS:
        raise CheckpointError(f"{folder} is of another model ({model_class}): {NEEDED}")
    task = _other_task(config, stored)
    if task is not None:
        raise CheckpointError(f"{folder} is a {task}: {NEEDED}")
    if not any(name.startswith("text_proj.") for name in stored):
        raise CheckpointError(
            f"{folder} is of EasyAnimate V4 or older, or of another model: it has no text_proj "
            f"for a text that goes through the blocks beside the video, and {NEEDED}"
        )
    if config.get("swa_layers"):
        raise CheckpointError(
            f"{folder} attends within windows in some blocks (swa_layers), as no published model "
            f"of V5 does: {NEEDED}"
        )
    if config.get("clip_channels") or any(name.startswith("clip_") for name in stored):
        raise CheckpointError(
            f"{folder} looks at the picture through CLIP (image_encoder/), as no InP model of V5 "
            f"does: {NEEDED}"
        )


def _other_task(config: Mapping[str, Any], stored: Mapping[str, StoredTensor]) -> str | None:
    """Told by the channels that it reads, in the config or in the weights, None for our own."""
    if any(name.startswith("control") for name in stored):
        return "Control model, it has control blocks"
    patches = stored.get("proj.weight")
    by_weights = patches.shape[1] if patches is not None and len(patches.shape) > 1 else None
    by_config = config.get("in_channels", by_weights)
    for channels in (by_config, by_weights):
        if channels in OTHER_TASKS:
            return f"{OTHER_TASKS[channels]} model, it reads {channels} channels"
    if by_config not in (INPAINT_CHANNELS, None):
        return f"model of another task, it reads {by_config} channels, not {INPAINT_CHANNELS}"
    return None


def _lone_part(path: Path) -> str:
    """A folder of one network: its config lies directly in it."""
    if (path / "adapter_config.json").is_file():
        return _lora(path)
    config = _told(path / "config.json")
    kind = str(config.get("_class_name") or config.get("model_type") or "another network")
    if kind == TRANSFORMER_CLASS:
        return (
            f"{path} is the transformer alone: give the folder that has it as transformer/, beside "
            "vae/, text_encoder/, tokenizer/ and scheduler/"
        )
    return f"{path} is one network alone ({kind}): {NEEDED}"


def _file(file: Path) -> str:
    if file.suffix in PICKLES:
        return f"{file} is a pickle, not a model's folder: {NEEDED}"
    if file.suffix != ".safetensors":
        return f"{file} is a file: give the folder of a model, or its name on the hub"
    try:
        names = set(read_header(file))
    except CheckpointError as error:
        return str(error)
    if any("lora" in name.lower() for name in names):
        return _lora(file)
    return f"{file} is one file of weights: give the folder of a whole model"


def _lora(path: Path) -> str:
    return f"{path} is a LoRA, which changes a model and is none: give it as LORA=path:weight"


def _is_weights(file: Path) -> bool:
    return file.suffix in (".safetensors", *PICKLES)


def _told(file: Path) -> dict[str, Any]:
    """What a JSON file says, nothing where it is broken: it only adds to a sentence here."""
    try:
        return json_object(file.read_bytes())
    except (OSError, *MALFORMED):
        return {}
