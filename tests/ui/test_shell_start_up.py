"""What must not happen before the first window: heavy imports; and what must not happen in any: lost references."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from pytestqt.qtbot import QtBot

from reviewer_app.ui.app import keep_log, report_crashes
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.views.dialogs import CrashDialog

HEAVY = ("pandas", "scipy", "sklearn", "matplotlib", "pyarrow", "sqlite_utils", "pydantic", "PIL", "jinja2", "rich")

FIRST_WINDOW = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from reviewer_app.ui.app import dress
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.session import Session
from reviewer_app.ui.settings import Settings
application = QApplication([])
settings = Settings(Path(sys.argv[1]))
dress(application, settings.mode)
window = MainWindow(Session(), settings)
window.show()
application.processEvents()
painted = not window.grab().toImage().allGray()
window.close()
print(json.dumps({"painted": painted, "modules": sorted(sys.modules)}))
"""


def test_the_first_window_paints_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FIRST_WINDOW, str(tmp_path / "window.ini")], capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout)
    assert said["painted"]
    loaded = {name.partition(".")[0] for name in said["modules"]}
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)
    assert "reviewer_app.review.review" not in said["modules"]


RUN_WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from reviewer_app.review.review import Review
from reviewer_app.ui.app import run_window
from reviewer_app.ui.main_window import MainWindow
path = Path(sys.argv[1])
Review.create(path, "Mine").close()
application = QApplication([])

def look():
    window = next(widget for widget in application.topLevelWidgets() if isinstance(widget, MainWindow))
    if window.page is None:
        QTimer.singleShot(50, look)
    else:
        print(window.windowTitle())
        window.close()

QTimer.singleShot(50, look)
sys.exit(run_window(path))
"""


def test_the_window_opens_on_a_review_and_ends_when_it_is_closed(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    environment |= {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", RUN_WINDOW, str(tmp_path / "mine.review")],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=60,
    )
    said = [line for line in done.stderr.splitlines() if "propagateSizeHints()" not in line]
    assert said == []
    assert done.returncode == 0
    assert done.stdout.strip() == "Mine – reviewer_app"
    assert (tmp_path / "config" / "reviewer-app" / "window.ini").is_file()


def test_what_goes_wrong_is_kept_in_the_log(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "window.log"
    logger = logging.getLogger("reviewer_app")
    before = list(logger.handlers)
    keep_log(path)
    try:
        logging.getLogger("reviewer_app.ui").error("it went wrong")
    finally:
        for handler in set(logger.handlers) - set(before):
            logger.removeHandler(handler)
            handler.close()
    assert "it went wrong" in path.read_text(encoding="utf-8")


def test_an_unexpected_error_is_shown_and_not_lost(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    report_crashes(window)
    try:
        raise ValueError("a bug")
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    dialog = window.findChild(CrashDialog)
    assert "ValueError: a bug" in dialog.report
    assert "ValueError: a bug" in caplog.text
    dialog.close()


class NothingModel(QAbstractTableModel):
    """A model that has nothing to say, as most roles of most cells."""

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        return 1

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802
        return 1

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> None:
        return None


def test_qt_loses_no_reference_to_none(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 lost one per ``index.data()``, and aborted after a while."""
    model = NothingModel()
    index = model.index(0, 0)
    before = sys.getrefcount(None)
    for _ in range(1000):
        index.data()
    assert abs(sys.getrefcount(None) - before) < 500
