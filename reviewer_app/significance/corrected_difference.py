"""The difference in accuracy corrected for wrong gold labels, from a random part of the disagreements that was judged.

What is estimated. v of an example is +1 where A is right in truth and B is not, -1 where B is and A is not, 0 where
both or neither are. The true difference is the mean of v over the population that the test examples were drawn from.
Where the teams predict the same, v = 0 whatever the gold label; elsewhere the gold label claims a v: +1 in the stratum
`only_a`, -1 in `only_b`, 0 in `both_wrong_different`. Judged are the first m disagreements of a random order.

The corrected difference. With M_h the size of a stratum and m_h how many of it are judged,

    d = gold difference + sum of (M_h / n) mean(v_judged - v_gold) = sum of (M_h / n) mean(v_judged),

because v_gold is one number in each stratum. Given the m_h, what is judged is a random sample of each stratum.

Its variance. Var(d) = Var(E[d | test set]) + E[Var(d | test set)]. Given the test set, d is a stratified estimate of
the mean of v over it, D: the *judging* part is the sum of (M_h / n)^2 (1 - m_h / M_h) s_h^2 / m_h, 0 once all is
judged. Its s_h^2 is the variance of the three values' counts plus 1/2 each, never 0. And E[d | test set] = D is the
mean of n independent v, so the *test* part is (P(v != 0) - D^2) / n, the variance of McNemar's difference with the
corrected counts in place of the gold ones. So b and c, the numbers that only A and only B has right in truth, are
estimated by the sums of M_h times the shares of +1 and -1 (b - c = n d), and intervals and p are those of the headline
(Tango 1998; McNemar's mid-p) with the judging part added; once all is judged they are exactly those of the corrected
table.

Unclear. A disagreement that was drawn but has no judgement counts as -1 in all that bounds from below and as +1 in all
that bounds from above. Each judge's answer to each example, "unclear" among them, is a fixed property of the test set;
so both are populations of their own, sampled alike, and one of them has a mean below the true one, the other above.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.significance.anytime import Draws, lower_bounds, upper_bounds
from reviewer_app.significance.mcnemar import mid_p
from reviewer_app.significance.proportions import tango_upper_limit

UNCLEAR = 9
"""Value of a disagreement that was drawn and has no judgement."""

_GOLD = (1, -1, 0)
VALUES = (1, -1, 0)
"""What v may be."""

_SHARE_OF_DISCORDANCE = 0.02
"""What part of alpha goes to the bound of b + c."""

_STEPS = ((0.17, 0.62), (0.054, 1.2), (0.014, 3.0))
_LAST_STEP = (0.1, 9.0)
"""How the rest is shared between judging and test set, on each side (see `_steps`)."""


@dataclass(frozen=True)
class CorrectedDifference:
    """The corrected difference with one of its intervals.

    Attributes
    ----------
    n_drawn
        Disagreements drawn that it rests on.
    lowest, highest
        The estimate with all that is unclear, and strata of which nothing was drawn, taken for B and for A; the same
        where there is nothing of the kind.
    ci_low, ci_high
        Interval of level 1 - alpha, for all between `lowest` and `highest`.
    test_error, judging_error
        Standard errors through the choice of the test examples and of the judged ones, the larger of those at `lowest`
        and `highest`. A stratum of which nothing was drawn adds no error: it is in the range.
    verdict
        "a_better", "b_better" or "undecided".
    """

    n_drawn: int
    lowest: float
    highest: float
    ci_low: float
    ci_high: float
    test_error: float
    judging_error: float
    verdict: str

    @property
    def difference(self) -> float | None:
        """The estimate where it is one number; None where it is a range."""
        return self.lowest if self.lowest == self.highest else None


@dataclass(frozen=True)
class TestSet:
    """The examples that were drawn, of which judging says which team has them right.

    Attributes
    ----------
    n
        Their number.
    alpha
        Error rate of what is said about the population.
    design_effect
        By which factor the variance through their choice is larger than that of independent ones.
    """

    # Not one of pytest's.
    __test__ = False

    n: int
    alpha: float
    design_effect: float

    def upper_limit(self, only_a: float, only_b: float, alpha: float, judging: float = 0.0) -> float:
        """Return Tango's upper limit; `judging` is the variance of only_a - only_b through judging."""
        worth = self.design_effect
        # The test part of the variance of b - c grows by the factor; so all counts are divided by it.
        return tango_upper_limit(only_a / worth, only_b / worth, self.n / worth, 1.0 - alpha, judging / worth**2)

    def p_value(self, only_a: float, only_b: float, judging: float = 0.0) -> float:
        """Return McNemar's mid-p of counts that are worth less by dependence and judging."""
        discordant = only_a + only_b
        if discordant == 0.0:
            return 1.0
        worth = self.design_effect + judging / discordant
        return mid_p(only_a / worth, only_b / worth)

    def error(self, only_a: float, only_b: float) -> float:
        """Return the standard error through the choice of the test examples, with the two pseudo-examples."""
        difference = (only_a - only_b) / self.n
        squares = only_a + only_b + 2.0 - (self.n - 2.0) * difference**2
        return math.sqrt(self.design_effect * max(squares, 0.0)) / (self.n + 2)


