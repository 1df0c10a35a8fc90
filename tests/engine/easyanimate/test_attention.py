"""Attention kernels: what is taken, what is refused and why, and that all compute the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import structlog
import torch
from torch import Tensor

from engine.easyanimate import attention_backends, load_pipeline
from engine.easyanimate.attention_backends import (
    BACKENDS,
    Backend,
    Setting,
    check_name,
    choose,
    preferred,
    torchs_choice,
)
from tests.engine.easyanimate import cases

HERE = Setting(torch.device("cpu"), torch.float32, head_dim=16, quick=False)
CUDA = torch.device("cuda")


def broken(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torchs_choice(query, key, value) + 0.1


def not_for_this_card(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    raise RuntimeError("no kernel image is available for execution\non the device")


@pytest.fixture
def backends(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Those of a machine, which a test may change."""
    here = dict(BACKENDS)
    monkeypatch.setattr(attention_backends, "BACKENDS", here)
    return here


def chosen(wished: str) -> tuple[Backend, Mapping[str, Any]]:
    with structlog.testing.capture_logs() as logs:
        backend = choose(wished, HERE)
    return backend, logs[-1]


def test_auto_on_a_cpu_is_torchs_own_and_the_log_says_so() -> None:
    backend, told = chosen("auto")
    assert backend.name == "sdpa"
    assert (told["event"], told["backend"], told["log_level"]) == (
        *("attention.in_use", "sdpa", "info"),
    )


def test_what_is_not_installed_is_replaced_and_the_log_says_why() -> None:
    backend, told = chosen("flash3")
    assert backend.name == "sdpa"
    assert told["log_level"] == "warning"
    assert "flash_attn_interface" in told["refused"]["flash3"]


@pytest.mark.parametrize(
    ("kernel", "why"),
    [(broken, "off by 0.1 from the plain formula"), (not_for_this_card, "no kernel image")],
)
def test_a_kernel_that_runs_wrong_or_not_at_all_is_not_taken(
    backends: dict[str, Any], kernel: Any, why: str
) -> None:
    backends["sage"] = lambda: kernel
    backend, told = chosen("sage")
    assert backend.name == "sdpa"
    assert why in told["refused"]["sage"]


def test_a_machine_without_any_kernel_is_told_so(backends: dict[str, Any]) -> None:
    for name in backends:
        backends[name] = lambda: not_for_this_card
    with pytest.raises(RuntimeError, match="no attention kernel runs on cpu"):
        choose("auto", HERE)


@pytest.mark.parametrize(
    ("major", "quick", "order"),
    [
        (8, False, ("sdpa-flash", "sdpa")),
        (8, True, ("sage", "sdpa-flash", "sdpa")),
        (9, False, ("flash3", "sdpa-cudnn", "sdpa-flash", "sdpa")),
        (12, True, ("sage", "sdpa-cudnn", "sdpa-flash", "sdpa")),
    ],
)
def test_each_generation_of_cards_has_its_order(
    monkeypatch: pytest.MonkeyPatch, major: int, quick: bool, order: tuple[str, ...]
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (major, 0))
    assert preferred(Setting(CUDA, torch.bfloat16, 64, quick)) == order


def test_an_unknown_name_is_answered_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"attention is one of auto, sdpa, .*, not 'telepathy'"):
        check_name("telepathy")


def test_a_wished_kernel_draws_the_same_clip() -> None:
    def latents(attention: str) -> Tensor:
        pipe = load_pipeline(cases.V5, device="cpu", attention=attention)
        assert pipe.describe()["attention"] == attention
        return pipe(
            cases.case("v5-start").start,
            height=32,
            width=48,
            num_frames=5,
            num_inference_steps=4,
            seed=1,
            output_type="latent",
        ).latents

    assert torch.allclose(latents("sdpa-math"), latents("sdpa"), atol=1e-3)
