"""Random draws: resamples of units, swaps of the two teams, and what is read off them.

Draws are made block by block, each block from a stream of its own that is derived from the seed, so the numbers depend
neither on the number of threads nor on how much memory there is.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from typing import TypeVar

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.progress import Progress

BLOCK_ELEMENTS = 2_000_000
"""Numbers in the largest array of a block; a block holds about ten such arrays of 8 bytes each."""

MAX_THREADS = 4
"""Threads beyond this number cost memory and gain little: the work is bound by it."""

TIE = 1e-9
"""Statistics closer than this are equal (DESIGN 8): ties are common, rounding must not break them."""

MAX_PERMUTATIONS = 1_000_000
"""Arrangements beyond which a p near alpha is not made more precise."""

MAX_UNDEFINED = 0.01
"""Share of resamples in which a metric may be undefined; above it there is no interval."""

_FEW = 25
"""Kinds of units with at most this many units are drawn one unit at a time, the others by their multinomial counts."""

_DRAWN_AT_ONCE = 2**16
"""Units drawn, or kinds counted, in one step that stays in the processor's cache."""

_BYTE = 8
_WORD = 64
_MAX_WORDS = 16
"""Swaps of up to this number of words of units are random bits; beyond, a binomial number is quicker."""

_UNITS_IN_CACHE = 2**16
"""Units whose counts, of 8 bytes each, stay in the processor's cache while they are drawn."""

_Result = TypeVar("_Result")


class Stream(IntEnum):
    """What random numbers are drawn for; each has streams of its own."""

    COUNT_BOOTSTRAP = 1
    COUNT_SWAPS = 2
    MEAN_SWAPS = 4
    RANKING = 5
    RANKING_LEFT = 6
    RANKING_RIGHT = 7
    TEAM_BOOTSTRAP = 20
    SIGNED_RANK_POSTERIOR = 21
    LABEL_SWAPS = 22
    SLICE_HALVES = 23
    BESIDE_BOOTSTRAP = 8
    POSTERIOR = 9


