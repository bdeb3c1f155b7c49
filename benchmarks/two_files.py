"""Two prediction files to metrics, tests and a file that keeps them: ours, and by hand with pandas and scikit-learn.

``python -m benchmarks.two_files make N FOLDER``, then ``... ours FOLDER`` or ``... by_hand FOLDER``.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import machine_line
from benchmarks.process_timing import Timing, interleaved

LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "scikit-learn", "statsmodels", "sqlite-utils")
N_CLASSES = 10
RESAMPLES_BY_HAND = 10
"""A loop over scikit-learn takes seconds per resample at a million examples; ours does 10,000."""


def make(n_examples: int, folder: Path) -> None:
    """Write gold.csv, a.csv and b.csv (in another order) with confidences."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(20261123)
    labels = np.array([f"class_{code}" for code in range(N_CLASSES)])
    ids = np.char.add("example-", np.char.zfill(np.arange(n_examples).astype(str), 8))
    y_true = rng.integers(0, N_CLASSES, n_examples)
    pd.DataFrame({"example_id": ids, "label": labels[y_true]}).to_csv(folder / "gold.csv", index=False)
    for name, accuracy in (("a", 0.86), ("b", 0.855)):
        wrong = rng.random(n_examples) > accuracy
        y_pred = np.where(wrong, rng.integers(0, N_CLASSES, n_examples), y_true)
        order = rng.permutation(n_examples) if name == "b" else np.arange(n_examples)
        frame = pd.DataFrame(
            {"example_id": ids, "y_pred": labels[y_pred], "confidence": rng.uniform(0.3, 1.0, n_examples).round(4)}
        )
        frame.iloc[order].to_csv(folder / f"{name}.csv", index=False)


def ours(folder: Path) -> dict[str, float]:
    """Import, align, compute every metric with its test and interval (10,000 resamples), and save a review."""
    from reviewer_app.review.operations.imports import AddDataset, AddSubmission
    from reviewer_app.review.review import Review

    with tempfile.TemporaryDirectory() as kept, Review.create(Path(kept) / "kept.review") as review:
        review.do(AddDataset(folder / "gold.csv"))
        review.do(AddSubmission(folder / "a.csv", "a"))
        review.do(AddSubmission(folder / "b.csv", "b"))
        comparison = review.results().comparisons[0]
    assert comparison.mcnemar is not None
    accuracy, macro_f1 = comparison.metrics["accuracy"], comparison.metrics["macro_f1"]
    assert accuracy.a is not None
    assert macro_f1.a is not None
    return {"accuracy_a": accuracy.a, "macro_f1_a": macro_f1.a, "mcnemar_exact_p": comparison.mcnemar.p_exact}


def by_hand(folder: Path) -> dict[str, float]:
    """Do the same with pandas, scikit-learn and statsmodels, with few resamples, and save to SQLite."""
    import sqlite3

    import numpy as np
    import pandas as pd
    from sklearn.metrics import (
        accuracy_score,
        balanced_accuracy_score,
        cohen_kappa_score,
        f1_score,
        matthews_corrcoef,
        precision_score,
        recall_score,
    )
    from statsmodels.stats.contingency_tables import mcnemar

    gold = pd.read_csv(folder / "gold.csv")
    a = pd.read_csv(folder / "a.csv")
    b = pd.read_csv(folder / "b.csv")
    joined = gold.merge(a, on="example_id").merge(b, on="example_id", suffixes=("_a", "_b"))
    # Whole numbers, because scikit-learn is several times slower on text.
    names = sorted(gold["label"].unique())
    y_true, y_a, y_b = (
        pd.Categorical(joined[column], categories=names).codes.astype("int64")
        for column in ("label", "y_pred_a", "y_pred_b")
    )
    answers = {}
    for team, y_pred in (("a", y_a), ("b", y_b)):
        answers[f"accuracy_{team}"] = accuracy_score(y_true, y_pred)
        answers[f"macro_f1_{team}"] = f1_score(y_true, y_pred, average="macro")
        answers[f"balanced_accuracy_{team}"] = balanced_accuracy_score(y_true, y_pred)
        answers[f"weighted_f1_{team}"] = f1_score(y_true, y_pred, average="weighted")
        answers[f"macro_precision_{team}"] = precision_score(y_true, y_pred, average="macro")
        answers[f"macro_recall_{team}"] = recall_score(y_true, y_pred, average="macro")
        answers[f"mcc_{team}"] = matthews_corrcoef(y_true, y_pred)
        answers[f"kappa_{team}"] = cohen_kappa_score(y_true, y_pred)
    right_a, right_b = (joined["y_pred_a"] == joined["label"]), (joined["y_pred_b"] == joined["label"])
    table = pd.crosstab(right_a, right_b)
    p_value = float(mcnemar(table, exact=True).pvalue)
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(RESAMPLES_BY_HAND):
        rows = rng.integers(0, len(y_true), len(y_true))
        draws.append(
            f1_score(y_true[rows], y_a[rows], average="macro") - f1_score(y_true[rows], y_b[rows], average="macro")
        )
    answers["ci_low"], answers["ci_high"] = np.quantile(draws, [0.025, 0.975])
    with tempfile.TemporaryDirectory() as kept, sqlite3.connect(Path(kept) / "kept.db") as connection:
        joined.to_sql("outcome", connection, index=False)
    return {
        "accuracy_a": answers["accuracy_a"],
        "macro_f1_a": answers["macro_f1_a"],
        "mcnemar_exact_p": p_value,
    }


def section(sizes: Sequence[int], repetitions: int) -> str:
    """Run both contenders at each size and return the section of the results."""
    rows = [row for size in sizes for row in _rows(size, repetitions)]
    lines = [
        "## Two prediction files to metrics, tests and a saved file",
        "",
        "Read gold and two csv files (one in another order), join by id, compute the label metrics of both teams with "
        "McNemar's test and bootstrap intervals, and save every outcome. 10 classes. Whole processes, start-up "
        f"included, {repetitions} repetitions.",
        "",
        machine_line(LIBRARIES),
        "",
        "| examples | who | seconds | ratio | peak memory (MB) |",
        "|---:|---|---:|---:|---:|",
        *rows,
    ]
    return "\n".join(lines)


def _rows(n_examples: int, repetitions: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "benchmarks.two_files", "make", str(n_examples), folder], check=True)
        commands = {name: ["-m", "benchmarks.two_files", name, folder] for name in ("ours", "by_hand")}
        timings = interleaved(commands, repetitions)
    own, hand = timings["ours"], timings["by_hand"]
    _require_same_answers(own, hand)
    return [
        f"| {n_examples:,} | reviewer_app, 10,000 resamples of every metric | {own.spread} "
        f"| 1 | {own.peak_memory_mb:,.0f} |",
        f"| {n_examples:,} | by hand, {RESAMPLES_BY_HAND} resamples of macro F1 alone | {hand.spread} "
        f"| {hand.median_seconds / own.median_seconds:.1f} | {hand.peak_memory_mb:,.0f} |",
    ]


def _require_same_answers(ours: Timing, by_hand: Timing) -> None:
    for name, value in ours.answer.items():
        if not math.isclose(value, by_hand.answer[name], rel_tol=1e-9, abs_tol=1e-300):
            raise SystemExit(f"{name}: {value} here, {by_hand.answer[name]} by hand")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(int(sys.argv[2]), Path(sys.argv[3]))
    else:
        contender = {"ours": ours, "by_hand": by_hand}[sys.argv[1]]
        print(json.dumps({key: float(value) for key, value in contender(Path(sys.argv[2])).items()}))
