"""Numbers as papers print them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from reviewer_app.claims.stated import stated_difference, stated_spread, stated_value
from reviewer_app.errors import ReviewError
from reviewer_app.evaluation.metrics import metric

ACCURACY, LOG_LOSS, MCC = metric("accuracy"), metric("log_loss"), metric("mcc")


@pytest.mark.parametrize(
    ("text", "value", "half_unit"),
    [
        ("0.756", 0.756, 0.0005),
        ("75.6%", 0.756, 0.0005),
        (" 75.60 % ", 0.756, 0.00005),
        ("76%", 0.76, 0.005),
        (".7", 0.7, 0.05),
        ("1", 1.0, 0.0),
        ("1.00", 1.0, 0.005),
        ("100%", 1.0, 0.005),
        ("7.56e-1", 0.756, 0.0005),
        ("75.6 points", 0.756, 0.0005),
    ],
)
def test_the_digits_say_what_a_value_was_rounded_from(text: str, value: float, half_unit: float) -> None:
    found = stated_value(text, ACCURACY)
    assert (found.value, found.half_unit) == pytest.approx((value, half_unit))


def test_a_metric_of_another_range_has_its_own_unit() -> None:
    assert stated_value("\N{MINUS SIGN}0.25", MCC).value == -0.25
    assert stated_value("2", LOG_LOSS).half_unit == 0.5
    assert stated_value("0.43", LOG_LOSS).half_unit == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("text", "code", "remedy"),
    [
        ("75.6", "percent_or_fraction", "write 75.6%"),
        ("100.1", "claim_out_of_range", "cannot be 100.1"),
        ("101%", "claim_out_of_range", "cannot be 101%"),
        ("-0.1", "percent_or_fraction", "write -0.1%"),
        ("0,756", "not_a_number", "with a point, not a comma"),
        ("about 75", "not_a_number", "75.6% or 0.756"),
        ("75.6 ± 0.4", "not_a_number", "75.6% or 0.756"),
        ("nan", "not_a_number", "no number"),
        ("", "not_a_number", "no number"),
        ("1e999", "claim_out_of_range", "too large"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(text: str, code: str, remedy: str) -> None:
    with pytest.raises(ReviewError, match=remedy) as refused:
        stated_value(text, ACCURACY)
    assert refused.value.code == code


@pytest.mark.parametrize("read", [stated_value, stated_difference])
def test_what_is_no_share_is_not_in_per_cent(read: Callable[..., object]) -> None:
    with pytest.raises(ReviewError) as refused:
        read("43%", LOG_LOSS)
    assert refused.value.code == "percent_or_fraction"


@pytest.mark.parametrize(
    ("text", "difference"),
    [("2 points", 0.02), ("2%", 0.02), ("2.5 points", 0.025), ("0.02", 0.02), ("0", 0.0), ("0%", 0.0), ("-1%", -0.01)],
)
def test_differences_are_in_points_per_cent_or_fractions(text: str, difference: float) -> None:
    assert stated_difference(text, ACCURACY) == pytest.approx(difference)


def test_a_difference_of_an_unbounded_metric_is_in_its_unit() -> None:
    assert stated_difference("2", LOG_LOSS) == 2.0


@pytest.mark.parametrize(
    ("text", "code"), [("2", "percent_or_fraction"), ("2.3", "percent_or_fraction"), ("101%", "claim_out_of_range")]
)
def test_a_difference_whose_unit_is_not_said_is_a_question(text: str, code: str) -> None:
    with pytest.raises(ReviewError) as refused:
        stated_difference(text, ACCURACY)
    assert refused.value.code == code


def test_a_spread_has_the_unit_of_its_value() -> None:
    assert stated_spread("0.4%", ACCURACY, "75.6%") == pytest.approx(0.004)
    assert stated_spread("0.004", ACCURACY, "0.756") == pytest.approx(0.004)
    assert stated_spread("0.4", LOG_LOSS, "0.756") == pytest.approx(0.4)
    for spread, value in (("0.4", "75.6%"), ("0.4%", "0.756")):
        with pytest.raises(ReviewError, match="both in per cent, or neither"):
            stated_spread(spread, ACCURACY, value)
    with pytest.raises(ReviewError, match="cannot be"):
        stated_spread("-0.004", ACCURACY, "0.756")
