"""The tables of the Significance page about all datasets: two teams at home and away, and all teams by rank."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.comparison.across import Across
from reviewer_app.comparison.formatting import format_value
from reviewer_app.comparison.result import Comparison, Estimate, Overall
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.evaluation.registry import Metric
from reviewer_app.review.queries import DatasetSummary
from reviewer_app.ui.models.number_cells import (
    count_cell,
    difference_cell,
    interval_cell,
    missing_cell,
    p_cell,
    share_cell,
    text_cell,
)
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side

_NOT_INDEPENDENT = "test sets share examples"


def overall_grid(overall: Overall, comparisons: Sequence[Comparison], datasets: Sequence[DatasetSummary]) -> NumberGrid:
    """Return the neutral difference first, then the home advantage, then the average of each task.

    Parameters
    ----------
    overall
        Two teams over all datasets.
    comparisons
        Theirs: they say in which metric a number is.
    datasets
        Whose home each is.
    """
    homes = {dataset.name for dataset in datasets if dataset.home_of in (overall.team_a, overall.team_b)}
    metric = _shared_metric([one for one in comparisons if one.dataset in homes])
    rows = [
        _estimate_row("neutral difference", overall.neutral_difference, metric),
        _estimate_row("home advantage", overall.home_advantage, metric),
    ]
    for task, average in overall.average.items():
        form = _shared_metric([one for one in comparisons if one.task == task])
        if form is None:
            continue
        rows.append(
            (
                text_cell(f"mean {form.name} over {counted(average.n_datasets, f'{task} dataset')}"),
                GridCell(format_value(form, average.a), (average.a,), side=Side.A),
                GridCell(format_value(form, average.b), (average.b,), side=Side.B),
                difference_cell(form, average.difference),
                interval_cell(form, average.ci_low, average.ci_high, _NOT_INDEPENDENT),
            )
        )
    columns = (
        GridColumn("", ("what",), numeric=False),
        GridColumn(overall.team_a, ("a",), Side.A),
        GridColumn(overall.team_b, ("b",), Side.B),
        GridColumn("A − B", ("difference",)),
        GridColumn("95 % interval", ("ci_low", "ci_high"), explanation="On these datasets: over their test examples"),
    )
    notes = (overall.home_advantage.warning,) if overall.home_advantage.warning else ()
    return NumberGrid("Two teams over all datasets", "", columns, tuple(rows), notes)


def ranks_grid(across: Across) -> NumberGrid:
    """Return every team's mean rank and, where they are known, its shares of first places, over all and on each."""
    per_dataset = dict(across.first_shares_per_dataset)
    shares = {} if across.first_shares is None else {"P(first)": ("p_first", across.first_shares)}
    shares |= {f"first on {name}": (f"p_first_{name}", found) for name, found in per_dataset.items()}
    columns = (
        GridColumn("team", ("team",), numeric=False),
        GridColumn("mean rank", ("mean_rank",), explanation="1 is best; ties share"),
        *(
            GridColumn(title, (field,), explanation="Share of resamples in which the team came first")
            for title, (field, _) in shares.items()
        ),
    )
    rows = tuple(
        (
            text_cell(team),
            GridCell(f"{across.mean_ranks[number]:.2f}", (across.mean_ranks[number],)),
            *(share_cell(found[number]) for _, found in shares.values()),
        )
        for number, team in enumerate(across.teams)
    )
    return NumberGrid("Mean ranks", f"over {counted(len(across.datasets), 'dataset')}", columns, rows)


def pairs_grid(across: Across) -> NumberGrid:
    """Return every pair of teams: who was ahead how often, Wilcoxon's signed rank, Bayesian shares."""
    rows = []
    for pair in across.pairs:
        why = pair.not_defined or across.not_defined or ""
        rows.append(
            (
                text_cell(pair.team_a),
                text_cell(pair.team_b),
                count_cell(pair.n_a_ahead),
                count_cell(pair.n_b_ahead),
                p_cell(pair.p_value, why),
                p_cell(pair.p_adjusted, why),
                share_cell(pair.share_a_better, why),
                share_cell(pair.share_within, why),
                share_cell(pair.share_b_better, why),
            )
        )
    columns = (
        GridColumn("team", ("team_a",), numeric=False),
        GridColumn("other team", ("team_b",), numeric=False),
        GridColumn("team ahead", ("n_a_ahead",), explanation="Datasets on which the team has the better value"),
        GridColumn("other ahead", ("n_b_ahead",)),
        GridColumn("Wilcoxon p", ("p_value",), explanation="Signed rank over datasets, exact"),
        GridColumn("p after Holm", ("p_adjusted",), explanation="Over all pairs of teams"),
        GridColumn("team better", ("share_a_better",), explanation="Bayesian signed rank, on the next dataset"),
        GridColumn("within margin", ("share_within",)),
        GridColumn("other better", ("share_b_better",)),
    )
    return NumberGrid("Pairs of teams", "for datasets like these", columns, tuple(rows))


def _estimate_row(name: str, estimate: Estimate, metric: Metric | None) -> tuple[GridCell, ...]:
    blank = (GridCell("", (None,)), GridCell("", (None,)))
    if metric is None or estimate.difference is None:
        why = estimate.not_defined or "the datasets have different primary metrics"
        return (text_cell(name), *blank, missing_cell(why), missing_cell(why, 2))
    why = estimate.not_defined or ""
    return (
        text_cell(f"{name} ({metric.name})"),
        *blank,
        difference_cell(metric, estimate.difference),
        interval_cell(metric, estimate.ci_low, estimate.ci_high, why),
    )


def _shared_metric(comparisons: Sequence[Comparison]) -> Metric | None:
    names = {one.primary_metric for one in comparisons if one.primary.difference is not None}
    return metric_of(names.pop()) if len(names) == 1 else None
