"""The view of wrong labels: a queue to judge, judgements that are read, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_review import CATALOG, VARIANT, FakeReview
from matplotlib.figure import Figure
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from significance_steps import opened, rows, settle, words

from reviewer_app.ui.models.number_grid import TextFormat
from reviewer_app.ui.models.significance_views import View
from reviewer_app.ui.pages.significance import SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.theme import LIGHT
from reviewer_app.ui.views.label_noise_figure import (
    DrawnDifference,
    LabelNoiseDrawing,
    draw_label_noise,
    label_noise_height,
)
from reviewer_app.ui.views.label_noise_panel import NO_FRAGILITY, NOT_PRIMARY

Open = Callable[[FakeReview], FakeReview]


@pytest.fixture
def shown(qtbot: QtBot, session: Session, open_review: Open) -> SignificancePage:
    """Return the page with the view in sight, nothing judged yet."""
    return opened(qtbot, session, open_review, View.WRONG_LABELS)


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    """A file of judgements."""
    path = tmp_path / "judged.csv"
    path.write_text("example_id,judgement\n", encoding="utf-8")
    return path


def read(qtbot: QtBot, page: SignificancePage, *paths: Path) -> None:
    page.label_noise.read_from(paths)
    settle(qtbot, page)


def test_before_judging_it_says_how_fragile_the_verdict_is_and_what_to_do(shown: SignificancePage) -> None:
    said = words(shown)
    assert "Fragility: p would no longer be below alpha if 9 of the gold labels were wrong" in said
    assert "Write a queue: disagreements in a random order that nobody chose." in said
    assert f"Nothing is judged yet: by the gold labels {CATALOG} minus {VARIANT} is" in said
    assert shown.shown_figures() == ()
    assert [row[:3] for row in rows(shown)[1:]] == [
        [f"only {CATALOG} right", "61", "0"],
        [f"only {VARIANT} right", "24", "0"],
        ["both wrong, differently", "0", "0"],
    ]


def test_without_a_verdict_there_is_none_to_take_away(
    qtbot: QtBot, shown: SignificancePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = shown.session.review
    of_review = review.significance

    def without(*arguments: object) -> object:
        found = of_review(*arguments)
        return replace(found, detail=replace(found.detail, fragility=None))

    monkeypatch.setattr(review, "significance", without)
    read(qtbot, shown)
    assert NO_FRAGILITY in words(shown)


def test_judgements_are_read_drawn_and_told(qtbot: QtBot, shown: SignificancePage, judged: Path) -> None:
    read(qtbot, shown, judged)
    said = words(shown)
    assert "with 40 of 85 disagreements judged, the difference in accuracy is +1.6 points (95 % interval" in said
    assert "however often one looks" in said
    assert "1 example left empty before the last judgement." in said
    assert "Read from judged.csv." in said
    assert NOT_PRIMARY in said
    assert "Shaded: the margin (1.0 points)." in said
    assert "Thick" not in said
    assert [card.title for card in shown.shown_figures()] == ["Corrected difference in accuracy"]
    assert [row[0] for row in rows(shown, 1)[1:]] == ["by the gold labels", "corrected, at every look"]


def test_a_planned_number_has_an_interval_of_its_own(qtbot: QtBot, shown: SignificancePage, judged: Path) -> None:
    read(qtbot, shown, judged)
    shown.label_noise.planned.setValue(40)
    settle(qtbot, shown)
    assert [row[0] for row in rows(shown, 1)[1:]][-1] == "corrected, as planned"
    assert "for the number planned" in words(shown)
    shown.label_noise.planned.setValue(60)
    settle(qtbot, shown)
    assert "40 of the 60 planned are drawn" in words(shown)


def test_judgements_are_forgotten_with_their_dataset(qtbot: QtBot, shown: SignificancePage, judged: Path) -> None:
    read(qtbot, shown, judged)
    shown.session.select(dataset="abt-buy")
    settle(qtbot, shown)
    assert "Nothing is judged yet" in words(shown)
    assert "judged.csv" not in words(shown)
    assert shown.label_noise.judged == ()


def test_what_is_wrong_with_a_file_is_said_and_no_numbers_stay(
    qtbot: QtBot, shown: SignificancePage, judged: Path
) -> None:
    read(qtbot, shown, judged)
    read(qtbot, shown, judged.with_name("absent.csv"))
    assert "There is no such file." in words(shown)
    assert shown.shown_grids() == ()
    assert shown.shown_figures() == ()


def test_the_buttons_ask_for_files(
    qtbot: QtBot, shown: SignificancePage, tmp_path: Path, judged: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = tmp_path / "queue"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(queue), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_args: ([str(judged)], ""))
    shown.label_noise.number.setValue(7)
    QTest.mouseClick(shown.label_noise.write, Qt.MouseButton.LeftButton)
    settle(qtbot, shown)
    assert len((tmp_path / "queue.csv").read_text().splitlines()) == 7
    assert "Wrote 7 disagreements to" in words(shown)
    QTest.mouseClick(shown.label_noise.write, Qt.MouseButton.LeftButton)
    settle(qtbot, shown)
    assert "queue.csv exists." in words(shown)
    QTest.mouseClick(shown.label_noise.read, Qt.MouseButton.LeftButton)
    settle(qtbot, shown)
    assert shown.label_noise.judged == (judged,)
    assert "40 of 85 disagreements judged" in words(shown)


def test_a_queue_that_is_written_while_numbers_are_computed_does_not_lose_them(
    qtbot: QtBot, shown: SignificancePage, tmp_path: Path, judged: Path
) -> None:
    shown.label_noise.read_from((judged,))
    shown.label_noise.write_to(tmp_path / "queue.csv")
    settle(qtbot, shown)
    assert (tmp_path / "queue.csv").exists()
    assert "40 of 85 disagreements judged" in words(shown)


def test_tables_are_copied_with_unrounded_numbers(qtbot: QtBot, shown: SignificancePage, judged: Path) -> None:
    read(qtbot, shown, judged)
    shown.copy_as(TextFormat.CSV)
    text = QGuiApplication.clipboard().text()
    assert "table,by_gold_label,disagreements,drawn,a_right,b_right,neither_or_both,unclear" in text
    assert f"{(61 - 24) / 2293!r}"[:8] in text


@pytest.mark.parametrize("interval", [(-0.2, 0.1), (None, None)])
def test_ranges_are_bars_and_numbers_are_dots(interval: tuple[float | None, float | None]) -> None:
    drawing = LabelNoiseDrawing(
        (
            DrawnDifference("by the gold labels", 0.05, 0.05, *interval, "muted"),
            DrawnDifference("corrected, at every look", -0.1, 0.1, -0.2, 0.2, "ink"),
        ),
        "A",
        "B",
        0.01,
    )
    figure = Figure(figsize=(8.0, label_noise_height(drawing) / 100), dpi=100)
    draw_label_noise(figure, drawing, LIGHT)
    figure.canvas.draw()
    plot = figure.axes[1]
    dots = [line for line in plot.lines if line.get_marker() == "o"]
    bars = [line for line in plot.lines if line.get_linewidth() > 5]
    assert [list(line.get_xdata()) for line in dots] == [[5.0]]
    assert [list(line.get_xdata()) for line in bars] == [[-10.0, 10.0]]
