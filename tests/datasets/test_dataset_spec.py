from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from reviewer_app.datasets.spec import ColumnKind, Task, parse_spec, read_spec, spec_to_json
from reviewer_app.errors import ReviewError

MATCHING: dict[str, Any] = {
    "name": "amazon-google",
    "task": "matching",
    "id": "example_id",
    "target": "label",
    "positive_label": "match",
    "metric": "f1",
    "columns": {"left_title": "text", "left_price": "numeric", "right_title": "text", "right_price": "numeric"},
    "labels": ["match", "non_match"],
    "label_meaning": "match = both records describe the same product",
    "costs": [{"true": "match", "predicted": "non_match", "cost": 5.0}],
    "records": [["left_title"], ["right_title"]],
    "source": {"licence": "CC-BY-4.0"},
    "rows": {"train": 6874, "validation": 2293, "test": 2293},
}
CLASSIFICATION: dict[str, Any] = {
    "name": "flowers",
    "task": "classification",
    "id": "id",
    "target": "kind",
    "columns": {"colour": "categorical", "garden": "ignored"},
    "labels": ["rose", "tulip"],
    "group": ["garden"],
}


def problems(data: object) -> str:
    with pytest.raises(ReviewError) as caught:
        parse_spec(data)
    assert {finding.code for finding in caught.value.findings} == {"invalid_spec"}
    return str(caught.value)


def test_a_spec_says_what_it_was_given() -> None:
    spec, findings = parse_spec(MATCHING)
    assert findings == ()
    assert spec.task is Task.MATCHING
    assert list(spec.columns.items())[1] == ("left_price", ColumnKind.NUMERIC)
    assert spec.costs == (("match", "non_match", 5.0),)
    assert spec.records == (("left_title",), ("right_title",))
    assert spec.rows["test"] == 2293


@pytest.mark.parametrize("data", [MATCHING, CLASSIFICATION])
def test_a_spec_comes_back_as_it_was_written(data: dict[str, Any]) -> None:
    written = spec_to_json(parse_spec(data)[0])
    assert written == data
    assert list(written) == list(data)


def test_unknown_keys_are_kept_and_said() -> None:
    data = {**CLASSIFICATION, "lables": ["x"]}
    spec, findings = parse_spec(data)
    assert spec.extra == {"lables": ["x"]}
    assert [finding.code for finding in findings] == ["unknown_keys"]
    assert spec_to_json(spec) == data


def test_labels_that_are_numbers_become_text() -> None:
    spec, _ = parse_spec({**CLASSIFICATION, "labels": [0, 1.0, True, "x"]})
    assert spec.labels == ("0", "1", "true", "x")


def test_all_problems_are_told_at_once() -> None:
    data = copy.deepcopy(MATCHING)
    del data["name"]
    data["task"] = "matching"
    data["columns"] |= {"label": "text", "right_price": "number"}
    data["positive_label"] = "yes"
    data["costs"] = [{"true": "match", "predicted": "nothing", "cost": 1}]
    data["records"] = [["left_name"], ["right_title"]]
    data["rows"] = {"dev": 3}
    with pytest.raises(ReviewError) as caught:
        parse_spec(data)
    text = str(caught.value)
    assert len(caught.value.findings) == 7
    for word in ('"name"', '"number"', "the target", '"yes"', '"nothing"', '"left_name"', '"dev"'):
        assert word in text


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"task": "ranking"}, '"ranking" is unknown'),
        ({"columns": ["colour"]}, "object in braces"),
        ({"columns": {"id": "text"}}, "is the id and is listed as a feature"),
        ({"target": "id"}, "name the same column"),
        ({"labels": []}, "a label at least"),
        ({"labels": ["a", "a"]}, '"a" twice'),
        ({"labels": ["a", ""]}, "no label"),
        ({"labels": ["a", None]}, "no label"),
        ({"labels": [str(i) for i in range(65_536)]}, "65,535 is the most"),
        ({"positive_label": "rose"}, "belongs to matching"),
        ({"records": [["colour"], ["colour"]]}, "belongs to matching"),
        ({"group": ["town"]}, '"town"'),
        ({"group": "garden"}, "list in brackets"),
        ({"metric": 3}, '"metric" must be a text'),
        ({"rows": {"test": "many"}}, "whole number"),
        ({"costs": [{"true": "rose", "predicted": "tulip", "cost": -1}]}, "from 0 up"),
        ({"costs": [{"true": "rose", "predicted": "rose", "cost": 1}]}, "costs nothing"),
        ({"costs": [{"true": "rose", "cost": 1}]}, "exactly the keys"),
        ({"costs": [{"true": "rose", "predicted": "tulip", "cost": 1}] * 2}, "has a cost already"),
    ],
)
def test_a_problem_is_told_in_words(change: dict[str, Any], word: str) -> None:
    assert word in problems({**CLASSIFICATION, **change})


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"labels": ["a", "b", "c"]}, "two labels"),
        ({"positive_label": None}, "which label means a match"),
        ({"group": ["left_title"]}, "in matching the records decide"),
        ({"records": [["left_title"]]}, "two lists"),
    ],
)
def test_a_problem_of_matching_is_told_in_words(change: dict[str, Any], word: str) -> None:
    assert word in problems({**MATCHING, **change})


def test_what_is_no_object_at_all() -> None:
    assert "one JSON object" in problems([1])


@pytest.mark.parametrize(
    ("content", "code", "word"),
    [
        (b"{", "invalid_spec", "not valid JSON"),
        (b'{"name": "a", "name": "b"}', "invalid_spec", '"name" stands there twice'),
        (b"\xff\xfe{}", "unreadable", "cannot be read"),
    ],
)
def test_a_file_that_is_no_json(tmp_path: Path, content: bytes, code: str, word: str) -> None:
    path = tmp_path / "dataset.json"
    path.write_bytes(content)
    with pytest.raises(ReviewError, match=word) as caught:
        read_spec(path)
    assert caught.value.code == code


def test_the_real_specs_come_back_as_they_were_written(shared_data: Path) -> None:
    paths = sorted((shared_data / "datasets").glob("*/dataset.json"))
    assert len(paths) == 9
    for path in paths:
        spec, findings = read_spec(path)
        assert findings == ()
        assert spec_to_json(spec) == json.loads(path.read_text(encoding="utf-8"))
