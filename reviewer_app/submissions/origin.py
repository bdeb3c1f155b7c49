"""Where aligned values come from, so that every complaint can name line and value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from reviewer_app.errors import Finding, Remedy, Severity
from reviewer_app.evaluation.inputs import BoolArray, IntArray

N_FIRST = 5
"""How many offenders a finding shows."""


@dataclass(frozen=True, eq=False)
class Origin:
    """The place of each example's prediction in a file (or in what a worker sent).

    Attributes
    ----------
    file
        What the file is called in messages.
    rows
        Row of the file, from 0, of each example, shape (n,); negative where it has none.
    places
        Rows to words, such as "line 5"; called for the first offenders alone.
    """

    file: str
    rows: IntArray
    places: Callable[[Iterable[int]], list[str]]

    @property
    def given(self) -> BoolArray:
        """Where the file has a row, shape (n,)."""
        return np.asarray(self.rows >= 0)

    def first(self, where: BoolArray, value: Callable[[int], str]) -> tuple[str, ...]:
        """Return the first offenders in words, in the file's order: place and `value` of the example."""
        offenders = np.flatnonzero(where)
        n_shown = min(N_FIRST, len(offenders))
        if n_shown < len(offenders):
            offenders = offenders[np.argpartition(self.rows[offenders], n_shown)[:n_shown]]
        offenders = offenders[np.argsort(self.rows[offenders], kind="stable")]
        places = self.places(int(row) for row in self.rows[offenders])
        return tuple(f"{place}: {value(int(example))}" for place, example in zip(places, offenders, strict=True))

    def finding(
        self,
        code: str,
        severity: Severity,
        message: str,
        where: BoolArray,
        value: Callable[[int], str],
        remedies: tuple[Remedy, ...] = (),
    ) -> Finding:
        """Return a finding about the examples `where`; the file's name and the first offenders frame the message."""
        first = self.first(where, value)
        shown = f" First: {'; '.join(first)}." if first else ""
        text = f"{self.file}: {message}{shown}"
        return Finding(code, severity, text, int(np.count_nonzero(where)), self.file, first, remedies)
