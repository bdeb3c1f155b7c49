"""The tables of the Significance page about one comparison, put together from the core's numbers."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.comparison.formatting import example_noun, format_difference, format_margin
from reviewer_app.comparison.result import Comparison, MetricComparison, RobustnessRow, Verdict
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Metric
from reviewer_app.review.queries import MetricInfo
from reviewer_app.significance.beside.detail import SignificanceDetail
from reviewer_app.significance.beside.other_methods import OtherMethod
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.number_cells import (
    count_cell,
    difference_cell,
    interval_cell,
    missing_cell,
    p_cell,
    p_text,
    share_cell,
    text_cell,
)
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side
from reviewer_app.ui.views.verdict_words import after_correction, short_verdict

WINNERS = {Verdict.A_BETTER: Side.A, Verdict.B_BETTER: Side.B}
"""Whose colour a verdict wears."""
NO_TEST = "no test for this metric"
NOT_PLANNED = "only the plan's comparisons and their primary metric are corrected"
_NO_CORRECTION = "of the plan"


def datasets_grid(comparisons: Sequence[Comparison], correction: Correction) -> NumberGrid:
    """Return the primary metric's difference on each dataset."""
    rows = []
    for comparison in comparisons:
        numbers = comparison.primary
        metric = metric_of(comparison.primary_metric)
        cells = (text_cell(comparison.dataset), text_cell(metric.name), *_difference_cells(metric, numbers))
        rows.append((*cells, p_cell(numbers.p_adjusted, NOT_PLANNED), _verdict_cell(comparison, correction)))
    columns = (
        GridColumn("dataset", ("dataset",), numeric=False),
        GridColumn("metric", ("metric",), numeric=False),
        *_DIFFERENCE_COLUMNS,
        _adjusted_column(correction),
        GridColumn("verdict", ("verdict",), numeric=False),
    )
    return NumberGrid("Differences by dataset", _sides(comparisons), columns, tuple(rows))


def metrics_grid(comparison: Comparison, metrics: Sequence[MetricInfo]) -> NumberGrid:
    """Return every metric's difference on a dataset, in the review's order."""
    rows = []
    for info in metrics:
        numbers = comparison.metrics.get(info.id)
        if numbers is None:
            continue
        name = text_cell(
            f"{info.name} {'↑' if info.higher_is_better else '↓'}", strong=info.id == comparison.primary_metric
        )
        rows.append((name, *_difference_cells(metric_of(info.id), numbers)))
    columns = (GridColumn("metric", ("metric",), numeric=False), *_DIFFERENCE_COLUMNS)
    return NumberGrid(f"{comparison.dataset}, by metric", _sides([comparison]), columns, tuple(rows))


def numbers_grid(comparison: Comparison, numbers: MetricComparison, correction: Correction) -> NumberGrid:
    """Return THE numbers of one metric, a row each; the marks that shaped them are its notes."""
    metric = metric_of(numbers.metric)
    why = numbers.not_defined or NO_TEST
    corrected = after_correction(correction) or _NO_CORRECTION
    smallest = numbers.minimum_detectable_difference
    rows: list[tuple[str, GridCell]] = [
        ("difference A − B", _measured(difference_cell(metric, numbers.difference, why), _unit(metric))),
        (f"{100 * numbers.ci_level:.0f} % interval", interval_cell(metric, numbers.ci_low, numbers.ci_high, why)),
        ("p", p_cell(numbers.p_value, why)),
        (f"p {corrected}", p_cell(numbers.p_adjusted, NOT_PLANNED)),
        ("p of equivalence", p_cell(numbers.p_equivalence, _no_equivalence(numbers))),
        (f"p of equivalence {corrected}", p_cell(numbers.p_equivalence_adjusted, NOT_PLANNED)),
        ("Monte Carlo error of p", _error_cell(numbers)),
        ("resamples B", count_cell(numbers.n_resamples, "a closed form: nothing is resampled")),
        (
            "detectable difference",
            missing_cell("no difference of any size would have been shown")
            if smallest is None
            else GridCell(format_margin(metric, smallest), (smallest,)),
        ),
        ("margin", _margin_cell(metric, numbers)),
        ("test", text_cell(numbers.test_method) if numbers.test_method else missing_cell(why)),
        ("interval", text_cell(numbers.interval_method) if numbers.interval_method else missing_cell(why)),
    ]
    columns = (
        GridColumn("", ("number",), numeric=False),
        GridColumn("value", ("value", "upper_limit"), numeric=False),
    )
    notes = (*((numbers.not_defined,) if numbers.not_defined else ()), *numbers.marks)
    return NumberGrid(
        f"{comparison.dataset}, {metric.name}",
        _sides([comparison]),
        columns,
        tuple((text_cell(name), _two_values(cell)) for name, cell in rows),
        notes,
    )


