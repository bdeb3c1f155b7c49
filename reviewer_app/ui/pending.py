"""Which of a page's jobs have not landed yet, and which were stopped before they did."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.ui.jobs import Job, Jobs

Result = TypeVar("Result")


class Pending(QObject):
    """Starts the jobs of a page, by key, and knows what became of them.

    Parameters
    ----------
    jobs
        Where they run.
    kind
        See `Jobs.start`.

    Attributes
    ----------
    waiting
        Keys of the jobs that are under way.
    stopped
        Keys of those that ended without a result and without a reason: cancelled by the user, or crashed.

    Signals
    -------
    changed
        `waiting` or `stopped` changed.
    """

    changed = Signal()

    def __init__(self, jobs: Jobs, kind: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._kind = kind
        self.waiting: set[str] = set()
        self.stopped: set[str] = set()
        jobs.ended.connect(self._ended)

    def start(
        self,
        key: str,
        name: str,
        work: Callable[[Progress], Result],
        landed: Callable[[Result], None],
        refused: Callable[[ReviewError], None],
    ) -> None:
        """Start a job in the place of the one of the same key, of which nothing will land."""

        def done(result: Result) -> None:
            self.waiting.discard(key)
            landed(result)

        def failed(error: ReviewError) -> None:
            self.waiting.discard(key)
            refused(error)

        self.stopped.discard(key)
        self.waiting.add(key)
        self._jobs.start(name, work, done, failed, key=key, kind=self._kind)
        self.changed.emit()

    def cancel(self, *keys: str) -> None:
        """Cancel jobs because nobody wants them any more."""
        for key in keys:
            self.waiting.discard(key)
            self.stopped.discard(key)
            self._jobs.cancel(key)
        self.changed.emit()

    def _ended(self, job: Job) -> None:
        if job.key in self.waiting and not self._jobs.is_running(job.key):
            self.waiting.discard(job.key)
            self.stopped.add(job.key)
        self.changed.emit()
