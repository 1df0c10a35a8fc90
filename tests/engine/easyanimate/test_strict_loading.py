"""The loader by itself: what it casts, renames, ties and passes over."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from engine.easyanimate.checkpoint import Part
from engine.easyanimate.weights import Source, load_strictly

CPU = torch.device("cpu")


class Tied(nn.Module):
    """A network with what text encoders have: tied weights, and buffers stored and not."""

    counts: Tensor
    angles: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.shared = nn.Embedding(5, 3)
        self.inner = nn.Embedding(5, 3)
        self.inner.weight = self.shared.weight
        self.scale = nn.Linear(3, 3)
        self.register_buffer("counts", torch.zeros(2, dtype=torch.int64))
        self.register_buffer("angles", torch.arange(3.0), persistent=False)


@pytest.fixture
def stored() -> dict[str, Tensor]:
    return {
        "shared.weight": torch.rand(5, 3),
        "scale.weight": torch.rand(3, 3),
        "scale.bias": torch.rand(3),
        "counts": torch.tensor([3, 4]),
    }


def filled(folder: Path, tensors: dict[str, Tensor], **wishes: object) -> Tied:
    file = folder / "model.safetensors"
    save_file(tensors, file)
    model = Tied()
    source = Source(Part(folder, {}, (file,)), **wishes)  # type: ignore[arg-type]
    load_strictly(model, source, CPU, torch.float16)
    return model


def test_tied_weights_need_to_be_stored_once_and_stay_tied(
    tmp_path: Path, stored: dict[str, Tensor]
) -> None:
    model = filled(tmp_path, stored)
    assert model.inner.weight is model.shared.weight
    assert torch.equal(model.shared.weight, stored["shared.weight"].half())


def test_tied_weights_may_be_stored_under_the_other_name(
    tmp_path: Path, stored: dict[str, Tensor]
) -> None:
    stored["inner.weight"] = stored.pop("shared.weight")
    model = filled(tmp_path, stored)
    assert model.inner.weight is model.shared.weight
    assert torch.equal(model.shared.weight, stored["inner.weight"].half())


def test_only_floating_point_parameters_are_cast(tmp_path: Path, stored: dict[str, Tensor]) -> None:
    model = filled(tmp_path, stored)
    assert torch.equal(model.counts, torch.tensor([3, 4]))
    assert model.counts.dtype is torch.int64
    assert torch.equal(model.angles, torch.arange(3.0)), "a buffer that no file holds is kept"
    assert model.angles.dtype is torch.float32


def test_what_must_stay_float32_does(tmp_path: Path, stored: dict[str, Tensor]) -> None:
    model = filled(tmp_path, stored, keeps_float32=lambda name: name.startswith("scale."))
    assert torch.equal(model.scale.weight, stored["scale.weight"])
    assert model.shared.weight.dtype is torch.float16


def test_tensors_that_the_network_has_no_use_for_are_passed_over(
    tmp_path: Path, stored: dict[str, Tensor]
) -> None:
    stored = {f"model.{name}": tensor for name, tensor in stored.items()}
    stored["visual.weight"] = torch.ones(1)

    def rename(name: str) -> str | None:
        return None if name.startswith("visual.") else name.removeprefix("model.")

    model = filled(tmp_path, stored, rename=rename)
    assert torch.equal(model.scale.bias, stored["model.scale.bias"].half())