def others_grid(comparison: Comparison, metric: Metric, others: Sequence[OtherMethod]) -> NumberGrid:
    """Return the other methods, each with what it assumes."""
    rows = tuple(
        (
            text_cell(other.name),
            p_cell(other.p_value, "this method gives no p"),
            interval_cell(metric, other.ci_low, other.ci_high, "this method gives no interval"),
            text_cell(other.note),
        )
        for other in others
    )
    columns = (
        GridColumn("method", ("method",), numeric=False),
        GridColumn("p", ("p_value",)),
        GridColumn("interval", ("ci_low", "ci_high")),
        GridColumn("what it assumes", ("assumes",), numeric=False),
    )
    return NumberGrid(
        f"{comparison.dataset}, {metric.name}: other methods", "stands beside, decides nothing", columns, rows
    )


def posterior_grid(comparison: Comparison, detail: SignificanceDetail) -> NumberGrid | None:
    """Return the posterior shares; None where there are none."""
    shares = detail.posterior
    if shares is None:
        return None
    rows = (
        (text_cell(f"{comparison.team_a} better", side=Side.A), share_cell(shares.a_better)),
        (
            text_cell("within the margin"),
            share_cell(shares.within_margin, "no margin, or too little differs to claim equivalence"),
        ),
        (text_cell(f"{comparison.team_b} better", side=Side.B), share_cell(shares.b_better)),
    )
    columns = (GridColumn("posterior", ("outcome",), numeric=False), GridColumn("share", ("share",)))
    metric = metric_of(detail.metric)
    return NumberGrid(f"{comparison.dataset}, {metric.name}: posterior shares", "", columns, rows)


def mcnemar_grid(comparison: Comparison, detail: SignificanceDetail) -> NumberGrid | None:
    """Return McNemar's table; None where a team has no labels."""
    table = detail.table
    if table is None:
        return None
    a, b = comparison.team_a, comparison.team_b
    rows = (
        (text_cell(f"{a} right", side=Side.A), count_cell(table.both_right), count_cell(table.only_a)),
        (text_cell(f"{a} wrong", side=Side.A), count_cell(table.only_b), count_cell(table.both_wrong)),
    )
    columns = (
        GridColumn("", ("a",), numeric=False),
        GridColumn(f"{b} right", ("b_right",), Side.B),
        GridColumn(f"{b} wrong", ("b_wrong",), Side.B),
    )
    return NumberGrid(f"{comparison.dataset}: McNemar's table", "", columns, rows)


def power_grid(comparison: Comparison, detail: SignificanceDetail) -> NumberGrid | None:
    """Return the power curve's points; None where there is none."""
    curve = detail.power
    if curve is None:
        return None
    metric = metric_of(detail.metric)
    powers = curve.power_at_margin or (None,) * len(curve.n)
    none_shown = "not even if all examples on which the teams differ went one way"
    rows = tuple(
        (
            GridCell(f"{n:,}", (n,), "the test set at hand" if n == curve.n_here else "", strong=n == curve.n_here),
            missing_cell(none_shown) if size is None else GridCell(format_margin(metric, size), (size,)),
            share_cell(power, "no margin, or one larger than what the teams differ on"),
        )
        for n, size, power in zip(curve.n, curve.detectable, powers, strict=True)
    )
    columns = (
        GridColumn(f"test {example_noun(comparison.task)}s", ("n",)),
        GridColumn("detectable difference", ("detectable_difference",), explanation="Shown with 80 % power"),
        GridColumn("power at the margin", ("power_at_margin",)),
    )
    return NumberGrid(f"{comparison.dataset}, {metric.name}: power", "", columns, rows, (curve.basis,))


