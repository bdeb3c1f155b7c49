from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.datasets.reading import read_dataset
from reviewer_app.datasets.row_codes import distinct, row_codes, value_codes
from reviewer_app.datasets.structure import record_components, structure_of
from reviewer_app.evaluation.inputs import Structure

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b", "", None]), st.sampled_from([0.0, -0.0, 1.5, None])), max_size=15)


@given(ROWS)
def test_rows_share_a_code_where_all_their_values_are_equal(rows: list[tuple[str | None, float | None]]) -> None:
    columns = [pa.array([row[0] for row in rows], pa.string()), pa.array([row[1] for row in rows], pa.float64())]
    codes = row_codes(columns, len(rows))
    for i, a in enumerate(rows):
        for j, b in enumerate(rows):
            assert (codes[i] == codes[j]) == (a == b)
    assert set(codes.tolist()) == set(range(len(set(rows))))


def test_codes_are_dense_and_in_order_of_occurrence() -> None:
    assert value_codes(pa.chunked_array([["b", None], ["a", "b", None]])).tolist() == [0, 1, 2, 0, 1]


@given(st.lists(st.integers(-3, 3), max_size=12))
def test_distinct_codes_are_ascending_and_once_each(codes: list[int]) -> None:
    assert distinct(np.array(codes, np.int64)).tolist() == sorted(set(codes))


def write(folder: Path, spec: dict[str, object], header: str, rows: list[str]) -> Path:
    base = {"name": "s", "id": "id", "target": "label", "labels": ["1", "0"]}
    (folder / "dataset.json").write_text(json.dumps(base | spec))
    lines = [f"id,label,{header}", *(f"{i},{i % 2},{row}" for i, row in enumerate(rows))]
    (folder / "test.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_examples_of_a_group_agree_in_all_its_columns(tmp_path: Path) -> None:
    columns = {"town": "text", "street": "ignored", "text": "text"}
    spec = {"task": "classification", "columns": columns, "group": ["town", "street"]}
    rows = ["x,1,a", "x,2,b", "y,1,c", "x,1,d", "x,2,e"]
    structure = structure_of(read_dataset(write(tmp_path, spec, "town,street,text", rows)), "test")
    assert structure.groups is not None
    assert structure.groups.tolist() == [0, 1, 2, 0, 1]
    assert structure.left_records is None


def test_records_are_all_columns_of_a_side_or_those_that_the_spec_names(tmp_path: Path) -> None:
    columns = {"left_a": "text", "left_b": "numeric", "right_a": "text"}
    spec = {"task": "matching", "positive_label": "1", "columns": columns}
    rows = ["x,1,p", "x,2,p", "x,1,q", "y,1,q"]
    structure = structure_of(read_dataset(write(tmp_path, spec, "left_a,left_b,right_a", rows)), "test")
    assert structure.left_records is not None
    assert structure.right_records is not None
    assert structure.left_records.tolist() == [0, 1, 0, 2]
    assert structure.right_records.tolist() == [0, 0, 1, 1]
    named = spec | {"records": [["left_a"], ["right_a"]]}
    structure = structure_of(read_dataset(write(tmp_path, named, "left_a,left_b,right_a", rows)), "test")
    assert structure.left_records is not None
    assert structure.left_records.tolist() == [0, 0, 0, 1]


def test_neither_groups_nor_records(tmp_path: Path) -> None:
    spec = {"task": "matching", "positive_label": "1", "columns": {"a": "text", "left_b": "text"}}
    structure = structure_of(read_dataset(write(tmp_path, spec, "a,left_b", ["x,y", "z,y"])), "test")
    assert structure == Structure() or (structure.groups is structure.left_records is structure.right_records is None)


def test_components_link_pairs_that_share_a_record_on_either_side() -> None:
    structure = Structure(left_records=np.array([0, 0, 1, 2, 3]), right_records=np.array([0, 1, 1, 2, 3]))
    component = record_components(structure)
    assert len(set(component[:3].tolist())) == 1
    assert len(set(component.tolist())) == 3


def test_a_left_record_is_no_right_record() -> None:
    component = record_components(Structure(left_records=np.array([0, 1]), right_records=np.array([1, 0])))
    assert component[0] != component[1]


def test_components_need_records() -> None:
    with pytest.raises(ValueError, match="no records"):
        record_components(Structure())
