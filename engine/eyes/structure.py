"""Whether a clip moves at all, and whether its picture falls apart: by pixels, without a face."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.eyes.face import Pixels

Grey = NDArray[np.float32]

SIDE = 256  # px of a frame for what moves
MOVES = 4.0  # levels that some place has to change by; a codec's or decoder's flicker stays below

COARSE = 128  # px of a frame for what falls apart
BLOCK, REACH = 16, 8  # px: structure is compared by blocks, which may have moved so far
PLAIN = 6.0  # levels: a block that varies less has no structure to lose
ALIKE, FADED = 0.75, 0.4  # a block is lost below this correlation, or share of its contrast
# Share of lost blocks. Blinks, nods, turns by 10 degrees and noise lose up to 0.15, scrambled,
# shredded, inverted or washed out frames 0.55 and more (three drawings and a photo).
TORN = 0.4


class Structure:
    """Compares frames with the first one; feed them in order."""

    def __init__(self, first: Pixels) -> None:
        self._first = _reduced(first, SIDE)
        self._blocks = _blocks_of(_reduced(first, COARSE))
        self._change = 0.0
        self._lost = 0.0

    def feed(self, pixels: Pixels) -> None:
        fine = _reduced(pixels, SIDE)
        change = cv2.blur(np.abs(fine - self._first), (3, 3)) if self._change < MOVES else 0
        self._change = max(self._change, float(np.max(change)))
        self._lost = max(self._lost, self._share_lost(_reduced(pixels, COARSE)))

    @property
    def frozen(self) -> bool:
        return self._change < MOVES

    @property
    def torn(self) -> bool:
        return self._lost > TORN

    def _share_lost(self, grey: Grey) -> float:
        around = cv2.copyMakeBorder(grey, REACH, REACH, REACH, REACH, cv2.BORDER_REPLICATE)
        lost = [
            _is_lost(block, np.asarray(around[y:, x:], np.float32)) for x, y, block in self._blocks
        ]
        return float(np.mean(lost)) if lost else 0.0


def _blocks_of(grey: Grey) -> list[tuple[int, int, Grey]]:
    """Left, top and pixels of every block that has structure."""
    height, width = grey.shape
    blocks = [
        (x, y, grey[y : y + BLOCK, x : x + BLOCK])
        for y in range(0, height - BLOCK + 1, BLOCK)
        for x in range(0, width - BLOCK + 1, BLOCK)
    ]
    return [block for block in blocks if block[2].std() > PLAIN]


def _is_lost(block: Grey, around: Grey) -> bool:
    near = np.ascontiguousarray(around[: BLOCK + 2 * REACH, : BLOCK + 2 * REACH])
    alike = cv2.matchTemplate(near, block, cv2.TM_CCOEFF_NORMED)
    _, best, _, (x, y) = cv2.minMaxLoc(alike)
    contrast = near[y : y + BLOCK, x : x + BLOCK].std() / block.std()
    return bool(best < ALIKE or contrast < FADED)


def _reduced(pixels: Pixels, side: int) -> Grey:
    """Grey, with its longer side brought to `side`, softened by a pixel."""
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    size = (max(BLOCK, round(width * scale)), max(BLOCK, round(height * scale)))
    grey = cv2.cvtColor(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 0.8), np.float32)
