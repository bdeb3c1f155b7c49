"""The Disagreements page: its rows are those of its filters, whatever is clicked, typed or pressed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_evidence import EvidenceReview, WatchedTable, huge_table, pairs_table
from fake_review import FakeReview
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from reviewer_app.disagreements.filters import Condition
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.review.queries import ExampleDetail
from reviewer_app.ui.models.outcome_choice import OutcomeChoice
from reviewer_app.ui.models.row_text import COPIED_ROWS
from reviewer_app.ui.pages.disagreements import DisagreementsPage
from reviewer_app.ui.session import Session

Open = Callable[[FakeReview], FakeReview]


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> DisagreementsPage:
    """Return the page, seen, before a review is open."""
    value = DisagreementsPage(session)
    qtbot.addWidget(value)
    value.resize(1092, 742)
    session.changed.connect(value.mark_stale)
    session.selection_changed.connect(lambda: value.mark_stale(frozenset({"selection"})))
    value.show()
    return value


@pytest.fixture
def shown(qtbot: QtBot, page: DisagreementsPage, open_review: Open) -> DisagreementsPage:
    """Return the page with the eight pairs, sorted by gap."""
    open_review(EvidenceReview())
    settle(qtbot, page)
    return page


def settle(qtbot: QtBot, page: DisagreementsPage) -> None:
    """Wait until nothing is under way on the page."""
    page.mark_stale(frozenset())
    qtbot.waitUntil(
        lambda: not page.session.jobs.running and not any(timer.isActive() for timer in page.findChildren(QTimer))
    )


def ids(page: DisagreementsPage) -> list[str]:
    """Return the ids in the table, from top to bottom."""
    return [str(page.model.index(row, 0).data()) for row in range(page.model.rowCount())]


def test_disagreements_come_first_sorted_by_gap(shown: DisagreementsPage) -> None:
    assert ids(shown) == ["p3", "p2", "p5", "p4", "p7"]
    assert "amazon-google · 5 of 8 pairs" in [found.text() for found in shown.findChildren(QLabel)]


@pytest.mark.parametrize(
    ("choice", "expected", "title"),
    [
        (OutcomeChoice.DISAGREE, {"p2", "p3", "p4", "p5", "p7"}, "Disagree 5"),
        (OutcomeChoice.ONLY_A, {"p2", "p3", "p4", "p7"}, "Only A right 4"),
        (OutcomeChoice.ONLY_B, {"p5"}, "Only B right 1"),
        (OutcomeChoice.BOTH_WRONG, {"p6"}, "Both wrong 1"),
        (OutcomeChoice.ALL, {f"p{number}" for number in range(8)}, "All 8"),
    ],
)
def test_each_chip_shows_its_examples_and_their_number(
    qtbot: QtBot, shown: DisagreementsPage, choice: OutcomeChoice, expected: set[str], title: str
) -> None:
    chip = shown.filters.chips[choice]
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    settle(qtbot, shown)
    assert set(ids(shown)) == expected
    assert chip.text() == title


def test_a_condition_becomes_a_chip_and_its_click_takes_it_away(qtbot: QtBot, shown: DisagreementsPage) -> None:
    editor = shown.filters.editor
    shown.filters.add_filter.click()
    editor.column.setCurrentText("left price")
    editor.operator.setCurrentText(">")
    qtbot.keyClicks(editor.value, "100")
    qtbot.keyClick(editor.value, Qt.Key.Key_Return)
    settle(qtbot, shown)
    assert not editor.isVisible()
    assert set(ids(shown)) == {"p2", "p5"}
    chip = button(shown, "left_price > 100  ×")
    assert chip.accessibleName() == "Remove the filter left_price > 100"
    chip.click()
    settle(qtbot, shown)
    assert len(ids(shown)) == 5
    assert shown.filters.conditions == ()


def test_conditions_hold_together(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.filters.add_condition(Condition("left_price", "<", "100"))
    shown.filters.add_condition(Condition("left_title", "contains", "HP"))
    settle(qtbot, shown)
    assert set(ids(shown)) == {"p3", "p4"}


def test_a_condition_that_cannot_hold_says_why_and_changes_no_row(qtbot: QtBot, shown: DisagreementsPage) -> None:
    before = ids(shown)
    shown.filters.add_condition(Condition("left_price", ">", "cheap"))
    settle(qtbot, shown)
    assert "'cheap'" in shown.notice.text()
    assert shown.notice.isVisible()
    assert ids(shown) == before


def test_label_choosers_ask_for_gold_and_predicted_labels(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.filters.labels["gold"].setCurrentText("non_match")
    settle(qtbot, shown)
    assert set(ids(shown)) == {"p3", "p7"}
    shown.filters.labels["b"].setCurrentText("no prediction")
    settle(qtbot, shown)
    assert ids(shown) == ["p7"]


def test_choosers_offer_no_prediction_only_where_one_is_missing(shown: DisagreementsPage) -> None:
    offered = {name: [box.itemText(i) for i in range(box.count())] for name, box in shown.filters.labels.items()}
    assert offered == {
        "gold": ["any label", "match", "non_match"],
        "a": ["any label", "match", "non_match"],
        "b": ["any label", "match", "non_match", "no prediction"],
    }


def test_search_waits_for_the_end_of_the_word(qtbot: QtBot, shown: DisagreementsPage) -> None:
    table = table_of(shown)
    asked = len(table.row_calls)
    shown.commands()["edit.find"]()
    qtbot.keyClicks(shown.filters.search, "SONY")
    settle(qtbot, shown)
    assert ids(shown) == ["p2"]
    assert [call.text for call in table.row_calls[asked:]] == ["SONY"]


def test_nothing_found_says_so_and_the_filters_can_be_cleared(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.filters.search.setText("no such thing")
    settle(qtbot, shown)
    clear = button(shown, "Clear the filters")
    assert clear.isVisible()
    assert not shown.table.isVisible()
    clear.click()
    settle(qtbot, shown)
    assert len(ids(shown)) == 5
    assert shown.filters.search.text() == ""


def test_header_clicks_sort_largest_first_then_smallest_then_back_to_the_file(
    qtbot: QtBot, shown: DisagreementsPage
) -> None:
    orders = []
    for _ in range(3):
        click_header(qtbot, shown, "left price")
        settle(qtbot, shown)
        orders.append(ids(shown))
    assert orders == [
        ["p5", "p2", "p4", "p3", "p7"],
        ["p7", "p3", "p4", "p2", "p5"],
        ["p2", "p3", "p4", "p5", "p7"],
    ]


def test_texts_sort_from_a_first_and_the_header_shows_the_way(qtbot: QtBot, shown: DisagreementsPage) -> None:
    click_header(qtbot, shown, "left title")
    settle(qtbot, shown)
    assert ids(shown) == ["p2", "p7", "p4", "p3", "p5"]
    assert "left title ↑" in [column_title(shown, section) for section in range(shown.model.columnCount())]


def test_the_sort_chip_brings_the_order_of_the_file_back(qtbot: QtBot, shown: DisagreementsPage) -> None:
    chip = button(shown, "Sorted by gap ↓  ×")
    chip.click()
    settle(qtbot, shown)
    assert ids(shown) == ["p2", "p3", "p4", "p5", "p7"]
    assert not chip.isVisible()


def test_j_and_k_walk_through_the_examples_and_stop_at_the_ends(qtbot: QtBot, shown: DisagreementsPage) -> None:
    following, previous = shown.commands()["view.next_example"], shown.commands()["view.previous_example"]
    previous()
    assert shown.table.currentIndex().row() == 0
    for expected in (1, 2, 3, 4, 4):
        following()
        assert shown.table.currentIndex().row() == expected
    settle(qtbot, shown)
    assert "p7" in pane_text(shown)
    assert "5 of 5" in pane_text(shown)


def test_letters_typed_into_the_table_fetch_no_rows(qtbot: QtBot, shown: DisagreementsPage) -> None:
    calls = len(table_of(shown).page_calls)
    shown.table.setFocus()
    qtbot.keyClicks(shown.table, "p7")
    assert shown.table.currentIndex().row() == 0
    assert len(table_of(shown).page_calls) == calls


def test_the_pane_shows_labels_confidence_gold_and_outcome(qtbot: QtBot, shown: DisagreementsPage) -> None:
    text = pane_text(shown)
    assert "✓ non_match" in text
    assert "✗ match" in text
    assert "0.30" in text
    assert "0.90" in text
    assert "Only A right" in text
    assert "hp laser" in shown.pane.features.toPlainText()


def test_a_missing_prediction_is_shown_in_words(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.table.go_to_row(4)
    settle(qtbot, shown)
    assert "✗ no prediction" in pane_text(shown)
    assert str(shown.model.index(4, 3).data()) == "✗ no prediction"


def test_text_of_the_data_is_never_markup(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.table.go_to_row(1)
    settle(qtbot, shown)
    assert "<b>bold</b> sony" in shown.pane.features.toPlainText()


def test_the_chosen_example_stays_chosen_while_it_passes_the_filter(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.table.go_to_row(3)
    settle(qtbot, shown)
    shown.filters.chips[OutcomeChoice.ALL].click()
    settle(qtbot, shown)
    assert ids(shown)[shown.table.currentIndex().row()] == "p4"
    shown.filters.chips[OutcomeChoice.ONLY_B].click()
    settle(qtbot, shown)
    assert ids(shown)[shown.table.currentIndex().row()] == "p5"


def test_an_example_is_read_of_the_comparison_in_sight(
    qtbot: QtBot, page: DisagreementsPage, open_review: Open
) -> None:
    gate = threading.Event()
    review = EvidenceReview()
    open_review(review)
    settle(qtbot, page)
    asked: list[tuple[object, ...]] = []
    honest_table, honest_example = review.disagreements, review.example

    def slow(dataset: str, a: str, b: str) -> DisagreementTable:
        assert gate.wait(10)
        return honest_table(dataset, a, b)

    def example(*arguments: object) -> ExampleDetail:
        asked.append(arguments)
        return honest_example(*arguments)  # type: ignore[arg-type]

    review.disagreements = slow  # type: ignore[method-assign]
    review.example = example  # type: ignore[method-assign, assignment]
    page.session.select(dataset="abt-buy")
    page.table.go_to_row(3)
    qtbot.waitUntil(lambda: len(asked) == 1)
    gate.set()
    settle(qtbot, page)
    assert [arguments[0] for arguments in asked] == ["amazon-google", "abt-buy"]


def test_the_answer_to_an_older_filter_is_dropped(qtbot: QtBot, page: DisagreementsPage, open_review: Open) -> None:
    gate = threading.Event()
    open_review(EvidenceReview(table=pairs_table(may_go_on=gate)))
    page.mark_stale(frozenset())
    table_is_there = lambda: page.model.columnCount() > 0  # noqa: E731
    qtbot.waitUntil(table_is_there)
    landed: list[int] = []
    page.model.modelReset.connect(lambda: landed.append(page.model.rowCount()))
    page.filters.chips[OutcomeChoice.ONLY_B].click()
    gate.set()
    settle(qtbot, page)
    assert ids(page) == ["p5"]
    assert landed == [1]


def test_holding_a_key_down_reads_fewer_examples_than_it_passes(
    qtbot: QtBot, page: DisagreementsPage, open_review: Open
) -> None:
    review = EvidenceReview()
    open_review(review)
    settle(qtbot, page)
    page.filters.chips[OutcomeChoice.ALL].click()
    settle(qtbot, page)
    review.examples_read.clear()
    page.table.go_to_row(0)
    for _ in range(7):
        page.table.step(1)
    settle(qtbot, page)
    assert review.examples_read == [page.model.example_no(7)]


def test_copied_rows_are_a_table_with_a_header(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.table.go_to_row(0)
    qtbot.keyClick(shown.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    copy_key = QKeySequence(QKeySequence.StandardKey.Copy)[0]
    qtbot.keyClick(shown.table, copy_key.key(), copy_key.keyboardModifiers())
    settle(qtbot, shown)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:4] == ["id", "gold", "a", "b"]
    assert [line.split("\t")[:4] for line in lines[1:]] == [
        ["p3", "non_match", "non_match", "match"],
        ["p2", "match", "match", "non_match"],
    ]
    assert shown.notice.text() == "Copied 2 rows."


def test_the_copy_menu_copies_for_spreadsheets_and_as_csv(qtbot: QtBot, shown: DisagreementsPage) -> None:
    for number, delimiter in enumerate("\t,"):
        QGuiApplication.clipboard().clear()
        shown.copy_menu().actions()[number].trigger()
        settle(qtbot, shown)
        assert QGuiApplication.clipboard().text().startswith(delimiter.join(("id", "gold", "a", "b")))


def test_rows_copied_as_csv_quote_what_holds_a_comma(qtbot: QtBot, page: DisagreementsPage, open_review: Open) -> None:
    table = pairs_table()
    features = table.features.set_column(0, "left_title", [["a, b", "c", "d", "e", "f", "g", "h", 'say "i"']])
    open_review(EvidenceReview(table=pairs_table(features=features)))
    settle(qtbot, page)
    page.filters.chips[OutcomeChoice.ALL].click()
    page.filters.order_reset.emit()
    settle(qtbot, page)
    page.table.selectAll()
    page.copy_rows(",")
    settle(qtbot, page)
    text = QGuiApplication.clipboard().text()
    assert '"a, b"' in text
    assert '"say ""i"""' in text


