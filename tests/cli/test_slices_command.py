"""Where two teams differ, on the command line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAIR = ("--dataset", "shop")


@pytest.fixture
def shop(tmp_path, invoke, shop_files) -> Path:
    """A review in which "reds" is better than "plain" at red articles alone."""
    saved = tmp_path / "shop.review"
    assert invoke("compare", *shop_files, "--save", saved, "--resamples", 100).exit_code == 0
    return saved


def test_a_planted_slice_is_found_and_confirmed_in_a_sentence_and_a_table(shop, invoke):
    result = invoke("slices", shop, *PAIR)
    assert result.exit_code == 0, result.stderr
    first = result.stdout.splitlines()[0]
    assert re.fullmatch(
        r"Of \d+ slices tried on one half of the examples, \d+ were found and 1 is confirmed on the other: reds is "
        r"better where colour = red \(\+\d\d\.\d points, unlike the rest\)\.",
        first,
    )
    assert "Benjamini-Hochberg over" in result.stdout
    assert "--all prints them" in result.stdout
    assert len(invoke("slices", shop, *PAIR, "--all").stdout.splitlines()) > len(result.stdout.splitlines())


def test_the_document_holds_every_slice_with_its_conditions_and_never_a_number_that_is_none(shop, invoke_json):
    code, document = invoke_json("slices", shop, *PAIR)
    assert code == 0
    first = document["slices"][0]
    assert first["conditions"] == [{"column": "colour", "op": "=", "value": "red"}]
    assert first["status"] == "confirmed"
    assert first["unlike_the_rest"]
    assert first["difference"] == first["a"] - first["b"]
    assert first["confirming"]["ci_low"] > 0
    assert document["n_slices"] == len(document["slices"])
    assert document["n_tested"] == sum(one["status"] != "not_tested" for one in document["slices"])
    assert document["n_finding"] + document["n_confirming"] == 600
    assert all(one["confirming"] is None for one in document["slices"] if one["status"] == "not_found")


def test_every_slice_is_a_condition_that_disagreements_understands(shop, invoke, invoke_json):
    _, document = invoke_json("slices", shop, *PAIR)
    for one in document["slices"]:
        where = [
            part
            for condition in one["conditions"]
            for part in ("--where", f"{condition['column']} {condition['op']} {condition['value']}")
        ]
        shown = invoke("disagreements", shop, *PAIR, "--outcome", "all", *where, "--limit", 1)
        assert f"1 of {one['n_examples']:,} examples" in shown.stdout


def test_teams_that_change_places_change_the_signs(shop, invoke_json):
    _, document = invoke_json("slices", shop, *PAIR, "--a", "reds", "--b", "plain")
    _, mirrored = invoke_json("slices", shop, *PAIR, "--a", "plain", "--b", "reds")
    assert [one["conditions"] for one in document["slices"]] == [one["conditions"] for one in mirrored["slices"]]
    for one, other in zip(document["slices"], mirrored["slices"], strict=True):
        assert one["difference"] == -other["difference"]
        assert one["p_finding_adjusted"] == other["p_finding_adjusted"]


def test_one_named_slice_is_tested_alone_and_called_exploratory(shop, invoke, invoke_json):
    text = invoke("slices", shop, *PAIR, "--where", "colour=red", "--where", "price>50").stdout
    assert text.startswith("Where colour = red and price > 50 (")
    assert "Exploratory: of one slice" in text
    code, document = invoke_json("slices", shop, *PAIR, "--where", "colour=red")
    assert code == 0
    assert document["exploratory"]
    assert document["numbers"]["p_value"] < 1e-6
    assert document["contrast"]["a"] == document["numbers"]["difference"]


@pytest.mark.parametrize("condition", ["outcome=only_a", "a=yes", "b missing", "gap>0.1", "a_confidence<0.5"])
def test_a_slice_by_what_the_teams_answered_is_refused(shop, invoke, condition):
    result = invoke("slices", shop, *PAIR, "--where", condition)
    assert result.exit_code == 1
    assert "slice_by_outcome" in result.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--metric", "calibration_error"), "no_slices_by_metric"),
        (("--metric", "speed"), "unknown_metric"),
        (("--where", "nonsense"), "bad_condition"),
        (("--where", "price>cheap"), "bad_condition"),
    ],
)
def test_what_cannot_be_tested_is_refused_in_words(shop, invoke, options, code):
    result = invoke("slices", shop, *PAIR, *options)
    assert result.exit_code == 1
    assert f"[{code}]" in result.stderr


def test_an_empty_slice_has_no_numbers_and_says_so(shop, invoke):
    result = invoke("slices", shop, *PAIR, "--where", "colour=pink")
    assert result.exit_code == 0
    assert "accuracy cannot be compared, because there are no examples" in result.stdout


def test_another_metric_can_be_asked_for(shop, invoke_json):
    _, document = invoke_json("slices", shop, *PAIR, "--metric", "macro_f1")
    assert document["metric"] == "macro_f1"
    assert document["slices"][0]["conditions"][0]["value"] == "red"


def test_one_side_alone_is_wrong_usage(shop, invoke):
    assert invoke("slices", shop, *PAIR, "--a", "reds").exit_code == 2
