"""The Runs page: every cell's state in words, what is asked of the engine, and a window that keeps up with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fake_evidence import EvidenceReview, runs_in_every_state
from fake_review import ABT, AMAZON, BASE, BOOSTING, CATALOG, CHARS, TOKENS, VARIANT, FakeReview, run
from PySide6.QtCore import QItemSelectionModel, Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from reviewer_app.review.queries import CellState, RunInfo
from reviewer_app.ui.models.run_matrix_model import DETAIL_ROLE
from reviewer_app.ui.pages.runs import RunsPage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.run_pane import LOG_LINES

Open = Callable[[FakeReview], FakeReview]


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return a clock of the test's own."""
    return Clock()


@pytest.fixture
def page(qtbot: QtBot, session: Session, clock: Clock) -> RunsPage:
    """Return the page, seen, before a review is open."""
    value = RunsPage(session, clock=clock)
    qtbot.addWidget(value)
    value.resize(1092, 742)
    session.changed.connect(value.mark_stale)
    session.selection_changed.connect(lambda: value.mark_stale(frozenset({"selection"})))
    value.show()
    return value


@pytest.fixture
def review(page: RunsPage, open_review: Open) -> Iterator[EvidenceReview]:
    """Return an open review with cells in every state; its runs end with the test."""
    value = EvidenceReview(run_infos=runs_in_every_state())
    open_review(value)
    page.mark_stale(frozenset())
    yield value
    value.run_may_end.set()


def settle(qtbot: QtBot, page: RunsPage) -> None:
    """Wait until no job is under way."""
    qtbot.waitUntil(lambda: not page.session.jobs.running and not updates_are_due(page))


def updates_are_due(page: RunsPage) -> bool:
    """Return whether a timer of the page is still to ring."""
    return any(timer.isActive() and timer.isSingleShot() for timer in page.findChildren(QTimer))


def cell(page: RunsPage, row: int, column: int) -> tuple[str, str]:
    """Return the two lines of a cell; column 0 holds the teams."""
    index = page.model.index(row, column)
    return str(index.data()), str(index.data(DETAIL_ROLE))


def choose(page: RunsPage, *places: tuple[int, int]) -> None:
    """Select cells; the last one becomes the current one."""
    page.table.clearSelection()
    for row, column in places:
        index = page.model.index(row, column)
        page.table.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.Select)


def words(page: RunsPage) -> list[str]:
    """Return what the labels in sight say."""
    return [text.text() for text in page.findChildren(QLabel) if text.isVisible()]


def test_states_are_told_in_words_with_times_and_reasons(page: RunsPage, review: EvidenceReview) -> None:
    assert [cell(page, row, 0)[0] for row in range(3)] == [CATALOG, VARIANT, BASE]
    assert cell(page, 0, 1) == ("✓ done", "13 s · 310 MB")
    assert cell(page, 0, 2) == ("✗ failed", "fit: ValueError: no price\nin row 3")
    assert cell(page, 1, 1) == ("○ not run yet", "")
    assert cell(page, 1, 2) == ("✗ timed out", "took longer than 600 s")
    assert cell(page, 2, 1)[0] == "↻ out of date"
    assert cell(page, 2, 2) == ("– not applicable", "")
    assert "1 of 5 cells done · 2 failed" in words(page)


def test_a_cell_speaks_for_itself(page: RunsPage, review: EvidenceReview) -> None:
    said = page.model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Catalog Matching on amazon-google: ✓ done, 13 s · 310 MB"


