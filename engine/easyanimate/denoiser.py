"""diffusers' EasyAnimate transformer, run the way the reference runs its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from diffusers.models.transformers.transformer_easyanimate import EasyAnimateTransformer3DModel
from torch import Tensor

from engine.easyanimate.attention import JointAttention
from engine.easyanimate.attention_backends import AUTO, Backend, Setting, check_name, choose
from engine.easyanimate.rotary import Grid, RotaryTables
from engine.easyanimate.step_cache import TeaCache

# The most that is alive at once in a guided call, in hidden states of one sample (tokens × width),
# with both branches in one batch and one after the other: 13 for each sample in a feed-forward, 3
# that the step cache keeps, and the first branch's output while the second is computed. Kernels
# of attention that are used here stream their scores.
BATCHED_PEAK = 29
SINGLE_PEAK = 17


class Denoiser:
    """One model call for one clip: a sample through the blocks per guidance branch.

    Cures what is wrong in diffusers' class: its attention leaves the text unprojected in blocks
    without weights for it, and its rotary positions are off (see attention.py, rotary.py).
    `forwards` counts the samples that went through the blocks.
    """

    def __init__(
        self,
        transformer: EasyAnimateTransformer3DModel,
        device: torch.device,
        attention: str = AUTO,
    ) -> None:
        """`device` is where calls will be made, wherever the weights lie now."""
        self.transformer: Any = transformer  # torch types no submodule
        self.forwards = 0
        config: Any = transformer.config
        self._patch: int = config["patch_size"]
        self._channels: int = config["out_channels"]
        self._wished = check_name(attention)
        self._setting = (device, transformer.dtype, int(config["attention_head_dim"]))
        self._tables = RotaryTables(config["attention_head_dim"], self._patch)
        self._backends: dict[bool, Backend] = {}
        self._joint = JointAttention()
        blocks: Any = transformer.transformer_blocks
        for block in blocks:
            block.attn1.set_processor(self._joint)
        self.allow_quick_attention(False)

    @property
    def attention(self) -> str:
        """The kernel that is really in use, for logs and doctor."""
        return self._backend.name

    def allow_quick_attention(self, allowed: bool) -> None:
        """Whether a kernel that rounds to 8 bits may be taken where none was wished for."""
        if allowed not in self._backends:
            self._backends[allowed] = choose(self._wished, Setting(*self._setting, allowed))
        self._backend = self._backends[allowed]
        self._joint.kernel = self._backend.kernel

    def compile(self, backend: str = "inductor") -> None:
        """Compile each block, for static shapes: the first call of a size takes minutes more."""
        for block in self.transformer.transformer_blocks:
            block.compile(backend=backend, dynamic=False)

    @torch.no_grad()
    def text_tokens(self, embeds: Sequence[Tensor]) -> Tensor:
        """(1, tokens, dim): each encoder's embeddings projected, BERT's before T5's.

        They are the same at each step, so that they need be computed once a clip. Raises
        `ValueError` for embeddings of another model.
        """
        every = (self.transformer.text_proj, self.transformer.text_proj_t5)
        projections = [one for one in every if one is not None]
        wanted = [(1, _width(projection)) for projection in projections]
        given = [(one.shape[0], one.shape[-1]) for one in embeds]
        if given != wanted:
            raise ValueError(
                f"this model reads embeddings of batch and width {wanted}, not {given}: they are "
                "another model's"
            )
        projected = [projection(one) for projection, one in zip(projections, embeds, strict=True)]
        return torch.cat(projected, dim=1)

    @torch.no_grad()
    def __call__(
        self,
        latents: Tensor,
        timestep: float,
        texts: Sequence[Tensor],
        inpaint: Tensor,
        cache: TeaCache | None = None,
        batched: bool = True,
    ) -> list[Tensor]:
        """What the network predicts for each of `texts`, shaped as `latents`.

        `latents` (1, 16, latent_frames, latent_height, latent_width), `inpaint` the same with 17
        channels; `texts` are [negative, positive] or [positive], (1, tokens, dim) each.
        `batched` runs them as one batch, bit by bit the reference's, else one after the other.
        The timestep is rounded to the latents' dtype first, as in the reference: in bfloat16
        999 is 1000.
        """
        batch = len(texts) if batched else 1
        video = self._patches(torch.cat([latents, inpaint], dim=1).expand(batch, -1, -1, -1, -1))
        time = self._time(timestep, latents, batch)
        if cache is not None and not cache.decide(self._signal(video[:1], time)):
            outputs = [video[:1] + residual for residual in cache.residuals(len(texts))]
            return self._unpatched(outputs, latents, batched)
        turns = self._turns(latents, texts[0].shape[1])
        groups = [torch.cat(list(texts))] if batched else texts
        outputs = [
            one
            for text in groups
            for one in self._through_blocks(video, text, time, turns).chunk(len(text))
        ]
        if cache is not None:
            cache.keep([one - video[:1] for one in outputs])
        return self._unpatched(outputs, latents, batched)

    def _time(self, timestep: float, latents: Tensor, batch: int) -> Tensor:
        """(batch, dim), each row computed: one row alone is multiplied in another order."""
        rounded = torch.full((batch,), timestep, device=latents.device).to(latents.dtype)
        waves = self.transformer.time_proj(rounded).to(latents.dtype)
        time: Tensor = self.transformer.time_embedding(waves, None)
        return time

    def _patches(self, channels: Tensor) -> Tensor:
        """(batch, channels, frames, height, width) into (batch, tokens, dim), frame by frame."""
        frames = channels.transpose(1, 2)
        patches = self.transformer.proj(frames.flatten(0, 1)).flatten(2).transpose(1, 2)
        tokens: Tensor = patches.unflatten(0, frames.shape[:2]).flatten(1, 2)
        return tokens

    def _signal(self, video: Tensor, time: Tensor) -> Tensor:
        """What the first block's attention sees of the video, for the step cache."""
        norm = self.transformer.transformer_blocks[0].norm1
        shift, scale, *_ = norm.linear(norm.silu(time))[:1].chunk(6, dim=1)
        signal: Tensor = norm.norm(video) * (1 + scale[:, None]) + shift[:, None]
        return signal

    def _turns(self, latents: Tensor, text_tokens: int) -> Tensor:
        _, _, frames, height, width = latents.shape
        grid = Grid(text_tokens, frames, height // self._patch, width // self._patch)
        return self._tables.turns(grid, latents.device)

    def _through_blocks(self, video: Tensor, text: Tensor, time: Tensor, turns: Tensor) -> Tensor:
        """The video's tokens after all blocks and the two final norms."""
        self.forwards += len(text)
        for block in self.transformer.transformer_blocks:
            video, text = block(video, text, time, turns)
        normed: Tensor = self.transformer.norm_out(self.transformer.norm_final(video), temb=time)
        return normed

    def _unpatched(self, outputs: Sequence[Tensor], latents: Tensor, batched: bool) -> list[Tensor]:
        """(1, tokens, dim) each into the shape of `latents`; of a net that also predicts a
        variance, the first half of the channels."""
        groups = [torch.cat(list(outputs))] if batched else outputs
        _, _, frames, height, width = latents.shape
        patch = self._patch
        shape = (frames, height // patch, width // patch, self._channels, patch, patch)
        return [
            pixels.permute(0, 4, 1, 2, 5, 3, 6).reshape(1, self._channels, *latents.shape[2:])[
                :, : latents.shape[1]
            ]
            for group in groups
            for pixels in self.transformer.proj_out(group).view(len(group), *shape).split(1)
        ]


def _width(projection: Any) -> int:
    """Of what it reads: a linear layer, which V5.1 puts behind a norm."""
    linear = projection if isinstance(projection, torch.nn.Linear) else projection[-1]
    return int(linear.in_features)
