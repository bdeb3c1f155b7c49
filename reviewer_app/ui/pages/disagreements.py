"""The examples of a comparison, one by one: filter, search, sort, read, copy and export them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from reviewer_app.comparison.formatting import example_noun
from reviewer_app.comparison.result import Outcome
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress
from reviewer_app.ui.models.example_columns import ExampleColumn, example_columns
from reviewer_app.ui.models.example_table_model import ExampleTableModel
from reviewer_app.ui.models.row_text import COPIED_ROWS, chosen_rows, rows_as_text
from reviewer_app.ui.pages.page import Page, label
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.example_pane import ExamplePane
from reviewer_app.ui.views.example_table import ExampleTable
from reviewer_app.ui.views.filter_bar import FilterBar
from reviewer_app.ui.views.kept_splitter import KeptSplitter, SplitterMemory

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from reviewer_app.disagreements.table import DisagreementTable
    from reviewer_app.review.queries import ExampleDetail

EXAMPLE_DELAY_MS = 40
"""While a key is held down the pane follows at this pace, not for every row on the way."""
EXPORT_FILTERS = {"csv (*.csv)": ".csv", "Parquet (*.parquet)": ".parquet", "JSON (*.json)": ".json"}
_ABOUT = frozenset({"disagreements", "results", "runs", "teams", "datasets", "selection"})


@dataclass(frozen=True)
class _Pair:
    """Which comparison is shown."""

    dataset: str
    a: str
    b: str


@dataclass(frozen=True, eq=False)
class _Loaded:
    """A comparison, with what is counted over all of its examples."""

    pair: _Pair
    table: DisagreementTable
    columns: tuple[ExampleColumn, ...]
    counts: Mapping[Outcome, int]
    n_disagreements: int


class DisagreementsPage(Page):
    """Every test example of the chosen dataset on which the chosen two can be compared."""

    name = "Disagreements"
    uses_dataset = True

    def __init__(self, session: Session, parent: QWidget | None = None, memory: SplitterMemory | None = None) -> None:
        super().__init__(session, parent)
        self._pair: _Pair | None = None
        self._examples: DisagreementTable | None = None
        self._sort, self._descending = "", False
        self._example: int | None = None
        self.model = ExampleTableModel(self)
        self.filters = FilterBar()
        self.table = ExampleTable(self.model)
        self.pane = ExamplePane(memory)
        self.notice = label(role="warning", wrap=True)
        self.splitter = KeptSplitter(Qt.Orientation.Vertical, "disagreements", memory)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(EXAMPLE_DELAY_MS)
        self.setFocusProxy(self.table)
        self._lay_out()
        self._connect()

    @property
    def examples(self) -> DisagreementTable | None:
        """The comparison that is shown; None where there is none."""
        return self._examples

    def refresh(self, stale: frozenset[str]) -> None:
        """Read the comparison again where it may have changed."""
        if not stale & _ABOUT:
            return
        session = self.session
        snapshot = session.snapshot
        if snapshot is None or not snapshot.datasets or session.dataset is None:
            self._show_nothing(
                "Disagreements are shown here once a dataset and two teams are in the review.",
                "Add a dataset…",
                "edit.add_dataset",
            )
        elif session.a is None or session.b is None:
            self._show_nothing(
                "It takes two teams to disagree: add what each of them handed in.",
                "Add a submission…",
                "edit.add_submission",
            )
        else:
            self._load(_Pair(session.dataset, session.a, session.b))

    def commands(self) -> Mapping[str, Callable[[], None]]:
        """Return what the window's actions do on this page."""
        return {
            "file.export": self.export,
            "edit.find": self.focus_search,
            "edit.copy": self._show_copy_menu,
            "view.next_example": lambda: self.table.step(1),
            "view.previous_example": lambda: self.table.step(-1),
        }

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filters.search.selectAll()

    def copy_rows(self, delimiter: str = "\t") -> None:
        """Copy the selected rows, with a header; the first ten thousand of them."""
        table, ranges = self._examples, self.table.selected_ranges()
        if table is None or not ranges:
            return
        rows, columns = chosen_rows(self.model.rows, ranges), [column.name for column in self.model.columns]
        n_selected = sum(map(len, ranges))

        def landed(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            if n_selected > COPIED_ROWS:
                self._say(
                    f"Copied the first {COPIED_ROWS:,} of {n_selected:,} selected rows; Export writes all of them."
                )
            else:
                self._say(f"Copied {counted(n_selected, 'row')}.")

        self.session.jobs.start(
            "Copying rows",
            lambda progress: rows_as_text(table, rows, columns, delimiter),
            landed,
            key="disagreements.copy",
            kind="examples",
        )

    def export(self) -> None:
        """Ask for a file and write the rows that are shown to it, with every feature."""
        table, review = self._examples, self.session.review
        if table is None or review is None:
            return
        title = f"{table.dataset} {table.team_a} against {table.team_b}".replace("/", "-")
        suggested = review.path.parent / f"{title}.csv"
        filters = ";;".join(EXPORT_FILTERS)
        name, chosen = QFileDialog.getSaveFileName(self, "Export examples", str(suggested), filters)
        if name:
            path = Path(name)
            known = path.suffix.lower() in EXPORT_FILTERS.values()
            self.export_to(path if known else path.with_name(f"{path.name}{EXPORT_FILTERS[chosen]}"))

    def export_to(self, path: Path) -> None:
        """Write the rows that are shown to a csv, parquet or json file, in their order."""
        table, rows = self._examples, self.model.rows
        if table is None:
            return

        def work(progress: Progress) -> None:
            from reviewer_app.disagreements.export import export

            export(table, rows, path, progress)

        def landed(_: None) -> None:
            self._say(f"Wrote {counted(len(rows), example_noun(table.task))} to {path}.")

        self.session.jobs.start(f"Exporting {path.name}", work, landed, key="disagreements.export", kind="export")

    def _load(self, pair: _Pair) -> None:
        review = self.session.review
        if review is None:
            return
        if pair != self._pair:
            self.set_subtitle(f"{pair.dataset} · reading…")

        def work(progress: Progress) -> _Loaded:
            table = review.disagreements(pair.dataset, pair.a, pair.b)
            return _Loaded(pair, table, example_columns(table), table.outcome_counts(), table.n_disagreements)

        self.session.jobs.start(
            "Comparing examples", work, self._take_table, self._show_error, key="disagreements.table", kind="examples"
        )

    def _take_table(self, loaded: _Loaded) -> None:
        """Show another comparison, or the same one anew; whatever was chosen of it stays chosen."""
        is_new = self._pair is None or loaded.pair.dataset != self._pair.dataset or loaded.columns != self.model.columns
        if loaded.pair != self._pair:
            self._example = None
        self._pair, self._examples = loaded.pair, loaded.table
        self.filters.show_table(loaded.table, loaded.columns, loaded.counts, loaded.n_disagreements)
        self.model.show_table(loaded.table, loaded.columns)
        if is_new:
            self._sort, self._descending = "", False
            if any(column.name == "gap" for column in loaded.columns):
                self._sort, self._descending = "gap", True
        self.show_content()
        self._select_rows(fit=is_new)

    def _select_rows(self, *, fit: bool = False) -> None:
        """Find the rows of the filter in the order of the sort, off the window's thread."""
        table, example_filter, sort, descending = (
            self._examples,
            self.filters.example_filter,
            self._sort,
            self._descending,
        )
        if table is None:
            return

        def landed(rows: NDArray[np.int32]) -> None:
            if table is self._examples:
                self._take_rows(table, rows, sort, descending)
                if fit:
                    self.table.fit_columns()

        self.session.jobs.start(
            "Filtering",
            lambda progress: table.rows(example_filter, sort, descending),
            landed,
            self._warn,
            key="disagreements.rows",
            kind="examples",
        )

    def _take_rows(self, table: DisagreementTable, rows: NDArray[np.int32], sort: str, descending: bool) -> None:
        self._say("")
        self.model.show_rows(rows, sort, descending)
        title = next((column.title for column in self.model.columns if column.name == sort), "")
        self.filters.show_sort(f"{title} {'↓' if descending else '↑'}" if title else "")
        noun = example_noun(table.task)
        self.set_subtitle(f"{table.dataset} · {len(rows):,} of {counted(table.n_examples, noun)}")
        self._rows_or_none.setCurrentIndex(0 if len(rows) else 1)
        row = self.model.row_of(self._example) if self._example is not None else None
        if len(rows):
            self.table.go_to_row(row or 0)
        else:
            self._example = None
            self.pane.clear()

    def _sort_by(self, name: str) -> None:
        """Sort by a column: numbers largest first, then smallest first, then the file's order again."""
        first = next(column.is_numeric for column in self.model.columns if column.name == name)
        if name != self._sort:
            self._sort, self._descending = name, first
        elif self._descending == first:
            self._descending = not first
        else:
            self._sort, self._descending = "", False
        self._select_rows()

    def _reset_order(self) -> None:
        self._sort, self._descending = "", False
        self._select_rows()

    def _example_chosen(self, example_no: int) -> None:
        self._example = example_no
        if not self._follow.isActive():
            self._follow.start()

    def _read_example(self) -> None:
        review, pair, example_no = self.session.review, self._pair, self._example
        if review is None or pair is None or example_no is None:
            return

        def landed(detail: ExampleDetail) -> None:
            if (pair, example_no) == (self._pair, self._example):
                self._show_example(detail)

        self.session.jobs.start(
            "Reading an example",
            lambda progress: review.example(pair.dataset, pair.a, pair.b, example_no),
            landed,
            self._warn,
            key="disagreements.example",
            kind="example",
        )

    def _show_example(self, detail: ExampleDetail) -> None:
        assert self._examples is not None
        row = self.table.currentIndex().row()
        position = f"{row + 1:,} of {self.model.rowCount():,}"
        self.pane.show_example(detail, self._examples.team_a, self._examples.team_b, position)

    def _warn(self, error: ReviewError) -> None:
        self._say(str(error), "warning")

    def _show_error(self, error: ReviewError) -> None:
        self._show_nothing(str(error), "Run what is missing", "run.missing")

    def _show_nothing(self, sentence: str, button: str, action: str) -> None:
        self._forget()
        self.set_subtitle("")
        self.show_empty(sentence, button, lambda: self.action_requested.emit(action))

    def _review_changed(self) -> None:
        if self.session.snapshot is None:
            self._forget()

    def _forget(self) -> None:
        """Let go of the examples, which may be millions."""
        for key in ("disagreements.table", "disagreements.rows", "disagreements.example"):
            self.session.jobs.cancel(key)
        self._pair = self._examples = self._example = None
        self.model.clear()
        self.pane.clear()

    def _say(self, text: str, role: str = "muted") -> None:
        self.notice.setText(text)
        self.notice.setVisible(text != "")
        self.notice.setProperty("role", role)
        self.notice.style().polish(self.notice)

    def copy_menu(self) -> QMenu:
        """Return the menu of the ways to copy the selected rows."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Copy rows for a spreadsheet\tCtrl+C").triggered.connect(lambda: self.copy_rows("\t"))
        menu.addAction("Copy rows as csv").triggered.connect(lambda: self.copy_rows(","))
        return menu

    def _show_copy_menu(self) -> None:
        self._show_copy_menu_at(QPoint(40, 20))

    def _show_copy_menu_at(self, place: QPoint) -> None:
        self.copy_menu().popup(self.table.viewport().mapToGlobal(place))

    def _lay_out(self) -> None:
        export = QPushButton("Export…")
        export.setProperty("role", "primary")
        export.clicked.connect(self.export)
        self.header.addWidget(export)
        self._rows_or_none = QStackedWidget()
        self._rows_or_none.addWidget(self.table)
        self._rows_or_none.addWidget(self._no_rows())
        self.notice.hide()
        self.splitter.set_parts((self._rows_or_none, 5), (self.pane, 4))
        self.content.addWidget(self.filters)
        self.content.addWidget(self.notice)
        self.content.addWidget(self.splitter, 1)
        self.content.setSpacing(8)

    def _no_rows(self) -> QFrame:
        card = QFrame()
        card.setProperty("role", "card")
        clear = QPushButton("Clear the filters")
        clear.clicked.connect(self.filters.clear)
        layout = QVBoxLayout(card)
        layout.addStretch(1)
        layout.addWidget(label("No example passes these filters.", "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(clear, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        return card

    def _connect(self) -> None:
        self.session.review_changed.connect(self._review_changed)
        self.filters.changed.connect(self._select_rows)
        self.filters.order_reset.connect(self._reset_order)
        self.table.sort_requested.connect(self._sort_by)
        self.table.example_chosen.connect(self._example_chosen)
        self.table.copy_requested.connect(self.copy_rows)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_copy_menu_at)
        self.pane.step_requested.connect(self.table.step)
        self.filters.search.returnPressed.connect(self.table.setFocus)
        self._follow.timeout.connect(self._read_example)
