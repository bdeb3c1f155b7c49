"""A filter: conditions on an example, joined by *and*."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from reviewer_app.comparison.result import Outcome
from reviewer_app.errors import ReviewError

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "missing", "present")
"""The operators of a condition, as they are typed."""

WITHOUT_VALUE = ("missing", "present")
"""Those that are not held against a value."""

LENGTH = "length:"
"""Put before a text column's name: the number of its characters, as a column of numbers."""


@dataclass(frozen=True)
class Condition:
    """A condition on one column: a feature, or one of the table's own (id, gold, a, b, a_confidence, ..., outcome).

    ``length:`` before the name of a column of text means the number of its characters. A missing value fulfils
    ``missing`` and nothing else, any other ``present``.

    Attributes
    ----------
    column
        Name of the column.
    op
        One of `OPERATORS`.
    value
        What it is held against, as typed; "" for ``missing`` and ``present``. Numeric columns compare numbers, the
        others text by code points; ``contains`` ignores case.
    """

    column: str
    op: str
    value: str = ""

    def __str__(self) -> str:
        """Return the condition as it is typed."""
        if self.op in WITHOUT_VALUE:
            return f"{self.column} {self.op}"
        return f"{self.column} {self.op} {self.value}"


@dataclass(frozen=True)
class ExampleFilter:
    """Which examples are shown.

    Attributes
    ----------
    outcomes
        Only these outcomes; empty: all.
    disagree_only
        Only examples with ``y_pred_a != y_pred_b``.
    conditions
        All of them must hold.
    text
        Only examples in which the id or some feature that is not numeric contains this, ignoring case; "": all.
    """

    outcomes: frozenset[Outcome] = frozenset()
    disagree_only: bool = False
    conditions: tuple[Condition, ...] = field(default=())
    text: str = ""


def parse_condition(text: str, columns: Collection[str]) -> Condition:
    """Return the condition that was typed, for example ``price>100``, ``title contains sony`` or ``price missing``.

    Parameters
    ----------
    text
        A column, an operator and a value; blanks around the operator do not matter.
    columns
        The columns there are; the longest one that the text begins with is meant, so that names may hold blanks and
        operators.

    Raises
    ------
    ReviewError
        ``bad_condition``: no known column or no operator behind it.
    """
    typed = text.strip()
    known = [column for column in columns if typed.startswith(column)]
    for column in sorted(known, key=len, reverse=True):
        rest = typed[len(column) :]
        if rest.strip() in WITHOUT_VALUE:
            return Condition(column, rest.strip())
        if rest.lstrip().startswith("contains "):
            return Condition(column, "contains", rest.lstrip().removeprefix("contains ").strip())
        for op in ("!=", "<=", ">=", "=", "<", ">"):
            if rest.lstrip().startswith(op):
                return Condition(column, op, rest.lstrip().removeprefix(op).strip())
    what = "it begins with none of the columns" if not known else f"behind {known[0]!r} stands no operator"
    raise ReviewError.of(
        "bad_condition",
        f"The condition {text!r} cannot be read: {what}. Write a column, an operator ({', '.join(OPERATORS)}) and a "
        f"value, for example 'price>100'. Columns: {', '.join(columns)}.",
    )
