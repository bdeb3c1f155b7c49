"""A review is one file: copied to another machine, everything is there; any SQLite browser opens it."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from reviewer_app.disagreements.filters import ExampleFilter
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.results_json import results_to_json
from reviewer_app.review.review import Review

Predict = Callable[..., Path]


@pytest.fixture
def matching_folder(tmp_path: Path) -> Path:
    """A matching dataset with an image per pair."""
    folder = tmp_path / "shop"
    (folder / "images").mkdir(parents=True)
    rows = ["id,left_title,left_price,right_title,right_price,photo,label"]
    for number in range(20):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(folder / "images" / f"{number}.png")
        label = "match" if number % 2 else "non_match"
        left, right = f"Sony Camera {number} black", f"SONY camera {number} silver" if number else ""
        rows.append(f"p{number},{left},{number}.5,{right},{'' if number == 3 else number},images/{number}.png,{label}")
    (folder / "test.csv").write_text("\n".join(rows) + "\n")
    spec = {
        "name": "shop",
        "task": "matching",
        "id": "id",
        "target": "label",
        "positive_label": "match",
        "columns": {
            "left_title": "text",
            "left_price": "numeric",
            "right_title": "text",
            "right_price": "numeric",
            "photo": "image",
        },
        "labels": ["match", "non_match"],
        "costs": [{"true": "match", "predicted": "non_match", "cost": 5.0}],
    }
    (folder / "dataset.json").write_text(json.dumps(spec))
    return folder


@pytest.fixture
def moved(tmp_path: Path, matching_folder: Path) -> Path:
    """A review of it with two teams' scores, saved to another folder after its originals were deleted."""
    for team, shift in (("a", 0.0), ("b", 0.2)):
        rows = [
            f"p{number},{'match' if number % 2 or number < 6 * shift else 'non_match'},{0.04 * number + shift:.3f}"
            for number in range(20)
        ]
        (tmp_path / f"{team}.csv").write_text("id,y_pred,score\n" + "\n".join(rows) + "\n")
    target = tmp_path / "elsewhere" / "copy.review"
    target.parent.mkdir()
    with Review.create(tmp_path / "shop.review") as review:
        review.do(AddDataset(matching_folder))
        review.do(AddSubmission(tmp_path / "a.csv", "A"))
        review.do(AddSubmission(tmp_path / "b.csv", "B"))
        expected = results_to_json(review.results())
        review.save_copy(target)
    shutil.rmtree(matching_folder)
    for name in ("a.csv", "b.csv", "shop.review"):
        (tmp_path / name).unlink()
    (target.parent / "expected.json").write_text(json.dumps(expected))
    return target


def test_everything_is_there_without_the_originals(moved: Path) -> None:
    with Review.open(moved) as review:
        results = review.results()
        table = review.disagreements("shop", "A", "B")
        rows = table.page(table.rows(ExampleFilter(disagree_only=True)))
        detail = review.example("shop", "A", "B", 2)

        assert json.loads((moved.parent / "expected.json").read_text()) == results_to_json(results)
        assert results.comparisons[0].metrics["roc_auc"].difference == pytest.approx(0.0)
        assert [row["id"] for row in rows] == ["p0"]
        assert rows[0] == {
            "example_no": 0, "id": "p0", "gold": "non_match", "a": "non_match", "b": "match", "a_confidence": 0.0,
            "b_confidence": 0.2, "gap": 0.2, "outcome": "only_a", "left_title": "Sony Camera 0 black",
            "left_price": 0.5, "right_title": None, "right_price": 0.0, "photo": "images/0.png",
        }  # fmt: skip
        assert table.kinds["photo"] == "image"
        assert Image.open(io.BytesIO(detail.images["photo"])).getpixel((0, 0)) == (2, 0, 0)
        assert {curve.name for curve in review.curves("shop", "A")} >= {"ROC", "precision-recall", "threshold sweep"}


def test_a_pair_is_shown_side_by_side_with_the_words_that_differ(moved: Path) -> None:
    with Review.open(moved) as review:
        detail = review.example("shop", "A", "B", 3)
        empty = review.example("shop", "A", "B", 0)

    pair = {name: (left, right) for name, left, right in detail.pair}
    left, right = pair["title"]
    assert [(part.text, part.differs) for part in left or ()] == [("Sony Camera 3 ", False), ("black", True)]
    assert [(part.text, part.differs) for part in right or ()] == [("SONY camera 3 ", False), ("silver", True)]
    assert pair["price"][1] is None
    assert [part.text for part in pair["price"][0] or ()] == ["3.5"]
    assert {name: right for name, _, right in empty.pair}["title"] is None
    assert {name: value for name, _, value in detail.columns}["left_price"] == "3.5"
    assert (detail.gold, detail.a_label, detail.outcome, detail.a_confidence) == ("match", "match", "both_right", 0.12)


