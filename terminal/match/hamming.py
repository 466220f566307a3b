"""Fractional Hamming distance of one eye to every enrolled eye, best rotation kept.

Bits disagreeing over bits valid in both, for every rotation of the probe, is two products of bit matrices:
disagree = [code & mask | ~code & mask] . [~code & mask | code & mask], valid = mask . mask. `distances_numpy` defines the
answer by plain counting; `distances` computes the same counts as bit products (numkong) and shares everything after them.
"""

from dataclasses import dataclass

import numkong
import numpy as np
import numpy.typing as npt

from terminal.types import Scores, Words

Counts = npt.NDArray[np.uint32]

USUAL_PART = 0.45  # of all bits are valid in both eyes, usually (measured): there the score is the plain distance
LEAST_PART = 0.12  # of all bits must be valid in both eyes for the comparison to say anything
NOTHING_TO_COMPARE = np.float32(1.0)


@dataclass(frozen=True, slots=True)
class PackedBits:
    """Enrolled eyes laid out for bit products: made once, searched often."""

    values: numkong.PackedMatrix  # (N, 2W) ~code & mask, code & mask
    masks: numkong.PackedMatrix  # (N, W)
    bits: int  # of one code

    @property
    def eyes(self) -> int:
        """Return N."""
        return int(self.masks.width)


def pack(code: Words, mask: Words) -> PackedBits:
    """Lay out enrolled eyes, (N, W) each, N >= 1."""
    values = np.concatenate([~code & mask, code & mask], axis=1)
    return PackedBits(
        numkong.dots_pack(values.view(np.uint8), dtype="uint1"),
        numkong.dots_pack(np.ascontiguousarray(mask).view(np.uint8), dtype="uint1"),
        code.shape[1] * 64,
    )


def distances(code: Words, mask: Words, gallery: PackedBits) -> Scores:
    """Return the normalised distance of a probe to every enrolled eye.

    code, mask  (R, W) uint64   one row per rotation of the probe
    returns     (N,) float32    0.0 same eye, near 0.5 strangers, 1.0 nothing to compare
    """
    values = np.concatenate([code & mask, ~code & mask], axis=1)
    disagree = np.asarray(numkong.dots_packed(values.view(np.uint8), gallery.values))
    valid = np.asarray(numkong.dots_packed(np.ascontiguousarray(mask).view(np.uint8), gallery.masks))
    return _best(disagree, valid, gallery.bits)


def distances_numpy(code: Words, mask: Words, gallery_code: Words, gallery_mask: Words) -> Scores:
    """Return the same as `distances` by plain counting, gallery (N, W): the definition, and the bench's yardstick."""
    disagree = np.empty((len(code), len(gallery_code)), dtype=np.uint32)
    valid = np.empty_like(disagree)
    for row in range(len(code)):
        both = mask[row] & gallery_mask
        valid[row] = np.bitwise_count(both).sum(axis=1)
        disagree[row] = np.bitwise_count((code[row] ^ gallery_code) & both).sum(axis=1)
    return _best(disagree, valid, code.shape[1] * 64)


def _best(disagree: Counts, valid: Counts, bits: int) -> Scores:
    """Normalise counts (R, N) for the number of valid bits (Daugman, TSMC-B 2007, eq. 5) and keep the best rotation.

    0.5 - (0.5 - d / v) * sqrt(v / usual) is 0.5 + (d - v / 2) / sqrt(v * usual): what is the same for all rotations waits
    until only the best is left.
    """
    seen = valid.astype(np.float32)
    excess = disagree.astype(np.float32)
    excess -= np.float32(0.5) * seen
    excess /= np.sqrt(np.maximum(seen, np.float32(1), out=seen), out=seen)
    np.copyto(excess, np.float32(np.inf), where=valid < np.uint32(np.ceil(LEAST_PART * bits)))
    best = excess.min(axis=0)
    usual = np.float32(np.sqrt(USUAL_PART * bits))
    return np.where(np.isinf(best), NOTHING_TO_COMPARE, np.float32(0.5) + best / usual)
