"""A review from nothing to its disagreements, command by command, with real processes."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path

import pyarrow.parquet as pq
import pytest

DATA = Path(__file__).parent.parent / "data"
FLOWERS, GADGETS = DATA / "datasets" / "flowers", DATA / "datasets" / "gadgets"


@pytest.fixture
def review(tmp_path, invoke) -> Path:
    """Two datasets and two baselines that can do both tasks, not yet run."""
    path = tmp_path / "both.review"
    assert invoke("new", path, "--title", "Two of ours").exit_code == 0
    assert invoke("add-dataset", path, FLOWERS).exit_code == 0
    assert invoke("add-dataset", path, GADGETS, "--home-of", "Words").exit_code == 0
    words = DATA / "submissions" / "class_algorithm"
    assert invoke("add-submission", path, words, "--team", "Words").exit_code == 0
    frequent = DATA / "submissions" / "command_algorithm"
    assert invoke("add-submission", path, frequent, "--team", "Frequent").exit_code == 0
    return path


def test_run_trains_every_cell_once_and_results_and_disagreements_follow(review, invoke, invoke_json, tmp_path):
    before_code, before = invoke_json("results", review)
    assert before_code == 0
    assert {run["state"] for run in before["runs"]} <= {"missing", "not_applicable"}
    assert before["comparisons"] == []

    ran = invoke("run", review, "--jobs", "2", "--sandbox", "preferred")
    assert ran.exit_code == 0, ran.stderr
    assert "Words on gadgets, seed 0: done" in ran.stderr
    again = invoke("run", review, "--sandbox", "preferred")
    assert again.exit_code == 0
    assert "Nothing to run" in again.stdout

    code, document = invoke_json("results", review)
    assert code == 0
    assert list(document) == ["review", "datasets", "runs", "comparisons", "overall", "across", "findings"]
    done = [run for run in document["runs"] if run["state"] == "done"]
    assert {(run["team"], run["dataset"]) for run in done} >= {("Words", "gadgets"), ("Frequent", "gadgets")}
    assert all(run["sandbox"] == "none" and run["predict_seconds"] > 0 for run in done)
    comparison = next(one for one in document["comparisons"] if one["dataset"] == "gadgets")
    assert comparison["planned"]
    assert sum(comparison["outcomes"].values()) == comparison["n_examples"]

    text = invoke("results", review).stdout
    assert comparison["sentence"] in text

    pair = ("--a", comparison["team_a"], "--b", comparison["team_b"])
    output = tmp_path / "rows.parquet"
    written = invoke("disagreements", review, "--dataset", "gadgets", *pair, "--outcome", "all", "-o", output)
    assert written.exit_code == 0
    assert pq.read_table(output).num_rows == comparison["n_examples"]
    shown = invoke("disagreements", review, "--dataset", "gadgets", *pair, "--outcome", "only_a", "--limit", "3")
    assert f"of {comparison['outcomes']['only_a']:,} examples" in shown.stdout


def test_the_review_reads_the_same_elsewhere_without_the_original_files(tmp_path, invoke, invoke_json):
    files = [DATA / "malformed" / name for name in ("good_gold.csv", "good_predictions.csv", "missing_rows.csv")]
    copies = [tmp_path / file.name for file in files]
    for file, copy in zip(files, copies, strict=True):
        copy.write_bytes(file.read_bytes())
    saved = tmp_path / "saved.review"
    assert invoke("compare", *copies, "--save", saved).exit_code == 0
    _, here = invoke_json("results", saved)
    for copy in copies:
        copy.unlink()
    elsewhere = tmp_path / "else where #1"
    elsewhere.mkdir()
    saved.rename(elsewhere / "100%?.review")
    _, there = invoke_json("results", elsewhere / "100%?.review")
    assert here["comparisons"] == there["comparisons"]
    with sqlite3.connect(elsewhere / "100%?.review") as connection:
        rows = connection.execute("SELECT count(*) FROM outcome").fetchone()[0]
    connection.close()
    assert rows == here["comparisons"][0]["n_examples"]


def test_one_failing_cell_says_why_and_the_others_go_on(review, invoke, invoke_json, tmp_path):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "submission.toml").write_text(
        'team = "Broken"\nname = "raises"\nversion = "1"\nkind = "algorithm"\nentry = "broken:Broken"\n'
    )
    (broken / "broken.py").write_text(
        "class Broken:\n    def fit(self, train, spec):\n        raise ValueError('no good at this')\n"
        "    def predict(self, data):\n        return []\n"
    )
    assert invoke("add-submission", review, broken, "--team", "Broken").exit_code == 0
    ran = invoke("run", review, "--only", "Broken:gadgets", "--only", "Words:gadgets", "--sandbox", "preferred")
    assert ran.exit_code == 3
    assert "no good at this" in ran.stderr
    _, document = invoke_json("results", review)
    states = {(run["team"], run["dataset"]): run["state"] for run in document["runs"]}
    assert states["Broken", "gadgets"] == "failed"
    assert states["Words", "gadgets"] == "done"


def test_without_a_sandbox_code_runs_only_where_the_reviewer_consented(review, invoke, invoke_json):
    refused = invoke("run", review, "--only", "Words:gadgets")
    assert refused.exit_code == 3
    digest = re.search(r"--consent ([0-9a-f]{64})", refused.stderr).group(1)
    words = DATA / "submissions" / "class_algorithm"
    assert invoke("add-submission", review, words, "--team", "Words", "--consent", "0" * 64).exit_code == 1
    assert invoke("add-submission", review, words, "--team", "Words", "--consent", digest).exit_code == 0
    assert invoke("run", review, "--only", "Words:gadgets").exit_code == 0
    _, document = invoke_json("results", review)
    states = {(run["team"], run["dataset"]): run["state"] for run in document["runs"]}
    assert states["Words", "gadgets"] == "done"
    assert states["Frequent", "gadgets"] == "missing"


def test_the_plan_is_shown_changed_and_locked(review, invoke, invoke_json):
    assert "the default that nobody chose" in invoke("plan", review).stdout
    assert "state: locked before results" in invoke("plan", review, "--margin", "0.02", "--lock").stdout
    _, document = invoke_json("results", review)
    assert document["review"]["plan"] == "locked_before_results"
    assert {dataset["margin"] for dataset in document["datasets"]} == {0.02}


@pytest.mark.parametrize("table_format", ["csv", "latex", "markdown"])
def test_results_print_tables_for_papers(table_format, invoke, tmp_path):
    files = [DATA / "malformed" / name for name in ("good_gold.csv", "good_predictions.csv", "missing_rows.csv")]
    saved = tmp_path / "saved.review"
    assert invoke("compare", *files, "--save", saved).exit_code == 0
    table = invoke("results", saved, "--to", table_format)
    assert table.exit_code == 0
    assert "McNemar mid-p" in table.stdout


WRONG_USAGE = [
    ("results", "x.review", "--a", "only one"),
    ("add-submission", "x.review", "--team", "T"),
    ("add-submission", "x.review", "a.csv"),
    ("compare", "gold.csv", "a.csv"),
    ("compare", "gold.csv", "a.csv", "b.csv", "--column", "colour=red"),
    ("run", "x.review", "--only", "nocolon"),
    ("add-dataset", "x.review", "a.csv", "--kind", "price=colour"),
    ("nonsense",),
]


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2(arguments, invoke):
    assert invoke(*arguments).exit_code == 2


WRONG_CONTENT = [
    ("results", "missing.review"),
    ("add-dataset", "missing.review", "missing"),
    ("compare", "missing.csv", "missing.csv", "missing.csv"),
    ("check-predictions", "missing.csv", "missing.csv"),
    ("standardize", "missing.csv", "folder"),
]


@pytest.mark.parametrize("arguments", WRONG_CONTENT, ids=" ".join)
def test_what_is_not_there_ends_with_1_and_words(arguments, invoke, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = invoke(*arguments)
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_new_refuses_a_file_that_exists(invoke, tmp_path):
    path = tmp_path / "kept.review"
    path.write_text("precious")
    assert invoke("new", path).exit_code == 1
    assert path.read_text() == "precious"


def test_a_disagreement_condition_that_cannot_be_read_says_how_to_write_one(invoke, tmp_path):
    files = [DATA / "malformed" / name for name in ("good_gold.csv", "good_predictions.csv", "missing_rows.csv")]
    saved = tmp_path / "saved.review"
    assert invoke("compare", *files, "--save", saved).exit_code == 0
    result = invoke("disagreements", saved, "--dataset", "good_gold", "--where", "nonsense")
    assert result.exit_code == 1
    assert "price>100" in result.stderr


def test_standardize_splits_a_table_and_the_folder_is_a_dataset(invoke, invoke_json, tmp_path):
    lines = ["colour,size,label"] + [f"{'red' if n % 3 else 'blue'},{n},{'yes' if n % 2 else 'no'}" for n in range(200)]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(lines) + "\n")
    made = invoke("standardize", table, tmp_path / "made", "--format", "both", "--task", "classification")
    assert made.exit_code == 0, made.stderr
    spec = json.loads((tmp_path / "made" / "dataset.json").read_text())
    assert sum(spec["rows"].values()) == 200
    assert (tmp_path / "made" / "test.parquet").exists()
    review = tmp_path / "made.review"
    assert invoke("new", review).exit_code == 0
    added = invoke("add-dataset", review, tmp_path / "made")
    assert added.exit_code == 0, added.stderr


def test_text_from_files_cannot_steer_the_terminal(invoke, tmp_path):
    gold, predictions = tmp_path / "gold.csv", tmp_path / "p.csv"
    gold.write_text("example_id,label\n" + "".join(f"e{n},{'ab'[n % 2]}\n" for n in range(20)))
    predictions.write_text(
        "example_id,y_pred\n" + "".join(f"e{n},{'ab'[n % 2]}\n" for n in range(19)) + "e19,\x1b[2Jx\n"
    )
    result = invoke("compare", gold, predictions, predictions)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout + result.stderr
