"""Whether two pictures are the same to the eye, told by their perceptual hashes."""

from __future__ import annotations

# Bits of 64. A picture that was scaled or compressed anew differs from itself by 2; two portraits
# in ink on white paper, which have much in common, by 12 at the least (see the tests). A stricter
# eye would refuse honest people for drawing alike.
SAME_WITHIN = 4


def is_same_picture(one: str, other: str) -> bool:
    """Of hashes as hexadecimal digits; no hash is the same as none."""
    if not one or not other:
        return False
    return (int(one, 16) ^ int(other, 16)).bit_count() <= SAME_WITHIN
