"""A filter: conditions on an example, joined by *and*."""

from __future__ import annotations

from dataclasses import dataclass, field

from reviewer_app.comparison.result import Outcome

OPERATORS = ("=", "!=", "<", "<=", ">", ">=", "contains", "missing")
"""The operators of a condition, as they are typed."""


@dataclass(frozen=True)
class Condition:
    """A condition on one column: a feature, or one of id, gold, a, b, a_confidence, b_confidence, gap.

    Attributes
    ----------
    column
        Name of the column.
    op
        One of `OPERATORS`.
    value
        What it is held against, as typed; "" for ``missing``.
    """

    column: str
    op: str
    value: str = ""


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
        Only examples in which some text, categorical or id column contains this, ignoring case; "": all.
    """

    outcomes: frozenset[Outcome] = frozenset()
    disagree_only: bool = False
    conditions: tuple[Condition, ...] = field(default=())
    text: str = ""
