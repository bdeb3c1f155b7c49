"""One example as a document: its features, or the two records of a pair side by side.

Text is inserted as text, never as markup: what a dataset says cannot style the page or load a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QImage,
    QImageReader,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextTable,
    QTextTableCellFormat,
    QTextTableFormat,
)

from reviewer_app.ui.theme import Palette

if TYPE_CHECKING:
    from reviewer_app.review.queries import ExampleDetail, TextPart

TEXT_CHARACTERS = 20_000
"""Longer texts are shown up to here, which is said."""
IMAGE_PIXELS = 192
"""Longest side of an image in the pane."""
IMAGE_FORMATS = frozenset({b"png", b"jpeg", b"gif", b"webp", b"bmp"})
"""Raster formats; others can refer to files of their own."""


def write_example(document: QTextDocument, detail: ExampleDetail, palette: Palette) -> None:
    """Fill a document with an example's features (classification) or its two records (matching).

    A missing value says "missing"; an image that is not kept or cannot be read says so and shows its path.
    """
    document.clear()
    cursor = QTextCursor(document)
    formats = _Formats(palette)
    if detail.pair:
        _write_pair(cursor, detail, formats)
    else:
        _write_features(cursor, detail, formats)


class _Formats:
    """The looks of text in the document."""

    def __init__(self, palette: Palette) -> None:
        self.line = QColor(palette.line)
        self.plain = _characters(palette.ink)
        self.muted = _characters(palette.muted)
        self.heading = _characters(palette.muted)
        self.heading.setFontWeight(QFont.Weight.DemiBold)
        self.differs = _characters(palette.ink)
        self.differs.setBackground(QBrush(QColor(palette.mark)))


def _characters(colour: str) -> QTextCharFormat:
    result = QTextCharFormat()
    result.setForeground(QBrush(QColor(colour)))
    return result


def _write_pair(cursor: QTextCursor, detail: ExampleDetail, formats: _Formats) -> None:
    rows = 1 + len(detail.pair)
    table = _table(cursor, rows, [QTextLength(QTextLength.Type.PercentageLength, share) for share in (16, 42, 42)])
    _fill(table, 0, 1, [("left record", formats.heading)])
    _fill(table, 0, 2, [("right record", formats.heading)])
    for row, (column, left, right) in enumerate(detail.pair, start=1):
        _fill(table, row, 0, [(column.replace("_", " "), formats.muted)])
        marked = left is not None and right is not None
        _fill(table, row, 1, _parts(left, formats, marked=marked))
        _fill(table, row, 2, _parts(right, formats, marked=marked))
    _draw_hairlines(table, formats.line)


def _parts(parts: Sequence[TextPart] | None, formats: _Formats, *, marked: bool) -> list[tuple[str, QTextCharFormat]]:
    """Return one side's text in pieces; where the other side is missing there is nothing to tell apart."""
    if parts is None:
        return [("missing", formats.muted)]
    written: list[tuple[str, QTextCharFormat]] = []
    room = TEXT_CHARACTERS
    for number, part in enumerate(parts):
        differs = marked and (part.differs or _is_gap(parts, number))
        written.append((part.text[:room], formats.differs if differs else formats.plain))
        room -= len(part.text)
        if room < 0:
            left_out = sum(len(other.text) for other in parts) - TEXT_CHARACTERS
            written.append((_left_out(left_out), formats.muted))
            break
    return written


def _is_gap(parts: Sequence[TextPart], number: int) -> bool:
    """Return whether a part is the blank between two words that differ: the mark goes on over it."""
    return (
        parts[number].text.isspace()
        and 0 < number < len(parts) - 1
        and parts[number - 1].differs
        and parts[number + 1].differs
    )


def _write_features(cursor: QTextCursor, detail: ExampleDetail, formats: _Formats) -> None:
    shares = [QTextLength(QTextLength.Type.PercentageLength, share) for share in (22, 78)]
    table = _table(cursor, max(len(detail.columns), 1), shares)
    if not detail.columns:
        _fill(table, 0, 0, [("The dataset has no feature columns.", formats.muted)])
    for row, (column, kind, value) in enumerate(detail.columns):
        _fill(table, row, 0, [(column.replace("_", " "), formats.muted)])
        if kind == "image" and value is not None:
            _fill_image(table, row, column, value, detail, formats)
        elif value is None:
            _fill(table, row, 1, [("missing", formats.muted)])
        else:
            written = [(value[:TEXT_CHARACTERS], formats.plain)]
            if len(value) > TEXT_CHARACTERS:
                written.append((_left_out(len(value) - TEXT_CHARACTERS), formats.muted))
            _fill(table, row, 1, written)
    _draw_hairlines(table, formats.line)


def _left_out(n_characters: int) -> str:
    return f" … {n_characters:,} more characters; Export writes the whole text"


def _fill_image(table: QTextTable, row: int, column: str, path: str, detail: ExampleDetail, formats: _Formats) -> None:
    data = detail.images.get(column)
    image = None if data is None else read_image(data)
    if image is None:
        why = "the image is not kept in the review" if data is None else "not an image that can be shown"
        _fill(table, row, 1, [(f"{path}  ", formats.plain), (why, formats.muted)])
        return
    cursor = table.cellAt(row, 1).firstCursorPosition()
    name = f"example:{row}"
    cursor.document().addResource(QTextDocument.ResourceType.ImageResource.value, QUrl(name), image)
    shown = QTextImageFormat()
    shown.setName(name)
    shown.setWidth(image.width())
    shown.setHeight(image.height())
    cursor.insertImage(shown)
    cursor.insertText(f"\n{path}", formats.muted)


def read_image(data: bytes) -> QImage | None:
    """Return an image scaled to fit the pane, small ones doubled; None where it is none or of a format not in use."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    if not reader.canRead() or reader.format().data() not in IMAGE_FORMATS:
        return None
    size = reader.size()
    if size.isValid() and not size.isEmpty():
        reader.setScaledSize(_fitted(size))
    image = reader.read()
    return None if image.isNull() else image


def _fitted(size: QSize) -> QSize:
    longest = max(size.width(), size.height())
    factor = min(IMAGE_PIXELS / longest, 2.0)
    return QSize(max(round(size.width() * factor), 1), max(round(size.height() * factor), 1))


def _table(cursor: QTextCursor, rows: int, widths: list[QTextLength]) -> QTextTable:
    form = QTextTableFormat()
    form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    form.setColumnWidthConstraints(widths)
    form.setCellPadding(6)
    form.setCellSpacing(0)
    form.setBorder(0)
    return cursor.insertTable(rows, len(widths), form)


def _fill(table: QTextTable, row: int, column: int, parts: Sequence[tuple[str, QTextCharFormat]]) -> None:
    cursor = table.cellAt(row, column).firstCursorPosition()
    for text, form in parts:
        cursor.insertText(text, form)


def _draw_hairlines(table: QTextTable, line: QColor) -> None:
    for row in range(table.rows() - 1):
        for column in range(table.columns()):
            cell = table.cellAt(row, column)
            form = QTextTableCellFormat(cell.format().toTableCellFormat())
            form.setBottomBorder(1)
            form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            form.setBottomBorderBrush(QBrush(line))
            cell.setFormat(form)
