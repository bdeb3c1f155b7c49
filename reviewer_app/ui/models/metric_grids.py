"""The tables of the Metrics page, put together from the core's numbers: formatted here, never computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from reviewer_app.comparison.formatting import format_difference, format_value
from reviewer_app.comparison.result import Comparison, MetricComparison
from reviewer_app.comparison.sentences import CORRECTION_NAMES
from reviewer_app.evaluation.metrics import metric as registered
from reviewer_app.review.queries import CellState, ClassReport, DatasetSummary, MetricInfo, RunInfo
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.number_cells import DASH, difference_cell, interval_cell, missing_cell, p_cell
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side
from reviewer_app.ui.models.run_matrix import duration

_Run = RunInfo | None


def metric_grid(
    dataset: DatasetSummary,
    comparison: Comparison | None,
    runs: Iterable[RunInfo],
    metrics: Sequence[MetricInfo],
    a: str,
    b: str,
    correction: Correction,
) -> NumberGrid:
    """Return a dataset's table: a row per metric, and what running cost.

    Parameters
    ----------
    dataset
        Which.
    comparison
        Of A and B on it; None where one of them has no result, and then there are values but no differences.
    runs
        Current runs of every team, on any dataset.
    metrics
        The metrics in the order of the rows; those of other tasks are left out.
    a, b
        Names of the compared sides.
    correction
        The plan's.
    """
    here = [run for run in runs if run.dataset == dataset.name and run.state is CellState.DONE]
    others = _other_columns(here, a, b)
    shown = [info for info in metrics if dataset.task in info.tasks and _has_anything(info.id, comparison, here)]
    rows = [_metric_row(info, dataset, comparison, here, (a, b), others) for info in shown]
    rows += _cost_rows(here, (a, b), others)
    return NumberGrid(
        title=dataset.name,
        subtitle=_subtitle(dataset, comparison),
        columns=(*_pair_columns(comparison, a, b, correction), *(GridColumn(title, (title,)) for title in others)),
        rows=tuple(rows),
        notes=tuple(_notes(comparison, here, shown)),
    )


def class_grid(dataset: str, a: str, b: str, of_a: Sequence[ClassReport], of_b: Sequence[ClassReport]) -> NumberGrid:
    """Return the table of classes: support, then precision, recall and F1 of A, of B and their difference."""
    columns = [GridColumn("class", ("class",), numeric=False), GridColumn("support", ("support",))]
    for name, title in _CLASS_SCORES:
        columns += [
            GridColumn(f"{title} A", (f"{name}_a",), Side.A, explanation=f"{title} of {a}"),
            GridColumn(f"{title} B", (f"{name}_b",), Side.B, explanation=f"{title} of {b}"),
            GridColumn("A − B", (f"{name}_difference",), explanation=f"{title} of {a} minus that of {b}"),
        ]
    by_label_a, by_label_b = ({report.label: report for report in reports} for reports in (of_a, of_b))
    labels = dict.fromkeys((*by_label_a, *by_label_b))
    rows = [_class_row(name, by_label_a.get(name), by_label_b.get(name)) for name in labels]
    notes = [f"{team} gave scores and no labels." for team, reports in ((a, of_a), (b, of_b)) if not reports]
    return NumberGrid(
        f"{dataset}, per class", f"A = {a}, B = {b}; in points", tuple(columns), tuple(rows), tuple(notes)
    )


_CLASS_SCORES = (("precision", "precision"), ("recall", "recall"), ("f1", "F1"))


def _class_row(name: str, a: ClassReport | None, b: ClassReport | None) -> tuple[GridCell, ...]:
    support = next(report.support for report in (a, b) if report is not None)
    row = [GridCell(name, (name,)), GridCell(f"{support:,}", (support,))]
    for score, _ in _CLASS_SCORES:
        of_a: float | None = None if a is None else getattr(a, score)
        of_b: float | None = None if b is None else getattr(b, score)
        difference = None if of_a is None or of_b is None else of_a - of_b
        form = registered(score)
        for value, side, written in (
            (of_a, Side.A, format_value(form, of_a)),
            (of_b, Side.B, format_value(form, of_b)),
            (difference, _ahead(difference, higher_is_better=True), format_difference(form, difference)),
        ):
            reason = "" if value is not None else "not defined: the class is never predicted, or never true"
            shown_side = side if value is not None else Side.NEITHER
            row.append(GridCell(written, (value,), reason, shown_side, muted=value is None))
    return tuple(row)


_P_TITLES = {
    Correction.HOLM: "p Holm",
    Correction.BENJAMINI_HOCHBERG: "p Benjamini-Hochberg",
    Correction.NONE: "p of the plan",
}


def _pair_columns(comparison: Comparison | None, a: str, b: str, correction: Correction) -> tuple[GridColumn, ...]:
    level = 95 if comparison is None else round(100 * comparison.primary.ci_level)
    return (
        GridColumn("", ("metric",), numeric=False),
        GridColumn(a, ("a",), Side.A),
        GridColumn(b, ("b",), Side.B),
        GridColumn("A − B", ("difference",)),
        GridColumn("ahead", ("ahead",), numeric=False, explanation="Who is ahead, by the metric's direction"),
        GridColumn(
            f"{level} % interval", ("ci_low", "ci_high"), explanation="Of the difference, for this dataset alone"
        ),
        GridColumn("p", ("p_value",), explanation="Of no difference, by the test that the tooltip names"),
        GridColumn(
            _P_TITLES[correction],
            ("p_adjusted",),
            explanation=f"Of the primary metric, after {CORRECTION_NAMES[correction]} over the plan's comparisons",
        ),
    )


def _metric_row(
    info: MetricInfo,
    dataset: DatasetSummary,
    comparison: Comparison | None,
    here: Sequence[RunInfo],
    sides: tuple[str, str],
    others: Sequence[str],
) -> tuple[GridCell, ...]:
    is_primary = info.id == dataset.primary_metric
    arrow = "↑" if info.higher_is_better else "↓"
    direction = "higher is better" if info.higher_is_better else "lower is better"
    name = GridCell(f"{info.name} {arrow}", (info.id,), f"{info.definition} ({direction})", strong=is_primary)
    compared = comparison.metrics.get(info.id) if comparison is not None else None
    if compared is None:
        values = [_value_cell(info, here, side, colour, is_primary) for side, colour in zip(sides, _SIDES, strict=True)]
        cells = [name, *values, *_no_difference(sides, here, comparison)]
    else:
        cells = [name, *_compared_cells(info, compared, is_primary)]
    return (*cells, *(_value_cell(info, here, title, Side.NEITHER, is_primary) for title in others))


_SIDES = (Side.A, Side.B)


def _compared_cells(info: MetricInfo, compared: MetricComparison, is_primary: bool) -> list[GridCell]:
    form = registered(info.id)
    why = compared.not_defined or ""
    difference = format_difference(form, compared.difference)
    is_seen = any(digit in difference for digit in "123456789")
    ahead = _ahead(compared.difference, higher_is_better=info.higher_is_better) if is_seen else Side.NEITHER
    method = "; ".join(part for part in (compared.interval_method, *compared.marks) if part)
    return [
        *(
            GridCell(
                format_value(form, value),
                (value,),
                why if value is None else "",
                side if value is not None else Side.NEITHER,
                strong=is_primary,
                muted=value is None,
            )
            for value, side in ((compared.a, Side.A), (compared.b, Side.B))
        ),
        difference_cell(form, compared.difference, why, strong=is_primary),
        GridCell(
            ahead.upper() or DASH, (ahead.upper() or None,), "", ahead, strong=is_primary, muted=ahead is Side.NEITHER
        ),
        interval_cell(form, compared.ci_low, compared.ci_high, method or why),
        p_cell(compared.p_value, compared.test_method or why or "no test for this metric"),
        p_cell(
            compared.p_adjusted,
            "" if compared.p_adjusted is not None else "only the plan's primary metric is corrected",
        ),
    ]


def _no_difference(sides: tuple[str, str], here: Sequence[RunInfo], comparison: Comparison | None) -> list[GridCell]:
    absent = [side for side in sides if _run_of(here, side) is None]
    why = f"{' and '.join(absent)} has no result here yet" if absent and comparison is None else "not compared"
    return [missing_cell(why, n_values) for n_values in (1, 1, 2, 1, 1)]


def _value_cell(info: MetricInfo, here: Sequence[RunInfo], title: str, side: Side, is_primary: bool) -> GridCell:
    runs = _runs_of(here, title)
    values = [value for run in runs if (value := run.metrics.get(info.id)) is not None]
    if not runs or len(values) < len(runs):
        why = next((run.not_defined[info.id] for run in runs if info.id in run.not_defined), "no result yet")
        return missing_cell(why)
    mean = sum(values) / len(values)
    tooltip = runs[0].notes.get(info.id, "") if len(runs) == 1 else f"mean of {len(runs)} seeds"
    return GridCell(format_value(registered(info.id), mean), (mean,), tooltip, side, strong=is_primary)


def _cost_rows(here: Sequence[RunInfo], sides: tuple[str, str], others: Sequence[str]) -> list[tuple[GridCell, ...]]:
    rows = []
    for title, read, write in _COSTS:
        cells = [_cost_cell(here, name, read, write) for name in (*sides, *others)]
        if any(cell.values[0] is not None for cell in cells):
            blank = [GridCell("", (None,) * n_values) for n_values in (1, 1, 2, 1, 1)]
            rows.append(
                (GridCell(f"{title} ↓", (title,), "What running cost; lower is better"), *cells[:2], *blank, *cells[2:])
            )
    return rows


def _cost_cell(
    here: Sequence[RunInfo], title: str, read: Callable[[RunInfo], float | None], write: Callable[[float], str]
) -> GridCell:
    values = [value for run in _runs_of(here, title) if (value := read(run)) is not None]
    if not values:
        return missing_cell("not measured: nothing was run")
    mean = sum(values) / len(values)
    return GridCell(write(mean), (mean,))


_COSTS: tuple[tuple[str, Callable[[RunInfo], float | None], Callable[[float], str]], ...] = (
    ("fit time", lambda run: run.fit_seconds, duration),
    ("predict time", lambda run: run.predict_seconds, duration),
    ("peak memory", lambda run: run.peak_memory_mb, lambda megabytes: f"{megabytes:,.0f} MB"),
)


def column_title(run: RunInfo) -> str:
    """Return the column that a run stands in: its team, or its name where it is a baseline."""
    return run.submission if run.baseline else run.team


def _other_columns(here: Sequence[RunInfo], a: str, b: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(title for run in here if (title := column_title(run)) not in (a, b)))


def _runs_of(here: Sequence[RunInfo], side: str) -> list[RunInfo]:
    """Return the runs of a column; a side is written TEAM or TEAM:VERSION."""
    return [run for run in here if side in (column_title(run), run.team, f"{run.team}:{run.version}")]


def _run_of(here: Sequence[RunInfo], side: str) -> _Run:
    return next(iter(_runs_of(here, side)), None)


def _has_anything(metric_id: str, comparison: Comparison | None, here: Sequence[RunInfo]) -> bool:
    return (comparison is not None and metric_id in comparison.metrics) or any(
        metric_id in run.metrics or metric_id in run.not_defined for run in here
    )


def _ahead(difference: float | None, *, higher_is_better: bool) -> Side:
    if not difference:
        return Side.NEITHER
    return Side.A if (difference > 0) == higher_is_better else Side.B


def _subtitle(dataset: DatasetSummary, comparison: Comparison | None) -> str:
    noun = "test pairs" if dataset.task == "matching" else "test examples"
    parts = [dataset.task, f"{dataset.n_test:,} {noun}"]
    if comparison is not None and comparison.seeds > 1:
        parts.append(f"mean of {comparison.seeds} seeds")
    if dataset.home_of:
        parts.append(f"home of {dataset.home_of}")
    return " · ".join(parts)


def _notes(comparison: Comparison | None, here: Sequence[RunInfo], shown: Sequence[MetricInfo]) -> list[str]:
    """Return every reason and mark of the table, each said once, with the metrics and columns that it is about."""
    about: dict[str, tuple[dict[str, None], dict[str, None]]] = {}

    def add(text: str | None, metric_name: str, column: str = "") -> None:
        if text:
            metrics, columns = about.setdefault(text, ({}, {}))
            metrics[metric_name] = None
            if column:
                columns[column] = None

    for info in shown:
        compared = comparison.metrics.get(info.id) if comparison is not None else None
        if compared is not None:
            for text in (compared.not_defined, *compared.marks):
                add(text, info.name)
        for run in here:
            add(run.not_defined.get(info.id), info.name, column_title(run))
            add(run.notes.get(info.id), info.name, column_title(run))
    notes = [] if comparison is None else list(comparison.warnings)
    for text, (metrics, columns) in about.items():
        of = f" ({', '.join(columns)})" if columns else ""
        notes.append(f"{', '.join(metrics)}{of}: {text}")
    notes += [f"{column_title(run)}: {run.n_missing:,} missing predictions" for run in here if run.n_missing]
    return list(dict.fromkeys(notes))
