"""Claims against what a review measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reviewer_app.claims.claim import DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.errors import ReviewError
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.operations.settings import SetPlan
from reviewer_app.review.review import Review
from reviewer_app.significance.claims import Basis

Predict = Callable[..., Path]


def verdicts(review: Review, *claims: ValueClaim | DifferenceClaim | RankClaim) -> list[str]:
    return [str(checked.decision.verdict) for checked in review.check_claims(claims)]


def test_a_value_is_that_of_the_runs(pets_review: Review) -> None:
    of_runs = {run.team: run.metrics for run in pets_review.runs()}
    for metric in ("accuracy", "macro_f1", "mcc", "cohen_kappa"):
        claim = ValueClaim("pets", "Ann", "0.5", metric, Basis.SAME_PREDICTIONS)
        assert pets_review.check_claims([claim])[0].test.ours == of_runs["Ann"][metric]


def test_values_and_differences_of_a_paper(pets_review: Review) -> None:
    # Ann has 87 of 90 right, 96.67 %; Bob 60, 66.67 %. The pets are Ann's own.
    assert verdicts(
        pets_review,
        ValueClaim("pets", "Ann", "96.7%"),
        ValueClaim("pets", "Ann", "96.6%"),
        ValueClaim("pets", "Ann", "95.0%", n=200),
        ValueClaim("pets", "Ann", "80.0%", n=200),
        ValueClaim("pets", "Bob", "70%", basis=Basis.OTHER_SAMPLE),
        DifferenceClaim("pets", "Ann", "Bob"),
        DifferenceClaim("pets", "Ann", "Bob", "15%"),
        DifferenceClaim("pets", "Ann", "Bob", "30 points"),
        DifferenceClaim("pets", "Bob", "Ann"),
    ) == [
        "reproduced",
        "contradicted",
        "within_sampling_error",
        "contradicted",
        "untestable",
        "reproduced",
        "reproduced",
        "untestable",
        "contradicted",
    ]


def test_a_rank_is_made_of_the_comparisons(pets_review: Review, predict_pets: Predict) -> None:
    pets_review.do(AddSubmission(predict_pets("cem", every=2), "Cem"))
    best, second = RankClaim(("pets",), "Ann", ("Bob", "Cem")), RankClaim(("pets",), "Bob", ("Ann", "Cem"))
    assert verdicts(pets_review, best, second, DifferenceClaim("pets", "Bob", "Ann")) == [
        "reproduced", "contradicted", "contradicted",
    ]  # fmt: skip


def test_a_difference_has_the_numbers_of_the_comparison(pets_review: Review) -> None:
    found = pets_review.check_claims([DifferenceClaim("pets", "Bob", "Ann", metric="macro_f1")])[0]
    numbers = pets_review.comparison("pets", "Bob", "Ann").metrics["macro_f1"]
    assert (found.test.ours, found.test.p_value) == (numbers.difference, numbers.p_value)
    assert (found.test.ci_low, found.test.ci_high) == (numbers.ci_low, numbers.ci_high)


def test_the_plan_says_metric_and_alpha(pets_review: Review) -> None:
    pets_review.do(SetPlan(AnalysisPlan(metric="macro_f1", alpha=0.0001)))
    found = pets_review.check_claims([ValueClaim("pets", "Ann", "87.0%", n=200)])[0]
    assert found.metric == "macro_f1"
    assert found.decision.verdict == "within_sampling_error"


def test_checking_claims_keeps_nothing_in_the_review(pets_review: Review) -> None:
    pets_review.results()
    before = pets_review.path.read_bytes()
    pets_review.check_claims([ValueClaim("pets", "Ann", "96.7%"), DifferenceClaim("pets", "Ann", "Bob")])
    assert pets_review.path.read_bytes() == before


def test_missing_predictions_count_as_the_submission_says(pets: Path, predict_pets: Predict, tmp_path: Path) -> None:
    with Review.create(tmp_path / "missing.review") as review:
        review.do(AddDataset(pets, home_of="Cut"))
        review.do(AddSubmission(predict_pets("cut", n=80), "Cut"))
        found = review.check_claims([ValueClaim("pets", "Cut", "100%")])[0]
    assert found.decision.verdict == "contradicted"
    assert found.test.ours == pytest.approx(80 / 90)
    assert "10 test examples without a prediction" in found.sentence


def test_what_the_review_does_not_know_is_said_of_all_claims_at_once(pets_review: Review) -> None:
    claims = [
        ValueClaim("cars", "Ann", "96.7%"),
        ValueClaim("pets", "Eve", "96.7%"),
        ValueClaim("pets", "Ann", "96.7%", metric="f1"),
        DifferenceClaim("pets", "Ann", "Ann"),
        ValueClaim("pets", "Ann:9", "96.7%"),
    ]
    with pytest.raises(ReviewError) as refused:
        pets_review.check_claims(claims)
    assert [finding.code for finding in refused.value.findings] == [
        "unknown_dataset", "unknown_team", "unknown_metric", "no_comparison", "unknown_version",
    ]  # fmt: skip


def test_without_a_run_there_is_nothing_to_hold_a_claim_against(
    pets: Path, tmp_path: Path, predict_pets: Predict
) -> None:
    with Review.create(tmp_path / "two.review") as review:
        review.do(AddDataset(pets))
        review.do(AddDataset(pets, name="other pets"))
        review.do(AddSubmission(predict_pets("ann"), "Ann", dataset="pets"))
        with pytest.raises(ReviewError) as refused:
            review.check_claims([ValueClaim("other pets", "Ann", "96.7%")])
    assert refused.value.code == "no_run"


@pytest.mark.parametrize("name", ["cifar10-test", "imagenet-val"])
def test_published_accuracies_are_reproduced_and_altered_ones_contradicted(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    folder = shared_data / "predictions" / name
    published = [
        (entry["system"], entry["claimed"], {"accuracy_percent": "accuracy"}.get(entry["metric"], "top_5_accuracy"))
        for entry in json.loads((folder / "published.json").read_text())
    ]
    assert published
    digits = max(len(str(claimed).partition(".")[2]) for _, claimed, _ in published)
    step = 10.0**-digits

    def claims(shift: float, basis: Basis, n: int | None = None) -> list[ValueClaim]:
        return [
            ValueClaim("gold", system, f"{claimed + shift:.{digits}f}%", metric, basis, n)
            for system, claimed, metric in published
        ]

    with Review.create(tmp_path / "systems.review") as review:
        review.do(AddDataset(folder / "gold.csv"))
        for system in sorted({system for system, _, _ in published}):
            review.do(AddSubmission(folder / f"{system}.csv", system))
        same, other = Basis.SAME_PREDICTIONS, Basis.OTHER_SAMPLE
        assert set(verdicts(review, *claims(0.0, same))) == {"reproduced"}
        for shift in (-step, step, 3.0 * step):
            assert set(verdicts(review, *claims(shift, same))) == {"contradicted"}
        # On another sample as large the true ones agree as well, and so do slight changes; three points do not.
        n = review.datasets()[0].n_test
        assert set(verdicts(review, *claims(0.0, other, n))) == {"reproduced"}
        assert set(verdicts(review, *claims(-step, other, n))) == {"within_sampling_error"}
        assert set(verdicts(review, *claims(-3.0, other, n))) == {"contradicted"}
