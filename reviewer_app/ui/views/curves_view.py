"""Curves in the window: a matplotlib canvas that is made when there is something to draw."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from reviewer_app.ui.pages.page import label
from reviewer_app.ui.theme import theme
from reviewer_app.ui.views.curve_figure import draw_curves, panels

if TYPE_CHECKING:
    from reviewer_app.review.queries import Curve

PANEL_HEIGHT = 280


class CurvesView(QFrame):
    """The plots of a dataset, in the colours of the theme; importing matplotlib waits for the first of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._curves: tuple[Sequence[Curve], Sequence[Curve]] = ((), ())
        self._teams = ("", "")
        self._canvas: Any = None
        self._nothing = label(role="muted", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(12, 12, 12, 12)
        self._layout.addWidget(self._nothing)
        theme.changed.connect(self._draw)

    @property
    def figure(self) -> Any:
        """The matplotlib figure; None before the first plot."""
        return None if self._canvas is None else self._canvas.figure

    def show_curves(self, curves_a: Sequence[Curve], curves_b: Sequence[Curve], team_a: str, team_b: str) -> None:
        """Draw the curves of both teams."""
        self._curves, self._teams = (curves_a, curves_b), (team_a, team_b)
        without = [team for team, curves in zip(self._teams, self._curves, strict=True) if not curves]
        self._nothing.setText(
            f"{' and '.join(without)} gave labels without scores or probabilities: there is no curve to draw."
            if without
            else ""
        )
        self._nothing.setVisible(bool(without))
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self._curves = ((), ())
        self._nothing.hide()
        self._draw()

    def _draw(self) -> None:
        names = panels(*self._curves)
        if not names:
            if self._canvas is not None:
                self._canvas.hide()
            return
        if self._canvas is None:
            self._canvas = _make_canvas()
            self._layout.addWidget(self._canvas, 1)
        draw_curves(self._canvas.figure, *self._curves, *self._teams, theme.palette())
        self._canvas.setMinimumHeight(PANEL_HEIGHT * ((len(names) + 1) // 2))
        self._canvas.setAccessibleName(f"Plots: {', '.join(names)} of {self._teams[0]} and {self._teams[1]}")
        self._canvas.show()
        self._canvas.draw_idle()


def _make_canvas() -> Any:
    from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
    from matplotlib.figure import Figure

    class Canvas(FigureCanvasQTAgg):
        """Leaves the wheel to the page that scrolls."""

        def wheelEvent(self, event: Any) -> None:  # noqa: N802
            event.ignore()

    return Canvas(Figure(layout="constrained"))
