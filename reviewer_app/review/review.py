"""`Review`, the one door to a review file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from reviewer_app.progress import Progress
from reviewer_app.review.operations.change import Change, Operation
from reviewer_app.review.queries import (
    ClassReport,
    ConfusionMatrix,
    Curve,
    DatasetInfo,
    ExampleDetail,
    MetricInfo,
    Results,
    ReviewSummary,
    RunInfo,
    TeamInfo,
)

if TYPE_CHECKING:
    from reviewer_app.comparison.result import Comparison
    from reviewer_app.disagreements.table import DisagreementTable


class Review:
    """One comparison job in one SQLite file."""

    @classmethod
    def create(cls, path: Path, title: str = "") -> Review: ...
    @classmethod
    def open(cls, path: Path) -> Review: ...
    @classmethod
    def temporary(cls) -> Review:
        """Return a review in a temporary file that is deleted on close; `save_copy` keeps it."""

    def do(self, operation: Operation, progress: Progress | None = None) -> Change: ...
    def undo(self) -> Change | None: ...
    def save_copy(self, path: Path) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Review: ...
    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    path: Path
    read_only: bool
    title: str

    def summary(self) -> ReviewSummary: ...
    def datasets(self) -> tuple[DatasetInfo, ...]: ...
    def teams(self) -> tuple[TeamInfo, ...]: ...
    def runs(self) -> tuple[RunInfo, ...]:
        """Every cell of the matrix: current submission of every team x dataset (x seed), missing ones included."""

    def run(
        self,
        *,
        only: tuple[tuple[str, str], ...] = (),  # (team, dataset); empty: all that are missing or stale
        jobs: int | None = None,
        seeds: int = 1,
        time_limit: float | None = None,
        memory_limit_gb: float | None = None,
        sandbox: str = "preferred",
        progress: Progress | None = None,
        on_cell: Callable[[RunInfo, float | None, str], None] | None = None,
        # called from the engine's thread with the cell's state, the fraction done and a message
    ) -> tuple[RunInfo, ...]: ...
    def log(self, run_id: int) -> str: ...

    def results(self, a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        """Matrix, metrics, tests and verdicts; `a`, `b`: TEAM or TEAM:VERSION; default every planned comparison."""

    def comparison(self, dataset: str, a: str, b: str, progress: Progress | None = None) -> Comparison: ...
    def metrics(self) -> tuple[MetricInfo, ...]: ...
    def class_reports(self, dataset: str, team: str) -> tuple[ClassReport, ...]: ...
    def confusion_matrix(self, dataset: str, team: str) -> ConfusionMatrix: ...
    def curves(self, dataset: str, team: str) -> tuple[Curve, ...]: ...
    def disagreements(self, dataset: str, a: str, b: str) -> DisagreementTable: ...
    def example(self, dataset: str, a: str, b: str, example_no: int) -> ExampleDetail: ...
