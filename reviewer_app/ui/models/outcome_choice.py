"""The quick filters of the disagreements page, and what outcomes are called."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from reviewer_app.comparison.result import Outcome


class OutcomeChoice(Enum):
    """A quick filter by outcome."""

    DISAGREE = "disagree"
    ONLY_A = "only_a"
    ONLY_B = "only_b"
    BOTH_WRONG = "both_wrong"
    ALL = "all"

    @property
    def outcomes(self) -> frozenset[Outcome]:
        """The outcomes it lets through; empty: all of them."""
        return _OUTCOMES[self]

    @property
    def title(self) -> str:
        """What its chip says."""
        return _TITLES[self]

    def count(self, counts: Mapping[Outcome, int], n_disagreements: int) -> int:
        """Return how many examples it lets through."""
        if self is OutcomeChoice.DISAGREE:
            return n_disagreements
        return sum(count for outcome, count in counts.items() if not self.outcomes or outcome in self.outcomes)


_OUTCOMES = {
    OutcomeChoice.DISAGREE: frozenset[Outcome](),
    OutcomeChoice.ONLY_A: frozenset({Outcome.ONLY_A}),
    OutcomeChoice.ONLY_B: frozenset({Outcome.ONLY_B}),
    OutcomeChoice.BOTH_WRONG: frozenset({Outcome.BOTH_WRONG_SAME, Outcome.BOTH_WRONG_DIFFERENT}),
    OutcomeChoice.ALL: frozenset[Outcome](),
}
_TITLES = {
    OutcomeChoice.DISAGREE: "Disagree",
    OutcomeChoice.ONLY_A: "Only A right",
    OutcomeChoice.ONLY_B: "Only B right",
    OutcomeChoice.BOTH_WRONG: "Both wrong",
    OutcomeChoice.ALL: "All",
}


def outcome_words(outcome: str) -> str:
    """Return an outcome for people."""
    return {
        Outcome.BOTH_RIGHT: "Both right",
        Outcome.ONLY_A: "Only A right",
        Outcome.ONLY_B: "Only B right",
        Outcome.BOTH_WRONG_SAME: "Both wrong, with the same label",
        Outcome.BOTH_WRONG_DIFFERENT: "Both wrong, with different labels",
    }[Outcome(outcome)]
