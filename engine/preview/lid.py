"""A lid that covers its eye from above as skin does: skin, then the lash line on its edge."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.preview.eye import LASHES, Eye

Floats = NDArray[np.float32]

LASH_TURN = 1.55  # they turn over as the lid sinks: 1 would lay them flat when it is closed
FOLD_FOLLOWS = 0.1  # of the lid's travel
HOOD = 0.34  # how far above the line skin moves with the lid, in eye widths


class Lid:
    """The parts of one eye's lid, cut out of the picture once, laid back closed by any share."""

    def __init__(self, picture: Floats, eye: Eye) -> None:
        """`picture` is (height, width, 3), 0..255; it is changed only by `close`."""
        self.eye = eye
        self.box = _box(eye, picture.shape)
        left, top, right, bottom = self.box
        patch = picture[top:bottom, left:right]
        y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
        self.u, v = np.moveaxis(eye.frame.to_eye(np.stack([x, y], -1)), -1, 0)
        self.below = v - np.interp(self.u, eye.u, eye.upper).astype(np.float32)
        self.gap = np.interp(self.u, eye.u, eye.gap).astype(np.float32)
        self.thick = np.interp(self.u, eye.u, eye.thick).astype(np.float32)
        self.pixel = 1 / eye.frame.width  # one pixel in eye widths
        tone = self._tone(patch)
        self.ink, self.lash = self._lash_line(patch, tone)
        self.bare = self._without_eye(patch, tone)

    def close(self, picture: Floats, share: float) -> None:
        """Paint the lid over the eye in `picture`, 0 open (nothing is changed) to 1 closed."""
        if share <= 0:
            return
        left, top, right, bottom = self.box
        patch = picture[top:bottom, left:right]
        travel = share * self.gap
        edge = self.below - travel  # how far below the lid's line, where it is now
        covered = np.clip(0.5 + (0.5 * self.thick - edge) / self.pixel, 0, 1)
        covered *= np.clip(travel / self.pixel, 0, 1)
        covered *= np.clip((self.below + HOOD) / self.pixel, 0, 1)
        skin = self._carried(self.bare, self._skin_source(travel))
        patch += covered[..., None] * (skin - patch)
        lash = self._lashes_at(edge, share) * np.clip(travel / self.pixel, 0, 1)
        patch += lash[..., None] * (self.ink - patch)

    def _tone(self, patch: Floats) -> Floats:
        """The skin without lines: light places around the eye, spread over everything."""
        light = patch.mean(axis=2)
        outside = (self.below < -0.02) | (self.below > self.gap + 2 * self.thick + 0.03)
        level = np.percentile(light[outside], 65)
        weight = outside * np.clip(1 - np.abs(light - level) / 24, 0.0, 1)
        sigma = 0.22 * self.eye.frame.width
        spread = cv2.GaussianBlur(weight.astype(np.float32), (0, 0), sigma)
        sums = cv2.GaussianBlur(patch * weight[..., None].astype(np.float32), (0, 0), sigma)
        return np.asarray(sums / np.maximum(spread, 1e-4)[..., None], np.float32)

    def _lash_line(self, patch: Floats, tone: Floats) -> tuple[Floats, Floats]:
        """The colour of the line on the lid's edge and how densely it covers, 0..1: what is
        darker than the skin, from the tips of the lashes to the lower edge of the line."""
        skin, light = tone.mean(axis=2), patch.mean(axis=2)
        on_line = (self.below > 0) & (self.below < self.thick) & (self.gap > 0)
        dark = on_line & (light <= np.percentile(light[on_line], 40))
        ink = np.median(patch[dark], axis=0)
        density = np.clip((skin - light) / np.maximum(20, skin - ink.mean()), 0, 1)
        band = np.clip(0.5 + (self.thick - self.below) / self.pixel, 0, 1)
        band *= np.clip((self.below + LASHES) / (0.3 * LASHES), 0, 1)
        return ink.astype(np.float32), (density * band).astype(np.float32)

    def _without_eye(self, patch: Floats, tone: Floats) -> Floats:
        """The skin above, with bare skin where the eye and its lashes were."""
        crease = np.interp(self.u, self.eye.u, self.eye.crease - self.eye.upper)
        fade = np.clip((self.below - crease) / (2 * self.pixel), 0, 1).astype(np.float32)
        return patch + fade[..., None] * (tone - patch)

    def _skin_source(self, travel: Floats) -> Floats:
        """Where in the open eye's picture the skin over a place comes from, as `below`: the fold
        follows the lid a little, without being stretched."""
        share = np.clip((self.below + HOOD) / (HOOD - LASHES), 0, 1)
        return self.below - FOLD_FOLLOWS * travel * share * share * (3 - 2 * share)

    def _lashes_at(self, edge: Floats, share: float) -> Floats:
        """The lash line on the moved edge; lashes above it flatten, then point down."""
        line = self._carried(self.lash, edge) * np.clip(0.5 + edge / self.pixel, 0, 1)
        turn = 1 - LASH_TURN * share
        if abs(turn) > 0.1:
            above = edge / turn
            standing = self._carried(self.lash, above) * np.clip(0.5 - above / self.pixel, 0, 1)
            line = np.maximum(line, standing * min(1.0, abs(turn) / 0.4))
        return line

    def _carried(self, layer: Floats, source: Floats) -> Floats:
        """A layer's values at another distance below the line, in the same column of the eye."""
        shift = (source - self.below) * self.eye.frame.width
        rows, columns = np.indices(self.below.shape, dtype=np.float32)
        across = self.eye.frame.across
        x, y = columns + shift * across[0], rows + shift * across[1]
        return np.asarray(cv2.remap(layer, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def _box(eye: Eye, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the eye and the skin that moves with it, in the picture."""
    u, v = np.meshgrid([-0.75, 0.75], [-0.75, 0.6])
    x, y = eye.frame.to_pixels(u.astype(np.float32), v.astype(np.float32))
    left, top = max(0, int(x.min())), max(0, int(y.min()))
    return left, top, min(shape[1], int(x.max()) + 1), min(shape[0], int(y.max()) + 1)
