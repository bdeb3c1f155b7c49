"""What a person may type or hand in by mistake, and how a command ends that is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reviewer_app.review import demo

DATA = Path(__file__).parent.parent / "data"
GOLD, A, B = (DATA / "malformed" / name for name in ("good_gold.csv", "good_predictions.csv", "missing_rows.csv"))

SLEEPS = """
import pathlib, subprocess, time
class Sleeps:
    def fit(self, train, spec):
        started = subprocess.Popen(["sleep", "600"])
        pathlib.Path({started!r}).write_text(str(started.pid))
        time.sleep(600)
    def predict(self, data):
        return []
"""


@pytest.fixture
def review(tmp_path, invoke) -> Path:
    """Two teams' predictions for one dataset."""
    path = tmp_path / "saved.review"
    assert invoke("compare", GOLD, A, B, "--save", path).exit_code == 0
    return path


def hand_in_sleeper(folder: Path, started: Path) -> Path:
    folder.mkdir()
    (folder / "submission.toml").write_text(
        'team = "Slow"\nname = "sleeps"\nversion = "1"\nkind = "algorithm"\nentry = "sleeps:Sleeps"\n'
    )
    (folder / "sleeps.py").write_text(SLEEPS.format(started=str(started)))
    return folder


def wait_for(path: Path) -> str:
    for _ in range(600):
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.05)
    raise AssertionError(f"{path} was never written")


def is_alive(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] not in "ZX"


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_told_to_end_leaves_no_process_and_no_folder(number, invoke, tmp_path):
    review, started, temporary = tmp_path / "r.review", tmp_path / "started", tmp_path / "tmp"
    temporary.mkdir()
    assert invoke("new", review).exit_code == 0
    assert invoke("add-dataset", review, DATA / "datasets" / "flowers").exit_code == 0
    assert (
        invoke("add-submission", review, hand_in_sleeper(tmp_path / "slow", started), "--team", "Slow").exit_code == 0
    )
    before = review.read_bytes()
    command = [sys.executable, "-m", "reviewer_app", "run", str(review), "--sandbox", "preferred"]
    process = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(temporary)}, stderr=subprocess.PIPE, text=True)
    pid = int(wait_for(started))
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Cancelled" in said
    assert not is_alive(pid)
    assert list(temporary.iterdir()) == []
    assert review.read_bytes() == before


def test_results_are_printed_where_the_encoding_lacks_their_signs(tmp_path):
    gold = tmp_path / "gold.csv"
    labels = ("\N{GRINNING FACE}", "é")
    gold.write_text("id,label\n" + "".join(f"{n},{labels[n % 2]}\n" for n in range(20)), encoding="utf-8")
    western = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "reviewer_app", "compare", str(gold), str(gold), str(gold)]
    text = subprocess.run(command, env=western, capture_output=True, encoding="cp1252", check=False)
    assert text.returncode == 0, text.stderr
    assert "accuracy 100.0 against 100.0" in text.stdout
    assert "interval -" in text.stdout
    printed = subprocess.run([*command, "--json"], env=western, capture_output=True, check=True).stdout
    assert any("\N{GRINNING FACE}" in finding["message"] for finding in json.loads(printed.decode("ascii"))["findings"])


def test_what_the_system_refuses_is_said_in_words(invoke, monkeypatch, tmp_path):
    def no_room(folder: Path) -> Path:
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(demo, "_free_path", no_room)
    result = invoke("demo", tmp_path, "--no-window")
    assert result.exit_code == 1
    assert result.stderr == f"error: The system says: {tmp_path}: No space left on device. [system_error]\n"


def test_a_folder_that_cannot_be_made_for_the_demo_is_said(invoke, tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = invoke("demo", tmp_path / "file" / "demo", "--no-window")
    assert result.exit_code == 1
    assert "[cannot_create]" in result.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="names are Unicode there")
