"""What of a picture is drawn and what is paper: the paper must not move."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

INK_DISTANCE = 14  # in 0..255: what differs from the paper by more is drawn
STILL_SHARE = 0.25  # of the reach of a border: what doesn't move at all
GAP_SHARE = 0.012  # of the shorter side: gaps between strokes that still enclose something


def subject_of(pixels: NDArray[np.uint8], faces: list[NDArray[np.float32]]) -> NDArray[np.bool_]:
    """True where something is drawn or enclosed by strokes; `faces` are outlines (n, 2) that
    belong to it in any case."""
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    paper = np.median(border, axis=0)
    ink = (np.abs(pixels - paper).max(axis=2) > INK_DISTANCE).astype(np.uint8)
    side = max(3, round(GAP_SHARE * min(ink.shape)) | 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, kernel)
    for outline in faces:
        cv2.fillPoly(closed, [outline.astype(np.int32)], (1,))
    subject = _filled(np.asarray(closed, np.uint8))
    for outline in faces:
        _fill_body(subject, outline)
    return subject > 0


def _fill_body(subject: NDArray[np.uint8], outline: NDArray[np.float32]) -> None:
    """Fill neck and shoulders below a face, whose lines seldom meet: each row from its left end
    to its right, as far as they hang together with the face."""
    _, labels = cv2.connectedComponents(subject)
    x, y = outline.mean(axis=0).astype(int).clip(0, (subject.shape[1] - 1, subject.shape[0] - 1))
    figure = labels == labels[y, x]
    for row in range(y, subject.shape[0]):
        columns = np.flatnonzero(figure[row])
        if columns.size:
            subject[row, columns[0] : columns[-1] + 1] = 1


def _filled(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With its holes: everything that the border can't reach."""
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, contours, -1, (1,), cv2.FILLED)
    return np.asarray(filled, np.uint8)


def softened(mask: NDArray[np.bool_], reach: float) -> NDArray[np.float32]:
    """1 inside, falling smoothly to exactly 0 at `reach` pixels outside."""
    away = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    share = np.clip(1 - away / reach, 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def inside_border(shape: tuple[int, ...], reach: float) -> NDArray[np.float32]:
    """0 along the picture's border, rising to 1 at `reach` pixels from it."""
    rows, columns = np.indices(shape[:2], dtype=np.float32)
    away = np.minimum(
        np.minimum(rows, shape[0] - 1 - rows), np.minimum(columns, shape[1] - 1 - columns)
    )
    share = np.clip((away / reach - STILL_SHARE) / (1 - STILL_SHARE), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
