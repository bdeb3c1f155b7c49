"""The Metrics page: the core's numbers beside each other, reasons in sight, and what is copied."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from fake_evidence import EvidenceReview
from fake_review import AMAZON, BOOSTING, CATALOG, METRICS, VARIANT, FakeReview, run
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from reviewer_app.errors import ReviewError
from reviewer_app.review.queries import MetricInfo, Results
from reviewer_app.ui.models.grid_model import GridModel
from reviewer_app.ui.models.number_grid import TextFormat
from reviewer_app.ui.pages.metrics import MetricsPage, View
from reviewer_app.ui.session import Session
from reviewer_app.ui.theme import DARK, LIGHT, Mode, theme
from reviewer_app.ui.views.confusion_view import ConfusionView
from reviewer_app.ui.views.grid_view import GridView

Open = Callable[[FakeReview], FakeReview]


@pytest.fixture
def page(qtbot: QtBot, session: Session) -> MetricsPage:
    """Return the page, seen, before a review is open."""
    value = MetricsPage(session)
    qtbot.addWidget(value)
    value.resize(1092, 742)
    session.changed.connect(value.mark_stale)
    session.selection_changed.connect(lambda: value.mark_stale(frozenset({"selection"})))
    value.show()
    return value


@pytest.fixture
def shown(qtbot: QtBot, page: MetricsPage, open_review: Open) -> MetricsPage:
    """Return the page with two datasets and two teams."""
    open_review(EvidenceReview())
    settle(qtbot, page)
    return page


def settle(qtbot: QtBot, page: MetricsPage) -> None:
    """Wait until nothing is under way on the page."""
    page.mark_stale(frozenset())
    qtbot.waitUntil(
        lambda: not page.session.jobs.running and not any(timer.isActive() for timer in page.findChildren(QTimer))
    )


def cells(page: MetricsPage, table: int = 0) -> list[list[str]]:
    """Return what a dataset's table says, with its header."""
    model = tables(page)[table].model()
    assert isinstance(model, GridModel)
    header = [column.title for column in model.grid.columns]
    return [header, *([cell.text for cell in row] for row in model.grid.rows)]


def tables(page: MetricsPage) -> list[GridView]:
    """Return the tables of the datasets."""
    return [view for view in page.findChildren(GridView) if view is not page.classes]


def words(page: MetricsPage) -> str:
    """Return all that the labels in sight say."""
    return "\n".join(text.text() for text in page.findChildren(QLabel) if text.isVisible())


def test_every_dataset_has_its_table_with_teams_difference_and_baselines(shown: MetricsPage) -> None:
    assert len(tables(shown)) == 2
    header, f1, *_ = cells(shown)
    assert header == [
        "",
        CATALOG,
        VARIANT,
        "A − B",
        "ahead",
        "95 % interval",
        "p",
        "p Holm",
        "histogram boosting",
    ]
    assert f1 == ["F1 ↑", "75.6", "71.2", "+4.4", "A", "[+1.9, +6.9]", "0.00030", "0.00060", "66.9"]
    assert cells(shown, 1)[1][3:5] == ["−3.1", "B"]


def test_a_metric_without_comparison_shows_values_and_dashes(shown: MetricsPage) -> None:
    precision = next(row for row in cells(shown) if row[0].startswith("Precision"))
    assert precision == ["Precision ↑", "80.0", "80.0", "–", "–", "–", "–", "–", "80.0"]


def test_cost_of_running_stands_below_the_metrics(shown: MetricsPage) -> None:
    assert [row[:3] for row in cells(shown)[-3:]] == [
        ["fit time ↓", "12 s", "12 s"],
        ["predict time ↓", "0.4 s", "0.4 s"],
        ["peak memory ↓", "310 MB", "310 MB"],
    ]


def test_lower_is_better_puts_the_lower_value_ahead(qtbot: QtBot, page: MetricsPage, open_review: Open) -> None:
    review = EvidenceReview()
    primary = replace(review.comparisons[0].primary, metric="log_loss", a=0.3, b=0.5, difference=-0.2)
    losing = replace(review.comparisons[0], metrics={**review.comparisons[0].metrics, "log_loss": primary})
    review.comparisons = (losing,)
    review.metrics = lambda: (*METRICS, MetricInfo("log_loss", "log loss", False, "", ("matching",), False))  # type: ignore[method-assign]
    open_review(review)
    settle(qtbot, page)
    row = next(row for row in cells(page) if row[0].startswith("log loss"))
    assert row[:5] == ["log loss ↓", "0.3000", "0.5000", "−0.2000", "A"]


def test_what_is_not_defined_is_a_dash_with_its_reason_in_sight(
    qtbot: QtBot, page: MetricsPage, open_review: Open
) -> None:
    why = "no probabilities were given"
    review = EvidenceReview()
    undefined = replace(
        review.comparisons[0].primary, a=None, difference=None, ci_low=None, ci_high=None, not_defined=why
    )
    review.comparisons = (replace(review.comparisons[0], metrics={"f1": undefined}),)
    open_review(review)
    settle(qtbot, page)
    f1 = cells(page)[1]
    assert f1[1:5] == ["–", "71.2", "–", "–"]
    model = tables(page)[0].model()
    assert isinstance(model, GridModel)
    assert model.grid.rows[0][1].tooltip == why
    assert f"F1: {why}" in words(page)


