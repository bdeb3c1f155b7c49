"""Dialogs of a few lines: findings in words, a crash with its traceback, the sheet of keys, about."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from reviewer_app import __version__
from reviewer_app.errors import Finding
from reviewer_app.ui.actions import MENUS, ActionSpec
from reviewer_app.ui.pages.page import ScrolledContent, label, scrolling
from reviewer_app.ui.views.findings_view import FindingView


class Dialog(QDialog):
    """A dialog with a heading, content in `body`, and a row of buttons; Esc closes it."""

    def __init__(self, heading: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self._buttons = QHBoxLayout()
        self._buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(14)
        layout.addWidget(label(heading, "title", wrap=True))
        layout.addLayout(self.body, 1)
        layout.addLayout(self._buttons)

    def add_button(self, text: str, *, primary: bool = False) -> QPushButton:
        """Append a button; the primary one answers Enter."""
        button = QPushButton(text)
        button.setAutoDefault(primary)
        button.setDefault(primary)
        if primary:
            button.setProperty("role", "primary")
        self._buttons.addWidget(button)
        return button


class ConfirmDialog(Dialog):
    """A question before something is lost; accepted where the user says so."""

    def __init__(self, heading: str, words: str, button: str, parent: QWidget | None) -> None:
        super().__init__(heading, parent)
        self.setMinimumWidth(420)
        self.body.addWidget(label(words, wrap=True))
        self.add_button("Cancel").clicked.connect(self.reject)
        self.confirm = self.add_button(button, primary=True)
        self.confirm.clicked.connect(self.accept)


class FindingsDialog(Dialog):
    """What was refused, and why."""

    def __init__(self, heading: str, findings: Sequence[Finding], parent: QWidget | None) -> None:
        super().__init__(heading, parent)
        self.resize(560, 280)
        content = ScrolledContent()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        for finding in findings:
            column.addWidget(FindingView(finding, with_remedies=False))
        column.addStretch(1)
        self.body.addWidget(scrolling(content))
        self.add_button("Close", primary=True).clicked.connect(self.accept)


class CrashDialog(Dialog):
    """A bug of ours: what was being done, the traceback, and ways to hand it on."""

    def __init__(self, doing: str, traceback: str, log: Path, parent: QWidget | None) -> None:
        super().__init__("Something went wrong in the application", parent)
        self.resize(680, 420)
        self.report = "\n".join(
            [
                f"reviewer_app {__version__}, Qt {qVersion()}, Python {platform.python_version()}",
                platform.platform(),
                f"While: {doing}",
                "",
                traceback,
            ]
        )
        words = (
            f"While: {doing}. This is a fault of the application, not of your files; the review is as it was before. "
            "Please hand the report below to whoever maintains it."
        )
        self.body.addWidget(label(words, wrap=True))
        text = QPlainTextEdit(self.report)
        text.setReadOnly(True)
        text.setAccessibleName("Report")
        self.body.addWidget(text, 1)
        copy = self.add_button("Copy the report")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.report))
        show = self.add_button("Show the log")
        show.setEnabled(log.exists())
        show.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log))))
        self.add_button("Close", primary=True).clicked.connect(self.accept)


class KeysSheet(Dialog):
    """Every key, menu by menu."""

    def __init__(self, specs: Iterable[ActionSpec], parent: QWidget | None) -> None:
        super().__init__("Keys", parent)
        self.resize(640, 560)
        content = ScrolledContent()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        with_keys = [spec for spec in specs if spec.shortcut]
        for menu in MENUS:
            specs_of_menu = [spec for spec in with_keys if spec.menu == menu]
            if specs_of_menu:
                grid.addWidget(label(menu, "heading"), grid.rowCount(), 0, 1, 3)
            for spec in specs_of_menu:
                row = grid.rowCount()
                key = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
                grid.addWidget(label(key, "pill"), row, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(label(spec.plain_text.rstrip("…")), row, 1)
                grid.addWidget(label(spec.help, "muted", wrap=True), row, 2)
        grid.setRowStretch(grid.rowCount(), 1)
        self.body.addWidget(scrolling(content))
        self.add_button("Close", primary=True).clicked.connect(self.accept)


class AboutDialog(Dialog):
    """Version and licences."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("reviewer_app", parent)
        self.resize(520, 270)
        lines = [
            f"Version {__version__}, with Qt {qVersion()} and Python {platform.python_version()}.",
            "Judges machine-learning claims: two teams, each other's datasets, numbers, tests and every disagreement, "
            "in one local file. Nothing leaves this computer.",
            "Licence: Apache 2.0. Font: Inter, SIL Open Font Licence 1.1. Qt for Python: LGPL 3.",
        ]
        for line in lines:
            self.body.addWidget(label(line, wrap=True, selectable=True))
        self.body.addStretch(1)
        self.add_button("Close", primary=True).clicked.connect(self.accept)
