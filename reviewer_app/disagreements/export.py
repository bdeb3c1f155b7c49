"""Writing chosen examples to csv, parquet or json."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress

EXPORT_FORMATS = (".csv", ".parquet", ".json")
"""Endings of the files that examples can be written to."""

_HEADINGS = {"id": "example_id", "a": "a_label", "b": "b_label"}
_ROWS_PER_PART = 100_000


def export(table: DisagreementTable, rows: NDArray[np.int32], path: Path, progress: Progress | None = None) -> None:
    """Write the given examples, in the given order, with every feature; the file appears whole or not at all.

    Columns are those of the review file's ``outcome`` table (example_id, gold, a_label, b_label, a_confidence,
    b_confidence, gap, outcome), then the features. A missing value is empty in csv and null elsewhere.

    Parameters
    ----------
    table, rows
        What to write: see `DisagreementTable.rows`.
    path
        Where to; its ending chooses the format: ``.csv``, ``.parquet`` or ``.json`` (one array of objects).
    progress
        Told how many rows are written.

    Raises
    ------
    ReviewError
        ``unknown_export_format``: another ending. ``cannot_write``: the folder is missing or not writable.
    """
    if path.suffix.lower() not in EXPORT_FORMATS:
        raise ReviewError.of(
            "unknown_export_format",
            f"Examples cannot be written to {path.name!r}: choose a name that ends in {', '.join(EXPORT_FORMATS)}.",
            file=path.name,
        )
    with appearing_whole(path) as part:
        _write(table, rows, part, path.suffix.lower(), progress or Progress())


@contextmanager
def appearing_whole(path: Path) -> Iterator[Path]:
    """Give a path to write to; at the end of the block the file stands at `path`, unless the block failed.

    Raises
    ------
    ReviewError
        ``cannot_write``: the folder is missing or not writable.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.replace(path)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno else error.strerror  # pyarrow's words name our temporary file
        raise ReviewError.of("cannot_write", f"{path} cannot be written: {why}.", file=path.name) from error
    finally:
        part.unlink(missing_ok=True)


def export_table(table: DisagreementTable, rows: NDArray[np.int32]) -> pa.Table:
    """Return the given examples with the headings of an exported file."""
    taken = table.take(rows)
    return taken.rename_columns([_HEADINGS.get(name, name) for name in taken.column_names])


def _write(table: DisagreementTable, rows: NDArray[np.int32], path: Path, suffix: str, progress: Progress) -> None:
    starts = range(0, max(len(rows), 1), _ROWS_PER_PART)
    parts = (export_table(table, rows[start : start + _ROWS_PER_PART]) for start in starts)
    if suffix == ".json":
        with path.open("w", encoding="utf-8") as file:
            file.write("[")
            for number, part in enumerate(parts):
                for row_number, row in enumerate(part.to_pylist()):
                    file.write("\n" if number == row_number == 0 else ",\n")
                    file.write(json.dumps(row, ensure_ascii=False))
                progress.report((number + 1) / len(starts), "writing examples")
            file.write("\n]\n")
        return
    schema = export_table(table, rows[:0]).schema
    with _writer(path, suffix, schema) as writer:
        for number, part in enumerate(parts):
            writer.write_table(part)
            progress.report((number + 1) / len(starts), "writing examples")


def _writer(path: Path, suffix: str, schema: pa.Schema) -> pa.csv.CSVWriter | pa.parquet.ParquetWriter:
    if suffix == ".csv":
        import pyarrow.csv

        return pyarrow.csv.CSVWriter(path, schema)
    import pyarrow.parquet

    return pyarrow.parquet.ParquetWriter(path, schema)