def test_exported_rows_are_those_of_the_table(qtbot: QtBot, shown: DisagreementsPage, tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    shown.export_to(target)
    settle(qtbot, shown)
    lines = target.read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0].strip('"') for line in lines] == ["example_id", "p3", "p2", "p5", "p4", "p7"]
    assert shown.notice.text() == f"Wrote 5 pairs to {target}."


@pytest.mark.parametrize(("kind", "suffix"), [("Parquet (*.parquet)", ".parquet"), ("JSON (*.json)", ".json")])
def test_the_chosen_kind_of_file_completes_its_name(
    qtbot: QtBot, shown: DisagreementsPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, suffix: str
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "rows"), kind))
    shown.commands()["file.export"]()
    settle(qtbot, shown)
    assert [path.name for path in tmp_path.iterdir()] == [f"rows{suffix}"]


def test_ten_million_rows_are_selected_without_being_read(
    qtbot: QtBot, page: DisagreementsPage, open_review: Open
) -> None:
    table = huge_table(10_000_000)
    open_review(EvidenceReview(table=table))
    settle(qtbot, page)
    assert page.model.rowCount() == 10_000_000
    calls = len(table.page_calls)
    page.table.selectAll()
    page.table.scrollToBottom()
    page.table.viewport().repaint()
    assert page.table.selected_ranges() == [range(10_000_000)]
    assert len(table.page_calls) - calls <= 2
    page.copy_rows()
    settle(qtbot, page)
    assert len(QGuiApplication.clipboard().text().splitlines()) == COPIED_ROWS + 1
    assert page.notice.text() == "Copied the first 10,000 of 10,000,000 selected rows; Export writes all of them."


