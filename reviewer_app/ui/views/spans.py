"""A wrapped sentence of which some words have a colour or weight of their own.

Names and messages come from submissions, so they are never markup: a rich text label would read them as HTML.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QSizePolicy, QWidget

from reviewer_app.ui.theme import theme

LINE_HEIGHT = 1.42
"""Height of a line in heights of the font's figures and letters together."""


@dataclass(frozen=True)
class Span:
    """A piece of plain text.

    Attributes
    ----------
    text
        The text, as it is.
    colour
        Name of a colour of `theme.Palette`.
    bold
        Whether it is set in semi-bold.
    """

    text: str
    colour: str = "ink"
    bold: bool = False


class SpanLabel(QWidget):
    """Shows spans one after the other, wrapped at words (and inside words that are wider than the label).

    Parameters
    ----------
    spans
        What is shown; a string is one span.
    pixels
        Size of the text.
    """

    def __init__(self, spans: Sequence[Span] | str = (), pixels: int = 13, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixels = pixels
        self._spans: tuple[Span, ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)
        self.set_spans(spans)

    def set_spans(self, spans: Sequence[Span] | str) -> None:
        """Show other spans."""
        self._spans = (Span(spans),) if isinstance(spans, str) else tuple(spans)
        self.setAccessibleName(self.text)
        self.updateGeometry()
        self.update()

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        return "".join(span.text for span in self._spans)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Return that the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return the height of the wrapped text."""
        return math.ceil(self._lay_out(width)[1])

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size on one line, up to 420 pixels of width."""
        layout, height = self._lay_out(420)
        widest = max((layout.lineAt(i).naturalTextWidth() for i in range(layout.lineCount())), default=0.0)
        return QSize(math.ceil(widest) + 1, math.ceil(height))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return a width that a long word still fits."""
        return QSize(80, math.ceil(self._line_height()))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the text."""
        painter = QPainter(self)
        painter.setPen(QColor(theme.palette().ink))
        layout, _ = self._lay_out(self.width())
        layout.draw(painter, QPointF(0, 0))
        painter.end()

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._pixels)
        return font

    def _line_height(self) -> float:
        return round(self._pixels * LINE_HEIGHT)

    def _lay_out(self, width: int) -> tuple[QTextLayout, float]:
        palette = theme.palette()
        layout = QTextLayout(self.text.replace("\n", "\u2028"), self._font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        formats, start = [], 0
        for span in self._spans:
            look = QTextLayout.FormatRange()
            look.start, look.length = start, _units(span.text)
            text_format = QTextCharFormat()
            text_format.setForeground(QColor(getattr(palette, span.colour)))
            if span.bold:
                text_format.setFontWeight(QFont.Weight.DemiBold)
            look.format = text_format
            formats.append(look)
            start += _units(span.text)
        layout.setFormats(formats)
        height = self._line_height()
        layout.beginLayout()
        y = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(width, 1))
            line.setPosition(QPointF(0, y + (height - line.height()) / 2))
            y += height
        layout.endLayout()
        return layout, max(y, height)


def _units(text: str) -> int:
    """Return the length in UTF-16 code units, which is how Qt counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
