"""Background jobs: nothing that takes time runs on the window's thread."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Cancelled, Progress

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class Job:
    """One function at work.

    Attributes
    ----------
    name
        What it does, for people: "Adding amazon-google".
    key
        A new job of the same key cancels this one.
    fraction, message
        The last it told of itself; None where the fraction is unknown.
    """

    def __init__(
        self,
        name: str,
        key: str,
        on_done: Callable[[Any], None] | None,
        on_error: Callable[[ReviewError], None] | None,
        on_progress: Callable[[float | None, str], None] | None,
    ) -> None:
        self.name = name
        self.key = key
        self.fraction: float | None = None
        self.message = ""
        self._on_done = on_done
        self._on_error = on_error
        self._on_progress = on_progress
        self._progress = Progress()
        self._told = False
        self._future: Future[None] | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._progress.cancelled

    def cancel(self) -> None:
        """Ask it to stop at its next check; if it is done before that, its result lands all the same."""
        self._progress.cancel()


class Jobs(QObject):
    """Runs functions off the window's thread and lands their results on it.

    One worker thread per kind: jobs of a kind queue up behind each other (so "write" is the one writer), kinds do not
    wait for each other. A result lands only while its job is the newest of its key and `cancel` was not called for it.

    Signals
    -------
    started, progressed, ended
        A `Job`; `ended` is the last one hears of it, whether it was done, refused, crashed or cancelled.
    refused
        Name and `ReviewError` of a job that was started without `on_error`.
    crashed
        Name and traceback of a bug of ours; it is in the log already. A cancelled job's is in the log only.
    """

    started = Signal(object)
    progressed = Signal(object)
    ended = Signal(object)
    refused = Signal(str, object)
    crashed = Signal(str, str)

    _landed = Signal(object, object, object)
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers: dict[str, ThreadPoolExecutor] = {}
        self._newest: dict[str, Job] = {}
        self._running: list[Job] = []
        self._landed.connect(self._land, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    @property
    def running(self) -> tuple[Job, ...]:
        """Jobs that have not ended, oldest first."""
        return tuple(self._running)

    def start(
        self,
        name: str,
        function: Callable[[Progress], Result],
        on_done: Callable[[Result], None] | None = None,
        on_error: Callable[[ReviewError], None] | None = None,
        on_progress: Callable[[float | None, str], None] | None = None,
        *,
        key: str | None = None,
        kind: str = "read",
    ) -> Job:
        """Run ``function(progress)`` on the worker of `kind`; the callbacks are called on the window's thread.

        Parameters
        ----------
        name
            What it does, for people.
        function
            Must touch no widget. What it returns is handed to `on_done`; a `ReviewError` to `on_error`.
        key
            A new job of the same key cancels the old one; None: `name`.
        kind
            "read", "write" (one at a time: every change of the review), "run" or any other name.
        """
        job = Job(name, name if key is None else key, on_done, on_error, on_progress)
        self.cancel(job.key)
        self._newest[job.key] = job
        self._submit(job, function, kind, [])
        return job

    def start_last(self, name: str, function: Callable[[Progress], None], *, kind: str) -> None:
        """Run a function once every job begun so far has ended; nothing cancels it, nothing of it lands."""
        before = [job._future for job in self._running if job._future is not None]
        self._submit(Job(name, name, None, None, None), function, kind, before)

    def _submit(self, job: Job, function: Callable[[Progress], Any], kind: str, before: list[Future[None]]) -> None:
        self._running.append(job)
        job._progress = Progress(lambda fraction, message: self._report(job, fraction, message))
        worker = self._workers.get(kind)
        if worker is None:
            worker = self._workers[kind] = ThreadPoolExecutor(1, thread_name_prefix=f"jobs-{kind}")
        self.started.emit(job)
        job._future = worker.submit(self._work, job, function, before)

    def cancel(self, key: str) -> None:
        """Cancel the job of `key`, where there is one; nothing of it will land."""
        job = self._newest.pop(key, None)
        if job is not None:
            job.cancel()

    def cancel_all(self) -> None:
        """Cancel every job."""
        for key in tuple(self._newest):
            self.cancel(key)

    def is_running(self, key: str) -> bool:
        """Return whether the newest job of `key` has not ended."""
        return key in self._newest

    def close(self) -> None:
        """Cancel every job and wait until the workers are gone."""
        self.cancel_all()
        for worker in self._workers.values():
            worker.shutdown(wait=True)
        self._workers.clear()

    def _work(self, job: Job, function: Callable[[Progress], Any], before: list[Future[None]]) -> None:
        """Run on the worker's thread."""
        wait(before)
        result: Any = None
        error: BaseException | None = None
        try:
            job._progress.check()
            result = function(job._progress)
        except BaseException as raised:  # noqa: BLE001  a worker must hand everything over, or it would be lost
            error = raised
        self._landed.emit(job, result, error)

    def _report(self, job: Job, fraction: float | None, message: str) -> None:
        """Keep the newest word and post it, unless one is still waiting to be read (worker's thread)."""
        job.fraction, job.message = fraction, message
        if not job._told:
            job._told = True
            self._told.emit(job)

    def _tell(self, job: Job) -> None:
        job._told = False
        if self._newest.get(job.key) is job:
            self.progressed.emit(job)
            if job._on_progress is not None:
                job._on_progress(job.fraction, job.message)

    def _land(self, job: Job, result: Any, error: BaseException | None) -> None:
        self._running.remove(job)
        current = self._newest.get(job.key) is job
        if current:
            del self._newest[job.key]
        try:
            self._deliver(job, result, error, current=current)
        finally:
            self.ended.emit(job)

    def _deliver(self, job: Job, result: Any, error: BaseException | None, *, current: bool) -> None:
        if isinstance(error, OSError):
            log.warning("%s: the system refused", job.name, exc_info=error)
            error = _refused_by_system(error)
        if error is None:
            if current and job._on_done is not None:
                job._on_done(result)
        elif isinstance(error, ReviewError):
            if current:
                self._refuse(job, error)
        elif not isinstance(error, Cancelled):
            text = "".join(traceback.format_exception(error))
            log.error("%s failed\n%s", job.name, text)
            if current:
                self.crashed.emit(job.name, text)

    def _refuse(self, job: Job, error: ReviewError) -> None:
        if job._on_error is not None:
            job._on_error(error)
        else:
            self.refused.emit(job.name, error)


def _refused_by_system(error: OSError) -> ReviewError:
    where = str(error.filename) if error.filename else ""
    reason = error.strerror or str(error)
    about = f" {where}" if where else ""
    return ReviewError.of(
        "system_refused",
        f"The system refused the file or folder{about}: {reason}. Check that it exists, that you may use it, and that "
        "the disk has room; then try again.",
        file=where,
    )
