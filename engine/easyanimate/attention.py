"""Attention over text and video together: the projections, and the kernel's place."""

from __future__ import annotations

import torch
from diffusers.models.attention_processor import Attention
from torch import Tensor

from engine.easyanimate.attention_backends import Kernel, torchs_choice
from engine.easyanimate.rotary import rotate


class JointAttention:
    """The attention processor of all blocks, which share it; `kernel` may change between calls.

    It stands in for diffusers' own for three reasons. In blocks that have no weights of their
    own for the text, the reference sends text and video through the same output projection;
    diffusers leaves the text unprojected there. Its rotation copies tables and slices on each
    call. And it calls PyTorch's attention itself, so that its backend can't be chosen.

    The layout is (batch, tokens, heads, head_dim) from the projections on, which spares a copy
    and is what FlashAttention and SageAttention take.
    """

    def __init__(self, kernel: Kernel = torchs_choice) -> None:
        self.kernel = kernel

    def __call__(
        self,
        attn: Attention,
        hidden_states: Tensor,
        encoder_hidden_states: Tensor,
        attention_mask: None = None,
        image_rotary_emb: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        """Video and text, each (batch, tokens, dim), after attending to both.

        The parameters' names are diffusers'; `image_rotary_emb` is `RotaryTables.turns`, over
        the text tokens too. There is no mask: the reference's transformer has none.
        """
        video, text = hidden_states, encoder_hidden_states
        joint = _joint_with_text_weights if attn.add_q_proj is not None else _joint
        query, key, value = joint(attn, video, text)
        if image_rotary_emb is not None:
            query, key = rotate(query, image_rotary_emb), rotate(key, image_rotary_emb)
        mixed = self.kernel(query, key, value).flatten(2)
        text_tokens = text.shape[1]
        if attn.to_add_out is None:
            out = attn.to_out[0](mixed)  # as one, for the reference's last bits
            return out[:, text_tokens:], out[:, :text_tokens]
        return attn.to_out[0](mixed[:, text_tokens:]), attn.to_add_out(mixed[:, :text_tokens])


def _joint(attn: Attention, video: Tensor, text: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key and value where text and video share the weights."""
    tokens = torch.cat([text, video], dim=1)
    query, key, value = (_heads(attn, to(tokens)) for to in (attn.to_q, attn.to_k, attn.to_v))
    return _normed(attn.norm_q, query), _normed(attn.norm_k, key), value


def _joint_with_text_weights(
    attn: Attention, video: Tensor, text: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Query, key and value where the text has weights of its own."""
    return (
        torch.cat(
            [
                _normed(attn.norm_added_q, _heads(attn, attn.add_q_proj(text))),
                _normed(attn.norm_q, _heads(attn, attn.to_q(video))),
            ],
            dim=1,
        ),
        torch.cat(
            [
                _normed(attn.norm_added_k, _heads(attn, attn.add_k_proj(text))),
                _normed(attn.norm_k, _heads(attn, attn.to_k(video))),
            ],
            dim=1,
        ),
        torch.cat([_heads(attn, attn.add_v_proj(text)), _heads(attn, attn.to_v(video))], dim=1),
    )


def _heads(attn: Attention, tokens: Tensor) -> Tensor:
    return tokens.view(*tokens.shape[:2], attn.heads, -1)


def _normed(norm: torch.nn.Module | None, tokens: Tensor) -> Tensor:
    return tokens if norm is None else norm(tokens)