def test_the_chosen_cell_shows_facts_reason_and_log(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    choose(page, (0, 2))
    settle(qtbot, page)
    said = words(page)
    assert "Catalog Matching on abt-buy" in said
    assert "char n-grams · v1" in said
    assert "fit: ValueError: no price\nin row 3" in said
    assert page.pane.log.toPlainText() == "log of run 2"


def test_a_long_log_shows_its_end_and_says_so(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    review.log = lambda run_id: "\n".join(f"<b>line</b> {number}" for number in range(5000))  # type: ignore[method-assign]
    choose(page, (0, 2))
    settle(qtbot, page)
    lines = page.pane.log.toPlainText().splitlines()
    assert (len(lines), lines[-1]) == (LOG_LINES, "<b>line</b> 4999")
    assert "Log, last 400 of 5,000 lines" in words(page)


def test_a_run_that_never_was_has_no_log(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    choose(page, (0, 2))
    settle(qtbot, page)
    choose(page, (1, 1))
    settle(qtbot, page)
    assert page.pane.log.toPlainText() == ""


def test_seeds_of_a_cell_can_be_looked_at_one_by_one(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    review.run_infos += (run(9, AMAZON.name, CHARS, None, seed=1, state=CellState.FAILED, reason="out of memory"),)
    page.session.refresh(frozenset({"runs"}))
    settle(qtbot, page)
    assert cell(page, 0, 1)[0] == "✗ failed · 1 of 2 seeds done"
    choose(page, (0, 2))
    choose(page, (0, 1))
    settle(qtbot, page)
    assert "out of memory" in words(page)
    assert page.pane.log.toPlainText() == "log of run 9"
    page.pane.seeds.setCurrentIndex(0)
    settle(qtbot, page)
    assert page.pane.log.toPlainText() == "log of run 1"


def test_run_what_is_missing_hands_over_the_options(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    page.options.seeds.setValue(3)
    page.options.jobs.setValue(1)
    page.options.minutes.setValue(2.5)
    page.options.gigabytes.setValue(4.0)
    button(page, "Run what is missing").click()
    qtbot.waitUntil(lambda: bool(review.runs_asked))
    assert review.runs_asked == [{"only": (), "seeds": 3, "jobs": 1, "time_limit": 150.0, "memory_limit_gb": 4.0}]


def test_more_seeds_than_there_are_make_work_for_what_is_done(qtbot: QtBot, page: RunsPage, open_review: Open) -> None:
    handed_in = replace(TOKENS, kind="predictions")
    review = EvidenceReview(run_infos=(run(1, AMAZON.name, CHARS, 0.7), run(2, AMAZON.name, handed_in, 0.6)))
    open_review(review)
    page.mark_stale(frozenset())
    assert not button(page, "Run what is missing").isEnabled()
    page.options.seeds.setValue(2)
    assert button(page, "Run what is missing").isEnabled()
    review.run_infos = review.run_infos[1:]
    page.session.refresh(frozenset({"runs"}))
    settle(qtbot, page)
    assert not button(page, "Run what is missing").isEnabled()


def test_options_left_alone_set_no_limit(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    page.run_all_missing()
    qtbot.waitUntil(lambda: bool(review.runs_asked))
    assert review.runs_asked == [{"only": (), "seeds": 1, "jobs": None, "time_limit": None, "memory_limit_gb": None}]


def test_retry_runs_what_failed_and_nothing_else(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    button(page, "Retry failed").click()
    qtbot.waitUntil(lambda: bool(review.runs_asked))
    assert review.runs_asked[0]["only"] == ((CATALOG, ABT.name), (VARIANT, ABT.name))


def test_run_selected_leaves_out_teams_and_cells_that_cannot_run(
    qtbot: QtBot, page: RunsPage, review: EvidenceReview
) -> None:
    choose(page, (1, 1), (2, 0), (2, 2))
    button(page, "Run selected").click()
    qtbot.waitUntil(lambda: bool(review.runs_asked))
    assert review.runs_asked[0]["only"] == ((VARIANT, AMAZON.name),)


def test_run_selected_waits_for_a_cell_that_can_run(page: RunsPage, review: EvidenceReview) -> None:
    choose(page, (2, 2))
    assert not button(page, "Run selected").isEnabled()
    choose(page, (1, 1))
    assert button(page, "Run selected").isEnabled()


def test_predictions_that_were_handed_in_are_not_run(qtbot: QtBot, page: RunsPage, open_review: Open) -> None:
    handed_in = replace(TOKENS, kind="predictions")
    lacking = run(0, ABT.name, handed_in, None, state=CellState.MISSING, run_id=None, reason="no predictions for it")
    open_review(EvidenceReview(run_infos=(run(1, AMAZON.name, handed_in, 0.7), lacking)))
    page.mark_stale(frozenset())
    page.table.selectAll()
    assert not button(page, "Run selected").isEnabled()
    assert not button(page, "Run what is missing").isEnabled()
    assert cell(page, 0, 2) == ("○ not run yet", "no predictions for it")
    settle(qtbot, page)


def test_code_that_waits_for_a_consent_leads_to_where_it_is_given(
    qtbot: QtBot, page: RunsPage, open_review: Open
) -> None:
    reason = "there is no sandbox yet. If you trust it: add-submission REVIEW matcher --consent 0123"
    waiting = run(0, AMAZON.name, TOKENS, None, state=CellState.MISSING, run_id=None, reason=reason)
    open_review(EvidenceReview(run_infos=(run(1, AMAZON.name, CHARS, 0.7), waiting)))
    page.mark_stale(frozenset())
    choose(page, (0, 1))
    settle(qtbot, page)
    assert not page.pane.consent.isVisible()
    choose(page, (1, 1))
    settle(qtbot, page)
    with qtbot.waitSignal(page.page_requested) as asked:
        page.pane.consent.click()
    assert asked.args == ["Datasets & teams"]


def test_running_cells_show_how_far_they_are_and_how_long_it_takes(
    qtbot: QtBot, page: RunsPage, review: EvidenceReview, clock: Clock
) -> None:
    waiting = review.run_infos[2]
    review.told = [(replace(waiting, state=CellState.RUNNING), 0.25, "fit")]
    page.run_all_missing()
    qtbot.waitUntil(lambda: cell(page, 1, 1)[0] == "▶ running 25 %")
    clock.now += 30
    assert cell(page, 1, 1)[1] == "30 s so far · about 1 min 30 s left"
    assert button(page, "Cancel").isVisible()
    assert not button(page, "Run what is missing").isEnabled()
    assert not page.options.isEnabled()


def test_cancel_ends_the_run_and_the_cells_say_what_the_review_says(
    qtbot: QtBot, page: RunsPage, review: EvidenceReview
) -> None:
    review.told = [(replace(review.run_infos[2], state=CellState.RUNNING), None, "fit")]
    page.run_all_missing()
    qtbot.waitUntil(lambda: cell(page, 1, 1)[0] == "▶ running")
    button(page, "Cancel").click()
    settle(qtbot, page)
    assert cell(page, 1, 1)[0] == "○ not run yet"
    assert not button(page, "Cancel").isVisible()
    assert button(page, "Run what is missing").isEnabled()


def test_a_run_that_ends_shows_its_result(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    waiting = review.run_infos[2]
    done = replace(waiting, run_id=3, state=CellState.DONE, fit_seconds=2.0, predict_seconds=0.5, peak_memory_mb=99.0)
    review.told = [(replace(waiting, state=CellState.RUNNING), 0.5, "fit"), (done, 1.0, "")]
    review.run_infos = tuple(done if info is waiting else info for info in review.run_infos)
    review.run_may_end.set()
    page.run_all_missing()
    settle(qtbot, page)
    assert cell(page, 1, 1) == ("✓ done", "2.5 s · 99 MB")
    assert "2 of 5 cells done · 2 failed" in words(page)


def test_a_thousand_messages_of_the_engine_are_shown_at_once(
    qtbot: QtBot, page: RunsPage, review: EvidenceReview, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = replace(review.run_infos[2], state=CellState.RUNNING)
    shown = []
    honest = page.model.show_matrix
    monkeypatch.setattr(page.model, "show_matrix", lambda matrix: (shown.append(matrix), honest(matrix)))
    for number in range(1000):
        page.session.cell_changed.emit(running, number / 1000, "fit")
    assert shown == []
    qtbot.waitUntil(lambda: cell(page, 1, 1)[0] == "▶ running 100 %")
    assert len(shown) == 1


def test_the_chosen_cell_stays_chosen_while_cells_change(qtbot: QtBot, page: RunsPage, review: EvidenceReview) -> None:
    choose(page, (1, 2))
    page.session.cell_changed.emit(replace(review.run_infos[2], state=CellState.RUNNING), 0.5, "fit")
    qtbot.waitUntil(lambda: cell(page, 1, 1)[0].startswith("▶"))
    assert [(index.row(), index.column()) for index in page.table.selectedIndexes()] == [(1, 2)]


def test_a_run_that_is_begun_elsewhere_is_timed_from_its_beginning(
    qtbot: QtBot, page: RunsPage, review: EvidenceReview, clock: Clock
) -> None:
    page.session.run()
    clock.now += 65
    page.session.cell_changed.emit(replace(review.run_infos[2], state=CellState.RUNNING), 0.5, "fit")
    qtbot.waitUntil(lambda: any("1 min 05 s so far" in text for text in words(page)))


def test_another_review_shows_nothing_of_the_runs_before(
    qtbot: QtBot, page: RunsPage, review: EvidenceReview, open_review: Open
) -> None:
    page.session.cell_changed.emit(replace(review.run_infos[2], state=CellState.RUNNING), 0.5, "fit")
    qtbot.waitUntil(lambda: cell(page, 1, 1)[0].startswith("▶"))
    open_review(EvidenceReview(run_infos=runs_in_every_state()))
    page.mark_stale(frozenset({"runs"}))
    assert cell(page, 1, 1)[0] == "○ not run yet"


@pytest.mark.parametrize(
    ("changes", "words_said", "action"),
    [
        ({"dataset_infos": (), "run_infos": ()}, "dataset and a submission", "edit.add_dataset"),
        ({"run_infos": ()}, "add a team's algorithm", "edit.add_submission"),
    ],
)
def test_without_cells_the_page_says_what_to_add(
    qtbot: QtBot,
    page: RunsPage,
    open_review: Open,
    changes: dict[str, tuple[RunInfo, ...]],
    words_said: str,
    action: str,
) -> None:
    open_review(EvidenceReview(**changes))  # type: ignore[arg-type]
    page.mark_stale(frozenset())
    assert words_said in page.empty.sentence.text()
    with qtbot.waitSignal(page.action_requested) as asked:
        page.empty.button.click()
    assert asked.args == [action]


def test_every_baseline_has_a_row_of_its_own(qtbot: QtBot, page: RunsPage, open_review: Open) -> None:
    other = replace(BOOSTING, submission_id=9, name="most frequent")
    runs = (run(1, AMAZON.name, TOKENS, 0.7), run(2, AMAZON.name, BOOSTING, 0.6), run(3, AMAZON.name, other, 0.1))
    open_review(EvidenceReview(run_infos=runs))
    page.mark_stale(frozenset())
    assert [cell(page, row, 0) for row in range(3)] == [
        (VARIANT, "tokens and numbers · v1"),
        (BASE, "histogram boosting · v1"),
        (BASE, "most frequent · v1"),
    ]


def button(page: RunsPage, text: str) -> QPushButton:
    """Return the page's button of a text."""
    return next(found for found in page.findChildren(QPushButton) if found.text() == text)
