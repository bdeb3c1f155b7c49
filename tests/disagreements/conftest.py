from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from reviewer_app.comparison.outcomes import outcome_codes
from reviewer_app.disagreements.table import DisagreementTable
from reviewer_app.evaluation.inputs import NO_PREDICTION


@pytest.fixture
def table() -> DisagreementTable:
    """Six pairs: every outcome, a missing prediction, missing values, and a feature whose name is taken."""
    gold = np.array([0, 1, 0, 1, 0, 1], dtype=np.uint16)
    a = np.array([0, 1, 1, 0, 1, NO_PREDICTION], dtype=np.uint16)
    b = np.array([0, 0, 0, 0, 2, 1], dtype=np.uint16)
    features = pa.table(
        {
            "title": ["Sony DVD", "apple", None, "sony tv", "Äpfel", "100% <b>"],
            "price": [10.0, 200.5, 5.0, None, 100.0, 100.0],
            "gold": ["x", "y", "x", "y", "x", None],
        }
    )
    return DisagreementTable(
        dataset="shop",
        task="matching",
        team_a="A",
        team_b="B",
        labels=("match", "non_match", "perhaps"),
        ids=pa.array(["e0", "e1", "e2", "e3", "e4", "e5"]),
        gold=gold,
        a=a,
        b=b,
        a_confidence=np.array([0.9, 0.2, 0.4, 0.6, np.nan, np.nan]),
        b_confidence=np.array([0.8, 0.7, 0.9, 0.6, 0.5, 0.1]),
        outcomes=outcome_codes(gold, a, b),
        features=features,
        kinds={"title": "text", "price": "numeric", "gold": "categorical"},
    )
