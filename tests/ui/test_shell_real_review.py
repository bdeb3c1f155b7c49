"""The window over a real review file: two prediction files to a verdict, and back again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from reviewer_app.review.review import Review
from reviewer_app.ui.input_guesses import InputGuess, InputKind
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.pages.overview import OverviewPage
from reviewer_app.ui.views.cards import VerdictCard
from reviewer_app.ui.views.dialogs import FindingsDialog
from reviewer_app.ui.views.import_dialog import ConfirmedInput
from reviewer_app.ui.views.refusal_card import RefusalCard

PATIENCE = 30_000
"""Milliseconds: the first import loads pyarrow and scipy."""


@pytest.fixture
def settle(window: MainWindow, qtbot: QtBot) -> Callable[[], None]:
    def wait() -> None:
        qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=PATIENCE)
        QApplication.processEvents()

    return wait


def confirmed(path: Path, kind: InputKind, team: str) -> ConfirmedInput:
    return ConfirmedInput(InputGuess(path, kind, ""), kind, team, trusted=False)


def test_two_prediction_files_to_a_verdict(
    window: MainWindow,
    settle: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    test_data: Path,
) -> None:
    malformed = test_data / "malformed"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.review"), ""))
    window.commands["file.new"].trigger()
    settle()
    assert window.page is window.pages["Datasets & teams"]

    window.imports.add(
        [
            confirmed(malformed / "good_gold.csv", InputKind.DATASET, ""),
            confirmed(malformed / "good_predictions.csv", InputKind.SUBMISSION, "Team A"),
            confirmed(malformed / "labels_trailing_space.csv", InputKind.SUBMISSION, "Team B"),
        ]
    )
    settle()
    (refusal,) = window.imports.refusals
    assert refusal.error.code == "labels_match_after_trim"
    card = window.page.findChild(RefusalCard)
    trim = next(button for view in card.findings for button in view.remedy_buttons)
    trim.click()
    settle()
    assert window.imports.refusals == []
    assert (window.session.a, window.session.b) == ("Team A", "Team B")

    window.go_to("Overview")
    settle()
    page = window.page
    assert isinstance(page, OverviewPage)
    (verdict,) = page.cards.cards
    assert isinstance(verdict, VerdictCard)
    assert verdict.accessibleDescription()
    assert page.sentence.text

    window.commands["file.close"].trigger()
    settle()
    with Review.open(tmp_path / "mine.review") as review:
        assert review.summary().n_cells_done == 2
        assert [team.name for team in review.teams()] == ["Team A", "Team B"]


def test_a_file_that_is_no_review_is_refused_in_words(
    window: MainWindow, settle: Callable[[], None], tmp_path: Path
) -> None:
    path = tmp_path / "text.review"
    path.write_text("this is no database", encoding="utf-8")
    window.files.open_path(path)
    settle()
    assert window.page is None
    dialog = window.findChild(FindingsDialog)
    assert dialog is not None
    assert dialog.isVisible()
    dialog.close()


def test_an_existing_file_is_never_overwritten(
    window: MainWindow, settle: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "mine.review"
    path.write_text("somebody's notes", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    window.commands["file.new"].trigger()
    settle()
    assert path.read_text(encoding="utf-8") == "somebody's notes"
    window.findChild(FindingsDialog).close()
