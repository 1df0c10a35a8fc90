"""What a model's folder holds, told from its configs and from the headers of its weights.

Neither the folder's name nor `model_index.json` is asked: names are anyone's, and the classes in
the published V5 files are stale.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.easyanimate.configs import refuse_nonsense
from engine.easyanimate.errors import CheckpointError
from engine.easyanimate.layouts import Layout, layouts_of
from engine.easyanimate.other_folders import no_model, refuse_other_transformer
from engine.easyanimate.tensor_files import (
    AGAIN,
    MALFORMED,
    StoredTensor,
    json_object,
    read_headers,
    weight_files,
)

__all__ = ["Checkpoint", "Family", "Layout", "Part", "read_checkpoint"]

LATENT_CHANNELS = 16


class Family(StrEnum):
    V5 = "V5"  # BERT and T5, v-prediction
    V5_1 = "V5.1"  # Qwen2-VL, flow matching


@dataclass(frozen=True, slots=True)
class Part:
    """One network: its config, and the safetensors files to read."""

    folder: Path
    config: Mapping[str, Any]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A model on disk, complete as far as headers tell; `scheduler` is its config as it is."""

    path: Path
    family: Family
    layout: Layout
    transformer: Part
    vae: Part
    text_encoder: Part
    text_encoder_2: Part | None
    tokenizer: Path
    tokenizer_2: Path | None
    scheduler: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The folder's, for people."""
        return self.path.resolve().name

    @property
    def size(self) -> str:
        """The transformer's parameters: "7B", "12B", "0.4M"."""
        headers = read_headers(self.transformer.files).values()
        count = sum(tensor.parameters for tensor in headers)
        return f"{count / 1e9:.0f}B" if count >= 0.5e9 else f"{count / 1e6:.1f}M"


# what the reference's yaml files set over a checkpoint's own config.json
OVERRIDES: Mapping[Family, Mapping[str, Any]] = {
    family: {
        "after_norm": False,
        "time_position_encoding_type": "3d_rope",
        "resize_inpaint_mask_directly": True,
        "enable_clip_in_inpaint": False,
        "enable_text_attention_mask": family is Family.V5_1,
        **({"add_ref_latent_in_control_model": True} if family is Family.V5_1 else {}),
    }
    for family in Family
}
# what the reference takes for keys that a config leaves out, where diffusers takes something else
REFERENCE_DEFAULTS: Mapping[str, Any] = {
    "num_layers": 30,
    "mmdit_layers": 10_000,
    "text_embed_dim": 4096,
    "add_noise_in_inpaint_model": False,
}
# by folder: the `model_type` in its config
ENCODERS: Mapping[Family, Mapping[str, tuple[str, ...]]] = {
    Family.V5: {"text_encoder": ("bert",), "text_encoder_2": ("t5", "mt5")},
    Family.V5_1: {"text_encoder": ("qwen2_vl",)},
}
WIDTHS = ("text_embed_dim", "text_embed_dim_t5")  # in the transformer's config, in that order
# by folder: sets of files, of which one set is enough
TOKENIZERS: Mapping[Family, Mapping[str, tuple[tuple[str, ...], ...]]] = {
    Family.V5: {
        "tokenizer": (("vocab.txt",), ("tokenizer.json",)),
        "tokenizer_2": (("spiece.model",),),
    },
    Family.V5_1: {"tokenizer": (("vocab.json", "merges.txt"), ("tokenizer.json",))},
}


def read_checkpoint(path: Path) -> Checkpoint:
    """Read the folder of a model, in either layout, without loading any weights.

    Raises `CheckpointError` with one sentence on what the folder is and what to do, if it isn't
    image-to-video of EasyAnimate V5 or V5.1, or isn't all there.
    """
    try:
        return _read(path)
    except OSError as error:
        where = error.filename or path
        raise CheckpointError(f"{where} can't be read ({error.strerror})") from error


def _read(path: Path) -> Checkpoint:
    if not (path / "transformer").is_dir() or not any((path / "transformer").iterdir()):
        raise CheckpointError(no_model(path))
    transformer = _part(path / "transformer")
    stored = read_headers(transformer.files)
    refuse_other_transformer(transformer.folder, transformer.config, stored)
    family = _family(transformer.config, stored)
    _refuse_incomplete(path, family)
    layout = _layout(transformer, stored)
    defaults = REFERENCE_DEFAULTS if layout is Layout.ORIGINAL else {}
    config = {**defaults, **transformer.config, **OVERRIDES[family]}
    refuse_nonsense(transformer.folder, config, ("num_attention_heads", "attention_head_dim"))
    encoders = {folder: _part(path / folder) for folder in ENCODERS[family]}
    _refuse_other_encoders(family, encoders, config)
    return Checkpoint(
        path=path,
        family=family,
        layout=layout,
        transformer=Part(transformer.folder, config, transformer.files),
        vae=_vae(path / "vae"),
        text_encoder=encoders["text_encoder"],
        text_encoder_2=encoders.get("text_encoder_2"),
        tokenizer=path / "tokenizer",
        tokenizer_2=path / "tokenizer_2" if family is Family.V5 else None,
        scheduler=_scheduler(path / "scheduler", family),
    )


