"""The cross matrix at work: every team on every dataset, what runs, what failed and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from reviewer_app.errors import ReviewError
from reviewer_app.review.queries import CellState, RunInfo
from reviewer_app.ui.jobs import Job
from reviewer_app.ui.models.run_matrix import (
    CAN_BE_RETRIED,
    ENDED,
    BatchClock,
    RunCell,
    RunMatrix,
    duration,
    run_key,
)
from reviewer_app.ui.models.run_matrix_model import RunMatrixModel
from reviewer_app.ui.pages.page import Page, label
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.kept_splitter import KeptSplitter, SplitterMemory
from reviewer_app.ui.views.run_options import RunOptionsRow
from reviewer_app.ui.views.run_pane import RunPane
from reviewer_app.ui.views.run_table import RunTable

UPDATE_MS = 50
"""The engine may tell of its runs a thousand times a second; the page shows it twenty times."""
TICK_MS = 1000
"""Times so far are written anew this often."""
_ABOUT = frozenset({"runs", "teams", "datasets", "results", "selection"})
_TO_RUN = (CellState.MISSING, CellState.STALE)


class RunsPage(Page):
    """The matrix with state, progress, time and memory; the chosen cell's facts and log."""

    name = "Runs"

    def __init__(
        self,
        session: Session,
        parent: QWidget | None = None,
        memory: SplitterMemory | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(session, parent)
        self._clock = clock
        self._batch: BatchClock | None = None
        self._told: dict[tuple[int, str, int], tuple[RunInfo, float | None, str]] = {}
        self._log_of: int | None = None
        self.model = RunMatrixModel(self, clock)
        self.table = RunTable(self.model)
        self.pane = RunPane(memory)
        self.splitter = KeptSplitter(Qt.Orientation.Vertical, "runs", memory)
        self.options = RunOptionsRow()
        self.bar = QProgressBar()
        self.progress_text = label(role="muted")
        self.run_missing = QPushButton("Run what is missing")
        self.run_selected = QPushButton("Run selected")
        self.retry = QPushButton("Retry failed")
        self.cancel = QPushButton("Cancel")
        self._update = QTimer(self)
        self._tick = QTimer(self)
        self._lay_out()
        self._connect()

    def refresh(self, stale: frozenset[str]) -> None:
        """Show the matrix again where it may have changed."""
        snapshot = self.session.snapshot
        if snapshot is None or not stale & _ABOUT:
            return
        if not snapshot.datasets:
            self._show_nothing(
                "Runs are shown here once a dataset and a submission are in the review.",
                "Add a dataset…",
                "edit.add_dataset",
            )
            return
        if not snapshot.runs:
            self._show_nothing(
                "Nothing can run yet: add a team's algorithm, model or predictions.",
                "Add a submission…",
                "edit.add_submission",
            )
            return
        if self._batch is not None and self.session.run_job is None:
            self._end_batch()
        self.table.show_sides(self.session.a or "", self.session.b or "")
        self._show_matrix()
        self.show_content()
        if not self.table.selectionModel().hasSelection():
            self.table.setCurrentIndex(self.model.index(0, 1))

    def run_all_missing(self) -> None:
        """Run every cell that is missing or out of date, with the options of this page."""
        self._run(())

    def run_selected_cells(self) -> None:
        """Run the selected cells."""
        self._run(_pairs(self.table.selected_cells()))

    def retry_failed(self) -> None:
        """Run what failed, was cancelled or timed out once more."""
        self._run(_pairs(cell for cell in self.model.matrix.cells.values() if cell.state in CAN_BE_RETRIED))

    def _run(self, only: tuple[tuple[str, str], ...]) -> None:
        if self.session.run_job is not None:
            return
        options = self.options.options
        self.session.run(
            only=only,
            seeds=options.seeds,
            jobs=options.jobs,
            time_limit=options.time_limit,
            memory_limit_gb=options.memory_limit_gb,
        )
        self._show_matrix()

    def _cell_told(self, run: RunInfo, fraction: float | None, message: str) -> None:
        """Take note of what the engine tells; the page shows it at its own pace."""
        self._told[run_key(run)] = (run, fraction, message)
        if not self._update.isActive():
            self._update.start()

    def _show_told(self) -> None:
        told, self._told = self._told, {}
        if self._batch is None:
            self._batch = BatchClock(self._clock())
        for run, fraction, message in told.values():
            self._batch.tell(run, fraction, message, self._clock())
        if self.session.snapshot is not None:
            self._show_matrix()

    def _end_batch(self) -> None:
        self._batch = None
        self._told.clear()
        self._update.stop()

    def _show_matrix(self) -> None:
        snapshot = self.session.snapshot
        if snapshot is None:
            return
        live = {} if self._batch is None else self._batch.live
        self.model.show_matrix(RunMatrix.of(snapshot.runs, [dataset.name for dataset in snapshot.datasets], live))
        self.table.fit_height()
        self._show_progress()
        self._show_cell()

    def _show_progress(self) -> None:
        matrix = self.model.matrix
        n_cells = len(matrix.cells) - matrix.count(CellState.NOT_APPLICABLE)
        n_failed = matrix.count(CellState.FAILED, CellState.TIMED_OUT)
        parts = [f"{matrix.count(CellState.DONE)} of {n_cells} cells done"]
        if n_failed:
            parts.append(f"{n_failed} failed")
        if n_running := matrix.count(CellState.RUNNING):
            parts.append(f"{n_running} running")
        self.set_subtitle(" · ".join(parts))
        is_running = self.session.run_job is not None
        self._show_times(is_running)
        self.run_missing.setEnabled(not is_running and self._is_anything_missing())
        self.retry.setVisible(any(cell.state in CAN_BE_RETRIED for cell in matrix.cells.values()))
        self.retry.setEnabled(not is_running)
        self.cancel.setVisible(is_running)
        self.run_selected.setEnabled(not is_running and bool(_pairs(self.table.selected_cells())))
        self.options.setEnabled(not is_running)
        if is_running and not self._tick.isActive():
            self._tick.start()
        elif not is_running:
            self._tick.stop()

    def _is_anything_missing(self) -> bool:
        """Return whether a cell has not run, is out of date, or holds fewer seeds than are asked for."""
        seeds = self.options.options.seeds
        cells = [cell for cell in self.model.matrix.cells.values() if cell.can_run]
        return any(
            cell.state in _TO_RUN or (cell.state is CellState.DONE and cell.can_be_trained and len(cell.runs) < seeds)
            for cell in cells
        )

    def _show_times(self, is_running: bool) -> None:
        self.bar.setVisible(is_running)
        self.progress_text.setVisible(is_running)
        if self._batch is None:
            return
        now = self._clock()
        done = self._batch.fraction()
        self.bar.setRange(0, 1000 if done > 0 else 0)
        self.bar.setValue(round(1000 * done))
        runs = self._batch.live.values()
        left = self._batch.seconds_left(now)
        parts = ["preparing"]
        if runs:
            parts = [f"{sum(told.run.state in ENDED for told in runs)} of {len(runs)} runs of this batch ended"]
        parts.append(f"{duration(now - self._batch.started)} so far")
        if left is not None:
            parts.append(f"about {duration(left)} left")
        elif runs:
            parts.append("too early to say how long")
        self.progress_text.setText(" · ".join(parts))

    def _ticked(self) -> None:
        self.model.tick()
        self._show_times(self.session.run_job is not None)

    def _show_cell(self) -> None:
        cell = self.model.cell(self.table.currentIndex())
        if cell is None or not cell.runs:
            self.pane.clear()
        else:
            self.pane.show_cell(cell)

    def _read_log(self, run: RunInfo) -> None:
        review = self.session.review
        self._log_of = run.run_id
        if review is None or run.run_id is None:
            self.pane.show_log("")
            return
        run_id = run.run_id

        def landed(text: str) -> None:
            if self._log_of == run_id:
                self.pane.show_log(text)

        self.session.jobs.start(
            "Reading the log",
            lambda progress: review.log(run_id),
            landed,
            self._show_log_error,
            key="runs.log",
            kind="log",
        )

    def _show_log_error(self, error: ReviewError) -> None:
        self.pane.show_log(str(error))

    def _go_to_consent(self) -> None:
        self.page_requested.emit("Datasets & teams")

    def _job_started(self, job: Job) -> None:
        if job.key == "run":
            self._told.clear()
            self._batch = BatchClock(self._clock())

    def _job_ended(self, _job: Job) -> None:
        self._show_progress()

    def _selection_changed(self) -> None:
        self._show_cell()
        self._show_progress()

    def _show_nothing(self, sentence: str, button: str, action: str) -> None:
        self.set_subtitle("")
        self.show_empty(sentence, button, lambda: self.action_requested.emit(action))

    def _lay_out(self) -> None:
        self.run_missing.setProperty("role", "primary")
        for button in (self.cancel, self.retry, self.run_selected, self.run_missing):
            self.header.addWidget(button)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress of the runs")
        self.setFocusProxy(self.table)
        progress = QHBoxLayout()
        progress.setSpacing(12)
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.progress_text)
        self.splitter.set_parts((self.table, 3), (self.pane, 2))
        self.content.addWidget(self.options)
        self.content.addLayout(progress)
        self.content.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        self._update.setSingleShot(True)
        self._update.setInterval(UPDATE_MS)
        self._update.timeout.connect(self._show_told)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._ticked)
        self.session.cell_changed.connect(self._cell_told)
        self.session.jobs.started.connect(self._job_started)
        self.session.jobs.ended.connect(self._job_ended)
        self.session.review_changed.connect(self._end_batch)
        self.options.seeds.valueChanged.connect(self._show_progress)
        self.run_missing.clicked.connect(self.run_all_missing)
        self.run_selected.clicked.connect(self.run_selected_cells)
        self.retry.clicked.connect(self.retry_failed)
        self.cancel.clicked.connect(self.session.cancel_run)
        self.table.selectionModel().selectionChanged.connect(self._selection_changed)
        self.pane.run_chosen.connect(self._read_log)
        self.pane.consent_wanted.connect(self._go_to_consent)


def _pairs(cells: Iterable[RunCell]) -> tuple[tuple[str, str], ...]:
    """Return team and dataset of the cells that can run."""
    return tuple(dict.fromkeys((cell.team, cell.dataset) for cell in cells if cell.can_run))
