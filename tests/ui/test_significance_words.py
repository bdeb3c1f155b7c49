"""What the Significance page says and tabulates, without a widget."""

from __future__ import annotations

from dataclasses import replace

import fake_significance
import pytest
from fake_review import ABT, AMAZON, CATALOG, METRICS, VARIANT, FakeReview

from reviewer_app.comparison.result import Comparison, Estimate, MetricComparison, Verdict
from reviewer_app.review.queries import DatasetSummary
from reviewer_app.significance.beside.power_curve import PowerCurve
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.ui.models.across_grids import overall_grid, ranks_grid
from reviewer_app.ui.models.forest import forest_by_dataset, forest_by_metric
from reviewer_app.ui.models.metric_grids import metric_grid
from reviewer_app.ui.models.number_cells import share_text
from reviewer_app.ui.models.significance_grids import numbers_grid, power_grid, robustness_grid
from reviewer_app.ui.models.significance_words import (
    across_words,
    datasets_sentence,
    margin_words,
    metrics_sentence,
    reasons,
)
from reviewer_app.ui.views.verdict_words import evidence_line, short_verdict

FIRST, SECOND = FakeReview().comparisons


def with_primary(value: Comparison, **changes: object) -> Comparison:
    primary: MetricComparison = replace(value.primary, **changes)  # type: ignore[arg-type]
    return replace(value, metrics={**value.metrics, value.primary_metric: primary})


def curve(powers: tuple[float | None, ...] | None) -> PowerCurve:
    return PowerCurve((1_048, 2_293, 5_517), (0.05, 0.03, 0.02), powers, 2_293, 0.01, 0.05, "the rate stays")


def test_what_a_difference_as_large_as_the_margin_takes() -> None:
    known = with_primary(FIRST, examples_for_margin=5_600)
    words = margin_words(known, known.primary, curve((0.2, 0.5, 0.9)))
    assert words == (
        "A difference as large as the margin (1.0 points) would be shown by about 5,600 test pairs, with 80 % power."
    )
    nobody_knows = with_primary(FIRST, examples_for_margin=None)
    unknown = margin_words(nobody_knows, nobody_knows.primary, curve((0.2, 0.5, 0.9)))
    assert unknown == "How many examples would show a difference as large as the margin (1.0 points) is not known."
    never = margin_words(FIRST, FIRST.primary, curve((None, None, None)))
    assert never.endswith("is more than the teams can differ by where they disagree so seldom.")


def test_without_a_margin_it_says_that_there_is_none() -> None:
    assert margin_words(FIRST, FIRST.primary, curve(None)).startswith("F1 has no margin")


def test_the_datasets_are_counted_by_verdict() -> None:
    def said(*comparisons: Comparison) -> str:
        return datasets_sentence(forest_by_dataset(comparisons, Correction.HOLM))

    undecided = replace(SECOND, verdict=Verdict.UNDECIDED)
    assert said(FIRST, SECOND) == f"Of 2 datasets, better are {CATALOG} on 1 and {VARIANT} on 1."
    assert said(FIRST, undecided) == f"Of 2 datasets, better are {CATALOG} on 1; on 1 neither was shown to be."
    assert said(undecided, undecided) == "Neither team was shown to be better on any of 2 datasets."


def test_the_metrics_are_counted_by_their_intervals() -> None:
    accuracy = replace(FIRST.primary, metric="accuracy", ci_low=-0.01)
    both = replace(FIRST, metrics={**FIRST.metrics, "accuracy": accuracy})
    words = metrics_sentence(forest_by_metric(both, Correction.HOLM), "amazon-google")
    assert words.startswith(f"Of 2 metrics on amazon-google, the whole interval favours {CATALOG} in 1; 1 do not tell.")


@pytest.mark.parametrize(
    ("correction", "evidence", "verdict", "title"),
    [
        (Correction.HOLM, "p = 0.00060 after Holm ·", "undecided: not after Holm", "p Holm"),
        (
            Correction.BENJAMINI_HOCHBERG,
            "p = 0.00060 after Benjamini-Hochberg ·",
            "undecided: not after Benjamini-Hochberg",
            "p Benjamini-Hochberg",
        ),
        (Correction.NONE, "p = 0.00060 ·", "undecided", "p of the plan"),
    ],
)
def test_every_number_after_a_correction_names_the_one_it_went_through(
    correction: Correction, evidence: str, verdict: str, title: str
) -> None:
    assert evidence_line(FIRST, correction).startswith(evidence)
    undecided = replace(FIRST, verdict=Verdict.UNDECIDED, reason="multiplicity")
    assert short_verdict(undecided, CATALOG, VARIANT, correction) == verdict
    summary = DatasetSummary("amazon-google", "matching", None, 2293, "f1", 0.01)
    grid = metric_grid(summary, FIRST, FakeReview().run_infos, METRICS, CATALOG, VARIANT, correction)
    assert title in [column.title for column in grid.columns]


