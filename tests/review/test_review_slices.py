"""Slices of a review: missing predictions, shared records, and a review that may only be read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.disagreements.filters import Condition
from reviewer_app.errors import ReviewError
from reviewer_app.progress import Cancelled, Progress
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.review import Review
from reviewer_app.significance.slices import SliceStatus

Files = tuple[Path, Path, Path]


def review_of(path: Path, gold: Path, a: Path, b: Path, **options: object) -> Review:
    """Return a review of one dataset and two prediction files."""
    review = Review.create(path)
    review.do(AddDataset(gold, options=ImportOptions(**{k: v for k, v in options.items() if k != "missing"})))
    given = ImportOptions(**{k: v for k, v in options.items() if k == "missing"})
    review.do(AddSubmission(a, "Reds", options=given))
    review.do(AddSubmission(b, "Plain", options=given))
    return review


def without_every_third(path: Path, folder: Path) -> Path:
    """Return the predictions without every third row."""
    header, *rows = path.read_text().splitlines()
    target = folder / path.name
    target.write_text("\n".join([header, *(row for number, row in enumerate(rows) if number % 3)]) + "\n")
    return target


def test_the_same_search_gives_the_same_slices_and_teams_may_change_places(tmp_path: Path, shop_files: Files) -> None:
    with review_of(tmp_path / "shop.review", *shop_files) as review:
        once, again = (review.slices("shop", "Reds", "Plain") for _ in range(2))
        mirrored = review.slices("shop", "Plain", "Reds")
    assert once == again
    assert [one.status for one in once.ordered] == [one.status for one in mirrored.ordered]
    assert once.search.slices[0].values.difference == -(mirrored.search.slices[0].values.difference or 0.0)


def test_dropped_examples_are_in_no_slice(tmp_path: Path, shop_files: Files) -> None:
    gold, reds, plain = shop_files
    with review_of(
        tmp_path / "shop.review", gold, without_every_third(reds, tmp_path), plain, missing="drop"
    ) as review:
        report = review.slices("shop", "Reds", "Plain")
        alone = review.slice_alone("shop", "Reds", "Plain", [Condition("colour", "=", "red")])
        table = review.disagreements("shop", "Reds", "Plain")
    assert report.search.n_finding + report.search.n_confirming == 400
    is_red = np.array(table.column("colour").to_pylist()) == "red"
    assert alone.numbers.n_examples == np.count_nonzero(is_red & (np.arange(600) % 3 != 0))


def test_missing_predictions_are_wrong_unless_they_are_dropped(tmp_path: Path, shop_files: Files) -> None:
    gold, reds, plain = shop_files
    with review_of(tmp_path / "shop.review", gold, without_every_third(reds, tmp_path), plain) as review:
        report = review.slices("shop", "Reds", "Plain")
    assert report.search.n_finding + report.search.n_confirming == 600
    assert all((one.values.a or 0.0) < 0.7 for one in report.search.slices)


def test_searching_can_be_cancelled(tmp_path: Path, shop_files: Files) -> None:
    progress = Progress()
    progress.cancel()
    with review_of(tmp_path / "shop.review", *shop_files) as review, pytest.raises(Cancelled):
        review.slices("shop", "Reds", "Plain", progress=progress)


def test_pairs_that_share_records_are_halved_along_the_records(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    # Chains of pairs, each of which shares a record with the next.
    lines = ["id,left_name,left_kind,right_name,label"]
    rows = []
    for number in range(600):
        left, right = number // 2, (number + 1) // 2
        label = "match" if rng.random() < 0.4 else "non_match"
        lines.append(f"p{number},l{left},{'x' if left % 2 else 'y'},r{right},{label}")
        rows.append((label, left % 2 == 1))
    (tmp_path / "chain.csv").write_text("\n".join(lines) + "\n")
    other = {"match": "non_match", "non_match": "match"}
    for name, rate in (("a", 0.05), ("b", 0.5)):
        wrong = [rng.random() < (rate if is_x else 0.2) for _, is_x in rows]
        text = [f"p{n},{other[label] if wrong[n] else label}" for n, (label, _) in enumerate(rows)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["id,prediction", *text]) + "\n")
    files = (tmp_path / name for name in ("chain.csv", "a.csv", "b.csv"))
    with review_of(tmp_path / "chain.review", *files, task="matching", positive="match", metric="accuracy") as review:
        report = review.slices("chain", "Reds", "Plain")
    assert report.search.n_left_out == 1
    assert report.search.n_finding + report.search.n_confirming == 599
    assert "left_kind = x" in {report.name(one) for one in report.search.of(SliceStatus.CONFIRMED)}


def test_a_metric_without_influence_values_is_refused(tmp_path: Path, shop_files: Files) -> None:
    with review_of(tmp_path / "shop.review", *shop_files) as review, pytest.raises(ReviewError) as caught:
        review.slices("shop", "Reds", "Plain", "calibration_error")
    assert caught.value.code == "no_slices_by_metric"
