"""One forward: the reference's, and not diffusers', whose two faults are each shown to matter."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.models.embeddings import get_3d_rotary_pos_embed
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from PIL import Image
from torch import Tensor

from engine.easyanimate import load_pipeline
from engine.easyanimate.attention import JointAttention
from engine.easyanimate.denoiser import BATCHED_PEAK, SINGLE_PEAK, Denoiser
from engine.easyanimate.memory import TEXT_TOKENS
from engine.easyanimate.rotary import Grid, RotaryTables
from engine.easyanimate.step_cache import V5_7B, TeaCache
from engine.easyanimate.text import PromptEmbeds
from tests.engine.easyanimate.alive import Alive
from tests.engine.easyanimate.cases import Case, case
from tests.engine.easyanimate.variants import change_config, change_weights, copied

NEAR = 1e-5
FAR = 0.05  # what either fault costs at least
FAMILIES = ["v5-start", "v5.1-start"]
CPU = torch.device("cpu")


@cache
def denoiser(name: str) -> tuple[Denoiser, PromptEmbeds]:
    pipe = load_pipeline(case(name).checkpoint, device="cpu")
    request = case(name).request
    return pipe.parts.denoiser, pipe.encode_prompt(request.prompt, request.negative_prompt)


def forward(name: str, batched: bool = True) -> Tensor:
    """The first step's branch of the prompt, run beside the negative one."""
    net, embeds = denoiser(name)
    expected = case(name).expected
    _negative, positive = net(
        expected["dit/hidden_states"],
        float(expected["dit/timestep"]),
        [net.text_tokens(embeds.negative), net.text_tokens(embeds.prompt)],
        inpaint_of(case(name)),
        batched=batched,
    )
    return positive


def inpaint_of(one: Case) -> Tensor:
    names = ("cond/mask_latents", "cond/masked_video_latents")
    return torch.cat([one.expected[name] for name in names], dim=1)


def distance(name: str, output: Tensor) -> float:
    return float((output - case(name).expected["dit/output"]).abs().max())


@pytest.mark.parametrize("batched", [True, False])
@pytest.mark.parametrize("name", FAMILIES)
def test_a_forward_is_the_references(name: str, batched: bool) -> None:
    assert distance(name, forward(name, batched)) < NEAR


