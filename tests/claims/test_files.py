"""Files of claims."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reviewer_app.claims.claim import DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.claims.files import claim_of, read_claims
from reviewer_app.errors import ReviewError
from reviewer_app.significance.claims import Basis

CLAIMS = (
    ValueClaim("D", "T", "0.850", n=2000, basis=Basis.OTHER_SAMPLE),
    ValueClaim("D", "T:2", "75.6%", metric="f1", runs=5, spread="0.4%"),
    DifferenceClaim("D", "T", "B", "2 points"),
    DifferenceClaim("D", "T", "B"),
)


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        "Dataset;team;value;n;basis;metric;runs;spread;over;at-least\n"
        "D;T;0.850;2000;other_sample;;;;;\nD;T:2;75.6%;;;f1;5;0.4%;;\nD;T;;;;;;;B;2 points\nD;T;;;;;;;B;\n"
    )
    assert read_claims(path) == CLAIMS


@pytest.mark.parametrize("wrapped", [True, False])
def test_json_keeps_numbers_as_they_are_written(tmp_path: Path, wrapped: bool) -> None:
    text = (
        '[{"dataset": "D", "team": "T", "value": 0.850, "n": 2000, "basis": "other_sample", "spread": null},'
        '{"dataset": "D", "team": "T:2", "value": "75.6%", "metric": "f1", "runs": 5, "spread": "0.4%"},'
        '{"dataset": "D", "team": "T", "over": "B", "at_least": "2 points"},'
        '{"dataset": "D", "team": "T", "over": "B"}]'
    )
    path = tmp_path / "claims.JSON"
    path.write_text(f'{{"claims": {text}}}' if wrapped else text)
    assert read_claims(path) == CLAIMS


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"dataset": "D", "value": "1%"}, "has no team"),
        ({"team": "T", "value": "1%"}, "has no dataset"),
        ({"dataset": "D", "team": "T"}, "write one of value and over"),
        ({"dataset": "D", "team": "T", "value": "1%", "over": "B"}, "write one of value and over"),
        ({"dataset": "D", "team": "T", "value": "1%", "at_least": "1%"}, "Of a value there is no at_least"),
        ({"dataset": "D", "team": "T", "over": "B", "n": "5"}, "Of a difference there is no n"),
        ({"dataset": "D", "team": "T", "value": "1%", "basis": "same"}, "one of same_predictions, retrained"),
        ({"dataset": "D", "team": "T", "valeu": "1%"}, "no field 'valeu'"),
        ({"dataset": "D", "team": "T", "value": "1%", "n": "0"}, "no number of 1, 2, 3"),
        ({"dataset": "D", "team": "T", "value": "1%", "runs": "2.5"}, "no number of 1, 2, 3"),
        ({"dataset": "D", "team": "T", "value": "1%", "n": "-3"}, "no number of 1, 2, 3"),
        ({"dataset": "D", "team": "T", "value": "1%", "n": "²"}, "no number of 1, 2, 3"),
        ({"dataset": "D", "team": "T", "value": "1%", "n": "9" * 5000}, "no number of 1, 2, 3"),
    ],
)
def test_fields_that_make_no_claim_are_refused(fields: dict[str, str], what: str) -> None:
    with pytest.raises(ReviewError, match=what) as refused:
        claim_of(fields)
    assert refused.value.code == "bad_claim"


@pytest.mark.parametrize(
    ("fields", "claim"),
    [
        ({"over": ["B", "C"]}, RankClaim(("D",), "T", ("B", "C"))),
        ({"over": ["B", " "], "dataset": ["D", "E", "F"], "wins": "2"}, RankClaim(("D", "E", "F"), "T", ("B",), 2)),
        ({"over": "B", "wins": "1", "metric": "f1"}, RankClaim(("D",), "T", ("B",), 1, "f1")),
        ({"over": ["B"]}, DifferenceClaim("D", "T", "B")),
    ],
)
def test_several_teams_or_datasets_make_a_rank(fields: dict[str, object], claim: object) -> None:
    assert claim_of({"dataset": "D", "team": "T", **fields}) == claim


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"dataset": ["D", "E"], "value": "1%"}, "A claim has one dataset"),
        ({"team": ["T", "U"], "over": "B"}, "A claim has one team"),
        ({"over": ["B", "B"]}, "The same over stands twice"),
        ({"over": ["B", "C"], "at_least": "1%"}, "leave at_least out"),
        ({"over": ["B", "C"], "wins": "3"}, "cannot be 3 wins"),
        ({"over": ["B", "C"], "wins": "0"}, "no number of 1, 2, 3"),
        ({"value": "1%", "wins": "1"}, "Of a value there is no wins"),
    ],
)
def test_a_rank_that_cannot_be_is_refused(fields: dict[str, object], what: str) -> None:
    with pytest.raises(ReviewError, match=what):
        claim_of({"dataset": "D", "team": "T", **fields})


def test_json_lists_make_a_rank(tmp_path: Path) -> None:
    path = tmp_path / "claims.json"
    path.write_text('[{"dataset": ["D", "E"], "team": "T", "over": ["B"], "wins": 1}]')
    assert read_claims(path) == (RankClaim(("D", "E"), "T", ("B",), 1),)


def test_a_number_of_examples_may_have_its_thousands_apart() -> None:
    assert claim_of({"dataset": "D", "team": "T", "value": "1%", "n": "2,293"}) == ValueClaim("D", "T", "1%", n=2293)


def test_every_bad_claim_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text("dataset,team,value\nD,T,1%\nD,,1%\nD,T,\n")
    with pytest.raises(ReviewError) as refused:
        read_claims(path)
    assert [finding.message.split(":")[0] for finding in refused.value.findings] == [
        "claims.csv, line 3", "claims.csv, line 4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("[1, 2]", "not_json"),
        ("[]", "not_json"),
        ('{"claim": []}', "not_json"),
        ('"x"', "not_json"),
        ("[" * 100_000, "not_json"),
        ("\xff", "not_json"),
        (json.dumps([{"dataset": "D"}] * 1_001), "too_many_claims"),
    ],
)
def test_json_that_holds_no_claims_is_refused(tmp_path: Path, text: str, code: str) -> None:
    path = tmp_path / "claims.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(ReviewError) as refused:
        read_claims(path)
    assert refused.value.code == code


@pytest.mark.parametrize("name", ["no.csv", "no.json"])
def test_a_file_that_is_not_there_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReviewError) as refused:
        read_claims(tmp_path / name)
    assert refused.value.code == "not_found"


@pytest.mark.parametrize("name", ["a.csv", "a.json"])
def test_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(ReviewError) as refused:
        read_claims(tmp_path / name)
    assert refused.value.code == "is_folder"


def test_what_does_not_keep_numbers_as_written_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text('{"dataset": "D", "team": "T", "value": 0.850}\n')
    with pytest.raises(ReviewError) as refused:
        read_claims(path)
    assert refused.value.code == "not_csv"
