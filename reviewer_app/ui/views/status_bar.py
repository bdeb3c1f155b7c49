"""The status bar: which file, when saved, how large; what is going on, and a way to stop it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QStatusBar, QWidget

from reviewer_app.ui.jobs import Job
from reviewer_app.ui.session import Snapshot
from reviewer_app.ui.views.elided_label import ElidedLabel

SHOWN_AFTER = 250
"""Milliseconds that a job may take before it is shown: shorter ones would only flicker."""


class StatusBar(QStatusBar):
    """The file on the left, what is going on or how many runs are done on the right.

    Signals
    -------
    cancel_clicked
        The user wants the job that is shown to stop.
    """

    cancel_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.file = ElidedLabel("", "", 700)
        self.state = ElidedLabel("", "", 420)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setProperty("role", "quiet")
        self.cancel.clicked.connect(self.cancel_clicked)
        self.addWidget(self.file, 1)
        for widget in (self.state, self.bar, self.cancel):
            self.addPermanentWidget(widget)
        self.setContentsMargins(8, 0, 8, 0)
        self._job: Job | None = None
        self._runs = ""
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOWN_AFTER)
        self._delay.timeout.connect(self._show_job)
        self.show_job(None)

    @property
    def job(self) -> Job | None:
        """The job that is shown."""
        return self._job

    def show_review(self, snapshot: Snapshot | None) -> None:
        """Show the open file, and how many of its runs are done."""
        if snapshot is None:
            self.file.set_text("")
            self._runs = ""
        else:
            summary = snapshot.summary
            parts = [Path(summary.path).name, _saved(snapshot), _size(summary.file_bytes)]
            if summary.read_only:
                parts.insert(1, "read-only")
            self.file.set_text(" · ".join(part for part in parts if part))
            self._runs = f"{summary.n_cells_done} of {summary.n_cells} runs done" if summary.n_cells else ""
        if not self.cancel.isVisible():
            self.state.set_text(self._runs)

    def show_job(self, job: Job | None) -> None:
        """Show a job once it has lasted a moment; None: nothing is going on."""
        self._job = job
        if job is None:
            self._delay.stop()
            self.bar.hide()
            self.cancel.hide()
            self.state.set_text(self._runs)
        elif self.cancel.isVisible():
            self._show_job()
        elif not self._delay.isActive():
            self._delay.start()

    def _show_job(self) -> None:
        job = self._job
        if job is None:
            return
        if job.cancelled:
            self.state.set_text(f"{job.name}: stopping")
        else:
            says_more = job.message and job.message.casefold() not in job.name.casefold()
            self.state.set_text(f"{job.name}: {job.message}" if says_more else job.name)
        if job.fraction is None:
            self.bar.setRange(0, 0)
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * job.fraction))
        self.bar.show()
        self.cancel.setEnabled(not job.cancelled)
        self.cancel.show()


def _saved(snapshot: Snapshot) -> str:
    if snapshot.saved_at is None:
        return ""
    moment = datetime.fromtimestamp(snapshot.saved_at)
    today = moment.date() == datetime.now().date()
    return f"saved {moment:%H:%M}" if today else f"saved {moment:%Y-%m-%d %H:%M}"


def _size(n_bytes: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if n_bytes >= size:
            number = n_bytes / size
            return f"{number:.1f} {unit}" if number < 10 else f"{number:.0f} {unit}"
    return f"{n_bytes} bytes"
