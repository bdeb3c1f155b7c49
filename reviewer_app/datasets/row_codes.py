"""Which rows are the same: an integer code per row, equal where all values are equal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Split
from reviewer_app.datasets.spec import DatasetSpec, Task

Codes = NDArray[np.int64]


def value_codes(values: pa.ChunkedArray | pa.Array) -> Codes:
    """Return a code per value, equal where the values are equal (null equals null, -0.0 equals 0.0), shape (n,).

    Codes are dense: 0 up to the number of different values - 1, in the order in which they first occur.
    """
    chunked = values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])
    if pa.types.is_floating(chunked.type):
        chunked = pc.add(chunked, 0.0)
    # the chunks are never joined, because two gigabytes of text do not fit one array; they share one dictionary
    encoded = pc.dictionary_encode(chunked, null_encoding="encode")
    return np.concatenate([np.empty(0, np.int64), *(np.asarray(chunk.indices) for chunk in encoded.chunks)])


def row_codes(columns: Iterable[pa.ChunkedArray | pa.Array], n_rows: int) -> Codes:
    """Return a code per row, equal where the rows are equal in every column, shape (n,); dense.

    Without columns all rows are equal.
    """
    codes = np.zeros(n_rows, np.int64)
    for column in columns:
        more = value_codes(column)
        # both are dense and below n: the pair fits an int64 for up to three thousand million rows
        codes = value_codes(pa.array(codes * (int(more.max(initial=0)) + 1) + more))
    return codes


def distinct(codes: Codes) -> Codes:
    """Return the different codes, ascending; `numpy.unique` hashes, which is several times slower on millions."""
    ordered = np.sort(codes)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def codes_by_split(
    columns: Sequence[Mapping[str, pa.ChunkedArray | pa.Array]], n_rows: Mapping[str, int]
) -> dict[str, Codes]:
    """Return the codes of each split's rows, comparable across splits.

    Parameters
    ----------
    columns
        For each column its values by split.
    n_rows
        Rows by split, in the order in which the splits are laid end to end.
    """
    together = [pa.chunked_array([chunk for split in n_rows for chunk in _chunks(column[split])]) for column in columns]
    codes = row_codes(together, sum(n_rows.values()))
    stops = np.cumsum(list(n_rows.values()))
    return dict(zip(n_rows, np.split(codes, stops[:-1]), strict=True))


def _chunks(values: pa.ChunkedArray | pa.Array) -> list[pa.Array]:
    return values.chunks if isinstance(values, pa.ChunkedArray) else [values]


def record_columns(spec: DatasetSpec) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Return the columns of the left and of the right record of a pair; None where the dataset has no records.

    The spec's ``records``, else all ``left_*`` and all ``right_*`` columns that are not ignored.
    """
    if spec.task is not Task.MATCHING:
        return None
    if spec.records is not None:
        return spec.records
    features = [column for column, kind in spec.columns.items() if kind != "ignored"]
    left = tuple(column for column in features if column.startswith("left_"))
    right = tuple(column for column in features if column.startswith("right_"))
    return (left, right) if left and right else None


def key_values(split: Split, column: str) -> pa.ChunkedArray:
    """Return a column that the spec's group or records name, a feature or an ignored one."""
    if split.key_columns is not None and column in split.key_columns.column_names:
        return split.key_columns[column]
    return split.features[column]
