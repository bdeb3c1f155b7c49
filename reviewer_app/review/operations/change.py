"""What an operation did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reviewer_app.errors import Finding


class Operation(Protocol):
    """A frozen dataclass that `Review.do` knows how to apply."""

    @property
    def describes(self) -> str:
        """One line for the audit trail and the undo menu, for example "add dataset emoji-group"."""
        ...


@dataclass(frozen=True)
class Change:
    """What an operation changed.

    Attributes
    ----------
    operation
        What was done.
    stale
        What must be read again: of "datasets", "teams", "runs", "results", "disagreements", "plan", "title".
    findings
        Warnings and infos that the input gave rise to.
    inverse
        The operation that undoes it; None where it cannot be undone by one (imports, runs).
    created
        Names of what was created, for example ("emoji-group",).
    """

    operation: Operation
    stale: frozenset[str]
    findings: tuple[Finding, ...] = ()
    inverse: Operation | None = None
    created: tuple[str, ...] = ()
