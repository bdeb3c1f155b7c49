"""Every metric of every team on every dataset, what happens to each class, and the curves behind the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.ui.models.number_grid import NumberGrid, Side, TextFormat, grids_as_text
from reviewer_app.ui.pages.page import GAP, Page, label
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.confusion_view import ConfusionView
from reviewer_app.ui.views.curves_view import CurvesView
from reviewer_app.ui.views.emptying import empty
from reviewer_app.ui.views.flow_layout import FlowLayout
from reviewer_app.ui.views.grid_view import GridView
from reviewer_app.ui.views.view_chips import ViewChips

if TYPE_CHECKING:
    from reviewer_app.review.queries import Curve
    from reviewer_app.review.review import Review
    from reviewer_app.ui.models.confusion import ConfusionSet


class View(IntEnum):
    """What the page shows."""

    TABLE = 0
    CLASSES = 1
    CONFUSION = 2
    CURVES = 3


VIEW_TITLES = {
    View.TABLE: "All metrics",
    View.CLASSES: "Per class",
    View.CONFUSION: "Confusion",
    View.CURVES: "Curves",
}
_A_MINUS_B = "A's count minus B's, in the colour of who has more"
_ROLES = {Side.A: "team_a", Side.B: "team_b", Side.NEITHER: "heading"}
_ABOUT = frozenset({"results", "runs", "teams", "datasets", "plan", "selection"})


@dataclass(frozen=True)
class _DatasetView:
    """What the page shows of one dataset."""

    dataset: str
    a: str
    b: str
    classes: NumberGrid
    confusion: ConfusionSet
    curves_a: tuple[Curve, ...]
    curves_b: tuple[Curve, ...]


class MetricsPage(Page):
    """Tables of all datasets; per class, confusion and curves of the chosen one."""

    name = "Metrics"
    uses_dataset = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._grids: tuple[NumberGrid, ...] = ()
        self._pair = ("", "")
        self._of_dataset: _DatasetView | None = None
        self.chips = ViewChips(VIEW_TITLES.items())
        self.views = QStackedWidget()
        self.classes = GridView("Scores per class", as_tall_as_rows=False)
        self.curves = CurvesView()
        self.copy_button = QPushButton("Copy as…")
        self.note = label(role="warning", wrap=True)
        self._lay_out()

    def refresh(self, stale: frozenset[str]) -> None:
        """Read the numbers again where they may have changed."""
        if not stale & _ABOUT:
            return
        session = self.session
        if session.snapshot is None or not session.snapshot.datasets:
            self._show_nothing(
                "Metrics are shown here once a dataset and a team's predictions are in the review.",
                "Add a dataset…",
                "edit.add_dataset",
            )
        elif session.a is None or session.b is None:
            self._show_nothing(
                "Metrics are shown side by side: add what a second team handed in.",
                "Add a submission…",
                "edit.add_submission",
            )
        else:
            self._load(session.a, session.b)

    def commands(self) -> Mapping[str, Callable[[], None]]:
        """Return what the window's actions do on this page."""
        return {"edit.copy": self._show_copy_menu}

    @property
    def view(self) -> View:
        """What is shown."""
        return View(self.views.currentIndex())

    def show_view(self, view: View) -> None:
        """Show all metrics, the classes, the confusion matrices or the curves."""
        self.views.setCurrentIndex(view)
        self.chips.choose(view)
        self._show_subtitle()
        if view is not View.TABLE:
            self._load_dataset()

    def shown_grids(self) -> tuple[NumberGrid, ...]:
        """Return the tables that are shown, as they are copied."""
        if self.view is View.TABLE:
            return self._grids
        if self._of_dataset is None:
            return ()
        if self.view is View.CLASSES:
            return (self._of_dataset.classes,)
        return tuple(matrix.as_grid() for matrix in self._of_dataset.confusion.matrices)

    def copy_as(self, form: TextFormat) -> None:
        """Put the tables that are shown on the clipboard."""
        QGuiApplication.clipboard().setText(grids_as_text(self.shown_grids(), form))

    def copy_curves(self) -> None:
        """Put the plots on the clipboard, as they are seen."""
        QGuiApplication.clipboard().setPixmap(self.curves.grab())

    def _load(self, a: str, b: str) -> None:
        review = self.session.review
        if review is None:
            return
        if self._pair != (a, b):
            self.set_subtitle(f"{a} against {b} · computing…")

        def landed(grids: tuple[NumberGrid, ...]) -> None:
            self._pair = (a, b)
            self._show_grids(grids)

        self.session.jobs.start(
            "Computing metrics",
            lambda progress: _metric_grids(review, a, b, progress),
            landed,
            self._show_error,
            key="metrics.table",
            kind="metrics",
        )
        if self.view is not View.TABLE:
            self._load_dataset()

    def _load_dataset(self) -> None:
        review, dataset, a, b = self.session.review, self.session.dataset, self.session.a, self.session.b
        if review is None or dataset is None or a is None or b is None:
            return
        self.session.jobs.start(
            f"Reading {dataset}",
            lambda progress: _dataset_view(review, dataset, a, b),
            self._show_dataset,
            self._show_dataset_error,
            key="metrics.dataset",
            kind="metrics of a dataset",
        )

    def _show_grids(self, grids: tuple[NumberGrid, ...]) -> None:
        self._grids = grids
        self._show_subtitle()
        empty(self._sections)
        for grid in grids:
            self._sections.addWidget(_section(grid))
        self._sections.addStretch(1)
        self.show_content()

    def _show_subtitle(self) -> None:
        """Say whose numbers are shown, which may not yet be those that were asked for."""
        if self.view is View.TABLE:
            where, (a, b) = "every dataset", self._pair
        elif self._of_dataset is not None:
            where, a, b = self._of_dataset.dataset, self._of_dataset.a, self._of_dataset.b
        else:
            self.set_subtitle("")
            return
        self.set_subtitle(f"{where} · {a} against {b} · rates and differences in points of 100")

    def _show_dataset(self, shown: _DatasetView) -> None:
        self._of_dataset = shown
        self.note.hide()
        self._show_subtitle()
        self.classes.show_grid(shown.classes)
        self._show_confusion(shown.confusion)
        if self.view is View.CURVES:
            self.curves.show_curves(shown.curves_a, shown.curves_b, shown.a, shown.b)

    def _show_dataset_error(self, error: ReviewError) -> None:
        """Say why there are no numbers, and show none: those of another dataset would be taken for them."""
        self._of_dataset = None
        self._show_subtitle()
        self.note.setText(str(error))
        self.note.show()
        self.classes.show_grid(NumberGrid("", "", (), ()))
        self._show_confusion(None)
        self.curves.clear()

    def _show_confusion(self, found: ConfusionSet | None) -> None:
        empty(self._matrices)
        for matrix in found.matrices if found is not None else ():
            card = Card()
            card.body.addWidget(label(matrix.title, _ROLES[matrix.side]))
            under = _A_MINUS_B if matrix.is_difference else "rows gold, columns predicted"
            card.body.addWidget(label(under, "small"))
            card.body.addWidget(ConfusionView(matrix))
            self._matrices.addWidget(card)
        note = found.note if found is not None else ""
        self._matrices_note.setText(note)
        self._matrices_note.setVisible(note != "")

    def _show_error(self, error: ReviewError) -> None:
        self._show_nothing(str(error), "Run what is missing", "run.missing")

    def _show_nothing(self, sentence: str, button: str, action: str) -> None:
        for key in ("metrics.table", "metrics.dataset"):
            self.session.jobs.cancel(key)
        self._grids, self._of_dataset = (), None
        self._pair = ("", "")
        self.set_subtitle("")
        self.show_empty(sentence, button, lambda: self.action_requested.emit(action))

    def copy_menu(self) -> QMenu:
        """Return the menu of the ways to copy what is shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.view is View.CURVES:
            menu.addAction("Copy as an image").triggered.connect(lambda: self.copy_curves())
        else:
            for form in TextFormat:
                action = menu.addAction(f"Copy as {form}")
                action.triggered.connect(lambda _checked=False, form=form: self.copy_as(form))
        return menu

    def _show_copy_menu(self) -> None:
        self.copy_menu().popup(self.copy_button.mapToGlobal(QPoint(0, self.copy_button.height() + 4)))

    def _lay_out(self) -> None:
        self.copy_button.clicked.connect(self._show_copy_menu)
        self.header.addWidget(self.copy_button)
        self.chips.chosen.connect(lambda view: self.show_view(View(view)))
        self.note.hide()
        self._sections_area, self._sections = _scrolling(QVBoxLayout(), "All metrics")
        self._sections.setSpacing(GAP)
        matrices = QVBoxLayout()
        self._matrices_note = label(role="muted", wrap=True)
        self._matrices_note.hide()
        self._matrices = FlowLayout(spacing=GAP)
        matrices.addWidget(self._matrices_note)
        matrices.addLayout(self._matrices)
        matrices.addStretch(1)
        confusion, _ = _scrolling(matrices, "Confusion matrices")
        curves = QVBoxLayout()
        curves.addWidget(self.curves)
        curves_area, _ = _scrolling(curves, "Curves")
        for widget in (self._sections_area, self.classes, confusion, curves_area):
            self.views.addWidget(widget)
        self.content.addWidget(self.chips)
        self.content.addWidget(self.note)
        self.content.addWidget(self.views, 1)


def _metric_grids(review: Review, a: str, b: str, progress: Progress) -> tuple[NumberGrid, ...]:
    from reviewer_app.ui.models.metric_grids import metric_grid

    results = review.results(a, b, progress)
    metrics = review.metrics()
    by_dataset = {comparison.dataset: comparison for comparison in results.comparisons}
    return tuple(
        metric_grid(dataset, by_dataset.get(dataset.name), results.runs, metrics, a, b, results.plan.correction)
        for dataset in results.datasets
    )


def _dataset_view(review: Review, dataset: str, a: str, b: str) -> _DatasetView:
    from reviewer_app.ui.models.confusion import confusion_set
    from reviewer_app.ui.models.metric_grids import class_grid

    return _DatasetView(
        dataset,
        a,
        b,
        class_grid(dataset, a, b, review.class_reports(dataset, a), review.class_reports(dataset, b)),
        confusion_set(review.confusion_matrix(dataset, a), review.confusion_matrix(dataset, b), a, b),
        review.curves(dataset, a),
        review.curves(dataset, b),
    )


def _section(grid: NumberGrid) -> Card:
    """Return a dataset's table as a card, its notes below it."""
    card = Card()
    heading = QHBoxLayout()
    heading.setSpacing(8)
    heading.addWidget(label(grid.title, "heading"))
    heading.addWidget(label(grid.subtitle, "muted"), 1)
    card.body.addLayout(heading)
    view = GridView(f"Metrics on {grid.title}", as_tall_as_rows=True)
    view.show_grid(grid)
    card.body.addWidget(view)
    for note in grid.notes:
        card.body.addWidget(label(note, "small", wrap=True))
    return card


def _scrolling(layout: QVBoxLayout, name: str) -> tuple[QScrollArea, QVBoxLayout]:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(name)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
    inside = QWidget()
    inside.setProperty("role", "page")
    layout.setContentsMargins(0, 0, 0, 0)
    inside.setLayout(layout)
    area.setWidget(inside)
    return area, layout
