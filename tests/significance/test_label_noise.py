"""The difference in accuracy corrected for wrong gold labels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.significance.corrected_difference import UNCLEAR
from reviewer_app.significance.label_noise import LabelNoise, design_effect_of, label_noise
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.proportions import tango_interval, tango_upper_limit

ONLY_A, ONLY_B, BOTH_WRONG = 0, 1, 2


def judged(sizes: tuple[int, int, int], n: int, draws: list[tuple[int, int]], **options: Any) -> LabelNoise:
    """Return the answer to draws of (stratum, value)."""
    strata, values = (np.asarray(column, dtype=np.int64) for column in zip(*draws, strict=True)) if draws else ([], [])
    return label_noise(sizes, n, strata, values, **options)


def draws_of(**counts: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Return draws with so many values +1, -1 and 0 in each stratum."""
    codes = {"only_a": ONLY_A, "only_b": ONLY_B, "both_wrong": BOTH_WRONG}
    return [
        (codes[name], value)
        for name, of_stratum in counts.items()
        for value, count in zip((1, -1, 0), of_stratum, strict=True)
        for _ in range(count)
    ]


@st.composite
def judgements(draw: st.DrawFn) -> tuple[tuple[int, int, int], int, list[tuple[int, int]]]:
    """Sizes, n and draws of a small comparison, some of them unclear."""
    population = draw(
        st.lists(st.tuples(st.integers(0, 2), st.sampled_from([1, -1, 0, UNCLEAR])), min_size=1, max_size=30)
    )
    codes = [code for code, _ in population]
    sizes = (codes.count(0), codes.count(1), codes.count(2))
    n_drawn = draw(st.integers(0, len(population)))
    return sizes, len(population) + draw(st.integers(0, 200)), population[:n_drawn]


class TestTheEstimate:
    def test_by_hand(self) -> None:
        # 40 of 200 examples only A has right, 20 only B; judged 10 and 5. In 2 of the 10 B is right, in 1 neither; in 1
        # of the 5 A is. Gold: 20 / 200. Corrected: 40 / 200 x (7 - 2) / 10 + 20 / 200 x (1 - 4) / 5 = 0.1 - 0.06.
        found = judged((40, 20, 0), 200, draws_of(only_a=(7, 2, 1), only_b=(1, 4, 0)), planned=15)
        assert found.gold_difference == 0.1
        assert found.planned is not None
        for answer in (found.live, found.planned):
            assert answer.difference == pytest.approx(0.04, abs=1e-15)
        # s^2 with 1/2 of each value: shares (7.5, 2.5, 1.5) / 11.5 and (1.5, 4.5, 0.5) / 6.5.
        of_a = (7.5 + 2.5) / 11.5 - ((7.5 - 2.5) / 11.5) ** 2
        of_b = (1.5 + 4.5) / 6.5 - ((1.5 - 4.5) / 6.5) ** 2
        variance = 0.2**2 * 0.75 * of_a / 10 + 0.1**2 * 0.75 * of_b / 5
        assert found.planned.judging_error == pytest.approx(math.sqrt(variance), rel=1e-12)
        # b = 40 x 0.7 + 20 x 0.2 = 32, c = 40 x 0.2 + 20 x 0.8 = 24, and a pseudo-example each.
        squares = 32 + 24 + 2 - 198 * 0.04**2
        assert found.planned.test_error == pytest.approx(math.sqrt(squares) / 202, rel=1e-12)

    def test_the_planned_interval_has_both_parts_of_the_variance(self) -> None:
        found = judged((400, 300, 0), 10_000, draws_of(only_a=(70, 20, 10), only_b=(15, 60, 0)), planned=175).planned
        assert found is not None
        standard_error = math.hypot(found.test_error, found.judging_error)
        half = (found.ci_high - found.ci_low) / 2
        assert half == pytest.approx(1.96 * standard_error, rel=0.02)

    def test_wrong_labels_of_the_third_stratum_count(self) -> None:
        found = judged((5, 5, 10), 100, draws_of(only_a=(5, 0, 0), only_b=(0, 5, 0), both_wrong=(6, 0, 4)))
        assert found.live.difference == pytest.approx(0.06, abs=1e-15)

    def test_labels_that_are_all_right_leave_the_gold_difference(self) -> None:
        found = judged((30, 10, 5), 300, draws_of(only_a=(12, 0, 0), only_b=(0, 4, 0), both_wrong=(0, 0, 2)))
        assert found.live.difference == pytest.approx(found.gold_difference, abs=1e-15)


