"""Starting the window."""

from __future__ import annotations

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QApplication

from reviewer_app.ui import fonts
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.session import Session
from reviewer_app.ui.settings import Settings, log_path, settings_path
from reviewer_app.ui.theme import Mode, theme

log = logging.getLogger(__name__)

LOG_BYTES = 1_000_000


def run_window(path: Path | None = None) -> int:
    """Show the window, on the review at `path` where one is given, and return its exit code once it is closed."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    keep_log(log_path())
    settings = Settings(settings_path())
    dress(application, settings.mode)
    window = MainWindow(Session(), settings)
    settings.restore_geometry(window)
    report_crashes(window)
    window.show()
    if path is not None:
        window.files.open_path(path)
    return application.exec()


def dress(application: QApplication, mode: Mode) -> None:
    """Give an application its name, style, font and colours."""
    application.setApplicationName("reviewer_app")
    application.setStyle("Fusion")
    fonts.load()
    application.setFont(fonts.application_font())
    theme.follow_system()
    theme.set_mode(mode)


def keep_log(path: Path) -> None:
    """Write warnings and errors to a file of at most 2 MB in all; where that cannot be, say so on stderr."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
    except OSError as error:
        log.warning("there is no log file: %s", error)
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.setLevel(logging.WARNING)
    logging.getLogger("reviewer_app").addHandler(handler)


def report_crashes(window: MainWindow) -> None:
    """Show bugs of ours that would otherwise end on stderr, and keep them in the log."""

    def crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            window.close()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.error("unexpected\n%s", text)
        window.crashed("showing the window", text)

    sys.excepthook = crashed
