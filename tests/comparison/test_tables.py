from __future__ import annotations

import csv
import io

import pytest

from reviewer_app.comparison.result import Comparison, MetricComparison, Verdict
from reviewer_app.comparison.tables import HEADINGS, metric_table

COMPARISON = Comparison(
    dataset="beer_&_wine|1",
    split="test",
    task="matching",
    team_a="A<b>",
    team_b="B_50%",
    submission_a="s",
    submission_b="s",
    version_a="1",
    version_b="1",
    planned=True,
    seeds=1,
    unit="example",
    n_units=91,
    n_examples=91,
    n_missing_a=0,
    n_missing_b=0,
    primary_metric="f1",
    metrics={
        "f1": MetricComparison(
            "f1",
            1 / 3,
            0.25,
            1 / 3 - 0.25,
            -0.1,
            0.2,
            p_value=0.125,
            test_method="swap",
            marks=("fewer than 20 examples differ (7)",),
        ),
        "roc_auc": MetricComparison("roc_auc", None, None, None, not_defined="no scores"),
    },
    outcomes={},
    mcnemar=None,
    verdict=Verdict.UNDECIDED,
)


def test_csv_keeps_every_digit_and_leaves_undefined_cells_empty():
    rows = list(csv.DictReader(io.StringIO(metric_table([COMPARISON], "csv"))))
    assert float(rows[0]["a"]) == 1 / 3
    assert rows[0]["dataset"] == "beer_&_wine|1"
    assert rows[1]["a"] == rows[1]["p_value"] == ""


def test_what_is_missing_has_its_reason_and_what_was_crossed_stands_beside_the_number():
    rows = list(csv.DictReader(io.StringIO(metric_table([COMPARISON], "csv"))))
    assert [row["not_defined"] for row in rows] == ["", "no scores"]
    assert [row["marks"] for row in rows] == ["fewer than 20 examples differ (7)", ""]


def test_markdown_has_one_cell_per_heading_whatever_the_names_hold():
    lines = metric_table([COMPARISON], "markdown").splitlines()
    assert len(lines) == 4
    assert all(line.replace("\\|", "").count("|") == len(HEADINGS) + 1 for line in lines)
    assert "A\\<b\\>" in lines[2]


def test_latex_escapes_what_latex_would_read():
    text = metric_table([COMPARISON], "latex")
    assert r"beer\_\&\_wine|1" in text
    assert r"B\_50\%" in text
    row = next(line for line in text.splitlines() if line.startswith("beer"))
    assert row.replace(r"\&", "").count("&") == len(HEADINGS) - 1


def test_no_comparisons_give_headings_alone():
    assert metric_table([], "csv").strip() == ",".join(HEADINGS)


@pytest.mark.parametrize("name", ["a\nb", "back\\slash", "~^{}"])
def test_odd_names_never_break_a_row(name):
    from dataclasses import replace

    text = metric_table([replace(COMPARISON, dataset=name)], "markdown")
    assert len(text.splitlines()) == 4
