"""The menu of the ways to copy what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from reviewer_app.ui.models.number_grid import NumberGrid, TextFormat, grids_as_text
from reviewer_app.ui.views.figure_card import FigureCard


def copy_menu(grids: Sequence[NumberGrid], figures: Sequence[FigureCard], parent: QWidget) -> QMenu:
    """Return a menu that copies tables in every text format and each plot as an image; it deletes itself."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for form in TextFormat if grids else ():
        action = menu.addAction(f"Copy as {form}")
        action.triggered.connect(lambda _checked=False, form=form: copy_grids(grids, form))
    for card in figures:
        action = menu.addAction(f"Copy as an image: {card.title}")
        action.triggered.connect(lambda _checked=False, card=card: card.view.copy_as_image())
    if menu.isEmpty():
        menu.addAction("There is nothing to copy yet").setEnabled(False)
    return menu


def copy_grids(grids: Sequence[NumberGrid], form: TextFormat) -> None:
    """Put tables on the clipboard."""
    QGuiApplication.clipboard().setText(grids_as_text(grids, form))
