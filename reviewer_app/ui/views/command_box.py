"""The command box: any action by a few of its letters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from reviewer_app.ui.actions import ActionSpec

WIDTH, HEIGHT = 520, 400


def matching(specs: Iterable[ActionSpec], typed: str) -> list[ActionSpec]:
    """Return the actions whose text or help has every typed word, those that begin with it first."""
    words = typed.casefold().split()
    found = [spec for spec in specs if all(word in f"{spec.plain_text} {spec.help}".casefold() for word in words)]
    return sorted(found, key=lambda spec: not spec.plain_text.casefold().startswith(typed.casefold().strip()))


class CommandBox(QFrame):
    """A line to type in, and the actions that it fits; Enter triggers the marked one, Esc or a click elsewhere ends it.

    It lies inside the window: a popup would grab the keyboard, which not every platform allows.

    Signals
    -------
    chosen
        Id of the action.
    """

    chosen = Signal(str)

    def __init__(self, specs: Sequence[ActionSpec], window: QWidget) -> None:
        super().__init__(window)
        self._specs = tuple(specs)
        self.setProperty("role", "box")
        self.setAccessibleName("Command box")
        self.line = QLineEdit()
        self.line.setPlaceholderText("Type what you want to do")
        self.line.setAccessibleName("Command")
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setAccessibleName("Commands that fit")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.setSpacing(8)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self.setGeometry((window.width() - WIDTH) // 2, 44, WIDTH, HEIGHT)
        self._filter("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def end(self) -> None:
        """Take the box away."""
        self.line.removeEventFilter(self)
        self.hide()
        self.deleteLater()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Let arrow keys and Enter in the line move and trigger in the list."""
        if event.type() == QEvent.Type.FocusOut:
            self.end()
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            # Taken as a key of the line before a shortcut of the window may have it.
            event.accept()
            if event.type() == QEvent.Type.KeyPress:
                self.end()
            return True
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down:
                    self._move(1)
                    return True
                case Qt.Key.Key_Up:
                    self._move(-1)
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    if (item := self.list.currentItem()) is not None:
                        self._choose(item)
                    return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for spec in matching(self._specs, typed):
            key = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem([spec.plain_text, key])
            item.setToolTip(0, spec.help)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(0, Qt.ItemDataRole.UserRole, spec.id)
            self.list.addTopLevelItem(item)
        self._move(0)

    def _move(self, steps: int) -> None:
        """Mark another action; at the ends nothing happens."""
        row = self.list.currentIndex().row() + steps
        item = self.list.topLevelItem(max(row, 0))
        if item is not None:
            self.list.setCurrentItem(item)

    def _choose(self, item: QTreeWidgetItem) -> None:
        id_ = str(item.data(0, Qt.ItemDataRole.UserRole))
        self.end()
        self.chosen.emit(id_)