def _part(folder: Path) -> Part:
    part = Part(folder, _json(folder / "config.json"), weight_files(folder))
    read_headers(part.files)  # so that a damaged file is told of before anything is loaded
    return part


def _vae(folder: Path) -> Part:
    part = _part(folder)
    config = {key: _as_list(value) for key, value in part.config.items()}
    refuse_nonsense(folder, config, ("block_out_channels", "scaling_factor"))
    older = [key for key in ("slice_mag_vae", "slice_compression_vae") if config.get(key)]
    older += ["no cache_mag_vae"] if config.get("cache_mag_vae") is False else []
    channels = config.get("latent_channels", LATENT_CHANNELS)
    if older or channels != LATENT_CHANNELS:
        why = older[0] if older else f"{channels} latent channels"
        raise CheckpointError(
            f"{folder} is another EasyAnimate's ({why}): put that of the transformer's model there"
        )
    return Part(folder, config, part.files)


def _family(config: Mapping[str, Any], stored: Mapping[str, StoredTensor]) -> Family:
    """V5 reads two text encoders."""
    if config.get("text_embed_dim_t5") or any(name.startswith("text_proj_t5.") for name in stored):
        return Family.V5
    return Family.V5_1


def _layout(part: Part, stored: Mapping[str, StoredTensor]) -> Layout:
    """Without MMDiT blocks the layouts are one and the same."""
    layouts = layouts_of(stored)
    if not layouts and part.config.get("mmdit_layers") == 0:
        return Layout.ORIGINAL
    if len(layouts) != 1:
        raise CheckpointError(
            f"{part.folder} has the text stream in {len(layouts)} layouts instead of one: {AGAIN}"
        )
    return layouts.pop()


def _refuse_incomplete(path: Path, family: Family) -> None:
    wanted = [f"{folder}/config.json" for folder in ("vae", *ENCODERS[family])]
    wanted.append("scheduler/scheduler_config.json")
    for folder, sets in TOKENIZERS[family].items():
        if not any(all((path / folder / name).is_file() for name in names) for names in sets):
            wanted += [f"{folder}/{name}" for name in sets[0]]
    missing = [name for name in wanted if not (path / name).is_file()]
    if missing:
        raise CheckpointError(
            f"{path} has a transformer of {family} but lacks {', '.join(missing)}, it is half "
            "downloaded or copied in part: run the download again"
        )


def _refuse_other_encoders(
    family: Family, encoders: Mapping[str, Part], transformer: Mapping[str, Any]
) -> None:
    for (name, kinds), width in zip(ENCODERS[family].items(), WIDTHS, strict=False):
        config = encoders[name].config
        kind, wide = config.get("model_type", kinds[0]), _width(config)
        wanted = transformer.get(width) or wide
        if kind not in kinds or wide != wanted:
            raise CheckpointError(
                f"{encoders[name].folder} is {kind} of width {wide}, but the transformer is of "
                f"{family} and reads {kinds[0]} of width {wanted}: put the folder of the "
                "transformer's own model there"
            )


def _width(config: Mapping[str, Any]) -> Any:
    """Of the embeddings: T5 calls it d_model, newer files of Qwen2-VL have it one level down."""
    return {**config, **config.get("text_config", {})}.get("hidden_size") or config.get("d_model")


def _scheduler(folder: Path, family: Family) -> dict[str, Any]:
    config = _json(folder / "scheduler_config.json")
    if ("beta_schedule" in config) != (family is Family.V5):
        raise CheckpointError(
            f"{folder} is the scheduler of another model than the transformer, which is of "
            f"{family}: put the folder of the transformer's own model there"
        )
    return config


def _json(file: Path) -> dict[str, Any]:
    try:
        return json_object(file.read_bytes())
    except FileNotFoundError as error:
        raise CheckpointError(
            f"{file.parent} is half downloaded, it lacks {file.name}: run the download again"
        ) from error
    except OSError as error:
        raise CheckpointError(f"{file} can't be read ({error.strerror})") from error
    except MALFORMED as error:
        raise CheckpointError(f"{file} is damaged, it is no JSON object: {AGAIN}") from error


def _as_list(value: Any) -> Any:
    """A list that is written as a string, as the reference allows for a VAE's blocks."""
    if not (isinstance(value, str) and value.lstrip().startswith(("[", "("))):
        return value
    try:
        return list(ast.literal_eval(value))
    except (*MALFORMED, SyntaxError) as error:
        raise CheckpointError(f"vae/config.json is damaged at {value!r}: {AGAIN}") from error
