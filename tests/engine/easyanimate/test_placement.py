"""The memory plans as they are carried out: the same clip by each, up to the rounding of one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from engine.easyanimate import load_pipeline
from engine.easyanimate.conditioning import ClipSize
from engine.easyanimate.errors import TooLargeForMemoryError
from engine.easyanimate.memory import Plan, needed_bytes, vae_stage_bytes
from engine.easyanimate.pipeline import EasyAnimatePipeline
from engine.easyanimate.placement import Placement
from engine.easyanimate.vae import DECODE_PEAK
from tests.engine.easyanimate import cases
from tests.engine.easyanimate.cases import case

ROUNDING = 1e-4  # of branches that run one after the other
CLIP = ClipSize(48, 32, 5)
E5M = torch.float8_e4m3fn


def loaded(memory: str) -> EasyAnimatePipeline:
    return load_pipeline(cases.V5, device="cpu", mode="exact", memory=memory)


def latents(pipe: EasyAnimatePipeline) -> torch.Tensor:
    one = case("v5-start")
    return pipe(
        one.start,
        prompt=one.request.prompt,
        height=32,
        width=48,
        num_frames=5,
        num_inference_steps=4,
        seed=1,
        output_type="latent",
    ).latents


def moves_of(placement: Placement, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where the networks are sent from now on; both places are the CPU here, told apart by name."""
    moves: list[str] = []
    device = torch.device("cpu", 0)
    monkeypatch.setattr(placement, "_device", device)
    for name in ("transformer", "vae"):
        move = getattr(placement, f"_{name}").to

        def told(to: torch.device, name: str = name, move: Any = move) -> Any:
            moves.append(f"{name} to {'device' if to == device else 'cpu'}")
            return move(to)

        monkeypatch.setattr(getattr(placement, f"_{name}"), "to", told)
    return moves


@pytest.fixture(scope="module")
def expected() -> torch.Tensor:
    return latents(loaded("device"))


@pytest.mark.parametrize("plan", [Plan.VAE_SWAPPED, Plan.OFFLOADED])
def test_where_weights_lie_does_not_change_the_clip(plan: Plan, expected: torch.Tensor) -> None:
    pipe = loaded(plan)
    assert pipe.parts.placement.plan is plan
    assert torch.allclose(latents(pipe), expected, atol=ROUNDING)
    assert torch.allclose(latents(pipe), expected, atol=ROUNDING)


def test_eight_bits_round_the_weights_and_little_else(expected: torch.Tensor) -> None:
    pipe = loaded("8-bit")
    transformer = pipe.parts.denoiser.transformer
    block = transformer.transformer_blocks[3]
    assert block.ff.net[2].weight.dtype is E5M
    assert transformer.proj.weight.dtype is torch.float32
    rounded = latents(pipe)
    assert not torch.allclose(rounded, expected, atol=ROUNDING)
    assert (rounded - expected).std() < 0.5 * expected.std()


def test_eight_bits_are_the_weights_rounded_as_the_reference_rounds_them() -> None:
    pipe, by_hand = loaded("8-bit"), loaded("vae-swapped")
    for module in by_hand.parts.denoiser.transformer.transformer_blocks.modules():
        if isinstance(module, torch.nn.Linear) and module.weight.shape[0] != 6 * 64:
            module.weight.copy_(module.weight.to(E5M).float())
            module.bias.copy_(module.bias.to(E5M).float())
    outside = by_hand.parts.denoiser.transformer
    for linear in (
        outside.time_embedding.linear_1,
        outside.time_embedding.linear_2,
        outside.text_proj,
        outside.text_proj_t5,
    ):
        linear.weight.copy_(linear.weight.to(E5M).float())
        linear.bias.copy_(linear.bias.to(E5M).float())
    assert torch.allclose(latents(pipe), latents(by_hand), atol=ROUNDING)


def test_each_plan_can_be_left_for_the_next_in_place(expected: torch.Tensor) -> None:
    pipe = loaded("device")
    placement = pipe.parts.placement
    for plan in (Plan.VAE_SWAPPED, Plan.EIGHT_BIT, Plan.OFFLOADED):
        placement.down()
        assert placement.plan is plan
        assert torch.isfinite(latents(pipe)).all()
    with pytest.raises(RuntimeError, match="no memory plan below offloaded"):
        placement.down()


def test_offloaded_blocks_come_and_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen by their hooks, since there is one device here."""
    pipe = loaded("offloaded")
    _first, *blocks = pipe.parts.denoiser.transformer.transformer_blocks
    hooks = [block._diffusers_hook.get_hook("group_offloading") for block in blocks]
    moves: list[str] = []
    for number, hook in enumerate(hooks):
        for way in ("onload_", "offload_"):
            move = getattr(hook.group, way)
            monkeypatch.setattr(
                hook.group,
                way,
                lambda number=number, way=way, move=move: (
                    moves.append(f"{way}{number}"),
                    move(),
                ),
            )
    latents(pipe)
    assert moves[:4] == ["onload_0", "offload_0", "onload_1", "offload_1"]
    assert len(moves) == 2 * len(blocks) * 2 * 4


def test_only_one_plan_runs_both_branches_as_one_batch() -> None:
    assert loaded("device").parts.placement.batched
    assert not loaded("vae-swapped").parts.placement.batched


def test_a_clip_that_needs_room_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = loaded("device")
    placement = pipe.parts.placement
    monkeypatch.setattr(
        "engine.easyanimate.placement.choose_plan", lambda *_, start: Plan.EIGHT_BIT
    )
    placement.make_room(ClipSize(64, 64, 5))
    assert placement.plan is Plan.EIGHT_BIT


@pytest.mark.parametrize("plan", [Plan.VAE_SWAPPED, Plan.EIGHT_BIT])
def test_where_there_is_no_room_for_both_the_transformer_makes_way_for_the_vae(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    placement = loaded(plan).parts.placement
    size = placement._budget.footprint
    both = size.weights(plan) + vae_stage_bytes(size, CLIP, DECODE_PEAK)
    monkeypatch.setattr(placement, "_budget", replace(placement._budget, free=both - 1))
    moves = moves_of(placement, monkeypatch)
    with placement.for_vae(CLIP, DECODE_PEAK):
        assert moves == ["transformer to cpu", "vae to device"]
    assert moves[2:] == ["vae to cpu", "transformer to device"]


@pytest.mark.parametrize("plan", Plan)
def test_with_room_for_both_the_transformer_stays(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = loaded(plan)
    moves = moves_of(pipe.parts.placement, monkeypatch)
    latents(pipe)
    back = "vae to device" if plan is Plan.DEVICE else "vae to cpu"
    assert moves == ["vae to device", back]


def test_running_out_of_memory_teaches_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = loaded("device")
    placement = pipe.parts.placement
    believed = needed_bytes(Plan.DEVICE, placement._budget.footprint, CLIP)
    placement.ran_out(CLIP)
    assert placement.plan is Plan.VAE_SWAPPED
    assert placement._budget.free == believed - 1


def test_what_does_not_fit_is_refused_before_anything_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipe = loaded("device")
    monkeypatch.setattr(pipe.parts.placement, "_budget", _nothing_free(pipe))
    with pytest.raises(TooLargeForMemoryError):
        latents(pipe)
    assert pipe.parts.placement.plan is Plan.DEVICE
    assert pipe.parts.encoders.loads == 0


def _nothing_free(pipe: EasyAnimatePipeline) -> object:
    return replace(pipe.parts.placement._budget, free=1)