def test_a_file_name_that_is_no_unicode_is_refused_in_words(invoke_json, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.csv"))
    odd.write_bytes(A.read_bytes())
    code, document = invoke_json("compare", GOLD, odd, B)
    assert (code, document["findings"][0]["code"]) == (1, "no_unicode")


def test_scores_alone_have_no_outcomes_rather_than_none_of_each(invoke, invoke_json, tmp_path):
    gold, a, b = (tmp_path / name for name in ("gold.csv", "a.csv", "b.csv"))
    gold.write_text("id,label\n" + "".join(f"{n},{n % 2}\n" for n in range(40)))
    a.write_text("id,score\n" + "".join(f"{n},{n % 2 + n / 40}\n" for n in range(40)))
    b.write_text("id,score\n" + "".join(f"{n},{n / 40}\n" for n in range(40)))
    options = ("--task", "matching", "--metric", "roc_auc")
    code, document = invoke_json("compare", gold, a, b, *options)
    [comparison] = document["comparisons"]
    assert code == 0
    assert comparison["metrics"]["roc_auc"]["a"] == 1.0
    assert comparison["outcomes"] is None
    assert comparison["mcnemar"] is None
    assert "no outcomes" in invoke("compare", gold, a, b, *options).stdout


def test_a_positive_label_outside_matching_changes_nothing_and_says_so(invoke_json):
    _, document = invoke_json("compare", GOLD, A, B, "--positive", "Good Characters")
    assert "positive_unused" in {finding["code"] for finding in document["findings"]}


def test_a_mapping_of_labels_that_is_not_there_is_said_before_any_number(invoke_json, tmp_path):
    code, document = invoke_json("compare", GOLD, A, A, "--labels", tmp_path / "absent.csv")
    assert (code, document["findings"][0]["code"]) == (1, "not_found")


@pytest.mark.parametrize(
    "arguments",
    [("compare", GOLD, A, B, "--seed", 2**63), ("plan", "{review}", "--seed", 2**63)],
    ids=["compare", "plan"],
)
def test_a_seed_that_the_file_cannot_hold_is_wrong_usage(arguments, review, invoke):
    assert invoke(*(review if one == "{review}" else one for one in arguments)).exit_code == 2


def test_a_submission_is_not_compared_with_itself(review, invoke):
    for b in ("missing_rows", "missing_rows:1"):
        refused = invoke("results", review, "--a", "missing_rows", "--b", b)
        assert refused.exit_code == 1
        assert "[same_side]" in refused.stderr


def test_a_team_is_asked_for_in_a_review_without_datasets_too(invoke, tmp_path):
    assert invoke("new", tmp_path / "empty.review").exit_code == 0
    assert "[unknown_team]" in invoke("results", tmp_path / "empty.review", "--a", "X", "--b", "Y").stderr


def test_json_and_a_table_are_not_printed_at_once(review, invoke):
    assert invoke("results", review, "--json", "--to", "csv").exit_code == 2


def test_nothing_to_run_says_why(review, invoke, tmp_path):
    assert "holds no algorithm or model" in invoke("run", review).stdout
    slow = hand_in_sleeper(tmp_path / "slow", tmp_path / "started")
    assert invoke("new", tmp_path / "r.review").exit_code == 0
    assert invoke("add-dataset", tmp_path / "r.review", DATA / "datasets" / "flowers").exit_code == 0
    assert invoke("add-submission", tmp_path / "r.review", slow, "--team", "Slow").exit_code == 0
    limited = ("run", tmp_path / "r.review", "--sandbox", "preferred", "--time-limit", "0.1")
    assert invoke(*limited).exit_code == 3
    assert '--only "Slow:flowers"' in invoke(*limited).stdout


def test_results_say_why_a_cell_has_none(invoke, tmp_path):
    review, slow = tmp_path / "r.review", hand_in_sleeper(tmp_path / "slow", tmp_path / "started")
    manifest = slow / "submission.toml"
    manifest.write_text(manifest.read_text() + 'tasks = ["matching"]\n')
    assert invoke("new", review).exit_code == 0
    assert invoke("add-dataset", review, DATA / "datasets" / "flowers").exit_code == 0
    assert invoke("add-submission", review, slow, "--team", "Slow").exit_code == 0
    assert "Slow on flowers: not applicable: it is for matching" in invoke("results", review).stdout


def test_a_pair_that_stands_twice_in_the_plan_would_count_twice(review, invoke):
    twice = ("--compare", "good_predictions,missing_rows", "--compare", "missing_rows,good_predictions")
    refused = invoke("plan", review, *twice)
    assert refused.exit_code == 1
    assert "stands there twice" in refused.stderr


def test_a_plan_that_names_a_team_nobody_knows_says_so(review, invoke):
    said = invoke("plan", review, "--compare", "good_predictions,misspelt")
    assert said.exit_code == 0
    assert "The plan names misspelt, and nothing was handed in under that name" in said.stderr
    assert invoke("plan", review, "--compare", "good_predictions:1,missing_rows").stderr == ""


def test_names_of_teams_may_hold_commas(review, invoke):
    assert (
        invoke("add-submission", review, DATA / "malformed" / "shuffled_order.csv", "--team", "C, Inc").exit_code == 0
    )
    shown = invoke("plan", review, "--compare", "C, Inc,missing_rows").stdout
    assert "comparisons: C, Inc against missing_rows" in shown


def test_baselines_belong_to_nobody_and_an_empty_team_is_no_baseline(review, invoke):
    assert invoke("add-submission", review, "--builtin", "majority", "--team", "X").exit_code == 2
    assert invoke("add-submission", review, "--builtin", "majority").exit_code == 0
    again = invoke("add-submission", review, "--builtin", "majority")
    assert again.stderr.startswith("error: Baselines has handed in the same already")
    assert "[no_team]" in invoke("add-submission", review, A, "--team", "").stderr


def test_a_folder_that_is_missing_is_said_without_our_temporary_file(review, invoke, tmp_path):
    refused = invoke("disagreements", review, "--dataset", "good_gold", "-o", tmp_path / "nowhere" / "x.csv")
    assert refused.exit_code == 1
    assert refused.stderr.endswith("x.csv cannot be written: No such file or directory. [cannot_write]\n")


def test_one_class_in_the_gold_has_an_accuracy_and_reasons_for_the_rest(tmp_path, invoke_json):
    ids = [f"e{n}" for n in range(12)]
    (tmp_path / "gold.csv").write_text("example_id,label\n" + "".join(f"{name},x\n" for name in ids))
    (tmp_path / "a.csv").write_text("example_id,y_pred\n" + "".join(f"{name},x\n" for name in ids))
    (tmp_path / "b.csv").write_text(
        "example_id,y_pred\n" + "".join(f"{name},{'x' if n else 'y'}\n" for n, name in enumerate(ids))
    )
    code, document = invoke_json("compare", *(tmp_path / f"{name}.csv" for name in ("gold", "a", "b")))
    assert code == 0
    assert {finding["code"] for finding in document["findings"]} >= {"one_class_in_test", "unknown_labels"}
    metrics = document["comparisons"][0]["metrics"]
    assert (metrics["accuracy"]["a"], metrics["accuracy"]["b"]) == (1.0, 11 / 12)
    assert metrics["mcc"]["a"] is None
    assert metrics["mcc"]["not_defined"]
