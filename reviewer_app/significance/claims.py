"""What a paper claims against what was measured: tests of single claims, and the decision on all claims of a paper.

Every test's null hypothesis is that the claim is right. A printed number stands for every number that rounds to it, so
p is the largest over these: rounding to two digits alone makes up to 16 % of honest papers look contradicted otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer_app.significance.multiplicity import holm

MULTIPLICITY = "significant alone, not after Holm over the claims of the paper"

BETWEEN = "what was measured is compatible with less than the claim and with more"

FLOAT_ERROR = 1e-12
"""Up to this two numbers of size 1 are the same."""


class Basis(StrEnum):
    """How a claimed value was measured, beside ours."""

    SAME_PREDICTIONS = "same_predictions"
    """The same predictions on the same test examples: nothing may differ but rounding."""
    RETRAINED = "retrained"
    """The algorithm trained again, on the same training data, and tested on the same examples."""
    OTHER_SAMPLE = "other_sample"
    """On other test examples of the same kind of data."""


class Noise(StrEnum):
    """Why a right claim and our number may differ."""

    NONE = "none"
    SAMPLING = "sampling"
    RETRAINING = "retraining"
    SAMPLING_AND_RETRAINING = "sampling_and_retraining"


class ClaimVerdict(StrEnum):
    """What was found of a claim."""

    REPRODUCED = "reproduced"
    WITHIN_SAMPLING_ERROR = "within_sampling_error"
    WITHIN_RETRAINING_NOISE = "within_retraining_noise"
    CONTRADICTED = "contradicted"
    UNTESTABLE = "untestable"


@dataclass(frozen=True)
class StatedValue:
    """A number as a paper prints it: "0.756" stands for 0.7555 to 0.7565, both included.

    Attributes
    ----------
    value
        As printed; a fraction where the metric is one.
    half_unit
        Half a unit of its last digit: 0.0005 for "0.756" and for "75.6 %"; 0 where the number is exact.

    Raises
    ------
    ValueError
        A value that is no finite number, or a negative half unit.
    """

    value: float
    half_unit: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.value) and 0.0 <= self.half_unit < math.inf):
            raise ValueError(f"{self.value} ± {self.half_unit} is no stated number")

    def is_rounded_from(self, value: float) -> bool:
        """Return whether a value is printed so, whichever way a half is rounded."""
        return abs(value - self.value) <= self.half_unit + FLOAT_ERROR * max(1.0, abs(value))

    def nearest_to(self, value: float) -> float:
        """Return the number printed so that is nearest to a value."""
        return min(max(value, self.value - self.half_unit), self.value + self.half_unit)


@dataclass(frozen=True)
class ClaimTest:
    """What is known of one claim, before the other claims of its paper decide what it means.

    Attributes
    ----------
    basis
        How a claimed value was measured; None for a difference or a count.
    claimed, ours
        The two numbers; of a difference, how much better the first team is in the metric's better direction. Ours is
        None where it is not defined.
    agrees
        Ours, rounded as theirs, is theirs. Never of a difference.
    noise
        What was allowed for.
    standard_error_ours, standard_error_theirs
        Of the two numbers; None where unknown, and of a difference theirs.
    degrees_of_freedom
        Of both together; None where there are none or the normal law is used.
    ci_low, ci_high
        Of a value: the claims that a test at 1 - level would not have contradicted; of a difference: THE interval of
        ours. None where there is none.
    p_value
        Two-sided p against the claim; None where it cannot be tested, and for the same predictions.
    p_support
        p of what would show the claim; None for values, which can agree but not be shown.
    detectable
        Of a difference: the difference that would be shown with 80 % power; None where unknown.
    method
        The procedure, for people.
    reason
        Why the claim cannot be contradicted, in words; None where it can.
    marks
        What the reader must know beside.
    """

    basis: Basis | None
    claimed: float
    ours: float | None
    agrees: bool = False
    noise: Noise = Noise.NONE
    standard_error_ours: float | None = None
    standard_error_theirs: float | None = None
    degrees_of_freedom: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    p_support: float | None = None
    detectable: float | None = None
    method: str | None = None
    reason: str | None = None
    marks: tuple[str, ...] = ()

    @property
    def gap(self) -> float | None:
        """Claimed less ours."""
        return None if self.ours is None else self.claimed - self.ours


@dataclass(frozen=True)
class ClaimDecision:
    """What was found of a claim, and why no more.

    Attributes
    ----------
    verdict
        See `ClaimVerdict`.
    p_adjusted
        p after Holm over the claims of the paper; None where there is no p.
    reason
        Why it is untestable, or why a p below alpha does not contradict; None otherwise.
    """

    verdict: ClaimVerdict
    p_adjusted: float | None
    reason: str | None = None


def decide_claims(tests: Sequence[ClaimTest], alpha: float = 0.05) -> tuple[ClaimDecision, ...]:
    """Return the decisions on all claims of a paper, in the order given (DESIGN 8, "Claims").

    A value that is ours, rounded as theirs, is `reproduced` whatever its p. `contradicted` needs p below alpha after
    Holm over the claims. A difference is `reproduced` where its own p of being shown is at most alpha: to say so
    accuses nobody and is not adjusted, like the lower limit of THE interval.

    Every claim that chance could make look wrong is a member of the family: those that agree too (to leave them out
    because they agree would make Holm too bold), and the untestable, with p = 1, as a cell without a result in the
    family of a plan: whether another claim is contradicted must not hinge on what a paper leaves out. A value of the
    same predictions is no member: it is decided without chance, so that it can neither be a false alarm nor dilute
    others.

    Parameters
    ----------
    tests
        All claims of one paper.
    alpha
        Share of papers all of whose claims are right that may be called contradicted in one or more.
    """
    members = [number for number, test in enumerate(tests) if test.basis is not Basis.SAME_PREDICTIONS]
    p_values = [1.0 if (p := _contradicting_p(tests[number])) is None else p for number in members]
    adjusted = dict(zip(members, holm(p_values), strict=True))
    return tuple(_decide(test, adjusted.get(number), alpha) for number, test in enumerate(tests))


def _contradicting_p(test: ClaimTest) -> float | None:
    return None if test.reason is not None else test.p_value


def _decide(test: ClaimTest, adjusted: float | None, alpha: float) -> ClaimDecision:
    p_adjusted = None if _contradicting_p(test) is None else adjusted
    if test.agrees:
        return ClaimDecision(ClaimVerdict.REPRODUCED, p_adjusted)
    if test.basis is Basis.SAME_PREDICTIONS and test.ours is not None:
        return ClaimDecision(ClaimVerdict.CONTRADICTED, None)
    if p_adjusted is not None and p_adjusted < alpha:
        return ClaimDecision(ClaimVerdict.CONTRADICTED, p_adjusted)
    if test.p_support is not None and test.p_support <= alpha:
        return ClaimDecision(ClaimVerdict.REPRODUCED, p_adjusted)
    is_small = test.p_value is not None and test.p_value < alpha
    if test.p_value is None or test.basis is None or (is_small and test.reason is not None):
        reason = test.reason or (MULTIPLICITY if is_small else BETWEEN)
        return ClaimDecision(ClaimVerdict.UNTESTABLE, p_adjusted, reason)
    within = ClaimVerdict.WITHIN_SAMPLING_ERROR
    if test.basis is Basis.RETRAINED:
        within = ClaimVerdict.WITHIN_RETRAINING_NOISE
    return ClaimDecision(within, p_adjusted, MULTIPLICITY if is_small else None)
