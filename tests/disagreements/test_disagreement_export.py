from __future__ import annotations

import csv
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from reviewer_app.disagreements.export import export
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Cancelled, Progress

HEADINGS = ["example_id", "gold", "a_label", "b_label", "a_confidence", "b_confidence", "gap", "outcome"]
ROWS = np.array([5, 1], dtype=np.int32)


def test_csv_parquet_and_json_hold_the_same_rows_in_the_given_order(table, tmp_path):
    for ending in ("csv", "parquet", "json"):
        export(table, ROWS, tmp_path / f"rows.{ending}")
    from_json = json.loads((tmp_path / "rows.json").read_text())
    from_parquet = pq.read_table(tmp_path / "rows.parquet").to_pylist()
    assert from_json == from_parquet
    assert list(from_json[0]) == [*HEADINGS, "title", "price", "feature:gold"]
    assert [row["example_id"] for row in from_json] == ["e5", "e1"]
    assert from_json[0]["a_label"] is None
    with (tmp_path / "rows.csv").open(newline="") as file:
        from_csv = list(csv.DictReader(file))
    as_text = [{key: "" if value is None else str(value) for key, value in row.items()} for row in from_json]
    assert [{**row, "price": float(row["price"]), "gap": row["gap"][:5]} for row in from_csv] == [
        {**row, "price": float(row["price"]), "gap": row["gap"][:5]} for row in as_text
    ]


@pytest.mark.parametrize("ending", ["csv", "parquet", "json"])
def test_no_rows_give_a_file_without_rows(table, tmp_path, ending):
    path = tmp_path / f"none.{ending}"
    export(table, np.array([], dtype=np.int32), path)
    if ending == "json":
        assert json.loads(path.read_text()) == []
    elif ending == "csv":
        assert len(path.read_text().splitlines()) == 1
    else:
        assert pq.read_table(path).num_rows == 0


def test_an_unknown_ending_names_the_known_ones(table, tmp_path):
    with pytest.raises(ReviewError, match=r"\.parquet") as caught:
        export(table, ROWS, tmp_path / "rows.xlsx")
    assert caught.value.code == "unknown_export_format"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(table, tmp_path):
    with pytest.raises(ReviewError) as caught:
        export(table, ROWS, tmp_path / "nowhere" / "rows.csv")
    assert caught.value.code == "cannot_write"


def test_a_cancelled_export_leaves_the_old_file_and_nothing_else(table, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("old")
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        export(table, ROWS, path, progress)
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["rows.csv"]
