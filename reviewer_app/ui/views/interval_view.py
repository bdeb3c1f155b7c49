"""A difference drawn with its interval: zero dotted, the margin of practical equivalence shaded."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer_app.comparison.formatting import MINUS
from reviewer_app.ui.theme import theme

AXIS_Y = 22
BAND = 24
DOT = 5.0


@dataclass(frozen=True)
class IntervalDrawing:
    """What is drawn, in the unit that is shown (points, or the metric's own).

    Attributes
    ----------
    difference, low, high
        The difference and its interval; None where there is none.
    margin
        Margin of practical equivalence; None where there is none.
    limit
        The axis runs from minus to plus this.
    colour
        Name of a colour of `theme.Palette`.
    """

    difference: float
    low: float | None
    high: float | None
    margin: float | None
    limit: float
    colour: str


def axis_limit(values: Iterable[float | None]) -> float:
    """Return a round number (1, 2 or 5 times a power of ten) that all values lie within; 1 where there are none."""
    largest = max((abs(value) for value in values if value is not None and math.isfinite(value)), default=0.0)
    if largest == 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if largest <= factor * power * (1 + 1e-9))


def tick_text(value: float) -> str:
    """Return a tick's label with its sign."""
    return f"{value:+.3g}".replace("-", MINUS)


class IntervalView(QWidget):
    """Draws an `IntervalDrawing` and says it in words to a screen reader."""

    def __init__(self, drawing: IntervalDrawing, words: str, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._caption = caption
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)
        self.setToolTip(words)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size it looks best at."""
        return QSize(330, 76)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the size at which the ticks still fit."""
        return QSize(180, 76)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw margin, axis, interval and ticks."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_margin(painter)
        self._draw_interval(painter)
        self._draw_ticks(painter)
        painter.end()

    def _x(self, value: float) -> float:
        side = 26
        share = (value / self._drawing.limit + 1) / 2
        return side + min(max(share, 0.0), 1.0) * (self.width() - 2 * side)

    def _draw_margin(self, painter: QPainter) -> None:
        palette, margin = theme.palette(), self._drawing.margin
        if margin is not None:
            left, right = self._x(-margin), self._x(margin)
            painter.fillRect(QRectF(left, AXIS_Y - BAND / 2, right - left, BAND), QColor(palette.margin))
        painter.setPen(QPen(QColor(palette.muted), 1, Qt.PenStyle.DotLine))
        zero = round(self._x(0.0)) + 0.5
        painter.drawLine(QPointF(zero, AXIS_Y - BAND / 2 - 2), QPointF(zero, AXIS_Y + BAND / 2 + 2))

    def _draw_interval(self, painter: QPainter) -> None:
        drawing = self._drawing
        colour = QColor(getattr(theme.palette(), drawing.colour))
        if drawing.low is not None and drawing.high is not None:
            painter.setPen(QPen(colour, 2.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(self._x(drawing.low), AXIS_Y), QPointF(self._x(drawing.high), AXIS_Y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(self._x(drawing.difference), AXIS_Y), DOT, DOT)

    def _draw_ticks(self, painter: QPainter) -> None:
        limit = self._drawing.limit
        font = self.font()
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(theme.palette().muted))
        for value in (-limit, -limit / 2, 0.0, limit / 2, limit):
            text = "0" if value == 0.0 else tick_text(value)
            box = QRectF(self._x(value) - 30, AXIS_Y + BAND / 2 + 3, 60, 14)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        font.setPixelSize(12)
        painter.setFont(font)
        box = QRectF(0, AXIS_Y + BAND / 2 + 19, self.width(), 18)
        shown = painter.fontMetrics().elidedText(self._caption, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
