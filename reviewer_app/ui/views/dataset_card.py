"""A dataset as it was understood: its columns, labels and splits, what its checks say, whose home it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout

from reviewer_app.comparison.formatting import example_noun
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.errors import Severity
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.evaluation.needs import counted
from reviewer_app.review.queries import DatasetInfo
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.dataset_checks import passed_checks
from reviewer_app.ui.views.elided_label import ElidedLabel
from reviewer_app.ui.views.findings_view import CheckRow, FindingView, Mark
from reviewer_app.ui.views.spans import Span, SpanLabel

NOBODY = "nobody"
MOST_NAMES = 8
"""Columns of a kind, or labels, that are named; the others are counted."""
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class DatasetCard(Card):
    """What was understood of a dataset.

    Parameters
    ----------
    dataset
        What is shown.
    teams
        Teams whose home it could be.

    Signals
    -------
    home_chosen
        Name of the team whose home it is; "" for nobody's.
    correct_clicked, remove_clicked
        The user wants to correct what was inferred, or to remove it.
    """

    home_chosen = Signal(str)
    correct_clicked = Signal()
    remove_clicked = Signal()

    def __init__(self, dataset: DatasetInfo, teams: Sequence[str]) -> None:
        super().__init__()
        self.dataset = dataset
        self.setAccessibleName(f"Dataset {dataset.name}")
        metric = metric_of(dataset.primary_metric)
        examples = counted(dataset.n_test, f"test {example_noun(dataset.task)}")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(ElidedLabel(dataset.name, "heading", 300, 220))
        head.addWidget(ElidedLabel(f"{dataset.task} · {metric.name} · {examples}", "muted"))
        head.addStretch(1)
        self.body.addLayout(head)
        self.body.addLayout(self._facts())
        self.body.addLayout(self._checks())
        self.body.addStretch(1)
        self.body.addLayout(self._actions(teams))

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (name, value) in enumerate(dataset_facts(self.dataset)):
            grid.addWidget(SpanLabel((Span(name, "muted"),)), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(SpanLabel(value), row, 1)
        return grid

    def _checks(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(0, 4, 0, 4)
        column.setSpacing(4)
        about = f"{self.dataset.name}: "  # the card says that already
        findings = [replace(one, message=one.message.removeprefix(about)) for one in self.dataset.findings]
        findings.sort(key=lambda finding: _ORDER.index(finding.severity))
        for finding in findings:
            if finding.severity is not Severity.INFO:
                column.addWidget(FindingView(finding, with_remedies=False))
        for words in passed_checks(self.dataset):
            column.addWidget(CheckRow(Mark("check", "good", "Passed"), words))
        for finding in findings:
            if finding.severity is Severity.INFO:
                column.addWidget(FindingView(finding, with_remedies=False))
        return column

    def _actions(self, teams: Sequence[str]) -> QHBoxLayout:
        self.home = QComboBox()
        self.home.setAccessibleName(f"Team whose home {self.dataset.name} is")
        with QSignalBlocker(self.home):
            self.home.addItems([NOBODY, *teams])
            self.home.setCurrentText(self.dataset.home_of or NOBODY)
        self.home.textActivated.connect(lambda team: self.home_chosen.emit("" if team == NOBODY else team))
        self.correct = QPushButton("Correct…")
        self.correct.setToolTip("Say what was inferred wrongly: columns, task, positive label, metric")
        self.correct.setAccessibleName(f"Correct {self.dataset.name}")
        self.correct.clicked.connect(self.correct_clicked)
        self.remove = QPushButton("Remove")
        self.remove.setProperty("role", "quiet")
        self.remove.setAccessibleName(f"Remove {self.dataset.name}")
        self.remove.clicked.connect(self.remove_clicked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label("Home of", "muted"))
        row.addWidget(self.home)
        row.addStretch(1)
        row.addWidget(self.remove)
        row.addWidget(self.correct)
        return row


def dataset_facts(dataset: DatasetInfo) -> list[tuple[str, tuple[Span, ...]]]:
    """Return what was understood, as (what, value)."""
    facts = [
        ("Columns", _columns(dataset)),
        ("Id", (Span(dataset.id_column),)),
        ("Target", (Span(dataset.target),)),
        ("Labels", _labels(dataset)),
        ("Splits", (Span(" · ".join(f"{split.name} {split.n_examples:,}" for split in dataset.splits)),)),
    ]
    if dataset.label_meaning:
        facts.append(("Meaning", (Span(dataset.label_meaning),)))
    if dataset.prospect:
        facts.append(("Power", (Span(dataset.prospect),)))
    if licence := dataset.source.get("licence"):
        facts.append(("Licence", (Span(str(licence)),)))
    return facts


def _columns(dataset: DatasetInfo) -> tuple[Span, ...]:
    spans: list[Span] = []
    for kind in ColumnKind:
        names = [name for name, its_kind in dataset.columns.items() if its_kind == kind]
        if names:
            spans += [Span("; " if spans else ""), Span(f"{kind} ", "muted"), Span(_listed(names))]
    return tuple(spans) or (Span("none", "muted"),)


def _labels(dataset: DatasetInfo) -> tuple[Span, ...]:
    test = next(split for split in dataset.splits if split.name == "test")
    parts = []
    for name in dataset.labels[:MOST_NAMES]:
        positive = "positive, " if name == dataset.positive_label else ""
        parts.append(f"{name} ({positive}{test.class_counts.get(name, 0):,} in test)")
    more = len(dataset.labels) - MOST_NAMES
    return (Span(", ".join(parts)), Span(f" and {more:,} more" if more > 0 else "", "muted"))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
