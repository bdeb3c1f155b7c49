"""The Significance page's strip: a plan is changed in words that say what that means, and the results follow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_review import CATALOG, FakeReview
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from significance_steps import seen, settle

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.metrics import metric as metric_of
from reviewer_app.progress import Progress
from reviewer_app.review.operations.settings import SetPlan
from reviewer_app.review.queries import PlanState, Results
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.plan_form import form_of, plan_of
from reviewer_app.ui.pages.significance import BEFORE, SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.plan_strip import READ_ONLY, PlanStrip

Open = Callable[[FakeReview], FakeReview]


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> SignificancePage:
    """Return the page, seen, before a review is open."""
    return seen(qtbot, SignificancePage(session))


@pytest.fixture
def opened(qtbot: QtBot, page: SignificancePage, open_review: Open) -> Callable[[FakeReview], PlanStrip]:
    """Return a function that opens a review and returns the strip."""

    def show(review: FakeReview) -> PlanStrip:
        open_review(review)
        settle(qtbot, page)
        return page.strip

    return show


Opened = Callable[[FakeReview], PlanStrip]


def choose(strip: PlanStrip, correction: Correction) -> None:
    """Choose a correction."""
    strip.correction.setCurrentIndex(strip.correction.findData(correction))


def open_plan(**changes: object) -> FakeReview:
    """Return a review whose plan is open."""
    return FakeReview(plan_state=PlanState.OPEN, **changes)  # type: ignore[arg-type]


def test_it_shows_the_plan_and_offers_nothing_until_something_is_changed(opened: Opened) -> None:
    plan = AnalysisPlan(alpha=0.01, margin=0.025, n_resamples=2_000, correction=Correction.BENJAMINI_HOCHBERG)
    strip = opened(open_plan(plan=plan))
    assert (strip.alpha.text(), strip.margin.text()) == ("0.01", "2.5")
    assert strip.correction.currentText() == "Benjamini-Hochberg"
    assert [strip.resamples.itemText(row) for row in range(4)] == ["1,000", "2,000", "10,000", "100,000"]
    assert strip.resamples.currentData() == 2_000
    assert not strip.apply.isVisible()
    assert not strip.message.isVisible()


def test_an_empty_margin_is_the_default(opened: Opened) -> None:
    strip = opened(open_plan())
    assert (strip.margin.text(), strip.margin.placeholderText()) == ("", "1.0 (default)")
    assert strip.margin.accessibleName() == "Margin of practical equivalence of F1, in points"


def test_a_change_says_first_that_it_is_recorded_then_is_applied(
    qtbot: QtBot, page: SignificancePage, opened: Opened
) -> None:
    review = open_plan()
    strip = opened(review)
    strip.alpha.setText("0.01")
    strip.margin.setText("2")
    choose(strip, Correction.NONE)
    strip.resamples.setCurrentIndex(0)
    assert strip.message.text() == "Results have been seen: this change stays in the review's record."
    assert review.operations == []
    QTest.mouseClick(strip.apply, Qt.MouseButton.LeftButton)
    settle(qtbot, page)
    plan = AnalysisPlan(alpha=0.01, margin=0.02, n_resamples=1_000, correction=Correction.NONE)
    assert review.operations == [SetPlan(plan)]
    assert not strip.apply.isVisible()
    assert strip.change.isVisible()
    assert strip.change.text() == "The plan was changed after results were seen."
    assert "p of the plan" in [column.title for column in page.shown_grids()[0].columns]


def test_enter_applies_and_what_the_fields_do_not_show_is_kept(
    qtbot: QtBot, page: SignificancePage, opened: Opened
) -> None:
    plan = AnalysisPlan(metric="f1", margin=1 / 300, comparisons=((CATALOG, "Variant Grouping"),), seed=7)
    review = open_plan(plan=plan)
    strip = opened(review)
    strip.alpha.setText("0.1")
    QTest.keyClick(strip.alpha, Qt.Key.Key_Return)
    settle(qtbot, page)
    assert review.operations == [SetPlan(replace(plan, alpha=0.1))]


def test_reset_puts_back_what_the_review_has(opened: Opened) -> None:
    strip = opened(open_plan())
    strip.alpha.setText("nonsense")
    choose(strip, Correction.NONE)
    assert strip.apply.isVisible()
    QTest.mouseClick(strip.reset, Qt.MouseButton.LeftButton)
    assert strip.alpha.text() == "0.05"
    assert strip.correction.currentText() == "Holm"
    assert not strip.apply.isVisible()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("alpha", "five", "Alpha is 'five', which is no number: write 0.05."),
        ("alpha", "", "Alpha is '', which is no number: write 0.05."),
        ("margin", "1,5", "The margin is '1,5', which is no number: write 1.0, in points of 100, or nothing"),
    ],
)
def test_what_is_no_number_is_said_beside_the_fields(opened: Opened, field: str, typed: str, said: str) -> None:
    review = open_plan()
    strip = opened(review)
    getattr(strip, field).setText(typed)
    strip.apply.click()
    assert strip.message.text().startswith(said)
    assert strip.message.property("role") == "bad"
    assert review.operations == []
    getattr(strip, field).setText("0.2")
    assert strip.message.text().startswith("Results have been seen")


def test_what_the_core_refuses_is_said_beside_the_fields_which_stay(
    qtbot: QtBot, page: SignificancePage, opened: Opened
) -> None:
    why = "The plan cannot be: alpha is 2.0, and must lie between 0 and 1 (--alpha 0.05)."
    review = open_plan(refuse=ReviewError.of("bad_plan", why))
    strip = opened(review)
    strip.alpha.setText("2")
    strip.apply.click()
    settle(qtbot, page)
    assert strip.message.text() == why
    assert strip.alpha.text() == "2"
    assert strip.apply.isEnabled()
    assert page.shown_grids() != ()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (PlanState.LOCKED_BEFORE_RESULTS, "The plan is locked: this change marks the lock as broken, for good."),
        (
            PlanState.LOCKED_AFTER,
            "The plan was locked after results were seen: this change stays in the review's record.",
        ),
    ],
)
def test_a_locked_plan_says_what_a_change_does_to_the_lock(opened: Opened, state: PlanState, said: str) -> None:
    strip = opened(FakeReview(plan_state=state))
    strip.margin.setText("3")
    assert strip.message.text() == said


def test_a_review_that_can_only_be_read_says_so(opened: Opened) -> None:
    strip = opened(open_plan(read_only=True))
    assert strip.message.text() == READ_ONLY
    for field in (strip.alpha, strip.margin, strip.correction, strip.resamples):
        assert not field.isEnabled()


def test_old_numbers_stay_in_sight_and_are_marked_until_the_new_ones_land(
    qtbot: QtBot, page: SignificancePage, opened: Opened
) -> None:
    review, may_end = open_plan(), threading.Event()
    honest = review.results
    may_end.set()

    def slow(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        assert may_end.wait(10)
        return honest(a, b)

    review.results = slow  # type: ignore[method-assign, assignment]
    strip = opened(review)
    may_end.clear()
    strip.alpha.setText("0.01")
    strip.apply.click()
    qtbot.waitUntil(lambda: page.busy.text() == BEFORE)
    assert page.shown_grids()[0].rows[0][2].text == "+4.4"
    may_end.set()
    settle(qtbot, page)
    assert page.busy.text() == ""


def test_a_second_change_cancels_the_computation_of_the_first(
    qtbot: QtBot, page: SignificancePage, opened: Opened
) -> None:
    review = open_plan()
    honest = review.results
    computed: list[float] = []
    cancelled = threading.Event()

    def results(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        alpha = review.plan.alpha
        computed.append(alpha)
        if alpha == 0.01:  # would never end by itself
            assert progress is not None
            try:
                while True:
                    progress.check()
            finally:
                cancelled.set()
        return honest(a, b)

    review.results = results  # type: ignore[method-assign, assignment]
    strip = opened(review)
    strip.alpha.setText("0.01")
    strip.apply.click()
    qtbot.waitUntil(lambda: 0.01 in computed and strip.apply.isEnabled())
    strip.alpha.setText("0.1")
    strip.apply.click()
    settle(qtbot, page)
    assert cancelled.is_set()
    assert computed[-1] == 0.1
    assert strip.alpha.text() == "0.1"
    assert not strip.apply.isVisible()


def test_what_is_being_typed_survives_new_results(qtbot: QtBot, page: SignificancePage, opened: Opened) -> None:
    strip = opened(open_plan())
    strip.alpha.setText("0.0")
    page.mark_stale(frozenset({"results"}))
    settle(qtbot, page)
    assert strip.alpha.text() == "0.0"
    assert strip.apply.isVisible()


def test_an_undone_change_is_shown(qtbot: QtBot, page: SignificancePage, opened: Opened) -> None:
    review = open_plan(plan=AnalysisPlan(alpha=0.2))
    strip = opened(review)
    review.plan = AnalysisPlan()
    page.mark_stale(frozenset({"plan", "results"}))
    settle(qtbot, page)
    assert strip.alpha.text() == "0.05"
    assert not strip.apply.isVisible()


@pytest.mark.parametrize(("metric", "typed", "margin"), [("f1", "1.5", 0.015), ("log_loss", "0.02", 0.02)])
def test_a_margin_is_typed_in_the_metrics_unit(metric: str, typed: str, margin: float) -> None:
    plan = AnalysisPlan()
    form = replace(form_of(plan, metric_of(metric)), margin=typed)
    meant = plan_of(form, plan, metric_of(metric))
    assert meant == replace(plan, margin=margin)
    assert form_of(meant, metric_of(metric)) == form


def test_fields_that_nobody_touched_leave_the_plan_to_the_last_digit() -> None:
    plan = AnalysisPlan(alpha=0.1 / 3, margin=0.1 / 7)
    assert plan_of(form_of(plan, metric_of("f1")), plan, metric_of("f1")) == plan
