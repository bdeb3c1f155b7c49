"""A search over slices: found on one half, confirmed on the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from reviewer_app.evaluation.inputs import BoolArray, Gold, Predictions, Structure
from reviewer_app.evaluation.metrics import METRICS
from reviewer_app.progress import Cancelled, Progress
from reviewer_app.significance.halves import Halves, halves_of
from reviewer_app.significance.mcnemar import mcnemar
from reviewer_app.significance.slice_tests import SliceSample
from reviewer_app.significance.slices import SliceSearch, SliceStatus, search_slices

CONFIRMED, FOUND, NOT_FOUND, NOT_TESTED = (
    SliceStatus.CONFIRMED,
    SliceStatus.FOUND,
    SliceStatus.NOT_FOUND,
    SliceStatus.NOT_TESTED,
)


def outcomes_sample(only_a: BoolArray, only_b: BoolArray, structure: Structure | None = None) -> SliceSample:
    """Return examples of which A alone, B alone, or both are right."""
    gold = Gold(np.zeros(len(only_a), int), 2)
    a, b = (Predictions(other.astype(int)) for other in (only_b, only_a))
    return SliceSample(METRICS["accuracy"], gold, a, b, structure or Structure())


def blocks(*of_blocks: tuple[int, int, int, int, int]) -> tuple[SliceSample, list[BoolArray], Halves]:
    """Return slices side by side: (only A, only B) on the finding half, the same on the confirming half, others."""
    only_a, only_b, finding, slice_of = [], [], [], []
    for number, (a_found, b_found, a_confirmed, b_confirmed, others) in enumerate(of_blocks):
        for n, is_a, is_b, is_found in (
            (a_found, True, False, True),
            (b_found, False, True, True),
            (a_confirmed, True, False, False),
            (b_confirmed, False, True, False),
            (others, False, False, True),
            (others, False, False, False),
        ):
            only_a += [is_a] * n
            only_b += [is_b] * n
            finding += [is_found] * n
            slice_of += [number] * n
    numbers, found = np.array(slice_of), np.array(finding)
    masks = [numbers == number for number in range(len(of_blocks))]
    return outcomes_sample(np.array(only_a), np.array(only_b)), masks, Halves(found, ~found)


def statuses(search: SliceSearch) -> list[SliceStatus]:
    return [one.status for one in search.slices]


def random_search(seed: int, effect: float = 0.0, n: int = 1_000, n_features: int = 30) -> SliceSearch:
    """Return a search over random features; in the first, A wins more by `effect`."""
    rng = np.random.default_rng(seed)
    masks = [rng.random(n) < rng.uniform(0.05, 0.5) for _ in range(n_features)]
    toss, differ = rng.random(n), rng.random(n) < 0.3
    a_wins = toss < np.where(masks[0], 0.5 + effect, 0.5)
    sample = outcomes_sample(differ & a_wins, differ & ~a_wins)
    return search_slices(sample, masks, halves_of(sample.gold, Structure(), seed))


def test_a_search_by_hand() -> None:
    # Significant on both halves; on one alone; significant with the other sign; few differ; none is better.
    search = search_slices(
        *blocks((20, 2, 19, 1, 5), (20, 2, 9, 8, 5), (20, 2, 1, 19, 5), (5, 1, 9, 0, 5), (9, 8, 20, 0, 5))
    )
    assert statuses(search) == [CONFIRMED, FOUND, FOUND, NOT_TESTED, NOT_FOUND]
    assert search.n_tested == 4
    first = search.slices[0]
    p_found, p_tie = mcnemar(20, 2).p_mid, mcnemar(9, 8).p_mid
    assert first.finding.numbers.p_value == p_found
    assert first.p_finding == pytest.approx(p_found * 4 / 3)
    assert search.slices[4].p_finding == pytest.approx(p_tie)
    assert first.p_confirming == pytest.approx(3 * mcnemar(19, 1).p_mid)
    assert first.values.difference == pytest.approx(36 / 52)
    assert search.slices[4].confirming is None


def test_adjustments_agree_with_statsmodels() -> None:
    search = random_search(3, effect=0.5, n=2_000)
    tested = [one for one in search.slices if one.p_finding is not None]
    p_values = [one.finding.numbers.p_value for one in tested]
    assert [one.p_finding for one in tested] == pytest.approx(list(multipletests(p_values, method="fdr_bh")[1]))
    carried = search.of(CONFIRMED, FOUND)
    assert carried
    confirming = [one.confirming.numbers.p_value for one in carried if one.confirming is not None]
    assert [one.p_confirming for one in carried] == pytest.approx(list(multipletests(confirming, method="holm")[1]))


def test_a_team_that_is_better_everywhere_makes_no_slice_unlike_the_rest() -> None:
    same = search_slices(*blocks((40, 2, 40, 2, 60), (40, 2, 40, 2, 60)))
    assert statuses(same) == [CONFIRMED, CONFIRMED]
    assert [one.p_contrast for one in same.slices] == [1.0, 1.0]
    apart = search_slices(*blocks((40, 2, 40, 2, 60), (2, 40, 2, 40, 60)))
    assert [one.contrast.a - one.contrast.b for one in apart.slices if one.contrast] == [76 / 102, -76 / 102]
    assert max(one.p_contrast or 0.0 for one in apart.slices) < 1e-6


def test_a_find_that_cannot_be_tested_on_the_other_half_counts_in_its_family() -> None:
    search = search_slices(*blocks((20, 2, 6, 0, 5), (20, 2, 19, 1, 5)))
    assert statuses(search) == [FOUND, CONFIRMED]
    assert search.slices[0].p_confirming == 1.0
    assert search.slices[1].p_confirming == pytest.approx(2 * mcnemar(19, 1).p_mid)


def test_two_conditions_that_select_the_same_examples_are_one_slice() -> None:
    sample, masks, halves = blocks((20, 2, 19, 1, 5), (9, 8, 9, 8, 5))
    once = search_slices(sample, masks, halves)
    twice = search_slices(sample, [masks[0], masks[1], masks[0].copy()], halves)
    assert [one.positions for one in twice.slices] == [(0, 2), (1,)]
    assert [one.p_finding for one in twice.slices] == [one.p_finding for one in once.slices]


def test_no_examples_and_all_examples_are_no_slices() -> None:
    sample, masks, halves = blocks((20, 2, 19, 1, 5), (9, 8, 9, 8, 5))
    nothing, everything = np.zeros(sample.n_examples, bool), np.ones(sample.n_examples, bool)
    search = search_slices(sample, [nothing, masks[0], everything, nothing], halves)
    assert (search.empty, search.whole) == ((0, 3), (2,))
    assert [one.positions for one in search.slices] == [(1,)]


def test_nested_slices_count_each() -> None:
    sample, masks, halves = blocks((20, 2, 19, 1, 5), (12, 8, 12, 8, 5), (9, 9, 9, 9, 5))
    search = search_slices(sample, [masks[0], masks[0] | masks[1]], halves)
    assert search.n_tested == 2
    assert len(search.slices) == 2


def test_nothing_to_search_finds_nothing() -> None:
    sample, _, halves = blocks((20, 2, 19, 1, 5))
    search = search_slices(sample, [], halves)
    assert (search.slices, search.n_tested) == ((), 0)


def test_teams_that_never_differ_leave_nothing_to_test() -> None:
    search = search_slices(*blocks((0, 0, 0, 0, 30), (0, 0, 0, 0, 20)))
    assert statuses(search) == [NOT_TESTED, NOT_TESTED]
    assert search.n_tested == 0


def test_without_two_halves_nothing_is_tested_and_the_reason_said() -> None:
    rng = np.random.default_rng(0)
    sample = outcomes_sample(rng.random(90) < 0.5, np.zeros(90, bool), Structure(groups=np.zeros(90, int)))
    search = search_slices(sample, [rng.random(90) < 0.5], halves_of(sample.gold, sample.structure, 0))
    assert statuses(search) == [NOT_TESTED]
    assert search.not_defined == "no two independent halves: nearly all examples are one group"
    assert search.slices[0].values.difference is not None


@given(st.integers(0, 500), st.floats(0.0, 0.5))
def test_teams_that_change_places_change_signs_alone(seed: int, effect: float) -> None:
    rng = np.random.default_rng(seed)
    masks = [rng.random(400) < 0.5 for _ in range(6)]
    differ, a_wins = rng.random(400) < 0.5, rng.random(400) < np.where(masks[0], 0.5 + effect, 0.5)
    only_a, only_b = differ & a_wins, differ & ~a_wins
    halves = halves_of(outcomes_sample(only_a, only_b).gold, Structure(), seed)
    one = search_slices(outcomes_sample(only_a, only_b), masks, halves)
    other = search_slices(outcomes_sample(only_b, only_a), masks, halves)
    assert statuses(one) == statuses(other)
    for mine, theirs in zip(one.slices, other.slices, strict=True):
        assert mine.values.difference == -(theirs.values.difference or 0.0)
        assert (mine.p_finding, mine.p_confirming) == (theirs.p_finding, theirs.p_confirming)


@given(st.integers(0, 500), st.permutations(range(8)))
def test_the_order_of_the_slices_does_not_matter(seed: int, order: list[int]) -> None:
    sample, masks, halves = _random_parts(seed)
    one = search_slices(sample, masks, halves)
    other = search_slices(sample, [masks[place] for place in order], halves)
    by_place = {found.positions[0]: found for found in one.slices}
    for found in other.slices:
        same = by_place[order[found.positions[0]]]
        assert found.status is same.status
        assert found.finding == same.finding
        assert found.p_finding == same.p_finding
        assert found.p_confirming == same.p_confirming


@given(st.integers(0, 500))
def test_the_order_of_the_examples_does_not_matter(seed: int) -> None:
    sample, masks, halves = _random_parts(seed)
    order = np.random.default_rng(seed).permutation(sample.n_examples)
    moved = SliceSample(sample.metric, sample.gold.take(order), sample.a.take(order), sample.b.take(order))
    one = search_slices(sample, masks, halves)
    other = search_slices(
        moved, [mask[order] for mask in masks], Halves(halves.finding[order], halves.confirming[order])
    )
    assert statuses(one) == statuses(other)
    for mine, theirs in zip(one.slices, other.slices, strict=True):
        assert (mine.values, mine.finding, mine.confirming) == (theirs.values, theirs.finding, theirs.confirming)
        assert (mine.p_finding, mine.p_confirming) == (theirs.p_finding, theirs.p_confirming)
        assert mine.p_contrast == pytest.approx(theirs.p_contrast)


def _random_parts(seed: int) -> tuple[SliceSample, list[BoolArray], Halves]:
    rng = np.random.default_rng(seed)
    masks = [rng.random(300) < rng.uniform(0.1, 0.6) for _ in range(8)]
    differ, a_wins = rng.random(300) < 0.5, rng.random(300) < np.where(masks[0], 0.9, 0.5)
    sample = outcomes_sample(differ & a_wins, differ & ~a_wins)
    return sample, masks, halves_of(sample.gold, Structure(), seed)


def test_where_no_slice_differs_hardly_a_search_confirms_one() -> None:
    # Holm alone would allow 5 of 100; that something must first be found makes it fewer.
    searches = [random_search(seed) for seed in range(100)]
    assert sum(bool(search.of(CONFIRMED)) for search in searches) <= 2
    tested = [one for search in searches for one in search.slices if one.finding.numbers.p_value is not None]
    assert 0.03 < np.mean([one.finding.numbers.p_value < 0.05 for one in tested]) < 0.07


def test_slices_made_to_fit_the_finding_half_are_found_and_not_confirmed() -> None:
    n_confirmed = n_found = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        only_a = rng.random(600) < 0.5
        sample = outcomes_sample(only_a, ~only_a)
        halves = halves_of(sample.gold, Structure(), seed)
        # Chosen by who is right on the finding half, at random on the other.
        masks = [np.where(halves.finding, only_a & (rng.random(600) < 0.8), rng.random(600) < 0.4) for _ in range(3)]
        search = search_slices(sample, masks, halves)
        n_found += len(search.of(CONFIRMED, FOUND)) == 3
        n_confirmed += bool(search.of(CONFIRMED))
    assert n_found == 100
    assert n_confirmed <= 8


def test_a_planted_slice_is_found_and_confirmed() -> None:
    searches = [random_search(seed, effect=0.4) for seed in range(30)]
    assert sum(search.slices[0].status is CONFIRMED for search in searches) >= 20


def test_groups_that_share_their_luck_confirm_nothing() -> None:
    n_confirmed = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        groups = rng.integers(0, 80, 800)
        luck, differ = rng.random(80) < 0.5, rng.random(800) < 0.4
        only_a = differ & luck[groups]
        masks: list[Any] = [rng.random(80)[groups] < 0.3 for _ in range(20)]
        sample = outcomes_sample(only_a, differ & ~only_a, Structure(groups=groups))
        n_confirmed += bool(search_slices(sample, masks, halves_of(sample.gold, sample.structure, seed)).of(CONFIRMED))
    assert n_confirmed <= 3


def test_a_cancelled_search_ends() -> None:
    sample, masks, halves = blocks((20, 2, 19, 1, 5), (9, 8, 9, 8, 5))
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        search_slices(sample, masks, halves, progress=progress)


def test_progress_never_falls() -> None:
    told: list[float] = []
    sample, masks, halves = blocks((20, 2, 19, 1, 5), (9, 8, 9, 8, 5))
    search_slices(sample, masks, halves, progress=Progress(lambda fraction, _: told.append(fraction or 0.0)))
    assert told == sorted(told)
    assert told[-1] <= 1.0
