"""A figure in the window: a matplotlib canvas that is made when there is something to draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from reviewer_app.ui.theme import Palette, theme
from reviewer_app.ui.views.figure_style import PIXELS_PER_INCH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Draw = Callable[["Figure", Palette], None]
"""Empties a figure and draws into it in a palette's colours, at the size that the figure has."""


class FigureView(QWidget):
    """Shows one figure in the colours of the theme; importing matplotlib waits for the first one.

    It is drawn anew when its size or the theme changes, and leaves the wheel to the page that scrolls.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draw: Draw | None = None
        self._canvas: Any = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        theme.changed.connect(self._redraw)

    @property
    def figure(self) -> Any:
        """The matplotlib figure; None before the first one."""
        return None if self._canvas is None else self._canvas.figure

    def show_figure(self, draw: Draw, height: int, name: str, description: str = "") -> None:
        """Show a figure.

        Parameters
        ----------
        draw
            Draws it; kept until another one is shown.
        height
            Least height in pixels.
        name, description
            What a screen reader says of it.
        """
        self._draw = draw
        if self._canvas is None:
            self._canvas = _make_canvas()
            self._layout.addWidget(self._canvas, 1)
        self._canvas.setMinimumHeight(height)
        self._canvas.setAccessibleName(name)
        self._canvas.setAccessibleDescription(description)
        self._canvas.show()
        self._redraw()

    def clear(self) -> None:
        """Show nothing."""
        self._draw = None
        if self._canvas is not None:
            self._canvas.hide()

    def copy_as_image(self) -> None:
        """Put the figure on the clipboard as it is shown; without one nothing is copied."""
        if self._draw is not None:
            QGuiApplication.clipboard().setPixmap(self._canvas.grab())

    def _redraw(self) -> None:
        if self._draw is not None:
            draw, palette = self._draw, theme.palette()
            self._canvas.draw_with(lambda figure: draw(figure, palette))


def _make_canvas() -> Any:
    from matplotlib.backends.backend_qtagg import FigureCanvasQTAgg
    from matplotlib.figure import Figure

    class Canvas(FigureCanvasQTAgg):
        """Draws its figure anew for each size, and leaves the wheel to the page that scrolls."""

        def __init__(self) -> None:
            super().__init__(Figure(dpi=PIXELS_PER_INCH))
            self._draw_figure: Callable[[Figure], None] | None = None
            self._drawn_size: tuple[float, ...] = ()

        def draw_with(self, draw_figure: Callable[[Figure], None]) -> None:
            self._draw_figure = draw_figure
            self._lay_out()
            self.draw_idle()

        def draw(self) -> None:
            # Many resizes may come before one painting: what is drawn by the pixel is drawn for the last of them.
            if self._drawn_size != tuple(self.figure.get_size_inches()):
                self._lay_out()
            super().draw()

        def _lay_out(self) -> None:
            if self._draw_figure is not None:
                self._drawn_size = tuple(self.figure.get_size_inches())
                self._draw_figure(self.figure)

        def wheelEvent(self, event: Any) -> None:  # noqa: N802
            event.ignore()

    return Canvas()
