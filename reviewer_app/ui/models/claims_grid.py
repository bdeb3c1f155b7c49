"""Checked claims as a table."""

from __future__ import annotations

from collections.abc import Sequence

from reviewer_app.claims.check import CheckedClaim
from reviewer_app.claims.sentences import VERDICT_WORDS, claim_words
from reviewer_app.comparison.formatting import format_p
from reviewer_app.significance.claims import ClaimVerdict
from reviewer_app.ui.models.number_grid import GridCell, GridColumn, NumberGrid

NOT_KEPT = (
    "These claims are not kept in the review: they are gone when it is closed. p is corrected (Holm) over all of them, "
    "so list the claims of one paper."
)

_COLUMNS = (
    GridColumn("claim", ("team", "dataset", "metric", "claimed", "measured"), numeric=False),
    GridColumn("verdict", ("verdict",), numeric=False),
    GridColumn("p", ("p_value",), explanation="Probability of such a gap if the claim is right"),
    GridColumn("p, Holm", ("p_adjusted",), explanation="After Holm over the claims that are listed"),
    GridColumn("in words", ("sentence",), numeric=False),
)


def claims_grid(checked: Sequence[CheckedClaim]) -> NumberGrid:
    """Return a row per claim: what is claimed, verdict, p, p after Holm, and the sentence."""
    return NumberGrid("Claims", "", _COLUMNS, tuple(_row(one) for one in checked), (NOT_KEPT,) if checked else ())


def _row(checked: CheckedClaim) -> tuple[GridCell, ...]:
    claim, test, decision = checked.claim, checked.test, checked.decision
    words = f"{claim.team} on {claim.dataset}: {claim_words(claim, checked.metric)}"
    verdict, is_plain = VERDICT_WORDS[decision.verdict], decision.verdict is ClaimVerdict.UNTESTABLE
    return (
        GridCell(words, (claim.team, claim.dataset, checked.metric, test.claimed, test.ours)),
        GridCell(verdict, (str(decision.verdict),), strong=not is_plain, muted=is_plain),
        *(_p(p_value, test.reason) for p_value in (test.p_value, decision.p_adjusted)),
        GridCell(checked.sentence.removeprefix(f"{verdict}: "), (checked.sentence,)),
    )


def _p(p_value: float | None, reason: str | None) -> GridCell:
    """Return a p; none where the claim could not be contradicted, so that p does not allow for all that it should."""
    if p_value is None or reason is not None:
        return GridCell("\N{EN DASH}", (p_value,), tooltip=reason or "decided without chance", muted=True)
    return GridCell(format_p(p_value).removeprefix("p = ").removeprefix("p "), (p_value,))
