"""Which slices are tried, and the masks that they select."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from reviewer_app.comparison.outcomes import outcome_codes
from reviewer_app.disagreements.filters import Condition, parse_condition
from reviewer_app.disagreements.slices import SliceFilter, SliceMasks, candidate_slices, refuse_outcome
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Cancelled, Progress


def table_of(n: int, kinds: dict[str, str], **features: Any) -> DisagreementTable:
    """Return examples with alternating labels, both teams right, and these features."""
    gold = (np.arange(n) % 2).astype(np.uint16)
    return DisagreementTable(
        dataset="things",
        task="classification",
        team_a="A",
        team_b="B",
        labels=("no", "yes"),
        ids=pa.array([f"e{number}" for number in range(n)]),
        gold=gold,
        a=gold,
        b=gold,
        a_confidence=np.full(n, np.nan),
        b_confidence=np.full(n, np.nan),
        outcomes=outcome_codes(gold, gold, gold),
        features=pa.table(features),
        kinds=kinds,
    )


def names(table: DisagreementTable) -> list[str]:
    return [str(one) for one in candidate_slices(table) if one.conditions[0].column != "gold"]


def test_the_gold_label_comes_first():
    assert [str(one) for one in candidate_slices(table_of(60, {}))] == ["gold = no", "gold = yes"]


def test_a_category_has_a_slice_per_value_with_enough_examples():
    values = ["a"] * 40 + ["b"] * 20 + ["c"] * 19 + [None] * 21
    table = table_of(100, {"kind": "categorical"}, kind=values)
    assert names(table) == ["kind = a", "kind = b", "kind missing", "kind present"]


def test_of_many_values_the_most_frequent_are_tried():
    values = [f"v{number % 30:02}" for number in range(900)] + ["often"] * 100
    found = names(table_of(1000, {"kind": "categorical"}, kind=values))
    assert len(found) == 20
    assert found[:2] == ["kind = often", "kind = v00"]


def test_numbers_are_cut_into_quarters_at_round_places():
    values = np.linspace(0.0, 1000.0, 400) + 0.123
    found = names(table_of(400, {"price": "numeric"}, price=values))
    assert found == ["price < 251", "price >= 251 and price < 501", "price >= 501 and price < 752", "price >= 752"]


def test_rounding_must_not_move_the_cuts_together():
    values = 10_000_000.0 + np.arange(400)
    found = names(table_of(400, {"price": "numeric"}, price=values))
    assert found[0] == "price < 10000100"
    assert len(found) == 4


def test_a_number_with_few_values_has_a_slice_per_value():
    found = names(table_of(120, {"size": "numeric"}, size=[1.0, 2.0, 2.5] * 40))
    assert sorted(found) == ["size = 1", "size = 2", "size = 2.5"]


def test_a_number_that_is_mostly_one_value_is_cut_where_it_can_be():
    values = np.concatenate([np.zeros(300), np.arange(1.0, 101.0)])
    found = names(table_of(400, {"price": "numeric"}, price=values))
    assert found == ["price < 1", "price >= 1"]


def test_texts_are_cut_by_their_length():
    found = names(table_of(400, {"story": "text"}, story=["x" * (number % 80 + 1) for number in range(400)]))
    assert found[0] == "length:story < 21"
    assert len(found) == 4


def test_dates_are_cut_in_their_order():
    days = [f"2020-{1 + number % 12:02}-01" for number in range(120)]
    found = names(table_of(120, {"day": "datetime"}, day=days))
    assert found[0] == "day < 2020-04-01"
    assert found[-1] == "day >= 2020-10-01"


@pytest.mark.parametrize(
    ("kind", "values"), [("image", ["x.png"] * 60), ("text", [None] * 60), ("numeric", [1.0] * 60)]
)
def test_columns_that_tell_no_examples_apart_add_no_more_than_one_slice(kind, values):
    column = pa.array(values, pa.float64() if kind == "numeric" else pa.string())
    assert len(names(table_of(60, {"it": kind}, it=column))) <= 1


def test_a_feature_whose_name_is_taken_is_tried_by_its_own_name():
    table = table_of(60, {"outcome": "categorical"}, outcome=["won"] * 30 + ["lost"] * 30)
    assert names(table) == ["feature:outcome = lost", "feature:outcome = won"]


def test_every_slice_is_read_back_as_typed():
    kinds = {"kind": "categorical", "price": "numeric", "story": "text"}
    rng = np.random.default_rng(0)
    table = table_of(
        300,
        kinds,
        kind=rng.choice(["a = b", "c<d", "missing", "e f"], 300),
        price=rng.normal(0.0, 1e-4, 300),
        story=["x" * number for number in rng.integers(1, 90, 300)],
    )
    for one in candidate_slices(table):
        for condition in one.conditions:
            assert parse_condition(str(condition), table.filter_columns) == condition


def test_quarters_share_out_all_examples_that_have_a_value():
    values = np.random.default_rng(1).normal(size=500)
    table = table_of(500, {"price": "numeric"}, price=pa.array(np.where(values > 2, np.nan, values), from_pandas=True))
    quarters = [one for one in candidate_slices(table) if one.conditions[0].op in ("<", ">=")]
    masks = SliceMasks(table, quarters, np.ones(500, dtype=bool), Progress())
    assert np.array_equal(np.sum(list(masks), axis=0), ~np.isnan(np.where(values > 2, np.nan, values)))


def test_masks_are_over_the_examples_that_are_kept():
    table = table_of(60, {"kind": "categorical"}, kind=["a"] * 30 + ["b"] * 30)
    kept = np.arange(60) >= 20
    filters = [SliceFilter((Condition("kind", "=", "a"),)), SliceFilter((Condition("gold", "=", "no"),))]
    masks = SliceMasks(table, filters, kept, Progress())
    assert len(masks) == 2
    assert [mask.sum() for mask in masks[:]] == [10, 20]
    assert masks[0].shape == (40,)


def test_selecting_can_be_cancelled():
    progress = Progress()
    progress.cancel()
    table = table_of(60, {})
    with pytest.raises(Cancelled):
        SliceMasks(table, candidate_slices(table), np.ones(60, dtype=bool), progress)


@pytest.mark.parametrize("column", ["a", "b", "a_confidence", "b_confidence", "gap", "outcome"])
def test_what_the_teams_answered_is_refused(column):
    with pytest.raises(ReviewError) as caught:
        refuse_outcome([Condition("gold", "=", "yes"), Condition(column, "missing")])
    assert caught.value.code == "slice_by_outcome"


def test_features_the_id_and_the_gold_label_are_not_refused():
    refuse_outcome([Condition("gold", "=", "yes"), Condition("id", "contains", "e"), Condition("feature:a", "=", "x")])


def test_predictions_have_no_say_in_which_slices_are_tried():
    table = table_of(60, {"kind": "categorical"}, kind=["a"] * 30 + ["b"] * 30)
    wrong = replace(table, a=1 - table.gold, a_confidence=np.linspace(0, 1, 60))
    assert candidate_slices(wrong) == candidate_slices(table)
