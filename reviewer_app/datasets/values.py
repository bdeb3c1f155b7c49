"""Values of columns in their one canonical form, so that csv and parquet of the same data mean the same.

Text: null and "" are missing; typed values become text (1.0 -> "1", true -> "true", dates in ISO 8601). Numbers:
float64; "", null and NaN are missing.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.datasets.table_files import TableFile
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.needs import counted

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_LARGEST_EXACT = 2**53
"""Integers above it are not all different from each other as float64."""


_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(inf|Inf|INF)(inity)?$"
_LONG_INTEGER = r"^[+-]?0*[1-9]\d{15,}$"


def column_values(file: TableFile, column: str, kind: ColumnKind) -> tuple[pa.ChunkedArray, tuple[Finding, ...]]:
    """Return a feature column in the form of its kind, and what there is to say about it.

    Numeric: float64, else string; null is missing.

    Raises
    ------
    ReviewError
        As `numeric_values` and `text_values`.
    """
    if kind is ColumnKind.NUMERIC:
        return numeric_values(file, column)
    return text_values(file, column), ()


def text_values(file: TableFile, column: str) -> pa.ChunkedArray:
    """Return a column as text; "" becomes null.

    Raises
    ------
    ReviewError
        ``not_text`` where a parquet column holds lists, structs or bytes that are not UTF-8.
    """
    text = _as_text(file, column)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def numeric_values(file: TableFile, column: str) -> tuple[pa.ChunkedArray, tuple[Finding, ...]]:
    """Return a column as float64; "", null and NaN become null. Blanks around a number do not matter.

    The finding ``integer_above_2_53`` (warning) tells of integers that float64 may not hold exactly.

    Raises
    ------
    ReviewError
        ``not_numeric`` with the first values that are no numbers and where they stand.
    """
    values = _decoded(file.table.column(column))
    if pa.types.is_floating(values.type):
        # a float32 counts as the decimal number it was written for: 1.1, as its csv twin says, not 1.10000002384
        wide = values if values.type.bit_width == 64 else values.cast(pa.float32()).cast(pa.string()).cast(pa.float64())
        return _nan_is_null(wide), ()
    if pa.types.is_integer(values.type):
        return values.cast(pa.float64(), safe=False), _large_integers(file, column, _above_exact(values))
    text = pc.utf8_trim_whitespace(_as_text(file, column))
    missing = pc.or_kleene(pc.is_null(text), pc.is_in(text, pa.array(["", "nan", "NaN", "NAN"])))
    text = pc.if_else(missing, pa.scalar(None, pa.string()), text)
    wrong = np.flatnonzero(~_filled(pc.match_substring_regex(text, _NUMBER), True))
    if len(wrong):
        raise _not_numeric(file, column, wrong)
    return text.cast(pa.float64()), _large_integers(file, column, _above_exact(text))


def is_number(values: pa.ChunkedArray) -> bool:
    """Return whether every value of a column of text that is not missing is a number."""
    matches = pc.match_substring_regex(pc.utf8_trim_whitespace(values), _NUMBER)
    return pc.all(matches, min_count=0).as_py() is not False


def quoted_values(file: TableFile, column: str, rows: Rows) -> tuple[str, ...]:
    """Return the first offenders among data rows, with place and value: ``line 5: "Good Characters "``."""
    some = [int(row) for row in rows[:N_FIRST]]
    values = file.table.column(column)
    shown = ["" if (value := values[row].as_py()) is None else str(value) for row in some]
    return tuple(f"{place}: {quoted(value)}" for place, value in zip(file.places(some), shown, strict=True))


def _decoded(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values


def _above_exact(integers: pa.ChunkedArray) -> Rows:
    """Return the rows whose integer, typed or in text, lies above 2^53 or below -2^53."""
    if not pa.types.is_string(integers.type):
        if integers.type.bit_width < 64:
            return np.empty(0, np.int64)
        above = pc.greater(integers, pa.scalar(_LARGEST_EXACT, integers.type))
        if pa.types.is_signed_integer(integers.type):
            above = pc.or_(above, pc.less(integers, -_LARGEST_EXACT))
        return np.flatnonzero(_filled(above))
    candidates = np.flatnonzero(_filled(pc.match_substring_regex(integers, _LONG_INTEGER)))
    digits = pc.replace_substring_regex(integers.take(pa.array(candidates)), r"^[+-]?0*", "")
    n_digits = pc.utf8_length(digits)
    limit = str(_LARGEST_EXACT)
    longer = pc.greater(n_digits, len(limit))
    above = pc.or_(longer, pc.and_(pc.equal(n_digits, len(limit)), pc.greater(digits, limit)))
    return np.asarray(candidates[_filled(above)])


def _nan_is_null(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)


def _filled(mask: pa.ChunkedArray, value: bool = False) -> Mask:
    return np.asarray(pc.fill_null(mask, value))


def _as_text(file: TableFile, column: str) -> pa.ChunkedArray:
    values = _decoded(file.table.column(column))
    kind = values.type
    if pa.types.is_string(kind):
        return values
    if pa.types.is_floating(kind):
        return _floats_as_text(values.cast(pa.float32()) if kind.bit_width < 32 else values)
    if pa.types.is_timestamp(kind):
        return _timestamps_as_text(values)
    if pa.types.is_decimal(kind):
        return pc.replace_substring_regex(values.cast(pa.string()), r"^([^.]*)(?:\.0*|(\.\d*[1-9])0*)$", r"\1\2")
    try:
        return values.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        message = (
            f"{file.name}: the column {quoted(column)} is of type {kind}, which cannot be read as text ({error}). "
            "Save it as text or numbers, or leave it out."
        )
        raise ReviewError.of("not_text", message, file=file.name) from error


def _floats_as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    numbers = _nan_is_null(values.cast(pa.float64()))
    whole = pc.and_(pc.equal(numbers, pc.trunc(numbers)), pc.less_equal(pc.abs(numbers), float(_LARGEST_EXACT)))
    integers = pc.if_else(whole, numbers, 0.0).cast(pa.int64()).cast(pa.string())
    # the text of a float32 is the shortest that gives back the float32, not the float64
    text = pc.if_else(whole, integers, values.cast(pa.string()))
    return pc.if_else(pc.is_null(numbers), pa.scalar(None, pa.string()), text)


def _timestamps_as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return ISO 8601 as pandas writes it to csv: the date alone where every time is midnight."""
    days = pc.floor_temporal(values, unit="day")
    if values.type.tz is None and pc.all(pc.equal(values, days), min_count=0).as_py() is not False:
        return values.cast(pa.date32()).cast(pa.string())
    return pc.replace_substring_regex(values.cast(pa.string()), r"\.0+(Z?)$", r"\1")


def _not_numeric(file: TableFile, column: str, rows: Rows) -> ReviewError:
    first = quoted_values(file, column, rows)
    message = (
        f"{file.name}: no numbers in the numeric column {quoted(column)}: {counted(len(rows), 'value')} "
        f"(first: {'; '.join(first)}). "
        'Leave a missing number empty and write a decimal point, or call the column "categorical" or "text".'
    )
    return ReviewError.of("not_numeric", message, file=file.name, count=len(rows), first=first)


def _large_integers(file: TableFile, column: str, rows: Rows) -> tuple[Finding, ...]:
    if not len(rows):
        return ()
    first = quoted_values(file, column, rows)
    message = (
        f"{file.name}: {counted(len(rows), 'integer')} above 2^53 in the numeric column {quoted(column)}, where "
        f"different integers can become the same number (first: {'; '.join(first)}). If they are codes, call the "
        'column "categorical".'
    )
    return (Finding("integer_above_2_53", Severity.WARNING, message, len(rows), file.name, first),)
