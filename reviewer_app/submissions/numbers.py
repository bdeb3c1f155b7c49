"""Columns of scores and probabilities as arrays, in the precision that the file has them in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa

from reviewer_app.datasets.table_files import TableFile
from reviewer_app.datasets.values import numeric_values, quoted_values
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import FloatArray


def read_numbers(file: TableFile, column: str) -> FloatArray:
    """Return a column as numbers, shape (rows of the file,), NaN where missing.

    float32 where a parquet file holds float32 or float16, else float64.

    Raises
    ------
    ReviewError
        ``not_numeric`` with lines and values, also for infinite values.
    """
    values = file.table.column(column)
    if pa.types.is_float32(values.type) or pa.types.is_float16(values.type):
        numbers: FloatArray = values.cast(pa.float32()).to_numpy()
    else:
        try:
            numbers = numeric_values(file, column)[0].to_numpy()
        except ReviewError as error:
            found = error.errors[0]
            raise _not_numeric(file, column, found.count, found.first) from error
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        raise _not_numeric(file, column, len(infinite), quoted_values(file, column, infinite))
    return numbers


def common_precision(file: TableFile, columns: Iterable[str]) -> np.dtype[np.floating[Any]]:
    """Return float32 where `read_numbers` returns it for all of some columns, else float64."""
    types = [file.table.schema.field(column).type for column in columns]
    single = all(pa.types.is_float32(kind) or pa.types.is_float16(kind) for kind in types)
    return np.dtype(np.float32 if single else np.float64)


def _not_numeric(file: TableFile, column: str, count: int, first: tuple[str, ...]) -> ReviewError:
    are = "1 value is not a finite number" if count == 1 else f"{count:,} values are not finite numbers"
    message = (
        f'{file.name}: in the column "{column}" {are} (first: {"; ".join(first)}). '
        "Write a decimal point, and leave a missing number empty."
    )
    return ReviewError.of("not_numeric", message, file=file.name, count=count, first=first)
