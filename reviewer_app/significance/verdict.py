"""From the numbers of a family of comparisons to verdicts; pure arithmetic on p values, margins and alpha."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer_app.significance.multiplicity import Correction, adjust

MIN_DIFFERENT = 10
"""With fewer examples that differ: nothing can be decided from so few; means, AUCs and rankings are never called
equivalent; shared records must not lower p."""


@dataclass(frozen=True)
class FamilyMember:
    """What is known of one comparison of the family.

    Attributes
    ----------
    difference
        A - B of the primary metric; None where not defined.
    p_value
        THE p; None counts as 1.
    p_equivalence
        The larger one-sided p at the margin; None, as where there is no margin, counts as 1.
    margin
        Margin of equivalence; None: equivalence is not tested.
    higher_is_better
        Direction of the metric.
    n_different
        Examples that only one team has right; None where unknown.
    seed_noise
        Whether p is below alpha without the variance between seeds, and not with it.
    """

    difference: float | None
    p_value: float | None
    p_equivalence: float | None
    margin: float | None
    higher_is_better: bool
    n_different: int | None = None
    seed_noise: bool = False


@dataclass(frozen=True)
class Decision:
    """A verdict and what led to it.

    Attributes
    ----------
    verdict
        "a_better", "b_better", "equivalent" or "undecided".
    reason
        Why undecided: "multiplicity", "seed_noise", "too_few_differences", "too_few_examples"; None otherwise, and
        where there is no p to decide by.
    within_margin
        The better team is better by less than the margin.
    p_adjusted, p_equivalence_adjusted
        After Holm over the family; None where there is no p.
    """

    verdict: str
    reason: str | None
    within_margin: bool
    p_adjusted: float | None
    p_equivalence_adjusted: float | None


def decide_family(
    members: Sequence[FamilyMember],
    *,
    alpha: float = 0.05,
    n_family: int | None = None,
    correction: Correction = Correction.HOLM,
) -> tuple[Decision, ...]:
    """Return the decision on each member of a family, in the order given (DESIGN 8, "Verdict").

    Better: p below alpha after correction over the family; the metric's direction and the sign of A - B say who.
    Equivalent: not better, and the equivalence p below alpha after its own correction over the family. Else undecided.

    Parameters
    ----------
    members
        Comparisons that have a result.
    alpha
        Error rate of each of the two families of tests.
    n_family
        Size of the family; members without a result count as p = 1. None: there are no others.
    correction
        How the p values are adjusted.

    Raises
    ------
    ValueError
        `n_family` is smaller than the number of members.
    """
    n_absent = (len(members) if n_family is None else n_family) - len(members)
    if n_absent < 0:
        raise ValueError(f"a family of {n_family} cannot have {len(members)} members")
    p_values = _adjusted([member.p_value for member in members], n_absent, correction)
    equivalences = _adjusted(
        [None if member.margin is None else member.p_equivalence for member in members], n_absent, correction
    )
    return tuple(
        _decide(member, p_adjusted, equivalence_adjusted, alpha)
        for member, p_adjusted, equivalence_adjusted in zip(members, p_values, equivalences, strict=True)
    )


def _adjusted(p_values: Sequence[float | None], n_absent: int, correction: Correction) -> list[float | None]:
    adjusted = adjust([1.0 if p is None else p for p in p_values] + [1.0] * n_absent, correction)
    return [None if p is None else of_family for p, of_family in zip(p_values, adjusted, strict=False)]


def _decide(
    member: FamilyMember, p_adjusted: float | None, equivalence_adjusted: float | None, alpha: float
) -> Decision:
    is_within = equivalence_adjusted is not None and equivalence_adjusted < alpha
    is_better = p_adjusted is not None and p_adjusted < alpha and bool(member.difference)
    verdict, reason = "undecided", None
    if is_better and member.difference is not None:
        verdict = "a_better" if (member.difference > 0.0) == member.higher_is_better else "b_better"
    elif is_within:
        verdict = "equivalent"
    else:
        reason = _why_undecided(member, alpha)
    return Decision(verdict, reason, is_better and is_within, p_adjusted, equivalence_adjusted)


def _why_undecided(member: FamilyMember, alpha: float) -> str | None:
    if member.p_value is None:
        return None
    alone = (member.p_value, 1.0 if member.margin is None or member.p_equivalence is None else member.p_equivalence)
    if min(alone) < alpha:
        return "multiplicity"
    if member.seed_noise:
        return "seed_noise"
    if member.n_different is not None and member.n_different < MIN_DIFFERENT:
        return "too_few_differences"
    return "too_few_examples"
