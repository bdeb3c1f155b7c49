"""Real systems' predictions: accuracy, macro F1, counts and p values as published or computed by others."""

from __future__ import annotations

import itertools
import json

import pytest

from reviewer_app.cli.compare import team_names
from reviewer_app.review.operations.imports import AddDataset, AddSubmission
from reviewer_app.review.review import Review

SETS = ("cifar10-test", "human-vs-cnn-sketch", "imagenet-val", "sst2-cnn-lstm")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("name", SETS)
def test_every_system_has_its_published_numbers(name, ending, shared_data, tmp_path):
    folder = shared_data / "predictions" / name
    known = json.loads((folder / "predictions.json").read_text())["systems"]
    with Review.create(tmp_path / "systems.review") as review:
        review.do(AddDataset(folder / f"gold.{ending}"))
        for system in known:
            review.do(AddSubmission(folder / f"{system}.{ending}", system))
        runs = {run.team: run.metrics for run in review.runs()}
    assert runs.keys() == known.keys()
    for system, numbers in known.items():
        assert runs[system]["accuracy"] == pytest.approx(numbers["accuracy"], abs=5e-7)
        assert runs[system]["macro_f1"] == pytest.approx(numbers["macro_f1"], abs=5e-7)
    for claim in json.loads((folder / "published.json").read_text()):
        metric = {"accuracy_percent": "accuracy", "top5_accuracy_percent": "top_5_accuracy"}[claim["metric"]]
        value = runs[claim["system"]][metric]
        assert 100 * value == pytest.approx(claim["claimed"], abs=claim["tolerance"])


@pytest.mark.parametrize("name", SETS)
def test_every_pair_has_its_counts_and_exact_p(name, shared_data, tmp_path):
    folder = shared_data / "predictions" / name
    known = {
        (pair["a"], pair["b"]): pair for pair in json.loads((folder / "reference_pairs.json").read_text())["pairs"]
    }
    systems = sorted({system for pair in known for system in pair})
    with Review.create(tmp_path / "pairs.review") as review:
        review.do(AddDataset(folder / "gold.csv"))
        for system in systems:
            review.do(AddSubmission(folder / f"{system}.csv", system))
        tables = {pair: review.disagreements("gold", *pair).outcome_counts() for pair in known}
    from reviewer_app.significance.mcnemar import mcnemar

    for pair, counts in tables.items():
        only_a, only_b = counts["only_a"], counts["only_b"]
        assert (only_a, only_b) == (known[pair]["only_a_right"], known[pair]["only_b_right"])
        expected = known[pair]["mcnemar_exact_two_sided_p"]
        assert mcnemar(only_a, only_b).p_exact == pytest.approx(expected, rel=1e-9, abs=1e-300)


def test_compare_gives_the_counts_and_p_of_a_real_pair(shared_data, invoke_json):
    folder = shared_data / "predictions" / "sst2-cnn-lstm"
    code, document = invoke_json("compare", *(folder / f"{name}.csv" for name in ("gold", "cnn", "lstm")))
    assert code == 0
    comparison = document["comparisons"][0]
    assert (comparison["team_a"], comparison["team_b"]) == ("cnn", "lstm")
    assert (comparison["outcomes"]["only_a"], comparison["outcomes"]["only_b"]) == (59, 101)
    assert comparison["mcnemar"]["p_exact"] == pytest.approx(0.0011229051962340462, rel=1e-12)
    accuracy = comparison["metrics"]["accuracy"]
    assert accuracy["difference"] == accuracy["a"] - accuracy["b"]
    assert accuracy["p_value"] == pytest.approx(0.000876126135492371, rel=1e-12)
    assert comparison["verdict"] == "b_better"


def test_names_of_the_sides_differ_whatever_the_files_are_called(tmp_path):
    paths = [tmp_path / name for name in ("x/a.csv", "y/a.csv", "x/a.parquet", "x/b.csv")]
    for one, other in itertools.product(paths, repeat=2):
        names = team_names(one, other)
        assert names[0] != names[1]
