"""One metric of any number of teams over the same bootstrap resamples of examples."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from reviewer_app.evaluation.class_counts import ClassCounts
from reviewer_app.evaluation.counts import costs_with_outside
from reviewer_app.evaluation.inputs import FloatArray, Gold, IntArray, Predictions, Structure
from reviewer_app.evaluation.registry import Family, Metric
from reviewer_app.significance.across.linear_resamples import linear_resamples
from reviewer_app.significance.auc import smallest_class
from reviewer_app.significance.clusters import Dependence, dependence_of, group_codes
from reviewer_app.significance.influence import complete_examples, has_influence
from reviewer_app.significance.joint_counts import inside_codes
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.significance.resampling import (
    MAX_UNDEFINED,
    Stream,
    block_rows,
    generator,
    map_blocks,
    row_elements,
    unit_draws,
)

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True, eq=False)
class TeamResamples:
    """Values of a metric in bootstrap resamples, or why there are none.

    Attributes
    ----------
    values
        Of each team in each resample, shape (B, T): a row is one resample, the same examples for all teams. None where
        not defined.
    not_defined
        Why there are none; None where there are.
    undefined_team
        Position of the first team for which the metric is not defined, where that is why; else None.
    """

    values: FloatArray | None
    not_defined: str | None = None
    undefined_team: int | None = None


@dataclass(frozen=True, eq=False)
class _Units:
    """What is drawn: kinds of examples, or groups.

    Attributes
    ----------
    features
        What one unit of each kind adds to the sums that the metric is computed from, shape (U, F).
    counts
        Units of each kind, shape (U,).
    metric
        From the sums of each resample, shape (F, R), to the teams' values, shape (R, T), NaN where not defined.
    """

    features: csr_array[Any]
    counts: FloatArray
    metric: Callable[[FloatArray], FloatArray]


def resampled_values(
    metric: Metric, gold: Gold, teams: Sequence[Predictions], structure: Structure, settings: Settings
) -> TeamResamples:
    """Return a metric of every team over the same bootstrap resamples of the examples.

    Counts and proportions: a resample is one multinomial draw over the distinct tuples of a gold label and all teams'
    labels (of rights and wrongs, for a proportion): the same distribution as drawing examples, at a cost that grows
    with the number of different tuples only. Means and rankings: see `linear_resamples`. Groups are drawn as a whole.
    There are no pseudo-examples: these are the values themselves, not the error of a difference. A resample in which a
    team has no value is drawn again; above 1 % of them there are no values. There are none either for metrics without
    influence values, where a team has no value to begin with, and for pairs that share records, which no resampling
    serves (DESIGN 8).

    Parameters
    ----------
    metric
        Any but a calibration error and recall at fixed precision.
    gold
        Gold labels, n examples.
    teams
        Predictions of each of T teams, at least one, missing ones treated before (see `evaluation.missing`). Examples
        that are incomplete for a team are left out for all.
    structure
        Groups or records of the n examples, if any.
    settings
        B and seed. The seed must be another one for each dataset, as seeds from the digest of the inputs are.

    Raises
    ------
    ValueError
        No teams.
    """
    if not teams:
        raise ValueError("there are no teams")
    if not has_influence(metric):
        return TeamResamples(None, f"{metric.name} has no influence values, which resamples of all teams at once need")
    undefined = _first_undefined(metric, gold, teams)
    if undefined is None:
        complete = complete_examples(metric, gold, teams)
        gold, structure = gold.take(complete), structure.take(complete)
        teams = [team.take(complete) for team in teams]
        undefined = _first_undefined(metric, gold, teams)
    if undefined is not None:
        return undefined
    dependence = dependence_of(structure)
    if dependence is Dependence.RECORDS:
        return TeamResamples(None, "pairs share records, and resampling would take them for independent")
    groups = structure.groups if dependence is Dependence.GROUPS else None
    if metric.family not in (Family.COUNT, Family.PROPORTION):
        if metric.family is not Family.MEAN and smallest_class(gold) == 1:
            return TeamResamples(None, "a class has a single example, so the variance is not defined")
        return TeamResamples(linear_resamples(metric, gold, teams, groups, settings))
    of_family = _units_of_counts if metric.family is Family.COUNT else _units_of_proportion
    return _resampled(of_family(metric, gold, teams, groups), settings)


def _first_undefined(metric: Metric, gold: Gold, teams: Sequence[Predictions]) -> TeamResamples | None:
    for position, team in enumerate(teams):
        reason = metric.value(gold, team).reason
        if reason is not None:
            return TeamResamples(None, reason, position)
    return None


def _resampled(units: _Units, settings: Settings) -> TeamResamples:
    elements = max(row_elements(units.counts), units.features.shape[1])
    n_rows = min(block_rows(elements), settings.n_resamples)
    no_pseudo = np.zeros(len(units.counts))
    transposed = units.features.T.tocsr()

    def drawn(block: int) -> FloatArray:
        rng = generator(settings.seed, Stream.TEAM_BOOTSTRAP, block)
        return units.metric(transposed @ unit_draws(rng, units.counts, no_pseudo, n_rows))

    n_blocks = math.ceil(settings.n_resamples / n_rows)
    values = np.concatenate(list(map_blocks(drawn, range(n_blocks), settings.progress)))[: settings.n_resamples]
    undefined = np.isnan(values).any(axis=1)
    if undefined.mean() > MAX_UNDEFINED:
        return TeamResamples(None, "too few positives: not defined in over 1 % of the resamples")
    values = values[~undefined]
    while len(values) < settings.n_resamples:
        more = drawn(n_blocks)
        n_blocks += 1
        values = np.concatenate([values, more[~np.isnan(more).any(axis=1)]])[: settings.n_resamples]
    return TeamResamples(values)


def _units_of_proportion(metric: Metric, gold: Gold, teams: Sequence[Predictions], groups: IntArray | None) -> _Units:
    """Return units whose features are the number of right answers of each team, and of examples."""
    from scipy.sparse import csr_array

    per_example = metric.per_example
    assert per_example is not None
    right = [per_example(gold, team).astype(np.int64) for team in teams]
    kinds, of_example = _distinct(right)
    features = csr_array(np.column_stack([*kinds, np.ones(len(kinds[0]))]).astype(np.float64))

    def shares(sums: FloatArray) -> FloatArray:
        return np.asarray((sums[:-1] / sums[-1]).T)

    return _Units(*_drawn_whole(features, of_example, groups), shares)


def _units_of_counts(metric: Metric, gold: Gold, teams: Sequence[Predictions], groups: IntArray | None) -> _Units:
    """Return units whose features are what the metric's class counts add up from.

    For each team true positives and predictions (k columns each), then gold labels (k), then each team's cost.
    """
    from scipy.sparse import csr_array

    k, n_teams, from_counts = gold.n_classes, len(teams), metric.from_counts
    assert from_counts is not None
    labels = [inside_codes(_labels(team), k) for team in teams]
    (y_true, *y_preds), of_example = _distinct([gold.y_true.astype(np.intp), *labels])
    kinds = np.arange(len(y_true))
    rows, columns = [kinds], [2 * n_teams * k + y_true]
    values: list[FloatArray] = [np.ones(len(kinds))]
    for team, y_pred in enumerate(y_preds):
        for start, chosen in ((0, y_pred == y_true), (k, y_pred < k)):
            rows.append(kinds[chosen])
            columns.append(2 * team * k + start + y_pred[chosen])
            values.append(np.ones(len(rows[-1])))
        if gold.costs is not None:
            rows.append(kinds)
            columns.append(np.full(len(kinds), (2 * n_teams + 1) * k + team))
            values.append(costs_with_outside(gold.costs)[y_true, y_pred])
    n_features = (2 * n_teams + 1) * k + (n_teams if gold.costs is not None else 0)
    features = csr_array(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(len(kinds), n_features)
    )

    def of_teams(sums: FloatArray) -> FloatArray:
        per_class = sums[: (2 * n_teams + 1) * k].reshape(2 * n_teams + 1, k, -1).transpose(0, 2, 1)
        costs = sums[(2 * n_teams + 1) * k :]
        true = per_class[-1]
        return np.stack(
            [
                from_counts(
                    ClassCounts(
                        true_positives=per_class[2 * team],
                        true=true,
                        predicted=per_class[2 * team + 1],
                        n=true.sum(axis=1),
                        cost=costs[team] if gold.costs is not None else None,
                        positive=gold.positive,
                    )
                )
                for team in range(n_teams)
            ],
            axis=1,
        )

    return _Units(*_drawn_whole(features, of_example, groups), of_teams)


def _labels(team: Predictions) -> IntArray:
    assert team.y_pred is not None
    return team.y_pred


def _distinct(columns: Sequence[IntArray]) -> tuple[list[IntArray], IntArray]:
    """Return the distinct rows of several columns, column by column, and the position of each example's row."""
    of_example = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        keys = of_example * (int(column.max()) + 1) + column
        _, first, of_example = np.unique(keys, return_index=True, return_inverse=True)
    return [column[first] for column in columns], of_example.reshape(-1)


def _drawn_whole(
    features: csr_array[Any], of_example: IntArray, groups: IntArray | None
) -> tuple[csr_array[Any], FloatArray]:
    """Return features and counts of the units that are drawn: kinds of examples, or each group by itself."""
    from scipy.sparse import csr_array

    if groups is None:
        return features, np.bincount(of_example, minlength=features.shape[0]).astype(np.float64)
    codes = group_codes(groups)
    n_groups = int(codes.max()) + 1
    members = csr_array((np.ones(len(codes)), (codes, of_example)), shape=(n_groups, features.shape[0]))
    return csr_array(members @ features), np.ones(n_groups)
