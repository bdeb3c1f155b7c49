"""Judgements of disagreements from files, and which of them are a random sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
import pyarrow as pa

from reviewer_app.datasets.table_files import TableFile, read_table, refuse_guessed_text
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.disagreements.judging_queue import A_LABEL, B_LABEL, ID, JUDGEMENT
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.inputs import IntArray
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.corrected_difference import UNCLEAR

_MOST_ROWS = 1_000_000


class Judgement(StrEnum):
    """What a judge may say of a disagreement, as it is written in a file."""

    A_RIGHT = "a_right"
    """A's label is right and B's is not. Where the gold label is A's, this confirms it."""
    B_RIGHT = "b_right"
    """B's label is right and A's is not."""
    BOTH_ACCEPTABLE = "both_acceptable"
    """Both labels are right: neither team gains on the other."""
    LABEL_WRONG = "label_wrong"
    """The gold label is wrong, and neither team has the right one: where one has, that is said instead."""
    BOTH_WRONG = "both_wrong"
    """Neither team is right, whatever the gold label."""
    UNCLEAR = "unclear"
    """Looked at and not decided: it counts for A in one bound and for B in the other."""


VALUES: Mapping[Judgement, int] = {
    Judgement.A_RIGHT: 1,
    Judgement.B_RIGHT: -1,
    Judgement.BOTH_ACCEPTABLE: 0,
    Judgement.LABEL_WRONG: 0,
    Judgement.BOTH_WRONG: 0,
    Judgement.UNCLEAR: UNCLEAR,
}
"""Who is right in truth: 1 A alone, -1 B alone, 0 both or neither."""


@dataclass(frozen=True)
class Judged:
    """One row of a file of judgements.

    Attributes
    ----------
    judgement
        None: empty, not judged.
    place
        Where it stands, in words.
    labels
        A's and B's label that were judged, "" for no prediction; None where the file does not say.
    """

    judgement: Judgement | None
    place: str
    labels: tuple[str, str] | None = None


@dataclass(frozen=True)
class DrawnJudgements:
    """The first disagreements of the queue, as far as they were judged.

    Attributes
    ----------
    values
        Of each one in the order of the queue, as `VALUES` has them; skipped ones are unclear; shape (m,).
    findings
        ``skipped_in_queue``, ``judged_outside_queue``, ``judged_agreements``: what was left out, and why.
    """

    values: IntArray
    findings: tuple[Finding, ...]


def read_judgements(paths: Sequence[Path]) -> dict[str, Judged]:
    """Return the judgement of each example named in csv, parquet or jsonl files, in the order of the files.

    A file needs the columns ``example_id`` and ``judgement``, and should have ``a_label`` and ``b_label``, which show
    whose labels were judged; others are ignored. An id may stand there several times,
    in one file or in several, if no two judgements of it differ; an empty one gives way.

    Raises
    ------
    ReviewError
        As `read_table`; ``no_id_column``, ``no_judgement_column``; ``empty_ids``, ``unknown_judgements`` and
        ``conflicting_judgements``, with line and value.
    """
    found: dict[str, Judged] = {}
    conflicts: list[str] = []
    for path in paths:
        file = read_table(path, max_rows=_MOST_ROWS)
        ids, words, labels = _column(file, ID), _column(file, JUDGEMENT), _labels(file)
        refuse_guessed_text(file, [ID])
        judgements = _judgements(file, words)
        _refuse_empty_ids(file, ids)
        # Files of judgements are as long as people have patience: one scan for all places.
        places = file.places(range(len(ids)))
        for name, judgement, place, judged in zip(ids, judgements, places, labels, strict=True):
            where = f"{file.name}, {place}" if len(paths) > 1 else place
            before = found.get(name)
            if before is None or before.judgement is None:
                found[name] = Judged(judgement, where, judged)
            elif judgement not in (None, before.judgement):
                conflicts.append(f"{quoted(name)}: {before.judgement} ({before.place}), {judgement} ({where})")
    if conflicts:
        message = (
            f"{counted(len(conflicts), 'example')} judged in two ways: {'; '.join(conflicts[:N_FIRST])}. Keep one "
            f"judgement of each, or write {Judgement.UNCLEAR}."
        )
        raise ReviewError.of(
            "conflicting_judgements",
            message,
            file=paths[0].name,
            count=len(conflicts),
            first=conflicts[:N_FIRST],
        )
    return found