def test_a_verdict_within_the_margin_says_so_in_few_words() -> None:
    slight = replace(FIRST, within_margin=True)
    assert short_verdict(slight, "A", "B", Correction.HOLM) == "A better, less than matters"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0.0 %"), (0.0001, "< 0.1 %"), (0.5, "50.0 %"), (0.99996, "> 99.9 %"), (1.0, "100.0 %")]
)
def test_a_share_is_0_or_100_percent_only_where_it_is(share: float, text: str) -> None:
    assert share_text(share) == text


def test_a_number_that_is_missing_says_why() -> None:
    closed = with_primary(FIRST, n_resamples=None, p_adjusted=None, minimum_detectable_difference=None, margin=None)
    grid = numbers_grid(closed, replace(closed.primary, p_equivalence=None), Correction.HOLM)
    why = {row[0].text: row[1].tooltip for row in grid.rows if row[1].muted}
    assert why["p after Holm"] == "only the plan's comparisons and their primary metric are corrected"
    assert why["resamples B"] == "a closed form: nothing is resampled"
    assert why["detectable difference"] == "no difference of any size would have been shown"
    assert why["p of equivalence"] == "no margin, so equivalence is not tested"
    assert all(len(row[1].values) == 2 for row in grid.rows)


def test_a_power_curve_has_a_row_per_point_and_a_reason_where_there_is_none() -> None:
    detail = fake_significance.detail(FIRST, FIRST.primary)
    shown = power_grid(FIRST, replace(detail, power=replace(curve((None, 0.5, 0.9)), detectable=(None, 0.03, 0.02))))
    assert shown is not None
    assert [[cell.text for cell in row] for row in shown.rows] == [
        ["1,048", "–", "–"],
        ["2,293", "3.0 points", "50.0 %"],
        ["5,517", "2.0 points", "90.0 %"],
    ]
    assert power_grid(FIRST, replace(detail, power=None)) is None


def test_a_choice_under_which_nothing_is_defined_has_dashes_and_its_reason() -> None:
    planned, other, *_ = fake_significance.robustness()
    empty = replace(
        other, difference=None, ci_low=None, ci_high=None, p_value=None, not_defined="no positive label is left"
    )
    row = robustness_grid(replace(FIRST, robustness=(planned, empty)), Correction.HOLM).rows[1]
    assert [cell.text for cell in row[2:5]] == ["–", "–", "–"]
    assert row[2].tooltip == "no positive label is left"


def test_a_home_advantage_that_is_not_defined_says_why() -> None:
    why = "the teams' own datasets have different primary metrics"
    overall = replace(
        FakeReview().overall[0],
        neutral_difference=Estimate(None, not_defined=why),
        home_advantage=Estimate(None, not_defined=why),
    )
    summaries = [DatasetSummary(one.name, "matching", one.home_of, 100, "f1", 0.01) for one in (AMAZON, ABT)]
    neutral, home, mean = overall_grid(overall, (FIRST, SECOND), summaries).rows
    assert (neutral[3].text, neutral[3].tooltip, home[3].tooltip) == ("–", why, why)
    assert mean[3].text == "+0.7"
    assert reasons(why, why) == "The teams' own datasets have different primary metrics."


def test_first_places_are_a_column_only_where_they_are_known() -> None:
    three = fake_significance.across(("A", "B", "C"), ("one", "two"), "too few datasets")
    assert [column.title for column in ranks_grid(three).columns] == [
        "team",
        "mean rank",
        "P(first)",
        "first on one",
        "first on two",
    ]
    unknown = replace(three, first_shares=None, first_shares_per_dataset=())
    assert [column.title for column in ranks_grid(unknown).columns] == ["team", "mean rank"]
    assert any("How often each team comes first is not known" in words for words in across_words(unknown))
