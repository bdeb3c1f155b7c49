"""The Significance page where there is less to say, and where what was asked for changes meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import fake_significance
import pytest
from fake_review import BASE, CHARS, VARIANT, FakeReview, run
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from significance_steps import reviewed, seen, settle, show, with_first, words

from reviewer_app.comparison.result import Comparison, Verdict
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.queries import CellState, Results, Significance
from reviewer_app.ui.models.significance_views import View
from reviewer_app.ui.pages.significance import BEFORE, STOPPED, SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.comparison_panel import COMPUTING

Open = Callable[[FakeReview], FakeReview]


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> SignificancePage:
    """Return the page, seen, before a review is open."""
    return seen(qtbot, SignificancePage(session))


@pytest.mark.parametrize(
    ("changes", "sentence", "action"),
    [
        ({"dataset_infos": (), "run_infos": (), "comparisons": ()}, "once a dataset", "edit.add_dataset"),
        ({"submissions": (CHARS,), "comparisons": ()}, "a second team", "edit.add_submission"),
        ({"comparisons": ()}, "no dataset on which both sides have a result", "run.missing"),
    ],
    ids=["no dataset", "one team", "no result"],
)
def test_the_empty_state_says_the_next_step(
    qtbot: QtBot, page: SignificancePage, open_review: Open, changes: dict[str, object], sentence: str, action: str
) -> None:
    open_review(reviewed(**changes))
    settle(qtbot, page)
    assert page.empty.isVisible()
    assert sentence in page.empty.sentence.text()
    with qtbot.waitSignal(page.action_requested) as asked:
        page.empty.button.click()
    assert asked.args == [action]


@pytest.mark.parametrize("view", [View.COMPARISON, View.POWER, View.ROBUSTNESS, View.SLICES, View.WRONG_LABELS])
def test_a_dataset_without_a_comparison_says_why_and_shows_no_other(
    qtbot: QtBot, page: SignificancePage, open_review: Open, view: View
) -> None:
    review = reviewed()
    review.comparisons = review.comparisons[:1]
    failed = run(4, "abt-buy", review.submissions[1], None, state=CellState.FAILED, reason="MemoryError")
    review.run_infos = tuple(failed if info.run_id == 4 else info for info in review.run_infos)
    open_review(review)
    settle(qtbot, page)
    show(qtbot, page, view)
    page.session.select(dataset="abt-buy")
    settle(qtbot, page)
    assert page.missing.isVisible()
    assert page.missing.sentence.text() == f"{VARIANT}: failed (MemoryError)."
    assert page.shown_grids() == ()
    assert "+4.4" not in words(page)
    page.session.select(dataset="amazon-google")
    settle(qtbot, page)
    assert not page.missing.isVisible()
    assert page.shown_grids() != ()


def test_a_metric_that_is_not_defined_says_why_everywhere(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    why = "no positive label was predicted"
    nothing = dict.fromkeys(("a", "difference", "ci_low", "ci_high", "p_value", "p_adjusted", "p_equivalence"))
    open_review(with_first(reviewed(), not_defined=why, **nothing))
    settle(qtbot, page)
    show(qtbot, page, View.COMPARISON)
    assert f"F1 cannot be compared: {why}." in words(page)
    assert page.shown_figures() == ()
    assert page.comparison.bootstrap.words == f"There is none: {why}."
    show(qtbot, page, View.POWER)
    assert f"There is no power curve: {why}." in words(page)


def test_where_nothing_is_resampled_the_reason_and_the_assumptions_stand_in_its_place(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review = reviewed()
    honest = review.significance
    why = fake_significance.WHY_NONE

    def several_seeds(*asked: object) -> Significance:
        found = honest(*asked)  # type: ignore[arg-type]
        detail = replace(
            found.detail, bootstrap=None, no_bootstrap=why, permutation=None, no_permutation=why, posterior=None,
            no_posterior=why, table=None, others=(), stuart_maxwell=None, bowker=None, fragility=None,
        )  # fmt: skip
        return replace(found, detail=detail)

    review.significance = several_seeds  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    show(qtbot, page, View.COMPARISON)
    panel = page.comparison
    assert panel.bootstrap.words == panel.permutation.words == panel.posterior.words == f"There is none: {why}."
    assert panel.mcnemar.words.startswith("A team gave scores and no labels")
    assert panel.assumes.text().startswith("What it assumes: ")
    assert panel.others_card.isHidden()


def test_marks_stand_beside_the_numbers(qtbot: QtBot, page: SignificancePage, open_review: Open) -> None:
    open_review(with_first(reviewed(), marks=("stretched: a class has fewer than 5 examples",)))
    settle(qtbot, page)
    show(qtbot, page, View.COMPARISON)
    assert "stretched: a class has fewer than 5 examples" in words(page)


def test_what_cannot_be_computed_beside_is_said_and_the_numbers_stay(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review = reviewed()

    def refuse(*_: object) -> Significance:
        raise ReviewError.of("no_comparison", "They cannot be compared.")

    review.significance = refuse  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    show(qtbot, page, View.COMPARISON)
    assert page.comparison.bootstrap.words == "They cannot be compared."
    assert "F1 75.6 against 71.2" in words(page)


def test_plots_that_arrive_after_another_dataset_was_chosen_are_dropped(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review, may_end = reviewed(), threading.Event()
    asked: list[str] = []
    honest = review.significance

    def slow(dataset: str, a: str, b: str, metric: str | None, progress: Progress) -> Significance:
        asked.append(dataset)
        assert may_end.wait(10)
        return honest(dataset, a, b, metric)

    review.significance = slow  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    page.show_view(View.COMPARISON)
    qtbot.waitUntil(lambda: asked == ["amazon-google"])
    assert page.comparison.bootstrap.words == COMPUTING
    page.session.select(dataset="abt-buy")
    assert "F1 80.2 against 83.3" in words(page)
    assert page.comparison.bootstrap.words == COMPUTING
    may_end.set()
    settle(qtbot, page)
    assert asked[-1] == "abt-buy"
    assert "31 for Catalog Matching against 58" in page.comparison.mcnemar.words


def test_numbers_of_another_pair_are_not_shown_while_its_own_are_computed(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review, may_end = reviewed(), threading.Event()
    honest = review.results
    may_end.set()

    def slow(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        assert may_end.wait(10)
        return honest(a, b)

    review.results = slow  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    may_end.clear()
    page.session.select(b=BASE)
    assert page.shown_grids() == ()
    assert page.busy.text() == COMPUTING
    assert "+4.4" not in words(page)
    page.session.select(b=VARIANT)
    may_end.set()
    settle(qtbot, page)
    assert [row[0].text for row in page.shown_grids()[0].rows] == ["amazon-google", "abt-buy"]


def test_a_computation_that_the_user_stops_says_so_and_can_be_done_again(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review = reviewed()
    begun = threading.Event()
    honest = review.significance

    def endless(*asked: object) -> Significance:
        begun.set()
        progress = asked[-1]
        assert isinstance(progress, Progress)
        while True:
            progress.check()

    review.significance = endless  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    page.show_view(View.COMPARISON)
    assert begun.wait(10)
    page.session.jobs.running[-1].cancel()
    settle(qtbot, page)
    assert page.busy.text() == STOPPED
    assert page.comparison.bootstrap.words == STOPPED
    review.significance = honest  # type: ignore[method-assign]
    page.again.click()
    settle(qtbot, page)
    assert page.busy.text() == ""
    assert page.comparison.bootstrap.has_figure


def test_after_a_run_old_numbers_stay_in_sight_marked_as_such(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review, may_end = reviewed(), threading.Event()
    honest = review.results
    may_end.set()

    def slow(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        assert may_end.wait(10)
        return honest(a, b)

    review.results = slow  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    may_end.clear()
    changed: Comparison = replace(review.comparisons[0], verdict=Verdict.UNDECIDED)
    review.comparisons = (changed, review.comparisons[1])
    page.mark_stale(frozenset({"results"}))
    assert page.busy.text() == BEFORE
    assert page.shown_grids() != ()
    may_end.set()
    settle(qtbot, page)
    assert page.busy.text() == ""
    assert page.shown_grids()[0].rows[0][-1].text == "undecided"


def test_while_results_are_computed_another_dataset_shows_its_own_numbers(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review, may_end = reviewed(), threading.Event()
    honest = review.results
    may_end.set()

    def slow(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        assert may_end.wait(10)
        return honest(a, b)

    review.results = slow  # type: ignore[method-assign, assignment]
    open_review(review)
    settle(qtbot, page)
    show(qtbot, page, View.COMPARISON)
    may_end.clear()
    page.mark_stale(frozenset({"results"}))
    page.session.select(dataset="abt-buy")
    QApplication.processEvents()
    assert page.busy.text() == BEFORE
    assert "F1 80.2 against 83.3" in words(page)
    assert "F1 75.6" not in words(page)
    assert page.comparison.bootstrap.words == COMPUTING
    may_end.set()
    settle(qtbot, page)
    assert "31 for Catalog Matching against 58" in page.comparison.mcnemar.words
