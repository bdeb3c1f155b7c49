from __future__ import annotations

import pytest

from reviewer_app.comparison.prospects import prospect_sentence


def test_a_test_set_says_what_it_could_show_before_there_are_results():
    assert prospect_sentence(1_000, "matching", 0.05) == (
        "Differences in accuracy that 1,000 test pairs show with 80 % power, by the share of pairs that one team alone "
        "has right: 2.0 points at 5 %, 2.8 points at 10 %, 4.0 points at 20 %."
    )


@pytest.mark.parametrize("n_test", [1, 20])
def test_a_test_set_that_could_show_nothing_says_so(n_test: int):
    assert "none at 5 %" in prospect_sentence(n_test, "classification", 0.05)


def test_a_stricter_alpha_leaves_less_to_be_seen():
    assert prospect_sentence(500, "matching", 0.05) != prospect_sentence(500, "matching", 0.005)
