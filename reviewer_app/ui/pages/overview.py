"""Overview: a sentence over all, a card per dataset, the cross matrix, and what to know before trusting it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.comparison.formatting import in_points
from reviewer_app.comparison.result import Comparison, Overall
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress
from reviewer_app.review.queries import CellState, DatasetSummary, PlanState, Results
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.chosen_pair import of_pair, why_missing
from reviewer_app.ui.pages.page import GAP, MARGIN, Page, label
from reviewer_app.ui.session import Session, Snapshot
from reviewer_app.ui.views.cards import Card, CardGrid, MissingCard, VerdictCard
from reviewer_app.ui.views.findings_view import CheckRow, Mark
from reviewer_app.ui.views.interval_view import axis_limit
from reviewer_app.ui.views.matrix import matrix
from reviewer_app.ui.views.matrix_view import MatrixView
from reviewer_app.ui.views.spans import Span, SpanLabel
from reviewer_app.ui.views.trust import TrustItem, trust_items

MOST_ITEMS = 8
"""Checks shown; the others are counted."""

_NOT_YET = (CellState.MISSING, CellState.QUEUED, CellState.RUNNING, CellState.NOT_APPLICABLE)
_PLAN_WORDS = {
    PlanState.OPEN: "plan not locked",
    PlanState.LOCKED_BEFORE_RESULTS: "plan locked before any score was seen",
    PlanState.LOCKED_AFTER: "plan locked after scores were seen",
}


class OverviewPage(Page):
    """Who is better on what, in words and in one look."""

    name = "Overview"
    scrolls = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.sentence = SpanLabel(pixels=15)
        sentence_card = Card()
        sentence_card.body.addWidget(self.sentence)
        self.cards = CardGrid()
        self.matrix = MatrixView()
        self._matrix_metric = label(role="muted")
        self._checks = QVBoxLayout()
        self._checks.setSpacing(6)
        self._matrix_card = self._titled_card("Cross matrix", self._matrix_metric)
        self._matrix_card.body.addWidget(self.matrix)
        self._matrix_card.body.addStretch(1)
        self._trust_card = self._titled_card("Before you trust this")
        self._trust_card.body.addLayout(self._checks)
        self._trust_card.body.addStretch(1)
        self._lower = QHBoxLayout()
        self._lower.setSpacing(GAP)
        self._lower.addWidget(self._matrix_card, 54)
        self._lower.addWidget(self._trust_card, 46)
        for item in (sentence_card, self.cards):
            self.content.addWidget(item)
        self.content.addLayout(self._lower)
        self.content.addStretch(1)
        self.matrix.dataset_chosen.connect(self._go_to_dataset)

    def refresh(self, stale: frozenset[str]) -> None:
        """Show the empty state, or read the results of the chosen pair and show them."""
        snapshot, review = self.session.snapshot, self.session.review
        if snapshot is None or review is None:
            return
        self._show_frame(snapshot)
        if not self._has_something(snapshot) or stale == {"title"}:
            return
        a, b = self.session.a, self.session.b

        def work(progress: Progress) -> Results:
            return review.results(a, b, progress)

        self.session.jobs.start("Comparing", work, self._show, self._refuse, key="overview")

    def _show_frame(self, snapshot: Snapshot) -> None:
        summary = snapshot.summary
        n_teams = sum(not team.is_baselines for team in snapshot.teams)
        self.set_title(summary.title or Path(summary.path).stem)
        self.set_subtitle(
            " · ".join(
                [
                    counted(n_teams, "team"),
                    counted(summary.n_datasets, "dataset"),
                    f"{summary.n_cells_done} of {summary.n_cells} runs done",
                    _PLAN_WORDS[summary.plan_state],
                ]
            )
        )

    def _has_something(self, snapshot: Snapshot) -> bool:
        """Say what to do next while there is nothing to compare; return whether there is."""
        if not snapshot.datasets:
            self.show_empty(
                "Drop two datasets and two teams' submissions here: predictions, fitted models or algorithms.",
                "Add a dataset…",
                lambda: self.action_requested.emit("edit.add_dataset"),
            )
        elif not any(team.submissions for team in snapshot.teams):
            self.show_empty(
                "The datasets are in. Now drop what the teams handed in: predictions, fitted models or algorithms.",
                "Add a submission…",
                lambda: self.action_requested.emit("edit.add_submission"),
            )
        elif all(run.state in _NOT_YET for run in snapshot.runs):
            running = self.session.run_job is not None
            self.show_empty(
                "Running: the verdicts appear here as the runs end."
                if running
                else "Everything is in. Run every team on every dataset to see who is better.",
                "See the runs" if running else "Run",
                lambda: self.page_requested.emit("Runs") if running else self.action_requested.emit("run.missing"),
            )
        else:
            self.show_content()
            return True
        return False

    def _show(self, results: Results) -> None:
        self._matrix_card.show()
        self._trust_card.show()
        shown = of_pair(results.comparisons, self.session.a, self.session.b)
        self._show_sentence(results, shown)
        self._show_cards(results, shown)
        team_a, team_b = (shown[0].team_a, shown[0].team_b) if shown else ("", "")
        cross = matrix(results.runs, results.datasets, team_a, team_b)
        trained = any(run.kind == "algorithm" and run.state is CellState.DONE for run in results.runs)
        metric = cross.metric or "each dataset's primary metric"
        self._matrix_metric.setText(f"{metric}, retrained on each dataset" if trained else metric)
        self.matrix.set_matrix(cross)
        self._place_checks()
        self._show_checks(trust_items(results, shown))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Put the checks beside the matrix where both have room, else below it."""
        super().resizeEvent(event)
        self._place_checks()

    def _place_checks(self) -> None:
        beside = self.matrix.natural_width + 2 * MARGIN < 0.54 * self.width()
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        self._lower.setDirection(direction)

    def _refuse(self, error: ReviewError) -> None:
        """Say why there are no results, and show no old ones."""
        self.sentence.set_spans(" ".join(finding.message for finding in error.errors))
        self.cards.show_items((), self._card)
        self._matrix_card.hide()
        self._trust_card.hide()

    def _show_sentence(self, results: Results, shown: Sequence[Comparison]) -> None:
        overall = next((o for o in results.overall if shown and (o.team_a, o.team_b) == _teams(shown[0])), None)
        if overall is not None:
            self.sentence.set_spans(_sentence_spans(overall))
        elif len(shown) == 1:
            self.sentence.set_spans(shown[0].sentence)
        elif shown:
            self.sentence.set_spans("The datasets are compared one by one: see the cards.")
        else:
            self.sentence.set_spans("There is no dataset on which both sides have a result yet.")

    def _show_cards(self, results: Results, shown: Sequence[Comparison]) -> None:
        by_dataset = {comparison.dataset: comparison for comparison in shown}
        limits = _axis_limits(shown)
        items: list[_Shown] = []
        for dataset in results.datasets:
            comparison = by_dataset.get(dataset.name)
            if comparison is None:
                items.append((dataset, why_missing(results.runs, dataset, self.session.a, self.session.b)))
            else:
                items.append((dataset, comparison, limits[comparison.primary_metric], results.plan.correction))
        self.cards.show_items(items, self._card)

    def _show_checks(self, items: Sequence[TrustItem]) -> None:
        while (old := self._checks.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for item in items[:MOST_ITEMS]:
            mark = Mark("check", "muted", "In order") if item.passed else Mark("warning", "warning", "Warning")
            link = f"see {item.page}" if item.page and not item.passed else ""
            row = CheckRow(mark, item.words, link)
            row.link_clicked.connect(lambda item=item: self._go_to(item))
            self._checks.addWidget(row)
        if len(items) > MOST_ITEMS:
            self._checks.addWidget(label(f"and {len(items) - MOST_ITEMS} more on the other pages", "muted"))

    def _go_to(self, item: TrustItem) -> None:
        if item.dataset is not None:
            self.session.select(dataset=item.dataset)
        self.page_requested.emit(item.page)

    def _go_to_dataset(self, dataset: str, page: str = "Metrics") -> None:
        self.session.select(dataset=dataset)
        self.page_requested.emit(page)

    def _card(self, shown: _Shown) -> QWidget:
        if len(shown) == 2:
            return MissingCard(*shown)
        dataset, comparison, limit, correction = shown
        card = VerdictCard(comparison, dataset, limit, correction)
        card.significance_clicked.connect(lambda: self._go_to_dataset(dataset.name, "Significance"))
        return card

    @staticmethod
    def _titled_card(title: str, behind: QWidget | None = None) -> Card:
        card = Card()
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(label(title, "heading"))
        if behind is not None:
            row.addWidget(behind)
        row.addStretch(1)
        card.body.addLayout(row)
        return card


_Shown = tuple[DatasetSummary, Comparison, float, Correction] | tuple[DatasetSummary, str]
"""What a card shows: a comparison, half the width of its axis and the plan's correction; or why there is none."""


def _teams(comparison: Comparison) -> tuple[str, str]:
    return comparison.team_a, comparison.team_b


def _sentence_spans(overall: Overall) -> tuple[Span, ...]:
    """Return the sentence over all, its lead in semi-bold."""
    return (Span(overall.lead, bold=True), Span(overall.sentence.removeprefix(overall.lead)))


def _axis_limits(shown: Sequence[Comparison]) -> dict[str, float]:
    """Return half the axis of each metric, in the unit shown: one scale for all cards of a metric."""
    limits = {}
    for metric_id in {comparison.primary_metric for comparison in shown}:
        factor = 100.0 if in_points(metric_of(metric_id)) else 1.0
        numbers = [c.primary for c in shown if c.primary_metric == metric_id]
        values = [v for n in numbers for v in (n.difference, n.ci_low, n.ci_high, n.margin)]
        limits[metric_id] = axis_limit(None if value is None else factor * value for value in values)
    return limits
