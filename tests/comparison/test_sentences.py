from __future__ import annotations

from dataclasses import replace

import pytest

from reviewer_app.comparison.result import MetricComparison, Verdict
from reviewer_app.comparison.sentences import SentenceInput, verdict_sentence
from reviewer_app.evaluation.metrics import metric
from reviewer_app.significance.multiplicity import Correction

NUMBERS = MetricComparison(
    metric="f1",
    a=0.756,
    b=0.712,
    difference=0.044,
    ci_low=0.019,
    ci_high=0.069,
    p_value=0.0006,
    p_adjusted=0.0012,
    margin=0.01,
    p_equivalence=0.9,
    p_equivalence_adjusted=0.9,
    minimum_detectable_difference=0.036,
    examples_for_margin=30000,
)
GIVEN = SentenceInput(
    metric=metric("f1"),
    numbers=NUMBERS,
    team_a="Catalog",
    team_b="Variant",
    dataset="amazon-google",
    task="matching",
    verdict=Verdict.A_BETTER,
    reason=None,
    within_margin=False,
    n_examples=2293,
    n_different=85,
    n_missing=0,
    n_family=2,
    correction=Correction.HOLM,
    otherwise=None,
    trained_once=False,
)


def undecided(reason: str, **changes) -> str:
    return verdict_sentence(replace(GIVEN, verdict=Verdict.UNDECIDED, reason=reason, **changes))


def test_a_better_gives_both_values_the_difference_the_interval_and_p():
    assert verdict_sentence(GIVEN) == (
        "Catalog is better on amazon-google: F1 75.6 against 71.2, difference +4.4 points "
        "(95 % interval +1.9 to +6.9), p = 0.0012 after Holm over 2."
    )


def test_b_better_names_b_first_and_says_what_the_sign_means():
    numbers = replace(NUMBERS, a=0.802, b=0.833, difference=-0.031, ci_low=-0.056, ci_high=-0.007)
    assert verdict_sentence(replace(GIVEN, numbers=numbers, verdict=Verdict.B_BETTER)).startswith(
        "Variant is better on amazon-google: F1 83.3 against 80.2, difference Catalog minus Variant −3.1 points "
        "(95 % interval −5.6 to −0.7)"
    )


def test_an_interval_that_touches_zero_makes_it_barely():
    assert "barely better" in verdict_sentence(replace(GIVEN, numbers=replace(NUMBERS, ci_low=-0.0004)))


def test_better_within_the_margin_is_less_than_matters():
    sentence = verdict_sentence(replace(GIVEN, within_margin=True))
    assert "by less than matters (margin 1.0 points)" in sentence


def test_a_family_of_one_has_no_holm():
    assert verdict_sentence(replace(GIVEN, n_family=1)).endswith("p = 0.0012.")


def test_an_unplanned_comparison_is_exploratory():
    assert "exploratory" not in verdict_sentence(GIVEN)
    assert verdict_sentence(replace(GIVEN, numbers=replace(NUMBERS, p_adjusted=None))).endswith(
        "p = 0.00060 (exploratory)."
    )


def test_equivalent_names_margin_and_who_chose_it():
    numbers = replace(NUMBERS, difference=0.002, ci_low=-0.003, ci_high=0.006, p_equivalence_adjusted=0.004)
    default = verdict_sentence(replace(GIVEN, numbers=numbers, verdict=Verdict.EQUIVALENT))
    assert "lies within the margin of 1.0 points (default, nobody chose it), p = 0.0040 for equivalence" in default
    chosen = replace(numbers, margin=0.02, margin_is_default=False)
    assert "margin of 2.0 points, p" in verdict_sentence(replace(GIVEN, numbers=chosen, verdict=Verdict.EQUIVALENT))


def test_undecided_says_what_could_have_been_seen_and_how_many_would_show_the_margin():
    assert undecided("too_few_examples").endswith(
        "with 2,293 pairs only a difference of 3.6 points or more could have been seen; "
        "about 30,000 pairs would show one as large as the margin (1.0 points)."
    )
    nothing = replace(NUMBERS, minimum_detectable_difference=None, examples_for_margin=None)
    assert undecided("too_few_examples", numbers=nothing).endswith(
        "with 2,293 pairs no difference could have been seen."
    )


@pytest.mark.parametrize(
    ("reason", "changes", "expected"),
    [
        ("multiplicity", {}, "significant alone (p = 0.00060), not after Holm over 2"),
        ("too_few_differences", {"n_different": 3}, "one team alone is right on only 3 of 2,293 pairs"),
        ("too_few_differences", {"n_different": 0}, "one team alone is right on none of 2,293 pairs"),
        ("missing", {"n_missing": 12, "otherwise": Verdict.A_BETTER}, "how the 12 missing predictions count"),
        ("missing", {"n_missing": 1, "otherwise": Verdict.A_BETTER}, "how the 1 missing prediction counts"),
        ("seed_noise", {}, "the seeds of one team differ by more"),
    ],
)
def test_undecided_says_why(reason, changes, expected):
    assert expected in undecided(reason, **changes)


def test_without_a_test_it_says_why_there_is_none():
    numbers = replace(NUMBERS, p_value=None, p_adjusted=None, not_defined="no test: all pairs share one record")
    sentence = verdict_sentence(replace(GIVEN, numbers=numbers, verdict=Verdict.UNDECIDED, reason=None))
    assert sentence.endswith("(95 % interval +1.9 to +6.9); no test: all pairs share one record.")


def test_without_a_number_it_says_why_there_is_none():
    numbers = MetricComparison("f1", None, 0.7, None, not_defined="Catalog predicted no match")
    assert verdict_sentence(replace(GIVEN, numbers=numbers, verdict=Verdict.UNDECIDED, reason="too_few_examples")) == (
        "Undecided on amazon-google: F1 cannot be compared, because Catalog predicted no match."
    )


def test_one_seed_each_is_about_the_trained_models_and_not_the_algorithms():
    assert "not the algorithms" in verdict_sentence(replace(GIVEN, trained_once=True))
    assert "not the algorithms" not in verdict_sentence(GIVEN)


def test_where_less_is_better_the_winner_has_the_smaller_value():
    numbers = replace(NUMBERS, metric="log_loss", a=0.5, b=0.4, difference=0.1, ci_low=0.02, ci_high=0.18)
    sentence = verdict_sentence(
        replace(GIVEN, metric=metric("log_loss"), numbers=numbers, verdict=Verdict.B_BETTER, task="classification")
    )
    assert sentence.startswith("Variant is better on amazon-google: log loss 0.4000 against 0.5000")
