"""Labels that are not written as the spec has them: which step would make all of them known."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewer_app.datasets.table_files import read_table
from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import Remedy, ReviewError


@dataclass(frozen=True)
class LabelStep:
    """A way of reading labels less literally; each includes the ones before it.

    Attributes
    ----------
    option
        The value of the option ``labels`` that applies it.
    code
        Code of the finding that proposes it.
    description
        What makes the labels match, in words.
    button
        What a button that applies it says.
    normalise
        A label as the step reads it.
    """

    option: str
    code: str
    description: str
    button: str
    normalise: Callable[[str], str]

    @property
    def remedy(self) -> Remedy:
        """The option that applies the step."""
        return Remedy(self.button, "labels", self.option)

    def why(self, mapping: Mapping[str, str]) -> str:
        """Return what makes the labels of a mapping match, in words; accents that look the same are said."""
        composes = any(label != meant and _composed(label) == _composed(meant) for label, meant in mapping.items())
        return f"{self.description} and composing accents (Unicode NFC)" if composes else self.description


@dataclass(frozen=True)
class LabelProposal:
    """A step that makes every label known.

    Attributes
    ----------
    step
        The step.
    mapping
        Unknown label to known label, for every unknown one.
    """

    step: LabelStep
    mapping: Mapping[str, str]


def _composed(label: str) -> str:
    return unicodedata.normalize("NFC", label)


def _trimmed(label: str) -> str:
    return _composed(label.strip())


def casefolded(label: str) -> str:
    """Return a label without blanks at its ends, with accents composed and case ignored."""
    return _trimmed(_trimmed(label).casefold())


def _whole_number(label: str) -> str:
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", casefolded(label))


def _truth_value(label: str) -> str:
    text = _whole_number(label)
    return {"true": "1", "false": "0"}.get(text, text)


LABEL_STEPS = (
    LabelStep("trim", "labels_match_after_trim", "after trimming blanks", "Trim the labels", _trimmed),
    LabelStep("casefold", "labels_match_ignoring_case", "when case is ignored", "Ignore case", casefolded),
    LabelStep("numbers", "labels_match_as_numbers", 'when "1.0" is read as "1"', "Read 1.0 as 1", _whole_number),
    LabelStep("truth", "labels_match_as_truth_values", "when true is 1 and false is 0", "Read true as 1", _truth_value),
)
"""The steps in the order in which they are tried."""


def propose_label_mapping(unknown: Collection[str], known: Collection[str]) -> LabelProposal | None:
    """Return the first step that makes every unknown label a known one, or None.

    A step under which two known labels would be the same is never proposed.

    Parameters
    ----------
    unknown
        Labels as written that are not among `known`, of the whole column.
    known
        The labels of the dataset's spec.
    """
    if not unknown:
        return None
    for step in LABEL_STEPS:
        mapping = _mapping_of_step(step, unknown, known)
        if len(mapping) == len(set(unknown)):
            return LabelProposal(step, mapping)
    return None


def label_mapping(option: str, unknown: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Return what the user's word makes of unknown labels; the ones that it says nothing about are left out.

    Parameters
    ----------
    option
        "trim", "casefold", "numbers", "truth", or the path of a csv file with the columns ``from`` and ``to``.
    unknown
        Labels as written that are not among `known`.
    known
        The labels of the dataset's spec.

    Raises
    ------
    ReviewError
        ``labels_file`` where the file lacks a column, gives one label two meanings, or leads to a label that is not
        known; what `read_table` raises.
    """
    for step in LABEL_STEPS:
        if step.option == option:
            return _mapping_of_step(step, unknown, known)
    mapping = _read_mapping(Path(option), known)
    return {label: mapping[label] for label in unknown if label in mapping}


def _mapping_of_step(step: LabelStep, unknown: Collection[str], known: Collection[str]) -> dict[str, str]:
    by_normal_form = {step.normalise(label): label for label in known}
    if len(by_normal_form) < len(set(known)):
        return {}
    forms = {label: step.normalise(label) for label in unknown}
    return {label: by_normal_form[form] for label, form in forms.items() if form in by_normal_form}


def _read_mapping(path: Path, known: Collection[str]) -> dict[str, str]:
    file = read_table(path)
    if not {"from", "to"} <= set(file.column_names):
        message = f"{file.name} needs the columns from and to; it has {', '.join(file.column_names)}."
        raise ReviewError.of("labels_file", message, file=file.name)
    mapping: dict[str, str] = {}
    for row, line in zip(
        file.table.select(["from", "to"]).to_pylist(), file.places(range(file.table.num_rows)), strict=True
    ):
        source, target = str(row["from"]), str(row["to"])
        if target not in known:
            wrong = f"{quoted(target)} is no label of the dataset"
        elif mapping.setdefault(source, target) != target:
            wrong = f"{quoted(source)} already leads to {quoted(mapping[source])}"
        else:
            continue
        raise ReviewError.of("labels_file", f"{file.name}, {line}: {wrong}.", file=file.name, first=[line])
    return mapping
