"""Rows of the forest plot: differences with their intervals, in panels of one unit and one direction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reviewer_app.comparison.formatting import in_points
from reviewer_app.comparison.result import Comparison, MetricComparison, Verdict
from reviewer_app.comparison.sentences import CORRECTION_NAMES
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.registry import Metric
from reviewer_app.significance.multiplicity import Correction


@dataclass(frozen=True)
class ForestRow:
    """One difference A - B; fractions, unrounded.

    Attributes
    ----------
    name, detail
        What it is of, and what else must be known of it ("" nothing).
    numbers
        The difference, its interval, whisker, margin and p.
    better
        "team_a" or "team_b" where the difference is shown, else "muted"; the verdict's for a row that decides it,
        elsewhere the side of 0 on which the whole interval lies.
    decides
        Whether the verdict comes from this row: the primary metric of a planned comparison.
    why
        Why there is no interval; "" where there is one.
    """

    name: str
    detail: str
    numbers: MetricComparison
    better: str
    decides: bool
    why: str = ""


@dataclass(frozen=True)
class ForestBlock:
    """Rows under one heading; "" none."""

    heading: str
    rows: tuple[ForestRow, ...]


@dataclass(frozen=True)
class ForestPanel:
    """Blocks that share an axis: one unit, one direction.

    Attributes
    ----------
    metric
        One of its metrics, for unit and number format.
    unit
        "points", or the metric's name.
    higher_is_better
        Of all its metrics: whether a difference above 0 is in favour of A.
    blocks
        At least one.
    """

    metric: Metric
    unit: str
    higher_is_better: bool
    blocks: tuple[ForestBlock, ...]

    @property
    def rows(self) -> tuple[ForestRow, ...]:
        """The rows of all blocks."""
        return tuple(row for block in self.blocks for row in block.rows)


@dataclass(frozen=True)
class Forest:
    """A forest plot.

    Attributes
    ----------
    team_a, team_b
        The compared teams.
    panels
        One below the other; empty: there is nothing to draw.
    correction
        What p went through, for people; "" for no correction.
    """

    team_a: str
    team_b: str
    panels: tuple[ForestPanel, ...]
    correction: str

    @property
    def rows(self) -> tuple[ForestRow, ...]:
        """The rows of all panels."""
        return tuple(row for panel in self.panels for row in panel.rows)


def forest_by_dataset(comparisons: Sequence[Comparison], correction: Correction) -> Forest:
    """Return the primary metric of every comparison (all of the same two teams), a row per dataset."""
    names = {comparison.primary_metric for comparison in comparisons}
    found = [
        ("", _row(comparison, comparison.primary, comparison.dataset, "" if len(names) == 1 else _name(comparison)))
        for comparison in comparisons
    ]
    return _forest(comparisons, found, correction)


def forest_by_metric(comparison: Comparison, correction: Correction) -> Forest:
    """Return every metric of one comparison, the primary one first."""
    found = [("", _row(comparison, numbers, metric_of(numbers.metric).name)) for numbers in _metrics(comparison)]
    return _forest([comparison], found, correction)


def forest_by_both(comparisons: Sequence[Comparison], correction: Correction) -> Forest:
    """Return every metric of every comparison (all of the same two teams), under a heading per dataset.

    A panel that holds a single metric has no headings: its rows are called by their datasets.
    """
    found = [
        (comparison.dataset, _row(comparison, numbers, metric_of(numbers.metric).name))
        for comparison in comparisons
        for numbers in _metrics(comparison)
    ]
    return _forest(comparisons, found, correction)


def _metrics(comparison: Comparison) -> Iterator[MetricComparison]:
    yield comparison.primary
    yield from (numbers for name, numbers in comparison.metrics.items() if name != comparison.primary_metric)


def _name(comparison: Comparison) -> str:
    return metric_of(comparison.primary_metric).name


def _row(comparison: Comparison, numbers: MetricComparison, name: str, detail: str = "") -> ForestRow:
    decides = comparison.planned and numbers.metric == comparison.primary_metric
    has_interval = numbers.ci_low is not None and numbers.ci_high is not None
    return ForestRow(
        name=name,
        detail=detail,
        numbers=numbers,
        better=_verdict_side(comparison) if decides else _interval_side(numbers),
        decides=decides,
        why="" if has_interval else numbers.not_defined or "no interval for this metric",
    )


def _verdict_side(comparison: Comparison) -> str:
    return {Verdict.A_BETTER: "team_a", Verdict.B_BETTER: "team_b"}.get(comparison.verdict, "muted")


def _interval_side(numbers: MetricComparison) -> str:
    if numbers.ci_low is None or numbers.ci_high is None or numbers.ci_low <= 0.0 <= numbers.ci_high:
        return "muted"
    return "team_a" if (numbers.ci_low > 0.0) is metric_of(numbers.metric).higher_is_better else "team_b"


def _forest(
    comparisons: Sequence[Comparison], found: Iterable[tuple[str, ForestRow]], correction: Correction
) -> Forest:
    panels: dict[tuple[str, bool], list[tuple[str, ForestRow]]] = {}
    for heading, row in found:
        metric = metric_of(row.numbers.metric)
        unit = "points" if in_points(metric) else metric.name
        panels.setdefault((unit, metric.higher_is_better), []).append((heading, row))
    return Forest(
        team_a=comparisons[0].team_a if comparisons else "",
        team_b=comparisons[0].team_b if comparisons else "",
        panels=tuple(_panel(unit, higher, rows) for (unit, higher), rows in panels.items()),
        correction="" if correction is Correction.NONE else CORRECTION_NAMES[correction],
    )


def _panel(unit: str, higher_is_better: bool, found: Sequence[tuple[str, ForestRow]]) -> ForestPanel:
    metric = metric_of(found[0][1].numbers.metric)
    headings = dict.fromkeys(heading for heading, _ in found)
    if len({row.numbers.metric for _, row in found}) == 1 and len(headings) > 1:
        rows = tuple(
            ForestRow(heading, row.name, row.numbers, row.better, row.decides, row.why) for heading, row in found
        )
        return ForestPanel(metric, unit, higher_is_better, (ForestBlock("", rows),))
    blocks = tuple(ForestBlock(heading, tuple(row for at, row in found if at == heading)) for heading in headings)
    return ForestPanel(metric, unit, higher_is_better, blocks)
