"""What judging a random part of the disagreements says about the difference in accuracy, were the labels right."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import IntArray
from reviewer_app.significance.anytime import Draws
from reviewer_app.significance.corrected_difference import (
    UNCLEAR,
    VALUES,
    CorrectedDifference,
    TestSet,
    live_difference,
    planned_difference,
    value_counts,
)
from reviewer_app.significance.wald import quantile

STRATA = ("only_a", "only_b", "both_wrong_different")
"""The strata by code: the outcomes, by the gold label, of the examples on which the teams predict different labels."""


@dataclass(frozen=True)
class StratumJudgements:
    """What was judged of one stratum.

    Attributes
    ----------
    stratum
        One of `STRATA`.
    size
        M, its disagreements.
    a_right, b_right, neither_or_both
        Judged with v = +1, -1 and 0.
    unclear
        Drawn without a judgement.
    """

    stratum: str
    size: int
    a_right: int
    b_right: int
    neither_or_both: int
    unclear: int

    @property
    def drawn(self) -> int:
        """How many were drawn, judged or not."""
        return self.a_right + self.b_right + self.neither_or_both + self.unclear


@dataclass(frozen=True)
class LabelNoise:
    """What judging some disagreements says about the difference in accuracy.

    Attributes
    ----------
    gold_difference
        A - B by the gold labels.
    n
        Test examples.
    alpha
        Error rate of intervals and verdicts.
    design_effect
        How many dependent examples count as one independent one.
    strata
        What was judged of each.
    live
        With an interval that holds however often one looks and whenever one stops.
    planned
        With the narrower interval for a number of draws that was fixed before the first; None without one.
    not_defined
        Why `planned` is missing though a number was planned, or why there is no estimate; None where nothing is.
    """

    gold_difference: float
    n: int
    alpha: float
    design_effect: float
    strata: tuple[StratumJudgements, ...]
    live: CorrectedDifference
    planned: CorrectedDifference | None
    not_defined: str | None

    @property
    def n_disagreements(self) -> int:
        """Examples on which the teams predict different labels."""
        return sum(stratum.size for stratum in self.strata)

    @property
    def n_drawn(self) -> int:
        """Disagreements drawn."""
        return sum(stratum.drawn for stratum in self.strata)

    @property
    def n_unclear(self) -> int:
        """Disagreements drawn that have no judgement."""
        return sum(stratum.unclear for stratum in self.strata)


def label_noise(
    sizes: Sequence[int],
    n: int,
    strata: IntArray,
    values: IntArray,
    *,
    alpha: float = 0.05,
    planned: int | None = None,
    design_effect: float = 1.0,
) -> LabelNoise:
    """Return the corrected difference with its live and, where a number was planned, its planned interval.

    Live: P(the interval ever misses, at any look) <= alpha (`live_difference`). Planned: narrower, valid at the one
    number of draws that was fixed beforehand (`planned_difference`); later ones are left out of it.

    Nothing drawn: the range is all that could be, and `not_defined` says so. A stratum of which nothing was drawn
    enters at its bounds. No disagreements: both are Tango's interval about 0 and there is nothing to judge. Few test
    examples need no exception.

    Parameters
    ----------
    sizes
        M_h, disagreements in each of `STRATA`.
    n
        Test examples.
    strata, values
        Stratum (code) and v of each disagreement drawn, in the order drawn, `UNCLEAR` where it has no judgement; shapes
        (m,). They must be the first m of a random order of all disagreements.
    alpha
        Error rate.
    planned
        Number of draws that was fixed before the first.
    design_effect
        By which factor the variance through the choice of the test examples is larger than that of independent ones, at
        least 1 (see `design_effect_of`).

    Raises
    ------
    ValueError
        More disagreements than examples or more draws of a stratum than it has, a value or stratum that is none, a
        planned number that is not positive, a design effect below 1.
    """
    strata, values = np.asarray(strata, dtype=np.int64), np.asarray(values, dtype=np.int64)
    _require(sizes, n, strata, values, planned, design_effect)
    draws = Draws(values, strata, np.asarray(sizes, dtype=np.int64))
    test = TestSet(n, alpha, design_effect)
    not_defined, fixed = None, None
    n_drawn = len(values)
    if draws.n_left + n_drawn == 0:
        not_defined = "the teams predict the same label for every example: there is nothing to judge"
    elif n_drawn == 0:
        not_defined = "nothing is judged yet: the range is all that could be"
    if planned is not None and not_defined is None:
        enough = min(planned, draws.n_left + n_drawn)
        if n_drawn < enough:
            not_defined = f"{n_drawn:,} of the {enough:,} planned are drawn: the planned interval comes with the last"
        else:
            fixed = planned_difference(Draws(values[:enough], strata[:enough], draws.sizes), test)
    return LabelNoise(
        gold_difference=(sizes[0] - sizes[1]) / n,
        n=n,
        alpha=alpha,
        design_effect=design_effect,
        strata=tuple(_counted(draws, code) for code in range(len(STRATA))),
        live=live_difference(draws, test),
        planned=fixed,
        not_defined=not_defined,
    )


def design_effect_of(variance: float, independent: float, df: float, alpha: float) -> float:
    """Return by which factor dependent examples widen the squared interval of the gold difference, at least 1.

    Examples in groups or with shared records say as much as n / factor independent ones (Kish 1965). The factor is the
    ratio of the two variances times the squared ratio of the quantiles of t and of the normal distribution. How wrong
    labels go with groups and records is not looked at.

    Parameters
    ----------
    variance, df
        Of the gold difference in accuracy with the dependence respected.
    independent
        Its variance were the examples independent; positive.
    alpha
        At which the quantiles are taken.
    """
    heavier = quantile(alpha / 2.0, df) / quantile(alpha / 2.0, math.inf)
    return max(variance / independent * heavier**2, 1.0)


def _counted(draws: Draws, code: int) -> StratumJudgements:
    values = draws.values[draws.strata == code]
    a_right, b_right, neither = (int(count) for count in value_counts(values))
    return StratumJudgements(
        STRATA[code], int(draws.sizes[code]), a_right, b_right, neither, int(np.count_nonzero(values == UNCLEAR))
    )


def _require(
    sizes: Sequence[int], n: int, strata: IntArray, values: IntArray, planned: int | None, effect: float
) -> None:
    if len(sizes) != len(STRATA) or min(sizes) < 0 or n < max(sum(sizes), 1):
        raise ValueError(f"strata of sizes {tuple(sizes)} among {n} examples cannot be")
    if strata.shape != values.shape or not np.isin(values, (*VALUES, UNCLEAR)).all():
        raise ValueError("each draw has a stratum and a value of 1, -1, 0 or UNCLEAR")
    if not np.isin(strata, range(len(STRATA))).all() or (np.bincount(strata, minlength=len(STRATA)) > sizes).any():
        raise ValueError("more is drawn of a stratum than it has")
    if planned is not None and planned < 1:
        raise ValueError(f"a planned number of draws is positive, not {planned}")
    if not effect >= 1.0:
        raise ValueError(f"a design effect is at least 1, not {effect}")
