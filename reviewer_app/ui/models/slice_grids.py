"""The table of slices, put together from the core's numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reviewer_app.comparison.formatting import example_noun, format_p, format_value
from reviewer_app.disagreements.filters import LENGTH, Condition
from reviewer_app.disagreements.slice_report import STATUS_WORDS, SliceReport, is_unlike_the_rest, winner
from reviewer_app.disagreements.slices import SliceFilter
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.slices import Slice, SliceStatus
from reviewer_app.ui.models.number_cells import (
    count_cell,
    difference_cell,
    interval_cell,
    missing_cell,
    p_cell,
    text_cell,
)
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side

NOT_FOUND = "only what was found is tested on the other half"
_SIGNS = {">=": "≥", "<=": "≤", "!=": "≠"}


def slices_grid(report: SliceReport, shown: Sequence[Slice]) -> NumberGrid:
    """Return a row for each of the slices shown."""
    metric = metric_of(report.metric)
    columns = (
        GridColumn("slice", ("slice",), numeric=False, explanation="Which examples"),
        GridColumn("", ("status",), numeric=False, explanation="What follows"),
        GridColumn("n", ("n",), explanation=f"{example_noun(report.task).capitalize()}s in the whole slice"),
        GridColumn("A", ("a",), Side.A, explanation=f"{report.team_a}, over the whole slice"),
        GridColumn("B", ("b",), Side.B, explanation=f"{report.team_b}, over the whole slice"),
        GridColumn("searched", ("finding_difference",), explanation="A − B on the half that was searched"),
        GridColumn("p (BH)", ("p_finding",), explanation="After Benjamini-Hochberg over all slices tested"),
        GridColumn("other half", ("confirming_difference",), explanation="A − B on the half that had no say"),
        GridColumn("95 % interval", ("ci_low", "ci_high"), explanation="On the other half, for this slice alone"),
        GridColumn("p (Holm)", ("p_confirming",), explanation="After Holm over all slices found"),
        GridColumn("elsewhere", ("elsewhere",), explanation="A − B outside the slice, on the other half"),
        GridColumn(
            "unlike",
            ("unlike_the_rest",),
            numeric=False,
            explanation="Whether the slice is shown to be unlike the rest",
        ),
    )
    title = f"{report.dataset}, {metric.name}: slices"
    sides = f"A = {report.team_a}, B = {report.team_b}"
    return NumberGrid(title, sides, columns, tuple(_row(report, one, metric) for one in shown), report.notes)


def slice_words(one: SliceFilter) -> str:
    """Return a slice as it is read: "9 ≤ length of name < 12"."""
    if len(one.conditions) == 2 and [condition.op for condition in one.conditions] == [">=", "<"]:
        low, high = one.conditions
        if low.column == high.column:
            return f"{low.value} ≤ {_column(low)} < {high.value}"
    return " and ".join(_condition(condition) for condition in one.conditions)


def _condition(condition: Condition) -> str:
    words = (_column(condition), _SIGNS.get(condition.op, condition.op), condition.value)
    return " ".join(word for word in words if word)


def _column(condition: Condition) -> str:
    name = condition.column.removeprefix(LENGTH)
    return f"length of {name}" if name != condition.column else name


def _row(report: SliceReport, one: Slice, metric: Metric) -> tuple[GridCell, ...]:
    found, other = one.finding.numbers, None if one.confirming is None else one.confirming.numbers
    typed = report.name(one)
    tooltip = "\n".join([typed, *(f"the same examples: {same}" for same in report.same(one))])
    why, not_there = found.not_defined or "", one.values.not_defined or ""
    why_not = NOT_FOUND if other is None else other.not_defined or ""
    elsewhere = None if one.contrast is None else one.contrast.b
    is_carried = one.status in (SliceStatus.CONFIRMED, SliceStatus.FOUND)
    return (
        GridCell(slice_words(report.filters[one.positions[0]]), (typed,), tooltip, strong=is_carried),
        _status_cell(report, one, metric),
        count_cell(one.n_examples),
        _value_cell(metric, one.values.a, not_there),
        _value_cell(metric, one.values.b, not_there),
        replace(difference_cell(metric, found.difference, why), muted=one.p_finding is None),
        p_cell(one.p_finding, why),
        missing_cell(why_not) if other is None else difference_cell(metric, other.difference, why_not, strong=True),
        missing_cell(why_not, 2) if other is None else interval_cell(metric, other.ci_low, other.ci_high, why_not),
        p_cell(one.p_confirming, why_not),
        missing_cell(why_not) if elsewhere is None else difference_cell(metric, elsewhere),
        _unlike_cell(report, one),
    )


def _value_cell(metric: Metric, value: float | None, why: str) -> GridCell:
    return missing_cell(why) if value is None else GridCell(format_value(metric, value), (value,))


def _status_cell(report: SliceReport, one: Slice, metric: Metric) -> GridCell:
    words, side = STATUS_WORDS[one.status], Side.NEITHER
    if one.status is SliceStatus.CONFIRMED and one.confirming is not None:
        who = winner(metric, one.confirming.numbers.difference, report.team_a, report.team_b)
        side = Side.A if who == report.team_a else Side.B
        words = f"{'A' if side is Side.A else 'B'} better"
    is_untested = one.status is SliceStatus.NOT_TESTED
    tooltip = one.finding.numbers.not_defined or "" if is_untested else STATUS_WORDS[one.status]
    is_quiet = is_untested or one.status is SliceStatus.NOT_FOUND
    return GridCell(words, (str(one.status),), tooltip, side, strong=side is not Side.NEITHER, muted=is_quiet)


def _unlike_cell(report: SliceReport, one: Slice) -> GridCell:
    if one.contrast is None:
        return missing_cell(NOT_FOUND)
    if one.contrast.p_value is None:
        return missing_cell(one.contrast.not_defined or "")
    is_unlike = is_unlike_the_rest(one, report.search.alpha)
    tooltip = f"{format_p(one.p_contrast or 0.0)} after Holm that the difference is as elsewhere"
    return text_cell("yes" if is_unlike else "no", tooltip, strong=is_unlike)