@dataclass(frozen=True)
class _Estimate:
    """Estimated counts, the variance of their difference through judging, and what strata without draws may add."""

    only_a: float
    only_b: float
    judging: float
    not_drawn: int

    def towards_a(self) -> _Estimate:
        """Return it with all that was not drawn counted for A."""
        return _Estimate(self.only_a + self.not_drawn, self.only_b, self.judging, 0)

    def exchanged(self) -> _Estimate:
        """Return it with the teams exchanged."""
        return _Estimate(self.only_b, self.only_a, self.judging, self.not_drawn)


def planned_difference(draws: Draws, test: TestSet) -> CorrectedDifference:
    """Return the corrected difference with the interval for a number of draws that was fixed beforehand.

    Tango's interval with the judging part of the variance, valid at the one number of draws that was fixed
    beforehand; later ones are left out. Better: McNemar's mid-p of the counts divided by the factor by which judging
    increases their variance (a design effect; Rao & Scott 1981) is below alpha at both ends of the range.
    """
    for_a = _estimate(_with_unclear(draws, 1)).towards_a()
    for_b = _estimate(_with_unclear(draws, -1)).exchanged().towards_a()
    is_shown = max(test.p_value(end.only_a, end.only_b, end.judging) for end in (for_a, for_b)) < test.alpha
    interval = (
        -test.upper_limit(for_b.only_a, for_b.only_b, test.alpha, for_b.judging),
        test.upper_limit(for_a.only_a, for_a.only_b, test.alpha, for_a.judging),
    )
    verdict = _verdict(
        is_a_better=is_shown and for_b.only_a < for_b.only_b, is_b_better=is_shown and for_a.only_a < for_a.only_b
    )
    return _corrected(draws, test, interval, verdict)


def live_difference(draws: Draws, test: TestSet) -> CorrectedDifference:
    """Return the corrected difference with the interval that holds at every look.

    P(the interval ever misses, at any look) <= alpha. A fiftieth of alpha goes to a bound of b + c that holds
    at every look. The rest is halved, beta for either side. At the true counts, let p be Tango's one-sided p of the
    true difference, and q = 1 / (largest capital of `anytime` at any look, at the true b - c). The test set is drawn
    once, however often one looks, so P(p <= x) <= x; and P(q <= x | test set) <= x for every test set. Hence for any
    decreasing g with integral beta, P(q <= g(p)) <= E g(p) <= beta. A g of steps is taken: q_{i-1} for p between
    a_{i-1} and a_i, q_0 = 1. With T_i the bound of b - c at q_i, the upper limit is the largest over i of Tango's limit
    at a_i for counts with b - c = T_i: if the true difference is above it and the true b - c between T_{i-1} and T_i,
    then p < a_i and q <= q_{i-1}, the event above (Tango's limits grow with b - c, and move apart with b + c, which is
    at its bound). One step would be a plain sharing of alpha between judging and test set; these four are up to 16 %
    narrower where both matter. Better: at every step McNemar's mid-p at T_i is below 2 a_i.
    """
    has_more = draws.n_left + len(draws.values) > 0
    alpha_discordant = test.alpha * _SHARE_OF_DISCORDANCE
    # With nothing to judge nothing of alpha is spent on it.
    steps = _steps((test.alpha - alpha_discordant) / 2.0) if has_more else ((1.0, test.alpha / 2.0),)
    of_judging, of_test = zip(*steps, strict=True)
    guesses = [float(value) for value in _GOLD]
    lowest = lower_bounds(_with_unclear(draws, -1), guesses, of_judging)
    highest = upper_bounds(_with_unclear(draws, 1), guesses, of_judging)
    discordant = draws.with_values(np.where(draws.values == UNCLEAR, 1, np.abs(draws.values)))
    (n_discordant,) = upper_bounds(discordant, [abs(guess) for guess in guesses], (alpha_discordant,), least=0)
    lower_ends = [(*_counts(total, n_discordant), alpha) for total, alpha in zip(lowest, of_test, strict=True)]
    upper_ends = [(*_counts(total, n_discordant), alpha) for total, alpha in zip(highest, of_test, strict=True)]
    is_a_better = all(a > b and test.p_value(a, b) < 2.0 * alpha for a, b, alpha in lower_ends)
    is_b_better = all(a < b and test.p_value(a, b) < 2.0 * alpha for a, b, alpha in upper_ends)
    interval = (
        min(-test.upper_limit(b, a, 2.0 * alpha) for a, b, alpha in lower_ends),
        max(test.upper_limit(a, b, 2.0 * alpha) for a, b, alpha in upper_ends),
    )
    return _corrected(draws, test, interval, _verdict(is_a_better=is_a_better, is_b_better=is_b_better))


