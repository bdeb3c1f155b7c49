"""The spec of a standardized dataset: what ``dataset.json`` says (format: README, "Standardized datasets")."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from reviewer_app.datasets.wording import quoted
from reviewer_app.errors import Finding, ReviewError, Severity

SPLITS = ("train", "validation", "test")
"""Names of the splits, in this order everywhere; only ``test`` is required."""

SPEC_FILE = "dataset.json"
"""Name of the spec's file in a dataset folder."""

MOST_LABELS = 65535
"""Labels are coded as uint16, and the last code means "no prediction"."""


class Task(StrEnum):
    """What is asked of a model."""

    CLASSIFICATION = "classification"
    """One label of a fixed set, k-way."""
    MATCHING = "matching"
    """Is this pair of records a match? Two labels, one of them positive."""


class ColumnKind(StrEnum):
    """What a feature column holds."""

    TEXT = "text"
    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    IMAGE = "image"
    """A path inside the dataset folder."""
    DATETIME = "datetime"
    IGNORED = "ignored"


@dataclass(frozen=True)
class DatasetSpec:
    """What a standardized dataset says of itself.

    Attributes
    ----------
    name
        The dataset's name.
    task
        See `Task`.
    id
        Name of the column that names the examples.
    target
        Name of the column with the gold label.
    columns
        Feature columns and their kinds, in order.
    labels
        The labels in class order.
    positive_label
        The label that means "match"; None in classification.
    metric
        Id of the primary metric; None: the task's default.
    label_meaning
        One sentence for people.
    costs
        (true label, predicted label, cost), the rest 0; empty where no costs are given.
    group
        Columns that together name an example's group (classification); empty: examples are independent.
    records
        Columns that make up the left and the right record of a pair (matching); None: all ``left_*``, all ``right_*``.
    source
        Where it comes from: homepage, licence, citation, ...
    rows
        Number of examples each split is said to have; checked.
    extra
        Unknown keys, kept as they are.
    """

    name: str
    task: Task
    id: str
    target: str
    columns: Mapping[str, ColumnKind]
    labels: tuple[str, ...]
    positive_label: str | None = None
    metric: str | None = None
    label_meaning: str = ""
    costs: tuple[tuple[str, str, float], ...] = ()
    group: tuple[str, ...] = ()
    records: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def read_spec(path: Path, *, name: str | None = None) -> tuple[DatasetSpec, tuple[Finding, ...]]:
    """Return the spec of a ``dataset.json`` and what there is to say about it.

    Parameters
    ----------
    path
        The file.
    name
        What it is called in messages; None: the file's name.

    Raises
    ------
    ReviewError
        ``invalid_spec``, one finding per problem, all of them at once; ``unreadable``.
    """
    file = name or path.name
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError.of("unreadable", f"{file} cannot be read: {error}.", file=file) from error
    doubled: list[str] = []

    def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        doubled.extend(_doubled(key for key, _ in pairs))
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=unique_keys)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ReviewError.of("invalid_spec", f"{file} is not valid JSON: {error}.", file=file) from error
    if doubled:
        findings = [_problem(file, f"the key {quoted(key)} stands there twice") for key in doubled]
        raise ReviewError(findings)
    return parse_spec(data, file)


def parse_spec(data: object, file: str = SPEC_FILE) -> tuple[DatasetSpec, tuple[Finding, ...]]:
    """Return the spec that a decoded ``dataset.json`` describes and what there is to say about it.

    Raises
    ------
    ReviewError
        ``invalid_spec``, one finding per problem, all of them at once.
    """
    if not isinstance(data, dict):
        raise ReviewError([_problem(file, "it must be one JSON object")])
    parser = _SpecParser(data)
    spec = parser.spec()
    if spec is None:
        raise ReviewError([_problem(file, problem) for problem in parser.problems])
    findings: tuple[Finding, ...] = ()
    if spec.extra:
        keys = ", ".join(f"{quoted(key)}" for key in spec.extra)
        message = f"{file} has keys that mean nothing here: {keys}. They are kept as they are. Is one misspelt?"
        findings = (Finding("unknown_keys", Severity.INFO, message, len(spec.extra), file, tuple(spec.extra)),)
    return spec, findings


