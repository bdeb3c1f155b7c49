"""The contract for submitted code: what each kind of submission is given, and what it may give back."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.errors import ReviewError
from reviewer_app.running import worker
from reviewer_app.running.cells import CellResult, RunState, Stage
from reviewer_app.running.model_facts import ModelFacts, look_into_model
from reviewer_app.submissions.submission import Submission

Run = Callable[..., CellResult]
Read = Callable[[str], Submission]
HandIn = Callable[..., Submission]


def accuracy(result: CellResult, split: str = "test") -> float:
    """Share of examples that a run has right."""
    y_pred = result.predictions[split].predictions.y_pred
    return float(np.mean(y_pred == result.job.dataset.splits[split].y))


def test_a_class_is_trained_and_predicts_validation_and_test(submitted: Read, fruit: Dataset, run_one: Run) -> None:
    result, again = (run_one(submitted("class_algorithm"), fruit) for _ in range(2))
    assert (result.state, result.reason) == (RunState.DONE, None)
    assert accuracy(result, "validation") > 0.8
    assert accuracy(result) > 0.8
    probabilities = result.predictions["test"].predictions.probabilities
    assert probabilities is not None
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert [record.stage for record in result.stages] == [Stage.FIT, Stage.PREDICT]
    assert [record.exit_code for record in result.stages] == [0, 0]
    assert {"python", "pandas", "numpy"} <= set(result.versions)
    assert result.sandbox == "none"
    assert result.result_digest is not None
    assert result.result_digest == again.result_digest


SPY = """
    import json, os, sys

    class Team:
        def fit(self, train, spec, validation=None):
            self.classes = spec["labels"]
            self.say("train", train)
            self.say("validation", validation)
            print(json.dumps({"spec": spec}), file=sys.stderr)
            print(json.dumps({"files": sorted(os.listdir(sys.argv[1]))}), file=sys.stderr)

        def predict(self, data):
            self.say("predict", data)
            print(json.dumps({"files": sorted(os.listdir(sys.argv[1]))}), file=sys.stderr)
            data["description"] = None  # what is done to the argument stays here
            return [self.classes[0]] * len(data)

        def predict_proba(self, data):
            self.say("predict_proba", data)
            return [[1.0] + [0.0] * (len(self.classes) - 1)] * len(data)

        @property
        def classes_(self):
            return self.classes

        def say(self, what, data):
            row = {name: repr(value) for name, value in zip(data.columns, data.iloc[4])}
            dtypes = {name: str(dtype) for name, dtype in data.dtypes.items()}
            picture = data["picture"].iloc[0]
            exists = os.path.isabs(picture) and os.path.isfile(picture)
            seen = {"what": what, "rows": len(data), "dtypes": dtypes, "row": row, "exists": exists,
                    "weight": repr(float(data["weight"].iloc[5]))}
            print(json.dumps(seen), file=sys.stderr)