def test_marks_and_warnings_stand_beside_the_numbers(qtbot: QtBot, page: MetricsPage, open_review: Open) -> None:
    review = EvidenceReview()
    marked = replace(review.comparisons[0].primary, marks=("stretched: a class has fewer than 5 examples",))
    first = replace(review.comparisons[0], metrics={"f1": marked}, warnings=("3 pairs have no prediction of A.",))
    review.comparisons = (first, review.comparisons[1])
    open_review(review)
    settle(qtbot, page)
    assert "F1: stretched: a class has fewer than 5 examples" in words(page)
    assert "3 pairs have no prediction of A." in words(page)


def test_without_a_result_of_b_the_values_of_a_stand_alone(qtbot: QtBot, page: MetricsPage, open_review: Open) -> None:
    review = EvidenceReview()
    review.comparisons = ()
    review.run_infos = tuple(info for info in review.run_infos if info.team != VARIANT)
    open_review(review)
    settle(qtbot, page)
    assert cells(page)[1][:4] == ["F1 ↑", "75.6", "–", "–"]
    model = tables(page)[0].model()
    assert isinstance(model, GridModel)
    assert model.grid.rows[0][3].tooltip == f"{VARIANT} has no result here yet"


def test_seeds_are_averaged_and_said(qtbot: QtBot, page: MetricsPage, open_review: Open) -> None:
    review = EvidenceReview()
    review.run_infos += (run(7, AMAZON.name, BOOSTING, 0.769, seed=1),)
    open_review(review)
    settle(qtbot, page)
    model = tables(page)[0].model()
    assert isinstance(model, GridModel)
    cell = model.grid.rows[0][8]
    assert (cell.text, cell.tooltip) == ("71.9", "mean of 2 seeds")


def test_per_class_scores_of_both_teams_and_their_difference(qtbot: QtBot, shown: MetricsPage) -> None:
    shown.show_view(View.CLASSES)
    settle(qtbot, shown)
    [grid] = shown.shown_grids()
    first, last = [[cell.text for cell in row] for row in grid.rows]
    assert first == ["match", "100", "90.0", "80.0", "+10.0", "70.0", "70.0", "+0.0", "75.0", "75.0", "+0.0"]
    assert last[:5] == ["non_match", "110", "–", "80.0", "–"]


def test_classes_sort_by_a_click_and_go_back_to_the_order_of_the_spec(qtbot: QtBot, shown: MetricsPage) -> None:
    shown.show_view(View.CLASSES)
    settle(qtbot, shown)
    model = shown.classes.model()
    orders = []
    for column, order in (
        (1, Qt.SortOrder.DescendingOrder),
        (2, Qt.SortOrder.AscendingOrder),
        (-1, Qt.SortOrder.AscendingOrder),
    ):
        model.sort(column, order)
        orders.append([model.index(row, 0).data() for row in range(2)])
    assert orders == [["non_match", "match"], ["match", "non_match"], ["match", "non_match"]]


def test_confusion_matrices_of_a_b_and_their_difference(qtbot: QtBot, shown: MetricsPage) -> None:
    shown.show_view(View.CONFUSION)
    settle(qtbot, shown)
    views = shown.findChildren(ConfusionView)
    counts = [[view.model().index(0, column).data() for column in range(3)] for view in views]
    assert counts == [["50", "1", "·"], ["50", "·", "3"], ["·", "+1", "−3"]]
    said = views[0].model().index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "gold match, predicted non_match: 1 of 51 (2.0 %)"


def test_curves_are_drawn_in_the_teams_colours_of_the_theme(qtbot: QtBot, shown: MetricsPage) -> None:
    shown.show_view(View.CURVES)
    settle(qtbot, shown)
    assert [axes.get_title(loc="left") for axes in shown.curves.figure.axes] == [
        "ROC",
        "threshold sweep",
        "reliability",
    ]
    assert line_colours(shown) >= {LIGHT.team_a, LIGHT.team_b}
    theme.set_mode(Mode.DARK)
    settle(qtbot, shown)
    assert line_colours(shown) >= {DARK.team_a, DARK.team_b}
    assert shown.curves.figure.get_facecolor()[:3] == pytest.approx(rgb(DARK.panel), abs=0.003)


def test_a_team_without_scores_has_no_curve_and_the_page_says_so(
    qtbot: QtBot, page: MetricsPage, open_review: Open
) -> None:
    review = EvidenceReview()
    review.curves = lambda dataset, team: ()  # type: ignore[method-assign]
    open_review(review)
    page.show_view(View.CURVES)
    settle(qtbot, page)
    assert page.curves.figure is None
    assert f"{CATALOG} and {VARIANT} gave labels without scores or probabilities" in words(page)