@dataclass(frozen=True, eq=False)
class QueuedExamples:
    """The disagreements in the order of their queue, and what a judge may say of each.

    Attributes
    ----------
    ids
        Of the disagreements, in the order of the queue.
    agreements
        Ids of the other examples.
    labels
        Gives, for a place in the queue, A's and B's label, "" for no prediction.
    refused
        Gives, for a place in the queue, what cannot be said of its example and why: see `refused_judgements`.
    """

    ids: tuple[str, ...]
    agreements: frozenset[str]
    labels: Callable[[int], tuple[str, str]]
    refused: Callable[[int], Mapping[Judgement, str]]


def refused_judgements(stratum: str, a_given: bool, b_given: bool, n_labels: int) -> Mapping[Judgement, str]:
    """Return the judgements that cannot be of an example, with the reason.

    A team without a prediction is not right. And where there are two labels, a wrong gold label makes the other one
    right: `label_wrong`, by which neither team is, contradicts itself where a team predicts that one.
    """
    refused = {}
    for given, right, name in ((a_given, Judgement.A_RIGHT, "A"), (b_given, Judgement.B_RIGHT, "B")):
        if not given:
            refused[right] = f"{name} has no prediction for it"
            refused[Judgement.BOTH_ACCEPTABLE] = f"{name} has no prediction for it"
    if n_labels == 2 and a_given and b_given and stratum in ("only_a", "only_b"):
        other = Judgement.B_RIGHT if stratum == "only_a" else Judgement.A_RIGHT
        why = f"of two labels, one team has each: write {other} if the gold label is wrong"
        refused |= {Judgement.LABEL_WRONG: why, Judgement.BOTH_WRONG: why}
    return refused


def drawn_judgements(judged: Mapping[str, Judged], queue: QueuedExamples) -> DrawnJudgements:
    """Return the values of the first disagreements of the queue, up to the last one that was judged.

    What was handed out is the beginning of the queue as far as all of its examples stand in the files. Up to the last
    judgement there, examples left empty were skipped, and count as unclear. Judgements of disagreements further on were
    not drawn at random: they are left out, and named. So are those of examples on which the teams agree.

    Raises
    ------
    ReviewError
        ``unknown_examples``: ids that are not among the test examples. ``other_labels_judged``: the labels in the file
        are not those of A and B, as where the two were exchanged. ``impossible_judgements``: see `refused_judgements`.
    """
    places = {name: place for place, name in enumerate(queue.ids)}
    unknown = [name for name in judged if name not in places and name not in queue.agreements]
    if unknown:
        raise _error(
            "unknown_examples",
            f"{counted(len(unknown), 'id')} not among the test examples",
            judged,
            unknown,
            "Judge the queue of this dataset and of this pair.",
        )
    words = [(name, one.judgement) for name, one in judged.items() if one.judgement is not None]
    _refuse_other_labels(judged, [(name, places[name]) for name, _ in words if name in places], queue)
    impossible = [name for name, word in words if name in places and word in queue.refused(places[name])]
    if impossible:
        why = "; ".join(
            f"{quoted(name)} {judged[name].judgement}: {_why(queue, places[name], judged[name])}"
            for name in impossible[:N_FIRST]
        )
        raise _error("impossible_judgements", "some judgements cannot be", judged, impossible, f"{why}.")
    handed_out = next((place for place, name in enumerate(queue.ids) if name not in judged), len(queue.ids))
    last = max((places[name] + 1 for name, _ in words if places.get(name, handed_out) < handed_out), default=0)
    values, skipped = np.full(last, UNCLEAR, dtype=np.int64), []
    for place, name in enumerate(queue.ids[:last]):
        judgement = judged[name].judgement
        if judgement is None:
            skipped.append(name)
        else:
            values[place] = VALUES[judgement]
    outside = [name for name, _ in words if places.get(name, -1) >= handed_out]
    agreed = [name for name, _ in words if name in queue.agreements]
    unnamed = [name for name, _ in words if judged[name].labels is None]
    return DrawnJudgements(values, tuple(_findings(judged, skipped, outside, agreed, unnamed)))


def _refuse_other_labels(
    judged: Mapping[str, Judged], places: Sequence[tuple[str, int]], queue: QueuedExamples
) -> None:
    """Raise where what was judged are not the labels of A and B: `a_right` would be said of another's label."""
    other = [
        (name, place)
        for name, place in places
        if judged[name].labels is not None and judged[name].labels != queue.labels(place)
    ]
    if not other:
        return
    are_exchanged = all(judged[name].labels == queue.labels(place)[::-1] for name, place in other)
    remedy = (
        "A and B are exchanged: name them in the order in which the queue was written."
        if are_exchanged
        else "Judge a queue of this pair as it is now: another pair, or newer predictions, have other labels."
    )
    what = f"{counted(len(other), 'example')} judged with other labels than A and B have"
    raise _error("other_labels_judged", what, judged, [name for name, _ in other], remedy)


