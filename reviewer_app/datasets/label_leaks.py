"""What gives a label away that should not: a column's value, a word, a threshold, an id, the order of the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import Dataset, Split
from reviewer_app.datasets.row_codes import codes_by_split, distinct
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, Severity

MOST_ROWS = 100_000
"""Rows of a split that are looked at; of larger splits as many, evenly spaced."""

_LEAST_EXAMPLES = 5
_STRENGTH = 0.95
_IDS_SHARE = 0.5
_ORDER_EXCESS = 0.5

_BETWEEN_WORDS = r"[^\pL\pN]+"
_BETWEEN_LETTERS = r"[^\pL]+"

Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Marker:
    """Something that stands in nearly all examples of a label and in nearly no others.

    Attributes
    ----------
    what
        In words: the value "yes", the word "flag", a value above 3.5.
    label
        Code of the label.
    n_with
        Examples of the label that have it.
    n_label
        Examples of the label.
    n_others
        Other examples that have it.
    """

    what: str
    label: int
    n_with: int
    n_label: int
    n_others: int


def label_leak_findings(dataset: Dataset) -> list[Finding]:
    """Return what gives labels away, as findings ``gives_label_away``, ``ids_name_the_label`` and ``order_leaks``.

    A column gives a label away where a value (an empty cell too), a word of a text or a range of numbers marks it: it
    stands in the label's examples and not in others, with (share of the label's examples) - (share of the others) and
    precision both at least 0.95, in 5 examples at least, in the test split and, where there is one, in the training
    split too, so that a chance of one split does not count. Or where the most frequent training label of each value
    gets the test examples right, with 95 % of the errors of the most frequent label gone.
    """
    findings = []
    for column, kind in dataset.spec.columns.items():
        if kind not in (ColumnKind.IGNORED, ColumnKind.IMAGE):
            findings += _column_finding(dataset, column, kind)
    return [*findings, *_id_finding(dataset), *_order_finding(dataset)]


def _column_finding(dataset: Dataset, column: str, kind: ColumnKind) -> list[Finding]:
    name, labels = dataset.spec.name, dataset.spec.labels
    markers = _markers(dataset.test, column, kind)
    if markers and "train" in dataset.splits:
        confirmed = {(marker.what, marker.label) for marker in _markers(dataset.splits["train"], column, kind)}
        markers = [marker for marker in markers if (marker.what, marker.label) in confirmed]
    if markers:
        markers.sort(key=lambda marker: (-marker.n_with, marker.n_others, marker.what))
        first = tuple(_in_words(marker, labels[marker.label]) for marker in markers[:N_FIRST])
        n_examples = sum(marker.n_with for marker in markers)
        message = (
            f"{name}: the column {quoted(column)} gives labels away: {'; '.join(first)}. Is it known before the label "
            "is?"
        )
        return [Finding("gives_label_away", Severity.WARNING, message, n_examples, name, first)]
    if "train" in dataset.splits:
        return _lookup_finding(dataset, column)
    return []


def _in_words(marker: Marker, label: str) -> str:
    others = f"{marker.n_others:,} other{'' if marker.n_others == 1 else 's'}"
    of_label = f"{marker.n_with:,} of {marker.n_label:,} test examples of {quoted(label)}"
    return f"{marker.what} stands in {of_label} and in {others}"


def _markers(split: Split, column: str, kind: ColumnKind) -> list[Marker]:
    rows = _some_rows(split.n_examples)
    y = split.y[rows].astype(np.int64)
    values = split.features[column].take(pa.array(rows)).combine_chunks()
    encoded = pc.dictionary_encode(values, null_encoding="encode")
    found = _strong_markers(np.arange(len(rows)), np.asarray(encoded.indices), y)
    whole = encoded.dictionary.to_pylist()
    markers = [
        Marker("an empty cell" if whole[code] is None else f"the value {quoted(whole[code])}", *counts)
        for code, *counts in found
    ]
    if kind is ColumnKind.NUMERIC:
        return markers or list(_range_markers(np.asarray(values.fill_null(np.nan)), y))
    if kind is ColumnKind.TEXT and not markers:
        return _word_markers(values, y, _BETWEEN_WORDS)
    return markers


def _some_rows(n_rows: int) -> NDArray[np.int64]:
    return np.linspace(0, n_rows - 1, min(n_rows, MOST_ROWS)).astype(np.int64)


def _word_markers(values: pa.Array, y: Labels, between_words: str) -> list[Marker]:
    words = pc.split_pattern_regex(pc.utf8_lower(values), between_words)
    encoded = pc.dictionary_encode(pc.list_flatten(words))
    codes, rows = np.asarray(encoded.indices, np.int64), np.asarray(pc.list_parent_indices(words), np.int64)
    # a word counts once per example
    once = distinct(rows * max(1, len(encoded.dictionary)) + codes)
    rows, codes = np.divmod(once, max(1, len(encoded.dictionary)))
    found = _strong_markers(rows, codes, y)
    return [
        Marker(f"the word {quoted(word)}", *counts)
        for code, *counts in found
        if (word := encoded.dictionary[code].as_py())
    ]


def _strong_markers(rows: Labels, codes: Labels, y: Labels) -> list[tuple[int, int, int, int, int]]:
    """Return (code, label, n_with, n_label, n_others) of the codes that mark a label.

    Parameters
    ----------
    rows, codes
        Row and code of each occurrence, once per row and code.
    y
        Labels of the rows.
    """
    n_labels = np.bincount(y)
    n_code = np.bincount(codes)
    pairs, n_with = np.unique(codes * len(n_labels) + y[rows], return_counts=True)
    enough = n_with >= _LEAST_EXAMPLES
    pairs, n_with = pairs[enough], n_with[enough]
    code, label = np.divmod(pairs, len(n_labels))
    n_others = n_code[code] - n_with
    strong = _is_strong(n_with, n_labels[label], n_others, len(y) - n_labels[label])
    columns = (code, label, n_with, n_labels[label], n_others)
    return list(zip(*(column[strong].tolist() for column in columns), strict=True))


def _is_strong(
    n_with: NDArray[np.int64], n_label: NDArray[np.int64], n_others: NDArray[np.int64], n_rest: NDArray[np.int64]
) -> NDArray[np.bool_]:
    difference = n_with / n_label - n_others / np.maximum(n_rest, 1)
    precision = n_with / np.maximum(n_with + n_others, 1)
    return np.asarray((n_rest > 0) & (n_with >= _LEAST_EXAMPLES) & (difference >= _STRENGTH) & (precision >= _STRENGTH))


def _range_markers(values: NDArray[np.float64], y: Labels) -> Iterator[Marker]:
    """Yield, per label, the end of the range of numbers that marks it best; missing numbers are in neither end."""
    there = np.flatnonzero(~np.isnan(values))
    for descending in (False, True):
        order = there[np.argsort(-values[there] if descending else values[there], kind="stable")]
        ordered = values[order]
        last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True)) if len(order) else order
        counts = np.bincount(y)
        for label in np.flatnonzero(counts >= _LEAST_EXAMPLES):
            n_label = int(counts[label])
            # the end of the range that marks a label is as long as the label has examples, give or take 5 %
            if (y[order[:n_label]] == label).mean() < _STRENGTH - 0.05:
                continue
            n_with = np.cumsum(y[order] == label)[last]
            n_others = last + 1 - n_with
            size = np.ones_like(n_with)
            strong = np.flatnonzero(_is_strong(n_with, n_label * size, n_others, (len(y) - n_label) * size))
            if len(strong):
                best = strong[np.argmax(n_with[strong] - n_others[strong])]
                # the bound differs from split to split: the words name the end, not the bound
                what = "one of the largest numbers" if descending else "one of the smallest numbers"
                yield Marker(what, int(label), int(n_with[best]), n_label, int(n_others[best]))


def _lookup_finding(dataset: Dataset, column: str) -> list[Finding]:
    train, test = dataset.splits["train"], dataset.test
    n_rows = {"train": train.n_examples, "test": test.n_examples}
    codes = codes_by_split([{"train": train.features[column], "test": test.features[column]}], n_rows)
    k = len(dataset.spec.labels)
    majority = int(np.bincount(train.y).argmax())
    pairs, counts = np.unique(codes["train"] * k + train.y, return_counts=True)
    # ascending counts: the last one written for a value is its most frequent label
    by_count = pairs[np.argsort(counts, kind="stable")]
    lookup = np.full(max(int(part.max()) for part in codes.values()) + 1, majority)
    lookup[by_count // k] = by_count % k
    right = float((lookup[codes["test"]] == test.y).mean())
    base = float((test.y == majority).mean())
    if base == 1.0 or (right - base) / (1 - base) < _STRENGTH:
        return []
    name = dataset.spec.name
    message = (
        f"{name}: the column {quoted(column)} alone gives the label away: the most frequent training label of each of "
        f"its values is right for {right:.1%} of the test examples (the most frequent label of all for {base:.1%}). "
        "Is it known before the label is?"
    )
    return [Finding("gives_label_away", Severity.WARNING, message, round(right * test.n_examples), name)]


def _id_finding(dataset: Dataset) -> list[Finding]:
    test, labels = dataset.test, dataset.spec.labels
    rows = _some_rows(test.n_examples)
    ids, y = test.ids.take(pa.array(rows)), test.y[rows].astype(np.int64)
    by_label: dict[int, Marker] = {}
    for between in (_BETWEEN_WORDS, _BETWEEN_LETTERS):
        for marker in _word_markers(ids, y, between):
            if marker.label not in by_label or marker.n_with > by_label[marker.label].n_with:
                by_label[marker.label] = marker
    n_named = sum(marker.n_with for marker in by_label.values())
    if n_named < _IDS_SHARE * len(rows):
        return []
    name = dataset.spec.name
    markers = sorted(by_label.values(), key=lambda marker: marker.label)
    first = tuple(_in_words(marker, labels[marker.label]) for marker in markers[:N_FIRST])
    message = (
        f"{name}: the ids of {n_named:,} of {len(rows):,} test examples name their class ({'; '.join(first)}). Ids are "
        "never handed to a model here; predictions made elsewhere may have used them."
    )
    return [Finding("ids_name_the_label", Severity.INFO, message, n_named, name, first)]


def _order_finding(dataset: Dataset) -> list[Finding]:
    y = dataset.test.y
    n = len(y)
    if n < 4 * _LEAST_EXAMPLES:
        return []
    same = float((y[1:] == y[:-1]).mean())
    by_chance = float(((np.bincount(y) / n) ** 2).sum())
    if by_chance == 1.0 or (same - by_chance) / (1 - by_chance) < _ORDER_EXCESS:
        return []
    name = dataset.spec.name
    n_same = int((y[1:] == y[:-1]).sum())
    message = (
        f"{name}: {same:.1%} of neighbouring test rows share their label ({by_chance:.1%} would by chance): the order "
        "tells the label. Models are handed the rows shuffled here; predictions made elsewhere may have used the order."
    )
    return [Finding("order_leaks", Severity.INFO, message, n_same, name)]
