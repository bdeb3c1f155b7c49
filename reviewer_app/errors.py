"""What is wrong with an input, in words for the person who has to mend it.

Only users' errors live here; a bug in our own code stays a traceback in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"
    """Unreadable, or the numbers would depend on a choice that nobody made: refused."""
    WARNING = "warning"
    """The numbers stand and the reader must know."""
    INFO = "info"
    """Handled."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """An option that answers a finding: a button in the window, ``--option value`` on the command line.

    Attributes
    ----------
    label
        What the button says, for example "Trim the labels".
    option
        Name of a field of `reviewer_app.datasets.options.ImportOptions`, for example "labels".
    value
        The value that answers the finding, as it would be typed on the command line, for example "trim".
    """

    label: str
    option: str
    value: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has to say about an input.

    Attributes
    ----------
    code
        Stable name, for example "duplicate_ids_conflicting".
    severity
        See `Severity`.
    message
        What is wrong, where (line, column, values), and what to do; whole sentences, plain text.
    count
        How many rows, cells or columns it is about.
    file
        The file's name as the user gave it; "" where it is about no single file.
    first
        First offenders, each in words with line and value: ``line 5: "Good Characters "``.
    remedies
        The options that answer it.
    """

    code: str
    severity: Severity
    message: str
    count: int = 1
    file: str = ""
    first: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the finding as it stands in ``--json`` output."""
        return {
            "file": self.file,
            "code": self.code,
            "severity": str(self.severity),
            "count": self.count,
            "first": list(self.first),
            "message": self.message,
        }


class ReviewError(Exception):
    """The user's input is wrong in content; nothing was changed.

    Parameters
    ----------
    findings
        What is wrong, at least one of severity error; warnings and infos met on the way may stand beside.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(finding.message for finding in self.errors))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings of severity error."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def code(self) -> str:
        """Code of the first error."""
        return self.errors[0].code if self.errors else "error"

    @classmethod
    def of(
        cls,
        code: str,
        message: str,
        *,
        file: str = "",
        count: int = 1,
        first: Sequence[str] = (),
        remedies: Sequence[Remedy] = (),
    ) -> ReviewError:
        """Return an error of a single finding."""
        return cls([Finding(code, Severity.ERROR, message, count, file, tuple(first), tuple(remedies))])