def _findings(
    judged: Mapping[str, Judged],
    skipped: Sequence[str],
    outside: Sequence[str],
    agreed: Sequence[str],
    unnamed: Sequence[str],
) -> list[Finding]:
    said = (
        (
            "skipped_in_queue",
            skipped,
            f"{counted(len(skipped), 'example')} left empty before the last judgement: counted as unclear, for either "
            "team in turn",
        ),
        (
            "judged_outside_queue",
            outside,
            f"{counted(len(outside), 'judgement')} left out: not drawn at random, because examples before them in the "
            "queue are in none of the files",
        ),
        (
            "judged_agreements",
            agreed,
            f"{counted(len(agreed), 'judgement')} left out: both teams predict the same there, so nothing changes "
            "between them",
        ),
        (
            "judged_labels_not_named",
            unnamed,
            f"{counted(len(unnamed), 'judgement')} without {A_LABEL} and {B_LABEL}: taken to be of this A and this B",
        ),
    )
    return [
        Finding(code, Severity.WARNING, f"{message} ({'; '.join(first)}).", len(names), first=first)
        for code, names, message in said
        if names
        for first in [_first(judged, names)]
    ]


def _why(queue: QueuedExamples, place: int, judged: Judged) -> str:
    assert judged.judgement is not None
    return queue.refused(place)[judged.judgement]


def _first(judged: Mapping[str, Judged], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{judged[name].place}: {quoted(name)}" for name in names[:N_FIRST])


def _error(code: str, what: str, judged: Mapping[str, Judged], names: Sequence[str], remedy: str) -> ReviewError:
    first = _first(judged, names)
    message = f"In the judgements, {what} ({'; '.join(first)}). {remedy}"
    return ReviewError.of(code, message, count=len(names), first=first)


def _column(file: TableFile, name: str) -> list[str]:
    """Return a column as text without blanks at its ends, "" for what is missing."""
    matching = [column for column in file.column_names if column.strip().casefold() == name]
    if not matching:
        code = "no_id_column" if name == ID else "no_judgement_column"
        columns = ", ".join(map(quoted, file.column_names))
        message = f'{file.name} has no column "{name}" (columns: {columns}). Judge a file that was written as a queue.'
        raise ReviewError.of(code, message, file=file.name)
    values = file.table.column(matching[0]).cast(pa.string()).to_pylist()
    return [(value or "").strip() if name == JUDGEMENT else (value or "") for value in values]


def _labels(file: TableFile) -> list[tuple[str, str] | None]:
    """Return the labels that each row names; None where the file has no columns for them."""
    if not {A_LABEL, B_LABEL} <= set(file.column_names):
        return [None] * file.table.num_rows
    refuse_guessed_text(file, [A_LABEL, B_LABEL])
    return list(zip(_column(file, A_LABEL), _column(file, B_LABEL), strict=True))


def _judgements(file: TableFile, words: Sequence[str]) -> list[Judgement | None]:
    known = {str(judgement): judgement for judgement in Judgement}
    unknown = [row for row, word in enumerate(words) if word and word.casefold() not in known]
    if unknown:
        rows = unknown[:N_FIRST]
        first = tuple(f"{place}: {quoted(words[row])}" for place, row in zip(file.places(rows), rows, strict=True))
        message = (
            f"{file.name}: {counted(len(unknown), 'judgement')} not understood ({'; '.join(first)}). Write "
            f"{', '.join(known)}, or leave it empty."
        )
        raise ReviewError.of("unknown_judgements", message, file=file.name, count=len(unknown), first=first)
    return [known[word.casefold()] if word else None for word in words]


def _refuse_empty_ids(file: TableFile, ids: Sequence[str]) -> None:
    empty = [row for row, name in enumerate(ids) if not name]
    if empty:
        first = tuple(file.places(empty[:N_FIRST]))
        message = f"{file.name}: {counted(len(empty), 'row')} without an example_id ({'; '.join(first)}). Fill them in."
        raise ReviewError.of("empty_ids", message, file=file.name, count=len(empty), first=first)
