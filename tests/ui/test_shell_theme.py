"""Colours, fonts, icons and settings."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from reviewer_app.resource_files import resource
from reviewer_app.ui.fonts import application_font
from reviewer_app.ui.icons import pixmap
from reviewer_app.ui.settings import RECENT, Settings
from reviewer_app.ui.theme import DARK, LIGHT, Mode, Palette, style_sheet, theme


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""

    def luminance(colour: str) -> float:
        parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted", "accent", "team_a", "team_b"])
def test_text_can_be_read_on_panels_and_on_the_background(palette: Palette, name: str) -> None:
    for ground in (palette.panel, palette.background):
        assert contrast(getattr(palette, name), ground) >= 4.5


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["good", "warning", "bad", "accent"])
def test_marks_and_the_focus_can_be_seen(palette: Palette, name: str) -> None:
    assert contrast(getattr(palette, name), palette.panel) >= 3


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_has_every_colour_filled_in(palette: Palette) -> None:
    sheet = style_sheet(palette)
    assert "$" not in sheet
    assert palette.accent in sheet
    assert all(QColor(getattr(palette, f.name)).isValid() for f in fields(palette) if f.name != "name")


def test_switching_the_look_recolours_what_is_shown(qtbot: QtBot) -> None:
    widget = QWidget()
    widget.setProperty("role", "page")
    button = QPushButton("Run", widget)
    button.setProperty("role", "primary")
    qtbot.addWidget(widget)
    widget.resize(200, 80)
    widget.show()
    grounds = []
    for mode in (Mode.LIGHT, Mode.DARK):
        theme.set_mode(mode)
        grounds.append(widget.grab().toImage().pixelColor(190, 70).name())
    assert theme.palette() is DARK
    assert grounds == [LIGHT.background, DARK.background]


def test_every_change_of_look_is_announced(qtbot: QtBot) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.set_mode(Mode.DARK)


def test_the_font_is_ours_and_its_figures_are_of_one_width(dressed: QApplication) -> None:
    for weight in (QFont.Weight.Normal, QFont.Weight.DemiBold, QFont.Weight.Bold):
        font = QFont(dressed.font())
        font.setWeight(weight)
        assert QFontInfo(font).family() == "Inter"
        metrics = QFontMetrics(font)
        assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
    assert application_font().pixelSize() == 13


def test_figures_keep_their_width_under_the_style_sheet(qtbot: QtBot) -> None:
    value = QLabel("1111")
    value.setProperty("role", "value")
    qtbot.addWidget(value)
    value.ensurePolished()
    metrics = QFontMetrics(value.font())
    assert value.font().pixelSize() == 22
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")


def test_every_icon_is_drawn_in_the_colour_asked_for(dressed: QApplication) -> None:
    paths = sorted(resource("icons").glob("*.svg"))
    assert paths
    for path in paths:
        image = pixmap(path.stem, "#ff0000", 32).toImage()
        colours = {
            image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
        }
        assert "#ff0000" in colours, path.stem


def test_the_licence_of_the_font_comes_with_it() -> None:
    assert "OFL-1.1" in resource("fonts", "LICENSE.txt").read_text(encoding="utf-8")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "window.ini")


def test_recent_reviews_are_newest_first_without_those_that_are_gone(settings: Settings, tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.review" for number in range(RECENT + 2)]
    for path in paths:
        path.touch()
        settings.add_recent(path)
    settings.add_recent(paths[3])
    paths[5].unlink()
    assert settings.recent[0] == paths[3]
    assert len(settings.recent) == RECENT - 1
    assert paths[5] not in settings.recent
    assert len(set(settings.recent)) == len(settings.recent)


def test_settings_outlive_the_window(tmp_path: Path) -> None:
    first = Settings(tmp_path / "window.ini")
    first.mode = Mode.DARK
    first.folder = tmp_path
    del first
    second = Settings(tmp_path / "window.ini")
    assert second.mode is Mode.DARK
    assert second.folder == tmp_path


def test_a_folder_that_is_gone_is_not_offered(settings: Settings, tmp_path: Path) -> None:
    settings.folder = tmp_path / "gone"
    assert settings.folder == Path.home()


def test_a_window_comes_back_where_it_was(settings: Settings, qtbot: QtBot) -> None:
    first, second = QWidget(), QWidget()
    for widget in (first, second):
        qtbot.addWidget(widget)
    first.setGeometry(QRect(30, 40, 400, 300))
    settings.save_geometry(first)
    settings.restore_geometry(second)
    assert second.geometry() == QRect(30, 40, 400, 300)


@pytest.mark.parametrize("place", [QRect(9000, 40, 400, 300), QRect(30, -2000, 400, 300), QRect(-390, 40, 400, 300)])
def test_a_window_never_comes_back_where_no_screen_is(settings: Settings, qtbot: QtBot, place: QRect) -> None:
    first, second = QWidget(), QWidget()
    for widget in (first, second):
        qtbot.addWidget(widget)
    first.setGeometry(place)
    settings.save_geometry(first)
    settings.restore_geometry(second)
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.contains(second.geometry().center())