class TestOnceAllIsJudged:
    DRAWS = draws_of(only_a=(22, 6, 2), only_b=(3, 7, 0), both_wrong=(1, 0, 4))

    def test_the_planned_answer_is_the_headline_of_the_corrected_table(self) -> None:
        found = judged((30, 10, 5), 250, self.DRAWS, planned=45).planned
        assert found is not None
        assert found.difference == (26 - 13) / 250
        assert (found.ci_low, found.ci_high) == pytest.approx(tango_interval(26, 13, 250), abs=1e-12)
        assert found.judging_error == 0.0
        assert found.verdict == ("a_better" if mcnemar(26, 13).p_mid < 0.05 else "undecided")

    @pytest.mark.parametrize("only_a", range(3, 9))
    def test_few_disagreements_decide_no_more_than_in_the_headline(self, only_a: int) -> None:
        # Tango's interval of 4 to 0 excludes 0, the headline's p is 0.06.
        found = judged((only_a, 0, 0), 100, draws_of(only_a=(only_a, 0, 0)), planned=only_a).planned
        assert found is not None
        assert (found.verdict == "a_better") is (mcnemar(only_a, 0).p_mid < 0.05)

    def test_the_live_interval_is_wider_by_what_looking_costs_and_by_nothing_else(self) -> None:
        found = judged((30, 10, 5), 250, self.DRAWS)
        assert (found.live.ci_low, found.live.ci_high) == pytest.approx(
            tango_interval(26, 13, 250, level=1 - 0.05 * 0.98 * 0.62), abs=1e-12
        )


class TestWhatIsUnclear:
    def test_it_makes_the_estimate_a_range_between_the_extremes(self) -> None:
        found = judged((20, 10, 0), 100, [*draws_of(only_a=(8, 0, 0), only_b=(0, 4, 0)), (ONLY_A, UNCLEAR)])
        assert found.live.difference is None
        assert found.live.highest == pytest.approx(0.2 - 0.1)
        assert found.live.lowest == pytest.approx(0.2 * 7 / 9 - 0.1)
        assert found.n_unclear == found.strata[ONLY_A].unclear == 1
        assert found.n_drawn == 13

    def test_all_unclear_leaves_all_that_could_be(self) -> None:
        found = judged((20, 10, 0), 100, [(ONLY_A, UNCLEAR)] * 20 + [(ONLY_B, UNCLEAR)] * 10, planned=30)
        assert found.planned is not None
        for answer in (found.live, found.planned):
            assert (answer.lowest, answer.highest) == (-0.3, 0.3)
            assert answer.ci_low < -0.3
            assert answer.ci_high > 0.3
            assert answer.verdict == "undecided"

    @given(judgements(), st.integers(0, 2**30))
    def test_every_answer_to_what_is_unclear_lies_within_the_range(
        self, given_: tuple[tuple[int, int, int], int, list[tuple[int, int]]], seed: int
    ) -> None:
        sizes, n, draws = given_
        rng = np.random.default_rng(seed)
        answered = [(code, int(rng.integers(-1, 2)) if value == UNCLEAR else value) for code, value in draws]
        before, after = judged(sizes, n, draws).live, judged(sizes, n, answered).live
        assert before.lowest - 1e-12 <= after.lowest <= after.highest <= before.highest + 1e-12


