"""How sure a difference is: by which test, on which choices it hangs, what could have been shown, where it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QStackedWidget, QWidget

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.comparison.result import Comparison
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.review.operations.settings import SetPlan
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.chosen_pair import why_missing
from reviewer_app.ui.models.compared_pair import PairResults, ReviewPair, WantedMetric, pair_results
from reviewer_app.ui.models.number_grid import NumberGrid, TextFormat
from reviewer_app.ui.models.significance_views import ONE_DATASET, ONE_METRIC, VIEW_TITLES, View
from reviewer_app.ui.pages.page import EmptyState, Page, label, scrolling_view
from reviewer_app.ui.pending import Pending
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.across_panel import AcrossPanel
from reviewer_app.ui.views.claims_panel import ClaimsPanel
from reviewer_app.ui.views.comparison_panel import COMPUTING, ComparisonPanel
from reviewer_app.ui.views.copy_menu import copy_grids, copy_menu
from reviewer_app.ui.views.figure_card import FigureCard
from reviewer_app.ui.views.forest_panel import ForestPanel
from reviewer_app.ui.views.label_noise_panel import LabelNoisePanel
from reviewer_app.ui.views.panel import FurtherPanel, Panel
from reviewer_app.ui.views.plan_strip import PlanStrip, PlanView
from reviewer_app.ui.views.power_panel import PowerPanel
from reviewer_app.ui.views.robustness_panel import RobustnessPanel
from reviewer_app.ui.views.slices_panel import SlicesPanel
from reviewer_app.ui.views.view_chips import ViewChips

if TYPE_CHECKING:
    from reviewer_app.comparison.across import Across
    from reviewer_app.review.queries import Significance


BEFORE = "computing… the numbers in sight are those before"
STOPPED = "stopped: the numbers of the plan and the runs as they are now are not there"
_FRAME = 2
"""Pixels of the focus frame, as in the style sheet."""
_ROW = 30
_RESULTS, _DETAIL, _ACROSS = "significance.results", "significance.detail", "significance.across"
_ABOUT = frozenset({"results", "runs", "teams", "datasets", "plan", "selection"})


class SignificancePage(Page):
    """Plots, numbers and sentences about the chosen pair, and the plan that they depend on.

    Signals
    -------
    examples_requested
        Conditions (a tuple of `Condition`) on the examples of the chosen dataset that are to be looked at.
    """

    name = "Significance"
    uses_dataset = True

    examples_requested = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._asked: ReviewPair | None = None
        self._compared: PairResults | None = None
        self._wanted: WantedMetric | None = None
        self._is_due = False
        self._has_across = False
        self._metric = ""
        self._view = View.FOREST
        self.pending = Pending(session.jobs, "significance", self)
        self.chips = ViewChips(VIEW_TITLES.items())
        self.strip = PlanStrip()
        self.metric_box = QComboBox()
        self.busy = label(role="muted")
        self.again = QPushButton("Compute again")
        self.copy_button = QPushButton("Copy as…")
        self.views = QStackedWidget()
        self.missing = EmptyState()
        self.forest = ForestPanel()
        self.comparison = ComparisonPanel()
        self.power = PowerPanel()
        self.robustness = RobustnessPanel()
        self.across = AcrossPanel()
        self.slices = SlicesPanel(self.pending)
        self.claims = ClaimsPanel(self.pending)
        self.label_noise = LabelNoisePanel(self.pending)
        self._further: dict[View, FurtherPanel] = {
            View.SLICES: self.slices,
            View.CLAIMS: self.claims,
            View.WRONG_LABELS: self.label_noise,
        }
        own = (self.forest, self.comparison, self.power, self.robustness, self.across)
        self._panels: tuple[Panel, ...] = (*own, *self._further.values())
        self._lay_out()
        self._show_view()
        self._show_work()
        self.pending.changed.connect(self._show_work)

    def refresh(self, stale: frozenset[str]) -> None:
        """Read the numbers again where they may have changed; another dataset needs no other results."""
        if not stale & _ABOUT:
            return
        session = self.session
        if session.snapshot is None or not session.snapshot.datasets:
            self._show_nothing(
                "How sure a difference is stands here once a dataset and two teams' predictions are in the review.",
                "Add a dataset…",
                "edit.add_dataset",
            )
        elif (pair := self._chosen_pair()) is None:
            self._show_nothing(
                "Significance is about a difference: add what a second team handed in.",
                "Add a submission…",
                "edit.add_submission",
            )
        elif pair == self._asked and stale & _ABOUT == {"selection"}:
            self._show_selection()
        else:
            self._load(pair)

    def commands(self) -> Mapping[str, Callable[[], None]]:
        """Return what the window's actions do on this page."""
        return {"edit.copy": self._show_copy_menu}

    @property
    def view(self) -> View:
        """What is shown."""
        return self._view

    def show_view(self, view: View) -> None:
        """Show one of the views."""
        self._view = view
        self.chips.choose(view)
        self._show_view()
        self._load_the_rest()

    def shown_grids(self) -> tuple[NumberGrid, ...]:
        """Return the tables of what is shown, as they are copied."""
        return () if self.views.currentWidget() is self.missing else self._panels[self._view].grids()

    def shown_figures(self) -> tuple[FigureCard, ...]:
        """Return the plots that are shown."""
        return () if self.views.currentWidget() is self.missing else self._panels[self._view].figures()

    def copy_as(self, form: TextFormat) -> None:
        """Put the tables of what is shown on the clipboard."""
        copy_grids(self.shown_grids(), form)

    def copy_menu(self) -> QMenu:
        """Return the menu of the ways to copy what is shown: its numbers as text, each plot as an image."""
        return copy_menu(self.shown_grids(), self.shown_figures(), self)

    def _chosen_pair(self) -> ReviewPair | None:
        session = self.session
        if session.review is None or session.a is None or session.b is None:
            return None
        return ReviewPair(session.review, session.a, session.b)

    def _load(self, pair: ReviewPair) -> None:
        """Compute a pair's results; those of the same pair stay in sight until the new ones are there."""
        if self._compared is not None and self._compared.pair != pair:
            self._forget()
        self._asked = pair
        self._is_due = True
        self._has_across = False
        self.pending.cancel(_DETAIL, _ACROSS)
        self._show_view()
        self.show_content()

        def landed(shown: PairResults) -> None:
            if self._chosen_pair() == pair:  # else the page was hidden meanwhile, and reads again when it is shown
                self._show_results(shown)

        def refused(error: ReviewError) -> None:
            self._show_nothing(str(error), "Run what is missing", "run.missing")

        self.pending.start(_RESULTS, "Comparing", lambda progress: pair_results(pair, progress), landed, refused)

    def _load_the_rest(self) -> None:
        """Compute what the view needs beside the results, once these are there."""
        self._show_wanted()
        if self._compared is None or _RESULTS in self.pending.waiting | self.pending.stopped:
            return
        if self._view in ONE_METRIC and self._wanted is not None and self._is_due:
            self._load_detail(self._wanted, self._compared.results.plan.correction)
        elif self._view is View.ACROSS and not self._has_across and _ACROSS not in self.pending.waiting:
            self._load_across(self._compared.pair)
        elif self._view in self._further and self._compared.comparison(self.session.dataset) is not None:
            self._further[self._view].load()

    def _show_wanted(self) -> None:
        """Show the numbers of another dataset or metric at once: nothing of the one before may be taken for them."""
        shown = self._compared
        wanted = None if shown is None else shown.wanted(self.session.dataset, self._metric)
        if wanted == self._wanted:
            return
        self._wanted, self._is_due = wanted, True
        if shown is not None and wanted is not None and (compared := shown.comparison(wanted.dataset)) is not None:
            self.comparison.show_numbers(compared, compared.metrics[wanted.metric], shown.results.plan.correction)
            self.power.say(COMPUTING)
        self.pending.cancel(_DETAIL)

    def _load_detail(self, wanted: WantedMetric, correction: Correction) -> None:
        self._is_due = False

        def landed(found: Significance) -> None:
            if self._wanted == wanted:
                self.comparison.show_significance(found, correction)
                self.power.show_significance(found)

        def refused(error: ReviewError) -> None:
            self.comparison.say(str(error))
            self.power.say(str(error))

        pair = wanted.pair
        self.pending.start(
            _DETAIL,
            f"Resampling {wanted.dataset}",
            lambda progress: pair.review.significance(wanted.dataset, pair.a, pair.b, wanted.metric, progress),
            landed,
            refused,
        )

    def _load_across(self, pair: ReviewPair) -> None:
        if not self.across.has_teams:
            self.across.say(COMPUTING)

        def landed(found: Across | None) -> None:
            if self._asked == pair:
                self._has_across = True
                self.across.show_across(found)

        # Of the whole plan: every team, not only the two that are looked at.
        self.pending.start(
            _ACROSS,
            "Comparing over datasets",
            lambda progress: pair.review.results(progress=progress).across,
            landed,
            lambda error: self.across.say(str(error)),
        )

    def _show_results(self, shown: PairResults) -> None:
        if not shown.comparisons:
            why = "There is no dataset on which both sides have a result yet."
            self._show_nothing(why, "Run what is missing", "run.missing")
            return
        self._compared = shown
        self._show_selection()

    def _show_selection(self) -> None:
        """Show what the results say of the chosen dataset, then what is computed beside them."""
        shown, snapshot = self._compared, self.session.snapshot
        if shown is None or snapshot is None:
            return
        results, dataset = shown.results, shown.summary(self.session.dataset)
        compared, correction = shown.comparison(self.session.dataset), shown.results.plan.correction
        metric = metric_of((dataset or results.datasets[0]).primary_metric)
        read_only = snapshot.summary.read_only
        self.strip.show_plan(PlanView(results.plan, results.plan_state, metric, read_only, results.plan_change))
        self.forest.show_comparisons(shown.comparisons, compared, shown.metrics, correction)
        first = shown.comparisons[0]
        overall = next(
            (one for one in results.overall if (one.team_a, one.team_b) == (first.team_a, first.team_b)), None
        )
        self.across.show_pair(overall, shown.comparisons, results.datasets)
        if compared is not None:
            self._offer_metrics(compared, shown.wanted(compared.dataset, self._metric))
            self.robustness.show_comparison(compared, correction)
            for panel in self._further.values():
                panel.show_comparison(shown.pair, compared)
        elif dataset is not None:
            self._show_missing(why_missing(results.runs, dataset, shown.pair.a, shown.pair.b))
        self._show_view()
        self._load_the_rest()

    def _show_missing(self, why: str) -> None:
        for panel in (self.comparison, self.power, self.robustness, *self._further.values()):
            panel.clear()
        self.missing.say(why, "Run what is missing", lambda: self.action_requested.emit("run.missing"))

    def _offer_metrics(self, compared: Comparison, wanted: WantedMetric | None) -> None:
        with QSignalBlocker(self.metric_box):
            self.metric_box.clear()
            for key in compared.metrics:
                primary = " (primary)" if key == compared.primary_metric else ""
                self.metric_box.addItem(f"{metric_of(key).name}{primary}", key)
            self.metric_box.setCurrentIndex(self.metric_box.findData(None if wanted is None else wanted.metric))

    def _choose_metric(self) -> None:
        self._metric = str(self.metric_box.currentData())
        self._load_the_rest()

    def _apply(self, plan: AnalysisPlan) -> None:
        """Change the review's plan; the results follow when that is done."""
        shown = self._compared
        if shown is None:
            return

        def done(_: object) -> None:
            if self._compared is not None and self._compared.pair == shown.pair:
                self.strip.accept(plan)

        self.session.do(SetPlan(plan), done, self.strip.refuse)

    def _show_view(self) -> None:
        shown, dataset = self._compared, self.session.dataset
        lacks = shown is not None and shown.comparison(dataset) is None and self._view in ONE_DATASET
        self.views.setCurrentIndex(len(self._panels) if lacks else self._view)
        self.metric_box.setVisible(self._view in ONE_METRIC and shown is not None and not lacks)
        self._show_subtitle()

    def _show_subtitle(self) -> None:
        asked, dataset = self._asked, self.session.dataset
        if asked is None:
            self.set_subtitle("")
            return
        by_metric = self._view is View.FOREST and self.forest.is_by_metric
        where = dataset if self._view in ONE_DATASET or by_metric else "every dataset"
        self.set_subtitle(f"{where} · {asked.a} against {asked.b} · differences are A − B")

    def _show_work(self) -> None:
        """Say what is being computed, and where what is in sight is older."""
        waiting, stopped = self.pending.waiting, self.pending.stopped
        is_old = (
            (_RESULTS in waiting and self._compared is not None)
            or (_DETAIL in waiting and bool(self.comparison.figures()))
            or (_ACROSS in waiting and self.across.has_teams)
            or any(panel.key in waiting and panel.grids() for panel in self._further.values())
        )
        self.busy.setText(STOPPED if stopped else BEFORE if is_old else COMPUTING if waiting else "")
        self.again.setVisible(bool(stopped))
        if stopped & {_RESULTS, _DETAIL}:
            self.comparison.say(STOPPED)
            self.power.say(STOPPED)
        if _ACROSS in stopped:
            self.across.say(STOPPED)
        for panel in self._further.values():
            if panel.key in stopped:
                panel.say(STOPPED)

    def _compute_again(self) -> None:
        if self._asked is not None:
            self._load(self._asked)

    def _show_nothing(self, sentence: str, button: str, action: str) -> None:
        self.pending.cancel(_RESULTS, _DETAIL, _ACROSS)
        self._forget()
        self._asked = None
        self.set_subtitle("")
        self.show_empty(sentence, button, lambda: self.action_requested.emit(action))

    def _forget(self) -> None:
        """Show no numbers: they are another pair's."""
        self._compared = self._wanted = None
        self.strip.clear()
        for panel in self._panels:
            panel.clear()
        self._show_view()

    def _show_copy_menu(self) -> None:
        self.copy_menu().popup(self.copy_button.mapToGlobal(QPoint(0, self.copy_button.height() + 4)))

    def _lay_out(self) -> None:
        self.copy_button.clicked.connect(self._show_copy_menu)
        self.header.addWidget(self.copy_button)
        self.strip.applied.connect(self._apply)
        self.metric_box.setAccessibleName("Metric")
        self.metric_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.metric_box.activated.connect(lambda _row: self._choose_metric())
        self.again.clicked.connect(self._compute_again)
        self.slices.examples_wanted.connect(self.examples_requested)
        self.forest.by_dataset.clicked.connect(self._show_subtitle)
        self.forest.by_metric.clicked.connect(self._show_subtitle)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addStrut(_ROW)  # as high with the chooser of metrics as without
        self.chips.chosen.connect(lambda view: self.show_view(View(view)))
        row.addWidget(self.chips, 1)
        for widget in (self.busy, self.again, self.metric_box):
            row.addWidget(widget)
        for panel, title in zip(self._panels, VIEW_TITLES.values(), strict=True):
            self.views.addWidget(scrolling_view(panel, title))
        self.views.addWidget(self.missing)
        self.content.addWidget(self.strip)
        self.content.addLayout(row)
        views = QHBoxLayout()
        # The frame of a focused view lies outside of its cards, which keep their place below the title.
        views.setContentsMargins(-_FRAME, -_FRAME, -_FRAME, -_FRAME)
        views.addWidget(self.views)
        self.content.addLayout(views, 1)
