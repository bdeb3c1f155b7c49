"""Judging a review's disagreements: from the queue to the corrected difference."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import pytest

from reviewer_app.errors import ReviewError
from reviewer_app.review.operations.imports import AddSubmission
from reviewer_app.review.review import Review

PAIR = ("pets", "Ann", "Bob")


def judge(path: Path, n_rows: int, **judgements: str) -> list[str]:
    """Fill in a queue: the gold label is right, but for the ids named; return its ids."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[:n_rows]:
        right = {row["a_label"]: "a_right", row["b_label"]: "b_right"}.get(row["gold"], "both_wrong")
        row["judgement"] = judgements.get(row["example_id"].replace("-", "_"), right)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return [row["example_id"] for row in rows]


def test_all_judged_with_right_labels_is_the_difference_of_the_comparison(pets_review: Review, tmp_path: Path) -> None:
    queue = tmp_path / "queue.csv"
    # Ann is wrong on 1, 2 and 3, Bob on every third; on 3 both are, and say the same.
    n_written = pets_review.write_judging_queue(*PAIR, 1_000, queue)
    assert n_written == pets_review.disagreements(*PAIR).n_disagreements == 31
    judge(queue, 31)
    report = pets_review.label_noise(*PAIR, [queue], planned=31)
    primary = pets_review.comparison(*PAIR).primary
    assert report.is_primary
    assert report.noise.planned is not None
    assert report.noise.planned.difference == pytest.approx(primary.difference, abs=1e-15)
    assert (report.noise.planned.ci_low, report.noise.planned.ci_high) == pytest.approx(
        (primary.ci_low, primary.ci_high), abs=1e-12
    )
    assert report.noise.planned.verdict == pets_review.comparison(*PAIR).verdict == "a_better"
    assert report.findings == ()


def test_wrong_labels_move_the_difference(pets_review: Review, tmp_path: Path) -> None:
    queue = tmp_path / "queue.csv"
    pets_review.write_judging_queue(*PAIR, 31, queue)
    judge(queue, 31, test_6="b_right", test_9="label_wrong")
    live = pets_review.label_noise(*PAIR, [queue]).noise.live
    # One example changes hands, one is nobody's.
    assert live.difference == pytest.approx(pets_review.comparison(*PAIR).primary.difference - 3 / 90)


def test_the_queue_is_the_same_whoever_asks_and_whichever_side_is_a(pets_review: Review, tmp_path: Path) -> None:
    for name, a, b in (("one", "Ann", "Bob"), ("other", "Bob", "Ann")):
        pets_review.write_judging_queue("pets", a, b, 10, tmp_path / f"{name}.csv")
    one, other = (
        [
            row["example_id"]
            for row in csv.DictReader((tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines())
        ]
        for name in ("one", "other")
    )
    assert one == other
    assert one != sorted(one)


def test_it_depends_on_what_was_predicted(pets_review: Review, tmp_path: Path, predict_pets) -> None:
    pets_review.write_judging_queue(*PAIR, 10, tmp_path / "before.csv")
    pets_review.do(AddSubmission(predict_pets("again", every=3, wrong=(7,)), "Bob"))
    pets_review.write_judging_queue(*PAIR, 10, tmp_path / "after.csv")
    assert (tmp_path / "before.csv").read_text() != (tmp_path / "after.csv").read_text()


def test_judgements_of_exchanged_teams_are_refused(pets_review: Review, tmp_path: Path) -> None:
    queue = tmp_path / "queue.csv"
    pets_review.write_judging_queue(*PAIR, 31, queue)
    judge(queue, 5)
    with pytest.raises(ReviewError, match="A and B are exchanged"):
        pets_review.label_noise("pets", "Bob", "Ann", [queue])


def test_nothing_judged_says_so(pets_review: Review) -> None:
    report = pets_review.label_noise(*PAIR)
    assert report.sentence.startswith("Nothing is judged yet")
    assert report.noise.not_defined is not None


def test_judging_leaves_the_file_as_it_is(pets_review: Review, tmp_path: Path) -> None:
    queue = tmp_path / "queue.csv"
    before = pets_review.path.read_bytes()
    pets_review.write_judging_queue(*PAIR, 31, queue)
    judge(queue, 20)
    pets_review.label_noise(*PAIR, [queue])
    assert pets_review.path.read_bytes() == before
    with sqlite3.connect(pets_review.path) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)
    connection.close()


def test_another_metric_is_refused(pets_review: Review) -> None:
    with pytest.raises(ReviewError, match="Only a difference in accuracy"):
        pets_review.label_noise(*PAIR, metric="macro_f1")
