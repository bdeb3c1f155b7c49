"""What the cross matrix says, before it is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from reviewer_app.comparison.formatting import format_value
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.review.queries import CellState, DatasetSummary, RunInfo

_STATE_WORDS = {
    CellState.MISSING: "not run",
    CellState.QUEUED: "waiting",
    CellState.RUNNING: "running",
    CellState.FAILED: "failed",
    CellState.CANCELLED: "cancelled",
    CellState.TIMED_OUT: "timed out",
    CellState.NOT_APPLICABLE: "n/a",
    CellState.STALE: "out of date",
}


@dataclass(frozen=True)
class MatrixCell:
    """A square of the matrix.

    Attributes
    ----------
    text
        The value, or the state where there is none.
    has_value
        Whether `text` is a value.
    is_home, is_best
        Whether the dataset is the team's own; whether no value of the column is better.
    why
        What a tool tip says.
    """

    text: str
    has_value: bool = False
    is_home: bool = False
    is_best: bool = False
    why: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """A team, or one of our baselines.

    Attributes
    ----------
    name
        What it is called.
    colour
        Name of a colour of `theme.Palette`.
    cells
        A cell per column.
    """

    name: str
    colour: str
    cells: tuple[MatrixCell, ...]


@dataclass(frozen=True)
class Matrix:
    """Everything that the matrix shows.

    Attributes
    ----------
    columns
        Names of the datasets, then "mean" where there is one.
    rows
        See `MatrixRow`.
    metric
        Name of the one metric that all columns show; "" where they differ (then the columns name theirs).
    datasets
        Names of the datasets.
    """

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    metric: str
    datasets: tuple[str, ...]


def matrix(runs: Sequence[RunInfo], datasets: Sequence[DatasetSummary], team_a: str, team_b: str) -> Matrix:
    """Return the cross matrix of the current submissions by each dataset's primary metric; seeds are averaged.

    The mean stands where all datasets share a metric, for rows that have a value everywhere.
    """
    metrics = list(dict.fromkeys(dataset.primary_metric for dataset in datasets))
    shares_metric = len(metrics) == 1
    has_mean = shares_metric and len(datasets) > 1
    by_row: dict[tuple[bool, str], dict[str, list[RunInfo]]] = {}
    for run in runs:
        if run.current or run.baseline:
            key = (run.baseline, run.submission if run.baseline else run.team)
            by_row.setdefault(key, {}).setdefault(run.dataset, []).append(run)
    values = {
        (key, dataset.name): _value(by_dataset.get(dataset.name, ()), dataset.primary_metric)
        for key, by_dataset in by_row.items()
        for dataset in datasets
    }
    best = {dataset.name: _best(values, dataset) for dataset in datasets}
    rows = []
    for key in sorted(by_row, key=lambda key: key[0]):
        is_baseline, name = key
        cells = [_cell(by_row[key].get(d.name, ()), values[key, d.name], d, best[d.name]) for d in datasets]
        if has_mean:
            cells.append(_mean_cell([values[key, d.name] for d in datasets], metrics[0]))
        colour = "muted" if is_baseline else {team_a: "team_a", team_b: "team_b"}.get(name, "ink")
        rows.append(MatrixRow(f"Baseline: {name}" if is_baseline else name, colour, tuple(cells)))
    names = [d.name if shares_metric else f"{d.name} · {metric_of(d.primary_metric).name}" for d in datasets]
    return Matrix(
        columns=(*names, *(("mean",) if has_mean else ())),
        rows=tuple(rows),
        metric=metric_of(metrics[0]).name if shares_metric else "",
        datasets=tuple(dataset.name for dataset in datasets),
    )


def _value(runs: Sequence[RunInfo], metric: str) -> float | None:
    values = [run.metrics.get(metric) for run in runs if run.state is CellState.DONE]
    defined = [value for value in values if value is not None]
    return fmean(defined) if defined and len(defined) == len(runs) else None


def _best(values: Mapping[tuple[tuple[bool, str], str], float | None], dataset: DatasetSummary) -> float | None:
    column = [value for (_, name), value in values.items() if name == dataset.name and value is not None]
    if len(column) < 2:
        return None
    return max(column) if metric_of(dataset.primary_metric).higher_is_better else min(column)


def _cell(runs: Sequence[RunInfo], value: float | None, dataset: DatasetSummary, best: float | None) -> MatrixCell:
    if not runs:
        return MatrixCell("not run", why="This submission was not run on this dataset.")
    is_home = dataset.home_of == runs[0].team and not runs[0].baseline
    if value is not None:
        text = format_value(metric_of(dataset.primary_metric), value)
        seeds = f"mean of {len(runs)} seeds" if len(runs) > 1 else runs[0].notes.get(dataset.primary_metric, "")
        return MatrixCell(text, True, is_home, value == best, seeds)
    unfinished = next((run for run in runs if run.state is not CellState.DONE), None)
    if unfinished is None:
        reason = next(iter(run.not_defined[dataset.primary_metric] for run in runs if run.not_defined), "")
        return MatrixCell("not defined", False, is_home, why=reason)
    return MatrixCell(_STATE_WORDS[unfinished.state], False, is_home, why=unfinished.reason or "")


def _mean_cell(values: Sequence[float | None], metric: str) -> MatrixCell:
    defined = [value for value in values if value is not None]
    if len(defined) < len(values):
        return MatrixCell("\N{EN DASH}", why="A value is missing on some dataset.")
    return MatrixCell(format_value(metric_of(metric), fmean(defined)), True)
