"""The analysis plan and the title in the review file."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.significance.multiplicity import Correction
from reviewer_app.store.connection import now
from reviewer_app.store.rows import execute, fetch, from_json, insert, to_json

OPEN, LOCKED_BEFORE_RESULTS, LOCKED_AFTER = "open", "locked_before_results", "locked_after"


@dataclass(frozen=True)
class PlanRecord:
    """The plan and its history.

    Attributes
    ----------
    plan
        As it is now.
    state
        "open", "locked_before_results" or "locked_after".
    at_results
        The plan under which results were first seen, where it was changed after that; else None.
    """

    plan: AnalysisPlan
    state: str
    at_results: AnalysisPlan | None = None


def read_plan(connection: sqlite3.Connection) -> PlanRecord:
    """Return the plan; where nobody wrote one, the default, open."""
    rows = fetch(connection, "SELECT * FROM plan")
    if not rows:
        return PlanRecord(AnalysisPlan(), OPEN)
    row = rows[0]
    pairs, before = row["comparisons"], row["at_results"]
    values = {name.name: row[name.name] for name in fields(AnalysisPlan)}
    return PlanRecord(
        plan=_plan_of({**values, "comparisons": None if pairs is None else from_json(pairs)}),
        state=row["state"],
        at_results=None if before is None else _plan_of(from_json(before)),
    )


def _plan_of(values: Mapping[str, Any]) -> AnalysisPlan:
    pairs = values["comparisons"]
    return AnalysisPlan(
        **{
            **values,
            "comparisons": None if pairs is None else tuple((a, b) for a, b in pairs),
            "correction": Correction(values["correction"]),
        }
    )


def write_plan(connection: sqlite3.Connection, record: PlanRecord) -> None:
    """Write the plan in the place of the old one, inside the caller's transaction."""
    plan = record.plan
    values = asdict(plan)
    execute(connection, "DELETE FROM plan")
    insert(
        connection,
        "plan",
        {
            "id": 1,
            "state": record.state,
            "at_results": None if record.at_results is None else to_json(asdict(record.at_results)),
            "changed_at": now(),
            **values,
            "comparisons": None if plan.comparisons is None else to_json(plan.comparisons),
        },
    )


def read_title(connection: sqlite3.Connection) -> str:
    """Return the review's title."""
    return str(fetch(connection, "SELECT title FROM review")[0]["title"])


def write_title(connection: sqlite3.Connection, title: str) -> None:
    """Write the review's title."""
    execute(connection, "UPDATE review SET title = ?", (title,))