class TestDegenerateCases:
    def test_nothing_judged_gives_the_bounds_and_says_so(self) -> None:
        found = judged((6, 2, 3), 50, [], planned=5)
        assert (found.live.lowest, found.live.highest) == (-11 / 50, 11 / 50)
        assert found.live.verdict == "undecided"
        assert found.planned is None
        assert found.not_defined == "nothing is judged yet: the range is all that could be"

    def test_no_disagreements_leave_nothing_to_judge(self) -> None:
        found = judged((0, 0, 0), 50, [])
        assert found.live.difference == found.gold_difference == 0.0
        assert (found.live.ci_low, found.live.ci_high) == pytest.approx(tango_interval(0, 0, 50))
        assert found.not_defined == "the teams predict the same label for every example: there is nothing to judge"

    def test_a_stratum_without_judgements_enters_at_its_bounds(self) -> None:
        found = judged((20, 4, 0), 100, draws_of(only_a=(10, 0, 0)), planned=10)
        assert found.planned is not None
        for answer in (found.live, found.planned):
            assert (answer.lowest, answer.highest) == pytest.approx((0.2 - 0.04, 0.2 + 0.04))
            assert answer.ci_low < answer.lowest
            assert answer.ci_high > answer.highest

    def test_few_examples_have_an_answer(self) -> None:
        found = judged((2, 1, 0), 4, draws_of(only_a=(1, 0, 0), only_b=(0, 1, 0)), planned=2)
        assert found.planned is not None
        assert found.planned.difference == 0.25
        assert -1.0 <= found.planned.ci_low < 0.25 < found.planned.ci_high <= 1.0
        assert -1.0 <= found.live.ci_low < 0.25 < found.live.ci_high <= 1.0

    def test_every_example_may_be_a_disagreement_that_one_team_has_right(self) -> None:
        found = judged((5, 0, 0), 5, draws_of(only_a=(5, 0, 0)), planned=5)
        assert found.planned is not None
        assert (found.planned.difference, found.planned.ci_high) == (1.0, 1.0)

    @pytest.mark.parametrize(
        ("sizes", "n", "draws", "options"),
        [
            ((3, 3, 3), 8, [], {}),
            ((-1, 3, 3), 8, [], {}),
            ((1, 0, 0), 8, [(0, 1), (0, 1)], {}),
            ((1, 0, 0), 8, [(0, 2)], {}),
            ((1, 0, 0), 8, [(3, 1)], {}),
            ((1, 0, 0), 8, [(0, 1)], {"planned": 0}),
            ((1, 0, 0), 8, [(0, 1)], {"design_effect": 0.9}),
            ((0, 0, 0), 0, [], {}),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, sizes: tuple[int, int, int], n: int, draws: list[tuple[int, int]], options: dict[str, Any]
    ) -> None:
        with pytest.raises(ValueError, match=r"cannot be|draw|design effect"):
            judged(sizes, n, draws, **options)


class TestAPlannedNumber:
    DRAWS = draws_of(only_a=(8, 1, 1), only_b=(0, 5, 0))

    def test_later_draws_are_left_out(self) -> None:
        first = judged((40, 20, 0), 200, self.DRAWS, planned=15).planned
        more = judged((40, 20, 0), 200, [*self.DRAWS, (ONLY_A, -1), (ONLY_A, -1)], planned=15)
        assert more.planned == first
        assert more.live.n_drawn == 17

    def test_it_is_awaited(self) -> None:
        found = judged((40, 20, 0), 200, self.DRAWS, planned=20)
        assert found.planned is None
        assert found.not_defined == "15 of the 20 planned are drawn: the planned interval comes with the last"

    def test_more_than_there_are_means_all(self) -> None:
        draws = draws_of(only_a=(4, 0, 0), only_b=(0, 2, 0))
        found = judged((4, 2, 0), 60, draws, planned=100)
        assert found.planned is not None
        assert found.planned.n_drawn == 6

    def test_its_interval_is_narrower_than_the_live_one(self) -> None:
        found = judged((40, 20, 0), 200, self.DRAWS, planned=15)
        assert found.planned is not None
        assert found.live.ci_low < found.planned.ci_low
        assert found.planned.ci_high < found.live.ci_high


class TestDependentExamples:
    def test_they_widen_what_the_choice_of_the_test_examples_leaves_open_and_nothing_else(self) -> None:
        draws = draws_of(only_a=(30, 0, 0), only_b=(0, 10, 0))
        independent = judged((30, 10, 0), 400, draws, planned=40).planned
        dependent = judged((30, 10, 0), 400, draws, planned=40, design_effect=4.0).planned
        assert independent is not None
        assert dependent is not None
        assert dependent.difference == independent.difference
        assert dependent.test_error == pytest.approx(2 * independent.test_error)
        # 30 and 10 of 400 that are worth a quarter.
        limits = -tango_upper_limit(2.5, 7.5, 100, 0.95), tango_upper_limit(7.5, 2.5, 100, 0.95)
        assert (dependent.ci_low, dependent.ci_high) == pytest.approx(limits, abs=1e-12)
        partly = draws_of(only_a=(15, 0, 0), only_b=(0, 5, 0))
        errors = [judged((30, 10, 0), 400, partly, design_effect=effect).live.judging_error for effect in (1.0, 4.0)]
        assert errors[0] == errors[1] > 0.0

    def test_the_factor_is_one_for_independent_examples_and_never_less(self) -> None:
        assert design_effect_of(4e-4, 4e-4, math.inf, 0.05) == pytest.approx(1.0)
        assert design_effect_of(9e-4, 4e-4, math.inf, 0.05) == pytest.approx(2.25)
        assert design_effect_of(1e-4, 4e-4, math.inf, 0.05) == 1.0
        # t with 5 degrees of freedom has 2.571 where the normal distribution has 1.960.
        assert design_effect_of(4e-4, 4e-4, 5.0, 0.05) == pytest.approx((2.5706 / 1.95996) ** 2, rel=1e-4)


@given(judgements())
def test_exchanged_teams_change_signs_and_nothing_else(
    given_: tuple[tuple[int, int, int], int, list[tuple[int, int]]],
) -> None:
    sizes, n, draws = given_
    exchanged = [((1, 0, 2)[code], value if value == UNCLEAR else -value) for code, value in draws]
    found = judged(sizes, n, draws, planned=len(draws) or None)
    other = judged((sizes[1], sizes[0], sizes[2]), n, exchanged, planned=len(draws) or None)
    opposite = {"a_better": "b_better", "b_better": "a_better", "undecided": "undecided"}
    assert other.gold_difference == -found.gold_difference
    for one, two in ((found.live, other.live), (found.planned, other.planned)):
        assert (one is None) == (two is None)
        if one is None or two is None:
            continue
        assert (two.lowest, two.highest) == pytest.approx((-one.highest, -one.lowest), abs=1e-12)
        assert (two.ci_low, two.ci_high) == pytest.approx((-one.ci_high, -one.ci_low), abs=1e-12)
        assert two.test_error == pytest.approx(one.test_error)
        assert two.judging_error == pytest.approx(one.judging_error)
        assert two.verdict == opposite[one.verdict]


@given(judgements())
def test_intervals_hold_the_whole_range_and_a_verdict_needs_them_on_one_side(
    given_: tuple[tuple[int, int, int], int, list[tuple[int, int]]],
) -> None:
    sizes, n, draws = given_
    found = judged(sizes, n, draws, planned=len(draws) or None)
    for answer in (found.live, found.planned):
        if answer is None:
            continue
        assert -1.0 <= answer.ci_low <= answer.lowest <= answer.highest <= answer.ci_high <= 1.0
        if answer.verdict == "a_better":
            assert answer.lowest > 0.0
        if answer.verdict == "b_better":
            assert answer.highest < 0.0


def simulated(seed: int, n: int = 200) -> tuple[tuple[int, int, int], int, np.ndarray, np.ndarray]:
    """Return sizes, n and all disagreements in random order, of a population with the true difference 0.04."""
    rng = np.random.default_rng(seed)
    shares = {ONLY_A: (0.2, (0.7, 0.2, 0.1)), ONLY_B: (0.1, (0.2, 0.7, 0.1)), BOTH_WRONG: (0.05, (0.1, 0.3, 0.6))}
    strata = rng.choice(4, size=n, p=[*(share for share, _ in shares.values()), 0.65])
    strata = strata[strata < 3]
    values = np.asarray([rng.choice([1, -1, 0], p=shares[code][1]) for code in strata])
    counts = np.bincount(strata, minlength=3)
    return (int(counts[0]), int(counts[1]), int(counts[2])), n, strata, values


def test_the_live_interval_is_ever_wrong_at_most_as_often_as_alpha_allows_and_a_planned_one_far_more_often() -> None:
    true = 0.2 * 0.5 - 0.1 * 0.5 - 0.05 * 0.2
    n_runs, ever, planned_once, planned_ever = 200, 0, 0, 0
    for seed in range(n_runs):
        sizes, n, strata, values = simulated(seed)
        looks = [label_noise(sizes, n, strata[:m], values[:m], planned=m) for m in range(5, len(values) + 1, 5)]
        ever += any(not look.live.ci_low <= true <= look.live.ci_high for look in looks)
        misses = [not look.planned.ci_low <= true <= look.planned.ci_high for look in looks if look.planned]
        planned_once += misses[len(misses) // 2]
        planned_ever += any(misses)
    slack = 3 * math.sqrt(0.05 * 0.95 / n_runs)
    assert ever / n_runs < 0.05 + slack
    assert 0 < planned_once / n_runs < 0.05 + slack
    assert planned_ever > 2 * planned_once
