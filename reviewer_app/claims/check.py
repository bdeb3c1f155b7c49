"""From claims and measured numbers to verdicts in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from reviewer_app.claims.basis import basis_of
from reviewer_app.claims.claim import Claim, DifferenceClaim, RankClaim, ValueClaim
from reviewer_app.claims.evidence import Evidence, TeamDifference, TeamDifferences, TeamValue
from reviewer_app.claims.sentences import difference_sentence, rank_sentence, value_sentence
from reviewer_app.claims.stated import stated_difference, stated_spread, stated_value
from reviewer_app.errors import Finding, ReviewError
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.claimed_differences import at_least, at_least_so_many
from reviewer_app.significance.claimed_values import other_sample, retrained, same_predictions
from reviewer_app.significance.claims import Basis, ClaimDecision, ClaimTest, Noise, decide_claims

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class CheckedClaim:
    """A claim and what was found of it.

    Attributes
    ----------
    claim
        As it was given.
    metric
        Id of the metric that it is about; "" for a rank over datasets of different ones.
    basis, basis_reason
        How a value was measured; why that is taken, "" where the claim says so. None and "" for a difference.
    test, decision
        The numbers, and what they mean among the claims of the paper.
    n_family
        Claims that Holm's correction went over.
    sentence
        In words with numbers, ending in a full stop.
    """

    claim: Claim
    metric: str
    basis: Basis | None
    basis_reason: str
    test: ClaimTest
    decision: ClaimDecision
    n_family: int
    sentence: str


def check_claims(
    claims: Sequence[Claim], evidence: Sequence[Evidence], alpha: float = 0.05
) -> tuple[CheckedClaim, ...]:
    """Return what was found of all claims of a paper, in the order given, decided together.

    Parameters
    ----------
    claims
        All of one paper: p is adjusted over them.
    evidence
        What each of them is held against, in the same order.
    alpha
        Share of honest papers that may have a contradicted claim.

    Raises
    ------
    ReviewError
        What is wrong with claims, all of them at once: ``not_a_number``, ``percent_or_fraction``,
        ``claim_out_of_range``, ``basis_needed``, ``basis_contradicts``.
    """
    tests = of_each(claims, lambda number: _test_of(claims[number], evidence[number]))
    decisions = decide_claims([test for _, _, test in tests], alpha)
    n_family = sum(test.basis is not Basis.SAME_PREDICTIONS for _, _, test in tests)
    checked = []
    for claim, found, (basis, why, test), decision in zip(claims, evidence, tests, decisions, strict=True):
        done = CheckedClaim(claim, _metric(found), basis, why, test, decision, n_family, "")
        checked.append(replace(done, sentence=_sentence(done, found)))
    return tuple(checked)


def of_each(claims: Sequence[Claim], work: Callable[[int], _Answer]) -> list[_Answer]:
    """Return what `work` gives for the position of each claim; what is wrong with any of them is said together.

    Raises
    ------
    ReviewError
        The findings of all claims, each with the number of its claim where there are several.
    """
    answers, findings = [], list[Finding]()
    for number in range(len(claims)):
        try:
            answers.append(work(number))
        except ReviewError as error:
            which = f"Claim {number + 1}: " if len(claims) > 1 else ""
            findings += [replace(finding, message=f"{which}{finding.message}") for finding in error.findings]
    if findings:
        raise ReviewError(findings)
    return answers


def _test_of(claim: Claim, found: Evidence) -> tuple[Basis | None, str, ClaimTest]:
    if isinstance(claim, DifferenceClaim):
        assert isinstance(found, TeamDifference)
        return None, "", _difference_test(claim, found)
    if isinstance(claim, RankClaim):
        assert isinstance(found, TeamDifferences)
        pairs = zip(claim.differences(), found.differences, strict=True)
        return None, "", at_least_so_many([_difference_test(*pair) for pair in pairs], claim.n_wins)
    assert isinstance(found, TeamValue)
    basis, why = basis_of(claim, found)
    test = _value_test(claim, basis, found)
    if found.n_missing:
        mark = f"{counted(found.n_missing, 'test example')} without a prediction, counted as the submission says"
        test = replace(test, marks=(*test.marks, mark))
    return basis, why, test


def _metric(found: Evidence) -> str:
    if isinstance(found, TeamDifferences):
        metrics = {one.metric.id for one in found.differences}
        return metrics.pop() if len(metrics) == 1 else ""
    return found.metric.id


def _difference_test(claim: DifferenceClaim, found: TeamDifference) -> ClaimTest:
    noise = Noise.SAMPLING_AND_RETRAINING if found.seeds > 1 else Noise.SAMPLING
    least = stated_difference(claim.at_least, found.metric)
    test = at_least(least, found.numbers, higher_is_better=found.metric.higher_is_better, noise=noise)
    return replace(test, marks=(*test.marks, *found.numbers.marks))


def _value_test(claim: ValueClaim, basis: Basis, found: TeamValue) -> ClaimTest:
    claimed = stated_value(claim.value, found.metric)
    spread = None if claim.spread is None else stated_spread(claim.spread, found.metric, claim.value)
    if found.measured is None:
        return ClaimTest(basis, claimed.value, None, reason=found.not_defined or "it is not defined")
    if basis is Basis.SAME_PREDICTIONS:
        return same_predictions(claimed, found.measured)
    if basis is Basis.RETRAINED:
        return retrained(claimed, found.measured, n_runs_theirs=claim.runs, spread_theirs=spread)
    return other_sample(
        claimed,
        found.measured,
        n_theirs=claim.n,
        standard_error_theirs=spread,
        # The mean of several runs is of several trained models, so that training again is in it.
        is_retrained=found.kind == "algorithm" or claim.runs > 1,
        n_runs_theirs=claim.runs,
    )


def _sentence(checked: CheckedClaim, found: Evidence) -> str:
    test, decision = checked.test, checked.decision
    if isinstance(checked.claim, DifferenceClaim):
        assert isinstance(found, TeamDifference)
        return difference_sentence(found, test, decision, checked.n_family)
    if isinstance(checked.claim, RankClaim):
        assert isinstance(found, TeamDifferences)
        return rank_sentence(checked.claim, found, test, decision, checked.n_family)
    assert isinstance(found, TeamValue)
    digits = stated_value(checked.claim.value, found.metric)
    return value_sentence(found, digits, test, decision, checked.n_family, checked.basis_reason)
