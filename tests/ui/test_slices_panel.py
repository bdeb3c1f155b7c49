"""The Slices view: what was found, what is copied, and the way to the examples."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from pathlib import Path

import fake_slices
import pytest
from fake_review import CATALOG, FakeReview
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from significance_steps import reviewed, rows, seen, settle, show, words

from reviewer_app.disagreements.filters import Condition
from reviewer_app.disagreements.slice_report import SliceReport
from reviewer_app.disagreements.slices import SliceFilter
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.review import Review
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.models.number_grid import TextFormat
from reviewer_app.ui.models.significance_views import View
from reviewer_app.ui.models.slice_grids import slice_words
from reviewer_app.ui.pages.disagreements import DisagreementsPage
from reviewer_app.ui.pages.significance import STOPPED, SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.slices_panel import SEARCHING, SHOW_EXAMPLES

Open = Callable[[FakeReview], FakeReview]


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> SignificancePage:
    """Return the page, seen, before a review is open."""
    return seen(qtbot, SignificancePage(session))


@pytest.fixture
def shown(qtbot: QtBot, page: SignificancePage, open_review: Open) -> SignificancePage:
    """Return the page with the slices of two teams in sight."""
    open_review(reviewed())
    settle(qtbot, page)
    show(qtbot, page, View.SLICES)
    return page


def test_a_sentence_and_a_row_for_each_find_and_the_next_best(shown: SignificancePage) -> None:
    assert "Of 15 slices tried on one half of the pairs, " in words(shown)
    assert f"{CATALOG} is better where price < 10" in words(shown)
    table = rows(shown)
    assert table[0][:5] == ["slice", "", "n", "A", "B"]
    assert table[1][:3] == ["price < 10", "A better", "100"]
    assert ["10 ≤ price < 20", "not confirmed"] in [row[:2] for row in table]
    assert len(table) == 11
    assert "Benjamini-Hochberg over" in words(shown)
    assert SHOW_EXAMPLES in words(shown)


def test_all_slices_can_be_shown(qtbot: QtBot, shown: SignificancePage) -> None:
    assert shown.slices.show_all.text() == "Show all 15 slices that were tried"
    shown.slices.show_all.click()
    settle(qtbot, shown)
    assert len(rows(shown)) == 16


def test_every_slice_is_copied_with_unrounded_numbers_and_its_condition_as_typed(shown: SignificancePage) -> None:
    shown.copy_as(TextFormat.CSV)
    copied = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    assert len(copied) == 15
    assert copied[0]["slice"] == "price < 10"
    assert copied[0]["status"] == "confirmed"
    assert float(copied[0]["a"]) - float(copied[0]["b"]) == pytest.approx(0.6)
    assert {row["slice"] for row in copied} >= {"price >= 10 and price < 20", "length:title >= 40"}
    shown.copy_as(TextFormat.LATEX)
    assert r"\toprule" in QGuiApplication.clipboard().text()


def test_a_click_on_a_row_asks_for_its_examples(qtbot: QtBot, shown: SignificancePage) -> None:
    table = shown.slices.table
    with qtbot.waitSignal(shown.examples_requested) as asked:
        where = table.visualRect(table.model().index(0, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert asked.args == [fake_slices.CHEAP]


def test_enter_does_so_too(qtbot: QtBot, shown: SignificancePage) -> None:
    table = shown.slices.table
    table.setFocus()
    table.selectRow(1)
    chosen = rows(shown)[2][0]
    with qtbot.waitSignal(shown.examples_requested) as asked:
        QTest.keyClick(table, Qt.Key.Key_Return)
    assert slice_words(SliceFilter(asked.args[0])) == chosen


def test_nothing_is_searched_before_the_view_is_in_sight(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    searched: list[str] = []
    review = reviewed()
    honest = review.slices

    def counted(
        dataset: str, a: str, b: str, metric: str | None = None, progress: Progress | None = None
    ) -> SliceReport:
        searched.append(dataset)
        return honest(dataset, a, b, metric, progress)

    review.slices = counted  # type: ignore[method-assign]
    open_review(review)
    settle(qtbot, page)
    assert searched == []
    show(qtbot, page, View.SLICES)
    show(qtbot, page, View.FOREST)
    show(qtbot, page, View.SLICES)
    assert searched == ["amazon-google"]
    page.session.select(dataset="abt-buy")
    settle(qtbot, page)
    assert searched == ["amazon-google", "abt-buy"]


def test_what_cannot_be_searched_says_why(qtbot: QtBot, page: SignificancePage, open_review: Open) -> None:
    review = reviewed()

    def refuse(*_: object, **__: object) -> SliceReport:
        raise ReviewError.of("no_labels", "Variant Grouping gave scores and no labels.")

    review.slices = refuse  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    show(qtbot, page, View.SLICES)
    assert "Variant Grouping gave scores and no labels." in words(page)
    assert page.shown_grids() == ()
    assert not page.slices.table.isVisible()


def test_a_search_that_is_cancelled_says_so_and_is_done_again(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    begun = threading.Event()
    review = reviewed()
    honest = review.slices

    def endless(
        dataset: str, a: str, b: str, metric: str | None = None, progress: Progress | None = None
    ) -> SliceReport:
        assert progress is not None
        begun.set()
        while True:
            progress.check()

    review.slices = endless  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    page.show_view(View.SLICES)
    qtbot.waitUntil(begun.is_set)
    assert SEARCHING in words(page)
    for job in page.session.jobs.running:
        job.cancel()
    settle(qtbot, page)
    assert STOPPED in words(page)
    review.slices = honest  # type: ignore[method-assign]
    page.again.click()
    settle(qtbot, page)
    assert f"{CATALOG} is better" in words(page)


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ((Condition("price", ">=", "9"), Condition("price", "<", "12")), "9 ≤ price < 12"),
        ((Condition("length:name", ">=", "9"),), "length of name ≥ 9"),
        ((Condition("name", "missing"),), "name missing"),
        ((Condition("a", ">=", "9"), Condition("b", "<", "12")), "a ≥ 9 and b < 12"),
        ((Condition("kind", "!=", "x"),), "kind ≠ x"),
    ],
)
def test_slices_are_written_as_they_are_read(conditions: tuple[Condition, ...], expected: str) -> None:
    assert slice_words(SliceFilter(conditions)) == expected


def test_from_a_slice_to_its_disagreements_in_a_real_review(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, shop_files: tuple[Path, Path, Path]
) -> None:
    gold, reds, plain = shop_files
    with Review.create(tmp_path / "shop.review") as review:
        review.do(AddDataset(gold))
        review.do(AddSubmission(reds, "Reds"))
        review.do(AddSubmission(plain, "Plain"))

    def wait() -> None:
        qtbot.waitUntil(lambda: not window.session.jobs.running, timeout=30_000)
        QApplication.processEvents()

    window.files.open_path(tmp_path / "shop.review")
    wait()
    window.go_to("Significance")
    wait()
    page = window.pages["Significance"]
    assert isinstance(page, SignificancePage)
    page.show_view(View.SLICES)
    wait()
    assert "Reds is better where colour = red" in page.slices.sentence.text
    table = page.slices.table
    where = table.visualRect(table.model().index(0, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    wait()
    shown = window.page
    assert isinstance(shown, DisagreementsPage)
    assert shown.filters.conditions == (Condition("colour", "=", "red"),)
    assert shown.examples is not None
    expected = shown.examples.rows(shown.filters.example_filter)
    wait()
    assert 0 < len(shown.model.rows) == len(expected) < shown.examples.n_disagreements