"""


def test_what_a_class_sees(hand_in: HandIn, fruit: Dataset, run_one: Run) -> None:
    result = run_one(hand_in(SPY), fruit)
    assert result.state is RunState.DONE
    said = [json.loads(line) for line in result.log.splitlines()]
    seen = [line for line in said if "what" in line]
    features = {"description": "object", "colour": "object", "weight": "float64", "picture": "object"}
    assert [(line["what"], line["rows"]) for line in seen] == [
        ("train", 24),
        ("validation", 9),
        ("predict", 9),
        ("predict_proba", 9),
        ("predict", 15),
        ("predict_proba", 15),
    ]
    for line in seen:
        expected = features | {"label": "object"} if line["what"] in ("train", "validation") else features
        assert line["dtypes"] == expected
        assert list(line["dtypes"]) == list(expected)
        assert line["exists"]
    train = seen[0]
    assert (train["row"]["description"], train["row"]["label"], train["weight"]) == ("None", "'pear'", "nan")
    assert all(line["row"]["description"] == seen[3]["row"]["description"] for line in seen[2:4])
    files = [line["files"] for line in said if "files" in line]
    assert files[0] == ["images", "job.json", "train.arrow", "validation.arrow", "worker.json"]
    assert files[-1] == ["images", "job.json", "test.arrow", "validation.arrow", "worker.json"]
    (spec,) = (line["spec"] for line in said if "spec" in line)
    assert spec["labels"] == ["apple", "pear", "plum"]
    assert spec["seed"] == 0
    assert spec["columns"] == {
        "description": "text",
        "colour": "categorical",
        "weight": "numeric",
        "picture": "image",
    }
    assert not {"source", "answers"} & set(spec)


def test_a_command_reads_and_writes_files(submitted: Read, tabular: Dataset, run_one: Run) -> None:
    result = run_one(submitted("command_algorithm"), tabular)
    assert (result.state, result.reason) == (RunState.DONE, None)
    assert accuracy(result) == 1.0
    assert result.predictions["test"].predictions.probabilities is None


def test_a_command_in_python_is_handed_arrow_and_may_write_parquet(
    hand_in: HandIn, tabular: Dataset, run_one: Run
) -> None:
    source = """
        import json, sys, pathlib
        import pyarrow as pa, pyarrow.parquet
        job = json.loads(pathlib.Path(sys.argv[1]).read_text())
        assert job["format"] == "arrow" and set(job) == {
            "stage", "spec", "seed", "inputs", "format", "model_dir", "output_dir"
        }
        for split, path in job["inputs"].items():
            table = pa.ipc.open_file(path).read_all()
            assert ("label" in table.column_names) == (job["stage"] == "fit")
            if job["stage"] == "predict":
                n = table.num_rows
                columns = {"prediction": ["pear"] * n, "prob_pear": [0.75] * n, "prob_apple": [0.25] * n}
                pa.parquet.write_table(pa.table(columns), pathlib.Path(job["output_dir"], f"{split}.parquet"))
    """
    result = run_one(hand_in(source, lines='kind = "algorithm"\ncommand = ["python", "team.py", "{job}"]'), tabular)
    assert (result.state, result.reason) == (RunState.DONE, None)
    aligned = result.predictions["test"]
    assert set(aligned.predictions.y_pred.tolist()) == {1}
    np.testing.assert_array_equal(aligned.predictions.probabilities[0], [0.25, 0.75, 0.0])
    assert [finding.code for finding in aligned.findings] == ["probabilities_without_label", "constant_predictions"]


def writes(content: str) -> str:
    """Return a shell script that writes the predictions of validation in predict."""
    return f'cd "$(dirname "$1")/../scratch-predict/out" 2> /dev/null && printf "{content}" > validation.csv; exit 0'


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 3", "fit: the command ended with exit code 3"),
        ("kill -9 $$", "fit: the command ended with signal 9"),
        (
            "exit 0",
            "predict: the command wrote neither of validation.csv and validation.parquet; one of them is needed",
        ),
        (writes("label\\na\\n"), "predict: validation.csv has no column prediction; its columns are label"),
        (writes("prediction\\na,b\\n"), "predict: validation.csv, row 2: 2 cells where the header has 1"),
        (writes("prediction\\napple\\n"), "predict returned 1 labels for 9 examples of validation"),
        (
            writes("prediction,prob_apple\\n" + "apple,half\\n" * 9),
            "reading the probabilities of validation.csv raised ValueError: could not convert string to float: 'half'",
        ),
    ],
)
def test_what_is_wrong_with_a_command_is_said(
    script: str, reason: str, hand_in: HandIn, tabular: Dataset, run_one: Run
) -> None:
    submission = hand_in(lines='kind = "algorithm"\ncommand = ["sh", "run.sh", "{job}"]')
    (submission.path / "run.sh").write_text(script)
    result = run_one(hand_in(lines='kind = "algorithm"\ncommand = ["sh", "run.sh", "{job}"]'), tabular)
    assert (result.state, result.reason) == (RunState.FAILED, reason)


class KeepsItself:
    """Cannot be pickled, and need not be."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.label = ""

    def save(self, folder: Path) -> None:
        (folder / "label.txt").write_text(self.label)

    def load(self, folder: Path) -> None:
        self.label = (folder / "label.txt").read_text()


