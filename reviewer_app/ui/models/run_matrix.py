"""The cross matrix as cells: what each submission's runs on a dataset came to, and what is going on right now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewer_app.review.queries import BASELINES, CellState, RunInfo

ENDED = frozenset({CellState.DONE, CellState.FAILED, CellState.CANCELLED, CellState.TIMED_OUT})
"""States that a run ends in."""
CAN_BE_RETRIED = frozenset({CellState.FAILED, CellState.CANCELLED, CellState.TIMED_OUT})

_LOUDEST_FIRST = (
    CellState.RUNNING,
    CellState.QUEUED,
    CellState.FAILED,
    CellState.TIMED_OUT,
    CellState.CANCELLED,
    CellState.STALE,
    CellState.MISSING,
    CellState.DONE,
    CellState.NOT_APPLICABLE,
)

RunKey = tuple[int, str, int]


def run_key(run: RunInfo) -> RunKey:
    """Return what tells a run from every other: submission, dataset, seed."""
    return run.submission_id, run.dataset, run.seed


@dataclass(frozen=True)
class LiveRun:
    """A run of the batch that is going on, or that just ended.

    Attributes
    ----------
    run
        As the engine last told.
    fraction
        How far it is, in [0, 1]; None where it does not tell.
    message
        What it is doing.
    started
        When it began, on the clock of `time.monotonic`; None while it waits.
    """

    run: RunInfo
    fraction: float | None
    message: str
    started: float | None


@dataclass(frozen=True)
class RunRow:
    """A row of the matrix: a team (each baseline has a row of its own)."""

    team: str
    submission: str
    """Names and versions of the submissions in the row."""


@dataclass(frozen=True)
class RunCell:
    """What stands where a row and a dataset meet; no runs: nothing was handed in for it."""

    team: str
    dataset: str
    runs: tuple[RunInfo, ...] = ()
    live: tuple[LiveRun, ...] = ()

    @property
    def state(self) -> CellState | None:
        """The state that needs attention most among its seeds; None where there is nothing."""
        states = {run.state for run in self.runs}
        return next((state for state in _LOUDEST_FIRST if state in states), None)

    @property
    def can_run(self) -> bool:
        """Whether there is something to run: predictions that were handed in stand as they are."""
        runs = [run for run in self.runs if run.state is not CellState.NOT_APPLICABLE]
        return any(run.kind != "predictions" for run in runs)

    @property
    def can_be_trained(self) -> bool:
        """Whether another seed would be another run: predictions and fitted models are what they are."""
        return any(run.kind == "algorithm" for run in self.runs)

    @property
    def is_running(self) -> bool:
        """Whether one of its runs is at work."""
        return self.state is CellState.RUNNING

    @property
    def fraction(self) -> float | None:
        """How far its runs are together; None where none of them tells."""
        if not self.live:
            return None
        told = [1.0 if live.run.state in ENDED else live.fraction for live in self.live]
        if all(fraction is None for fraction in told):
            return None
        return sum(fraction or 0.0 for fraction in told) / len(told)

    @property
    def started(self) -> float | None:
        """When the first of its runs at work began; None where none is."""
        starts = [
            live.started for live in self.live if live.run.state is CellState.RUNNING and live.started is not None
        ]
        return min(starts, default=None)


@dataclass(frozen=True)
class RunMatrix:
    """The cross matrix: rows, datasets, and the cell of each row and dataset."""

    rows: tuple[RunRow, ...]
    datasets: tuple[str, ...]
    cells: Mapping[tuple[int, int], RunCell]

    @classmethod
    def of(cls, runs: Iterable[RunInfo], datasets: Sequence[str], live: Mapping[RunKey, LiveRun]) -> RunMatrix:
        """Return the matrix of the current runs, overlaid with what the engine told since."""
        known = {run_key(run): run for run in runs if run.current}
        known.update({key: told.run for key, told in live.items()})
        by_row: dict[tuple[str, str], dict[RunKey, RunInfo]] = {}
        for key, run in known.items():
            row = (run.team, submission_words(run) if run.team == BASELINES else "")
            by_row.setdefault(row, {})[key] = run
        rows, cells = [], {}
        for row_no, ((team, baseline), found) in enumerate(by_row.items()):
            rows.append(RunRow(team, baseline or _submissions(found.values())))
            for column, dataset in enumerate(datasets):
                keys = sorted((key for key in found if key[1] == dataset), key=lambda key: key[2])
                cells[row_no, column] = RunCell(
                    team, dataset, tuple(found[key] for key in keys), tuple(live[key] for key in keys if key in live)
                )
        return cls(tuple(rows), tuple(datasets), cells)

    def count(self, *states: CellState) -> int:
        """Return how many cells are in one of the states."""
        return sum(cell.state in states for cell in self.cells.values())


class BatchClock:
    """How long a batch of runs has gone on, and about how long it will.

    Parameters
    ----------
    now
        When it began, on the clock of `time.monotonic`.
    """

    TOLD_FROM = 0.05
    """Before this share of the work is done an estimate would be a guess."""

    def __init__(self, now: float) -> None:
        self.started = now
        self._live: dict[RunKey, LiveRun] = {}

    @property
    def live(self) -> Mapping[RunKey, LiveRun]:
        """What the engine told of every run of the batch."""
        return self._live

    def tell(self, run: RunInfo, fraction: float | None, message: str, now: float) -> None:
        """Take note of what the engine tells of a run.

        Each stage tells of itself from 0 on; what is shown never goes back.
        """
        key = run_key(run)
        before = self._live.get(key)
        started = before.started if before is not None else None
        if started is None and run.state is CellState.RUNNING:
            started = now
        if before is not None and before.fraction is not None and run.state is CellState.RUNNING:
            fraction = max(before.fraction, fraction or 0.0)
        self._live[key] = LiveRun(run, fraction, message, started)

    def fraction(self) -> float:
        """Return which share of the batch is done, in [0, 1]."""
        if not self._live:
            return 0.0
        return sum(_done(live) for live in self._live.values()) / len(self._live)

    def seconds_left(self, now: float) -> float | None:
        """Return about how many seconds are left; None while too little is done to say."""
        done = self.fraction()
        if done < self.TOLD_FROM:
            return None
        return (now - self.started) * (1 - done) / done


def seconds_left(live: LiveRun, now: float) -> float | None:
    """Return about how many seconds a run has left; None where it does not tell how far it is."""
    if live.started is None or live.fraction is None or live.fraction < BatchClock.TOLD_FROM:
        return None
    return (now - live.started) * (1 - live.fraction) / live.fraction


def submission_words(run: RunInfo) -> str:
    """Return what a run's submission is called, with its version where it has one."""
    version = f"v{run.version}" if run.version[:1].isdigit() else run.version
    return f"{run.submission} · {version}" if version else run.submission


def duration(seconds: float) -> str:
    """Return a duration for people: "0.4 s", "12 s", "3 min 05 s", "2 h 10 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _done(live: LiveRun) -> float:
    return 1.0 if live.run.state in ENDED else live.fraction or 0.0


def _submissions(runs: Iterable[RunInfo]) -> str:
    return ", ".join(dict.fromkeys(submission_words(run) for run in runs))