def test_plain_sqlite_reads_outcomes_metrics_and_verdicts_in_words(moved: Path) -> None:
    with closing(sqlite3.connect(moved)) as plain:
        disagreement = plain.execute(
            "SELECT team_a, team_b, example_id, gold, a_label, b_label, outcome FROM disagreement"
        )
        assert disagreement.fetchall() == [("A", "B", "p0", "non_match", "non_match", "match", "only_a")]
        assert plain.execute("SELECT count(*) FROM outcome").fetchone() == (20,)
        f1 = plain.execute("SELECT team, value FROM metric_table WHERE metric = 'f1' ORDER BY team").fetchall()
        assert f1 == [("A", 1.0), ("B", 20 / 21)]
        [verdict] = plain.execute("SELECT dataset, team_a, team_b, metric, verdict, sentence FROM verdict").fetchall()
        assert verdict[:4] == ("shop", "A", "B", "f1")
        assert verdict[5].endswith(".")
        assert plain.execute(
            "SELECT count(*) FROM metric_table WHERE value IS NULL AND not_defined IS NULL"
        ).fetchone() == (0,)


def test_a_named_path_with_signs_is_a_review_like_any_other(tmp_path: Path, pets: Path) -> None:
    path = tmp_path / "a?b#c%20.review"
    with Review.create(path, "signs") as review:
        review.do(AddDataset(pets))
    with Review.open(path) as review:
        assert [dataset.name for dataset in review.datasets()] == ["pets"]
        review.save_copy(tmp_path / "copy#?.review")
    with Review.open(tmp_path / "copy#?.review") as review:
        assert review.title == "signs"


def test_a_temporary_review_is_gone_after_close_unless_it_was_saved(tmp_path: Path, pets: Path) -> None:
    with Review.temporary() as review:
        review.do(AddDataset(pets))
        review.save_copy(tmp_path / "kept.review")
        folder = review.path.parent

    assert not folder.exists()
    with Review.open(tmp_path / "kept.review") as kept:
        assert kept.datasets()[0].name == "pets"


KILLED = """
import os, signal, sys
from pathlib import Path
import reviewer_app.store.datasets as datasets
from reviewer_app.review.operations.imports import AddDataset
from reviewer_app.review.review import Review

write_column, written = datasets.write_column, []

def write_and_die(connection, *arguments):
    connection.execute("PRAGMA cache_size = 1")  # so that pages reach the file before the transaction ends
    write_column(connection, *arguments)
    written.append(arguments)
    if len(written) == 3:
        os.kill(os.getpid(), signal.SIGKILL)

datasets.write_column = write_and_die
with Review.open(Path(sys.argv[1])) as review:
    review.do(AddDataset(Path(sys.argv[2]), name="second"))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_process_killed_in_the_middle_of_an_import_leaves_nothing_of_it(pets_review: Review, pets: Path) -> None:
    expected = results_to_json(pets_review.results())
    pets_review.close()
    before = pets_review.path.read_bytes()

    killed = subprocess.run([sys.executable, "-c", KILLED, str(pets_review.path), str(pets)], capture_output=True)

    assert killed.returncode == -9, killed.stderr.decode()
    assert pets_review.path.with_name("pets.review-journal").exists()
    assert pets_review.path.read_bytes() != before
    with Review.open(pets_review.path) as review:
        assert [dataset.name for dataset in review.datasets()] == ["pets"]
        assert results_to_json(review.results()) == expected
    with closing(sqlite3.connect(pets_review.path)) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT count(*) FROM column_set WHERE dataset_id <> 1").fetchone() == (0,)


READING = """
import sys
from pathlib import Path
from reviewer_app.review.review import Review

with Review.open(Path(sys.argv[1])) as review:
    opened = sorted(name for name in sys.modules if name in HEAVY)
    review.summary(), review.datasets(), review.teams(), review.runs(), review.results()
    review.class_reports("pets", "Ann"), review.confusion_matrix("pets", "Bob"), review.curves("pets", "Ann")
    read = sorted(name for name in sys.modules if name in HEAVY)
print(opened, read)
""".replace("HEAVY", str({"pandas", "sqlite_utils", "scipy.stats", "sklearn", "matplotlib", "pydantic", "PIL", "rich"}))


def test_opening_and_reading_a_review_loads_nothing_heavy(pets_review: Review) -> None:
    # pyarrow itself loads pandas, wherever it makes an array of Python's or numpy's values: not before the examples.
    pets_review.results()

    done = subprocess.run([sys.executable, "-c", READING, str(pets_review.path)], capture_output=True, text=True)

    assert (done.stdout.strip(), done.stderr) == ("[] []", "")
