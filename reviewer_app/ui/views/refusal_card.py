"""An import that was refused: what is wrong, where, and the buttons that answer it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from reviewer_app.ui.imports import Refusal
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.findings_view import FindingView

_TAKEN = {"dataset_exists": "Another name", "version_exists": "Another version"}
"""What a refusal because of a name that is taken asks for."""


class RefusalCard(Card):
    """What was refused.

    Signals
    -------
    remedy_chosen
        The `Remedy` to import with.
    renamed
        Another name, or another version, for what has one that is taken.
    retry_clicked, dismiss_clicked
        Import the same again (the file was mended), or forget it.
    """

    remedy_chosen = Signal(object)
    renamed = Signal(str)
    retry_clicked = Signal()
    dismiss_clicked = Signal()

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        words = refusal.operation.describes
        self.setAccessibleName(f"Refused: {words}")
        self.body.addWidget(label(f"Could not {words}: nothing was changed", "heading", wrap=True))
        self.findings = [FindingView(finding) for finding in refusal.error.findings]
        for view in self.findings:
            view.remedy_chosen.connect(self.remedy_chosen)
            self.body.addWidget(view)
        self.name: QLineEdit | None = None
        if (asked := _TAKEN.get(refusal.error.code)) is not None:
            self.body.addLayout(self._build_name(asked))
        self.retry = QPushButton("Try again")
        self.retry.setToolTip("The file was mended: read it again")
        self.retry.clicked.connect(self.retry_clicked)
        self.dismiss = QPushButton("Dismiss")
        self.dismiss.setProperty("role", "quiet")
        self.dismiss.clicked.connect(self.dismiss_clicked)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.dismiss)
        row.addWidget(self.retry)
        self.body.addLayout(row)

    def _build_name(self, asked: str) -> QHBoxLayout:
        self.name = line = QLineEdit()
        line.setPlaceholderText(asked)
        line.setAccessibleName(asked)
        line.setMaximumWidth(220)
        self.add = QPushButton("Add it so")
        self.add.setEnabled(False)
        line.textChanged.connect(lambda text: self.add.setEnabled(bool(text.strip())))
        line.returnPressed.connect(self.add.click)
        self.add.clicked.connect(lambda: self.renamed.emit(line.text().strip()))
        row = QHBoxLayout()
        row.setContentsMargins(22, 0, 0, 0)
        row.addWidget(line)
        row.addWidget(self.add)
        row.addStretch(1)
        return row
