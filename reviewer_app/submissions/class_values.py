"""The columns of a prediction file that hold a value per class, as arrays in the order of a split's examples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reviewer_app.datasets.spec import DatasetSpec
from reviewer_app.datasets.values import text_values
from reviewer_app.errors import Finding, Severity
from reviewer_app.evaluation.inputs import FloatArray, IntArray
from reviewer_app.submissions.label_codes import LabelCodes, LabelColumn
from reviewer_app.submissions.numbers import common_precision, read_numbers
from reviewer_app.submissions.prediction_files import PredictionFile
from reviewer_app.submissions.probabilities import PERCENT_MEDIAN, SUM_TOLERANCE

_SHOWN = 5


def read_column(file: PredictionFile, column: str, rows: NDArray[np.int64]) -> FloatArray:
    """Return a column of numbers for examples whose rows are given, shape (n,), NaN where missing or without a row.

    Raises
    ------
    ReviewError
        ``not_numeric``.
    """
    numbers = read_numbers(file.table, column)
    values = numbers[rows]
    values[rows < 0] = np.nan
    return values


def read_class_values(
    file: PredictionFile, spec: DatasetSpec, rows: NDArray[np.int64]
) -> tuple[FloatArray, list[Finding]]:
    """Return the values per class as stated, shape (n, k) in the spec's order, NaN where missing, and what was found.

    float32 where every column is, else float64. A class without a column has probability 0; with two classes what the
    other column leaves over (finding ``probabilities_without_label``).

    Raises
    ------
    ReviewError
        ``not_numeric``.
    """
    columns = file.columns.probabilities
    values = np.empty((len(rows), len(spec.labels)), dtype=common_precision(file.table, columns.values()))
    for code, column in columns.items():
        values[:, code] = read_column(file, column, rows)
    absent = [code for code in range(len(spec.labels)) if code not in columns]
    if not absent:
        return values, []
    some = ", ".join(f'"{spec.labels[code]}"' for code in absent[:_SHOWN])
    if len(spec.labels) == 2:
        values[:, absent[0]] = _left_over(values[:, 1 - absent[0]])
        taken = f'what "{columns[1 - absent[0]]}" leaves over'
    else:
        given = ~np.isnan(values[:, list(columns)]).any(axis=1)
        values[:, absent] = np.where(given, 0.0, np.nan)[:, np.newaxis]
        taken = "0"
    name = file.table.name
    message = (
        f"{name}: no column holds the probability of {some}{', ...' if len(absent) > _SHOWN else ''}; it is {taken}."
    )
    return values, [Finding("probabilities_without_label", Severity.INFO, message, len(absent), name)]


def _left_over(values: FloatArray) -> FloatArray:
    """Return the other class's values of two: 1 - p, 100 - p of percentages, 0 beside a logit."""
    stated = values[~np.isnan(values)]
    if not len(stated) or (stated.min() >= -SUM_TOLERANCE and stated.max() <= 1 + SUM_TOLERANCE):
        return 1 - values
    if stated.min() >= 0 and stated.max() <= 100 and np.median(stated) > PERCENT_MEDIAN:
        return 100 - values
    return values - values


def read_top_lists(
    file: PredictionFile, codes: LabelCodes, rows: NDArray[np.int64]
) -> tuple[IntArray, FloatArray | None]:
    """Return labels and probabilities of the top-k lists, both of shape (n, m), as the ranks stand in the file.

    The labels are codes, `NO_PREDICTION` where there is none; the probabilities None where no rank has a column.

    Raises
    ------
    ReviewError
        ``not_numeric``.
    """
    labels = np.column_stack(
        [codes.codes(LabelColumn.of(text_values(file.table, name), rows)) for name, _ in file.columns.top]
    )
    if all(name is None for _, name in file.columns.top):
        return labels, None
    nothing = np.full(len(rows), np.nan, dtype=np.float32)
    columns = [nothing if name is None else read_column(file, name, rows) for _, name in file.columns.top]
    return labels, np.column_stack(columns)


def most_probable_first(labels: IntArray, probabilities: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return top-k lists ordered by probability; ranks of equal probability keep their order, missing ones go last."""
    ranks = np.where(np.isnan(probabilities), -np.inf, probabilities)
    if (ranks[:, 1:] <= ranks[:, :-1]).all():
        return labels, probabilities
    order = np.argsort(-ranks, axis=1, kind="stable")
    return np.take_along_axis(labels, order, axis=1), np.take_along_axis(probabilities, order, axis=1)