class KeepsItselfAsAnother(KeepsItself):
    """Whose load is a class method that returns the model."""

    @classmethod
    def load(cls, folder: Path) -> KeepsItself:
        model = KeepsItself()
        model.label = (folder / "label.txt").read_text()
        return model


@pytest.mark.parametrize("make", [KeepsItself, KeepsItselfAsAnother])
def test_a_class_keeps_its_model_by_its_own_save_and_load(
    make: type[KeepsItself], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = {"stage": "fit", "spec": {}, "model_dir": str(tmp_path)}
    runner = worker.Runner(job, {}, worker.Stream(io.BytesIO()))
    monkeypatch.setattr(runner, "make", lambda: make)
    model = make()
    model.label = "pear"
    runner.store(model)
    assert runner.load().label == "pear"
    assert [path.name for path in tmp_path.iterdir()] == ["label.txt"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("as it is ", "as it is "),
        (0, "0"),
        (1.0, "1"),
        (1.5, "1.5"),
        (True, "true"),
        (np.bool_(False), "false"),
        (np.float64(2), "2"),
        (np.int64(-3), "-3"),
        (np.str_("x"), "x"),
        (None, None),
        (float("nan"), None),
        (np.float32("nan"), None),
        (pd.NA, None),
        (pd.NaT, None),
    ],
)
def test_typed_labels_become_text(value: object, text: str | None) -> None:
    assert worker.as_text(value) == text


@pytest.mark.parametrize(
    "values",
    [
        ["a", "b"],
        ("a", "b"),
        iter(["a", "b"]),
        np.array(["a", "b"]),
        np.array([["a"], ["b"]]),
        pd.Series(["a", "b"], index=[5, 7]),
        pd.DataFrame({"label": ["a", "b"]}),
        pd.Categorical(["a", "b"]),
    ],
)
def test_labels_may_come_in_any_sequence(values: object) -> None:
    assert worker.as_list(values, "predict") == ["a", "b"]


def test_what_was_digested_is_what_runs(hand_in: HandIn, tabular: Dataset, run_one: Run) -> None:
    submission = hand_in("class Team:\n    def fit(self, train, spec): ...\n    def predict(self, data): ...\n")
    (submission.path / "team.py").write_text("raise SystemExit")
    result = run_one(submission, tabular)
    assert result.state is RunState.FAILED
    assert result.reason == "handed_in has changed since it was added; add it again as a new version"


def classifier() -> object:
    """Return an unfitted pipeline that ignores the order of columns."""
    from sklearn.compose import make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    columns = make_column_transformer((OneHotEncoder(), ["colour"]), (SimpleImputer(), ["weight"]))
    return make_pipeline(columns, LogisticRegression())


def write_model(path: Path, *, fitted_on: Dataset | None) -> None:
    """Write a scikit-learn model as joblib or skops, whichever the name says."""
    model = classifier()
    if fitted_on is not None:
        train = fitted_on.splits["train"]
        labels = [fitted_on.spec.labels[code] for code in train.y]
        model.fit(train.features.to_pandas(), labels)  # type: ignore[attr-defined]
    if path.suffix == ".skops":
        import skops.io

        skops.io.dump(model, path)
    else:
        import joblib

        joblib.dump(model, path)


