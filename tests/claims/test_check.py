"""Claims against measured numbers, in words."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from claim_steps import seeds, team_difference, team_value

from reviewer_app.claims.check import CheckedClaim, check_claims
from reviewer_app.claims.claim import Claim, DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.claims.claims_json import claims_to_json
from reviewer_app.claims.evidence import Evidence, TeamDifferences
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.metrics import metric
from reviewer_app.significance.claims import Basis

A_IS_BETTER = DifferenceClaim("D", "T", "B")


def value(text: str, **said: Any) -> ValueClaim:
    return ValueClaim("D", "T", text, **said)


def check(claim: Claim, found: Evidence) -> CheckedClaim:
    (checked,) = check_claims([claim], [found])
    return checked


@pytest.mark.parametrize(
    ("claim", "found", "sentence"),
    [
        (
            value("83.0%"),
            team_value(),
            "Reproduced: T claims accuracy 83.0 on D, and the same predictions give 83.00, which is the same at the "
            "digits of the claim. Taken as the same predictions, because T handed in predictions, and D is its own "
            "dataset.",
        ),
        (
            value("0.85", basis=Basis.SAME_PREDICTIONS),
            team_value(),
            "Contradicted: T claims accuracy 85 on D, and the same predictions give 83.0: nothing but rounding may "
            "differ.",
        ),
        (
            value("85.00%", basis=Basis.OTHER_SAMPLE, n=2000),
            team_value(),
            "Within sampling error: T claims accuracy 85.00 on D, and 83.000 was measured on 2,000 test examples: gap "
            "+2.000 points (standard errors 0.841 of ours, 0.841 of theirs), p = 0.085, allowing for the choice of the "
            "test examples; claims from 80.650 to 85.250 would agree.",
        ),
        (
            value("85%", basis=Basis.OTHER_SAMPLE),
            team_value(),
            "Untestable: T claims accuracy 85 on D, and 83.0 was measured on 2,000 test examples: neither the number "
            "of their test examples nor a standard error is stated.",
        ),
        (
            value("90.0%", runs=5),
            seeds(0.83, 0.84, 0.85),
            "Contradicted: T claims accuracy 90.0 on D, and 84.00 was measured by training again (mean of 3 seeds): "
            "gap +6.00 points (standard errors 0.58 of ours, 0.45 of theirs), p = 0.015, allowing for training again; "
            "claims from 80.86 to 87.14 would agree. Taken as the algorithm, trained again, because T handed in an "
            "algorithm, and D is its own dataset.",
        ),
        (
            value("90%", basis=Basis.RETRAINED),
            team_value(),
            "Untestable: T claims accuracy 90 on D, and 83.0 was measured by training again (one seed): how much "
            "training again changes the value is known from 3 seeds on; one run was measured.",
        ),
        (
            value("0.5", basis=Basis.SAME_PREDICTIONS),
            team_value(measured=None, not_defined="no labels"),
            "Untestable: T claims accuracy 50 on D, and ours has no value: no labels.",
        ),
        (
            A_IS_BETTER,
            team_difference(0.05),
            "Reproduced: T better than B on D; accuracy differs by +5.0 points (95 % interval +3.0 to +7.0), "
            "p < 0.0001.",
        ),
        (
            DifferenceClaim("D", "T", "B", "10%"),
            team_difference(0.05),
            "Contradicted: T better than B on D by at least 10.0 points; accuracy differs by +5.0 points (95 % "
            "interval +3.0 to +7.0), p < 0.0001.",
        ),
        (
            A_IS_BETTER,
            team_difference(0.01, trained_once=True),
            "Untestable: T better than B on D; accuracy differs by +1.0 points (95 % interval \N{MINUS SIGN}1.0 to "
            "+3.0): what was measured is compatible with less than the claim and with more; a difference of 2.8 points "
            "or more could have been shown. This is one trained model of each team against the other (one seed), not "
            "the algorithms themselves.",
        ),
        (
            A_IS_BETTER,
            team_difference(None),
            "Untestable: T better than B on D: accuracy cannot be compared, because no scores.",
        ),
    ],
)  # fmt: skip
def test_sentences(claim: Claim, found: Evidence, sentence: str) -> None:
    assert check(claim, found).sentence == sentence


def test_the_claims_of_a_paper_are_decided_together() -> None:
    said = {"basis": Basis.OTHER_SAMPLE, "n": 2000}
    claims: list[Claim] = [value("85.6%", **said), value("83.1%", **said), A_IS_BETTER, value("83.0%")]
    found = [team_value(), team_value(), team_difference(), team_value()]
    checked = check_claims(claims, found)
    assert check_claims(claims[:1], found[:1])[0].decision.verdict == "contradicted"
    assert [one.decision.verdict for one in checked] == [
        "within_sampling_error", "within_sampling_error", "reproduced", "reproduced",
    ]  # fmt: skip
    assert {one.n_family for one in checked} == {3}
    assert "after Holm over 3 claims" in checked[0].sentence
    assert "significant alone, not after Holm" in checked[0].sentence


def rank(*differences: float, wins: int | None = None) -> CheckedClaim:
    claim = RankClaim(("D",), "T", tuple(f"B{number}" for number in range(len(differences))), wins)
    found = [team_difference(difference, over=over) for difference, over in zip(differences, claim.over, strict=True)]
    return check(claim, TeamDifferences(tuple(found)))


def test_the_best_is_better_than_each_of_the_others() -> None:
    assert rank(0.05, 0.04).sentence == (
        "Reproduced: T better in all 2 comparisons with B0, B1 on D; ahead in 2, p < 0.0001. Differences: +5.0 points "
        "of accuracy (B0, D), +4.0 points of accuracy (B1, D)."
    )
    assert rank(0.05, -0.04).sentence.startswith(
        "Contradicted: T better in all 2 comparisons with B0, B1 on D; ahead in 1, p < 0.0001. "
    )
    assert rank(0.05, 0.01).decision.verdict == "untestable"


def test_better_in_some_of_several_is_decided_by_as_many() -> None:
    assert rank(0.05, 0.04, -0.05, wins=2).decision.verdict == "reproduced"
    assert "in at least 2 of 3 comparisons" in rank(0.05, 0.04, -0.05, wins=2).sentence
    assert rank(0.05, -0.04, -0.05, wins=2).decision.verdict == "contradicted"
    assert rank(0.05, -0.04, 0.01, wins=2).decision.verdict == "untestable"


def test_a_rank_over_datasets_of_different_metrics_names_each() -> None:
    claim = RankClaim(("D", "E"), "T", ("B",))
    checked = check(claim, TeamDifferences((team_difference(0.05), team_difference(0.05, dataset="E", metric="f1"))))
    assert checked.metric == ""
    assert "of accuracy (B, D), +5.0 points of F1 (B, E)" in checked.sentence
    (entry,) = claims_to_json([checked], 0.05)["claims"]
    assert (entry["kind"], entry["metric"], entry["claimed"], entry["measured"]) == ("rank", None, 2.0, 2.0)


def test_alpha_is_that_of_the_plan() -> None:
    claim = value("85.6%", basis=Basis.OTHER_SAMPLE, n=2000)
    assert check_claims([claim], [team_value()], alpha=0.01)[0].decision.verdict == "within_sampling_error"


def test_what_counts_as_better_follows_the_metric() -> None:
    found = team_difference(-0.05, metric="log_loss")
    assert check(A_IS_BETTER, found).decision.verdict == "reproduced"
    assert "log loss differs by \N{MINUS SIGN}0.0500" in check(A_IS_BETTER, found).sentence


def test_missing_predictions_are_noted() -> None:
    found = check(value("85%", basis=Basis.SAME_PREDICTIONS), team_value(n_missing=12))
    assert found.sentence.endswith("Note: 12 test examples without a prediction, counted as the submission says.")


def test_the_marks_of_a_comparison_are_noted() -> None:
    found = team_difference()
    found = replace(found, numbers=replace(found.numbers, marks=("fewer than 10 examples differ",)))
    assert check(A_IS_BETTER, found).sentence.endswith("Note: fewer than 10 examples differ.")


def test_the_mean_of_several_runs_is_of_several_trained_models() -> None:
    found = check(value("95%", basis=Basis.OTHER_SAMPLE, n=2000, runs=3), team_value())
    assert found.decision.verdict == "untestable"
    assert "3 seeds" in str(found.decision.reason)


def test_what_is_wrong_with_claims_is_said_of_all_at_once() -> None:
    claims = [value("75.6"), value("83.0%"), value("abc"), DifferenceClaim("D", "T", "B", "2")]
    with pytest.raises(ReviewError) as refused:
        check_claims(claims, [team_value(), team_value(), team_value(), team_difference()])
    assert [finding.code for finding in refused.value.findings] == [
        "percent_or_fraction", "not_a_number", "percent_or_fraction",
    ]  # fmt: skip
    assert [finding.message[:8] for finding in refused.value.findings] == ["Claim 1:", "Claim 3:", "Claim 4:"]
    with pytest.raises(ReviewError, match=r"^accuracy lies"):
        check_claims(claims[:1], [team_value()])


def test_the_document_holds_everything_unrounded_and_no_nan() -> None:
    claims = [value("85%", basis=Basis.OTHER_SAMPLE, n=2000), A_IS_BETTER, value("50%", basis=Basis.RETRAINED)]
    checked = check_claims(claims, [team_value(), team_difference(), team_value()])
    document = json.loads(json.dumps(claims_to_json(checked, 0.05), allow_nan=False))
    first, second, third = document["claims"]
    assert first["measured"] == 0.83
    assert first["gap"] == 0.85 - 0.83
    assert first["value"] == "85%"
    assert (second["kind"], second["basis"], second["over"]) == ("difference", None, "B")
    assert (third["p_value"], third["verdict"]) == (None, "untestable")
    assert third["reason"]


def test_a_metric_of_its_own_unit_is_shown_in_it() -> None:
    found = seeds(0.43, 0.44, 0.45, metric=metric("log_loss"))
    sentence = check(value("0.48", basis=Basis.RETRAINED), found).sentence
    assert "log loss 0.48 on D, and 0.440 was measured" in sentence
    assert "gap +0.040 (standard errors 0.006 of ours, 0.010 of theirs)" in sentence
