"""Where two teams differ: slices are searched on one half of the examples and confirmed on the other (DESIGN 8)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from reviewer_app.evaluation.inputs import BoolArray
from reviewer_app.progress import Progress
from reviewer_app.significance.halves import Halves
from reviewer_app.significance.multiplicity import benjamini_hochberg, holm
from reviewer_app.significance.paired_difference import PairedDifference
from reviewer_app.significance.slice_tests import SliceNumbers, SliceSample


class SliceStatus(StrEnum):
    """What the search says of a slice."""

    CONFIRMED = "confirmed"
    """Found on the one half, and on the other significant with the same sign."""
    FOUND = "found"
    """Found on the one half alone: a guess."""
    NOT_FOUND = "not_found"
    """Tested on the finding half, and not significant among all that were."""
    NOT_TESTED = "not_tested"
    """No p on the finding half: too few examples differ there, or the metric is not defined."""


@dataclass(frozen=True)
class Slice:
    """A subset of the examples, and what the search says of it.

    Attributes
    ----------
    positions
        Which of the given masks select these examples; the first stands for all.
    values
        Both teams on all examples of the slice, without a test: those that were found look larger here than they are.
    n_examples
        All examples of the slice.
    finding, confirming
        The same on each half, with p and interval for this slice alone; `confirming` only where it was found.
    p_finding
        p on the finding half after Benjamini-Hochberg over all slices that were tested; None where not tested.
    p_confirming
        p on the confirming half after Holm over all slices that were found, one without a p counting as 1; None where
        not found.
    contrast
        How much larger the difference is inside than outside, on the confirming half (`SliceSample.contrast`); only
        where the slice was found.
    p_contrast
        Its p after Holm over all slices that were found; None where not found.
    status
        What follows from the slice's own difference.
    """

    positions: tuple[int, ...]
    n_examples: int
    values: PairedDifference
    finding: SliceNumbers
    p_finding: float | None = None
    confirming: SliceNumbers | None = None
    p_confirming: float | None = None
    contrast: PairedDifference | None = None
    p_contrast: float | None = None
    status: SliceStatus = SliceStatus.NOT_TESTED


@dataclass(frozen=True)
class SliceSearch:
    """What a search over slices has found.

    Attributes
    ----------
    slices
        In the order of their first masks.
    empty, whole
        Masks that select no example, or all of them: no slices.
    n_finding, n_confirming, n_left_out
        Examples of the halves, and of those in neither.
    alpha
        Of both steps.
    not_defined
        Why nothing could be tested at all; None where something could.
    """

    slices: tuple[Slice, ...]
    empty: tuple[int, ...]
    whole: tuple[int, ...]
    n_finding: int
    n_confirming: int
    n_left_out: int
    alpha: float
    not_defined: str | None = None

    @property
    def n_tested(self) -> int:
        """Slices that were tested on the finding half: the family of Benjamini-Hochberg."""
        return sum(one.status is not SliceStatus.NOT_TESTED for one in self.slices)

    def of(self, *statuses: SliceStatus) -> tuple[Slice, ...]:
        """Return the slices of these statuses."""
        return tuple(one for one in self.slices if one.status in statuses)


def search_slices(
    sample: SliceSample,
    masks: Sequence[BoolArray],
    halves: Halves,
    alpha: float = 0.05,
    progress: Progress | None = None,
) -> SliceSearch:
    """Return where the two teams differ: each slice tested on one half, those found tested again on the other.

    Benjamini-Hochberg (1995) over all slices tested on the finding half bounds the share of false finds among them;
    Holm over the finds on the confirming half bounds the chance of *any* false confirmation at `alpha`, because that
    half had no say in what was carried to it. A slice in which fewer than 10 units differ on the finding half is not
    tested, and is no member of the family: how many differ says nothing of who is better where neither is (independent
    filtering: Bourgon, Gentleman & Huber 2010, PNAS 107). Masks that select the same examples are one slice, and count
    once; nested and overlapping slices count each.

    Parameters
    ----------
    sample
        What slices are cut from, n examples.
    masks
        The examples of each slice, shape (n,), by conditions on features or the gold label. A condition on what a team
        predicted, or on who is right, would make every number here meaningless: the caller refuses it. Taken one at a
        time, so they need not all be in memory.
    halves
        From `halves_of`.
    alpha
        Of both steps.
    progress
        Told after each slice; may cancel.
    """
    progress = progress or Progress()
    empty, whole, distinct = _distinct(masks, sample.n_examples, progress.part(0.0, 0.2))
    found = _found(sample, masks, distinct, halves, alpha, progress.part(0.2, 0.8))
    confirmed = _confirmed(sample, masks, found, halves, alpha, progress.part(0.8, 1.0))
    return SliceSearch(
        slices=confirmed,
        empty=empty,
        whole=whole,
        n_finding=int(np.count_nonzero(halves.finding)),
        n_confirming=int(np.count_nonzero(halves.confirming)),
        n_left_out=halves.n_left_out,
        alpha=alpha,
        not_defined=halves.not_defined,
    )


def _distinct(
    masks: Sequence[BoolArray], n_examples: int, progress: Progress
) -> tuple[tuple[int, ...], tuple[int, ...], list[tuple[tuple[int, ...], int]]]:
    """Return the empty masks, those of all examples, and for each other subset its masks and its size."""
    positions: dict[bytes, list[int]] = {}
    sizes: dict[bytes, int] = {}
    for position, mask in enumerate(masks):
        progress.report(position / len(masks), "telling slices apart")
        key = hashlib.blake2b(np.packbits(mask).tobytes()).digest()
        positions.setdefault(key, []).append(position)
        sizes[key] = int(np.count_nonzero(mask))
    empty = tuple(place for key, places in positions.items() for place in places if sizes[key] == 0)
    whole = tuple(place for key, places in positions.items() for place in places if 0 < sizes[key] == n_examples)
    return (
        empty,
        whole,
        [(tuple(places), sizes[key]) for key, places in positions.items() if 0 < sizes[key] < n_examples],
    )


def _found(
    sample: SliceSample,
    masks: Sequence[BoolArray],
    distinct: Sequence[tuple[tuple[int, ...], int]],
    halves: Halves,
    alpha: float,
    progress: Progress,
) -> list[Slice]:
    slices = []
    for number, (positions, size) in enumerate(distinct):
        progress.report(number / len(distinct), "testing slices on one half")
        mask = masks[positions[0]]
        slices.append(Slice(positions, size, sample.values(mask), sample.numbers(mask & halves.finding)))
    tested = [place for place, one in enumerate(slices) if one.finding.numbers.p_value is not None]
    adjusted = benjamini_hochberg([slices[place].finding.numbers.p_value or 0.0 for place in tested])
    for place, p in zip(tested, adjusted, strict=True):
        status = SliceStatus.FOUND if p < alpha else SliceStatus.NOT_FOUND
        slices[place] = replace(slices[place], p_finding=p, status=status)
    return slices


def _confirmed(
    sample: SliceSample,
    masks: Sequence[BoolArray],
    slices: list[Slice],
    halves: Halves,
    alpha: float,
    progress: Progress,
) -> tuple[Slice, ...]:
    carried = [place for place, one in enumerate(slices) if one.status is SliceStatus.FOUND]
    numbers, contrasts = [], []
    for number, place in enumerate(carried):
        progress.report(number / len(carried), "testing what was found on the other half")
        mask = masks[slices[place].positions[0]]
        numbers.append(sample.numbers(mask & halves.confirming))
        contrasts.append(sample.contrast(mask & halves.confirming, ~mask & halves.confirming))
    p_values, p_contrasts = _holm([one.numbers for one in numbers]), _holm(contrasts)
    for number, place in enumerate(carried):
        of_both = [one.numbers.difference or 0.0 for one in (slices[place].finding, numbers[number])]
        is_confirmed = p_values[number] < alpha and of_both[0] * of_both[1] > 0.0
        slices[place] = replace(
            slices[place],
            confirming=numbers[number],
            p_confirming=p_values[number],
            contrast=contrasts[number],
            p_contrast=p_contrasts[number],
            status=SliceStatus.CONFIRMED if is_confirmed else SliceStatus.FOUND,
        )
    return tuple(slices)


def _holm(numbers: Sequence[PairedDifference]) -> tuple[float, ...]:
    """Return the p values after Holm, one that is missing counting as 1."""
    return holm([1.0 if one.p_value is None else one.p_value for one in numbers])