@pytest.mark.parametrize("name", ["model.joblib", "model.skops"])
def test_a_fitted_model_predicts_where_columns_and_labels_match(
    name: str, hand_in: HandIn, tabular: Dataset, fruit: Dataset, run_one: Run, tmp_path: Path
) -> None:
    (tmp_path / "handed_in").mkdir()
    write_model(tmp_path / "handed_in" / name, fitted_on=tabular)
    submission = hand_in(lines=f'kind = "model"\n[model]\npath = "{name}"')
    if name == "model.joblib":
        facts = look_into_model(submission)
        assert facts == ModelFacts(fitted=True, columns=("colour", "weight"), labels=("apple", "pear", "plum"))
    result = run_one(submission, fruit)
    assert (result.state, result.reason) == (RunState.DONE, None)
    assert accuracy(result) == 1.0
    assert result.predictions["test"].predictions.probabilities is not None
    assert [record.stage for record in result.stages] == [Stage.PREDICT]
    assert result.fit_seconds is None


def test_an_unfitted_estimator_is_trained(tabular: Dataset, run_one: Run, hand_in: HandIn, tmp_path: Path) -> None:
    (tmp_path / "handed_in").mkdir()
    write_model(tmp_path / "handed_in" / "model.joblib", fitted_on=None)
    submission = hand_in(lines='kind = "model"\n[model]\npath = "model.joblib"')
    assert look_into_model(submission) == ModelFacts(fitted=False, columns=None, labels=None)
    result = run_one(submission, tabular, refit=True)
    assert (result.state, result.reason) == (RunState.DONE, None)
    assert accuracy(result) == 1.0
    assert [record.stage for record in result.stages] == [Stage.FIT, Stage.PREDICT]


class Decides:
    """A fitted model of two classes that gives a decision function and no probabilities."""

    classes_ = np.array(["apple", "other"])

    def decision_function(self, data: pd.DataFrame) -> np.ndarray:
        return np.linspace(-1, 1, len(data))  # above 0: the second class


@pytest.mark.parametrize(("positive", "sign"), [("apple", -1), ("other", 1)])
def test_a_decision_function_is_the_score_of_the_positive_label(positive: str, sign: int) -> None:
    spec = {"task": "matching", "positive_label": positive}
    sent = io.BytesIO()
    runner = worker.Estimator({"stage": "predict", "spec": spec, "model_dir": ""}, {}, worker.Stream(sent))
    runner.send_probabilities(Decides(), "test", pd.DataFrame(index=range(5)))
    header, _, values = sent.getvalue().partition(b"\n")
    assert json.loads(header) == {"split": "test", "rows": 5, "kind": "score", "labels": []}
    np.testing.assert_array_equal(np.frombuffer(values, "<f8"), sign * np.linspace(-1, 1, 5))


def test_skops_opens_only_what_is_on_the_list(hand_in: HandIn, tmp_path: Path) -> None:
    import os

    import skops.io

    (tmp_path / "handed_in").mkdir()
    skops.io.dump({"run": os.system}, tmp_path / "handed_in" / "model.skops")
    with pytest.raises(ReviewError, match=r"holds types that are not on the list of trusted ones: .*system"):
        look_into_model(hand_in(lines='kind = "model"\n[model]\npath = "model.skops"'))


def test_a_file_that_is_no_model_is_refused_in_words(hand_in: HandIn, tmp_path: Path) -> None:
    (tmp_path / "handed_in").mkdir()
    (tmp_path / "handed_in" / "model.joblib").write_bytes(b"\x80\x04 and nothing more")
    with pytest.raises(ReviewError, match=r"^handed_in cannot be used as a model: opening model.joblib raised "):
        look_into_model(hand_in(lines='kind = "model"\n[model]\npath = "model.joblib"'))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("class_algorithm", "algorithm"), ("command_algorithm", "algorithm"), ("prediction_files", "predictions")],
)
def test_the_examples_of_the_contract_are_read(name: str, kind: str, submitted: Read) -> None:
    submission = submitted(name)
    assert (submission.kind, submission.findings[0].code) == (kind, "team_differs")