def spec_to_json(spec: DatasetSpec) -> dict[str, Any]:
    """Return a spec as ``dataset.json`` holds it, keys in the format's order, without what is not given."""
    data: dict[str, Any] = {
        "name": spec.name,
        "task": str(spec.task),
        "id": spec.id,
        "target": spec.target,
        "positive_label": spec.positive_label,
        "metric": spec.metric,
        "columns": {name: str(kind) for name, kind in spec.columns.items()},
        "labels": list(spec.labels),
        "label_meaning": spec.label_meaning,
        "costs": [{"true": true, "predicted": predicted, "cost": cost} for true, predicted, cost in spec.costs],
        "group": list(spec.group),
        "records": [list(side) for side in spec.records] if spec.records else None,
        "source": dict(spec.source),
        "rows": dict(spec.rows),
    }
    required = ("name", "task", "id", "target", "columns", "labels")
    given = {key: value for key, value in data.items() if key in required or value}
    return {**given, **spec.extra}


def _keys() -> frozenset[str]:
    return frozenset(entry.name for entry in fields(DatasetSpec)) - {"extra"}


def _problem(file: str, what: str) -> Finding:
    return Finding("invalid_spec", Severity.ERROR, f"{file}: {what}.", file=file)


def _listed(values: Iterable[object]) -> str:
    return ", ".join(quoted(value) for value in values)


