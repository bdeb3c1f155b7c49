from __future__ import annotations

import pytest

from reviewer_app.comparison.formatting import format_difference, format_margin, format_p, format_value
from reviewer_app.evaluation.metrics import metric
from reviewer_app.evaluation.needs import counted

F1, LOG_LOSS, MCC = metric("f1"), metric("log_loss"), metric("mcc")


def test_metrics_within_one_are_shown_in_points_and_others_as_they_are():
    assert format_value(F1, 0.75649) == "75.6"
    assert format_value(MCC, -0.25) == "−25.0"
    assert format_value(LOG_LOSS, 0.43217) == "0.4322"


def test_what_is_not_defined_is_a_dash_and_never_zero():
    assert format_value(F1, None) == "–"
    assert format_difference(F1, None) == "–"


def test_differences_carry_their_sign():
    assert format_difference(F1, 0.044, unit=True) == "+4.4 points"
    assert format_difference(F1, -0.0312) == "−3.1"
    assert format_difference(LOG_LOSS, -0.5) == "−0.5000"


def test_a_difference_that_rounds_to_zero_claims_no_direction():
    assert format_difference(F1, -0.0001) == "+0.0"
    assert format_difference(F1, 0.0) == "+0.0"


def test_a_small_loss_or_margin_is_never_written_as_zero():
    assert format_difference(LOG_LOSS, -0.0000012) == "−1.2e−06"
    assert format_difference(LOG_LOSS, -1e-17) == "+0.0000"
    assert format_margin(LOG_LOSS, 0.00002) == "2.0e-05"
    assert format_margin(F1, 0.0001) == "0.01 points"
    assert format_margin(F1, 0.0) == "0.0 points"


@pytest.mark.parametrize(
    ("p_value", "text"),
    [
        (0.0, "p < 0.0001"),
        (0.00009, "p < 0.0001"),
        (0.00088, "p = 0.00088"),
        (0.00123, "p = 0.0012"),
        (0.011, "p = 0.011"),
        (0.0496, "p = 0.050"),
        (0.4567, "p = 0.46"),
        (1.0, "p > 0.99"),
    ],
)
def test_p_values_have_two_digits(p_value, text):
    assert format_p(p_value) == text


def test_margins_and_counts():
    assert format_margin(F1, 0.01) == "1.0 points"
    assert format_margin(LOG_LOSS, 0.02) == "0.0200"
    assert [counted(1, "pair"), counted(2293, "pair")] == ["1 pair", "2,293 pairs"]
