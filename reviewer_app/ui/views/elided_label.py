"""One line of plain text that gives way where there is no room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from reviewer_app.ui.models.plain_tooltip import plain_tooltip


class ElidedLabel(QLabel):
    """A label of one line that ends in "…" where there is no room; its tool tip and accessible name are whole.

    Parameters
    ----------
    text
        Plain text.
    role
        Role in the style sheet.
    most
        Pixels that it takes at most.
    least
        Pixels down to which it gives way.
    short
        What is shown where the text does not fit, but this does; "" for none.
    """

    def __init__(self, text: str, role: str = "", most: int = 16_000, least: int = 48, short: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setMaximumWidth(most)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._whole = ""
        self._least = least
        self._short = short
        self._hint = QSize()
        self.set_text(text)

    @property
    def whole_text(self) -> str:
        """The text without "…"."""
        return self._whole

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._whole = " ".join(text.split())
        self.setAccessibleName(self._whole)
        self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Shorten the text to the new width."""
        super().resizeEvent(event)
        self._elide()

    def event(self, event: QEvent) -> bool:
        """Measure again in another font or style: the style sheet's comes with the first polish."""
        handled = super().event(event)
        if event.type() in (QEvent.Type.Polish, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measure()
        return handled

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the room that the whole text needs."""
        return self._hint

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the least width, at which a few letters are left."""
        return QSize(min(self._least, self._hint.width()), self._hint.height())

    def _measure(self) -> None:
        self.setText(self._whole)
        self._hint = super().sizeHint()
        self.updateGeometry()
        self._elide()

    def _elide(self) -> None:
        shown = self._whole
        if self.width() < self._hint.width():
            frame = self._hint.width() - self.fontMetrics().horizontalAdvance(self._whole)
            room = max(self.width() - frame, 0)
            is_short_enough = 0 < self.fontMetrics().horizontalAdvance(self._short) < room
            text = self._short if is_short_enough else self._whole
            shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            self.setText(shown)
        self.setToolTip(plain_tooltip(self._whole) if shown != self._whole else "")
