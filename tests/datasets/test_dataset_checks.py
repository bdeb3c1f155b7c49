from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.leakage import pair_digests
from reviewer_app.datasets.reading import read_dataset
from reviewer_app.datasets.row_codes import record_columns
from reviewer_app.errors import Finding


def dataset_of(folder: Path, header: str, **splits: list[str]) -> Dataset:
    """Write the rows of each split, without ids, and read them as a dataset whose spec is inferred."""
    for split, rows in splits.items():
        lines = [f"example_id,{header}", *(f"{split}{i},{row}" for i, row in enumerate(rows))]
        (folder / f"{split}.csv").write_text("\n".join(lines) + "\n")
    return read_dataset(folder)


def finding(dataset: Dataset, code: str) -> Finding | None:
    found = [finding for finding in dataset.findings if finding.code == code]
    assert len(found) < 2
    return found[0] if found else None


def test_rows_in_two_splits_and_labels_that_contradict(tmp_path: Path) -> None:
    dataset = dataset_of(
        tmp_path,
        "label,text,n",
        train=["a,x,1", "a,x,", "b,y,2", "b,z,3"],
        test=["a,x,1", "b,x,", "a,z,4", "a,,1"],
    )
    rows = finding(dataset, "test_rows_in_train")
    assert rows is not None
    assert rows.count == 2
    assert rows.first == ('"test0" is "train0"', '"test1" is "train1"')
    assert "1 of them with a label that training never gave them" in rows.message
    conflict = finding(dataset, "conflicting_labels")
    assert conflict is not None
    assert conflict.count == 1
    assert conflict.first == ('"train1" (a) and "test1" (b)',)


def test_blanks_at_the_ends_do_not_hide_a_copy(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "label,text", train=["a,one two", "b,three"], test=["a, one two ", "b,three"])
    nearly = finding(dataset, "test_rows_nearly_in_train")
    assert nearly is not None
    assert nearly.count == 1
    assert nearly.first == ('"test0" is "train0"',)


def test_classes_of_the_test_split(tmp_path: Path) -> None:
    dataset = dataset_of(
        tmp_path,
        "label,text",
        train=["a,1x", "a,2x", "d,3x"],
        test=[*(f"a,t{i}" for i in range(5)), "b,q", "c,r", "c,s"],
    )
    absent = finding(dataset, "label_not_in_train")
    assert absent is not None
    assert absent.first == ('"b": 1 test examples', '"c": 2 test examples')
    small = finding(dataset, "small_classes")
    assert small is not None
    assert small.count == 3
    assert small.first == ('"d": 0', '"b": 1', '"c": 2')
    assert "1 of them none at all" in small.message


def test_one_class_in_the_test_split(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "label,text", train=["a,x", "b,y"], test=["a,p", "a,q"])
    assert finding(dataset, "one_class_in_test") is not None


def test_labels_that_are_alike(tmp_path: Path) -> None:
    dataset = dataset_of(tmp_path, "label,text", test=["Cat,1x", "cat ,2x", "é,3x", "e\u0301,4x", "dog,5x"])
    alike = finding(dataset, "similar_labels")
    assert alike is not None
    assert alike.count == 2
    assert alike.first == ('"Cat" and "cat "', '"e\\u0301" and "é"')
    apart = dataset_of(tmp_path, "label,text", test=["Cat,1x", "dog,2x"])
    assert finding(apart, "similar_labels") is None


def test_empty_and_constant_columns(tmp_path: Path) -> None:
    spec = {
        "name": "columns",
        "task": "classification",
        "id": "example_id",
        "target": "label",
        "columns": {"same": "categorical", "half": "text", "none": "numeric", "text": "text"},
        "labels": ["a", "b"],
    }
    (tmp_path / "dataset.json").write_text(json.dumps(spec))
    header = "label,same,half,none,text"
    dataset = dataset_of(tmp_path, header, train=["a,s,h,,1t", "b,s,,,2t"], test=["a,s,h,,3t", "b,s,h,,4t"])
    constant, empty = finding(dataset, "constant_columns"), finding(dataset, "empty_columns")
    assert constant is not None
    assert constant.first == ('"same": "s"',)
    assert empty is not None
    assert empty.first == ('"none"',)


