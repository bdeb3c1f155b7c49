"""How a paper's value was measured, beside ours: as the claim says, or as follows from the review; never guessed."""

from __future__ import annotations

from reviewer_app.claims.claim import ValueClaim
from reviewer_app.claims.evidence import TeamValue
from reviewer_app.errors import Remedy, ReviewError
from reviewer_app.evaluation.needs import counted
from reviewer_app.significance.claims import Basis

BASIS_WORDS = {
    Basis.SAME_PREDICTIONS: "the same predictions",
    Basis.RETRAINED: "the algorithm, trained again",
    Basis.OTHER_SAMPLE: "another sample of the data",
}
"""How a value was measured, in words."""


def basis_of(claim: ValueClaim, found: TeamValue) -> tuple[Basis, str]:
    """Return how the claimed value was measured, and why that is taken; "" where the claim says so.

    Without a word in the claim: another sample where the paper's test set has another number of examples; else, on the
    team's own dataset, the same predictions where predictions or a fitted model were handed in, and the algorithm
    trained again where an algorithm was. Nothing else follows from the review.

    Raises
    ------
    ReviewError
        ``basis_needed`` where nothing follows; ``basis_contradicts`` where what the claim says cannot go together.
    """
    if claim.basis is not None:
        _check(claim, claim.basis, found)
        return claim.basis, ""
    basis, why = _following(claim, found)
    if basis is None:
        raise ReviewError.of(
            "basis_needed",
            f"How was the claimed {found.metric.name} of {found.team} on {found.dataset} measured, beside ours? {why} "
            "Say whether it is of the same predictions (--basis same_predictions), of the algorithm trained again and "
            "tested on the same examples (--basis retrained), or of another sample of the data (--basis other_sample, "
            "with --n, the number of its test examples).",
            remedies=[Remedy(words.capitalize(), "basis", str(known)) for known, words in BASIS_WORDS.items()],
        )
    _check(claim, basis, found)
    return basis, why


def _following(claim: ValueClaim, found: TeamValue) -> tuple[Basis | None, str]:
    if claim.n is not None and claim.n != found.n_test:
        return Basis.OTHER_SAMPLE, f"the paper's test set has {counted(claim.n, 'example')} and ours {found.n_test:,}"
    if not found.is_home:
        return None, f"{found.dataset} is not the team's own dataset, so the review does not say."
    is_trained = found.kind == "algorithm"
    if claim.spread is not None and not (is_trained and claim.runs > 1):
        return None, "A spread is stated, and the review does not say of what."
    if is_trained:
        return Basis.RETRAINED, f"{found.team} handed in an algorithm, and {found.dataset} is its own dataset"
    if claim.runs > 1:
        return None, f"It is the mean of {claim.runs} runs, and one run was handed in."
    what = "predictions" if found.kind == "predictions" else "a fitted model"
    return Basis.SAME_PREDICTIONS, f"{found.team} handed in {what}, and {found.dataset} is its own dataset"


def _check(claim: ValueClaim, basis: Basis, found: TeamValue) -> None:
    wrong = ""
    if basis is Basis.OTHER_SAMPLE:
        if claim.n is not None and claim.spread is not None:
            wrong = "the error of the claimed value follows from n or from a stated standard error: give one of them"
    elif claim.n is not None and claim.n != found.n_test:
        wrong = (
            f"the paper's test set has {counted(claim.n, 'example')} and ours {found.n_test:,}, so the value is of "
            "another sample"
        )
    elif basis is Basis.SAME_PREDICTIONS and claim.runs > 1:
        wrong = f"the mean of {claim.runs} runs is not of the same predictions"
    elif basis is Basis.SAME_PREDICTIONS and claim.spread is not None:
        wrong = "the same predictions have the same value, so a spread says nothing about it: leave it out"
    elif basis is Basis.RETRAINED and claim.spread is not None and claim.runs < 2:
        wrong = "a spread over runs counts only with their number: say of how many runs the value is the mean"
    if wrong:
        raise ReviewError.of(
            "basis_contradicts", f"{BASIS_WORDS[basis].capitalize()} ({found.team} on {found.dataset}): {wrong}."
        )
