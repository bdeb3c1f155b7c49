"""Which examples pass a filter, and by which numbers a column is sorted; whole columns at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.comparison.outcomes import OUTCOMES
from reviewer_app.disagreements.filters import OPERATORS, Condition, ExampleFilter
from reviewer_app.errors import ReviewError

if TYPE_CHECKING:
    from reviewer_app.disagreements.table import DisagreementTable

_COMPARE = {
    "=": pc.equal,
    "!=": pc.not_equal,
    "<": pc.less,
    "<=": pc.less_equal,
    ">": pc.greater,
    ">=": pc.greater_equal,
}


def selected(table: DisagreementTable, example_filter: ExampleFilter) -> NDArray[np.bool_]:
    """Return which examples pass the filter, shape (n,).

    Raises
    ------
    ReviewError
        ``bad_condition``, see `DisagreementTable.rows`.
    """
    mask = np.ones(table.n_examples, dtype=bool)
    if example_filter.disagree_only:
        mask &= table.disagree
    if example_filter.outcomes:
        mask &= np.isin(table.outcomes, [OUTCOMES.index(outcome) for outcome in example_filter.outcomes])
    for condition in example_filter.conditions:
        mask &= _holds(table, condition)
    if example_filter.text:
        mask &= _contains_text(table, example_filter.text)
    return mask


def sort_keys(table: DisagreementTable, name: str) -> NDArray[np.float64]:
    """Return a number per example that sorts as the column does, NaN where the value is missing, shape (n,).

    Raises
    ------
    ReviewError
        ``bad_condition``: there is no such column.
    """
    if name == "outcome":
        return table.outcomes.astype(np.float64)
    column = _column(table, name)
    if table.is_numeric(name):
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64)
    encoded = column.dictionary_encode()
    ranks = np.empty(len(encoded.dictionary), dtype=np.float64)
    ranks[pc.sort_indices(encoded.dictionary).to_numpy()] = np.arange(len(encoded.dictionary))
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    keys = np.full(len(codes), np.nan)
    present = ~np.isnan(codes) if codes.dtype.kind == "f" else np.ones(len(codes), dtype=bool)
    keys[present] = ranks[codes[present].astype(np.int64)]
    return keys


def _column(table: DisagreementTable, name: str) -> pa.Array:
    if name not in table.filter_columns:
        raise ReviewError.of("bad_condition", f"There is no column {name!r}. Columns: {', '.join(table.column_names)}.")
    return table.column(name)


def _holds(table: DisagreementTable, condition: Condition) -> NDArray[np.bool_]:
    column = _column(table, condition.column)
    if condition.op == "missing":
        return _as_mask(pc.is_null(column))
    if condition.op == "present":
        return _as_mask(pc.is_valid(column))
    if condition.op == "contains":
        return _as_mask(pc.match_substring(column.cast(pa.string()), condition.value, ignore_case=True))
    if condition.op not in _COMPARE:
        raise ReviewError.of("bad_condition", f"{condition.op!r} is no operator. Operators: {', '.join(OPERATORS)}.")
    if not table.is_numeric(condition.column):
        return _as_mask(_COMPARE[condition.op](column, condition.value))
    try:
        number = float(condition.value)
    except ValueError:
        raise ReviewError.of(
            "bad_condition",
            f"{condition.column!r} holds numbers and {condition.value!r} is none: write for example "
            f"{condition.column}>100.",
        ) from None
    return _as_mask(_COMPARE[condition.op](column, number))


def _contains_text(table: DisagreementTable, text: str) -> NDArray[np.bool_]:
    found = _as_mask(pc.match_substring(table.ids, text, ignore_case=True))
    for name in table.column_names:
        if name in ("gold", "a", "b", "outcome", "id") or table.is_numeric(name):
            continue
        found |= _as_mask(pc.match_substring(table.column(name), text, ignore_case=True))
    return found


def _as_mask(answer: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(pc.fill_null(answer, False).to_numpy(zero_copy_only=False), dtype=bool)