class _SpecParser:
    """Takes a decoded ``dataset.json`` apart and collects what is wrong."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self.problems: list[str] = []

    def spec(self) -> DatasetSpec | None:
        """Return the spec, or None where there are problems."""
        name, id_name, target = self._text("name"), self._text("id"), self._text("target")
        task = self._task()
        columns = self._columns(id_name, target)
        labels = self._labels(task)
        spec = DatasetSpec(
            name=name,
            task=task or Task.CLASSIFICATION,
            id=id_name,
            target=target,
            columns=columns,
            labels=labels,
            positive_label=self._positive_label(task, labels),
            metric=self._text("metric", required=False) or None,
            label_meaning=self._text("label_meaning", required=False),
            costs=self._costs(labels),
            group=self._group(task, columns),
            records=self._records(task, columns),
            source=self._object("source"),
            rows=self._rows(),
            extra={key: value for key, value in self._data.items() if key not in _keys()},
        )
        if id_name and id_name == target:
            self.problems.append(f'"id" and "target" name the same column, {quoted(id_name)}')
        return None if self.problems else spec

    def _text(self, key: str, *, required: bool = True) -> str:
        value = self._data.get(key)
        if value is None:
            if required:
                self.problems.append(f"the key {quoted(key)} is missing")
            return ""
        if not isinstance(value, str) or (required and not value.strip()):
            self.problems.append(f"{quoted(key)} must be a text, not {json.dumps(value)}")
            return ""
        return value

    def _object(self, key: str) -> dict[str, Any]:
        value = self._data.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.problems.append(f"{quoted(key)} must be an object in braces")
            return {}
        return value

    def _list(self, key: str) -> list[Any]:
        value = self._data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problems.append(f"{quoted(key)} must be a list in brackets")
            return []
        return value

    def _task(self) -> Task | None:
        value = self._text("task")
        if value in list(Task):
            return Task(value)
        if value:
            self.problems.append(f'the task {quoted(value)} is unknown: it is "classification" or "matching"')
        return None

    def _columns(self, id_name: str, target: str) -> dict[str, ColumnKind]:
        if "columns" not in self._data:
            self.problems.append('the key "columns" is missing')
        columns = {}
        kinds = [str(kind) for kind in ColumnKind]
        for column, kind in self._object("columns").items():
            if kind not in kinds:
                self.problems.append(
                    f"column {quoted(column)}: the kind {quoted(kind)} is unknown: it is one of {_listed(kinds)}"
                )
            elif column and column in (id_name, target):
                role = "target" if column == target else "id"
                self.problems.append(f"column {quoted(column)} is the {role} and is listed as a feature too")
            else:
                columns[column] = ColumnKind(kind)
        return columns

    def _labels(self, task: Task | None) -> tuple[str, ...]:
        if "labels" not in self._data:
            self.problems.append('the key "labels" is missing')
            return ()
        labels = []
        for value in self._list("labels"):
            if isinstance(value, str) and value:
                labels.append(value)
            elif isinstance(value, int | float) and math.isfinite(value):
                labels.append(_typed_label(value))
            else:
                self.problems.append(f'"labels" holds {json.dumps(value)}, which is no label')
        if doubled := _doubled(labels):
            self.problems.append(f'"labels" holds {_listed(doubled)} twice')
        elif task is Task.MATCHING and len(labels) != 2:
            self.problems.append(f'a matching dataset has two labels; "labels" holds {len(labels)}')
        elif not labels:
            self.problems.append('"labels" must hold a label at least')
        elif len(labels) > MOST_LABELS:
            self.problems.append(f'"labels" holds {len(labels):,} labels; {MOST_LABELS:,} is the most')
        return tuple(labels)

    def _positive_label(self, task: Task | None, labels: Collection[str]) -> str | None:
        value = self._data.get("positive_label")
        if value is not None:
            value = _typed_label(value) if isinstance(value, int | float) else value
            if task is Task.CLASSIFICATION:
                self.problems.append('"positive_label" belongs to matching datasets')
            elif value not in labels:
                self.problems.append(
                    f'"positive_label" is {quoted(value)}, which is not among the labels: {_listed(labels)}'
                )
            else:
                return str(value)
        elif task is Task.MATCHING:
            self.problems.append('the key "positive_label" is missing: which label means a match?')
        return None

    def _costs(self, labels: Collection[str]) -> tuple[tuple[str, str, float], ...]:
        costs: dict[tuple[str, str], float] = {}
        for entry in self._list("costs"):
            where = f'"costs" entry {json.dumps(entry)}'
            if not isinstance(entry, dict) or set(entry) != {"true", "predicted", "cost"}:
                self.problems.append(f'{where}: it needs exactly the keys "true", "predicted" and "cost"')
                continue
            true, predicted, cost = entry["true"], entry["predicted"], entry["cost"]
            if unknown := [label for label in (true, predicted) if label not in labels]:
                self.problems.append(f"{where}: {_listed(unknown)} is not among the labels")
            elif isinstance(cost, bool) or not isinstance(cost, int | float) or not (0 <= cost < math.inf):
                self.problems.append(f"{where}: the cost must be a number from 0 up")
            elif true == predicted and cost:
                self.problems.append(f"{where}: a right prediction costs nothing")
            elif (true, predicted) in costs:
                self.problems.append(f"{where}: this pair of labels has a cost already")
            else:
                costs[true, predicted] = float(cost)
        return tuple((true, predicted, cost) for (true, predicted), cost in costs.items())

    def _known_columns(self, key: str, values: object, columns: Collection[str]) -> tuple[str, ...]:
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            self.problems.append(f"{quoted(key)} must hold names of columns")
            return ()
        if unknown := [value for value in values if value not in columns]:
            self.problems.append(f"{quoted(key)} names {_listed(unknown)}, which is not among the columns")
        return tuple(values)

    def _group(self, task: Task | None, columns: Collection[str]) -> tuple[str, ...]:
        group = self._known_columns("group", self._list("group"), columns)
        if group and task is Task.MATCHING:
            self.problems.append('"group" belongs to classification datasets; in matching the records decide')
        return group

    def _records(self, task: Task | None, columns: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        sides = self._list("records")
        if not sides:
            return None
        if task is Task.CLASSIFICATION:
            self.problems.append('"records" belongs to matching datasets')
        if len(sides) != 2 or not all(sides):
            self.problems.append('"records" must hold two lists: the columns of the left and of the right record')
            return None
        left, right = (self._known_columns("records", side, columns) for side in sides)
        return left, right

    def _rows(self) -> dict[str, int]:
        rows = {}
        for split, count in self._object("rows").items():
            if split not in SPLITS:
                self.problems.append(f'"rows" names the split {quoted(split)}: the splits are {_listed(SPLITS)}')
            elif isinstance(count, bool) or not isinstance(count, int) or count < 0:
                self.problems.append(f'"rows": the count of {split} must be a whole number')
            else:
                rows[split] = count
        return rows


def _doubled(values: Iterable[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _typed_label(value: float) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if value == int(value) else repr(value)
