"""Several teams over the datasets of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from reviewer_app import __version__
from reviewer_app.comparison.across import Across, TeamValues, across
from reviewer_app.comparison.samples import SEEDS_FOR_VERDICT, treated_runs
from reviewer_app.evaluation.inputs import Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.missing import MissingTreatment
from reviewer_app.progress import Progress
from reviewer_app.review.contents import Contents
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.measuring import digest_of, read_gold
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
    if len(teams) < 2:
        return None
    runs: dict[str, dict[str, tuple[RunRecord, ...]]] = {}
    for pair in pairs:
        of_dataset = runs.setdefault(pair.dataset.name, {})
        of_dataset[pair.name_a], of_dataset[pair.name_b] = pair.runs_a, pair.runs_b
    n_whole = sum(len(of_dataset) == len(teams) for of_dataset in runs.values())
    if n_whole < 2 and len(teams) < _TEAMS_FOR_RESAMPLES:
        return None  # before anything is read: nothing would be kept, and every look at the results would read again
    done = [run for of_dataset in runs.values() for own in of_dataset.values() for run in own]
    plan = contents.plan.plan
    datasets = [
        [dataset.name, dataset.digest, dataset.spec.costs, contents.primary_metric(dataset)]
        for dataset in contents.datasets
    ]
    of_runs = [
        [name, team, [[run.seed, run.result_digest, run.missing] for run in own]]
        for name, of_dataset in runs.items()
        for team, own in of_dataset.items()
    ]
    parameters = [plan.alpha, plan.margin, plan.n_resamples, plan.seed, np.__version__, __version__]
    digest = digest_of(datasets, of_runs, parameters)
    kept = read_derived(file.connection, "across", Across, digest)
    if kept is not None:
        return kept
    # Of the inputs alone: another alpha or margin draws the same numbers.
    seed = int(digest_of(sorted(str(run.result_digest) for run in done))[:15], 16)
    settings = Settings(plan.alpha, 0.95, plan.n_resamples, seed if plan.seed is None else plan.seed, progress)
    given = _team_values(file, contents, teams, runs, settings)
    if not given.datasets or (len(given.datasets) < 2 and len(teams) < _TEAMS_FOR_RESAMPLES):
        return None
    found = across(given, plan.margin, settings)
    if not file.read_only:
        with file.writing() as connection:
            check_runs(connection, [run.run_id for run in done])
            write_derived(connection, "across", found, digest)
    return found


def _team_values(
    file: ReviewFile, contents: Contents, teams: tuple[str, ...], runs: Mapping[str, _Runs], settings: Settings
) -> TeamValues:
    """Return the teams' values on the datasets where every team has one, each over the same examples for all teams."""
    datasets, metrics, values, resampled, left_out = [], [], [], [], []
    for dataset in contents.datasets:
        settings.progress.check()
        of_dataset, metric = runs.get(dataset.name, {}), metric_of(contents.primary_metric(dataset))
        lacking = [team for team in teams if team not in of_dataset]
        if lacking:
            left_out.append((dataset.name, f"no finished run of {' and '.join(lacking)}"))
            continue
        gold, structure, of_teams = _treated_runs(file, dataset, [of_dataset[team] for team in teams])
        found = [[metric.value(gold, run).value for run in own] for own in of_teams]
        known = [[value for value in own if value is not None] for own in found]
        undefined = [team for team, own, all_own in zip(teams, known, found, strict=True) if len(own) < len(all_own)]
        if undefined:
            left_out.append((dataset.name, f"{metric.name} is not defined for {' and '.join(undefined)}"))
            continue
        datasets.append(dataset.name)
        metrics.append(metric.id)
        values.append([float(np.mean(own)) for own in known])
        first = [own[0] for own in of_teams]
        # Resamples of different datasets are independent of each other.
        own_seed = int(digest_of(settings.seed, dataset.name, dataset.digest)[:15], 16)
        drawn = replace(settings, seed=own_seed)
        has_resamples = len(teams) >= _TEAMS_FOR_RESAMPLES
        resampled.append(resampled_values(metric, gold, first, structure, drawn).values if has_resamples else None)
    return TeamValues(teams, tuple(datasets), tuple(metrics), np.array(values), tuple(resampled), tuple(left_out))


def _treated_runs(
    file: ReviewFile, dataset: DatasetRecord, runs: Sequence[Sequence[RunRecord]]
) -> tuple[Gold, Structure, list[list[Predictions]]]:
    """Return gold, structure and every team's runs, without the examples that one of them drops.

    As many runs as comparisons use: the first of each team, unless all have at least three.
    """
    if min(map(len, runs)) < SEEDS_FOR_VERDICT:
        runs = [own[:1] for own in runs]
    gold = read_gold(file.connection, dataset)
    structure = read_structure(file.connection, dataset.dataset_id)
    teams = [
        [treated_runs(gold, [read_predictions(file.connection, run)], run.missing)[0] for run in own] for own in runs
    ]
    kept = np.ones(gold.n_examples, dtype=np.bool_)
    for own, treated in zip(runs, teams, strict=True):
        for run, predictions in zip(own, treated, strict=True):
            if run.missing == MissingTreatment.DROP:
                kept &= ~predictions.missing
    if kept.all():
        return gold, structure, teams
    return gold.take(kept), structure.take(kept), [[one.take(kept) for one in own] for own in teams]
