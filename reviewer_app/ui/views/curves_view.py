"""Curves in the window: the plots of a dataset in a card, and who has none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.curve_figure import draw_curves, panels
from reviewer_app.ui.views.figure_view import FigureView

if TYPE_CHECKING:
    from reviewer_app.review.queries import Curve

PANEL_HEIGHT = 280


class CurvesView(QFrame):
    """The plots of a dataset, in the colours of the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._nothing = label(role="muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._view = FigureView()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(self._nothing)
        layout.addWidget(self._view, 1)

    @property
    def figure(self) -> Any:
        """The matplotlib figure; None before the first plot."""
        return self._view.figure

    def show_curves(self, curves_a: Sequence[Curve], curves_b: Sequence[Curve], team_a: str, team_b: str) -> None:
        """Draw the curves of both teams."""
        sides = ((team_a, curves_a), (team_b, curves_b))
        without = [team for team, curves in sides if not curves]
        self._nothing.setText(
            f"{' and '.join(without)} gave labels without scores or probabilities: there is no curve to draw."
            if without
            else ""
        )
        self._nothing.setVisible(bool(without))
        names = panels(curves_a, curves_b)
        if not names:
            self._view.clear()
            return
        self._view.show_figure(
            lambda figure, palette: draw_curves(figure, curves_a, curves_b, team_a, team_b, palette),
            PANEL_HEIGHT * ((len(names) + 1) // 2),
            f"Plots: {', '.join(names)} of {team_a} and {team_b}",
        )

    def clear(self) -> None:
        """Show nothing."""
        self._nothing.hide()
        self._view.clear()
