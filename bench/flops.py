"""How much arithmetic one sample through the transformer's blocks is: the floor that no code gets
under, and what turns seconds into a share of a card's peak."""

from __future__ import annotations

from dataclasses import dataclass

TERA = 10**12
# per token and block, in squares of the width: query, key, value and output, and a feed-forward
# of four times the width, each number one multiplication and one addition
LINEAR_SQUARES = 2 * (4 + 2 * 4)
# per pair of tokens and block, in widths: scores, and the mixing of values
ATTENTION_WIDTHS = 2 * 2
PATCH_PIXELS = 16
FRAMES_GRID = 4


@dataclass(frozen=True, slots=True)
class Flops:
    """Floating-point operations of one forward; norms, gates and rotations count as nothing."""

    linear: float
    attention: float

    @property
    def total(self) -> float:
        return self.linear + self.attention


def video_tokens(width: int, height: int, num_frames: int) -> int:
    """A token is a patch of 16 × 16 pixels of one latent frame."""
    latent_frames = (num_frames - 1) // FRAMES_GRID + 1
    return (width // PATCH_PIXELS) * (height // PATCH_PIXELS) * latent_frames


def forward_flops(tokens: int, width: int, layers: int) -> Flops:
    """Of one sample: `tokens` are those of text and video together, `width` is the hidden one.

    Whether a block keeps weights of its own for the text changes nothing: each token meets one
    set of them.
    """
    return Flops(
        linear=float(LINEAR_SQUARES * tokens * width**2 * layers),
        attention=float(ATTENTION_WIDTHS * tokens**2 * width * layers),
    )
