"""Small rows: what a cell holds, and how findings come back."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.comparison.result import Verdict
from reviewer_app.store.rows import from_json, scalar, to_json


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (np.int64(7), 7),
        (np.float32(0.5), 0.5),
        (np.bool_(True), 1),
        (True, 1),
        (math.nan, None),
        (np.float64("nan"), None),
        (Verdict.A_BETTER, "a_better"),
        (Path("a/b"), str(Path("a/b"))),
        ("\ud800", "\\ud800"),
        (b"\x00", b"\x00"),
        (None, None),
    ],
)
def test_a_cell_holds_pythons_own_scalars(value: object, kept: object) -> None:
    found = scalar(value)

    assert found == kept
    assert type(found) is type(kept)


def test_what_no_cell_holds_is_a_bug() -> None:
    with pytest.raises(TypeError, match="list"):
        scalar([1])


def test_json_keeps_the_order_of_keys_and_the_values() -> None:
    value = {"b": 1, "a": [1.5, None, "ü"], "path": Path("x")}

    assert list(from_json(to_json(value))) == ["b", "a", "path"]
    assert from_json(to_json(value)) == {"b": 1, "a": [1.5, None, "ü"], "path": "x"}