@pytest.mark.parametrize("name", FAMILIES)
def test_with_both_cures_diffusers_own_forward_is_the_same_to_the_last_bit(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out of it, or done once a clip, changes no number."""
    net, embeds = denoiser(name)
    expected, inpaint = case(name).expected, inpaint_of(case(name))
    texts = [net.text_tokens(embeds.negative), net.text_tokens(embeds.prompt)]
    turns = net._turns(expected["dit/hidden_states"], texts[0].shape[1])
    monkeypatch.setattr(net.transformer.rope_embedding, "forward", lambda hidden: turns)
    both = [torch.cat(pair) for pair in zip(embeds.negative, embeds.prompt, strict=True)]
    with torch.no_grad():
        _negative, positive = net.transformer(
            expected["dit/hidden_states"].expand(2, -1, -1, -1, -1),
            expected["dit/timestep"].expand(2),
            encoder_hidden_states=both[0],
            encoder_hidden_states_t5=both[1] if len(both) > 1 else None,
            inpaint_latents=inpaint.expand(2, -1, -1, -1, -1),
            return_dict=False,
        )[0].split(1)
    assert torch.equal(forward(name), positive)


@pytest.mark.parametrize("name", FAMILIES)
def test_without_the_text_s_projection_in_plain_blocks_it_is_not(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As diffusers has it: blocks without weights of their own for the text leave it as it is."""
    attend = JointAttention.__call__

    def as_diffusers(self: JointAttention, attn: Any, *args: Any, **kwargs: Any) -> Any:
        if attn.to_add_out is None:
            attn.to_add_out = torch.nn.Identity()
            try:
                return attend(self, attn, *args, **kwargs)
            finally:
                attn.to_add_out = None
        return attend(self, attn, *args, **kwargs)

    monkeypatch.setattr(JointAttention, "__call__", as_diffusers)
    assert distance(name, forward(name)) > FAR


def test_a_plain_block_projects_text_and_video_as_one() -> None:
    """Apart they come to other last bits in half precision."""
    net, _ = denoiser("v5-start")
    mixed = net.transformer.transformer_blocks[0].attn1
    plain = net.transformer.transformer_blocks[-1].attn1
    calls: list[int] = []
    hooks = [
        one.to_out[0].register_forward_hook(lambda *told: calls.append(told[1][0].shape[1]))
        for one in (mixed, plain)
    ]
    forward("v5-start")
    for hook in hooks:
        hook.remove()
    video = 3 * 4 * 7
    assert calls == [video, 77 + 256 + video]


@pytest.mark.parametrize("name", FAMILIES)
def test_with_diffusers_rotary_positions_it_is_not(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_diffusers(self: RotaryTables, grid: Grid, device: torch.device) -> Tensor:
        top, left = _crop(grid)
        cos, sin = get_3d_rotary_pos_embed(
            self._head_dim,
            ((top, left), (30 - top, 45 - left)),
            grid_size=(grid.height, grid.width),
            temporal_size=grid.latent_frames,
            use_real=True,
        )
        video = torch.complex(cos[:, ::2], sin[:, ::2])
        text = video.new_ones(grid.text_tokens, video.shape[1])
        return torch.cat([text, video])[:, None]

    monkeypatch.setattr(RotaryTables, "turns", as_diffusers)
    assert distance(name, forward(name)) > 100 * NEAR


def _crop(grid: Grid) -> tuple[int, int]:
    """Of pictures that are wider than the training's: rows above, columns on the left."""
    assert grid.height / grid.width < 30 / 45
    return round((30 - round(45 / grid.width * grid.height)) / 2), 0


@pytest.mark.parametrize(("batched", "peak"), [(True, BATCHED_PEAK), (False, SINGLE_PEAK)])
def test_the_peaks_are_those_that_memory_is_planned_with(batched: bool, peak: int) -> None:
    """Of the 7B's widths, with two of its blocks, at 768 pixels and a guided, cached step."""
    net = net_of_full_width()
    latents, inpaint = (meta(1, channels, 13, 96, 96) for channels in (16, 17))
    texts = [meta(1, TEXT_TOKENS, 3072), meta(1, TEXT_TOKENS, 3072)]
    cache = Always(0.0, V5_7B, num_calls=9)
    given = [latents, inpaint, *texts, *net.transformer.parameters()]
    with Alive(given) as alive:
        for time in (999.0, 979.0):
            net(latents, time, texts, inpaint, cache, batched)
    stream = (13 * 48 * 48 + TEXT_TOKENS) * 3072 * 2
    assert peak - 1 < alive.peak / stream < peak


class Always(TeaCache):
    """Keeps what it would compare, which has no numbers here."""

    def decide(self, signal: Tensor) -> bool:
        self._last_signal = signal
        return True


def net_of_full_width() -> Denoiser:
    """Shapes without numbers; attention streams its scores, so that it makes its result alone."""
    with torch.device("meta"):
        transformer = EasyAnimateTransformer3DModel(
            num_attention_heads=48,
            attention_head_dim=64,
            in_channels=33,
            out_channels=16,
            patch_size=2,
            num_layers=2,
            mmdit_layers=1,
            text_embed_dim=1024,
            text_embed_dim_t5=2048,
            add_norm_text_encoder=False,
        )
    net = Denoiser(transformer.to(torch.bfloat16), CPU)
    net._joint.kernel = lambda query, key, value: torch.empty_like(query)
    return net


def meta(*shape: int) -> Tensor:
    return torch.empty(*shape, device="meta", dtype=torch.bfloat16)


def test_of_a_net_that_predicts_a_variance_too_only_the_rest_is_taken(tmp_path: Path) -> None:
    """As the reference halves whatever has more channels than latents."""
    wide = copied(case("v5-start").checkpoint, tmp_path / "wide")
    change_config(wide, "transformer", out_channels=32)

    def double(tensors: dict[str, Tensor]) -> None:
        for name in ("proj_out.weight", "proj_out.bias"):
            tensors[name] = torch.cat([tensors[name], torch.ones_like(tensors[name])])

    change_weights(wide, "transformer", double)
    asked: dict[str, Any] = {"height": 32, "width": 32, "num_frames": 5, "num_inference_steps": 2}
    narrow_clip, wide_clip = (
        load_pipeline(path, device="cpu")(
            Image.new("RGB", (32, 32)), seed=1, output_type="latent", **asked
        )
        for path in (case("v5-start").checkpoint, wide)
    )
    assert torch.equal(narrow_clip.latents, wide_clip.latents)


def test_samples_through_the_blocks_are_counted() -> None:
    net, _ = denoiser("v5-start")
    before = net.forwards
    forward("v5-start")
    forward("v5-start", batched=False)
    assert net.forwards - before == 4


@pytest.mark.parametrize(("dtype", "told"), [(torch.float32, 999.0), (torch.bfloat16, 1000.0)])
def test_a_time_is_rounded_to_the_latents_dtype_as_in_the_reference(
    monkeypatch: pytest.MonkeyPatch, dtype: torch.dtype, told: float
) -> None:
    net = load_pipeline(case("v5-start").checkpoint, device="cpu", dtype=dtype).parts.denoiser
    seen: list[float] = []
    wave = net.transformer.time_proj.forward

    def watched(times: Tensor) -> Tensor:
        seen.extend(times.tolist())
        waves: Tensor = wave(times)
        return waves

    monkeypatch.setattr(net.transformer.time_proj, "forward", watched)
    text = torch.zeros(1, 2, net.transformer.text_proj.out_features, dtype=dtype)
    net(
        torch.zeros(1, 16, 1, 4, 4, dtype=dtype),
        999.0,
        [text],
        torch.zeros(1, 17, 1, 4, 4).to(dtype),
    )
    assert seen == [told]


@pytest.mark.parametrize("name", FAMILIES)
def test_compiled_blocks_compute_the_same(name: str) -> None:
    """Without a compiler, which takes minutes: what is looked at is the wiring."""
    pipe = load_pipeline(case(name).checkpoint, device="cpu")
    net, expected = pipe.parts.denoiser, case(name).expected
    told = (
        expected["dit/hidden_states"],
        float(expected["dit/timestep"]),
        [net.text_tokens(pipe.encode_prompt("a wink").prompt)],
        inpaint_of(case(name)),
    )
    (plain,) = net(*told)
    net.compile(backend="eager")
    (compiled,) = net(*told)
    assert torch.allclose(compiled, plain, atol=NEAR)
