"""What tests of the window share: a dressed application, and a watch on what a test leaves behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import fake_review
import pytest
from PySide6.QtCore import QEvent, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from reviewer_app.ui.app import dress
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.session import Session, Snapshot
from reviewer_app.ui.settings import Settings
from reviewer_app.ui.theme import Mode, theme

ALLOWED_MESSAGES = ("propagateSizeHints()", "raise()")
"""Said by the offscreen plugin about what it cannot do; anything else that Qt says fails the test."""


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """Return the class of the application that pytest-qt makes."""
    return QApplication


@pytest.fixture(scope="session", autouse=True)
def dressed(qapp: QApplication) -> QApplication:
    """Give the application its style, fonts and colours once."""
    dress(qapp, Mode.LIGHT)
    return qapp


@pytest.fixture(autouse=True)
def nothing_left_behind(dressed: QApplication) -> Iterator[None]:
    """Fail a test that makes Qt complain, or leaves a top-level widget, a thread or a running timer behind."""
    said: list[str] = []

    def hear(kind: QtMsgType, _context: object, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not any(allowed in message for allowed in ALLOWED_MESSAGES):
            said.append(message)

    widgets, threads = _widgets(dressed), set(threading.enumerate())
    previous = qInstallMessageHandler(hear)
    yield
    delete_what_is_due(dressed)
    qInstallMessageHandler(previous)
    theme.set_mode(Mode.LIGHT)
    left = [widget for widget in _widgets(dressed) if widget not in widgets]
    timers = [timer for timer in dressed.findChildren(QTimer) if timer.isActive()]
    alive = [thread.name for thread in threading.enumerate() if thread not in threads and thread.is_alive()]
    names = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    delete_what_is_due(dressed)
    assert not said, f"Qt said: {said}"
    assert not names, f"left behind: {names}"
    assert not timers, f"timers still run: {timers}"
    assert not alive, f"threads still run: {alive}"


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """Return a session without a review; its jobs are ended afterwards."""
    value = Session()
    yield value
    value.close()
    value.jobs.close()
    value.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, session: Session, tmp_path: Path) -> MainWindow:
    """Return the window on its start page, 1280 x 800, with settings of its own."""
    value = MainWindow(session, Settings(tmp_path / "window.ini"))
    qtbot.addWidget(value)
    value.resize(1280, 800)
    value.show()
    return value


@pytest.fixture
def open_review(session: Session) -> Callable[[fake_review.FakeReview], fake_review.FakeReview]:
    """Return a function that opens a review made in memory, as `Session.open` would one from a file."""

    def open_it(review: fake_review.FakeReview) -> fake_review.FakeReview:
        session.adopt(review, snapshot_of(review))
        return review

    return open_it


def snapshot_of(review: fake_review.FakeReview) -> Snapshot:
    """Return what pages read of a review."""
    return Snapshot(review.summary(), review.datasets(), review.teams(), review.runs())


def delete_what_is_due(application: QApplication) -> None:
    """Do what `deleteLater` asked for: nothing else does while no event loop runs."""
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _widgets(application: QApplication) -> set[QWidget]:
    return set(application.topLevelWidgets())
