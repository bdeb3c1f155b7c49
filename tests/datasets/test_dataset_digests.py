from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.datasets.digests import column_digest, dataset_digest, image_digests, split_digest
from reviewer_app.datasets.spec import parse_spec

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=12)
NUMBERS = st.lists(st.one_of(st.none(), st.floats(allow_nan=False)), max_size=12)


def chunked(values: list[Any], cuts: list[int], kind: pa.DataType) -> pa.ChunkedArray:
    edges = [0, *sorted(cut % (len(values) + 1) for cut in cuts), len(values)]
    whole = pa.array(values, kind)
    return pa.chunked_array([whole[a:b] for a, b in itertools.pairwise(edges)], kind)


@given(TEXTS, st.lists(st.integers(0, 20), max_size=3))
def test_chunks_do_not_matter_to_text(values: list[str | None], cuts: list[int]) -> None:
    assert column_digest(chunked(values, cuts, pa.string())) == column_digest(pa.array(values, pa.string()))


@given(NUMBERS, st.lists(st.integers(0, 20), max_size=3))
def test_chunks_do_not_matter_to_numbers(values: list[float | None], cuts: list[int]) -> None:
    assert column_digest(chunked(values, cuts, pa.float64())) == column_digest(pa.array(values, pa.float64()))


@given(TEXTS, TEXTS)
def test_different_texts_have_different_digests(a: list[str | None], b: list[str | None]) -> None:
    same = column_digest(pa.array(a, pa.string())) == column_digest(pa.array(b, pa.string()))
    assert same == (a == b)


def test_missing_is_neither_zero_nor_an_empty_text() -> None:
    assert column_digest(pa.array([None], pa.string())) != column_digest(pa.array([""]))
    assert column_digest(pa.array([None], pa.float64())) != column_digest(pa.array([0.0]))
    assert column_digest(pa.array([-0.0])) == column_digest(pa.array([0.0]))


def test_the_digest_of_a_split_knows_labels_by_text_and_not_by_code() -> None:
    ids, columns = pa.array(["a", "b"]), [pa.chunked_array([["x", "y"]])]
    digest = split_digest(ids, np.array([0, 1], np.uint16), ["n", "y"], columns)
    assert digest == split_digest(ids, np.array([1, 0], np.uint16), ["y", "n"], columns)
    assert digest != split_digest(ids, np.array([1, 1], np.uint16), ["n", "y"], columns)
    assert digest != split_digest(ids.take(pa.array([1, 0])), np.array([0, 1], np.uint16), ["n", "y"], columns)


def test_the_digest_of_a_dataset_knows_what_changes_results_and_nothing_else() -> None:
    data = {
        "name": "a",
        "task": "classification",
        "id": "id",
        "target": "y",
        "columns": {"x": "text", "g": "ignored"},
        "labels": ["n", "y"],
    }
    spec, _ = parse_spec(data)
    digest = dataset_digest(spec, {"test": "1", "train": "2"})
    assert digest == dataset_digest(replace(spec, name="b", label_meaning="..."), {"train": "2", "test": "1"})
    assert digest != dataset_digest(replace(spec, labels=("y", "n")), {"train": "2", "test": "1"})
    assert digest != dataset_digest(replace(spec, group=("g",)), {"train": "2", "test": "1"})
    assert digest != dataset_digest(spec, {"train": "1", "test": "2"})


def test_images_count_by_their_content(tmp_path: Path) -> None:
    for name, content in (("a.png", b"1"), ("b.png", b"1"), ("c.png", b"2")):
        (tmp_path / name).write_bytes(content)
    paths = pa.chunked_array([["a.png", "b.png", None], ["c.png", "absent.png", "a.png"]])
    a, b, missing, c, absent, again = image_digests(tmp_path, paths).to_pylist()
    assert a == b == again
    assert a != c
    assert missing is None
    assert absent is None
