"""Real systems' predictions, through the review, against numbers that others computed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.results_json import results_to_json
from reviewer_app.review.review import Review


def compared(folder: Path, ending: str, a: str, b: str) -> dict[str, Any]:
    with Review.temporary() as review:
        review.do(AddDataset(folder / f"gold.{ending}", name="real"))
        for team in (a, b):
            review.do(AddSubmission(folder / f"{team}.{ending}", team))
        return results_to_json(review.results())


def test_two_real_systems_come_out_as_others_computed_from_csv_and_parquet_alike(shared_data: Path) -> None:
    folder = shared_data / "predictions" / "sst2-cnn-lstm"
    [reference] = json.loads((folder / "reference_pairs.json").read_text())["pairs"]

    from_csv = compared(folder, "csv", reference["a"], reference["b"])
    from_parquet = compared(folder, "parquet", reference["a"], reference["b"])

    [comparison] = from_csv["comparisons"]
    assert comparison["mcnemar"]["p_exact"] == pytest.approx(reference["mcnemar_exact_two_sided_p"], rel=1e-9)
    assert comparison["outcomes"]["only_a"] == reference["only_a_right"]
    assert comparison["outcomes"]["only_b"] == reference["only_b_right"]
    assert comparison["metrics"]["accuracy"]["a"] == reference["correct_a"] / reference["n"]
    assert from_csv["comparisons"] == from_parquet["comparisons"]
    assert from_csv["runs"] == from_parquet["runs"]
