"""One team's value of a metric on its own, and how much it owes to the choice of the test examples."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions, Structure
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance.clusters import (
    Dependence,
    dependence_of,
    group_codes,
    group_sums,
    record_pairs,
    two_way_variance,
)
from reviewer_app.significance.influence import complete_examples, has_influence, influence_of_runs


@dataclass(frozen=True)
class SamplingError:
    """Variance of a value through the choice of the test examples.

    Attributes
    ----------
    variance
        Of the observed examples, from their influence values.
    pseudo_variance
        Squared effects of the two pseudo-examples, one right and one wrong; 0 for families that have none.
    n_examples
        Test examples that both are for.
    degrees_of_freedom
        Of the sum of both.
    """

    variance: float
    pseudo_variance: float
    n_examples: int
    degrees_of_freedom: float = math.inf

    @property
    def total(self) -> float:
        """Variance with the pseudo-examples."""
        return self.variance + self.pseudo_variance

    def total_of(self, n_examples: int) -> float:
        """Return the variance of the value on another sample of the same data with so many examples.

        The variance falls with 1 / n and the effects of a sample's own two pseudo-examples with 1 / n^2: the error of
        a small sample is not taken for as small as that of a large one in which hardly any example is wrong.

        Raises
        ------
        ValueError
            No examples.
        """
        if n_examples <= 0:
            raise ValueError(f"a sample of {n_examples} examples cannot be")
        ratio = self.n_examples / n_examples
        return self.variance * ratio + self.pseudo_variance * ratio**2


@dataclass(frozen=True)
class MeasuredValue:
    """A metric of one team on a test set.

    Attributes
    ----------
    value
        Mean over the runs; a fraction.
    n_examples
        Test examples it is computed over.
    of_runs
        The value of each run (seed), at least one.
    range
        Least and largest value of the metric.
    sampling_error
        None where there is none: the metric has no influence values, or all examples are in one group.
    n_right
        Examples that are right, where the metric is the share of them, they are independent, and there is one run;
        else None.
    """

    value: float
    n_examples: int
    of_runs: tuple[float, ...]
    range: tuple[float, float] = (0.0, 1.0)
    sampling_error: SamplingError | None = None
    n_right: int | None = None


def measured_value(
    metric: Metric, gold: Gold, runs: Sequence[Predictions], structure: Structure
) -> MeasuredValue | None:
    """Return a metric of one team with its sampling error; None where a run has no value.

    The variance is the sum of the squared influence values (DESIGN 8), by group where examples are in groups and over
    both sides where pairs share records, with the pseudo-examples beside. Its degrees of freedom are Satterthwaite's,
    2 V^2 / var(V) over the squared effects, pseudo-examples included: few where few wrong examples make all of the
    variance. Without them a z of a proportion of 0.99 on 200 examples called 0.072 of honest claims on another 2,000
    contradicted, with them at most 0.057 at every n from 50 to 2,000 and proportion from 0.5 to 0.998.
    Examples that lack what the metric needs (probabilities, scores) are left out, as in a comparison.

    Parameters
    ----------
    metric, gold
        What is measured, on which examples.
    runs
        One run or several (seeds), aligned with `gold`, missing predictions treated.
    structure
        Groups or records of the examples.
    """
    complete = complete_examples(metric, gold, runs)
    if not complete.any():
        return None
    gold, structure, runs = gold.take(complete), structure.take(complete), [run.take(complete) for run in runs]
    values = [metric.value(gold, run).value for run in runs]
    of_runs = tuple(value for value in values if value is not None)
    if len(of_runs) < len(values):
        return None
    value, n = float(np.mean(of_runs)), gold.n_examples
    is_count = metric.family is Family.PROPORTION and len(runs) == 1
    is_count = is_count and dependence_of(structure) is Dependence.NONE
    error = _sampling_error(metric, gold, runs, structure) if has_influence(metric) else None
    return MeasuredValue(value, n, of_runs, metric.range, error, round(value * n) if is_count else None)


def _sampling_error(
    metric: Metric, gold: Gold, runs: Sequence[Predictions], structure: Structure
) -> SamplingError | None:
    influence = influence_of_runs(metric, gold, runs, ())
    effects, pseudo, n = influence.values, influence.pseudo_variance, gold.n_examples
    if pseudo > 0.0:
        # The effects are of n + 2 examples; as if of n, the observed part alone is the variance of the value itself.
        effects = effects * ((n + 2.0) / n)
    variance = float(effects @ effects)
    df = min(influence.degrees_of_freedom, _degrees_of_freedom(effects, pseudo))
    dependence = dependence_of(structure)
    if dependence is Dependence.GROUPS and structure.groups is not None:
        codes = group_codes(structure.groups)
        n_groups = int(codes.max()) + 1
        if n_groups < 2:
            return None
        sums = group_sums(effects, codes)
        variance = n_groups / (n_groups - 1) * float(sums @ sums)
        df = min(n_groups - 1.0, _degrees_of_freedom(sums, pseudo))
    elif dependence is Dependence.RECORDS:
        two_way = two_way_variance(effects, record_pairs(structure, n))
        if two_way is None:
            return None
        variance, df = two_way.variance, min(df, two_way.degrees_of_freedom)
    if not math.isfinite(variance + pseudo):
        return None
    return SamplingError(variance, pseudo, n, df)


def _degrees_of_freedom(effects: FloatArray, pseudo_variance: float) -> float:
    """Return Satterthwaite's 2 V^2 / var(V), at least 1; infinite where all effects are alike."""
    squares = effects**2
    total = float(squares.sum())
    spread = max(float(squares @ squares) - total**2 / len(squares), 0.0) + pseudo_variance**2
    return max(2.0 * (total + pseudo_variance) ** 2 / spread, 1.0) if spread > 0.0 else math.inf
