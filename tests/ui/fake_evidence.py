"""A review with examples, class tables, curves and runs, for tests of Disagreements, Metrics and Runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from fake_review import ABT, AMAZON, BOOSTING, CATALOG, CHARS, TOKENS, VARIANT, FakeReview, run
from numpy.typing import NDArray

from reviewer_app.comparison.outcomes import outcome_codes
from reviewer_app.disagreements.filters import ExampleFilter
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.progress import Progress
from reviewer_app.review.queries import (
    CellState,
    ClassReport,
    ConfusionMatrix,
    Curve,
    ExampleDetail,
    RunInfo,
    TextPart,
)

LABELS = ("match", "non_match")


@dataclass(frozen=True, eq=False)
class WatchedTable(DisagreementTable):
    """A table that counts what is asked of it, and can be made to wait."""

    page_calls: list[tuple[int, int]] = field(default_factory=list)
    """(first row, number of columns) of every call of `page`."""
    row_calls: list[ExampleFilter] = field(default_factory=list)
    may_go_on: threading.Event | None = None
    """The first call of `rows` waits for this."""

    def page(self, rows: NDArray[np.int32], columns: Sequence[str] | None = None) -> list[dict[str, object]]:
        """Return rows, and remember that they were asked for."""
        self.page_calls.append((int(rows[0]) if len(rows) else -1, len(columns or ())))
        return super().page(rows, columns)

    def rows(self, example_filter: ExampleFilter, sort: str = "", descending: bool = False) -> NDArray[np.int32]:
        """Return the rows of a filter, and remember that they were asked for."""
        self.row_calls.append(example_filter)
        if self.may_go_on is not None and len(self.row_calls) == 1:
            assert self.may_go_on.wait(10)
        return super().rows(example_filter, sort, descending)


def pairs_table(**changes: object) -> WatchedTable:
    """Return eight pairs.

    Both teams are right on p0, p1; only A on p2, p3, p4; only B on p5; both wrong on p6 (the same label); on p7 A is
    right and B gave none.
    """
    gold = np.array([0, 1, 0, 1, 0, 0, 1, 1], np.uint16)
    a = np.array([0, 1, 0, 1, 0, 1, 0, 1], np.uint16)
    b = np.array([0, 1, 1, 0, 1, 0, 0, NO_PREDICTION], np.uint16)
    table = WatchedTable(
        dataset="amazon-google",
        task="matching",
        team_a=CATALOG,
        team_b=VARIANT,
        labels=LABELS,
        ids=pa.array([f"p{number}" for number in range(8)]),
        gold=gold,
        a=a,
        b=b,
        a_confidence=np.array([0.9, 0.1, 0.8, 0.3, 0.7, 0.4, 0.6, 0.2]),
        b_confidence=np.array([0.9, 0.1, 0.3, 0.9, 0.4, 0.8, 0.6, np.nan]),
        outcomes=outcome_codes(gold, a, b),
        features=pa.table(
            {
                "left_title": ["sony tv", "lg tv", "<b>bold</b> sony", "hp laser", "hp ink", "lg oled", "sony", "acer"],
                "left_price": pa.array([100.0, None, 300.0, 12.5, 80.0, 2007.0, 5.0, 7.0]),
                "right_title": ["sony tv", "lg", "sony", "hp", "epson", "lg", None, "asus"],
            }
        ),
        kinds={"left_title": "text", "left_price": "numeric", "right_title": "text"},
    )
    return replace(table, **changes)  # type: ignore[arg-type]


def huge_table(n_examples: int) -> WatchedTable:
    """Return a table of so many examples, on all of which the teams disagree, without holding a text for each."""
    gold = np.zeros(n_examples, np.uint16)
    b = np.ones(n_examples, np.uint16)
    return WatchedTable(
        dataset="amazon-google",
        task="matching",
        team_a=CATALOG,
        team_b=VARIANT,
        labels=LABELS,
        ids=pa.array(np.arange(n_examples, dtype=np.int32)),
        gold=gold,
        a=gold,
        b=b,
        a_confidence=np.full(1, np.nan),
        b_confidence=np.full(1, np.nan),
        outcomes=b.astype(np.uint8),
        features=pa.table({}),
        kinds={},
    )


@dataclass
class EvidenceReview(FakeReview):
    """A `FakeReview` whose comparisons can be looked into."""

    table: DisagreementTable = field(default_factory=pairs_table)
    table_error: ReviewError | None = None
    examples_read: list[int] = field(default_factory=list)
    detail_changes: dict[str, object] = field(default_factory=dict)
    runs_asked: list[dict[str, object]] = field(default_factory=list)
    run_may_end: threading.Event = field(default_factory=threading.Event)
    told: list[tuple[RunInfo, float | None, str]] = field(default_factory=list)
    """What `run` tells before it waits for `run_may_end`."""
    class_labels: tuple[str, ...] = LABELS

    def disagreements(self, dataset: str, a: str, b: str) -> DisagreementTable:
        """Return the one table."""
        if self.table_error is not None:
            raise self.table_error
        return self.table

    def example(self, dataset: str, a: str, b: str, example_no: int) -> ExampleDetail:
        """Return an example of the table, its two titles side by side."""
        self.examples_read.append(example_no)
        [row] = DisagreementTable.page(self.table, np.array([example_no], np.int32))
        left, right = row.get("left_title", ""), row.get("right_title")
        detail = ExampleDetail(
            example_no=example_no,
            example_id=str(row["id"]),
            gold=str(row["gold"]),
            a_label=row["a"],  # type: ignore[arg-type]
            b_label=row["b"],  # type: ignore[arg-type]
            a_confidence=row["a_confidence"],  # type: ignore[arg-type]
            b_confidence=row["b_confidence"],  # type: ignore[arg-type]
            outcome=str(row["outcome"]),
            columns=(("left_title", "text", str(left)),),
            images={},
            pair=(
                (
                    "title",
                    (TextPart(str(left), differs=left != right),),
                    None if right is None else (TextPart(str(right), differs=left != right),),
                ),
            ),
        )
        return replace(detail, **self.detail_changes)  # type: ignore[arg-type]

    def class_reports(self, dataset: str, team: str) -> tuple[ClassReport, ...]:
        """Return invented scores: A's precision of the last class is not defined."""
        better = 0.1 if team == CATALOG else 0.0
        reports = [
            ClassReport(name, 0.8 + better, 0.7, 0.75, 100 + 10 * i, 90) for i, name in enumerate(self.class_labels)
        ]
        if team == CATALOG:
            reports[-1] = replace(reports[-1], precision=None, predicted=0)
        return tuple(reports)

    def confusion_matrix(self, dataset: str, team: str) -> ConfusionMatrix:
        """Return counts in which each class is confused with the next one, by as many as its number."""
        k = len(self.class_labels)
        counts = np.zeros((k, k + 1), int)
        counts[np.arange(k), np.arange(k)] = 50
        counts[np.arange(k), (np.arange(k) + 1) % k] = np.arange(k) + (1 if team == CATALOG else 0)
        counts[0, k] = 0 if team == CATALOG else 3
        rows = tuple(tuple(row) for row in counts.tolist())
        return ConfusionMatrix(self.class_labels, (*self.class_labels, "no prediction"), rows)

    def curves(self, dataset: str, team: str) -> tuple[Curve, ...]:
        """Return a ROC curve, a sweep and a reliability curve."""
        bend = 0.9 if team == CATALOG else 0.7
        return (
            Curve("ROC", (0.0, 0.1, 1.0), (0.0, bend, 1.0), "false positive rate", "true positive rate"),
            Curve("threshold sweep", (0.2, 0.8), (0.5, bend), "threshold", "precision"),
            Curve("threshold sweep", (0.2, 0.8), (bend, 0.5), "threshold", "recall"),
            Curve("reliability", (0.6, 0.9), (0.5, bend), "confidence", "accuracy", (10.0, 40.0)),
        )

    def run(
        self,
        *,
        progress: Progress | None = None,
        on_cell: Callable[[RunInfo, float | None, str], None] | None = None,
        **options: object,
    ) -> tuple[RunInfo, ...]:
        """Tell what there is to tell, then wait until it may end or is cancelled."""
        self.runs_asked.append(options)
        for told in self.told:
            if on_cell is not None:
                on_cell(*told)
        while not self.run_may_end.wait(0.005):
            if progress is not None:
                progress.check()
        return self.run_infos


def runs_in_every_state() -> tuple[RunInfo, ...]:
    """Return the cells of three rows and two datasets, all in different states."""
    blank = {"run_id": None, "fit_seconds": None, "predict_seconds": None, "peak_memory_mb": None, "metrics": {}}
    return (
        run(1, AMAZON.name, CHARS, 0.75),
        run(2, ABT.name, CHARS, None, state=CellState.FAILED, reason="fit: ValueError: no price\nin row 3"),
        run(0, AMAZON.name, TOKENS, None, state=CellState.MISSING, **blank),
        run(4, ABT.name, TOKENS, None, state=CellState.TIMED_OUT, reason="took longer than 600 s"),
        run(5, AMAZON.name, BOOSTING, 0.66, state=CellState.STALE),
        run(0, ABT.name, BOOSTING, None, state=CellState.NOT_APPLICABLE, **blank),
    )