def test_copied_csv_holds_unrounded_fractions_of_every_dataset(shown: MetricsPage) -> None:
    shown.copy_as(TextFormat.CSV)
    read = list(csv.DictReader(io.StringIO(QGuiApplication.clipboard().text())))
    f1 = next(row for row in read if row["table"] == "amazon-google" and row["metric"] == "f1")
    assert float(f1["difference"]) == 0.756 - 0.712
    assert (f1["ci_low"], f1["ci_high"], f1["p_value"]) == ("0.019", "0.069", "0.0003")
    assert {row["table"] for row in read} == {"amazon-google", "abt-buy"}


def test_copied_latex_and_markdown_hold_names_as_they_are_and_nothing_else(
    qtbot: QtBot, page: MetricsPage, open_review: Open
) -> None:
    review = EvidenceReview()
    evil = "50% & $x$_{y} | #1"
    review.run_infos = tuple(replace(info, submission=evil) if info.baseline else info for info in review.run_infos)
    open_review(review)
    settle(qtbot, page)
    page.copy_as(TextFormat.LATEX)
    latex = QGuiApplication.clipboard().text()
    assert r"50\% \& \$x\$\_\{y\}" in latex
    assert r"\#1" in latex
    assert "$-$3.1" in latex
    page.copy_as(TextFormat.MARKDOWN)
    lines = [line for line in QGuiApplication.clipboard().text().splitlines() if line.startswith("|")]
    assert r"\| \#1" in lines[0]
    assert len({line.replace(r"\|", "").count("|") for line in lines}) == 1


@pytest.mark.parametrize("view", [View.CLASSES, View.CONFUSION])
def test_what_is_copied_is_what_is_shown(qtbot: QtBot, shown: MetricsPage, view: View) -> None:
    shown.show_view(view)
    settle(qtbot, shown)
    shown.copy_as(TextFormat.CSV)
    header = QGuiApplication.clipboard().text().splitlines()[0]
    assert header.startswith("table,class,support" if view is View.CLASSES else "table,gold,match,non_match")


def test_the_copy_menu_offers_tables_as_text_and_plots_as_an_image(qtbot: QtBot, shown: MetricsPage) -> None:
    for action in shown.copy_menu().actions():
        QGuiApplication.clipboard().clear()
        action.trigger()
        assert "amazon-google" in QGuiApplication.clipboard().text()
    shown.show_view(View.CURVES)
    settle(qtbot, shown)
    [as_image] = shown.copy_menu().actions()
    as_image.trigger()
    assert QGuiApplication.clipboard().pixmap().width() == shown.curves.width()


def test_another_dataset_shows_its_own_classes(qtbot: QtBot, shown: MetricsPage) -> None:
    shown.show_view(View.CLASSES)
    settle(qtbot, shown)
    shown.session.select(dataset="abt-buy")
    settle(qtbot, shown)
    assert shown.shown_grids()[0].title == "abt-buy, per class"
    assert "abt-buy · " in words(shown)


def test_a_dataset_that_cannot_be_read_says_why_and_shows_no_other(qtbot: QtBot, shown: MetricsPage) -> None:
    shown.show_view(View.CONFUSION)
    settle(qtbot, shown)

    def refuse(*_: object) -> object:
        raise ReviewError.of("no_run", "Variant Grouping has no finished run on abt-buy.")

    shown.session.review.class_reports = refuse  # type: ignore[union-attr, method-assign, assignment]
    shown.session.select(dataset="abt-buy")
    settle(qtbot, shown)
    assert "Variant Grouping has no finished run on abt-buy." in words(shown)
    assert shown.shown_grids() == ()
    assert not any(view.isVisible() for view in shown.findChildren(ConfusionView))


def test_without_datasets_or_teams_the_page_says_what_to_add(
    qtbot: QtBot, page: MetricsPage, open_review: Open
) -> None:
    review = EvidenceReview(dataset_infos=(), run_infos=(), comparisons=())
    open_review(review)
    settle(qtbot, page)
    with qtbot.waitSignal(page.action_requested) as asked:
        page.empty.button.click()
    assert asked.args == ["edit.add_dataset"]
    assert "dataset" in page.empty.sentence.text()


def test_numbers_that_arrive_after_another_pair_was_chosen_are_dropped(
    qtbot: QtBot, page: MetricsPage, open_review: Open
) -> None:
    review = EvidenceReview()
    asked: list[str | None] = []
    honest = review.results

    def results(a: str | None = None, b: str | None = None, progress: object = None) -> Results:
        asked.append(a)
        return honest(a, b)

    review.results = results  # type: ignore[method-assign, assignment]
    open_review(review)
    page.mark_stale(frozenset())
    page.session.select(a=VARIANT)
    settle(qtbot, page)
    assert asked[-1] == VARIANT
    assert cells(page)[0][1:3] == [VARIANT, CATALOG]


def line_colours(page: MetricsPage) -> set[str]:
    """Return the colours of all lines drawn."""
    return {line.get_color() for axes in page.curves.figure.axes for line in axes.get_lines()}


def rgb(colour: str) -> list[float]:
    """Return red, green and blue as fractions."""
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
