"""What every page has: a title, a grey subtitle, content, and an empty state that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from reviewer_app.ui.session import EVERYTHING, Session

MARGIN = 22
"""Pixels between the window's edges and a page's content."""
GAP = 14
"""Pixels between cards."""
SENTENCE_WIDTH = 460


def label(text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Return a label of plain text (what a submission says is never markup) in the style sheet's `role`."""
    result = QLabel(text)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setWordWrap(wrap)
    if role:
        result.setProperty("role", role)
    if selectable:
        result.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return result


class ScrolledContent(QWidget):
    """What lies in a scroll area: as high as its layout needs at the width that it has.

    Qt's minimum height is that at a narrower width, where texts wrap more; a scroll area would leave it blank below.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "page")

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return the layout's least width, and no height."""
        return QSize(super().minimumSizeHint().width(), 0)


def scrolling(content: ScrolledContent) -> QScrollArea:
    """Return a frameless scroll area around `content`."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    return area


def scrolling_view(content: QWidget, title: str) -> QScrollArea:
    """Return a scroll area that the keys reach, so that plots and sentences can be scrolled without a mouse."""
    area = QScrollArea()
    area.setProperty("role", "panel")
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setAccessibleName(title)
    area.setCornerWidget(QWidget())
    area.setWidget(content)
    return area


class EmptyState(QFrame):
    """One sentence, one button, and a place to drop files on (drops reach the window, which takes them anywhere)."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "empty")
        self.sentence = label(role="lead", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setFixedWidth(SENTENCE_WIDTH)
        self.button = QPushButton()
        self.button.setProperty("role", "primary")
        self._action: Callable[[], None] | None = None
        self.button.clicked.connect(self._clicked)
        layout = QVBoxLayout(self)
        layout.setSpacing(16)
        layout.addStretch(2)
        for widget in (self.sentence, self.button):
            row = QHBoxLayout()  # an alignment would keep the sentence from being wrapped
            row.addStretch(1)
            row.addWidget(widget)
            row.addStretch(1)
            layout.addLayout(row)
        layout.addStretch(3)

    def say(self, sentence: str, button: str, action: Callable[[], None]) -> None:
        """Set the sentence, and what the button says and does."""
        self.sentence.setText(sentence)
        self.button.setText(button)
        self._action = action

    def _clicked(self) -> None:
        if self._action is not None:
            self._action()


class Page(QWidget):
    """Base of the pages.

    A subclass sets `name` and `scrolls`, builds its widgets into `content` and overrides `refresh`; whatever is slow
    there goes through ``self.session.jobs``.

    Attributes
    ----------
    name
        What the navigation calls it; the title until `set_title` is called.
    scrolls
        Whether the content may be taller than the window (else it fills it: tables and splitters).
    uses_dataset
        Whether it shows the one chosen dataset (`Session.dataset`), so that the chooser is offered.
    session
        What the window is looking at.
    content
        Layout of the page's own widgets.
    header
        Layout right of the title, for buttons.

    Signals
    -------
    page_requested
        Name of a page to go to.
    action_requested
        Id of an action of the window's table (`actions.ACTIONS`) to trigger, for example "run.missing".
    """

    name = ""
    scrolls = False
    uses_dataset = False

    page_requested = Signal(str)
    action_requested = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._stale: frozenset[str] = EVERYTHING
        self._title = label(self.name, "title")
        self._subtitle = label("", "subtitle")
        self.setAccessibleName(self.name)
        self.header = QHBoxLayout()
        self.header.setSpacing(8)
        self.empty = EmptyState()
        self._body = ScrolledContent() if self.scrolls else QWidget()
        self.content = QVBoxLayout(self._body)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(GAP)
        self._build_frame()

    def set_title(self, text: str) -> None:
        """Set the title."""
        self._title.setText(text)

    def set_subtitle(self, text: str) -> None:
        """Set the grey line under the title: counts, joined by " · "."""
        self._subtitle.setText(text)

    def show_empty(self, sentence: str, button: str, action: Callable[[], None]) -> None:
        """Show the empty state instead of the content."""
        self.empty.say(sentence, button, action)
        self._stack.setCurrentWidget(self._nothing)

    def show_content(self) -> None:
        """Show the content."""
        self._stack.setCurrentWidget(self._shown)

    def refresh(self, stale: frozenset[str]) -> None:
        """Read again what is `stale` (names of `session.EVERYTHING`); called only while the page can be seen."""

    def commands(self) -> Mapping[str, Callable[[], None]]:
        """Return what this page does for the window's actions that need a page, by the action's id.

        Those of `actions.ACTIONS` with `Needs.PAGE`: "file.export", "edit.find", "edit.copy", "view.next_example", ...
        """
        return {}

    def mark_stale(self, stale: frozenset[str]) -> None:
        """Take note of what changed: refresh now where the page can be seen, else when it is shown."""
        self._stale |= stale
        if self.isVisible():
            self._refresh_stale()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  Qt's name
        """Refresh what became stale while the page was hidden."""
        super().showEvent(event)
        self._refresh_stale()

    def _refresh_stale(self) -> None:
        stale, self._stale = self._stale, frozenset()
        if stale and self.session.snapshot is not None:
            self.refresh(stale)

    def _build_frame(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addWidget(self._title)
        words.addWidget(self._subtitle)
        top = QHBoxLayout()
        top.addLayout(words, 1)
        top.addLayout(self.header)
        top.setAlignment(self.header, Qt.AlignmentFlag.AlignTop)
        self._stack = QStackedLayout()
        if isinstance(self._body, ScrolledContent):
            self._scroll = scrolling(self._body)
            self._scroll.setAccessibleName(self.name)
            self._scroll.verticalScrollBar().rangeChanged.connect(self._keep_width)
            self._keep_width()
            self._shown: QWidget = self._scroll
        else:
            self._shown = self._body
        self._stack.addWidget(self._shown)
        # A page that scrolls does so up to the window's edge.
        edge = 0 if self.scrolls else MARGIN
        self._nothing = QWidget()
        nothing = QVBoxLayout(self._nothing)
        nothing.setContentsMargins(0, 0, MARGIN - edge, MARGIN - edge)
        nothing.addWidget(self.empty)
        self._stack.addWidget(self._nothing)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MARGIN, 20, edge, edge)
        layout.setSpacing(GAP)
        top.setContentsMargins(0, 0, MARGIN - edge, 0)
        layout.addLayout(top)
        layout.addLayout(self._stack, 1)

    def _keep_width(self) -> None:
        """Let a scroll bar take its room from the margin, so that the content does not jump."""
        bar = self._scroll.verticalScrollBar()
        taken = bar.sizeHint().width() if bar.maximum() > 0 else 0
        self.content.setContentsMargins(0, 0, MARGIN - taken, MARGIN)
