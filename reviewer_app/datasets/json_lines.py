"""Tables in JSON lines: one object a line, every value as text."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.datasets.file_contents import FileContents, check_size, unreadable
from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Progress

_BATCH_ROWS = 1 << 16


def read_json_lines(
    contents: FileContents, *, max_rows: int | None, progress: Progress
) -> tuple[pa.Table, NDArray[np.int64]]:
    """Return a jsonl file as a table of text, and the physical line of each row.

    Numbers stay as written; true and false become "true" and "false"; null and absent keys are null; lists and objects
    are kept as JSON. Columns stand in the order in which their keys first occur. Blank lines are skipped.

    Raises
    ------
    ReviewError
        ``unreadable`` (with the line), ``duplicate_columns``, ``no_rows`` or ``too_many_rows``.
    UnicodeDecodeError
        If a byte does not fit the encoding.
    """
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_keys, parse_float=str, parse_int=str, parse_constant=str, strict=False
    )
    rows: list[dict[str, Any]] = []
    lines: list[int] = []
    tables: list[pa.Table] = []
    n_bytes = 0
    for number, line in enumerate(contents.lines(), start=1):
        if not (text := line.strip()):
            continue
        try:
            row = decoder.decode(text)
        except _DoubledKeyError as error:
            message = f"{contents.name}, line {number}: the key {quoted(error)} stands there twice. Remove one of them."
            raise ReviewError.of("duplicate_columns", message, file=contents.name, first=[f"line {number}"]) from None
        except (json.JSONDecodeError, RecursionError) as error:
            what = f"Line {number} is not one complete JSON object ({error}); jsonl holds one object a line."
            raise unreadable(contents.name, what) from None
        if not isinstance(row, dict):
            raise unreadable(contents.name, f"Line {number} holds no JSON object; jsonl holds one object a line.")
        rows.append(row)
        lines.append(number)
        if len(rows) == _BATCH_ROWS:
            tables.append(_table(rows))
            rows = []
            n_bytes += tables[-1].nbytes
            check_size(contents, len(lines), n_bytes, max_rows)
            progress.report(None, f"reading {contents.name}")
    check_size(contents, len(lines), n_bytes, max_rows)
    tables.append(_table(rows))
    table = pa.concat_tables(tables, promote_options="default")
    if not table.num_columns:
        raise ReviewError.of("no_rows", f"{contents.name} holds no rows with values.", file=contents.name)
    return table, np.asarray(lines, dtype=np.int64)


class _DoubledKeyError(ValueError):
    """An object has a key twice."""


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DoubledKeyError(next(name for name in names if names.count(name) > 1))
    return row


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: _column([row.get(name) for row in rows]) for name in names})


def _column(values: list[Any]) -> pa.Array:
    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        # truth values, lists or objects are among them
        return pa.array([_text(value) for value in values], pa.string())


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
