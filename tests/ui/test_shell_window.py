"""The window's frame: start page, navigation, menus, status, keys, drops, dialogs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_review import BASE, CATALOG, VARIANT, FakeReview
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.operations.settings import SetTitle
from reviewer_app.review.queries import CellState
from reviewer_app.ui.actions import ACTIONS, MENUS, Needs
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.review_files import DEMO
from reviewer_app.ui.theme import DARK, theme
from reviewer_app.ui.views.command_box import CommandBox
from reviewer_app.ui.views.dialogs import ConfirmDialog, CrashDialog, FindingsDialog, KeysSheet

OpenReview = Callable[[FakeReview], FakeReview]


def dialog_of(window: MainWindow, kind: type[QDialog]) -> QDialog:
    return next(child for child in window.findChildren(kind) if child.isVisible())


def words_in(widget: QWidget) -> list[str]:
    return [found.text() for found in widget.findChildren(QLabel) if found.isVisible()]


def test_the_first_window_offers_new_open_and_demo(window: MainWindow) -> None:
    assert window.page is None
    texts = [button.text() for button in window.findChildren(QPushButton) if button.isVisible()]
    assert {"New review…", "Open review…", "Open the demo"} <= set(texts)
    assert not window.commands["run.missing"].isEnabled()


def test_a_review_opens_on_the_overview_with_counts(window: MainWindow, open_review: OpenReview) -> None:
    open_review(FakeReview())
    assert window.page is window.pages["Overview"]
    assert window.windowTitle() == "Catalog Matching against Variant Grouping – reviewer_app"
    assert window.commands["run.missing"].isEnabled()
    names = [button.accessibleName() for button in window._navigation.buttons.values()]
    assert names == ["Overview", "Datasets & teams, 4", "Runs, ✓ 6", "Metrics", "Significance", "Disagreements, 512"]
    assert window.status.file.whole_text == "catalog.review · 14 MB"
    assert window.status.state.whole_text == "6 of 6 runs done"


def test_an_empty_review_opens_where_things_are_added(window: MainWindow, open_review: OpenReview) -> None:
    open_review(FakeReview(dataset_infos=(), submissions=(), run_infos=(), comparisons=(), overall=()))
    assert window.page is window.pages["Datasets & teams"]
    assert window.page.empty.isVisible()


def test_closing_a_review_leads_back_to_the_start_page(window: MainWindow, open_review: OpenReview) -> None:
    open_review(FakeReview())
    window.commands["file.close"].trigger()
    assert window.page is None
    assert window.windowTitle() == "reviewer_app"
    assert not window.commands["view.overview"].isEnabled()


def test_every_page_has_a_key(window: MainWindow, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview())
    for number, name in enumerate(window.pages, start=1):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_0 + number), Qt.KeyboardModifier.ControlModifier)
        assert window.page is window.pages[name]


def test_every_action_is_in_a_menu_has_help_and_a_handler() -> None:
    assert {spec.menu for spec in ACTIONS} == set(MENUS)
    assert all(spec.help.endswith(".") for spec in ACTIONS)
    assert len({spec.id for spec in ACTIONS}) == len(ACTIONS)


def test_no_two_actions_have_the_same_key() -> None:
    keys = [QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_no_two_entries_of_a_menu_share_a_mnemonic() -> None:
    for menu in MENUS:
        texts = [spec.text.replace("&&", "") for spec in ACTIONS if spec.menu == menu]
        letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
        assert len(set(letters)) == len(letters), menu


def test_every_action_does_something(window: MainWindow, open_review: OpenReview) -> None:
    open_review(FakeReview())
    by_pages = {id_ for page in window.pages.values() for id_ in page.commands()}
    for spec in ACTIONS:
        assert spec.id in window._handlers or spec.needs is Needs.PAGE, spec.id
    assert by_pages <= {spec.id for spec in ACTIONS if spec.needs is Needs.PAGE}


def test_menus_are_made_from_the_table(window: MainWindow) -> None:
    for name, entry in zip(MENUS, window.menuBar().actions(), strict=True):
        texts = [action.text() for action in entry.menu().actions() if not action.isSeparator() and not action.menu()]
        assert texts == [spec.text for spec in ACTIONS if spec.menu == name]


def test_the_command_box_triggers_what_is_typed(window: MainWindow, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview())
    window.commands["help.commands"].trigger()
    box = window.findChild(CommandBox)
    QTest.keyClicks(box.line, "datasets teams")
    QTest.keyClick(box.line, Qt.Key.Key_Return)
    assert window.page is window.pages["Datasets & teams"]


def test_the_command_box_offers_only_what_can_be_done(window: MainWindow) -> None:
    window.commands["help.commands"].trigger()
    box = window.findChild(CommandBox)
    items = [box.list.topLevelItem(row) for row in range(box.list.topLevelItemCount())]
    offered = {item.data(0, Qt.ItemDataRole.UserRole) for item in items}
    assert "file.open" in offered
    assert "run.missing" not in offered
    QTest.keyClick(box.line, Qt.Key.Key_Escape)
    assert not box.isVisible()


def test_the_sheet_of_keys_shows_every_key(window: MainWindow) -> None:
    window.commands["help.keys"].trigger()
    sheet = dialog_of(window, KeysSheet)
    words = {found.text() for found in sheet.findChildren(QLabel)}
    assert {QKeySequence(spec.shortcut).toString() for spec in ACTIONS if spec.shortcut} <= words
    sheet.close()


def test_the_look_is_chosen_in_the_menu_and_remembered(window: MainWindow) -> None:
    window.commands["view.dark"].trigger()
    assert theme.palette() is DARK
    assert window.settings.mode == "dark"
    assert window.commands["view.dark"].isChecked()


def test_sides_can_be_chosen_where_there_are_more_than_two(
    window: MainWindow, open_review: OpenReview, qtbot: QtBot
) -> None:
    open_review(FakeReview())
    navigation = window._navigation
    assert navigation.a.isVisible()
    assert [navigation.b.box.itemText(row) for row in range(navigation.b.box.count())] == [CATALOG, VARIANT, BASE]
    navigation.b.box.setCurrentText(BASE)
    navigation.b.box.textActivated.emit(BASE)
    assert (window.session.a, window.session.b) == (CATALOG, BASE)
    navigation.swap.click()
    assert (window.session.a, window.session.b) == (BASE, CATALOG)
    assert navigation.a.box.currentText() == BASE


def test_no_side_is_to_choose_where_there_are_two(window: MainWindow, open_review: OpenReview) -> None:
    review = FakeReview()
    review.submissions = review.submissions[:2]
    open_review(review)
    assert not window._navigation.a.isVisible()


def test_the_dataset_is_to_choose_on_pages_that_show_one(window: MainWindow, open_review: OpenReview) -> None:
    open_review(FakeReview())
    assert not window._navigation.dataset.isVisible()
    page = next(page for page in window.pages.values() if page.uses_dataset)
    window.go_to(page.name)
    assert window._navigation.dataset.isVisible()


def test_the_start_page_says_what_it_is_busy_with(window: MainWindow, qtbot: QtBot) -> None:
    may_end = threading.Event()
    window.session.jobs.start("Running the demo", lambda progress: may_end.wait(5), key=DEMO, kind="run")
    assert "Running the demo …" in words_in(window)
    buttons = [button for button in window._start.findChildren(QPushButton) if button.isVisible()]
    assert not any(button.isEnabled() for button in buttons)
    may_end.set()
    qtbot.waitUntil(lambda: not window.session.jobs.running)
    assert all(button.isEnabled() for button in buttons)


def test_a_job_that_lasts_is_shown_and_can_be_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    def work(progress: Progress) -> None:
        while True:
            progress.report(0.5, "half of it")

    window.session.jobs.start("Importing", work)
    qtbot.waitUntil(window.status.cancel.isVisible)
    qtbot.waitUntil(lambda: window.status.state.whole_text == "Importing: half of it")
    assert window.status.bar.value() == 500
    assert window.commands["run.cancel"].isEnabled()
    window.status.cancel.click()
    qtbot.waitUntil(lambda: not window.session.jobs.running)
    assert not window.status.cancel.isVisible()
    assert not window.commands["run.cancel"].isEnabled()


def test_a_bug_in_a_job_shows_its_traceback_to_copy(
    window: MainWindow, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def work(progress: Progress) -> float:
        return 1 / 0

    with qtbot.waitSignal(window.session.jobs.crashed):
        window.session.jobs.start("Dividing", work)
    dialog = dialog_of(window, CrashDialog)
    next(button for button in dialog.findChildren(QPushButton) if button.text() == "Copy the report").click()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    assert "While: Dividing" in QGuiApplication.clipboard().text()
    dialog.close()


def test_a_refusal_is_shown_in_words_as_plain_text(window: MainWindow, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview(refuse=ReviewError.of("x", "<b>bold</b> is no title.", first=("line 5: <i>x</i>",))))
    with qtbot.waitSignal(window.session.jobs.refused):
        window.session.do(SetTitle("x"))
    dialog = dialog_of(window, FindingsDialog)
    said = [found.accessibleName() for found in dialog.findChildren(QWidget)]
    assert "<b>bold</b> is no title." in said
    assert "line 5: <i>x</i>" in said
    dialog.close()


def test_labels_never_read_markup(window: MainWindow, open_review: OpenReview) -> None:
    open_review(FakeReview(title="<h1>huge</h1>"))
    for name in window.pages:
        window.go_to(name)
        QApplication.processEvents()
        for found in window.findChildren(QLabel):
            assert found.textFormat() is Qt.TextFormat.PlainText or not found.text(), found.text()


def drop(window: MainWindow, paths: list[Path]) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    window.dragEnterEvent(QDragEnterEvent(QPoint(50, 50), copy, data, buttons, keys))
    window.dropEvent(QDropEvent(QPointF(50, 50), copy, data, buttons, keys))


def test_a_dropped_review_is_opened(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(window.files, "open_path", opened.append)
    drop(window, [tmp_path / "x.review"])
    assert opened == [tmp_path / "x.review"]


def test_dropped_files_are_offered_to_the_open_review(
    window: MainWindow, open_review: OpenReview, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered: list[list[Path]] = []
    monkeypatch.setattr(window.imports, "offer", lambda paths, kind=None: offered.append(paths))
    open_review(FakeReview())
    drop(window, [tmp_path / "a.csv", tmp_path / "b"])
    assert offered == [[tmp_path / "a.csv", tmp_path / "b"]]
    assert not window._overlay.isVisible()


def test_files_dropped_without_a_review_make_a_new_one(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    created: list[Path] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    monkeypatch.setattr(window.session, "create", lambda path, on_done: created.append(path))
    drop(window, [tmp_path / "a.csv"])
    assert created == [tmp_path / "mine.review"]


def test_a_copy_is_saved_where_it_was_asked_for(
    window: MainWindow, open_review: OpenReview, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, qtbot: QtBot
) -> None:
    review = open_review(FakeReview())
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "copy.review"), ""))
    window.commands["file.save_copy"].trigger()
    qtbot.waitUntil(lambda: review.copies == [tmp_path / "copy.review"])


def test_recent_reviews_stand_in_the_menu_and_on_the_start_page(
    window: MainWindow, open_review: OpenReview, tmp_path: Path
) -> None:
    path = tmp_path / "R&D.review"
    path.touch()
    open_review(FakeReview(path=path))
    window.commands["file.close"].trigger()
    assert [action.text() for action in window._recent_menu.actions()] == [str(path).replace("&", "&&")]
    assert f"Open {path}" in [button.accessibleName() for button in window._start.findChildren(QPushButton)]


def test_running_shows_the_runs(window: MainWindow, open_review: OpenReview, qtbot: QtBot) -> None:
    review = FakeReview()
    review.run_infos = tuple(replace(run, state=CellState.MISSING, metrics={}) for run in review.run_infos)
    open_review(review)
    window.commands["run.missing"].trigger()
    assert window.page is window.pages["Runs"]
    qtbot.waitUntil(lambda: window.status.state.whole_text == "6 of 6 runs done")


def test_closing_asks_before_it_stops_a_run(
    window: MainWindow, open_review: OpenReview, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    review = FakeReview()
    may_end = threading.Event()
    monkeypatch.setattr(review, "run", lambda **_: may_end.wait(5))
    open_review(review)
    window.commands["run.missing"].trigger()
    window.close()
    assert window.isVisible()
    dialog = dialog_of(window, ConfirmDialog)
    may_end.set()
    dialog.confirm.click()
    assert not window.isVisible()
    assert window.session.review is None


def test_everything_that_takes_keys_has_a_name(window: MainWindow, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview())
    for name in window.pages:
        window.go_to(name)
        qtbot.waitUntil(lambda: not window.session.jobs.running)
        for widget in window.findChildren(QWidget):
            if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
                text = getattr(widget, "text", str)()
                assert widget.accessibleName() or text, f"{type(widget).__name__} on {name}"


def test_the_window_remembers_its_place(window: MainWindow, qtbot: QtBot) -> None:
    window.setGeometry(10, 20, 900, 570)
    window.close()
    other = QWidget()
    qtbot.addWidget(other)
    window.settings.restore_geometry(other)
    assert other.height() == 570
