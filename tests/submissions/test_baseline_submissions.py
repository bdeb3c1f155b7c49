"""Our baselines keep the contract for submitted code on any kind of column."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reviewer_app.datasets.reading import read_dataset
from reviewer_app.errors import ReviewError
from reviewer_app.submissions.baselines import BASELINES, TEAM, baseline_submission
from reviewer_app.submissions.submission import Submission, SubmissionKind

PAIRS = {"left_name": "text", "left_price": "numeric", "right_name": "text", "right_price": "numeric"}
KINDS = {"text": "text", "number": "numeric", "category": "categorical", "day": "datetime", "picture": "image"}


def load(submission: Submission) -> Any:
    """Return an instance of a baseline's class, as the worker makes it."""
    assert submission.entry is not None
    module_name, class_name = submission.entry.split(":")
    spec = importlib.util.spec_from_file_location(module_name, submission.path / f"{module_name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, class_name)()


def mixed_table(n: int = 60, *, seed: int = 0) -> pd.DataFrame:
    """Return a table with a column of every kind, each with missing values, and a label that the text tells."""
    random = np.random.default_rng(seed)
    label = random.choice(["red", "green", "blue"], n)
    table = pd.DataFrame(
        {
            "text": [f"a {word} thing" for word in label],
            "number": random.normal(size=n),
            "category": random.choice(["p", "q"], n),
            "day": random.choice(["2024-01-31", "2025-12-01"], n),
            "picture": "images/none.png",
        }
    ).astype({"text": object, "category": object, "day": object, "picture": object})
    for column in table:
        table.loc[random.random(n) < 0.2, column] = None
    return table.assign(label=label)


def pair_table(n: int = 60) -> pd.DataFrame:
    """Return pairs that match where their names do, with missing values."""
    random = np.random.default_rng(1)
    left = [f"thing number {number}" for number in range(n)]
    match = random.random(n) < 0.4
    right = [name if same else f"other {n - i}" for i, (name, same) in enumerate(zip(left, match, strict=True))]
    price = random.normal(size=n)
    table = pd.DataFrame(
        {"left_name": left, "left_price": price, "right_name": right, "right_price": price + ~match}
    ).astype({"left_name": object, "right_name": object})
    for column in table:
        table.loc[random.random(n) < 0.05, column] = None
    return table.assign(label=np.where(match, "match", "non_match"))


def spec_of(name: str, columns: dict[str, str]) -> dict[str, Any]:
    return {"columns": columns, "target": "label", "seed": 7, "task": name}


def table_for(name: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    if "matching" in baseline_submission(name).tasks:
        return pair_table(), spec_of("matching", PAIRS)
    return mixed_table(), spec_of("classification", KINDS)


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_is_an_algorithm_of_its_own_team(name: str) -> None:
    submission = baseline_submission(name)
    assert (submission.team, submission.kind, submission.builtin) == (TEAM, SubmissionKind.ALGORITHM, name)
    assert submission.findings == ()
    assert submission.home is None


def test_there_is_a_trained_baseline_for_either_task() -> None:
    tasks = [baseline_submission(name).tasks for name in BASELINES]
    assert ("classification",) in tasks
    assert ("matching",) in tasks


def test_an_unknown_baseline_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ReviewError) as caught:
        baseline_submission("best")
    assert all(name in str(caught.value) for name in BASELINES)


@pytest.mark.parametrize("name", BASELINES)
def test_a_baseline_predicts_known_labels_for_any_column_and_missing_values(name: str) -> None:
    train, spec = table_for(name)
    model = load(baseline_submission(name))
    model.fit(train, spec)
    data = train.drop(columns="label")
    predicted = model.predict(data)
    assert len(predicted) == len(data)
    assert set(predicted) <= set(train["label"])
    if hasattr(model, "predict_proba"):
        probabilities = model.predict_proba(data)
        assert probabilities.shape == (len(data), len(model.classes_))
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)


@pytest.mark.parametrize("name", BASELINES)
def test_the_same_seed_gives_the_same_predictions(name: str) -> None:
    train, spec = table_for(name)
    data = train.drop(columns="label")
    predicted = []
    for _ in range(2):
        model = load(baseline_submission(name))
        model.fit(train.copy(), spec)
        predicted.append(model.predict(data.copy()).tolist())
    assert predicted[0] == predicted[1]


@pytest.mark.parametrize("name", ["tfidf-linear", "overlap-forest"])
def test_a_trained_baseline_learns_what_is_there_to_learn(name: str) -> None:
    train, spec = table_for(name)
    model = load(baseline_submission(name))
    model.fit(train[:40], spec)
    data = train[40:]
    assert np.mean(model.predict(data.drop(columns="label")) == data["label"]) > 0.7


@pytest.mark.parametrize("name", BASELINES)
def test_one_label_in_training_and_nothing_in_the_columns_is_no_crash(name: str) -> None:
    train, spec = table_for(name)
    train = train.assign(label="red")
    for column in spec["columns"]:
        train[column] = np.nan if spec["columns"][column] == "numeric" else None
    model = load(baseline_submission(name))
    model.fit(train, spec)
    assert set(model.predict(train.drop(columns="label"))) == {"red"}


def test_categories_and_words_never_seen_in_training_are_no_crash() -> None:
    model = load(baseline_submission("tfidf-linear"))
    model.fit(mixed_table(), spec_of("classification", KINDS))
    strange = mixed_table(5, seed=3).drop(columns="label").assign(text="new words", category="new", number=np.inf)
    assert len(model.predict(strange)) == 5


@pytest.mark.parametrize(
    ("dataset", "name", "least"), [("beer", "overlap-forest", 0.9), ("emoji-group", "tfidf-linear", 0.6)]
)
def test_a_trained_baseline_beats_the_majority_on_real_data(
    shared_data: Path, dataset: str, name: str, least: float
) -> None:
    data = read_dataset(shared_data / "datasets" / dataset)
    spec = {
        "columns": {column: str(kind) for column, kind in data.spec.columns.items()},
        "target": data.spec.target,
        "seed": 0,
    }
    labels = np.array(data.spec.labels, dtype=object)
    train = data.splits["train"].features.to_pandas().assign(**{data.spec.target: labels[data.splits["train"].y]})
    accuracy = {}
    for baseline in ("majority", name):
        model = load(baseline_submission(baseline))
        model.fit(train, spec)
        accuracy[baseline] = float(np.mean(model.predict(data.test.features.to_pandas()) == labels[data.test.y]))
    assert accuracy[name] > least
    assert accuracy[name] > accuracy["majority"]
