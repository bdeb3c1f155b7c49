"""The start page: new, open, recent, demo; files can be dropped anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from reviewer_app.ui.icons import icon, pixmap
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.theme import theme
from reviewer_app.ui.views.elided_label import ElidedLabel

COLUMN = 640


class StartPage(QWidget):
    """What one sees before a review is open.

    Signals
    -------
    action_requested
        Id of an action.
    review_chosen
        Path of a recent review.
    """

    action_requested = Signal(str)
    review_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Start")
        self._mark = QLabel()
        self._icons: list[tuple[QPushButton, str, bool]] = []
        column = QWidget()
        column.setFixedWidth(COLUMN)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(16)
        layout.addLayout(self._build_heading())
        layout.addWidget(self._build_buttons())
        layout.addWidget(self._build_drop_area())
        layout.addWidget(self._build_recent())
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(column)
        row.addStretch(1)
        page = QVBoxLayout(self)
        page.addStretch(2)
        page.addLayout(row)
        page.addStretch(3)
        theme.changed.connect(self._tint)
        self._tint()
        self.show_busy("")

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List recent reviews, newest first."""
        while (item := self._recent_list.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for path in paths:
            self._recent_list.addWidget(self._recent_row(path))
        self._recent.setVisible(bool(paths))

    def show_busy(self, doing: str) -> None:
        """Say what is being done, or ("") that the page can be used."""
        self._buttons.setEnabled(not doing)
        self._recent.setEnabled(not doing)
        self._lead.setText(f"{doing} …" if doing else "Who has the better algorithm, on whose data?")

    def _build_heading(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label("reviewer_app", "title"))
        self._lead = label(role="subtitle")
        words.addWidget(self._lead)
        heading = QHBoxLayout()
        heading.setSpacing(16)
        heading.addWidget(self._mark)
        heading.addLayout(words, 1)
        return heading

    def _build_buttons(self) -> QWidget:
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for id_, text, name, primary in (
            ("file.new", "New review…", "add", True),
            ("file.open", "Open review…", "open", False),
            ("file.demo", "Open the demo", "demo", False),
        ):
            button = QPushButton(text)
            button.setIconSize(QSize(16, 16))
            button.setMinimumHeight(36)
            if primary:
                button.setProperty("role", "primary")
            button.clicked.connect(lambda _=False, id_=id_: self.action_requested.emit(id_))
            self._icons.append((button, name, primary))
            row.addWidget(button, 1)
        return self._buttons

    def _build_drop_area(self) -> QFrame:
        area = QFrame()
        area.setProperty("role", "empty")
        words = QVBoxLayout(area)
        words.setContentsMargins(24, 28, 24, 28)
        words.setSpacing(6)
        for text, role in (
            ("Drop two datasets and two teams' submissions anywhere on this window", "heading"),
            ("Dataset folders, csv or parquet files; predictions, fitted models or algorithms", "muted"),
        ):
            line = label(text, role)
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            words.addWidget(line)
        return area

    def _build_recent(self) -> QWidget:
        self._recent = QWidget()
        column = QVBoxLayout(self._recent)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(4)
        column.addWidget(label("Recent", "heading"))
        self._recent_list = QVBoxLayout()
        self._recent_list.setSpacing(0)
        column.addLayout(self._recent_list)
        return self._recent

    def _recent_row(self, path: Path) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        button = QPushButton(path.name.replace("&", "&&"))
        button.setProperty("role", "link")
        button.setAccessibleName(f"Open {path}")
        button.clicked.connect(lambda: self.review_chosen.emit(path))
        layout.addWidget(button)
        layout.addWidget(ElidedLabel(str(path.parent), "muted", 400))
        layout.addStretch(1)
        return row

    def _tint(self) -> None:
        palette = theme.palette()
        self._mark.setPixmap(pixmap("app", palette.accent, 44, self.devicePixelRatioF()))
        for button, name, primary in self._icons:
            tinted: QIcon = icon(name, palette.accent_text if primary else palette.ink)
            button.setIcon(tinted)
