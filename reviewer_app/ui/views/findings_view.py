"""Findings in words: a mark, what is wrong and where, and the remedies as buttons."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from reviewer_app.errors import Finding, Remedy, Severity
from reviewer_app.ui.icons import pixmap
from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.theme import theme
from reviewer_app.ui.views.flow_layout import FlowLayout
from reviewer_app.ui.views.spans import Span, SpanLabel

MOST_OFFENDERS = 5

_MARKS = {
    Severity.ERROR: ("cross", "bad", "Error"),
    Severity.WARNING: ("warning", "warning", "Warning"),
    Severity.INFO: ("info", "muted", "For your information"),
}


class Mark(QLabel):
    """A small icon in a colour of the theme, with a word for who cannot see it.

    Parameters
    ----------
    icon
        Name of an icon.
    colour
        Name of a colour of `theme.Palette`.
    word
        What it means.
    """

    def __init__(self, icon: str, colour: str, word: str, size: int = 14) -> None:
        super().__init__()
        self._icon, self._colour, self._size = icon, colour, size
        self.setAccessibleName(word)
        self.setFixedSize(QSize(size + 2, 18))
        theme.changed.connect(self._draw)
        self._draw()

    def _draw(self) -> None:
        colour = getattr(theme.palette(), self._colour)
        self.setPixmap(pixmap(self._icon, colour, self._size, self.devicePixelRatioF()))


class CheckRow(QWidget):
    """A mark, a sentence, and where it leads.

    Parameters
    ----------
    mark
        See `Mark`.
    words
        The sentence.
    link
        What the button behind it says; "" for none.
    """

    link_clicked = Signal()

    def __init__(self, mark: Mark, words: Sequence[Span] | str, link: str = "") -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        sentence = SpanLabel(words)
        row.addWidget(sentence, 1)
        self.words = sentence.text
        self.button: QPushButton | None = None
        if link:
            self.button = QPushButton(link.replace("&", "&&"))
            self.button.setProperty("role", "link")
            self.button.setAccessibleName(f"{link}: {sentence.text}")
            self.button.clicked.connect(self.link_clicked)
            row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)


class FindingView(QWidget):
    """A finding: its message, its first offenders, and a button for each remedy.

    Signals
    -------
    remedy_chosen
        The `Remedy` whose button was clicked.
    """

    remedy_chosen = Signal(object)

    def __init__(self, finding: Finding, *, with_remedies: bool = True) -> None:
        super().__init__()
        self.finding = finding
        self.remedy_buttons: list[QPushButton] = []
        icon, colour, word = _MARKS[finding.severity]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(CheckRow(Mark(icon, colour, word), finding.message))
        indented = QVBoxLayout()
        indented.setContentsMargins(22, 0, 0, 0)
        indented.setSpacing(6)
        if offenders := offenders_text(finding):
            indented.addWidget(SpanLabel((Span(offenders, "muted"),), 12))
        if with_remedies and finding.remedies:
            indented.addWidget(self._remedies(finding.remedies))
        column.addLayout(indented)

    def _remedies(self, remedies: Sequence[Remedy]) -> QWidget:
        buttons = QWidget()
        flow = FlowLayout(buttons)
        for remedy in remedies:
            button = QPushButton(remedy.label.replace("&", "&&"))
            button.setToolTip(plain_tooltip(f"--{remedy.option} {remedy.value}"))
            button.clicked.connect(lambda _=False, chosen=remedy: self.remedy_chosen.emit(chosen))
            flow.addWidget(button)
            self.remedy_buttons.append(button)
        return buttons


def offenders_text(finding: Finding) -> str:
    """Return the first offenders in a line each, and how many there are in all; "" where the message says it all."""
    first = [text for text in finding.first if text not in finding.message][:MOST_OFFENDERS]
    if not first:
        return ""
    more = finding.count - len(first)
    return "\n".join([*first, *([f"and {more:,} more"] if more > 0 else [])])