def _steps(beta: float) -> tuple[tuple[float, float], ...]:
    """Return the levels (q_i, a_i) of judging and of the test set, which together err with probability beta at most.

    The integral of g is a_1 + sum of q_i (a_{i+1} - a_i) + q_last (1 - a_last). Steps were chosen for judging errors of
    0 to 2.5 test errors.
    """
    last_q, last_a = _LAST_STEP
    steps = [*((q, a * beta) for q, a in _STEPS), (last_q * beta, last_a * beta)]
    # A one-sided level of 1/2 is the estimate itself.
    return tuple((q, min(a, 0.499)) for q, a in steps)


def _counts(total: int, n_discordant: int) -> tuple[float, float]:
    """Return b and c whose difference is the total, and whose sum is `n_discordant` or as much as that takes."""
    both = max(n_discordant, abs(total))
    return (both + total) / 2.0, (both - total) / 2.0


def _corrected(draws: Draws, test: TestSet, interval: tuple[float, float], verdict: str) -> CorrectedDifference:
    ends = [
        _estimate(_with_unclear(draws, 1)).towards_a(),
        _estimate(_with_unclear(draws, -1)).exchanged().towards_a().exchanged(),
    ]
    highest, lowest = ((end.only_a - end.only_b) / test.n for end in ends)
    return CorrectedDifference(
        n_drawn=len(draws.values),
        lowest=lowest,
        highest=highest,
        ci_low=min(interval[0], lowest),
        ci_high=max(interval[1], highest),
        test_error=max(test.error(end.only_a, end.only_b) for end in ends),
        judging_error=math.sqrt(max(end.judging for end in ends)) / test.n,
        verdict=verdict,
    )


def _verdict(*, is_a_better: bool, is_b_better: bool) -> str:
    if is_a_better == is_b_better:
        return "undecided"
    return "a_better" if is_a_better else "b_better"


def _estimate(draws: Draws) -> _Estimate:
    """Return the estimated counts of drawn disagreements that all have a value."""
    only_a = only_b = judging = 0.0
    not_drawn = 0
    for code, size in enumerate(draws.sizes.tolist()):
        counts = value_counts(draws.values[draws.strata == code])
        n_drawn = int(counts.sum())
        if n_drawn == 0:
            not_drawn += size
            continue
        only_a += size * float(counts[0]) / n_drawn
        only_b += size * float(counts[1]) / n_drawn
        judging += size**2 * (1.0 - n_drawn / size) * _variance(counts) / n_drawn
    return _Estimate(only_a, only_b, judging, not_drawn)


def value_counts(values: IntArray) -> FloatArray:
    """Return how many values are 1, -1 and 0, shape (3,)."""
    return np.asarray([np.count_nonzero(values == value) for value in VALUES], dtype=np.float64)


def _variance(counts: FloatArray) -> float:
    """Return the variance of v from the counts of +1, -1 and 0 plus 1/2 each."""
    shares = (counts + 0.5) / (counts.sum() + 1.5)
    return float(shares[0] + shares[1] - (shares[0] - shares[1]) ** 2)


def _with_unclear(draws: Draws, value: int) -> Draws:
    return draws.with_values(np.where(draws.values == UNCLEAR, value, draws.values))
