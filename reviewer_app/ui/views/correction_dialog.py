"""A small form for what was inferred wrongly about a dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import SPEC_FILE, ColumnKind, Task
from reviewer_app.errors import Finding
from reviewer_app.evaluation.metrics import metrics_for
from reviewer_app.evaluation.registry import Family
from reviewer_app.review.queries import DatasetInfo
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.dialogs import Dialog
from reviewer_app.ui.views.findings_view import FindingView


class CorrectionDialog(Dialog):
    """What a dataset's columns, task and labels mean.

    A dataset that has a ``dataset.json`` says all this itself but for the positive label and the metric, which the
    reviewer may choose anew.

    Signals
    -------
    corrected
        The `ImportOptions` to read the dataset with.
    """

    corrected = Signal(object)

    def __init__(self, dataset: DatasetInfo, parent: QWidget | None) -> None:
        super().__init__(f"What {dataset.name} means", parent)
        self.resize(520, 340)
        self._dataset = dataset
        has_spec = (Path(dataset.path) / SPEC_FILE).is_file()
        columns = [dataset.id_column, dataset.target, *dataset.columns]
        self.task = self._box("Task", [str(task) for task in Task], dataset.task, editable=not has_spec)
        self.id = self._box("Id column", columns, dataset.id_column, editable=not has_spec)
        self.target = self._box("Column of gold labels", columns, dataset.target, editable=not has_spec)
        self.positive = self._box("Label that means match", dataset.labels, dataset.positive_label or "")
        self.primary_metric = self._box("Primary metric", [], "")
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for box in (self.task, self.id, self.target, self.positive, self.primary_metric):
            form.addRow(label(box.accessibleName(), "muted"), box)
        self.body.addLayout(form)
        self.kinds: dict[str, QComboBox] = {}
        if not has_spec and dataset.columns:
            self.body.addWidget(label("Kinds of the columns", "heading"))
            self.body.addWidget(self._kinds_area(dataset), 1)
            self.resize(520, 560)
        said = f"{SPEC_FILE} says what is grey; change it there. " if has_spec else ""
        words = f"{said}The dataset is read again; runs on it are removed and must be done again."
        self.body.addWidget(label(words, "muted", wrap=True))
        self._problems = QVBoxLayout()
        self.body.addLayout(self._problems)
        self.body.addStretch(0 if self.kinds else 1)
        self.add_button("Cancel").clicked.connect(self.reject)
        self.read = self.add_button("Read again", primary=True)
        self.read.clicked.connect(self._emit)
        self.task.currentTextChanged.connect(self._show_task)
        self._show_task(dataset.task)
        self.primary_metric.setCurrentIndex(max(self.primary_metric.findData(dataset.primary_metric), 0))

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Say why the dataset cannot be read so; it stays as it was."""
        while (item := self._problems.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for finding in findings:
            self._problems.addWidget(FindingView(finding, with_remedies=False))
        self.read.setEnabled(True)

    @property
    def options(self) -> ImportOptions:
        """What the form says."""
        dataset = self._dataset
        columns = {
            role: box.currentText()
            for role, box, before in (("id", self.id, dataset.id_column), ("label", self.target, dataset.target))
            if box.isEnabled()
        }
        matching = self.task.currentText() == Task.MATCHING
        return ImportOptions(
            task=self.task.currentText() if self.task.isEnabled() else None,
            positive=self.positive.currentText() if matching else None,
            metric=str(self.primary_metric.currentData()),
            columns=columns,
            # All of them, because an earlier correction would else be inferred anew.
            kinds={column: box.currentText() for column, box in self.kinds.items() if column not in columns.values()},
        )

    def _kinds_area(self, dataset: DatasetInfo) -> QScrollArea:
        """Return the columns with a chooser of their kinds; any number of them scrolls."""
        inside = QWidget()
        form = QFormLayout(inside)
        form.setContentsMargins(0, 0, 0, 0)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        for column, kind in dataset.columns.items():
            box = self._box(f"Kind of {column}", [str(kind) for kind in ColumnKind], kind)
            self.kinds[column] = box
            form.addRow(label(column, "muted"), box)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setMinimumHeight(120)
        return area

    def _emit(self) -> None:
        self.read.setEnabled(False)
        self.corrected.emit(self.options)

    def _show_task(self, task: str) -> None:
        self.positive.setEnabled(task == Task.MATCHING)
        chosen = self.primary_metric.currentData()
        self.primary_metric.clear()
        for metric in metrics_for(task, len(self._dataset.labels), has_costs=False):
            if metric.family is not Family.CALIBRATION:  # it has no test, so it decides nothing
                self.primary_metric.addItem(metric.name, metric.id)
        self.primary_metric.setCurrentIndex(max(self.primary_metric.findData(chosen), 0))

    @staticmethod
    def _box(name: str, choices: Sequence[str], current: str, *, editable: bool = True) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(name)
        box.addItems(list(choices))
        box.setCurrentText(current)
        box.setEnabled(editable)
        return box
