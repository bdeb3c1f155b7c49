"""`Review`, the one door to a review file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from reviewer_app import __version__
from reviewer_app.progress import Progress
from reviewer_app.review.file import ReviewFile
from reviewer_app.review.operations.change import Change, Operation
from reviewer_app.review.operations.prepare import prepare
from reviewer_app.review.operations.settings import SetPlan
from reviewer_app.review.overview import dataset_infos, metric_infos, summary_of, team_infos
from reviewer_app.review.pair_queries import PairQueries
from reviewer_app.review.queries import (
    DatasetInfo,
    MetricInfo,
    Results,
    ReviewSummary,
    RunInfo,
    TeamInfo,
)
from reviewer_app.store import audit
from reviewer_app.store.connection import create, open_file
from reviewer_app.store.evidence import forget_verdicts
from reviewer_app.store.rows import to_json
from reviewer_app.store.runs import run_log

if TYPE_CHECKING:
    from reviewer_app.claims.check import CheckedClaim
    from reviewer_app.claims.claim import Claim
    from reviewer_app.comparison.plan import AnalysisPlan


class Review(PairQueries):
    """One comparison job in one SQLite file; safe to use from several threads.

    Everything that is shown comes from the file alone, never from the inputs that it was made of. Use `create`, `open`
    or `temporary`.

    Attributes
    ----------
    path
        The file, absolute.
    read_only
        Whether it may only be read; results are then computed and not kept.
    """

    def __init__(self, file: ReviewFile, folder: Path | None = None) -> None:
        self._file = file
        self._temporary_folder = folder
        self._undoable: list[tuple[int, Operation]] = []
        self.path: Path = file.path
        self.read_only: bool = file.read_only

    @classmethod
    def create(cls, path: Path, title: str = "") -> Review:
        """Make an empty review in a new file and open it.

        Raises
        ------
        ReviewError
            ``file_exists``; ``cannot_create``.
        """
        create(path, title, __version__)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path) -> Review:
        """Open a review; one of an older version is migrated after a backup, one of a newer version is read-only.

        Raises
        ------
        ReviewError
            ``no_such_file``, ``not_a_review``, ``review_incomplete``, ``review_damaged``, ``review_busy``.
        """
        return cls(ReviewFile(open_file(path)))

    @classmethod
    def temporary(cls) -> Review:
        """Return a review in a temporary file that is deleted on close; `save_copy` keeps it."""
        folder = Path(tempfile.mkdtemp(prefix="reviewer-app-"))
        try:
            path = folder / "temporary.review"
            create(path, app_version=__version__)
            return cls(ReviewFile(open_file(path)), folder)
        except BaseException:
            shutil.rmtree(folder)
            raise

    def __enter__(self) -> Review:
        """Return the review, which is closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the review."""
        self.close()

    def close(self) -> None:
        """Close the file; no other thread may be using the review. A temporary one is deleted."""
        self._file.close()
        if self._temporary_folder is not None:
            shutil.rmtree(self._temporary_folder, ignore_errors=True)

    def save_copy(self, path: Path) -> None:
        """Write a compacted copy to a new file, as of now.

        Raises
        ------
        ReviewError
            ``file_exists``; ``cannot_create``.
        """
        self._file.save_copy(path)

    def do(self, operation: Operation, progress: Progress | None = None) -> Change:
        """Apply an operation: all of it lands in one transaction, or nothing.

        Reading, checking and encoding come first, so that rejected input leaves the file as it is, byte for byte.

        Raises
        ------
        ReviewError
            What is wrong with the operation's input; ``review_read_only``.
        Cancelled
            If the user cancelled; nothing was changed.
        """
        change, audit_id = self._apply(operation, progress or Progress())
        if change.inverse is not None:
            self._undoable.append((audit_id, change.inverse))
        elif isinstance(operation, SetPlan):
            # What was typed of the plan before its lock cannot be taken back without breaking the lock.
            self._undoable = [(key, inverse) for key, inverse in self._undoable if not isinstance(inverse, SetPlan)]
        return change

    def undo(self) -> Change | None:
        """Take back the last operation of this session that can be, by a new operation; None where there is none."""
        if not self._undoable:
            return None
        audit_id, inverse = self._undoable.pop()
        return self._apply(inverse, Progress(), undoes=audit_id)[0]

    def _apply(self, operation: Operation, progress: Progress, undoes: int | None = None) -> tuple[Change, int]:
        with self._file.working():
            prepared = prepare(operation, self._contents(), self._file, progress)
            progress.check()
            with self._file.writing() as connection:
                prepared.write(connection)
                if "results" in prepared.change.stale:
                    forget_verdicts(connection)
                audit_id = audit.append(
                    connection, type(operation).__name__, operation.describes, to_json(_arguments(operation)), undoes
                )
        return prepared.change, audit_id

    @property
    def title(self) -> str:
        """What the review is about."""
        return self._contents().title

    def summary(self) -> ReviewSummary:
        """Return title, counts and file."""
        return summary_of(self._file, self._contents())

    def plan(self) -> AnalysisPlan:
        """Return the analysis plan."""
        return self._contents().plan.plan

    def planned_pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the plan's pairs of teams (A, B): named by the plan, else the one pair of two, every pair of more."""
        return self._contents().planned_pairs()

    def datasets(self) -> tuple[DatasetInfo, ...]:
        """Return the datasets in the order in which they were added."""
        return dataset_infos(self._contents())

    def teams(self) -> tuple[TeamInfo, ...]:
        """Return the teams in the order in which they came, with their submissions."""
        return team_infos(self._file.connection, self._contents())

    def metrics(self) -> tuple[MetricInfo, ...]:
        """Return what is known of the metrics that the datasets have, in display order."""
        return metric_infos(self._contents())

    def runs(self) -> tuple[RunInfo, ...]:
        """Return every cell of the matrix with its runs and their metrics, missing ones included.

        Every submission x dataset; `RunInfo.current` says which submission stands for its team there.
        """
        from reviewer_app.review.cells import cells_of
        from reviewer_app.review.results import measured_runs

        contents = self._contents()
        return measured_runs(self._file, contents, cells_of(contents), Progress())

    def run(
        self,
        *,
        only: tuple[tuple[str, str], ...] = (),
        jobs: int | None = None,
        seeds: int = 1,
        time_limit: float | None = None,
        memory_limit_gb: float | None = None,
        sandbox: str = "required",
        progress: Progress | None = None,
        on_cell: Callable[[RunInfo, float | None, str], None] | None = None,
    ) -> tuple[RunInfo, ...]:
        """Run the cells that are missing or stale, write each result as it ends, and return what was run.

        Parameters
        ----------
        only
            (team, dataset) of the cells to run, those that failed too; empty: all that are missing or stale.
        jobs
            Cells at a time; None: cores - 1.
        seeds
            Seeds of each cell: 0 to seeds - 1.
        time_limit, memory_limit_gb
            Of each cell; None: what the submission wishes for.
        sandbox
            There is none yet. "required": code runs only where the user consented to it; "preferred": algorithms run
            all the same, model files where the user consented.
        progress
            Told the share of cells that ended; cancelling ends the running cells and keeps those that ended before.
        on_cell
            Called from the engine's threads with a cell's state, the fraction of its stage that is done and a message.

        Raises
        ------
        ReviewError
            ``unknown_cell``, ``review_read_only``. A cell that fails says so in its `RunInfo`.
        """
        from reviewer_app.review.running import RunRequest, run_matrix

        request = RunRequest(only, jobs, seeds, time_limit, memory_limit_gb, sandbox)
        return run_matrix(self._file, request, progress or Progress(), on_cell or (lambda run, fraction, message: None))

    def log(self, run_id: int) -> str:
        """Return the end of what a run wrote; "" where it wrote nothing."""
        return run_log(self._file.connection, run_id)

    def results(
        self, a: str | None = None, b: str | None = None, progress: Progress | None = None, *, beside: bool = False
    ) -> Results:
        """Return matrix, metrics, tests and verdicts of two sides, each TEAM or TEAM:VERSION; default: the whole plan.

        With `beside` each comparison also says what stands beside its primary metric's numbers (`Comparison.beside`).

        Raises
        ------
        ReviewError
            ``unknown_team``, ``unknown_version``, ``one_side_only``.
        """
        from reviewer_app.review.results import results_of

        return results_of(self._file, self._contents(), a, b, progress or Progress(), beside=beside)

    def check_claims(self, claims: Sequence[Claim], progress: Progress | None = None) -> tuple[CheckedClaim, ...]:
        """Return what is found of all claims of a paper, decided together at the plan's alpha; they are not kept.

        Raises
        ------
        ReviewError
            What is wrong with any of the claims: as `comparison`; ``no_run``, ``unknown_metric``, and what
            `reviewer_app.claims.check.check_claims` says.
        """
        from reviewer_app.claims.check import check_claims
        from reviewer_app.review.claim_evidence import evidence_of

        contents = self._contents()
        evidence = evidence_of(self._file, contents, claims, progress or Progress())
        return check_claims(claims, evidence, contents.plan.plan.alpha)


def _arguments(operation: Operation) -> dict[str, Any]:
    arguments: dict[str, Any] = asdict(operation)  # type: ignore[call-overload]  # every operation is a dataclass
    return arguments
