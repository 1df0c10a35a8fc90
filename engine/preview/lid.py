"""A lid that covers its eye from above as skin does: skin, then the lash line on its edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.preview.eye import LASHES, Eye
from engine.preview.patch import EyePatch, patch_of, rising
from engine.preview.skin import bare_skin

Floats = NDArray[np.float32]

LASH_TURN = 1.7  # lashes turn over as the lid sinks: 1 would lay them flat when it is closed
FOLD_FOLLOWS = 0.1  # of the lid's travel
HOOD = 0.34  # how far above the line skin moves with the lid, in eye widths
TAPER = 0.55  # how much thinner the line of a closed eye is at its corners


class Lid:
    """The parts of one eye's lid, cut out of the picture once, laid back closed by any share."""

    def __init__(self, picture: Floats, eye: Eye) -> None:
        """`picture` is (height, width, 3), 0..255."""
        self.patch = patch_of(eye, picture.shape)
        pixels = picture[self.patch.box]
        skin = bare_skin(picture, self.patch)
        self.ink, self.lash = _lash_line(pixels, skin, self.patch)
        fade = rising(self.patch.below - self.patch.crease, 0, 2 * self.patch.pixel)
        self.bare = pixels + fade[..., None] * (skin - pixels)

    def close(self, picture: Floats, share: float) -> None:
        """Paint the lid over the eye in `picture`, 0 open (nothing is changed) to 1 closed."""
        if share <= 0:
            return
        patch, pixels = self.patch, picture[self.patch.box]
        travel = share * patch.gap
        edge = patch.below - travel  # how far below the lid's line, where it is now
        covered = np.clip(0.5 + (0.5 * patch.thick - edge) / patch.pixel, 0, 1)
        skin = patch.carried(self.bare, self._fold_shift(travel))
        closed = pixels + covered[..., None] * (skin - pixels)
        closed += self._lashes_at(edge, share)[..., None] * (self.ink - closed)
        # what has hardly moved yet stays as it was drawn, and so does the skin under the brow
        moved = np.clip(travel / patch.pixel, 0, 1) * np.clip((patch.below + HOOD) / 0.05, 0, 1)
        pixels += moved[..., None] * (closed - pixels)

    def _fold_shift(self, travel: Floats) -> Floats:
        """The fold follows the lid a little, without being stretched."""
        near = rising(self.patch.below, -HOOD, -LASHES)
        return np.asarray(FOLD_FOLLOWS * travel * near, np.float32)

    def _lashes_at(self, edge: Floats, share: float) -> Floats:
        """The lash line on the moved edge; lashes above it flatten, then point down from it."""
        patch = self.patch
        corner = TAPER * share * rising(np.abs(patch.u), 0.3, 0.55)
        upper_side = (edge - corner * patch.thick) / patch.pixel
        line: Floats = self._lash_at(edge) * np.clip(0.5 + upper_side, 0, 1)
        turn = 1 - LASH_TURN * share
        if abs(turn) < 0.1:
            return line
        root = np.where(turn < 0, 0.8 * patch.thick, 0)  # pointing down they stand out below
        above = (edge - root) / turn
        standing = self._lash_at(above) * np.clip(0.5 - above / patch.pixel, 0, 1)
        return np.asarray(np.maximum(line, standing * min(1.0, abs(turn) / 0.4)), np.float32)

    def _lash_at(self, place: Floats) -> Floats:
        """How densely the lash line covers at places given as `below`."""
        return self.patch.carried(self.lash, self.patch.below - place)


def _lash_line(pixels: Floats, bare: Floats, patch: EyePatch) -> tuple[Floats, Floats]:
    """The colour of the line on the lid's edge and how densely it covers, 0..1: what is
    darker than the skin, from the tips of the lashes to the lower edge of the line."""
    skin, light = bare.mean(axis=2), pixels.mean(axis=2)
    on_line = (patch.below > 0) & (patch.below < patch.thick) & (patch.gap > 0)
    dark = on_line & (light <= np.percentile(light[on_line], 40))
    ink = np.median(pixels[dark], axis=0).astype(np.float32)
    density = np.clip((skin - light) / np.maximum(20, skin - ink.mean()), 0, 1)
    band = np.clip(0.5 + (patch.thick - patch.below) / patch.pixel, 0, 1)
    band *= rising(patch.below, -LASHES, -0.7 * LASHES)
    return ink, (density * band).astype(np.float32)