def robustness_grid(comparison: Comparison, correction: Correction) -> NumberGrid:
    """Return the verdict under each choice, as planned first; no rows where there is no other choice."""
    metric = metric_of(comparison.primary_metric)
    columns = (
        GridColumn("choice", ("choice",), numeric=False),
        GridColumn(f"{example_noun(comparison.task)}s", ("n",)),
        *_DIFFERENCE_COLUMNS,
        _adjusted_column(correction),
        GridColumn("verdict", ("verdict",), numeric=False),
        GridColumn("stands", ("stands",), numeric=False, explanation="Whether the verdict is that of the plan"),
    )
    rows = tuple(
        _robustness_row(row, comparison, metric, correction, is_planned=number == 0)
        for number, row in enumerate(comparison.robustness)
    )
    return NumberGrid(f"{comparison.dataset}, {metric.name}: robustness", _sides([comparison]), columns, rows)


_DIFFERENCE_COLUMNS = (
    GridColumn("A − B", ("difference",)),
    GridColumn("95 % interval", ("ci_low", "ci_high"), explanation="Of the difference, for its dataset alone"),
    GridColumn("p", ("p_value",)),
)


def _robustness_row(
    row: RobustnessRow, comparison: Comparison, metric: Metric, correction: Correction, *, is_planned: bool
) -> tuple[GridCell, ...]:
    why = row.not_defined or ""
    stands = row.verdict is comparison.robustness[0].verdict
    words = short_verdict(row, comparison.team_a, comparison.team_b, correction)
    return (
        text_cell(row.description, strong=is_planned),
        count_cell(row.n_examples),
        difference_cell(metric, row.difference, why),
        interval_cell(metric, row.ci_low, row.ci_high, why),
        p_cell(row.p_value, why or NO_TEST),
        p_cell(row.p_adjusted, NOT_PLANNED),
        GridCell(words, (str(row.verdict),), "", WINNERS.get(row.verdict, Side.NEITHER), strong=not stands),
        text_cell("as planned" if is_planned else "yes" if stands else "no: it changes", strong=not stands),
    )


def _difference_cells(metric: Metric, numbers: MetricComparison) -> tuple[GridCell, GridCell, GridCell]:
    why = numbers.not_defined or ""
    return (
        difference_cell(metric, numbers.difference, why),
        interval_cell(metric, numbers.ci_low, numbers.ci_high, numbers.interval_method or why),
        p_cell(numbers.p_value, numbers.test_method or why or NO_TEST),
    )


def _adjusted_column(correction: Correction) -> GridColumn:
    words = after_correction(correction) or _NO_CORRECTION
    return GridColumn(f"p {words}", ("p_adjusted",), explanation=f"Of the plan's comparisons, {words}")


def _verdict_cell(comparison: Comparison, correction: Correction) -> GridCell:
    words = short_verdict(comparison, comparison.team_a, comparison.team_b, correction)
    return GridCell(
        words, (str(comparison.verdict),), comparison.sentence, WINNERS.get(comparison.verdict, Side.NEITHER)
    )


def _sides(comparisons: Sequence[Comparison]) -> str:
    return f"A = {comparisons[0].team_a}, B = {comparisons[0].team_b}" if comparisons else ""


def _unit(metric: Metric) -> str:
    return format_difference(metric, 0.0, unit=True).removeprefix(format_difference(metric, 0.0))


def _measured(cell: GridCell, unit: str) -> GridCell:
    return GridCell(cell.text + ("" if cell.muted else unit), cell.values, cell.tooltip, muted=cell.muted)


def _two_values(cell: GridCell) -> GridCell:
    values = cell.values if len(cell.values) == 2 else (*cell.values, None)
    return GridCell(cell.text, values, cell.tooltip, cell.side, strong=cell.strong, muted=cell.muted)


def _error_cell(numbers: MetricComparison) -> GridCell:
    if numbers.monte_carlo_error is None:
        return missing_cell("p is exact or a closed form")
    return GridCell(f"± {p_text(numbers.monte_carlo_error)}", (numbers.monte_carlo_error,))


def _margin_cell(metric: Metric, numbers: MetricComparison) -> GridCell:
    if numbers.margin is None:
        return missing_cell("this metric has no margin unless the plan names one")
    chosen = " (default, nobody chose it)" if numbers.margin_is_default else ""
    return GridCell(f"± {format_margin(metric, numbers.margin)}{chosen}", (numbers.margin,))


def _no_equivalence(numbers: MetricComparison) -> str:
    return numbers.not_defined or ("no margin, so equivalence is not tested" if numbers.margin is None else NO_TEST)
