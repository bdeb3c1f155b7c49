"""Predicted labels as codes: the dataset's labels first, then those that only predictions know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.datasets.labels import LABEL_STEPS, label_mapping, propose_label_mapping
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.inputs import NO_PREDICTION
from reviewer_app.evaluation.needs import counted
from reviewer_app.submissions.origin import Origin

MAX_LABELS = 65_000
"""Codes are 16 bits, and the last one means "no prediction"."""

_SHOWN = 10
_Codes = NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class LabelColumn:
    """The labels of a column for the examples of a split, each different label once.

    Attributes
    ----------
    labels
        The different labels that these examples have, as written.
    indices
        Position in `labels` of each example's label, -1 where it has none, shape (n,).
    """

    labels: tuple[str, ...]
    indices: NDArray[np.int64]

    @classmethod
    def of(cls, values: pa.ChunkedArray, rows: NDArray[np.int64]) -> LabelColumn:
        """Return the labels of the examples whose rows are given; a negative row has no label."""
        encoded = values.dictionary_encode().combine_chunks()
        # the place after the last one stands for "no label", and is what -1 reaches
        codes = np.append(encoded.indices.fill_null(-1).to_numpy(), -1)[rows]
        used = np.flatnonzero(np.bincount(codes + 1, minlength=len(encoded.dictionary) + 1)[1:])
        places = np.full(len(encoded.dictionary) + 1, -1, dtype=np.int64)
        places[used] = np.arange(len(used))
        return cls(tuple(encoded.dictionary.take(pa.array(used)).to_pylist()), places[codes])

    def count(self, labels: set[str]) -> NDArray[np.bool_]:
        """Return which examples have one of these labels, shape (n,)."""
        wanted = np.array([*(label in labels for label in self.labels), False])
        return np.asarray(wanted[self.indices])


class LabelCodes:
    """Codes of labels; grows with the labels that predictions bring.

    Parameters
    ----------
    spec_labels
        The labels of the dataset's spec, in class order.
    known_labels
        Labels that already have a code: the spec's and those of earlier predictions.
    file
        Name of the file with the predictions.
    """

    def __init__(self, spec_labels: Sequence[str], known_labels: Sequence[str] = (), *, file: str = "") -> None:
        self._file = file
        self._codes = {label: code for code, label in enumerate(dict.fromkeys((*spec_labels, *known_labels)))}
        self._spec = tuple(spec_labels)
        self._meaning: dict[str, str] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """All labels by code."""
        return tuple(self._codes)

    def settle(self, column: LabelColumn, options: ImportOptions, origin: Origin) -> list[Finding]:
        """Decide what the unknown labels of the predicted label's column mean, and return what there is to say.

        Raises
        ------
        ReviewError
            ``too_many_labels``; ``labels_match_after_trim`` and the like where labels are only known when read less
            literally and nobody said so; ``labels_disjoint`` where none is known.
        """
        spec = set(self._spec)
        unknown = [label for label in column.labels if label not in spec]
        self._refuse_too_many(column)
        if options.labels is not None:  # read where it changes nothing too: a file that is not there is a mistake
            self._meaning = label_mapping(options.labels, unknown, self._spec)
        if not unknown:
            return []
        findings: list[Finding] = []
        if options.labels is not None:
            if self._meaning:
                findings.append(self._mapped(column, options.labels, origin))
        else:
            self._refuse_near_matches(column, unknown, origin)
        still_unknown = {label for label in unknown if label not in self._meaning}
        if len(still_unknown) == len(column.labels):
            raise self._disjoint(column, origin)
        if still_unknown:
            findings.append(self._unknown(column, still_unknown, origin))
        return findings

    def codes(self, column: LabelColumn) -> _Codes:
        """Return the code of each example's label, `NO_PREDICTION` where it has none, shape (n,).

        Raises
        ------
        ReviewError
            ``too_many_labels``.
        """
        self._refuse_too_many(column)
        meant = [self._meaning.get(label, label) for label in column.labels]
        table = [self._codes.setdefault(label, len(self._codes)) for label in meant]
        return np.array([*table, NO_PREDICTION], dtype=np.uint16)[column.indices]

    def _refuse_too_many(self, column: LabelColumn) -> None:
        number = sum(label not in self._codes for label in column.labels)
        if len(self._codes) + number <= MAX_LABELS:
            return
        message = (
            f"{self._file}: a column of labels holds {number:,} different ones that are not known yet; at most "
            f"{MAX_LABELS:,} labels are possible. If another column holds the labels, say --column label=NAME."
        )
        raise ReviewError.of("too_many_labels", message, file=self._file, count=number)

    def _refuse_near_matches(self, column: LabelColumn, unknown: Sequence[str], origin: Origin) -> None:
        """Raise where labels would be known if they were read less literally.

        A step that makes all of them known is proposed. So is trimming, or ignoring case, that makes some of them
        known: to count " yes" as wrong beside a true stranger is a choice too.
        """
        proposal = propose_label_mapping(unknown, self._spec)
        if proposal is not None:
            step, mapping = proposal.step, proposal.mapping
        else:
            for step in LABEL_STEPS[:2]:
                mapping = label_mapping(step.option, unknown, self._spec)
                if mapping:
                    break
            else:
                return
        where = column.count(set(mapping))
        pairs = _pairs(mapping)
        message = (
            f"{counted(int(np.count_nonzero(where)), 'label')} match the dataset's only "
            f"{step.why(mapping)}: {pairs}. Say so with --labels {step.option}, or say what each label means "
            "in a csv file with the columns from,to (--labels FILE)."
        )
        value = _value_of(column)
        raise ReviewError([origin.finding(step.code, Severity.ERROR, message, where, value, (step.remedy,))])

    def _mapped(self, column: LabelColumn, option: str, origin: Origin) -> Finding:
        where = column.count(set(self._meaning))
        number = counted(int(np.count_nonzero(where)), "label")
        message = f"{number} read as --labels {option} says: {_pairs(self._meaning)}."
        return origin.finding("labels_mapped", Severity.INFO, message, where, _value_of(column))

    def _disjoint(self, column: LabelColumn, origin: Origin) -> ReviewError:
        where = column.indices >= 0
        message = (
            f"none of its labels is one of the dataset's. It has {_listed(column.labels)}; the dataset has "
            f"{_listed(self._spec)}. If they mean the same, say which is which in a csv file with the columns from,to "
            "and name it with --labels FILE."
        )
        return ReviewError([origin.finding("labels_disjoint", Severity.ERROR, message, where, _value_of(column))])

    def _unknown(self, column: LabelColumn, unknown: set[str], origin: Origin) -> Finding:
        counts = np.bincount(column.indices[column.indices >= 0], minlength=len(column.labels))
        numbers = sorted(
            ((-int(count), label) for count, label in zip(counts, column.labels, strict=True) if label in unknown)
        )
        listed = ", ".join(f"{quoted(label)} ({-negative:,})" for negative, label in numbers[:_SHOWN])
        more = f" and {len(numbers) - _SHOWN:,} more labels" if len(numbers) > _SHOWN else ""
        where = column.count(unknown)
        number = counted(int(np.count_nonzero(where)), "prediction")
        message = f"{number} with labels that the dataset does not have count as wrong: {listed}{more}."
        return origin.finding("unknown_labels", Severity.WARNING, message, where, _value_of(column))


def _value_of(column: LabelColumn) -> Callable[[int], str]:
    return lambda example: quoted(column.labels[column.indices[example]])


def _pairs(mapping: Mapping[str, str]) -> str:
    return ", ".join(f"{quoted(label)} as {quoted(meant)}" for label, meant in list(mapping.items())[:_SHOWN])


def _listed(labels: Sequence[str]) -> str:
    shown = ", ".join(quoted(label) for label in labels[:_SHOWN])
    return f"{shown} and {len(labels) - _SHOWN:,} more" if len(labels) > _SHOWN else shown
