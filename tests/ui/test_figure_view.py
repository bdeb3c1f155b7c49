"""A figure in the window: made late, drawn for its size and the theme, read aloud, copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from pytestqt.qtbot import QtBot

from reviewer_app.ui.theme import DARK, LIGHT, Mode, Palette, theme
from reviewer_app.ui.views.figure_style import page_axes, size_of, styled
from reviewer_app.ui.views.figure_view import FigureView


@pytest.fixture
def view(qtbot: QtBot) -> FigureView:
    """Return a view that is on the screen and shows nothing."""
    value = FigureView()
    qtbot.addWidget(value)
    value.resize(400, 200)
    value.show()
    return value


def drawing(seen: list[tuple[float, str]]) -> Callable[[Figure, Palette], None]:
    """Return a function that draws a line, and notes at what width and in which palette."""

    def draw(figure: Figure, palette: Palette) -> None:
        with styled(figure, palette, layout="none"):
            page_axes(figure).plot([0, 1], [0, 1])
        seen.append((round(size_of(figure)[0]), palette.name))

    return draw


def test_nothing_is_made_before_there_is_something_to_draw(view: FigureView) -> None:
    assert view.figure is None
    view.copy_as_image()
    view.clear()

    assert view.figure is None


def test_the_figure_follows_the_theme(view: FigureView) -> None:
    seen: list[tuple[float, str]] = []
    view.show_figure(drawing(seen), 150, "A plot")
    assert to_hex(view.figure.get_facecolor()) == LIGHT.panel

    theme.set_mode(Mode.DARK)

    assert to_hex(view.figure.get_facecolor()) == DARK.panel
    assert seen[-1][1] == "dark"


def test_the_figure_is_drawn_anew_for_each_size(view: FigureView, qtbot: QtBot) -> None:
    seen: list[tuple[float, str]] = []
    view.show_figure(drawing(seen), 150, "A plot")
    qtbot.waitUntil(lambda: bool(seen) and seen[-1][0] == 400)

    view.resize(640, 200)

    qtbot.waitUntil(lambda: seen[-1][0] == 640)


def test_another_figure_takes_the_place_of_the_first(view: FigureView) -> None:
    first: list[tuple[float, str]] = []
    second: list[tuple[float, str]] = []
    view.show_figure(drawing(first), 150, "First")
    n_first = len(first)

    view.show_figure(drawing(second), 150, "Second")
    theme.set_mode(Mode.DARK)

    assert len(first) == n_first
    assert second[-1][1] == "dark"
    assert len(view.figure.axes) == 1


def test_a_figure_that_was_taken_away_is_not_drawn_any_more(view: FigureView) -> None:
    seen: list[tuple[float, str]] = []
    view.show_figure(drawing(seen), 150, "A plot")
    view.clear()
    n_seen = len(seen)

    theme.set_mode(Mode.DARK)

    assert len(seen) == n_seen
    assert not view.figure.canvas.isVisible()


def test_a_screen_reader_is_told_what_the_figure_shows(view: FigureView) -> None:
    view.show_figure(drawing([]), 150, "Power", "These 2,293 pairs show 3.9 points.")

    assert view.figure.canvas.accessibleName() == "Power"
    assert view.figure.canvas.accessibleDescription() == "These 2,293 pairs show 3.9 points."
    assert view.figure.canvas.minimumHeight() == 150


def test_the_wheel_is_left_to_the_page(view: FigureView) -> None:
    view.show_figure(drawing([]), 150, "A plot")
    middle = QPointF(50, 50)
    turned = QWheelEvent(
        middle,
        middle,
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )

    view.figure.canvas.wheelEvent(turned)

    assert not turned.isAccepted()


def test_a_copy_is_the_picture_as_it_is_shown(view: FigureView) -> None:
    view.show_figure(drawing([]), 150, "A plot")

    view.copy_as_image()

    assert QGuiApplication.clipboard().pixmap().size() == view.figure.canvas.size()
