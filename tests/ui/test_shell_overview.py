"""The Overview: every state that a review can be in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from fake_review import ABT, AMAZON, BASE, CHARS, TOKENS, FakeReview, comparison, dataset, run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from reviewer_app.comparison.result import Verdict
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.queries import CellState, PlanState, Results
from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.pages.overview import OverviewPage
from reviewer_app.ui.views.cards import MissingCard, VerdictCard
from reviewer_app.ui.views.findings_view import CheckRow
from reviewer_app.ui.views.interval_view import IntervalView
from reviewer_app.ui.views.spans import SpanLabel

OpenReview = Callable[[FakeReview], FakeReview]


@pytest.fixture
def overview(window: MainWindow, open_review: OpenReview, qtbot: QtBot) -> Callable[[FakeReview], OverviewPage]:
    def show(review: FakeReview) -> OverviewPage:
        open_review(review)
        window.go_to("Overview")
        qtbot.waitUntil(lambda: not window.session.jobs.running)
        QApplication.processEvents()  # cards that were added to a visible page are shown by an event
        page = window.page
        assert isinstance(page, OverviewPage)
        return page

    return show


Show = Callable[[FakeReview], OverviewPage]


def spans_in(page: OverviewPage) -> list[str]:
    return [found.text for found in page.findChildren(SpanLabel) if found.isVisible()]


def cards(page: OverviewPage) -> Sequence[VerdictCard | MissingCard]:
    return page.cards.cards  # type: ignore[return-value]


def test_it_says_who_is_better_overall_and_on_each_dataset(overview: Show) -> None:
    page = overview(FakeReview())
    assert page.sentence.text.startswith("Each team is better on its own data. Catalog Matching is better")
    said = spans_in(page)
    assert "Catalog Matching is better by 4.4 points" in said
    assert "Variant Grouping is better by 3.1 points" in said
    assert page._subtitle.text() == "2 teams · 2 datasets · 6 of 6 runs done · plan locked before any score was seen"


def test_an_interval_is_drawn_in_the_winners_colour_on_a_shared_scale(overview: Show) -> None:
    page = overview(FakeReview())
    views = page.findChildren(IntervalView)
    drawn = [(view._drawing.colour, view._drawing.limit, view._drawing.margin) for view in views]
    assert drawn == [("team_a", 10.0, 1.0), ("team_b", 10.0, 1.0)]
    for view in views:
        assert view.grab().toImage().allGray() is False


def test_undecided_is_muted_and_says_what_could_have_been_seen(overview: Show) -> None:
    sentence = "Undecided on abt-buy: with 189 pairs only a difference of 9.0 points or more could have been seen."
    undecided = comparison(
        "abt-buy", 189, 0.80, 0.78, -0.05, 0.09, 0.4, Verdict.UNDECIDED, reason="too_few_examples", sentence=sentence
    )
    page = overview(FakeReview(comparisons=(undecided,)))
    assert "Undecided: too few examples" in spans_in(page)
    assert sentence in spans_in(page)
    assert page.findChild(IntervalView)._drawing.colour == "muted"


def test_a_dataset_without_two_results_says_why(overview: Show) -> None:
    review = FakeReview()
    failed = replace(review.run_infos[1], state=CellState.FAILED, reason="MemoryError", metrics={})
    review.run_infos = (review.run_infos[0], failed, *review.run_infos[2:])
    review.comparisons = review.comparisons[:1]
    page = overview(review)
    kinds = [type(card) for card in cards(page)]
    assert kinds == [VerdictCard, MissingCard]
    assert cards(page)[1].accessibleDescription() == "Catalog Matching: failed (MemoryError)."


def test_a_metric_that_is_not_defined_draws_nothing(overview: Show) -> None:
    value = FakeReview().comparisons[0]
    primary = replace(
        value.primary, a=None, difference=None, ci_low=None, ci_high=None, not_defined="no positive label was predicted"
    )
    review = FakeReview(comparisons=(replace(value, metrics={"f1": primary}, verdict=Verdict.UNDECIDED),))
    page = overview(review)
    assert page.findChildren(IntervalView) == []
    assert "There is no difference: no positive label was predicted." in spans_in(page)


def test_many_datasets_make_many_cards_that_scroll(overview: Show, qtbot: QtBot) -> None:
    names = [f"dataset-{number:02d}" for number in range(20)]
    review = FakeReview(
        dataset_infos=tuple(dataset(name, None, 500) for name in names),
        run_infos=tuple(run(n, name, FakeReview().submissions[0], 0.7) for n, name in enumerate(names)),
        comparisons=tuple(comparison(name, 500, 0.7, 0.6, 0.05, 0.15, 0.01, Verdict.A_BETTER) for name in names),
        overall=(),
    )
    page = overview(review)
    assert len(cards(page)) == 20
    tops = [card.y() for card in cards(page)]
    assert tops == sorted(tops)
    assert len(set(tops)) == 10
    qtbot.waitUntil(lambda: page._scroll.verticalScrollBar().maximum() > 0)
    assert page._scroll.horizontalScrollBar().maximum() == 0
    assert page.matrix.horizontalScrollBar().maximum() > 0


def test_a_page_is_no_higher_than_its_content(overview: Show, qtbot: QtBot) -> None:
    sentence = "Undecided: with 189 pairs only a difference of 9.0 points or more could have been seen. " * 20
    value = replace(FakeReview().comparisons[0], verdict=Verdict.UNDECIDED, sentence=sentence)
    page = overview(FakeReview(comparisons=(value, value)))
    content = page._scroll.widget()
    assert content is not None
    qtbot.waitUntil(lambda: content.height() == max(content.heightForWidth(content.width()), page._scroll.height()))
    assert content.layout().totalMinimumSize().height() > content.height()  # what Qt would have made of it


def test_warnings_link_to_their_page(overview: Show, window: MainWindow) -> None:
    page = overview(FakeReview())
    link = next(row for row in page.findChildren(CheckRow) if row.words == "6 of 6 runs had no sandbox")
    assert link.button is not None
    QTest.mouseClick(link.button, Qt.MouseButton.LeftButton)
    assert window.page is window.pages["Runs"]


def test_a_cell_of_the_matrix_leads_to_its_metrics(overview: Show, window: MainWindow) -> None:
    page = overview(FakeReview())
    page.matrix.setCurrentIndex(page.matrix.model().index(0, 1))
    QTest.keyClick(page.matrix, Qt.Key.Key_Return)
    assert window.page is window.pages["Metrics"]
    assert window.session.dataset == "abt-buy"


@pytest.mark.parametrize(
    ("review", "sentence", "button"),
    [
        (FakeReview(dataset_infos=(), submissions=(), run_infos=()), "Drop two datasets", "Add a dataset…"),
        (FakeReview(submissions=(), run_infos=()), "The datasets are in.", "Add a submission…"),
        (
            FakeReview(
                run_infos=tuple(replace(r, state=CellState.MISSING, metrics={}) for r in FakeReview().run_infos),
                comparisons=(),
            ),
            "Everything is in.",
            "Run",
        ),
    ],
    ids=["nothing", "no submission", "not run"],
)
def test_the_empty_state_says_the_next_step(overview: Show, review: FakeReview, sentence: str, button: str) -> None:
    page = overview(review)
    assert page.empty.isVisible()
    assert page.empty.sentence.text().startswith(sentence)
    assert page.empty.button.text() == button


def test_where_all_runs_failed_their_reasons_are_shown(overview: Show) -> None:
    review = FakeReview(comparisons=(), overall=())
    review.run_infos = tuple(
        replace(r, state=CellState.FAILED, reason="MemoryError", metrics={}) for r in review.run_infos
    )
    page = overview(review)
    assert [type(card) for card in cards(page)] == [MissingCard, MissingCard]
    assert "failed (MemoryError)" in cards(page)[0].accessibleDescription()


def test_the_plan_is_named_in_the_subtitle(overview: Show) -> None:
    page = overview(FakeReview(plan_state=PlanState.OPEN))
    assert page._subtitle.text().endswith("plan not locked")


def test_choosing_another_pair_asks_the_core_for_it(
    overview: Show, window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    review = FakeReview()
    asked: list[tuple[str | None, str | None]] = []
    answer = review.results()

    def results(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        asked.append((a, b))
        return answer

    monkeypatch.setattr(review, "results", results)
    overview(review)
    window.session.select(b=BASE)
    qtbot.waitUntil(lambda: not window.session.jobs.running)
    assert asked == [("Catalog Matching", "Variant Grouping"), ("Catalog Matching", BASE)]


def test_results_that_cannot_be_computed_are_said_in_words(
    overview: Show, window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    review = FakeReview()

    def results(a: str | None = None, b: str | None = None, progress: Progress | None = None) -> Results:
        raise ReviewError.of("no_such_team", "There is no team of this name.")

    monkeypatch.setattr(review, "results", results)
    page = overview(review)
    assert page.sentence.text == "There is no team of this name."


def test_names_are_never_markup_and_long_ones_give_way(overview: Show, window: MainWindow, qtbot: QtBot) -> None:
    long = "<b>" + "very long name " * 20
    value = replace(FakeReview().comparisons[0], dataset=long, team_a=long)
    review = FakeReview(
        dataset_infos=(replace(AMAZON, name=long, home_of=long), ABT),
        submissions=(replace(CHARS, team=long), TOKENS),
        comparisons=(value,),
    )
    page = overview(review)
    assert f"{long} is better by 4.4 points" in spans_in(page)
    assert page._scroll.horizontalScrollBar().maximum() == 0
    assert len({card.x() for card in cards(page)}) == 2
    window.resize(900, 600)
    qtbot.waitUntil(lambda: len({card.x() for card in cards(page)}) == 1)
    assert page._scroll.horizontalScrollBar().maximum() == 0


def test_buttons_of_the_page_can_be_reached_with_the_keyboard(overview: Show) -> None:
    page = overview(FakeReview())
    for button in page.findChildren(QPushButton):
        if button.isVisible():
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.text()
