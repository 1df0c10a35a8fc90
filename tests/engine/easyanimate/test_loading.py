"""What is decided before weights are read: device, dtype, mode, and the memory plan."""

from __future__ import annotations

from typing import Any

import pytest
import structlog
import torch

from engine.easyanimate import load_pipeline, loading
from engine.easyanimate.errors import TooLargeForMemoryError
from engine.easyanimate.modes import Tuning, mode_for
from tests.engine.easyanimate import cases


def never(*_: Any, **__: Any) -> Any:
    raise AssertionError("no weights are read")


def test_the_plan_is_made_from_free_memory_before_any_weight_is_read_and_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda device: 23_000_000_000)
    read = loading.load_transformer
    told_first: list[str] = []

    def reading(*args: Any) -> Any:
        told_first.extend(log["event"] for log in logs)
        return read(*args)

    monkeypatch.setattr(loading, "load_transformer", reading)
    with structlog.testing.capture_logs() as logs:
        load_pipeline(cases.V5, device="cpu")
    assert told_first == ["model.found", "model.plan"]
    (plan,) = (log for log in logs if log["event"] == "model.plan")
    assert plan["plan"] == "device"
    assert "of 23.0 GB for 768×768×49" in plan["why"]


def test_a_card_that_is_too_small_for_all_is_told_before_any_weight_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loading, "free_bytes", lambda device: 100_000_000)
    monkeypatch.setattr(loading, "load_transformer", never)
    with pytest.raises(TooLargeForMemoryError, match=r"0\.1 GB are there"):
        load_pipeline(cases.V5, device="cpu")


def test_the_wishes_may_be_given_in_their_order() -> None:
    pipe = load_pipeline(cases.V5, "cpu", torch.bfloat16, "offloaded", "fast", (), "sdpa-math")
    told = pipe.describe()
    named = [told[name] for name in ("device", "dtype", "plan", "mode", "attention")]
    assert named == ["cpu", "bfloat16", "offloaded", "fast", "sdpa-math"]


def test_a_lora_may_lie_in_one_s_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a model may: .env has no shell that reads the tilde."""
    file, strength = cases.case("v5-start_lora").loras[0]
    monkeypatch.setenv("HOME", str(file.parent))
    there, at_home = (
        load_pipeline(cases.V5, device="cpu", loras=[(path, strength)]).parts.denoiser.transformer
        for path in (file, f"~/{file.name}")
    )
    known = there.state_dict()
    assert all(torch.equal(known[name], one) for name, one in at_home.state_dict().items())


def test_no_weights_are_read_where_there_is_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "load_transformer", never)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="there is no GPU that torch"):
        load_pipeline(cases.V5, device="cuda")


@pytest.mark.parametrize(
    ("device", "has_bfloat16", "dtype"),
    [
        ("cuda", True, torch.bfloat16),
        ("cuda", False, torch.float16),
        ("cpu", True, torch.float32),
    ],
)
def test_the_dtype_is_what_the_device_is_good_at(
    monkeypatch: pytest.MonkeyPatch, device: str, has_bfloat16: bool, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_bfloat16)
    assert loading._dtype(None, torch.device(device)) is dtype
    assert loading._dtype("float32", torch.device(device)) is torch.float32


@pytest.mark.parametrize(
    ("gigabytes", "mode"), [(24, "fast"), (39, "fast"), (48, "exact"), (80, "exact")]
)
def test_small_cards_are_fast_and_large_ones_exact(
    monkeypatch: pytest.MonkeyPatch, gigabytes: int, mode: str
) -> None:
    class Card:
        total_memory = gigabytes * 10**9

    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Card)
    assert mode_for(torch.device("cuda")) == mode
    assert mode_for(torch.device("cpu")) == "exact"


def test_each_saving_of_the_fast_mode_is_switched_alone() -> None:
    fast = Tuning("fast").savings()
    assert (fast.step_cache, fast.guidance_until, fast.quick_attention) == (0.08, 0.6, True)
    assert Tuning("fast", step_cache=None).savings().step_cache is None
    assert Tuning("fast", step_cache=None).savings().guidance_until == 0.6
    assert Tuning("fast", guidance_until=1.0).savings().step_cache == 0.08
    exact = Tuning("exact", step_cache=("teacache", 0.2)).savings()
    assert (exact.step_cache, exact.guidance_until, exact.quick_attention) == (0.2, 1.0, False)


def test_a_call_may_ask_for_the_other_mode() -> None:
    assert Tuning("fast").savings("exact") == Tuning("exact").savings()
