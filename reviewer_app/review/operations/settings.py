"""What a reviewer decides: title, homes, which submission stands for a team, the analysis plan."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.comparison.plan import AnalysisPlan


@dataclass(frozen=True)
class SetTitle:
    """Name the review."""

    title: str

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"name the review {self.title!r}"


@dataclass(frozen=True)
class SetHome:
    """Say whose home a dataset is; None: nobody's.

    `decided` False takes back that anybody said so, and a submission may propose again; it occurs in inverses alone.
    """

    dataset: str
    team: str | None
    decided: bool = True

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"{self.dataset} is the home of {self.team}" if self.team else f"{self.dataset} is nobody's home"


@dataclass(frozen=True)
class SetCurrent:
    """Let a submission stand for its team."""

    submission_id: int

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"choose submission {self.submission_id}"


@dataclass(frozen=True)
class OrderSubmissions:
    """Let a team's submissions stand for it in this order, the last one first: the inverse of `SetCurrent`."""

    submission_ids: tuple[int, ...]

    @property
    def describes(self) -> str:
        """One line for people."""
        return f"choose submission {self.submission_ids[-1]}"


@dataclass(frozen=True)
class SetPlan:
    """Change the analysis plan, and lock it where `lock` is given; a locked plan that changes says so for good."""

    plan: AnalysisPlan
    lock: bool = False

    @property
    def describes(self) -> str:
        """One line for people."""
        return "lock the analysis plan" if self.lock else "change the analysis plan"