def test_without_datasets_the_page_asks_for_one(
    qtbot: QtBot, page: DisagreementsPage, session: Session, open_review: Open
) -> None:
    open_review(EvidenceReview(dataset_infos=(), run_infos=(), comparisons=()))
    page.mark_stale(frozenset())
    assert_empty(qtbot, page, "dataset", "edit.add_dataset")


def test_with_one_team_the_page_asks_for_another(qtbot: QtBot, page: DisagreementsPage, open_review: Open) -> None:
    review = EvidenceReview()
    review.submissions = review.submissions[:1]
    open_review(review)
    page.mark_stale(frozenset())
    assert_empty(qtbot, page, "two teams", "edit.add_submission")


def test_without_a_result_the_page_says_what_is_missing(
    qtbot: QtBot, page: DisagreementsPage, open_review: Open
) -> None:
    error = ReviewError.of("no_run", "Variant Grouping has no finished run on amazon-google.")
    open_review(EvidenceReview(table_error=error))
    settle(qtbot, page)
    assert_empty(qtbot, page, "Variant Grouping has no finished run", "run.missing")


def test_a_closed_review_is_let_go(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.session.close()
    assert shown.examples is None
    assert shown.model.rowCount() == 0


def test_going_down_does_not_push_the_table_sideways(qtbot: QtBot, shown: DisagreementsPage) -> None:
    shown.resize(700, 700)
    bar = shown.table.horizontalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 100)
    bar.setValue(100)
    shown.commands()["view.next_example"]()
    assert bar.value() == 100


