"""The tables about wrong gold labels: what was judged, and the difference in accuracy by the labels and corrected."""

from __future__ import annotations

from reviewer_app.comparison.label_noise import ACCURACY
from reviewer_app.comparison.result import MetricComparison
from reviewer_app.review.queries import LabelNoiseReport
from reviewer_app.significance.corrected_difference import CorrectedDifference
from reviewer_app.ui.models.number_cells import count_cell, difference_cell, interval_cell, missing_cell, text_cell
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid, Side

LIVE = "corrected, at every look"
PLANNED = "corrected, as planned"
BY_GOLD = "by the gold labels"
_NOT_SHOWN = "stands in the other views"
_WINNERS = {"a_better": Side.A, "b_better": Side.B}


def strata_grid(report: LabelNoiseReport) -> NumberGrid:
    """Return what was judged, by who is right by the gold label."""
    names = {
        "only_a": (f"only {report.team_a} right", Side.A),
        "only_b": (f"only {report.team_b} right", Side.B),
        "both_wrong_different": ("both wrong, differently", Side.NEITHER),
    }
    rows = []
    for one in report.noise.strata:
        name, side = names[one.stratum]
        numbers = (one.size, one.drawn, one.a_right, one.b_right, one.neither_or_both, one.unclear)
        rows.append((text_cell(name, side=side), *map(count_cell, numbers)))
    columns = (
        GridColumn("by the gold label", ("by_gold_label",), numeric=False),
        GridColumn("disagreements", ("disagreements",)),
        GridColumn("drawn", ("drawn",), explanation="From the top of the queue, judged or not"),
        GridColumn(f"{report.team_a} right", ("a_right",), Side.A),
        GridColumn(f"{report.team_b} right", ("b_right",), Side.B),
        GridColumn("neither or both", ("neither_or_both",)),
        GridColumn("unclear", ("unclear",), explanation="Left empty before the last judgement, too"),
    )
    return NumberGrid(f"{report.dataset}: judgements", "", columns, tuple(rows))


def differences_grid(report: LabelNoiseReport, accuracy: MetricComparison) -> NumberGrid:
    """Return the difference in accuracy by the gold labels, and corrected.

    Parameters
    ----------
    report
        What was judged.
    accuracy
        The comparison by the gold labels.
    """
    noise = report.noise
    rows = [_gold_row(accuracy)]
    rows += [
        _row(report, name, answer)
        for name, answer in ((LIVE, noise.live), (PLANNED, noise.planned))
        if answer is not None and noise.n_drawn
    ]
    columns = (
        GridColumn("A − B in accuracy, points", ("labels",), numeric=False),
        GridColumn("difference", ("lowest", "highest"), explanation="A range where something is unclear"),
        GridColumn(f"{100 * (1 - noise.alpha):g} % interval", ("ci_low", "ci_high")),
        GridColumn(
            "error: test set", ("test_error",), explanation="Standard error through the choice of the test examples"
        ),
        GridColumn(
            "judging",
            ("judging_error",),
            explanation="Standard error through the choice of what is judged; 0 once all is",
        ),
        GridColumn("verdict", ("verdict",), numeric=False, explanation="Beside the primary verdict, never instead"),
    )
    title = f"{report.dataset}: difference in accuracy, corrected for wrong labels"
    return NumberGrid(title, f"A = {report.team_a}, B = {report.team_b}", columns, tuple(rows))


def _gold_row(accuracy: MetricComparison) -> tuple[GridCell, ...]:
    difference = difference_cell(ACCURACY, accuracy.difference)
    return (
        text_cell(BY_GOLD),
        GridCell(difference.text, (accuracy.difference, accuracy.difference)),
        interval_cell(ACCURACY, accuracy.ci_low, accuracy.ci_high, ""),
        missing_cell(_NOT_SHOWN),
        missing_cell("there is nothing to judge in a gold label that is taken as right"),
        missing_cell(_NOT_SHOWN),
    )


def _row(report: LabelNoiseReport, name: str, answer: CorrectedDifference) -> tuple[GridCell, ...]:
    low, high = (difference_cell(ACCURACY, end).text for end in (answer.lowest, answer.highest))
    winner = {"a_better": f"{report.team_a} better", "b_better": f"{report.team_b} better"}
    return (
        text_cell(name),
        GridCell(low if low == high else f"{low} to {high}", (answer.lowest, answer.highest), strong=True),
        interval_cell(ACCURACY, answer.ci_low, answer.ci_high, ""),
        GridCell(f"{100 * answer.test_error:.1f}", (answer.test_error,)),
        GridCell(f"{100 * answer.judging_error:.1f}", (answer.judging_error,)),
        text_cell(winner.get(answer.verdict, answer.verdict), side=_WINNERS.get(answer.verdict, Side.NEITHER)),
    )
