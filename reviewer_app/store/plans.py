"""The analysis plan and the title in the review file."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict, dataclass

from reviewer_app.comparison.plan import AnalysisPlan
from reviewer_app.store.connection import now
from reviewer_app.store.rows import execute, fetch, from_json, insert, to_json

OPEN, LOCKED_BEFORE_RESULTS, LOCKED_AFTER = "open", "locked_before_results", "locked_after"


@dataclass(frozen=True)
class PlanRecord:
    """The plan and its state: "open", "locked_before_results" or "locked_after"."""

    plan: AnalysisPlan
    state: str


def read_plan(connection: sqlite3.Connection) -> PlanRecord:
    """Return the plan; where nobody wrote one, the default, open."""
    rows = fetch(connection, "SELECT * FROM plan")
    if not rows:
        return PlanRecord(AnalysisPlan(), OPEN)
    row = rows[0]
    pairs = row["comparisons"]
    plan = AnalysisPlan(
        metric=row["metric"],
        margin=row["margin"],
        alpha=row["alpha"],
        comparisons=None if pairs is None else tuple((a, b) for a, b in from_json(pairs)),
        n_resamples=row["n_resamples"],
        seed=row["seed"],
    )
    return PlanRecord(plan, row["state"])


def write_plan(connection: sqlite3.Connection, plan: AnalysisPlan, state: str) -> None:
    """Write the plan in the place of the old one, inside the caller's transaction."""
    values = asdict(plan)
    execute(connection, "DELETE FROM plan")
    insert(
        connection,
        "plan",
        {
            "id": 1,
            "state": state,
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
