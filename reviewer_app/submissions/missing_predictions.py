"""Examples without a prediction: a few are counted and said, more than half mean the wrong file."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reviewer_app.datasets.dataset import Split
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import Finding, Remedy, ReviewError, Severity
from reviewer_app.evaluation.inputs import BoolArray
from reviewer_app.submissions.origin import N_FIRST, Origin
from reviewer_app.submissions.prediction_files import PredictionFile

_HOW_THEY_COUNT = {
    None: "They count as wrong; --missing drop leaves them out for every team.",
    "wrong": "They count as wrong, as --missing wrong says.",
    "drop": "They are left out for every team, as --missing drop says.",
    "negative": "They count as predicted negative, as --missing negative says.",
}
_WRONG = Remedy("Count them as wrong", "missing", "wrong")
_DROP = Remedy("Leave them out for every team", "missing", "drop")
_NEGATIVE = Remedy("Count them as negative", "missing", "negative")


def missing_predictions(
    file: PredictionFile, origin: Origin, split: Split, missing: BoolArray, options: ImportOptions, *, is_matching: bool
) -> list[Finding]:
    """Return the finding about examples without a prediction.

    Parameters
    ----------
    file, origin
        The prediction file, and where each example stands in it.
    split
        Whose examples.
    missing
        Which of them have no prediction: no row, or an empty one, shape (n,).
    options
        `ImportOptions.missing` says how they count.
    is_matching
        Whether they may count as negative.

    Raises
    ------
    ReviewError
        ``mostly_missing``: more than half of the test examples, and nobody said how they count.
    """
    number, total, name = int(missing.sum()), split.n_examples, file.table.name
    if not number:
        return []
    first = _first(origin, split, missing)
    have = "has" if number == 1 else "have"
    what = f"{name}: {number:,} of {total:,} {split.name} examples {have} no prediction (first: {', '.join(first)})."
    ways = (_WRONG, _DROP, _NEGATIVE) if is_matching else (_WRONG, _DROP)
    if options.missing is not None:
        message = f"{what} {_HOW_THEY_COUNT[options.missing]}"
        return [Finding("missing_predictions", Severity.WARNING, message, number, name, first)]
    if split.name == "test" and number > total / 2:
        written = ", ".join(f"--missing {way.value}" for way in ways)
        message = f"{what} {_why_so_many(file, split)} If it is the right one, say how they count: {written}."
        raise ReviewError.of("mostly_missing", message, file=name, count=number, first=first, remedies=ways)
    message = f"{what} {_HOW_THEY_COUNT[None]}"
    return [Finding("missing_predictions", Severity.WARNING, message, number, name, first, ways[1:])]


def _first(origin: Origin, split: Split, missing: BoolArray) -> tuple[str, ...]:
    """Return the first ids without a prediction, with the place of those whose row is empty."""
    without_row = np.flatnonzero(missing & ~origin.given)[:N_FIRST]
    empty = origin.first(missing & origin.given, lambda example: f"{quoted(split.ids[example])} is empty")
    return (*empty, *(quoted(split.ids[int(example)]) for example in without_row))[:N_FIRST]


def _why_so_many(file: PredictionFile, split: Split) -> str:
    """Return what the ids look like on both sides, and what would make them match."""
    ids = file.ids.drop_null().unique()
    examples = split.ids.cast(ids.type)
    ways = {
        "without blanks around them": (pc.utf8_trim_whitespace(ids), pc.utf8_trim_whitespace(examples)),
        "when case is ignored": (pc.utf8_lower(ids), pc.utf8_lower(examples)),
        'without ".0" at the end': (pc.replace_substring_regex(ids, r"\.0$", ""), examples),
        "with accents composed (Unicode NFC)": (pc.utf8_normalize(ids, "NFC"), pc.utf8_normalize(examples, "NFC")),
        "without leading zeros": (pc.utf8_ltrim(ids, "0"), pc.utf8_ltrim(examples, "0")),
    }
    as_written = _n_common(ids, examples)
    for way, (read, of_split) in ways.items():
        if _n_common(read, of_split) > max(as_written, split.n_examples / 2):
            return f"More ids would match {way}: correct them in the file."
    if as_written or not len(ids):
        return "It is probably the wrong file."
    theirs, ours = quoted(ids[0]), quoted(examples[0])
    return f"No id matches: the file has ids like {theirs}, the dataset like {ours}. Is it the wrong file?"


def _n_common(ids: pa.Array, examples: pa.Array) -> int:
    return int(pc.sum(pc.is_in(examples, value_set=ids)).as_py() or 0)
