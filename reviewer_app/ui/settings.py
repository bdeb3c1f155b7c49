"""What the window remembers between two starts: look, size and place, recent reviews."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QRect, QSettings, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from reviewer_app.ui.theme import Mode

APPLICATION = "reviewer-app"
RECENT = 8
"""Reviews remembered."""
DEFAULT_SIZE = QSize(1280, 800)
VISIBLE = 120
"""Pixels of the window's top edge that must lie on a screen, or it could not be dragged back."""


def settings_path() -> Path:
    """Return where the settings live on this system."""
    from platformdirs import user_config_path

    return user_config_path(APPLICATION, appauthor=False) / "window.ini"


def log_path() -> Path:
    """Return where the log lives on this system."""
    from platformdirs import user_log_path

    return user_log_path(APPLICATION, appauthor=False) / "window.log"


class Settings:
    """What the window remembers, in an ini file.

    Parameters
    ----------
    path
        The file; it and its folder are made when something is first kept.
    """

    def __init__(self, path: Path) -> None:
        self._store = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def mode(self) -> Mode:
        """Light, dark or the system's."""
        value = str(self._store.value("look/mode", Mode.SYSTEM))
        return Mode(value) if value in set(Mode) else Mode.SYSTEM

    @mode.setter
    def mode(self, mode: Mode) -> None:
        self._store.setValue("look/mode", str(mode))

    @property
    def recent(self) -> tuple[Path, ...]:
        """Recent reviews that still exist, newest first."""
        value = self._store.value("reviews/recent", [])
        paths = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return tuple(Path(path) for path in paths if isinstance(path, str) and Path(path).is_file())

    def add_recent(self, path: Path) -> None:
        """Put a review at the top of the recent ones."""
        path = path.resolve()
        paths = [path, *(other for other in self.recent if other != path)]
        self._store.setValue("reviews/recent", [str(other) for other in paths[:RECENT]])

    @property
    def folder(self) -> Path:
        """Folder that file dialogs begin in: the last one used, else the home folder."""
        folder = Path(str(self._store.value("files/folder", "")) or Path.home())
        return folder if folder.is_dir() else Path.home()

    @folder.setter
    def folder(self, folder: Path) -> None:
        self._store.setValue("files/folder", str(folder))

    def splitter_state(self, name: str) -> QByteArray | None:
        """Return where a splitter stood; None where that is not known."""
        value = self._store.value(f"splitters/{name}")
        return value if isinstance(value, QByteArray) else None

    def keep_splitter_state(self, name: str, state: QByteArray) -> None:
        """Remember where a splitter stands."""
        self._store.setValue(f"splitters/{name}", state)

    def save_geometry(self, window: QWidget) -> None:
        """Remember a window's size and place."""
        self._store.setValue("window/geometry", window.saveGeometry())

    def restore_geometry(self, window: QWidget) -> None:
        """Put a window where it was; where that is on no screen any more, in the middle of the main one."""
        value = self._store.value("window/geometry")
        if isinstance(value, QByteArray) and window.restoreGeometry(value) and _can_be_grabbed(window.frameGeometry()):
            return
        screen = QGuiApplication.primaryScreen().availableGeometry()
        frame = QRect(screen.topLeft(), DEFAULT_SIZE.boundedTo(screen.size()))
        frame.moveCenter(screen.center())
        window.setGeometry(frame)


def _can_be_grabbed(frame: QRect) -> bool:
    top = QRect(frame.left(), frame.top(), frame.width(), 30)
    for screen in QGuiApplication.screens():
        visible = screen.availableGeometry().intersected(top)
        if visible.width() >= min(VISIBLE, frame.width()) and visible.height() > 0:
            return True
    return False