def test_fields_and_tables_have_accessible_names(shown: DisagreementsPage) -> None:
    nameless = [
        type(widget).__name__
        for kind in (QLineEdit, QComboBox)
        for widget in shown.findChildren(kind)
        if not widget.accessibleName() and widget.parent() is not None and not isinstance(widget.parent(), QComboBox)
    ]
    assert nameless == []
    assert shown.table.accessibleName() == "Examples"
    assert shown.model.index(0, 3).data(Qt.ItemDataRole.AccessibleTextRole) == "match, wrong"


def table_of(page: DisagreementsPage) -> WatchedTable:
    """Return the table that the page shows."""
    table = page.examples
    assert isinstance(table, WatchedTable)
    return table


def button(page: DisagreementsPage, text: str) -> QPushButton:
    """Return the page's button of a text."""
    return next(found for found in page.findChildren(QPushButton) if found.text() == text)


def column_title(page: DisagreementsPage, section: int) -> str:
    """Return what a column's header says."""
    return str(page.model.headerData(section, Qt.Orientation.Horizontal))


def click_header(qtbot: QtBot, page: DisagreementsPage, title: str) -> None:
    """Click on a column's header."""
    header = page.table.horizontalHeader()
    section = next(
        number for number in range(page.model.columnCount()) if column_title(page, number).rstrip(" ↑↓") == title
    )
    page.table.scrollTo(page.model.index(0, section))
    place = QPoint(header.sectionViewportPosition(section) + 12, header.height() // 2)
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)


def pane_text(page: DisagreementsPage) -> str:
    """Return all that the pane's labels say."""
    return "\n".join(found.text() for found in page.pane.findChildren(QLabel) if found.isVisible())


def assert_empty(qtbot: QtBot, page: DisagreementsPage, words: str, action: str) -> None:
    """Check that the page says one sentence, and that its one button asks for an action."""
    assert page.empty.isVisible()
    assert words in page.empty.sentence.text()
    with qtbot.waitSignal(page.action_requested) as asked:
        page.empty.button.click()
    assert asked.args == [action]
