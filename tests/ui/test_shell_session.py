"""The session: one review, one chosen pair and dataset, changes told in one place."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_review import ABT, AMAZON, BASE, BOOSTING, CATALOG, CHARS, TOKENS, VARIANT, FakeReview, submission
from pytestqt.qtbot import QtBot

from reviewer_app.errors import ReviewError
from reviewer_app.review.operations.imports import RemoveDataset
from reviewer_app.review.operations.settings import SetHome, SetTitle
from reviewer_app.review.queries import CellState, RunInfo
from reviewer_app.ui.session import Session

OpenReview = Callable[[FakeReview], FakeReview]


def test_the_first_two_teams_are_compared_and_baselines_are_not(session: Session, open_review: OpenReview) -> None:
    open_review(FakeReview())
    assert (session.a, session.b) == (CATALOG, VARIANT)
    assert session.dataset == "amazon-google"
    assert session.sides == (CATALOG, VARIANT, BASE)


def test_one_team_is_compared_with_its_previous_version(session: Session, open_review: OpenReview) -> None:
    first, second = replace(CHARS, is_current=False), submission(5, CATALOG, "char n-grams", "2")
    open_review(FakeReview(submissions=(first, second), comparisons=()))
    assert (session.a, session.b) == (f"{CATALOG}:2", f"{CATALOG}:1")
    assert session.sides == (CATALOG, f"{CATALOG}:1", f"{CATALOG}:2")


def test_one_team_alone_is_compared_with_the_baselines(session: Session, open_review: OpenReview) -> None:
    open_review(FakeReview(submissions=(CHARS, BOOSTING), comparisons=()))
    assert (session.a, session.b) == (CATALOG, BASE)


def test_nothing_is_compared_where_there_is_one_side(session: Session, open_review: OpenReview) -> None:
    open_review(FakeReview(submissions=(CHARS,), comparisons=()))
    assert (session.a, session.b) == (None, None)


def test_choosing_the_other_side_swaps_the_two(session: Session, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview())
    with qtbot.waitSignal(session.selection_changed):
        session.select(a=VARIANT)
    assert (session.a, session.b) == (VARIANT, CATALOG)


def test_choosing_what_is_chosen_changes_nothing(session: Session, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview())
    with qtbot.assertNotEmitted(session.selection_changed):
        session.select(dataset="amazon-google", a=CATALOG)


def test_an_operation_renews_the_snapshot_and_says_what_is_stale(
    session: Session, open_review: OpenReview, qtbot: QtBot
) -> None:
    review = open_review(FakeReview())
    with qtbot.waitSignal(session.changed) as changed:
        session.do(SetHome("abt-buy", None))
    assert changed.args[0] == frozenset({"datasets", "results"})
    assert review.operations == [SetHome("abt-buy", None)]
    assert session.snapshot is not None
    assert [dataset.home_of for dataset in session.snapshot.datasets] == [CATALOG, None]


def test_operations_do_not_cancel_each_other(session: Session, open_review: OpenReview, qtbot: QtBot) -> None:
    review = open_review(FakeReview())
    done: list[str] = []
    for title in ("one", "two", "three"):
        session.do(SetTitle(title), lambda change: done.append(change.operation.title))
    qtbot.waitUntil(lambda: len(done) == 3)
    assert done == ["one", "two", "three"]
    assert review.title == "three"


def test_a_refused_operation_changes_nothing(session: Session, open_review: OpenReview, qtbot: QtBot) -> None:
    open_review(FakeReview(refuse=ReviewError.of("no_such_team", "There is no such team.")))
    errors: list[ReviewError] = []
    with qtbot.assertNotEmitted(session.changed):
        session.do(SetTitle("new"), on_error=errors.append)
        qtbot.waitUntil(lambda: len(errors) == 1)
    assert session.snapshot is not None
    assert session.snapshot.summary.title == "Catalog Matching against Variant Grouping"


def test_a_chosen_dataset_that_is_removed_is_chosen_anew(
    session: Session, open_review: OpenReview, qtbot: QtBot
) -> None:
    open_review(FakeReview())
    with qtbot.waitSignal(session.changed):
        session.do(RemoveDataset("amazon-google"))
    assert session.dataset == "abt-buy"


def test_a_snapshot_that_lands_late_does_not_replace_a_newer_one(
    session: Session, open_review: OpenReview, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    review = open_review(FakeReview())
    begun, may_end = threading.Event(), threading.Event()
    old_runs = review.runs()

    def slow_runs() -> tuple[RunInfo, ...]:
        monkeypatch.setattr(review, "runs", lambda: old_runs)
        begun.set()
        may_end.wait(5)
        return old_runs

    monkeypatch.setattr(review, "runs", slow_runs)
    session.refresh(frozenset({"runs"}))
    begun.wait(5)
    with qtbot.waitSignal(session.changed):
        session.do(SetTitle("newer"))
    may_end.set()
    qtbot.waitUntil(lambda: not session.jobs.running)
    assert session.snapshot is not None
    assert session.snapshot.summary.title == "newer"


def test_a_run_tells_of_cells_and_ends_with_stale_results(
    session: Session, open_review: OpenReview, qtbot: QtBot
) -> None:
    review = FakeReview()
    review.run_infos = tuple(replace(run, state=CellState.MISSING, metrics={}) for run in review.run_infos)
    open_review(review)
    states: list[tuple[int | None, CellState]] = []
    stale: list[frozenset[str]] = []
    session.cell_changed.connect(lambda run, fraction, message: states.append((run.run_id, run.state)))
    session.changed.connect(stale.append)
    session.run()
    assert session.run_job is not None
    qtbot.waitUntil(lambda: session.run_job is None and not session.jobs.running)
    assert (1, CellState.RUNNING) in states
    assert (6, CellState.DONE) in states
    assert {"runs", "results", "disagreements"} <= stale[-1]
    assert session.snapshot is not None
    assert session.snapshot.summary.n_cells_done == 6


def test_closing_lets_go_of_the_file(session: Session, open_review: OpenReview, qtbot: QtBot) -> None:
    review = open_review(FakeReview())
    with qtbot.waitSignal(session.review_changed):
        session.close()
    qtbot.waitUntil(lambda: review.is_closed)
    assert session.snapshot is None
    assert (session.dataset, session.a, session.b) == (None, None, None)
    assert session.sides == ()


def test_opening_another_review_closes_the_first(session: Session, open_review: OpenReview, qtbot: QtBot) -> None:
    first = open_review(FakeReview())
    open_review(FakeReview(dataset_infos=(ABT,), submissions=(CHARS, TOKENS)))
    qtbot.waitUntil(lambda: first.is_closed)
    assert session.dataset == ABT.name
    assert session.snapshot is not None
    assert AMAZON not in session.snapshot.datasets


def test_working_without_a_review_is_a_bug(session: Session) -> None:
    with pytest.raises(RuntimeError, match="no review is open"):
        session.do(SetTitle("x"))
