"""Several teams over the datasets of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reviewer_app import __version__
from reviewer_app.comparison.across import Across, TeamValues, across
from reviewer_app.evaluation.inputs import FloatArray, Gold, Predictions
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.missing import MissingTreatment, treat_missing
from reviewer_app.evaluation.registry import MetricValue
from reviewer_app.progress import Progress
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.measuring import digest_of, measure, read_gold
from reviewer_app.review.pairs import Pair
from reviewer_app.significance.across.team_resamples import resampled_values
from reviewer_app.significance.paired_difference import Settings
from reviewer_app.store.datasets import DatasetRecord, read_structure
from reviewer_app.store.derived import read_derived, write_derived
from reviewer_app.store.runs import RunRecord, check_runs, read_predictions

_TEAMS_FOR_RESAMPLES = 3
"""With two teams the comparison itself says who comes first."""

_Runs = Mapping[str, tuple[RunRecord, ...]]
"""Team, or TEAM:VERSION, to its runs on a dataset."""


def across_of(file: ReviewFile, contents: Contents, pairs: Sequence[Pair], progress: Progress) -> Across | None:
    """Return the teams of these pairs over the datasets that all of them ran; kept in the file.

    None where there are neither two datasets nor three teams.

    Parameters
    ----------
    file, contents
        The review.
    pairs
        Comparisons, as in `pairs.planned_family`.
    progress
        May cancel.
    """
    teams = tuple(dict.fromkeys(name for pair in pairs for name in (pair.name_a, pair.name_b)))
    runs: dict[str, dict[str, tuple[RunRecord, ...]]] = {}
    for pair in pairs:
        of_dataset = runs.setdefault(pair.dataset.name, {})
        of_dataset[pair.name_a], of_dataset[pair.name_b] = pair.runs_a, pair.runs_b
    done = [
        (run, dataset) for dataset in contents.datasets for own in runs.get(dataset.name, {}).values() for run in own
    ]
    plan = contents.plan.plan
    digest = digest_of(
        [[dataset.name, dataset.digest, contents.primary_metric(dataset)] for dataset in contents.datasets],
        [[name, [[team, [run.result_digest for run in own]] for team, own in of.items()]] for name, of in runs.items()],
        [plan.alpha, plan.margin, plan.n_resamples, plan.seed],
        [np.__version__, __version__],
    )
    kept = read_derived(file.connection, "across", Across, digest)
    if kept is not None:
        return kept
    # Of the inputs alone: another alpha or margin draws the same numbers.
    seed = int(digest_of(sorted(str(run.result_digest) for run, _ in done))[:15], 16)
    settings = Settings(plan.alpha, 0.95, plan.n_resamples, seed if plan.seed is None else plan.seed, progress)
    given = _team_values(file, contents, teams, runs, settings, measure(file, done, progress))
    if len(teams) < 2 or not given.datasets or (len(given.datasets) < 2 and len(teams) < _TEAMS_FOR_RESAMPLES):
        return None
    found = across(given, plan.margin, settings)
    if not file.read_only:
        with file.writing() as connection:
            check_runs(connection, [run.run_id for run, _ in done])
            write_derived(connection, "across", found, digest)
    return found


def _team_values(
    file: ReviewFile,
    contents: Contents,
    teams: tuple[str, ...],
    runs: Mapping[str, _Runs],
    settings: Settings,
    measured: Mapping[int, Mapping[str, MetricValue]],
) -> TeamValues:
    """Return the teams' values on the datasets where every team has one."""
    datasets, metrics, values, resampled, left_out = [], [], [], [], []
    for dataset in contents.datasets:
        of_dataset, metric = runs.get(dataset.name, {}), contents.primary_metric(dataset)
        lacking = [team for team in teams if team not in of_dataset]
        if lacking:
            left_out.append((dataset.name, f"no finished run of {' and '.join(lacking)}"))
            continue
        found = [[measured[run.run_id][metric].value for run in of_dataset[team]] for team in teams]
        known = [[value for value in own if value is not None] for own in found]
        undefined = [team for team, own, all_own in zip(teams, known, found, strict=True) if len(own) < len(all_own)]
        if undefined:
            left_out.append((dataset.name, f"{metric_of(metric).name} is not defined for {' and '.join(undefined)}"))
            continue
        datasets.append(dataset.name)
        metrics.append(metric)
        values.append([float(np.mean(own)) for own in known])
        first = [of_dataset[team][0] for team in teams]
        resampled.append(_resampled(file, dataset, metric, first, settings))
    return TeamValues(teams, tuple(datasets), tuple(metrics), np.array(values), tuple(resampled), tuple(left_out))


def _resampled(
    file: ReviewFile, dataset: DatasetRecord, metric: str, first: Sequence[RunRecord], settings: Settings
) -> FloatArray | None:
    """Return the values of the teams' first runs in the same resamples, shape (B, T); None below three teams."""
    if len(first) < _TEAMS_FOR_RESAMPLES:
        return None
    gold = read_gold(file.connection, dataset)
    teams = [_treated(gold, read_predictions(file.connection, run), run.missing) for run in first]
    structure = read_structure(file.connection, dataset.dataset_id)
    kept = np.ones(gold.n_examples, dtype=np.bool_)
    for run, team in zip(first, teams, strict=True):
        if run.missing == MissingTreatment.DROP:
            kept &= ~team.missing
    if not kept.all():
        gold, structure, teams = gold.take(kept), structure.take(kept), [team.take(kept) for team in teams]
    return resampled_values(metric_of(metric), gold, teams, structure, settings).values


def _treated(gold: Gold, predictions: Predictions, missing: str) -> Predictions:
    treatment = MissingTreatment.NEGATIVE if missing == MissingTreatment.NEGATIVE else MissingTreatment.WRONG
    return treat_missing(gold, [predictions], treatment).predictions[0]
