"""The columns of the disagreements table, and how a value is written in a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reviewer_app.disagreements.table import DisagreementTable

CELL_CHARACTERS = 200
"""A cell shows one line: shaping a text of a megabyte for it would freeze the window."""


class ColumnRole(StrEnum):
    """What a column of the table shows."""

    ID = "id"
    GOLD = "gold"
    PREDICTION_A = "a"
    PREDICTION_B = "b"
    CONFIDENCE = "confidence"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True)
class ExampleColumn:
    """A column of the disagreements table.

    Attributes
    ----------
    name
        Key of the table's rows, and what conditions and sorting call it.
    title
        What the header says.
    role
        See `ColumnRole`.
    explanation
        What the header's tooltip says.
    """

    name: str
    title: str
    role: ColumnRole
    explanation: str

    @property
    def is_numeric(self) -> bool:
        """Whether its values are numbers: right-aligned, largest first at the first click."""
        return self.role in (ColumnRole.NUMBER, ColumnRole.CONFIDENCE)


def example_columns(table: DisagreementTable) -> tuple[ExampleColumn, ...]:
    """Return the columns of a comparison's table: id, gold, A, B, scores where there are any, then the features."""
    return tuple(_columns(table))


def _columns(table: DisagreementTable) -> Iterator[ExampleColumn]:
    from reviewer_app.disagreements.table import OWN_COLUMNS

    yield ExampleColumn("id", "id", ColumnRole.ID, "The example's id")
    yield ExampleColumn("gold", "gold", ColumnRole.GOLD, "The label of the dataset")
    yield ExampleColumn("a", "A", ColumnRole.PREDICTION_A, f"What {table.team_a} predicts")
    yield ExampleColumn("b", "B", ColumnRole.PREDICTION_B, f"What {table.team_b} predicts")
    has_a, has_b = has_values(table.a_confidence), has_values(table.b_confidence)
    word, meaning = (
        ("score", "score of the positive label")
        if table.task == "matching"
        else ("confidence", "confidence in its label")
    )
    if has_a:
        yield ExampleColumn("a_confidence", f"{word} A", ColumnRole.CONFIDENCE, f"{table.team_a}: {meaning}")
    if has_b:
        yield ExampleColumn("b_confidence", f"{word} B", ColumnRole.CONFIDENCE, f"{table.team_b}: {meaning}")
    if has_a and has_b:
        yield ExampleColumn("gap", "gap", ColumnRole.CONFIDENCE, f"How far the two teams' {word}s lie apart")
    for name in _side_by_side([name for name in table.column_names if name not in OWN_COLUMNS]):
        role = ColumnRole.NUMBER if table.is_numeric(name) else ColumnRole.TEXT
        kind = table.kinds.get(name.removeprefix("feature:"), "")
        yield ExampleColumn(name, name.replace("_", " "), role, f"{name} ({kind})" if kind else name)


def _side_by_side(names: list[str]) -> list[str]:
    """Return the columns of a pair's two records next to each other: left title, right title, left price, ..."""
    ordered: dict[str, None] = {}
    for name in names:
        other = f"right_{name.removeprefix('left_')}"
        ordered.update(dict.fromkeys([name, other] if name.startswith("left_") and other in names else [name]))
    return list(ordered)


def has_values(confidence: np.ndarray) -> bool:
    """Return whether some confidence is not NaN."""
    return bool(np.isfinite(confidence).any())


def cell_text(value: object, role: ColumnRole) -> str:
    """Return a value as one short line; an en dash where it is missing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        if np.isnan(value):
            return "–"
        return f"{value:.2f}" if role is ColumnRole.CONFIDENCE else number_text(value)
    return one_line(str(value))


def number_text(value: float) -> str:
    """Return a numeric feature as it was most likely written: 2007, not 2007.0 or 2,007."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.6g}"


def one_line(text: str, limit: int = CELL_CHARACTERS) -> str:
    """Return the beginning of a text without line breaks."""
    line = " ".join(text[: 2 * limit].split())
    return line if len(line) <= limit and len(text) <= 2 * limit else line[:limit] + "…"
