"""The Significance page: what each view says, and what is copied."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import fake_significance
import pytest
from fake_review import AMAZON, CATALOG, CHARS, VARIANT, FakeReview
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from significance_steps import reviewed, rows, seen, settle, show, with_first, words

from reviewer_app.ui.main_window import MainWindow
from reviewer_app.ui.models.number_grid import TextFormat
from reviewer_app.ui.models.significance_views import View
from reviewer_app.ui.pages.overview import OverviewPage
from reviewer_app.ui.pages.significance import SignificancePage
from reviewer_app.ui.session import Session
from reviewer_app.ui.views.cards import VerdictCard

Open = Callable[[FakeReview], FakeReview]
SIX = tuple(f"dataset-{number}" for number in range(6))


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> SignificancePage:
    """Return the page, seen, before a review is open."""
    return seen(qtbot, SignificancePage(session))


@pytest.fixture
def shown(qtbot: QtBot, page: SignificancePage, open_review: Open) -> SignificancePage:
    """Return the page with two datasets and two teams."""
    open_review(reviewed())
    settle(qtbot, page)
    return page


def test_the_forest_plot_is_of_datasets_first_then_of_metrics(qtbot: QtBot, shown: SignificancePage) -> None:
    assert shown.forest.card.has_figure
    assert f"Of 2 datasets, better are {CATALOG} on 1 and {VARIANT} on 1." in words(shown)
    assert "Shaded: the margin" in words(shown)
    assert [row[0].text for row in shown.shown_grids()[0].rows] == ["amazon-google", "abt-buy"]
    QTest.mouseClick(shown.forest.by_metric, Qt.MouseButton.LeftButton)
    assert [row[0].text for row in shown.shown_grids()[0].rows] == ["F1 ↑"]
    assert f"Of 1 metric on amazon-google, the whole interval favours {CATALOG} in 1." in words(shown)
    assert "amazon-google · " in words(shown)


def test_the_forest_plot_can_be_of_every_metric_on_every_dataset(qtbot: QtBot, shown: SignificancePage) -> None:
    QTest.mouseClick(shown.forest.by_both, Qt.MouseButton.LeftButton)
    assert "Every metric on every dataset" in words(shown)
    assert len(shown.shown_grids()) == 2
    assert [card.title for card in shown.shown_figures()] == ["Forest plot of the differences"]


def test_with_a_single_dataset_the_forest_plot_is_of_its_metrics(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review = reviewed(dataset_infos=(AMAZON,), overall=())
    review.comparisons = review.comparisons[:1]
    open_review(review)
    settle(qtbot, page)
    assert not page.forest.by_dataset.isVisible()
    assert page.shown_grids()[0].title == "amazon-google, by metric"


def test_a_whisker_is_explained_where_there_is_one(qtbot: QtBot, page: SignificancePage, open_review: Open) -> None:
    open_review(with_first(reviewed(), whisker_low=0.01, whisker_high=0.08))
    settle(qtbot, page)
    assert "Thin whisker: the interval at level 1 − alpha / D" in words(page)


def test_this_comparison_says_the_numbers_first(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.COMPARISON)
    assert "A minus B +4.4 points, 95 % interval +1.9 to +6.9, p = 0.00030" in words(shown)
    left, right = rows(shown)[1:], rows(shown, 1)[1:]
    assert left[:4] == [
        ["difference A − B", "+4.4 points"],
        ["95 % interval", "[+1.9, +6.9]"],
        ["p", "0.00030"],
        ["p after Holm", "0.00060"],
    ]
    assert ["resamples B", "10,000"] in right
    assert ["detectable difference", "3.1 points"] in right
    assert ["test", "studentised swap permutation"] in right


def test_plots_have_their_sentence_and_the_methods_assumptions(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.COMPARISON)
    panel = shown.comparison
    assert [card.title for card in shown.shown_figures()] == [
        "Bootstrap distribution",
        "Permutation distribution",
        "McNemar's table",
        "Posterior shares",
    ]
    assert "10,000 bootstrap resamples" in panel.bootstrap.words
    assert "What it assumes: Examples are independent" in panel.bootstrap.words
    assert "2 of 10,000 random swaps" in panel.permutation.words
    assert "61 for Catalog Matching against 24 for Variant Grouping" in panel.mcnemar.words
    assert panel.assumes.isHidden()


def test_other_methods_stand_beside_each_with_what_it_assumes(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.COMPARISON)
    assert "stand beside, decide nothing" in words(shown)
    bca, normal = rows(shown, 2)[1:]
    assert bca == ["BCa bootstrap over examples", "–", "[+1.8, +7.0]", "Corrects the percentiles for bias."]
    assert normal[1] == "0.00020"


def test_the_labels_of_both_teams_are_compared_too(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.COMPARISON)
    assert "that both teams predict each class equally often, p = 0.043 (Stuart-Maxwell)" in words(shown)
    assert "if 9 of the gold labels were wrong and the other team right, or if 19 were" in words(shown)


def test_another_metric_is_chosen_and_the_primary_one_is_named(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    review = reviewed()
    first = review.comparisons[0]
    accuracy = replace(first.primary, metric="accuracy", a=0.97, b=0.96, difference=0.01, p_adjusted=None)
    review.comparisons = (replace(first, metrics={"f1": first.primary, "accuracy": accuracy}), review.comparisons[1])
    open_review(review)
    settle(qtbot, page)
    show(qtbot, page, View.COMPARISON)
    assert [page.metric_box.itemText(row) for row in range(2)] == ["F1 (primary)", "accuracy"]
    page.metric_box.setCurrentIndex(1)
    page.metric_box.activated.emit(1)
    settle(qtbot, page)
    assert "accuracy 97.0 against 96.0" in words(page)
    page.session.select(dataset="abt-buy")  # where only F1 is known
    settle(qtbot, page)
    assert page.metric_box.currentData() == "f1"
    assert "F1 80.2 against 83.3" in words(page)


def test_power_says_what_could_have_been_shown_and_what_the_margin_takes(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.POWER)
    said = words(shown)
    assert "2,293 pairs show a difference of 3.1 points with 80 % power" in said
    assert "A difference as large as the margin (1.0 points) would be shown by about" in said
    assert "observed is not said" in said
    [grid] = shown.shown_grids()
    here = next(row for row in grid.rows if row[0].strong)
    assert here[0].values == (2293,)


def test_robustness_marks_a_verdict_that_changes_in_words(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.ROBUSTNESS)
    assert fake_significance.ROBUSTNESS_SENTENCE in words(shown)
    _, planned, missing, seen, _ = rows(shown)
    assert planned == [
        "as planned",
        "2,293",
        "+4.4",
        "[+1.9, +6.9]",
        "0.00030",
        "0.00060",
        f"{CATALOG} better",
        "as planned",
    ]
    assert missing[-1] == "yes"
    assert seen[-2:] == ["undecided: too few examples", "no: it changes"]


def test_without_another_choice_the_page_says_what_would_have_been_looked_at(
    qtbot: QtBot, shown: SignificancePage
) -> None:
    shown.session.select(dataset="abt-buy")
    show(qtbot, shown, View.ROBUSTNESS)
    assert "Looked at would have been: missing predictions counted as wrong" in words(shown)
    assert shown.shown_grids() == ()
    assert [action.text() for action in shown.copy_menu().actions()] == ["There is nothing to copy yet"]


def test_across_datasets_the_neutral_difference_stands_first(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.ACROSS)
    assert rows(shown)[1:] == [
        ["neutral difference (F1)", "", "", "+0.7", "[−1.0, +2.3]"],
        ["home advantage (F1)", "", "", "+3.8", "[+1.9, +5.6]"],
        ["mean F1 over 2 matching datasets", "77.9", "77.2", "+0.7", "[−1.0, +2.3]"],
    ]
    assert "that needs two datasets that every team ran, or three teams" in words(shown)


def test_below_six_datasets_it_says_why_there_are_no_tests(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    why = "2 datasets are too few: below 6 no result could be significant"
    open_review(reviewed(across=fake_significance.across((CATALOG, VARIANT), ("amazon-google", "abt-buy"), why)))
    settle(qtbot, page)
    show(qtbot, page, View.ACROSS)
    assert f"No tests over datasets: {why}." in words(page)
    assert rows(page, 2)[1][4:6] == ["–", "–"]
    assert "Left out is too-small: no finished run of Variant Grouping." in words(page)


def test_from_three_teams_on_there_is_a_diagram_and_a_table_of_pairs(
    qtbot: QtBot, page: SignificancePage, open_review: Open
) -> None:
    teams = (CATALOG, VARIANT, "Third")
    open_review(reviewed(across=fake_significance.across(teams, SIX, None)))
    settle(qtbot, page)
    show(qtbot, page, View.ACROSS)
    assert [card.title for card in page.shown_figures()] == ["Critical-difference diagram"]
    assert not page.across.nemenyi.isChecked()
    height = page.across.diagram.view.height()
    page.across.nemenyi.setChecked(True)
    settle(qtbot, page)
    assert page.across.diagram.view.height() > height
    ranks, pairs = rows(page, 1), rows(page, 2)
    assert [row[:3] for row in ranks[1:]] == [
        [CATALOG, "1.20", "80.0 %"],
        [VARIANT, "1.90", "10.0 %"],
        ["Third", "2.60", "10.0 %"],
    ]
    assert pairs[1] == [CATALOG, VARIANT, "5", "1", "0.030", "0.090", "90.0 %", "8.0 %", "2.0 %"]
    assert "Without dataset-0 the best mean rank is that of Variant Grouping." in words(page)
    assert "Friedman" in words(page)


def test_copied_csv_holds_unrounded_values_of_what_is_shown(qtbot: QtBot, shown: SignificancePage) -> None:
    shown.copy_as(TextFormat.CSV)
    first, second = csv.DictReader(io.StringIO(QGuiApplication.clipboard().text()))
    assert float(first["difference"]) == 0.756 - 0.712
    assert (first["ci_low"], first["p_adjusted"], first["verdict"]) == ("0.019", "0.0006", "a_better")
    assert second["dataset"] == "abt-buy"
    show(qtbot, shown, View.COMPARISON)
    shown.copy_as(TextFormat.CSV)
    interval = next(line for line in QGuiApplication.clipboard().text().splitlines() if "95 % interval" in line)
    assert interval.endswith("0.019,0.069")


@pytest.mark.parametrize("view", list(View))
def test_every_view_is_copied_in_every_format(
    qtbot: QtBot, page: SignificancePage, open_review: Open, view: View
) -> None:
    open_review(reviewed(across=fake_significance.across((CATALOG, VARIANT, "A & B_1"), SIX, None)))
    settle(qtbot, page)
    show(qtbot, page, view)
    copied = {}
    for form in TextFormat:
        page.copy_as(form)
        copied[form] = QGuiApplication.clipboard().text()
    for grid in page.shown_grids():
        for row in grid.rows:
            first = row[0].text.split()[0]
            assert all(first in copied[form] for form in (TextFormat.PLAIN, TextFormat.MARKDOWN, TextFormat.LATEX))
            assert str(row[0].values[0]).split()[0] in copied[TextFormat.CSV]
    assert "A & B_1" not in copied[TextFormat.LATEX]


def test_copied_text_is_aligned_for_a_font_of_one_width(shown: SignificancePage) -> None:
    shown.copy_as(TextFormat.PLAIN)
    title, blank, header, first, second = QGuiApplication.clipboard().text().splitlines()
    assert (title, blank) == ("Differences by dataset", "")
    end = header.index("A − B") + len("A − B")
    assert first[:end].endswith("+4.4")
    assert second[:end].endswith("−3.1")


def test_the_copy_menu_offers_text_and_each_plot_as_an_image(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.COMPARISON)
    actions = shown.copy_menu().actions()
    assert [action.text() for action in actions[:4]] == [f"Copy as {form}" for form in TextFormat]
    assert len(actions) == 8
    actions[4].trigger()
    assert QGuiApplication.clipboard().pixmap().width() > 100
    actions[0].trigger()
    assert "amazon-google" in QGuiApplication.clipboard().text()


def test_everything_is_reached_by_the_keys_and_has_a_name(qtbot: QtBot, shown: SignificancePage) -> None:
    show(qtbot, shown, View.COMPARISON)
    for kind in (QPushButton, QLineEdit, QComboBox):
        for widget in shown.findChildren(kind):
            if widget.isVisible() and not isinstance(widget.parent(), QComboBox):
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                assert widget.accessibleName() or (isinstance(widget, QPushButton) and widget.text())
    area = shown.views.currentWidget()
    assert area.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert area.accessibleName() == "This comparison"


def test_a_card_of_the_overview_leads_to_its_dataset(window: MainWindow, open_review: Open, qtbot: QtBot) -> None:
    open_review(reviewed())
    qtbot.waitUntil(lambda: not window.session.jobs.running)
    overview = window.page
    assert isinstance(overview, OverviewPage)
    first, second = overview.cards.cards
    assert isinstance(first, VerdictCard)
    assert isinstance(second, VerdictCard)
    assert fake_significance.ROBUSTNESS_SENTENCE in words(first)
    QTest.mouseClick(second.link, Qt.MouseButton.LeftButton)
    assert window.page is window.pages["Significance"]
    assert window.session.dataset == "abt-buy"
    qtbot.waitUntil(lambda: not window.session.jobs.running)


def test_names_are_never_markup_on_the_page(qtbot: QtBot, page: SignificancePage, open_review: Open) -> None:
    evil = "<b>$x_1$</b> " + "very long name " * 12
    review = reviewed()
    review.submissions = (replace(CHARS, team=evil), *review.submissions[1:])
    review.comparisons = tuple(replace(one, team_a=evil) for one in review.comparisons)
    review.overall = (replace(review.overall[0], team_a=evil),)
    review.across = fake_significance.across((evil, VARIANT, "Third"), SIX, None)
    review.dataset_infos = (replace(AMAZON, home_of=evil), review.dataset_infos[1])
    open_review(review)
    settle(qtbot, page)
    for view in View:
        show(qtbot, page, view)
        labels = [found for found in page.findChildren(QLabel) if found.isVisible() and found.text()]
        assert all(found.textFormat() is Qt.TextFormat.PlainText for found in labels)
    assert evil in words(page)
