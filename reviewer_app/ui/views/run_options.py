"""How runs are to go: seeds, parallel jobs, limits."""

from __future__ import annotations

import os
from dataclasses import dataclass

from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QSpinBox, QWidget

from reviewer_app.ui.pages.page import label

FIELD_WIDTH = 108


@dataclass(frozen=True)
class RunOptions:
    """What `Session.run` is told; None: no limit, or as many jobs as the machine bears."""

    seeds: int
    jobs: int | None
    time_limit: float | None
    """Seconds."""
    memory_limit_gb: float | None


class RunOptionsRow(QWidget):
    """Fields for `RunOptions` in one row; 0 stands for "as the machine bears" or "none"."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.seeds = QSpinBox()
        self.seeds.setRange(1, 99)
        self.jobs = QSpinBox()
        self.jobs.setRange(0, os.cpu_count() or 1)
        self.jobs.setSpecialValueText("automatic")
        self.minutes = _limit(100_000.0, " min")
        self.gigabytes = _limit(4096.0, " GB")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for field, title, help_text in (
            (self.seeds, "Seeds", "How often each algorithm is trained, each time with another seed"),
            (self.jobs, "At a time", "How many runs go on at the same time"),
            (self.minutes, "Time limit", "A run that takes longer ends as timed out"),
            (self.gigabytes, "Memory limit", "A run that takes more memory ends as failed"),
        ):
            name = label(title, "muted")
            name.setBuddy(field)
            field.setAccessibleName(title)
            field.setFixedWidth(FIELD_WIDTH)
            field.lineEdit().setTextMargins(8, 0, 0, 0)
            field.setToolTip(help_text)
            row.addWidget(name)
            row.addWidget(field)
            row.addSpacing(8)
        row.addStretch(1)

    @property
    def options(self) -> RunOptions:
        """What the fields say."""
        return RunOptions(
            seeds=self.seeds.value(),
            jobs=self.jobs.value() or None,
            time_limit=60 * self.minutes.value() or None,
            memory_limit_gb=self.gigabytes.value() or None,
        )


def _limit(largest: float, unit: str) -> QDoubleSpinBox:
    field = QDoubleSpinBox()
    field.setRange(0.0, largest)
    field.setDecimals(1)
    field.setSuffix(unit)
    field.setSpecialValueText("none")
    return field