class TestColumnsThatGiveLabelsAway:
    @pytest.fixture
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(5)

    def rows(self, rng: np.random.Generator, n: int, give: str) -> list[str]:
        labels = rng.integers(0, 3, n)
        noise = rng.integers(0, 50, n)
        values = {
            "value": lambda y, e: f"code{y}",
            "empty": lambda y, e: "" if y == 1 else f"v{e}",
            "word": lambda y, e: f"w{e} is {'special' if y == 2 else 'plain'} {e % 7}",
            "number": lambda y, e: f"{y * 100 + e}",
            "lookup": lambda y, e: f"zip {3 * (e % 40) + y}",
            "nothing": lambda y, e: f"v{e % 9}",
        }
        return [f"{'abc'[y]},{values[give](y, e)}" for y, e in zip(labels, noise, strict=True)]

    @pytest.mark.parametrize(
        ("give", "words"),
        [
            ("value", 'the value "code'),
            ("empty", "an empty cell"),
            ("word", 'the word "special"'),
            ("number", "one of the largest numbers"),
            ("lookup", "alone gives the label away"),
        ],
    )
    def test_are_found_and_told_by_what(self, tmp_path: Path, rng: np.random.Generator, give: str, words: str) -> None:
        dataset = dataset_of(tmp_path, "label,x", train=self.rows(rng, 1200, give), test=self.rows(rng, 300, give))
        found = finding(dataset, "gives_label_away")
        assert found is not None
        assert words in found.message

    def test_noise_gives_nothing_away(self, tmp_path: Path, rng: np.random.Generator) -> None:
        rows = [self.rows(rng, n, "nothing") for n in (1200, 300)]
        dataset = dataset_of(tmp_path, "label,x", train=rows[0], test=rows[1])
        assert finding(dataset, "gives_label_away") is None

    def test_a_chance_of_the_test_split_does_not_count(self, tmp_path: Path, rng: np.random.Generator) -> None:
        rows = [self.rows(rng, 300, give) for give in ("nothing", "value")]
        dataset = dataset_of(tmp_path, "label,x", train=rows[0], test=rows[1])
        assert finding(dataset, "gives_label_away") is None

    def test_a_word_in_every_example_marks_nothing(self, tmp_path: Path) -> None:
        rows = [f"{'b' if i % 20 == 0 else 'a'},the thing {i}" for i in range(200)]
        dataset = dataset_of(tmp_path, "label,x", train=rows, test=[f"{row} again" for row in rows])
        assert finding(dataset, "gives_label_away") is None

    def test_words_are_told_apart_in_every_script(self, tmp_path: Path) -> None:
        rows = [f"{'ab'[i % 2]},{'флаг' if i % 2 else 'роза'} № {i}" for i in range(60)]
        dataset = dataset_of(tmp_path, "label,x", train=rows, test=[f"{row}x" for row in rows])
        found = finding(dataset, "gives_label_away")
        assert found is not None
        assert 'the word "флаг" stands in 30 of 30 test examples of "b" and in 0 others' in found.message


class TestOrderAndIds:
    def test_sorted_rows_tell_the_label(self, tmp_path: Path) -> None:
        dataset = dataset_of(tmp_path, "label,text", test=[f"{'a' if i < 20 else 'b'},t{i}" for i in range(40)])
        order = finding(dataset, "order_leaks")
        assert order is not None
        assert order.count == 38

    def test_alternating_rows_do_not(self, tmp_path: Path) -> None:
        dataset = dataset_of(tmp_path, "label,text", test=[f"{'ab'[i % 2]},t{i}" for i in range(40)])
        assert finding(dataset, "order_leaks") is None

    @pytest.mark.parametrize("form", ["{label}-{i}", "{label}{i:04d}", "set/{label}_{i}.png"])
    def test_ids_that_name_the_class(self, tmp_path: Path, form: str) -> None:
        labels = ["cat", "dog"] * 10
        rows = [f"{form.format(label=label, i=i)},{label}" for i, label in enumerate(labels)]
        path = tmp_path / "gold.csv"
        path.write_text("\n".join(["example_id,label", *rows]) + "\n")
        named = finding(read_dataset(path), "ids_name_the_label")
        assert named is not None
        assert named.count == 20


def test_the_same_pairs_are_recognised_whatever_side_a_record_stands_on(tmp_path: Path) -> None:
    header = "label,left_name,left_price,right_name,right_price"
    for name, rows in (("a", ["1,Pen,2,Ink,3", "0,Cup,,Mug,4"]), ("b", ["0,ink ,3,pen,2", "1,Cup,5,Mug,4"])):
        (tmp_path / name).mkdir()
        dataset_of(tmp_path / name, header, test=rows)
    digests = []
    for name in "ab":
        dataset = read_dataset(tmp_path / name)
        records = record_columns(dataset.spec)
        assert records is not None
        digests.append(pair_digests(dataset.test, records))
    assert digests[0][0] == digests[1][0]
    assert digests[0][1] != digests[1][1]
