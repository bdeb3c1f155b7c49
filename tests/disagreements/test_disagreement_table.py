from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from reviewer_app.comparison.result import Outcome
from reviewer_app.disagreements.filters import Condition, ExampleFilter, parse_condition
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.errors import ReviewError


def rows(table: DisagreementTable, *conditions: Condition, **rest) -> list[int]:
    return table.rows(ExampleFilter(conditions=conditions, **rest)).tolist()


def test_counts_name_all_five_outcomes(table):
    assert table.outcome_counts() == {
        Outcome.BOTH_RIGHT: 1,
        Outcome.ONLY_A: 1,
        Outcome.ONLY_B: 2,
        Outcome.BOTH_WRONG_SAME: 1,
        Outcome.BOTH_WRONG_DIFFERENT: 1,
    }
    assert table.n_disagreements == 4


def test_an_empty_filter_shows_everything_in_file_order(table):
    assert rows(table) == [0, 1, 2, 3, 4, 5]


def test_filters_by_outcome_and_by_disagreement(table):
    assert rows(table, outcomes=frozenset({Outcome.ONLY_B})) == [2, 5]
    assert rows(table, outcomes=frozenset({Outcome.BOTH_WRONG_SAME, Outcome.BOTH_WRONG_DIFFERENT})) == [3, 4]
    assert rows(table, disagree_only=True) == [1, 2, 4, 5]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("price", ">", "100"), [1]),
        (Condition("price", ">=", "100"), [1, 4, 5]),
        (Condition("price", "!=", "100"), [0, 1, 2]),
        (Condition("price", "missing"), [3]),
        (Condition("title", "missing"), [2]),
        (Condition("title", "present"), [0, 1, 3, 4, 5]),
        (Condition("price", "present"), [0, 1, 2, 4, 5]),
        (Condition("length:title", "<=", "5"), [1, 4]),
        (Condition("length:title", ">", "7"), [0, 5]),
        (Condition("length:title", "missing"), [2]),
        (Condition("title", "contains", "SONY"), [0, 3]),
        (Condition("title", "contains", "äpf"), [4]),
        (Condition("title", "=", "apple"), [1]),
        (Condition("gold", "=", "match"), [0, 2, 4]),
        (Condition("feature:gold", "=", "y"), [1, 3]),
        (Condition("a", "missing"), [5]),
        (Condition("b", "=", "perhaps"), [4]),
        (Condition("a_confidence", "missing"), [4, 5]),
        (Condition("gap", ">", "0.45"), [1, 2]),
        (Condition("outcome", "=", "only_b"), [2, 5]),
        (Condition("id", ">", "e3"), [4, 5]),
    ],
    ids=str,
)
def test_conditions_hold_where_they_should_and_never_for_a_missing_value(table, condition, expected):
    assert rows(table, condition) == expected


def test_conditions_are_joined_by_and(table):
    assert rows(table, Condition("price", "<=", "100"), Condition("title", "contains", "sony")) == [0]


def test_text_search_looks_into_ids_and_texts_literally_and_ignores_case(table):
    assert rows(table, text="sony") == [0, 3]
    assert rows(table, text="E4") == [4]
    assert rows(table, text="100% <B>") == [5]
    assert rows(table, text=".*") == []


def test_sorting_is_stable_and_puts_missing_values_last_both_ways(table):
    everything = ExampleFilter()
    assert table.rows(everything, "price").tolist() == [2, 0, 4, 5, 1, 3]
    assert table.rows(everything, "price", descending=True).tolist() == [1, 4, 5, 0, 2, 3]
    assert table.rows(everything, "gold", descending=True).tolist() == [1, 3, 5, 0, 2, 4]
    assert table.rows(everything, "a").tolist() == [0, 3, 1, 2, 4, 5]
    assert table.rows(everything, "outcome").tolist() == [0, 1, 2, 5, 3, 4]
    assert table.rows(everything, "title").tolist() == [5, 0, 1, 3, 4, 2]


def test_a_page_holds_words_and_none_for_what_is_missing(table):
    columns = ["id", "gold", "a", "a_confidence", "gap", "title", "price"]
    first, last = table.page(np.array([1, 5], dtype=np.int32), columns)
    assert first == {
        "example_no": 1,
        "id": "e1",
        "gold": "non_match",
        "a": "non_match",
        "a_confidence": 0.2,
        "gap": pytest.approx(0.5),
        "title": "apple",
        "price": 200.5,
    }
    assert last["a"] is None
    assert last["a_confidence"] is None
    assert last["gap"] is None


@pytest.mark.parametrize(
    "condition",
    [Condition("colour", "=", "red"), Condition("price", ">", "cheap"), Condition("price", "~", "1")],
    ids=str,
)
def test_a_condition_that_cannot_be_checked_says_why(table, condition):
    with pytest.raises(ReviewError) as caught:
        rows(table, condition)
    assert caught.value.code == "bad_condition"


def test_lengths_of_texts_can_be_filtered_by_and_are_no_columns_of_the_table(table):
    assert set(table.filter_columns) - set(table.column_names) == {"length:title"}
    assert table.is_numeric("length:title")
    assert "length:title" not in table.page(np.array([0], np.int32))[0]


def test_a_feature_with_the_name_of_a_length_stands_before_it(table):
    features = table.features.append_column("length:title", pa.array(["a", "b", "a", "b", "a", "b"]))
    named = replace(table, features=features, kinds={**table.kinds, "length:title": "categorical"})
    assert rows(named, Condition("length:title", "=", "b")) == [1, 3, 5]


def test_sorting_by_an_unknown_column_says_which_there_are(table):
    with pytest.raises(ReviewError, match="title"):
        table.rows(ExampleFilter(), "colour")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("price>100", Condition("price", ">", "100")),
        (" price >= 1e3 ", Condition("price", ">=", "1e3")),
        ("price missing", Condition("price", "missing")),
        ("price present", Condition("price", "present")),
        ("title contains a = b", Condition("title", "contains", "a = b")),
        ("title!=", Condition("title", "!=", "")),
        ("a=match", Condition("a", "=", "match")),
        ("a_confidence<0.5", Condition("a_confidence", "<", "0.5")),
        ("list price=9", Condition("list price", "=", "9")),
        ("a<b=x", Condition("a<b", "=", "x")),
    ],
)
def test_conditions_are_read_as_typed(typed, expected):
    columns = ("a", "a_confidence", "price", "title", "list price", "a<b")
    assert parse_condition(typed, columns) == expected


@pytest.mark.parametrize("typed", ["", "colour=red", "price", "price is 3"])
def test_a_condition_that_cannot_be_read_says_how_to_write_one(typed):
    with pytest.raises(ReviewError, match="price>100"):
        parse_condition(typed, ("price",))
