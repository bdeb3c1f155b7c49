"""What THE p and THE interval assume, in words for a reviewer."""

from __future__ import annotations

from reviewer_app.evaluation.registry import Family
from reviewer_app.significance.clusters import Dependence

_FEW = "Two added pseudo-examples, one in favour of each team, keep it honest where few examples differ."

_INDEPENDENT = {
    Family.PROPORTION: (
        "Examples are independent of each other; nothing else. The test asks whether, where only one team is right, "
        "it is either team with equal probability; the interval is that of the score test."
    ),
    Family.COUNT: (
        "Examples are independent of each other; no normal distribution is needed. The test takes the larger p of "
        "swapping the teams at random and of resampling the examples; the interval is that of the resamples. "
        f"{_FEW}"
    ),
    Family.MEAN: (
        "Examples are independent of each other, and no few large losses decide the mean. The test takes the larger p "
        "of changing the sign of each example's difference at random and of Student's t corrected for skewness; the "
        "interval is that of the latter."
    ),
    Family.AUC: (
        "Examples are independent of each other, and there are enough of each class (about twenty) for Student's t, "
        "corrected for skewness. The scores of each team only rank the examples: they need no common scale."
    ),
    Family.RANKING: (
        "Examples are independent of each other, and there are enough positives (about twenty) for resamples of them "
        "to show how the difference varies. The scores of each team only rank the examples."
    ),
}

_BY_GROUPS = (
    "Groups are independent of each other; examples within a group need not be. Whole groups are swapped, resampled "
    "or left out one at a time, never single examples."
)

_BY_RECORDS = (
    "Pairs that have no record in common are independent of each other; pairs that share one need not be. "
    "The difference divided by its standard error follows Student's t, with fewer degrees of freedom than there are "
    "records on the side that has fewer, and the fewer the more unevenly the records weigh in the difference."
)

_BY_SEEDS = (
    "Runs with different seeds are independent draws of how each team's training ends, and so are the test examples, "
    "groups or records. The difference of the means divided by its standard error follows Student's t; how the "
    "training data were chosen is not covered."
)


def assumptions_of(family: Family, dependence: Dependence, *, several: bool = False) -> str:
    """Return what THE method assumes, in two or three plain sentences.

    Parameters
    ----------
    family
        Of the metric.
    dependence
        Of the examples.
    several
        Whether a team has several runs (seeds).
    """
    if family is Family.CALIBRATION:
        return "A calibration error has no test and no interval: resamples of it are biased upwards."
    if several:
        return _BY_SEEDS
    if dependence is Dependence.RECORDS:
        return _BY_RECORDS
    if dependence is Dependence.GROUPS:
        return f"{_BY_GROUPS} {_FEW}" if family in (Family.PROPORTION, Family.COUNT) else _BY_GROUPS
    return _INDEPENDENT[family]
