"""The test examples of a comparison, as a table or one of them whole; from what the review file holds alone."""

from __future__ import annotations

import difflib
import re
import sqlite3
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.comparison.outcomes import outcome_codes
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.inputs import NO_PREDICTION, Predictions
from reviewer_app.review.pairs import Pair
from reviewer_app.review.queries import ExampleDetail, TextPart
from reviewer_app.store.datasets import read_features, read_gold_codes, read_ids, read_image
from reviewer_app.store.runs import read_predictions

_LEFT, _RIGHT = "left_", "right_"
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_MOST_WORDS = 2_000

Parts = tuple[TextPart, ...]
"""A text in pieces."""


def outcome_table(connection: sqlite3.Connection, pair: Pair) -> DisagreementTable:
    """Return the examples of a comparison without their features; of several seeds the first.

    Raises
    ------
    ReviewError
        ``no_labels`` if a side has scores only.
    """
    a, b = _first_predictions(connection, pair)
    gold = read_gold_codes(connection, pair.dataset.dataset_id)
    return _table(pair, read_ids(connection, pair.dataset.dataset_id), gold, a, b)


def example_table(connection: sqlite3.Connection, pair: Pair) -> DisagreementTable:
    """Return the examples of a comparison with their features; of several seeds the first.

    Raises
    ------
    ReviewError
        ``no_labels`` if a side has scores only.
    """
    features = read_features(connection, pair.dataset.dataset_id)
    kinds = {name: str(pair.dataset.spec.columns[name]) for name in features.column_names}
    return replace(outcome_table(connection, pair), features=features, kinds=kinds)


def example_detail(connection: sqlite3.Connection, pair: Pair, example_no: int) -> ExampleDetail:
    """Return one example whole, with its images; reads no more of any column than the chunk that holds it.

    Raises
    ------
    ReviewError
        ``no_labels`` if a side has scores only.
    IndexError
        If there is no such example.
    """
    dataset_id, spec = pair.dataset.dataset_id, pair.dataset.spec
    a, b = _first_predictions(connection, pair, example_no)
    gold = read_gold_codes(connection, dataset_id, example_no)
    table = _table(pair, read_ids(connection, dataset_id, example_no), gold, a, b)
    [own] = table.take(np.array([0], np.int32)).to_pylist()
    features = read_features(connection, dataset_id, example_no).to_pydict()
    values = {name: _as_text(column[0]) for name, column in features.items()}
    images = {
        name: read_image(connection, dataset_id, value)
        for name, value in values.items()
        if spec.columns[name] is ColumnKind.IMAGE and value is not None
    }
    return ExampleDetail(
        example_no=example_no,
        example_id=own["id"],
        gold=own["gold"],
        a_label=own["a"],
        b_label=own["b"],
        a_confidence=own["a_confidence"],
        b_confidence=own["b_confidence"],
        outcome=own["outcome"],
        columns=tuple((name, str(spec.columns[name]), value) for name, value in values.items()),
        images={name: data for name, data in images.items() if data is not None},
        pair=_sides(values) if spec.positive_label is not None else (),
    )


def differing_parts(left: str, right: str) -> tuple[Parts, Parts]:
    """Return both texts in pieces, those words marked that the other text does not have in this place, ignoring case.

    The pieces of a side, joined, are its text. In texts of more than 2,000 words the place does not count: those words
    are marked that the other text does not have at all.
    """
    words_left, words_right = _WORDS.findall(left), _WORDS.findall(right)
    if max(len(words_left), len(words_right)) > _MOST_WORDS:
        return _absent_words(words_left, words_right), _absent_words(words_right, words_left)
    matcher = difflib.SequenceMatcher(
        None, [word.casefold() for word in words_left], [word.casefold() for word in words_right], autojunk=False
    )
    parts_left: list[TextPart] = []
    parts_right: list[TextPart] = []
    for operation, start, stop, other_start, other_stop in matcher.get_opcodes():
        for parts, words in ((parts_left, words_left[start:stop]), (parts_right, words_right[other_start:other_stop])):
            if words:
                parts.append(TextPart("".join(words), operation != "equal"))
    return tuple(parts_left), tuple(parts_right)


