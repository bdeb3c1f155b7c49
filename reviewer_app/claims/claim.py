"""What a paper claims, as a reviewer writes it down."""

from __future__ import annotations

from dataclasses import dataclass

from reviewer_app.significance.claims import Basis


@dataclass(frozen=True)
class ValueClaim:
    """ "Our accuracy on D is 75.6 %."

    Attributes
    ----------
    dataset, team
        Of the review; a team as TEAM or TEAM:VERSION.
    value
        As the paper prints it, for example "75.6%" or "0.756": its digits say what it was rounded from.
    metric
        Id of a metric; None: the dataset's primary one.
    basis
        How the paper's value was measured, beside ours; None: what follows from the review, if anything does.
    n
        Examples of the paper's test set; None: not said.
    spread
        As the paper prints it: the standard error of the value (another sample), or the standard deviation over runs
        (trained again); None: not said.
    runs
        Runs that the value is the mean of.
    """

    dataset: str
    team: str
    value: str
    metric: str | None = None
    basis: Basis | None = None
    n: int | None = None
    spread: str | None = None
    runs: int = 1


@dataclass(frozen=True)
class DifferenceClaim:
    """ "A is better than B on D", or "by at least 2 points".

    Attributes
    ----------
    dataset, team, over
        Of the review; each side as TEAM or TEAM:VERSION.
    at_least
        For example "2%", "2 points" or "0.02"; positive: better, whatever the direction of the metric.
    metric
        Id of a metric; None: the dataset's primary one.
    """

    dataset: str
    team: str
    over: str
    at_least: str = "0"
    metric: str | None = None


@dataclass(frozen=True)
class RankClaim:
    """ "The best of these on D", or "better than B on at least 4 of these 6 datasets".

    It is about every dataset with every other team.

    Attributes
    ----------
    datasets, team, over
        Of the review; each side as TEAM or TEAM:VERSION.
    wins
        In how many of these comparisons the team is better, at least; None: in all of them.
    metric
        Id of a metric; None: each dataset's primary one.
    """

    datasets: tuple[str, ...]
    team: str
    over: tuple[str, ...]
    wins: int | None = None
    metric: str | None = None

    @property
    def dataset(self) -> str:
        """The datasets' names."""
        return ", ".join(self.datasets)

    @property
    def n_comparisons(self) -> int:
        """Number of comparisons that it is about."""
        return len(self.datasets) * len(self.over)

    @property
    def n_wins(self) -> int:
        """In how many of them the team is better, at least."""
        return self.n_comparisons if self.wins is None else self.wins

    def differences(self) -> tuple[DifferenceClaim, ...]:
        """Return what it says of each comparison."""
        return tuple(
            DifferenceClaim(dataset, self.team, other, metric=self.metric)
            for dataset in self.datasets
            for other in self.over
        )


Claim = ValueClaim | DifferenceClaim | RankClaim
