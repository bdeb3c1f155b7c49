"""The row of chips that choose which of a page's views is in sight."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QWidget

from reviewer_app.ui.views.flow_layout import FlowLayout

_SPACING = 6


class ViewChips(QWidget):
    """Shows a chip per view, one of them checked, and wraps where the page is narrow.

    Parameters
    ----------
    titles
        Number and title of each view, in order; the first is checked.

    Attributes
    ----------
    buttons
        The chip of each view.

    Signals
    -------
    chosen
        The number of the view whose chip was clicked.
    """

    chosen = Signal(int)

    def __init__(self, titles: Iterable[tuple[int, str]]) -> None:
        super().__init__()
        self.buttons: dict[int, QPushButton] = {}
        flow = FlowLayout(self, spacing=_SPACING)
        group = QButtonGroup(self)
        for view, title in titles:
            chip = QPushButton(title)
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setChecked(not self.buttons)
            chip.clicked.connect(lambda _checked=False, view=view: self.chosen.emit(int(view)))
            group.addButton(chip)
            flow.addWidget(chip)
            self.buttons[view] = chip

    def choose(self, view: int) -> None:
        """Check a view's chip."""
        self.buttons[view].setChecked(True)
