"""The window's own font, the same on every machine, with figures of one width."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

from reviewer_app.resource_files import resource

FAMILY = "Inter"
WEIGHTS = ("Regular", "Medium", "SemiBold", "Bold")
SIZE = 13
"""Pixels of ordinary text."""


def load() -> None:
    """Register the bundled fonts with the application.

    Raises
    ------
    FileNotFoundError
        If the installation lacks them.
    """
    for weight in WEIGHTS:
        QFontDatabase.addApplicationFont(str(resource("fonts", f"Inter-{weight}.otf")))


def application_font() -> QFont:
    """Return the font of the window: Inter is not tabular by default ("1111" is narrower than "8888")."""
    font = QFont(FAMILY)
    font.setPixelSize(SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
