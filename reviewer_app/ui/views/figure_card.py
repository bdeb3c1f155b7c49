"""A plot in a card: its title, what it shows in a sentence, what it takes for granted; or why there is none."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.figure_view import Draw, FigureView


class FigureCard(Card):
    """One figure with its words.

    Parameters
    ----------
    title
        What the plot is called.
    """

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.setAccessibleName(title)
        self.view = FigureView()
        self._words = label(role="", wrap=True, selectable=True)
        self._assumes = label(role="muted", wrap=True, selectable=True)
        if title:
            self.body.addWidget(label(title, "heading"))
        self.body.addWidget(self.view)
        self.body.addWidget(self._words)
        self.body.addWidget(self._assumes)
        self.body.addStretch(1)
        self.clear()

    @property
    def words(self) -> str:
        """What it says below the plot, or instead of it."""
        return "\n".join(part for part in (self._words.text(), self._assumes.text()) if part)

    @property
    def has_figure(self) -> bool:
        """Whether there is a plot."""
        return not self.view.isHidden()

    def show_figure(self, draw: Draw, height: int, words: str, assumes: str = "") -> None:
        """Show a plot, what it shows, and what it takes for granted."""
        self.view.show()
        self.view.setFixedHeight(height)
        self.view.show_figure(draw, height, self.title, words)
        self._say(words, assumes)

    def say(self, why: str) -> None:
        """Show no plot, but why."""
        self.clear()
        self._say(why, "")

    def clear(self) -> None:
        """Show nothing below the title."""
        self.view.clear()
        self.view.hide()
        self._say("", "")

    def _say(self, words: str, assumes: str) -> None:
        for part, text in ((self._words, words), (self._assumes, assumes)):
            part.setText(text)
            part.setVisible(text != "")
