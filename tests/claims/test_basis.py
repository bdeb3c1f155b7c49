"""How a claimed value was measured: said, or following from the review, never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from claim_steps import seeds, team_value

from reviewer_app.claims.basis import basis_of
from reviewer_app.claims.claim import ValueClaim
from reviewer_app.claims.evidence import TeamValue
from reviewer_app.errors import ReviewError
from reviewer_app.significance.claims import Basis


def claim(**said: Any) -> ValueClaim:
    return ValueClaim("D", "T", "75.6%", **said)


@pytest.mark.parametrize(
    ("said", "found", "basis", "why"),
    [
        ({}, team_value(), Basis.SAME_PREDICTIONS, "handed in predictions"),
        ({}, team_value(kind="model"), Basis.SAME_PREDICTIONS, "handed in a fitted model"),
        ({}, seeds(0.8, 0.81), Basis.RETRAINED, "handed in an algorithm"),
        ({"n": 500}, team_value(), Basis.OTHER_SAMPLE, "has 500 examples and ours 2,000"),
        ({"n": 500}, team_value(is_home=False), Basis.OTHER_SAMPLE, "has 500 examples"),
        ({"n": 2000}, team_value(), Basis.SAME_PREDICTIONS, "its own dataset"),
        ({"runs": 5, "spread": "0.4%"}, seeds(0.8, 0.81), Basis.RETRAINED, "its own dataset"),
    ],
)
def test_what_follows_from_the_review_is_taken_and_said(
    said: dict[str, Any], found: TeamValue, basis: Basis, why: str
) -> None:
    taken, reason = basis_of(claim(**said), found)
    assert taken is basis
    assert why in reason


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({}, team_value(is_home=False)),
        ({"n": 2000}, team_value(is_home=False)),
        ({}, seeds(0.8, 0.81, is_home=False)),
        ({"spread": "0.4%"}, team_value()),
        ({"spread": "0.4%"}, seeds(0.8, 0.81)),
        ({"runs": 5}, team_value()),
    ],
)
def test_where_nothing_follows_it_is_asked(said: dict[str, Any], found: TeamValue) -> None:
    with pytest.raises(ReviewError, match="Say whether it is of the same predictions") as refused:
        basis_of(claim(**said), found)
    assert refused.value.code == "basis_needed"
    assert [remedy.value for remedy in refused.value.findings[0].remedies] == list(Basis)


@pytest.mark.parametrize("basis", Basis)
def test_what_the_claim_says_goes_first(basis: Basis) -> None:
    assert basis_of(claim(basis=basis), team_value(is_home=False)) == (basis, "")


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"basis": Basis.SAME_PREDICTIONS, "n": 500}, "another sample"),
        ({"basis": Basis.RETRAINED, "n": 500}, "another sample"),
        ({"basis": Basis.SAME_PREDICTIONS, "runs": 3}, "not of the same predictions"),
        ({"basis": Basis.SAME_PREDICTIONS, "spread": "1%"}, "leave it out"),
        ({"basis": Basis.RETRAINED, "spread": "1%"}, "of how many runs"),
        ({"basis": Basis.OTHER_SAMPLE, "spread": "1%", "n": 500}, "one of them"),
    ],
)
def test_what_cannot_go_together_is_refused(said: dict[str, Any], what: str) -> None:
    with pytest.raises(ReviewError, match=what) as refused:
        basis_of(claim(**said), team_value())
    assert refused.value.code == "basis_contradicts"
