from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.comparison.outcomes import OUTCOMES, disagreements, outcome_codes, outcome_counts
from reviewer_app.comparison.result import Outcome
from reviewer_app.evaluation.inputs import NO_PREDICTION


def outcomes(y_true, a, b):
    codes = outcome_codes(*(np.array(values, dtype=np.uint16) for values in (y_true, a, b)))
    return [OUTCOMES[code] for code in codes]


def test_each_outcome_is_what_its_name_says():
    assert outcomes([0, 0, 0, 0, 0], [0, 0, 1, 1, 1], [0, 1, 0, 1, 2]) == list(Outcome)


def test_a_missing_prediction_differs_from_every_label_and_two_missing_ones_are_the_same_error():
    assert outcomes([0, 0, 0], [NO_PREDICTION, NO_PREDICTION, NO_PREDICTION], [0, 1, NO_PREDICTION]) == [
        Outcome.ONLY_B,
        Outcome.BOTH_WRONG_DIFFERENT,
        Outcome.BOTH_WRONG_SAME,
    ]


@given(st.lists(st.tuples(*[st.sampled_from([0, 1, 2, 7, NO_PREDICTION])] * 2), max_size=40))
def test_outcomes_add_up_and_disagreements_are_those_that_are_not_the_same(pairs):
    a = np.array([pair[0] for pair in pairs], dtype=np.uint16)
    b = np.array([pair[1] for pair in pairs], dtype=np.uint16)
    y_true = np.zeros(len(pairs), dtype=np.uint16)
    counts = outcome_counts(outcome_codes(y_true, a, b))
    assert sum(counts.values()) == len(pairs)
    same = counts[Outcome.BOTH_RIGHT] + counts[Outcome.BOTH_WRONG_SAME]
    assert disagreements(a, b).sum() == len(pairs) - same
