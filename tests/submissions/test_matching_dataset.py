"""Which dataset a bare prediction file is for, and how much of a file is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from submission_datasets import build_dataset

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.errors import ReviewError
from reviewer_app.submissions.prediction_files import matching_dataset, read_predictions

Write = Callable[..., Path]


def named(name: str, ids: list[str], id_name: str = "example_id") -> Dataset:
    return build_dataset({"test": (ids, ["x"] * len(ids))}, "xy", name=name, id_name=id_name)


def test_it_is_the_one_whose_ids_the_file_has(write: Write) -> None:
    datasets = [named("birds", ["b1", "b2"]), named("cars", ["c1", "c2"], id_name="car")]
    assert matching_dataset(write("id,y_pred", "b2,x"), datasets) == "birds"
    assert matching_dataset(write("car,y_pred", "c1,x", "x9,y"), datasets) == "cars"


def test_the_users_id_column_is_looked_at(write: Write) -> None:
    path = write("row,y_pred", "b1,x")
    assert matching_dataset(path, [named("birds", ["b1"])], ImportOptions(columns={"id": "row"})) == "birds"


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        (["z,x"], "no_matching_dataset", ['"birds"', '"cars"', "--dataset NAME"]),
        (
            ["1,x", "2,y"],
            "several_matching_datasets",
            ['"birds" (2 examples)', '"cars" (1 examples)', "--dataset NAME"],
        ),
    ],
)
def test_none_and_several_are_refused_in_words(write: Write, rows: list[str], code: str, words: list[str]) -> None:
    datasets = [named("birds", ["1", "2"]), named("cars", ["2", "3"])]
    with pytest.raises(ReviewError) as caught:
        matching_dataset(write("id,y_pred", *rows), datasets)
    assert caught.value.code == code
    for word in words:
        assert word in str(caught.value)


def test_a_file_without_ids_says_that_first(write: Write) -> None:
    with pytest.raises(ReviewError, match="no id column"):
        matching_dataset(write("y_pred,score", "x,1"), [named("birds", ["1"])])


def test_without_datasets_there_is_nothing_to_match(write: Write) -> None:
    with pytest.raises(ReviewError, match="datasets: none"):
        matching_dataset(write("id,y_pred", "1,x"), [])


@pytest.mark.parametrize("name", ["team.csv", "team.jsonl"])
def test_reading_stops_at_ten_times_the_examples_and_a_hundred_thousand_rows(write: Write, name: str) -> None:
    dataset = named("birds", ["1", "2"])
    row = '{"id": "1", "y_pred": "x"}' if name.endswith("jsonl") else "1,x"
    head = [] if name.endswith("jsonl") else ["id,y_pred"]
    assert read_predictions(write(*head, *[row] * 100_020, name=name), dataset).table.table.num_rows == 100_020
    with pytest.raises(ReviewError) as caught:
        read_predictions(write(*head, *[row] * 100_021, name=name), dataset)
    assert caught.value.code == "too_many_rows"
