"""Fractional Hamming distance of one eye to every enrolled eye, best rotation kept.

Bits disagreeing over bits valid in both, for every rotation of the probe, is two products of bit matrices:
disagree = [code & mask | ~code & mask] . [~code & mask | code & mask], valid = mask . mask. `distances_numpy` defines the
answer by plain counting; `distances` computes the same counts as bit products (numkong) and shares everything after them.
Three words of products for one of code are the least that products of bits can do: both counts, as forms in what a bit can be
(masked, 0, 1), span two dimensions, and only one of the forms of rank one in there, mask . mask, has factors of zeros and ones.
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
CHUNK = (
    1024  # enrolled eyes at a time, so that counts are still in the cache when they become scores: best of 128 to 4096
)
TILE = 4  # rotations that numkong takes at once: one more costs as much as four (measured: 37 take 6 % longer than 40)


@dataclass(frozen=True, slots=True)
class PackedBits:
    """Enrolled eyes laid out for bit products: made once, searched often. A row an eye, so that rows can come and go."""

    values: Words  # (N, 2W) ~code & mask, code & mask
    masks: Words  # (N, W)

    @property
    def eyes(self) -> int:
        """Return N."""
        return len(self.masks)


def pack(code: Words, mask: Words) -> PackedBits:
    """Lay out enrolled eyes, (N, W) each."""
    return PackedBits(np.concatenate([~code & mask, code & mask], axis=1), np.ascontiguousarray(mask))


def distances(code: Words, mask: Words, *galleries: PackedBits) -> Scores:
    """Return the normalised distance of a probe to every enrolled eye, of several galleries one after the other.

    code, mask  (R, W) uint64   one row per rotation of the probe
    returns     (N,) float32    0.0 same eye, near 0.5 strangers, 1.0 nothing to compare

    The probe is what numkong packs, and the galleries stream past it once. Rotations fill up the last tile once more, which
    changes no best one.
    """
    filled = np.arange(-(-len(code) // TILE) * TILE) % len(code)
    code, mask = code[filled], mask[filled]
    values = _columns(np.concatenate([code & mask, ~code & mask], axis=1))
    masks = _columns(mask)
    chunks = [np.empty(0, dtype=np.float32)]
    for gallery in galleries:
        for first in range(0, gallery.eyes, CHUNK):
            rows = slice(first, first + CHUNK)
            disagree = np.asarray(numkong.dots_packed(gallery.values[rows].view(np.uint8), values))
            valid = np.asarray(numkong.dots_packed(gallery.masks[rows].view(np.uint8), masks))
            chunks.append(_best(disagree, valid, code.shape[1] * 64))
    return np.concatenate(chunks)


def distances_numpy(code: Words, mask: Words, gallery_code: Words, gallery_mask: Words) -> Scores:
    """Return the same as `distances` by plain counting, gallery (N, W): the definition, and the bench's yardstick."""
    disagree = np.empty((len(code), len(gallery_code)), dtype=np.uint32)
    valid = np.empty_like(disagree)
    for row in range(len(code)):
        both = mask[row] & gallery_mask
        valid[row] = np.bitwise_count(both).sum(axis=1)
        disagree[row] = np.bitwise_count((code[row] ^ gallery_code) & both).sum(axis=1)
    return _best(disagree.T, valid.T, code.shape[1] * 64)


def _columns(rotations: Words) -> numkong.PackedMatrix:
    return numkong.dots_pack(rotations.view(np.uint8), dtype="uint1")


def _best(disagree: Counts, valid: Counts, bits: int) -> Scores:
    """Normalise counts (N, R) for the number of valid bits (Daugman, TSMC-B 2007, eq. 5) and keep the best rotation.

    0.5 - (0.5 - d / v) * sqrt(v / usual) is 0.5 + (2 d - v) / sqrt(v) / (2 sqrt(usual)): what is the same for all rotations
    waits until only the best is left, and counts stay whole numbers (as signed ones they become floats faster) until they meet
    a root. Bits too few to compare are rare, so one look says mostly that there are none.
    """
    least = np.uint32(np.ceil(LEAST_PART * bits))
    too_few = valid < least if valid.min() < least else None
    if too_few is not None:
        valid = np.maximum(valid, least)
    excess = (disagree + disagree - valid).view(np.int32).astype(np.float32)
    root = valid.view(np.int32).astype(np.float32)
    excess /= np.sqrt(root, out=root)
    if too_few is not None:
        excess[too_few] = np.inf
    best = np.ascontiguousarray(excess.T).min(axis=0)  # NumPy finds the least of rows of N faster than of N rows
    usual = np.float32(2 * np.sqrt(USUAL_PART * bits))
    return np.where(np.isinf(best), NOTHING_TO_COMPARE, np.float32(0.5) + best / usual)
