"""Two independent halves of the examples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.evaluation.inputs import Gold, Structure
from reviewer_app.significance.halves import Halves, halves_of


def gold_of(n: int, k: int = 3, seed: int = 0) -> Gold:
    return Gold(np.random.default_rng(seed).integers(0, k, n), k)


def chain(n: int) -> Structure:
    """Return pairs of which each shares one record with the next: one component."""
    pairs = np.arange(n)
    return Structure(left_records=pairs // 2, right_records=(pairs + 1) // 2)


@given(st.integers(2, 200), st.integers(1, 5), st.integers(0, 1000))
def test_independent_examples_are_shared_out_label_by_label(n: int, k: int, seed: int) -> None:
    gold = gold_of(n, k, seed)
    halves = halves_of(gold, Structure(), seed)
    assert np.array_equal(halves.finding, ~halves.confirming)
    for label in range(k):
        of_label = gold.y_true == label
        assert abs(int((of_label & halves.finding).sum()) - int((of_label & halves.confirming).sum())) <= 1
    assert abs(int(halves.finding.sum()) - int(halves.confirming.sum())) <= 1


def test_another_seed_gives_other_halves_and_the_same_seed_the_same() -> None:
    gold = gold_of(500)
    one, again, other = (halves_of(gold, Structure(), seed).finding for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert 0.4 < float((one == other).mean()) < 0.6


@given(st.lists(st.integers(0, 30), min_size=40, max_size=120), st.integers(0, 1000))
def test_no_group_stands_in_both_halves(groups: list[int], seed: int) -> None:
    codes = np.array(groups)
    halves = halves_of(gold_of(len(codes)), Structure(groups=codes), seed)
    if halves.not_defined is None:
        assert not set(codes[halves.finding]) & set(codes[halves.confirming])
        assert (halves.finding | halves.confirming).all()


def test_groups_are_balanced_by_their_examples() -> None:
    codes = np.repeat(np.arange(21), [100, *[5] * 20])
    halves = halves_of(gold_of(len(codes)), Structure(groups=codes), 0)
    assert {int(halves.finding.sum()), int(halves.confirming.sum())} == {100}


@pytest.mark.parametrize("sizes", [[50], [95, 5]])
def test_one_group_that_is_nearly_everything_leaves_nothing_to_confirm(sizes: list[int]) -> None:
    codes = np.repeat(np.arange(len(sizes)), sizes)
    halves = halves_of(gold_of(len(codes)), Structure(groups=codes), 0)
    assert halves.not_defined == "no two independent halves: nearly all examples are one group"
    assert not halves.finding.any()
    assert not halves.confirming.any()
    assert halves.n_left_out == 0


def test_groups_of_one_example_each_are_independent_examples() -> None:
    gold = gold_of(101)
    of_groups = halves_of(gold, Structure(groups=np.arange(101)), 4)
    assert np.array_equal(of_groups.finding, halves_of(gold, Structure(), 4).finding)


@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=30, max_size=80), st.integers(0, 1000))
def test_no_record_stands_in_both_halves(pairs: list[tuple[int, int]], seed: int) -> None:
    left, right = np.array(pairs).T
    halves = halves_of(gold_of(len(left)), Structure(left_records=left, right_records=right), seed)
    assert not (halves.finding & halves.confirming).any()
    for codes in (left, right):
        assert not set(codes[halves.finding]) & set(codes[halves.confirming])


def test_a_chain_of_pairs_loses_one_pair_where_it_is_cut() -> None:
    halves = halves_of(gold_of(400), chain(400), 0)
    assert halves.n_left_out == 1
    assert min(int(halves.finding.sum()), int(halves.confirming.sum())) >= 159


def test_pairs_that_all_share_a_record_have_no_halves() -> None:
    halves = halves_of(gold_of(60), Structure(left_records=np.zeros(60, int), right_records=np.arange(60)), 0)
    assert halves.not_defined == "no two independent halves: nearly all examples are one connected set of records"


def test_records_on_one_side_alone_are_groups() -> None:
    halves = halves_of(gold_of(60), Structure(left_records=np.arange(60) // 3), 0)
    assert not set(np.arange(60)[halves.finding] // 3) & set(np.arange(60)[halves.confirming] // 3)
    assert halves.n_left_out == 0


@pytest.mark.parametrize("n", [0, 1])
def test_too_few_examples_for_two_halves(n: int) -> None:
    halves = halves_of(Gold(np.zeros(n, int), 2), Structure(), 0)
    assert halves.not_defined == "no two independent halves: there are fewer than two examples"


def test_which_half_is_the_finding_one_is_left_to_chance() -> None:
    firsts = [bool(halves_of(gold_of(2), Structure(), seed).finding[0]) for seed in range(40)]
    assert 8 < sum(firsts) < 32


def test_halves_know_how_many_pairs_are_in_neither() -> None:
    finding = np.array([True, False, False, False])
    assert Halves(finding, np.roll(finding, 1)).n_left_out == 2