def generator(seed: int, stream: Stream, block: int) -> np.random.Generator:
    """Return the random numbers of one block."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(int(stream), block)))


def map_blocks(compute: Callable[[int], _Result], blocks: Sequence[int], progress: Progress) -> Iterator[_Result]:
    """Yield ``compute(block)`` for each block, in order, computed by several threads.

    `progress` is told after each; where it is cancelled, blocks that were not begun are not computed.
    """
    executor = ThreadPoolExecutor(min(MAX_THREADS, os.cpu_count() or 1))
    try:
        for number, result in enumerate(executor.map(compute, blocks), start=1):
            progress.report(number / len(blocks))
            yield result
    finally:
        executor.shutdown(cancel_futures=True)


def block_rows(row_elements: int) -> int:
    """Return how many resamples of so many numbers a block holds, at least 1."""
    return max(1, BLOCK_ELEMENTS // max(row_elements, 1))


def row_elements(counts: FloatArray) -> int:
    """Return how many numbers `unit_draws` holds for one resample of units with these counts."""
    return max(len(counts), int(counts[counts <= _FEW].sum()))


def unit_draws(rng: np.random.Generator, counts: FloatArray, pseudo: FloatArray, n_rows: int) -> FloatArray:
    """Return multinomial resamples of units with pseudo-examples among them, shape (U, n_rows).

    Each resample draws as many units as there are, pseudo-examples included, a kind with probability in proportion to
    its count and pseudo-count: exactly the bootstrap of the units themselves. Kinds with few units are drawn unit by
    unit (an index into the units), which is quicker than a binomial number each.

    Parameters
    ----------
    rng
        Random numbers.
    counts
        Units of each kind, whole numbers, shape (U,).
    pseudo
        Fractions of units added to each kind, shape (U,); their sum is a whole number.
    n_rows
        Number of resamples.
    """
    n_kinds = len(counts)
    total = round(float(counts.sum() + pseudo.sum()))
    many = np.flatnonzero(counts > _FEW)
    few = np.flatnonzero((counts > 0) & (counts <= _FEW))
    units_of_few = np.repeat(few, counts[few].astype(np.intp))
    pseudo_kinds = np.flatnonzero(pseudo)
    weights = np.concatenate([counts[many], [float(len(units_of_few)), pseudo.sum()]])
    # The last probability is what is left to 1: it must be that of a part that may take a rounding error.
    order = np.argsort(weights, kind="stable")
    drawn = np.empty((n_rows, len(weights)), dtype=np.int64)
    drawn[:, order] = rng.multinomial(total, weights[order] / weights.sum(), size=n_rows)

    resamples = _one_by_one(rng, units_of_few, drawn[:, -2], n_kinds)
    resamples[:, many] += drawn[:, :-2]
    if len(pseudo_kinds):
        bounds = np.cumsum(pseudo[pseudo_kinds])
        found = np.searchsorted(bounds, rng.random(int(drawn[:, -1].sum())) * bounds[-1], side="right")
        from_pseudo = pseudo_kinds[np.minimum(found, len(bounds) - 1)]
        np.add.at(resamples, (np.repeat(np.arange(n_rows), drawn[:, -1]), from_pseudo), 1)
    return np.ascontiguousarray(resamples.T, dtype=np.float64)


def _one_by_one(rng: np.random.Generator, units: IntArray, numbers: IntArray, n_kinds: int) -> IntArray:
    """Return how often each kind is drawn, shape (R, n_kinds), where each resample draws a number of units.

    `units` has the kind of each unit; all are equally likely.
    """
    resamples = np.zeros((len(numbers), n_kinds), dtype=np.int64)
    if len(units) == 0:
        return resamples
    # Several resamples at once where they are short, so that the call does not cost more than the draws.
    step = max(1, _DRAWN_AT_ONCE // max(len(units), n_kinds))
    for start in range(0, len(numbers), step):
        some = numbers[start : start + step]
        kinds = units.take(rng.integers(0, len(units), size=int(some.sum()), dtype=np.uint32).astype(np.intp))
        if len(some) > 1:
            kinds = kinds + np.repeat(np.arange(len(some)) * n_kinds, some)
        found = np.bincount(kinds, minlength=len(some) * n_kinds)
        resamples[start : start + step] = found.reshape(len(some), n_kinds)
    return resamples


def swap_draws(rng: np.random.Generator, sizes: IntArray, n_rows: int) -> FloatArray:
    """Return binomial numbers with probability 1/2, shape (P, n_rows): how many of each pair's units stay unswapped.

    Up to 1,024 units they are the number of ones among as many random bits; up to 8 those of a byte.

    Parameters
    ----------
    rng
        Random numbers.
    sizes
        Units of each pair of kinds, shape (P,), at least 1.
    n_rows
        Number of arrangements.
    """
    drawn = np.empty((len(sizes), n_rows))
    small = np.flatnonzero(sizes <= _BYTE)
    bits_of_few = rng.integers(0, 256, size=(len(small), n_rows), dtype=np.uint8)
    bits_of_few >>= (_BYTE - sizes[small]).astype(np.uint8)[:, np.newaxis]
    drawn[small] = np.bitwise_count(bits_of_few)
    by_bits = sizes <= _WORD * _MAX_WORDS
    for word in range(_MAX_WORDS):
        chosen = np.flatnonzero(by_bits & (sizes > max(_WORD * word, _BYTE)))
        bits = rng.integers(0, np.iinfo(np.uint64).max, size=(len(chosen), n_rows), dtype=np.uint64, endpoint=True)
        bits >>= np.maximum(_WORD * (word + 1) - sizes[chosen], 0).astype(np.uint64)[:, np.newaxis]
        if word == 0:
            drawn[chosen] = np.bitwise_count(bits)
        else:
            drawn[chosen] += np.bitwise_count(bits)
    large = np.flatnonzero(~by_bits)
    drawn[large] = rng.binomial(sizes[large][:, np.newaxis], 0.5, size=(len(large), n_rows))
    return drawn


def sign_sums(rng: np.random.Generator, values: FloatArray, n_rows: int) -> FloatArray:
    """Return sums of the values under random signs, shape (n_rows, M), the same signs for all M columns.

    A random byte holds eight signs; the sums of eight values under all 256 of them are tabulated once.

    Parameters
    ----------
    rng
        Random numbers.
    values
        Shape (m, M).
    n_rows
        Number of random arrangements of signs.
    """
    n_bytes = -(-len(values) // 8)
    padded = np.zeros((8 * n_bytes, values.shape[1]))
    padded[: len(values)] = values
    patterns = all_signs(8)
    sums = np.zeros((n_rows, values.shape[1]))
    step = min(max(1, BLOCK_ELEMENTS // n_rows), 256)
    for start in range(0, n_bytes, step):
        eights = padded[8 * start : 8 * (start + step)].reshape(-1, 8, values.shape[1])
        table = np.einsum("ps,gsm->mgp", patterns, eights).reshape(values.shape[1], -1)
        index = rng.integers(0, 256, size=(n_rows, len(eights)), dtype=np.uint8).astype(np.intp)
        index += 256 * np.arange(len(eights))
        for column, sums_of_eight in enumerate(table):
            sums[:, column] += sums_of_eight.take(index).sum(axis=1)
    return sums


def all_signs(n: int) -> FloatArray:
    """Return every arrangement of n signs, shape (2^n, n); the first is all plus, the last all minus."""
    bits = (np.arange(2**n)[:, np.newaxis] >> np.arange(n)) & 1
    return 1.0 - 2.0 * bits


def index_weights(rng: np.random.Generator, n_units: int, n_rows: int) -> IntArray:
    """Return plain bootstrap weights, shape (n_rows, n_units): how often each unit is drawn, in a small type.

    Many units are drawn part by part, a multinomial number from each, so that the counts stay in the cache.
    """
    if n_units <= _UNITS_IN_CACHE:
        index = rng.integers(0, n_units, size=(n_rows, n_units))
        index += n_units * np.arange(n_rows)[:, np.newaxis]
        return _small(np.bincount(index.reshape(-1), minlength=n_rows * n_units).reshape(n_rows, n_units))
    weights = np.zeros((n_rows, n_units), dtype=np.uint16)
    for row, part, drawn in _drawn_by_parts(rng, n_units, n_rows):
        weights[row, part] = np.bincount(drawn, minlength=part.stop - part.start)
    return _small(weights)


def _drawn_by_parts(rng: np.random.Generator, n_units: int, n_rows: int) -> Iterator[tuple[int, slice, IntArray]]:
    """Yield plain bootstrap resamples as row, part of the units, and indices into the part."""
    starts = np.arange(0, n_units, _UNITS_IN_CACHE)
    stops = np.append(starts[1:], n_units)
    numbers = rng.multinomial(n_units, (stops - starts) / n_units, size=n_rows)
    for row in range(n_rows):
        for start, stop, number in zip(starts.tolist(), stops.tolist(), numbers[row].tolist(), strict=True):
            index = rng.integers(0, stop - start, size=number, dtype=np.uint16)
            yield row, slice(start, stop), index.astype(np.intp)


def _small(counts: IntArray) -> IntArray:
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))


@dataclass(frozen=True)
class MonteCarloP:
    """A p value from random arrangements.

    Attributes
    ----------
    p_value
        (1 + hits) / (1 + B), or the exact share of the arrangements.
    n_resamples
        B; None where all arrangements were enumerated.
    monte_carlo_error
        Its standard error through finite B; None where enumerated.
    """

    p_value: float
    n_resamples: int | None = None
    monte_carlo_error: float | None = None


def permutation_p(hits: float, n_resamples: int) -> MonteCarloP:
    """Return (1 + hits) / (1 + B) with its Monte Carlo error (Phipson & Smyth 2010); a tie may be half a hit."""
    p_value = (1 + hits) / (1 + n_resamples)
    return MonteCarloP(p_value, n_resamples, math.sqrt(p_value * (1.0 - p_value) / n_resamples))


def is_too_close(p: MonteCarloP, alpha: float) -> bool:
    """Return whether p lies within three of its Monte Carlo standard errors of alpha."""
    return p.monte_carlo_error is not None and abs(p.p_value - alpha) < 3.0 * p.monte_carlo_error


def percentile_interval(values: FloatArray, level: float) -> tuple[float, float]:
    """Return the percentile interval of bootstrap values, shape (B,), none NaN."""
    low, high = np.quantile(values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)


def jackknife_variance(without: FloatArray, counts: FloatArray) -> float | None:
    """Return the delete-one jackknife variance (Efron & Tibshirani 1993, eq. 11.5).

    (N - 1) / N x sum of squared distances from their mean. None with fewer than two units, or where a deletion leaves
    the statistic undefined.

    Parameters
    ----------
    without
        The statistic without one unit of each kind, shape (U,), NaN where undefined.
    counts
        Units of each kind, shape (U,); N is their sum.
    """
    n_units = float(counts.sum())
    if n_units < 2.0 or np.isnan(without).any():
        return None
    apart = without - counts @ without / n_units
    return (n_units - 1.0) / n_units * float(counts @ apart**2)
