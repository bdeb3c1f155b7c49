"""``label-noise``: from a queue to what its judgements say."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def review(tmp_path: Path, invoke) -> Path:
    """A review in which A has 12 of 60 examples wrong, and B 12 others."""
    labels = ["yes" if number % 3 else "no" for number in range(60)]
    turned = ["no" if label == "yes" else "yes" for label in labels]
    predicted = {
        "gold": labels,
        "a": [*turned[:12], *labels[12:]],
        "b": [*labels[:12], *turned[12:30], *labels[30:]],
    }
    for name, column in predicted.items():
        rows = "".join(f"e{number},{label}\n" for number, label in enumerate(column))
        heading = "label" if name == "gold" else "prediction"
        (tmp_path / f"{name}.csv").write_text(f"example_id,{heading}\n{rows}")
    path = tmp_path / "two.review"
    files = (tmp_path / f"{name}.csv" for name in predicted)
    assert invoke("compare", *files, "--task", "classification", "--resamples", 100, "--save", path).exit_code == 0
    return path


def filled_in(path: Path, n_judged: int, word: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1 : n_judged + 1] = [line.replace('"",""', f'"{word}",""', 1) for line in lines[1 : n_judged + 1]]
    path.write_text("\n".join(lines), encoding="utf-8")


def test_a_queue_is_written_filled_in_and_read(review, invoke, invoke_json, tmp_path):
    queue = tmp_path / "queue.csv"
    written = invoke("label-noise", review, "--dataset", "gold", "--queue", 20, "-o", queue)
    assert written.exit_code == 0, written.stderr
    assert "wrote 20 disagreements to" in written.stdout
    filled_in(queue, 15, "a_right")
    code, document = invoke_json("label-noise", review, "--dataset", "gold", "--judged", queue, "--planned", 15)
    assert code == 0
    assert (document["n_disagreements"], document["n_drawn"], document["n_unclear"]) == (30, 15, 0)
    assert document["gold_difference"] == pytest.approx(6 / 60)
    assert document["planned"]["difference"] == pytest.approx(30 / 60)
    assert document["live"]["ci_low"] < document["planned"]["ci_low"]
    assert document["not_defined"] is None
    text = invoke("label-noise", review, "--dataset", "gold", "--judged", queue, "--planned", 15)
    assert document["sentence"] in text.stdout
    assert "corrected, as planned" in text.stdout
    assert "only their difference" in text.stdout


def test_what_is_left_out_is_said(review, invoke, tmp_path):
    queue = tmp_path / "queue.csv"
    invoke("label-noise", review, "--dataset", "gold", "--queue", 3, "-o", queue)
    filled_in(queue, 2, "a_right")
    queue.write_text(queue.read_text() + "\ne59,no,no,no,a_right,\n")
    said = invoke("label-noise", review, "--dataset", "gold", "--judged", queue)
    assert said.exit_code == 0
    assert "judged_agreements" in said.stderr


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--queue", "5"), "Name both --queue N and -o FILE"),
        (("-o", "x.csv"), "Name both --queue N and -o FILE"),
        (("--queue", "5", "-o", "x.csv", "--judged", "x.csv"), "--queue or --judged"),
        (("--a", "A"), "Name both --a and --b"),
        (("--planned", "0"), "--planned"),
    ],
)
def test_wrong_usage_ends_with_2(review, invoke, arguments, why):
    result = invoke("label-noise", review, "--dataset", "gold", *arguments)
    assert result.exit_code == 2
    assert why in result.stderr


def test_wrong_content_ends_with_1_and_names_the_line(review, invoke, tmp_path):
    queue = tmp_path / "queue.csv"
    invoke("label-noise", review, "--dataset", "gold", "--queue", 5, "-o", queue)
    again = invoke("label-noise", review, "--dataset", "gold", "--queue", 5, "-o", queue)
    assert (again.exit_code, "file_exists" in again.stderr) == (1, True)
    filled_in(queue, 5, "sure")
    wrong = invoke("label-noise", review, "--dataset", "gold", "--judged", queue)
    assert wrong.exit_code == 1
    assert 'line 2: "sure"' in wrong.stderr
    other = invoke("label-noise", review, "--dataset", "gold", "--metric", "macro_f1")
    assert (other.exit_code, "label_noise_accuracy_only" in other.stderr) == (1, True)
