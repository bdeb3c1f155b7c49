"""What the window is looking at: the open review, and the pair, dataset and runs that the user chose in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.ui.jobs import Job, Jobs

if TYPE_CHECKING:
    from reviewer_app.review.operations.change import Change, Operation
    from reviewer_app.review.queries import DatasetInfo, ReviewSummary, RunInfo, TeamInfo
    from reviewer_app.review.review import Review

EVERYTHING = frozenset({"datasets", "teams", "runs", "results", "disagreements", "plan", "title", "selection"})
"""Every name that can be stale; "selection" is the chosen pair and dataset."""
OPENING = "open"
"""Key of the job that opens or makes a review."""


@dataclass(frozen=True)
class Snapshot:
    """What every page reads of the review, fetched once after each change, off the window's thread.

    Attributes
    ----------
    summary, datasets, teams, runs
        What the review answers.
    saved_at
        When its file was last written, in seconds since the epoch; None where that cannot be told.
    number
        Of two snapshots the one with the larger number was begun later, so it is at least as new.
    """

    summary: ReviewSummary
    datasets: tuple[DatasetInfo, ...]
    teams: tuple[TeamInfo, ...]
    runs: tuple[RunInfo, ...]
    saved_at: float | None = None
    number: int = 0


_numbers = itertools.count(1)


class Session(QObject):
    """The one object that pages share; it knows no widget.

    Attributes
    ----------
    review
        The open review; None on the start page. Its slow methods are called inside jobs only.
    jobs
        Where work goes that must not block the window.
    snapshot
        Summary, datasets, teams and runs as of the last change; None while no review is open.

    Signals
    -------
    review_changed
        Another review was opened, or it was closed; `snapshot` is already the new one.
    changed
        What must be read again after an operation or a run, as names in `EVERYTHING`; `snapshot` is already new.
    selection_changed
        Another dataset, A or B was chosen.
    cell_changed
        A `RunInfo`, the fraction done (or None) and a message, while a run goes on.
    """

    review_changed = Signal()
    changed = Signal(frozenset)
    selection_changed = Signal()
    cell_changed = Signal(object, object, str)

    _cell = Signal(object, object, object, str)

    def __init__(self, jobs: Jobs | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs = Jobs(self) if jobs is None else jobs
        self.review: Review | None = None
        self.snapshot: Snapshot | None = None
        self._dataset: str | None = None
        self._a: str | None = None
        self._b: str | None = None
        self._run_job: Job | None = None
        self._stale: frozenset[str] = frozenset()
        self._n_changes = 0
        self._cell.connect(self._on_cell, Qt.ConnectionType.QueuedConnection)
        self.jobs.ended.connect(self._on_job_ended)

    @property
    def dataset(self) -> str | None:
        """Name of the chosen dataset; None where there is none."""
        return self._dataset

    @property
    def a(self) -> str | None:
        """The chosen A, as TEAM or TEAM:VERSION; None where there are no two to compare."""
        return self._a

    @property
    def b(self) -> str | None:
        """The chosen B, as TEAM or TEAM:VERSION."""
        return self._b

    @property
    def sides(self) -> tuple[str, ...]:
        """What may stand as A or B: every team with a submission, and each version where a team has several."""
        return () if self.snapshot is None else _sides(self.snapshot.teams)

    @property
    def run_job(self) -> Job | None:
        """The run that is going on; None where there is none."""
        return self._run_job

    def select(self, *, dataset: str | None = None, a: str | None = None, b: str | None = None) -> None:
        """Choose a dataset, A or B; what is None stays. Choosing as A what is B swaps the two."""
        before = (self._dataset, self._a, self._b)
        if a is not None and a == self._b and b is None:
            b = self._a
        if b is not None and b == self._a and a is None:
            a = self._b
        self._dataset = self._dataset if dataset is None else dataset
        self._a = self._a if a is None else a
        self._b = self._b if b is None else b
        if before != (self._dataset, self._a, self._b):
            self.selection_changed.emit()

    def create(
        self,
        path: Path,
        on_done: Callable[[], None] | None = None,
    ) -> None:
        """Make an empty review at `path` and open it."""

        def work(progress: Progress) -> tuple[Review, Snapshot]:
            from reviewer_app.review.review import Review

            return _with_snapshot(Review.create(path), progress)

        def landed(opened: tuple[Review, Snapshot]) -> None:
            self.adopt(*opened)
            if on_done is not None:
                on_done()

        self.jobs.start(f"Creating {path.name}", work, landed, key=OPENING, kind="write")

    def open(self, path: Path) -> None:
        """Open the review at `path`."""

        def work(progress: Progress) -> tuple[Review, Snapshot]:
            from reviewer_app.review.review import Review

            return _with_snapshot(Review.open(path), progress)

        self.jobs.start(f"Opening {path.name}", work, lambda opened: self.adopt(*opened), key=OPENING, kind="write")

    def adopt(self, review: Review, snapshot: Snapshot) -> None:
        """Look at a review that is open already; the one before it is closed."""
        self._release()
        self.review = review
        self._take(snapshot)
        self.review_changed.emit()

    def save_copy(self, path: Path) -> None:
        """Write a copy of the open review to `path`."""
        review = self._open_review()
        self.jobs.start(f"Saving {path.name}", lambda progress: review.save_copy(path), kind="write")

    def close(self) -> None:
        """Close the review; jobs that work on it are cancelled and nothing of them lands."""
        if self.review is not None:
            self._release()
            self.review_changed.emit()

    def do(
        self,
        operation: Operation,
        on_done: Callable[[Change], None] | None = None,
        on_error: Callable[[ReviewError], None] | None = None,
        on_progress: Callable[[float | None, str], None] | None = None,
    ) -> Job:
        """Apply an operation off the window's thread; then `changed` is emitted, then `on_done` is called.

        Operations queue up behind each other; none cancels another. Where `on_error` is None the window shows the
        findings itself.
        """
        review = self._open_review()
        return self._change(
            operation.describes, lambda progress: review.do(operation, progress), on_done, on_error, on_progress
        )

    def undo(self) -> Job:
        """Undo the last thing that a person typed."""
        review = self._open_review()
        return self._change("undo", lambda progress: review.undo())

    def run(
        self,
        *,
        only: tuple[tuple[str, str], ...] = (),
        seeds: int = 1,
        jobs: int | None = None,
        time_limit: float | None = None,
        memory_limit_gb: float | None = None,
    ) -> None:
        """Run the cells of `only`, (team, dataset), or all that are missing or stale; nothing where a run goes on."""
        review = self._open_review()
        if self._run_job is not None:
            return

        def work(progress: Progress) -> tuple[RunInfo, ...]:
            return review.run(
                only=only,
                seeds=seeds,
                jobs=jobs,
                time_limit=time_limit,
                memory_limit_gb=memory_limit_gb,
                progress=progress,
                on_cell=lambda run, fraction, message: self._cell.emit(review, run, fraction, message),
            )

        self._run_job = self.jobs.start("Running", work, key="run", kind="run")

    def cancel_run(self) -> None:
        """Cancel the run that is going on; cells that ended stay."""
        if self._run_job is not None:
            self._run_job.cancel()

    def refresh(self, stale: frozenset[str]) -> None:
        """Read the snapshot again and say that `stale` changed; calls in quick succession are answered once."""
        review = self._open_review()
        self._stale |= stale

        def landed(snapshot: Snapshot) -> None:
            if self.review is review:
                stale, self._stale = self._stale, frozenset()
                self._take(snapshot)
                self.changed.emit(stale)

        self.jobs.start("Reading", lambda progress: _snapshot(review), landed, key="snapshot", kind="read")

    def _change(
        self,
        name: str,
        apply: Callable[[Progress], Change | None],
        on_done: Callable[[Change], None] | None = None,
        on_error: Callable[[ReviewError], None] | None = None,
        on_progress: Callable[[float | None, str], None] | None = None,
    ) -> Job:
        review = self._open_review()

        def work(progress: Progress) -> tuple[Change | None, Snapshot]:
            return apply(progress), _snapshot(review)

        def landed(result: tuple[Change | None, Snapshot]) -> None:
            change, snapshot = result
            if change is None or self.review is not review:
                return
            self._take(snapshot)
            self.changed.emit(change.stale)
            if on_done is not None:
                on_done(change)

        self._n_changes += 1
        return self.jobs.start(name, work, landed, on_error, on_progress, key=f"change {self._n_changes}", kind="write")

    def _open_review(self) -> Review:
        if self.review is None:
            raise RuntimeError("no review is open")
        return self.review

    def _release(self) -> None:
        """Let go of the review; its file is closed when everything that reads or writes it has ended."""
        self.jobs.cancel_all()
        review, self.review, self.snapshot = self.review, None, None
        self._dataset = self._a = self._b = None
        self._stale = frozenset()
        self._run_job = None
        if review is not None:
            self.jobs.start_last(f"Closing {review.path.name}", lambda progress: review.close(), kind="write")

    def _take(self, snapshot: Snapshot) -> None:
        """Keep a new snapshot, unless a newer one landed first; what was chosen and is gone is chosen anew."""
        if self.snapshot is not None and snapshot.number < self.snapshot.number:
            return
        self.snapshot = snapshot
        before = (self._dataset, self._a, self._b)
        names = [dataset.name for dataset in snapshot.datasets]
        if self._dataset not in names:
            self._dataset = names[0] if names else None
        sides = _sides(snapshot.teams)
        if self._a not in sides or self._b not in sides:
            self._a, self._b = _default_pair(snapshot.teams)
        if before != (self._dataset, self._a, self._b):
            self.selection_changed.emit()

    def _on_cell(self, review: Review, run: RunInfo, fraction: float | None, message: str) -> None:
        from reviewer_app.review.queries import CellState

        if review is not self.review:
            return
        self.cell_changed.emit(run, fraction, message)
        if run.state not in (CellState.QUEUED, CellState.RUNNING):
            self.refresh(frozenset({"runs", "results", "disagreements"}))

    def _on_job_ended(self, job: Job) -> None:
        if job is self._run_job:
            self._run_job = None
            if self.review is not None:
                self.refresh(frozenset({"runs", "results", "disagreements"}))


def _snapshot(review: Review) -> Snapshot:
    number = next(_numbers)
    try:
        saved_at = review.path.stat().st_mtime
    except OSError:  # moved or unmounted meanwhile: the next write will say so
        saved_at = None
    return Snapshot(review.summary(), review.datasets(), review.teams(), review.runs(), saved_at, number)


def _with_snapshot(review: Review, progress: Progress) -> tuple[Review, Snapshot]:
    """Return `review` with its snapshot; a review that cannot be read, or is not wanted any more, is closed again."""
    try:
        snapshot = _snapshot(review)
        progress.check()
    except BaseException:
        review.close()
        raise
    return review, snapshot


def _sides(teams: tuple[TeamInfo, ...]) -> tuple[str, ...]:
    """Return what the core knows as TEAM or TEAM:VERSION."""
    names: list[str] = []
    for team in teams:
        if team.submissions:
            names.append(team.name)
        versions = _versions(team)
        if len(versions) > 1:
            names += [f"{team.name}:{version}" for version in versions]
    return tuple(names)


def _versions(team: TeamInfo) -> tuple[str, ...]:
    """Return a team's versions, oldest first; a baseline's is its name, which is that of its folder."""
    names = [Path(one.path).name if team.is_baselines else one.version for one in team.submissions]
    return tuple(dict.fromkeys(names))


def _default_pair(teams: tuple[TeamInfo, ...]) -> tuple[str | None, str | None]:
    """Return the first two teams; else a team's last two versions; else a team and the baselines."""
    handed_in = [team for team in teams if team.submissions]
    own = [team for team in handed_in if not team.is_baselines]
    if len(own) > 1:
        return own[0].name, own[1].name
    if own and len(versions := _versions(own[0])) > 1:
        return f"{own[0].name}:{versions[-1]}", f"{own[0].name}:{versions[-2]}"
    if own and len(handed_in) > 1:
        return own[0].name, next(team.name for team in handed_in if team.is_baselines)
    return None, None
