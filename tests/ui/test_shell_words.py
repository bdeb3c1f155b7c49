"""What cards, matrix and checks say, without a widget."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_review import (
    ABT,
    AMAZON,
    BOOSTING,
    CATALOG,
    CHARS,
    TOKENS,
    VARIANT,
    FakeReview,
    comparison,
    run,
    submission,
)

from reviewer_app.comparison.formatting import format_p
from reviewer_app.comparison.result import Comparison, MetricComparison, Verdict
from reviewer_app.errors import Finding, Severity
from reviewer_app.review.queries import CellState, DatasetSummary, SplitInfo
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.actions import ACTIONS
from reviewer_app.ui.views.command_box import matching
from reviewer_app.ui.views.dataset_card import dataset_facts
from reviewer_app.ui.views.dataset_checks import passed_checks
from reviewer_app.ui.views.interval_view import axis_limit, tick_text
from reviewer_app.ui.views.matrix import Matrix, matrix
from reviewer_app.ui.views.trust import TrustItem, trust_items
from reviewer_app.ui.views.verdict_words import (
    evidence_line,
    headline,
    interval_caption,
    interval_words,
    needs_sentence,
    verdict_colour,
)

HOLM = Correction.HOLM
A_BETTER = comparison("amazon-google", 2293, 0.756, 0.712, 0.019, 0.069, 0.0003, Verdict.A_BETTER)
B_BETTER = comparison("abt-buy", 1916, 0.802, 0.833, -0.056, -0.007, 0.0055, Verdict.B_BETTER)


def said(value: Comparison) -> str:
    return "".join(span.text for span in headline(value, HOLM))


def with_primary(value: Comparison, **changes: object) -> Comparison:
    primary: MetricComparison = replace(value.primary, **changes)  # type: ignore[arg-type]
    return replace(value, metrics={**value.metrics, value.primary_metric: primary})


def summaries(*names: str, home: str | None = None, metric: str = "f1") -> tuple[DatasetSummary, ...]:
    return tuple(DatasetSummary(name, "matching", home, 100, metric, 0.01) for name in names)


def texts(value: Matrix) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in value.rows]


def test_the_better_team_stands_first_and_in_its_colour() -> None:
    assert said(A_BETTER) == "Catalog Matching is better by 4.4 points"
    assert headline(A_BETTER, HOLM)[0].colour == "team_a"
    assert said(B_BETTER) == "Variant Grouping is better by 3.1 points"
    assert verdict_colour(B_BETTER) == "team_b"


def test_better_by_less_than_matters_is_said() -> None:
    value = replace(A_BETTER, within_margin=True)
    assert said(value) == "Catalog Matching is better by 4.4 points, less than matters"
    assert needs_sentence(value)


def test_an_interval_that_touches_zero_makes_it_barely_better() -> None:
    value = with_primary(A_BETTER, ci_low=-0.001)
    assert said(value) == "Catalog Matching is barely better by 4.4 points"
    assert needs_sentence(value)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("multiplicity", "Undecided: not after Holm"),
        ("too_few_differences", "Undecided: too few differences"),
        ("too_few_examples", "Undecided: too few examples"),
        ("missing", "Undecided: depends on missing predictions"),
        ("seed_noise", "Undecided: the seeds differ too much"),
        (None, "Undecided"),
    ],
)
def test_undecided_says_why(reason: str | None, words: str) -> None:
    value = replace(A_BETTER, verdict=Verdict.UNDECIDED, reason=reason)
    assert said(value) == words
    assert verdict_colour(value) == "muted"
    assert needs_sentence(value)


def test_equivalent_names_the_margin_and_its_own_p() -> None:
    value = with_primary(replace(A_BETTER, verdict=Verdict.EQUIVALENT), p_equivalence_adjusted=0.012)
    assert said(value) == "Equivalent within 1.0 points"
    assert evidence_line(value, HOLM).startswith(f"{format_p(0.012)} for equivalence, after Holm")


def test_a_metric_that_is_not_defined_gives_no_verdict() -> None:
    value = with_primary(A_BETTER, a=None, difference=None, ci_low=None, ci_high=None, not_defined="A gave no labels")
    assert said(replace(value, verdict=Verdict.UNDECIDED)) == "No verdict: F1 cannot be compared"


def test_the_evidence_line_has_p_and_the_disagreements() -> None:
    assert evidence_line(A_BETTER, HOLM) == f"{format_p(0.0006)} after Holm · 61 pairs only A right, 24 only B right"
    assert evidence_line(with_primary(A_BETTER, p_adjusted=None), HOLM).startswith(
        f"{format_p(0.0003)} (exploratory) · "
    )


def test_versions_of_one_team_are_told_apart() -> None:
    value = replace(A_BETTER, team_a=f"{CATALOG}:2", team_b=f"{CATALOG}:1")
    assert said(value) == "Catalog Matching:2 is better by 4.4 points"


def test_an_interval_is_said_in_words_with_its_method_and_margin() -> None:
    words = interval_words(A_BETTER)
    assert "A minus B: +4.4 points" in words
    assert "95 % interval +1.9 to +6.9, for this dataset alone (percentile bootstrap)" in words
    assert "± 1.0 points (default, nobody chose it)" in words
    assert interval_caption(A_BETTER) == "A − B in points, 95 % interval; shaded: margin"


@pytest.mark.parametrize(
    ("values", "limit"),
    [
        ([1.9, 6.9, 4.4, 1.0], 10.0),
        ([-0.3, 0.2], 0.5),
        ([12.0], 20.0),
        ([10.0], 10.0),
        ([None], 1.0),
        ([0.0], 1.0),
        ([51.0], 100.0),
    ],
)
def test_the_axis_ends_at_a_round_number_beyond_every_value(values: list[float | None], limit: float) -> None:
    assert axis_limit(values) == pytest.approx(limit)


def test_ticks_have_signs() -> None:
    assert [tick_text(value) for value in (-10.0, 2.5)] == ["−10", "+2.5"]


def test_the_matrix_has_a_row_per_team_and_baseline_with_homes_and_means() -> None:
    results = FakeReview().results()
    value = matrix(results.runs, results.datasets, CATALOG, VARIANT)
    assert value.columns == ("amazon-google", "abt-buy", "mean")
    assert value.metric == "F1"
    assert [(row.name, row.colour) for row in value.rows] == [
        (CATALOG, "team_a"),
        (VARIANT, "team_b"),
        ("Baseline: histogram boosting", "muted"),
    ]
    assert texts(value) == [["75.6", "80.2", "77.9"], ["71.2", "83.3", "77.2"], ["66.9", "74.0", "70.5"]]
    assert [cell.is_home for cell in value.rows[0].cells] == [True, False, False]
    assert [cell.is_best for cell in value.rows[1].cells] == [False, True, False]


def test_a_cell_that_has_no_value_says_its_state_and_why() -> None:
    runs = (
        run(1, "a", CHARS, None, state=CellState.FAILED, reason="MemoryError"),
        run(2, "b", CHARS, None, state=CellState.TIMED_OUT),
        run(3, "c", CHARS, None, state=CellState.NOT_APPLICABLE),
        run(4, "d", CHARS, None, not_defined={"f1": "no positive label was predicted"}),
    )
    value = matrix(runs, summaries("a", "b", "c", "d", "e"), CATALOG, VARIANT)
    assert texts(value) == [["failed", "timed out", "n/a", "not defined", "not run", "–"]]
    assert [cell.why for cell in value.rows[0].cells[:4]] == ["MemoryError", "", "", "no positive label was predicted"]
    assert not any(cell.has_value for cell in value.rows[0].cells)


def test_a_lower_value_is_best_where_lower_is_better() -> None:
    runs = (
        run(1, "a", CHARS, None, metrics={"log_loss": 0.3}),
        run(2, "a", TOKENS, None, metrics={"log_loss": 0.5}),
    )
    value = matrix(runs, summaries("a", metric="log_loss"), CATALOG, VARIANT)
    assert [row.cells[0].is_best for row in value.rows] == [True, False]


def test_columns_of_different_metrics_name_them_and_have_no_mean() -> None:
    runs = (run(1, "a", CHARS, 0.5), run(2, "b", CHARS, 0.6))
    value = matrix(runs, (*summaries("a"), *summaries("b", metric="accuracy")), CATALOG, VARIANT)
    assert value.columns == ("a · F1", "b · accuracy")
    assert value.metric == ""
    assert texts(value) == [["50.0", "97.0"]]


def test_seeds_are_averaged_and_an_older_version_is_left_out() -> None:
    old = submission(9, CATALOG, "older", is_current=False)
    runs = (
        run(1, "a", CHARS, 0.70),
        run(2, "a", CHARS, 0.80, seed=1),
        run(3, "a", old, 0.10, current=False),
    )
    value = matrix(runs, summaries("a"), CATALOG, VARIANT)
    assert texts(value) == [["75.0"]]
    assert value.rows[0].cells[0].why == "mean of 2 seeds"


def test_a_mean_over_seeds_waits_for_all_of_them() -> None:
    runs = (run(1, "a", CHARS, 0.70), run(2, "a", CHARS, None, seed=1, state=CellState.RUNNING))
    assert texts(matrix(runs, summaries("a"), CATALOG, VARIANT)) == [["running"]]


def test_what_must_be_known_comes_before_what_is_in_order() -> None:
    review = FakeReview()
    items = trust_items(review.results(), review.comparisons)
    assert items == (
        TrustItem(False, "6 of 6 runs had no sandbox", "Runs"),
        TrustItem(True, "every test pair has both predictions"),
    )


def test_warnings_lead_to_the_page_that_says_more() -> None:
    leak = Finding("test_rows_in_train", Severity.WARNING, "amazon-google: 37 test rows are in training.")
    review = FakeReview(dataset_infos=(replace(AMAZON, findings=(leak,)), ABT))
    shown = (replace(review.comparisons[0], warnings=("A has no prediction for 3 pairs.",), n_missing_a=3),)
    runs = (*review.run_infos[:5], replace(review.run_infos[5], state=CellState.FAILED))
    results = replace(review.results(), runs=runs)
    items = trust_items(results, shown)
    assert TrustItem(False, "1 of 6 runs failed", "Runs") in items
    assert TrustItem(False, "amazon-google: A has no prediction for 3 pairs.", "Metrics", "amazon-google") in items
    assert TrustItem(False, "amazon-google: 37 test rows are in training.", "Datasets & teams") in items
    assert not any(item.passed for item in items)


def test_a_baseline_that_is_ahead_comes_before_findings_about_inputs() -> None:
    leak = Finding("test_rows_in_train", Severity.WARNING, "amazon-google: 37 test rows are in training.")
    ahead = Finding("baseline_ahead", Severity.WARNING, "abt-buy: the baseline is better than every team.")
    results = replace(FakeReview().results(), findings=(leak, ahead), runs=())
    items = trust_items(results, ())
    assert [(item.words, item.page) for item in items] == [
        ("abt-buy: the baseline is better than every team.", "Metrics"),
        ("amazon-google: 37 test rows are in training.", "Datasets & teams"),
    ]


def test_a_warning_of_several_datasets_stands_once() -> None:
    review = FakeReview()
    shown = tuple(replace(c, warnings=(f"{c.dataset}: seeds are not covered.",)) for c in review.comparisons)
    items = trust_items(review.results(), shown)
    assert TrustItem(False, "amazon-google and abt-buy: seeds are not covered.", "Metrics") in items


def test_statistics_that_allow_for_shared_records_are_a_tick() -> None:
    review = FakeReview()
    shown = (replace(review.comparisons[0], unit="record"),)
    items = trust_items(review.results(), shown)
    assert TrustItem(True, "amazon-google: interval and test allow for shared records") in items


def test_a_check_that_found_something_has_no_tick() -> None:
    leak = Finding("gives_label_away", Severity.WARNING, "left_price gives the label away.")
    assert "no column gives the label away" in passed_checks(AMAZON)
    assert "no column gives the label away" not in passed_checks(replace(AMAZON, findings=(leak,)))


def test_checks_of_training_need_a_training_split() -> None:
    only_test = replace(AMAZON, splits=(SplitInfo("test", 10, {"match": 5, "non_match": 5}),))
    assert not any("training" in words for words in passed_checks(only_test))


def test_the_facts_of_a_dataset_name_kinds_labels_and_splits() -> None:
    facts = {name: "".join(span.text for span in spans) for name, spans in dataset_facts(AMAZON)}
    assert facts["Columns"] == "text left_title, right_title; numeric left_price, right_price"
    assert facts["Labels"] == "match (positive, 100 in test), non_match (2,193 in test)"
    assert facts["Splits"] == "train 6,879 · validation 2,293 · test 2,293"


def test_many_columns_and_labels_are_counted() -> None:
    many = replace(
        AMAZON,
        columns={f"c{number}": "numeric" for number in range(5000)},
        labels=tuple(f"l{number}" for number in range(99)),
    )
    facts = {name: "".join(span.text for span in spans) for name, spans in dataset_facts(many)}
    assert facts["Columns"].endswith("c7 and 4,992 more")
    assert facts["Labels"].endswith("and 91 more")


def test_commands_are_found_by_any_of_their_words() -> None:
    assert matching(ACTIONS, "dark")[0].id == "view.dark"
    assert "edit.add_submission" in [spec.id for spec in matching(ACTIONS, "predictions add")]
    assert matching(ACTIONS, "no such thing") == []


def test_baselines_that_are_not_chosen_still_stand_in_the_matrix() -> None:
    runs = (run(1, "a", CHARS, 0.7), run(2, "a", replace(BOOSTING, is_current=False), 0.6, current=False))
    assert [row.name for row in matrix(runs, summaries("a"), CATALOG, VARIANT).rows] == [
        CATALOG,
        "Baseline: histogram boosting",
    ]
