"""The four verdicts and their reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.significance.multiplicity import holm
from reviewer_app.significance.verdict import Decision, FamilyMember, decide_family

MEMBER = FamilyMember(
    difference=0.05, p_value=0.001, p_equivalence=0.99, margin=0.01, higher_is_better=True, n_different=100
)


def decide(member: FamilyMember, **options: float) -> Decision:
    (decision,) = decide_family([member], **options)
    return decision


def test_the_team_with_the_better_value_wins_whatever_the_metrics_direction() -> None:
    loss = replace(MEMBER, higher_is_better=False)
    assert decide(MEMBER).verdict == "a_better"
    assert decide(replace(MEMBER, difference=-0.05)).verdict == "b_better"
    assert decide(loss).verdict == "b_better"
    assert decide(replace(loss, difference=-0.05)).verdict == "a_better"


def test_better_by_less_than_matters() -> None:
    decision = decide(replace(MEMBER, difference=0.002, p_equivalence=0.001))
    assert decision == Decision("a_better", None, True, 0.001, 0.001)


def test_equivalent_needs_the_margin_and_its_own_p() -> None:
    alike = replace(MEMBER, difference=0.001, p_value=0.6, p_equivalence=0.01)
    assert decide(alike).verdict == "equivalent"
    assert decide(replace(alike, margin=None)).verdict == "undecided"
    assert decide(replace(alike, margin=None)).p_equivalence_adjusted is None
    assert decide(replace(alike, p_equivalence=0.2)).verdict == "undecided"


def test_cells_without_a_result_count_as_p_one() -> None:
    member = replace(MEMBER, p_value=0.02)
    assert decide(member).verdict == "a_better"
    decision = decide(member, n_family=4)
    assert (decision.verdict, decision.reason) == ("undecided", "multiplicity")
    assert decision.p_adjusted == pytest.approx(0.08)


def test_a_member_without_p_counts_as_one_and_stays_undecided_without_a_reason() -> None:
    without = replace(MEMBER, difference=None, p_value=None, p_equivalence=None)
    first, second = decide_family([replace(MEMBER, p_value=0.02), without])
    assert first.p_adjusted == pytest.approx(0.04)
    assert second == Decision("undecided", None, False, None, None)


def test_equivalence_has_its_own_holm() -> None:
    alike = replace(MEMBER, difference=0.0, p_value=0.9, p_equivalence=0.03)
    assert decide(alike).verdict == "equivalent"
    decisions = decide_family([alike, replace(MEMBER, p_value=1e-9)])
    assert [decision.verdict for decision in decisions] == ["undecided", "a_better"]
    assert decisions[0].reason == "multiplicity"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"n_different": 9}, "too_few_differences"),
        ({"n_different": 10}, "too_few_examples"),
        ({"n_different": None}, "too_few_examples"),
        ({"seed_noise": True}, "seed_noise"),
    ],
)
def test_undecided_says_why(changes: dict[str, object], reason: str) -> None:
    decision = decide(replace(MEMBER, p_value=0.3, **changes))
    assert (decision.verdict, decision.reason) == ("undecided", reason)


def test_alpha_decides_strictly() -> None:
    assert decide(replace(MEMBER, p_value=0.05)).verdict == "undecided"
    assert decide(replace(MEMBER, p_value=0.05), alpha=0.06).verdict == "a_better"


def test_no_difference_is_nobodys_win() -> None:
    assert decide(replace(MEMBER, difference=0.0)).verdict == "undecided"


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=8), st.integers(0, 5))
def test_adjusted_ps_are_holms_over_the_family(p_values: list[float], n_absent: int) -> None:
    members = [replace(MEMBER, p_value=p) for p in p_values]
    decisions = decide_family(members, n_family=len(members) + n_absent)
    expected = holm(p_values + [1.0] * n_absent)[: len(members)]
    assert [decision.p_adjusted for decision in decisions] == list(expected)


def test_a_family_smaller_than_its_members_is_refused() -> None:
    with pytest.raises(ValueError, match="family of 1"):
        decide_family([MEMBER, MEMBER], n_family=1)
