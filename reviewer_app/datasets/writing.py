"""Writing a standardized dataset: ``dataset.json`` and the splits, as csv, parquet or both."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reviewer_app.datasets.spec import SPEC_FILE, DatasetSpec, spec_to_json

FileFormat = Literal["csv", "parquet", "both"]

_ROWS_AT_ONCE = 1 << 16


def write_dataset(folder: Path, spec: DatasetSpec, tables: Mapping[str, pa.Table], file_format: FileFormat) -> None:
    """Write ``dataset.json`` and a file per split and format into a folder that exists.

    Parameters
    ----------
    folder
        Where to.
    spec
        Written as it is.
    tables
        Split to table; columns of string or float64, null for missing.
    file_format
        "csv" (UTF-8, comma, line feed), "parquet" or "both".
    """
    text = json.dumps(spec_to_json(spec), ensure_ascii=False, indent=1)
    (folder / SPEC_FILE).write_text(text + "\n", encoding="utf-8", newline="\n")
    for split, table in tables.items():
        if file_format != "parquet":
            write_csv(table, folder / f"{split}.csv")
        if file_format != "csv":
            pq.write_table(table, folder / f"{split}.parquet", compression="zstd")


def write_csv(table: pa.Table, path: Path) -> None:
    """Write a table of string and float64 columns as csv: UTF-8, comma, line feed, quotes only where needed.

    Missing values are empty; numbers are the shortest text that gives back the same float64.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(_lines([pa.array([name], pa.string()) for name in table.column_names]))
        for batch in table.to_batches(_ROWS_AT_ONCE):
            if batch.num_rows:
                file.write(_lines(batch.columns))


def _lines(columns: Sequence[pa.Array]) -> str:
    fields = []
    for column in columns:
        text = pc.fill_null(column.cast(pa.string()), "")
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        fields.append(pc.if_else(pc.match_substring_regex(text, r'[",\r\n]'), quoted, text))
    rows = pc.binary_join_element_wise(*fields, ",") if len(fields) > 1 else fields[0]
    return "\n".join(rows.to_pylist()) + "\n"