def _absent_words(words: list[str], other: list[str]) -> Parts:
    known = {word.casefold() for word in other}
    marked = ((word.isalnum() and word.casefold() not in known, word) for word in words)
    return tuple(
        TextPart("".join(word for _, word in group), differs) for differs, group in groupby(marked, key=itemgetter(0))
    )


def shown_confidence(predictions: Predictions, positive: int | None) -> NDArray[np.float64]:
    """Return what stands as confidence beside each prediction, shape (n,), NaN where there is none.

    In matching the score of the positive label; else the probability of the predicted label.
    """
    if positive is not None and predictions.score is not None:
        return predictions.score.astype(np.float64)
    if positive is not None and predictions.probabilities is not None:
        return predictions.probabilities[:, positive].astype(np.float64)
    if predictions.confidence is not None:
        return predictions.confidence.astype(np.float64)
    shown = np.full(len(predictions.missing), np.nan)
    y_pred = predictions.y_pred
    if y_pred is not None and predictions.probabilities is not None:
        given = y_pred < predictions.probabilities.shape[1]
        shown[given] = predictions.probabilities[given, y_pred[given]]
    elif y_pred is not None and predictions.top_labels is not None and predictions.top_probabilities is not None:
        listed = (predictions.top_labels == y_pred[:, None]) & (y_pred != NO_PREDICTION)[:, None]
        rows = listed.any(axis=1)
        shown[rows] = predictions.top_probabilities[rows, listed[rows].argmax(axis=1)]
    return shown


def _first_predictions(
    connection: sqlite3.Connection, pair: Pair, row_no: int | None = None
) -> tuple[Predictions, Predictions]:
    return (
        read_predictions(connection, pair.runs_a[0], row_no),
        read_predictions(connection, pair.runs_b[0], row_no),
    )


def _table(
    pair: Pair, ids: pa.ChunkedArray, gold: NDArray[np.uint16], a: Predictions, b: Predictions
) -> DisagreementTable:
    spec = pair.dataset.spec
    for name, predictions in ((pair.name_a, a), (pair.name_b, b)):
        if predictions.y_pred is None:
            raise ReviewError.of(
                "no_labels",
                f"{name} gave scores and no labels on {spec.name}, so there are no examples to disagree on. Add the "
                "file again with --threshold T, or with validation rows to choose a threshold on.",
            )
    positive = None if spec.positive_label is None else spec.labels.index(spec.positive_label)
    y_pred_a, y_pred_b = np.asarray(a.y_pred), np.asarray(b.y_pred)
    return DisagreementTable(
        dataset=spec.name,
        task=spec.task,
        team_a=pair.name_a,
        team_b=pair.name_b,
        labels=pair.dataset.labels,
        ids=ids.combine_chunks(),
        gold=gold,
        a=y_pred_a,
        b=y_pred_b,
        a_confidence=shown_confidence(a, positive),
        b_confidence=shown_confidence(b, positive),
        outcomes=outcome_codes(gold, y_pred_a, y_pred_b),
        features=pa.table({}),
        kinds={},
    )


def _sides(values: dict[str, str | None]) -> tuple[tuple[str, Parts | None, Parts | None], ...]:
    """Return the columns of a pair's two records side by side, with the words that differ; None: missing."""
    names = [name.removeprefix(_LEFT) for name in values if name.startswith(_LEFT)]
    names += [name.removeprefix(_RIGHT) for name in values if name.startswith(_RIGHT)]
    return tuple(
        (name, *_side_by_side(values.get(_LEFT + name), values.get(_RIGHT + name))) for name in dict.fromkeys(names)
    )


def _side_by_side(left: str | None, right: str | None) -> tuple[Parts | None, Parts | None]:
    if left is not None and right is not None:
        return differing_parts(left, right)
    return _alone(left), _alone(right)


def _alone(text: str | None) -> Parts | None:
    return None if text is None else (TextPart(text, differs=True),)


def _as_text(value: str | float | None) -> str | None:
    """Return a value as people write it: whole numbers without a fraction."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return value
