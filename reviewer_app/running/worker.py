"""One stage of a submission, in a process of its own: ``python -I worker.py JOBFOLDER``.

This file is all of ours that runs beside strangers' code. It needs the standard library alone; pandas, pyarrow, joblib,
skops and cloudpickle are imported where the submission's kind needs them, from the submission's environment. It reads
``job.json`` (the contract for submitted code, README) and ``worker.json`` (which code to run) from the job folder.

Results leave through the standard output that the process was started with, duplicated before any strange code runs;
descriptor 1 then points where 2 does, so that prints land in the log. The stream is a sequence of JSON lines, each one
an event (``{"stage": "fit", "fraction": 0.4}``) or a header (``{"split", "rows", "kind": "labels|score|probabilities",
"labels": [...]}``) followed by ``rows`` little-endian int32 (codes into ``labels``, -1: none), ``rows`` float64, or
``rows * len(labels)`` float64 in row order. The last event is ``{"done": true}`` or ``{"error": "..."}``.
"""

from __future__ import annotations

import array
import contextlib
import importlib
import importlib.metadata
import inspect
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

MAX_MESSAGE = 2000
MODEL_FILE = "pickled_by_worker.pkl"
"""A name that no save of a submission chooses by chance."""
PYTHON = ("python", "python3")
"""Programs of a command that mean the Python that runs this file."""
# Types that scikit-learn's classifiers and transformers hold and skops does not trust by itself. None of them calls
# what it is given; a forged tree or index can crash the process that predicts with it, and nothing more.
SKOPS_TRUSTED = (
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.feature_selection._univariate_selection.chi2",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.gaussian_process._gpc._BinaryGaussianProcessClassifierLaplace",
    "sklearn.gaussian_process.kernels.ConstantKernel",
    "sklearn.gaussian_process.kernels.Product",
    "sklearn.gaussian_process.kernels.RBF",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
)
DISTRIBUTIONS = {"sklearn": "scikit-learn", "PIL": "pillow", "cv2": "opencv-python", "skimage": "scikit-image"}


class SubmissionError(Exception):
    """Why the submission has no result, as a sentence."""


class Stream:
    """The way out: events and results."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def event(self, **content: Any) -> None:
        """Write a JSON line."""
        self._file.write(json.dumps(content).encode() + b"\n")
        self._file.flush()

    def result(self, split: str, kind: str, labels: Sequence[str], rows: int, values: bytes) -> None:
        """Write a header and its numbers."""
        self.event(split=split, rows=rows, kind=kind, labels=list(labels))
        self._file.write(values)
        self._file.flush()


def take_stdout() -> IO[bytes]:
    """Return the standard output as a file of our own; whatever is printed from now on goes where errors go."""
    sys.stdout.flush()
    file = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return file


@contextlib.contextmanager
def calling(what: str) -> Iterator[None]:
    """Turn whatever a submission raises into a `SubmissionError` that says where; its traceback goes to the log."""
    try:
        yield
    except SubmissionError:
        raise
    except SystemExit as error:
        raise SubmissionError(f"{what} called sys.exit({error.code!r})"[:MAX_MESSAGE]) from None
    except BaseException as error:
        traceback.print_exc()
        raise SubmissionError(f"{what} raised {in_words(error)}"[:MAX_MESSAGE]) from None


def in_words(error: BaseException) -> str:
    """Return an exception's name and message; its name alone where the message cannot be had."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:
        return type(error).__name__


# --- what goes in


def read_split(path: str, kinds: dict[str, str], target: str) -> Any:
    """Return a split as a DataFrame: numeric columns as float64 with NaN, all others as object with None."""
    import pandas as pd

    columns: dict[str, Any] = {}
    if path.endswith(".arrow"):
        import pyarrow as pa

        with pa.OSFile(path) as source:
            table = pa.ipc.open_file(source).read_all()
        values = {name: table.column(name).to_numpy() for name in table.column_names}
        n_rows = table.num_rows
    else:
        header, rows = read_csv(Path(path))
        values = {name: [row[place] or None for row in rows] for place, name in enumerate(header)}
        n_rows = len(rows)
    for name, column in values.items():
        numeric = name != target and kinds[name] == "numeric"
        # An explicit dtype: pandas would otherwise make a string type of its own of text, with NaN for None.
        columns[name] = pd.Series(column, dtype="float64" if numeric else "object", copy=True)
    return pd.DataFrame(columns, index=pd.RangeIndex(n_rows))


def read_csv(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of a csv file in UTF-8."""
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        # A line that holds a single empty cell is an empty line to the csv module.
        return header, [row or [""] for row in reader]


# --- what comes out


def as_text(value: Any) -> str | None:
    """Return a label as text (1.0 is "1", True is "true"); None where it is missing."""
    if isinstance(value, str):
        return str(value)
    value = value.item() if hasattr(value, "item") else value
    if value is None or type(value).__name__ in ("NAType", "NaTType") or value != value:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_list(values: Any, what: str) -> list[Any]:
    """Return predictions, in whatever sequence they come, as a list of Python scalars."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__iter__"):
        raise SubmissionError(f"{what} returned a {type(values).__name__}, not a sequence of labels")
    shape = getattr(values, "shape", None)
    if shape is not None and len(shape) == 2 and shape[1] == 1:
        values = getattr(values, "values", values).reshape(-1)
    elif shape is not None and len(shape) != 1:
        raise SubmissionError(f"{what} returned an array of shape {tuple(shape)}, not one label per example")
    return list(values.tolist() if hasattr(values, "tolist") else values)


def send_labels(stream: Stream, split: str, labels: list[str | None]) -> None:
    """Send one label per example, as codes."""
    codes: dict[str, int] = {}
    numbers = array.array("i")
    for label in labels:
        numbers.append(-1 if label is None else codes.setdefault(label, len(codes)))
    stream.result(split, "labels", list(codes), len(numbers), little_endian(numbers))


def little_endian(numbers: Any) -> bytes:
    """Return the bytes of an array of int32 or float64."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return bytes(numbers.tobytes())


# --- how each kind of submission runs


class Runner:
    """A Python class, ``fit(train, spec)`` and ``predict(data)``; what the other kinds do otherwise, they override."""

    def __init__(self, job: dict[str, Any], work: dict[str, Any], stream: Stream) -> None:
        self.job, self.work, self.stream = job, work, stream
        self.spec: dict[str, Any] = job["spec"]
        self.model_dir = Path(job["model_dir"])

    def split(self, name: str) -> Any:
        """Return a split as a DataFrame; None where the dataset has none."""
        path = self.job["inputs"].get(name)
        return None if path is None else read_split(path, self.spec["columns"], self.spec["target"])

    def tell(self, fraction: float, message: str) -> None:
        """Say how far the stage is."""
        self.stream.event(stage=self.job["stage"], fraction=fraction, message=message)

    def make(self) -> Any:
        """Return the submission's class."""
        module, name = self.work["entry"].split(":")
        with calling(f"importing {module}"):
            return getattr(importlib.import_module(module), name)

    def fit(self) -> None:
        """Train, and leave the model in the model folder."""
        self.tell(0.0, "importing")
        make = self.make()
        with calling("making the model"):
            model = make()
        self.tell(0.0, "reading the data")
        train, validation = self.split("train"), self.split("validation")
        self.tell(0.1, "fitting")
        with calling("fit"):
            self.train(model, train, validation)
        self.tell(0.9, "keeping the model")
        self.store(model)

    def train(self, model: Any, train: Any, validation: Any) -> None:
        """Call fit as its signature has it."""
        if "validation" in inspect.signature(model.fit).parameters:
            model.fit(train, self.spec, validation=validation)
        else:
            model.fit(train, self.spec)

    def store(self, model: Any) -> None:
        """Keep the model by its own save where it has one, else as a pickle."""
        if hasattr(model, "save") and hasattr(model, "load"):
            with calling("save"):
                model.save(self.model_dir)
            return
        try:
            dumps: Callable[[Any], bytes] = _cloudpickle().dumps
        except ImportError:
            dumps = pickle.dumps
        try:
            content = dumps(model)
        except Exception as error:
            traceback.print_exc()
            reason, advice = in_words(error)[:300], "give the class save(folder) and load(folder)"
            raise SubmissionError(f"fit ended well, but the model cannot be stored ({reason}): {advice}") from None
        (self.model_dir / MODEL_FILE).write_bytes(content)

    def load(self) -> Any:
        """Return the model that fit left."""
        file = self.model_dir / MODEL_FILE
        if file.exists():
            with calling("loading the fitted model"):
                return pickle.loads(file.read_bytes())
        make = self.make()
        with calling("load"):
            model = make()
            loaded = model.load(self.model_dir)
        return model if loaded is None else loaded

    def predict(self) -> None:
        """Predict validation and test in separate calls."""
        self.tell(0.0, "loading the model")
        model = self.load()
        splits = [split for split in ("validation", "test") if split in self.job["inputs"]]
        for done, split in enumerate(splits):
            self.tell((1 + done) / (1 + len(splits)), f"predicting {split}")
            data = self.split(split)
            with calling("predict"):
                # A copy, because what predict changes in its argument must not reach predict_proba.
                labels = [as_text(label) for label in as_list(model.predict(data.copy()), "predict")]
            send_labels(self.stream, split, labels)
            self.send_probabilities(model, split, data)

    def send_probabilities(self, model: Any, split: str, data: Any) -> None:
        """Send probabilities where the model gives them and says of which classes."""
        if not hasattr(model, "predict_proba"):
            return
        import numpy as np

        with calling("predict_proba"):
            try:
                rows = np.asarray(model.predict_proba(data), dtype="<f8")
            except NotImplementedError:
                return
            classes = getattr(model, "classes_", None)
            names = None if classes is None else [as_text(label) or "" for label in as_list(classes, "classes_")]
        if names is None:
            note = "predict_proba is not used, because there is no classes_ to say which column is which label"
            self.stream.event(note=note)
        elif rows.ndim != 2 or rows.shape[1] != len(names):
            raise SubmissionError(f"predict_proba returned an array of shape {rows.shape} for {len(names)} classes_")
        else:
            self.stream.result(split, "probabilities", names, len(rows), rows.tobytes())


class Estimator(Runner):
    """A scikit-learn estimator from a file: cloned and fitted as an algorithm, or fitted already."""

    columns: Any = None

    def make(self) -> Any:
        """Return what makes an unfitted copy of the estimator."""
        from sklearn.base import clone

        estimator = self.open()
        return lambda: clone(estimator)

    def train(self, model: Any, train: Any, validation: Any) -> None:
        """Fit on features and labels, as scikit-learn's estimators take them."""
        model.fit(train.drop(columns=self.spec["target"]), train[self.spec["target"]].to_numpy())

    def load(self) -> Any:
        """Return the fitted estimator."""
        model = self.open() if self.work["fitted"] else super().load()
        self.columns = getattr(model, "feature_names_in_", None)
        return model

    def split(self, name: str) -> Any:
        """Return a split with the columns that the estimator was fitted on."""
        data = super().split(name)
        if self.columns is None or data is None:
            return data
        lacking = [column for column in self.columns if column not in data]
        if lacking:
            raise SubmissionError(f"the model was fitted on columns that are not there: {', '.join(lacking[:5])}")
        return data[list(self.columns)]

    def send_probabilities(self, model: Any, split: str, data: Any) -> None:
        """Send probabilities, or in matching the decision function as a score of the positive label."""
        if hasattr(model, "predict_proba"):
            super().send_probabilities(model, split, data)
        elif hasattr(model, "decision_function") and self.spec["task"] == "matching":
            import numpy as np

            with calling("decision_function"):
                score = np.asarray(model.decision_function(data), dtype="<f8")
                # The decision function of two classes is that of the second one.
                sign = 1 if as_text(model.classes_.tolist()[1]) == self.spec["positive_label"] else -1
            if score.ndim == 1:
                self.stream.result(split, "score", [], len(score), (sign * score).tobytes())

    def open(self) -> Any:
        """Return the object in the model file."""
        file = self.work["model_file"]
        with calling(f"opening {Path(file).name}"):
            if self.work["model_format"] != "skops":
                import joblib

                return joblib.load(file)
            import skops.io

            unknown = set(skops.io.get_untrusted_types(file=file)).difference(SKOPS_TRUSTED)
            if unknown:
                some = ", ".join(sorted(unknown)[:5])
                raise SubmissionError(f"{Path(file).name} holds types that are not on the list of trusted ones: {some}")
            return skops.io.load(file, trusted=list(SKOPS_TRUSTED))


class Look(Estimator):
    """A look at what a model file holds; nothing is predicted."""

    def predict(self) -> None:
        """Say whether the estimator is fitted, on which columns, and which labels it knows."""
        model = self.open()
        from sklearn.exceptions import NotFittedError
        from sklearn.utils.validation import check_is_fitted

        with calling("looking at the model"):
            try:
                check_is_fitted(model)
                fitted = True
            except NotFittedError:
                fitted = False
            except TypeError:  # not one of scikit-learn's: taken at its word when it predicts
                fitted = True
            columns, classes = getattr(model, "feature_names_in_", None), getattr(model, "classes_", None)
            facts = {
                "fitted": fitted,
                "columns": None if columns is None else [str(name) for name in columns],
                "labels": None if classes is None else [as_text(label) for label in as_list(classes, "classes_")],
            }
        self.stream.event(facts=facts)


class Command(Runner):
    """A command line, run once per stage; it writes its predictions as files."""

    def fit(self) -> None:
        """Run the command; what it leaves in the model folder is the model."""
        self.run()

    def predict(self) -> None:
        """Run the command and send the files that it wrote."""
        self.run()
        for split in ("validation", "test"):
            if split in self.job["inputs"]:
                self.send_file(split)

    def run(self) -> None:
        """Run the command, its output into the log."""
        stage, path = self.job["stage"], str(self.work["job_file"])
        self.tell(0.0, f"{stage}: running the command")
        command = [part.replace("{job}", path) for part in self.work["command"]]
        if command[0] in PYTHON:
            command[0] = sys.executable
        before_start = die_with_parent if os.name == "posix" else None
        try:
            ended = subprocess.run(command, stdin=subprocess.DEVNULL, preexec_fn=before_start, check=False)
        except OSError as error:
            raise SubmissionError(f"{stage}: the command {command[0]!r} cannot be run: {error.strerror}") from None
        if ended.returncode != 0:
            how = f"exit code {ended.returncode}" if ended.returncode > 0 else f"signal {-ended.returncode}"
            raise SubmissionError(f"{stage}: the command ended with {how}")

    def send_file(self, split: str) -> None:
        """Send the predictions of a split."""
        files = [Path(self.job["output_dir"], split + suffix) for suffix in (".csv", ".parquet")]
        found = [file for file in files if file.exists()]
        if len(found) != 1:
            which = "both" if found else "neither"
            raise SubmissionError(
                f"predict: the command wrote {which} of {split}.csv and {split}.parquet; one of them is needed"
            )
        with calling(f"reading {found[0].name}"):
            columns = read_columns(found[0])
        if "prediction" not in columns:
            there = ", ".join(columns)[:300]
            raise SubmissionError(f"predict: {found[0].name} has no column prediction; its columns are {there}")
        labels = [None if label == "" else as_text(label) for label in columns["prediction"]]
        send_labels(self.stream, split, labels)
        names = [name for name in columns if name.startswith("prob_")]
        if names:
            with calling(f"reading the probabilities of {found[0].name}"):
                numbers = array.array("d")
                for row in zip(*(columns[name] for name in names), strict=True):
                    numbers.extend(float("nan") if value in ("", None) else float(value) for value in row)
            known = [name[len("prob_") :] for name in names]
            self.stream.result(split, "probabilities", known, len(labels), little_endian(numbers))


def read_columns(path: Path) -> dict[str, list[Any]]:
    """Return the columns of a csv or parquet file."""
    if path.suffix == ".parquet":
        import pyarrow.parquet

        columns: dict[str, list[Any]] = pyarrow.parquet.read_table(path).to_pydict()
        return columns
    header, rows = read_csv(path)
    for line, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise SubmissionError(
                f"predict: {path.name}, row {line}: {len(row)} cells where the header has {len(header)}"
            )
    return {name: [row[place] for row in rows] for place, name in enumerate(header)}


# --- the process


def die_with_parent() -> None:
    """Ask Linux to kill this process when the app dies; elsewhere it would run on."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL))


def limit(max_file_bytes: int) -> None:
    """Write no core dumps and no file above a size."""
    with contextlib.suppress(ImportError):  # Windows has no such limits
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (max_file_bytes, max_file_bytes))


def seed_generators(seed: int) -> None:
    """Seed the generators that code falls back on where it does not use the seed of the spec."""
    random.seed(seed)
    with contextlib.suppress(ImportError):
        import numpy as np

        np.random.seed(seed % 2**32)


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that are loaded."""
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for name in sorted({module.partition(".")[0] for module in sys.modules} - set(sys.stdlib_module_names)):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
            distribution = DISTRIBUTIONS.get(name, name)
            found[distribution] = importlib.metadata.version(distribution)
    return found


def _cloudpickle() -> Any:
    """Return the module cloudpickle, the one that joblib carries where there is no other."""
    try:
        return importlib.import_module("cloudpickle")
    except ImportError:
        return importlib.import_module("joblib.externals.cloudpickle")


RUNNERS = {"class": Runner, "estimator": Estimator, "look": Look, "command": Command}


def main(folder: Path) -> int:
    """Run the stage of a job folder; return the exit code."""
    die_with_parent()
    sys.dont_write_bytecode = True
    stream = Stream(take_stdout())
    job = json.loads((folder / "job.json").read_text(encoding="utf-8"))
    work = json.loads((folder / "worker.json").read_text(encoding="utf-8"))
    limit(work["max_file_bytes"])
    os.chdir(work["code_dir"])
    sys.path.insert(0, work["code_dir"])
    try:
        if work["runner"] != "command":
            seed_generators(job["seed"])
        runner = RUNNERS[work["runner"]](job, {**work, "job_file": folder / "job.json"}, stream)
        if job["stage"] == "fit":
            runner.fit()
        else:
            runner.predict()
        stream.event(done=True, versions=versions())
    except SubmissionError as error:
        stream.event(error=str(error))
        return 1
    return 0


if __name__ == "__main__":
    code = main(Path(sys.argv[1]))
    for file in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError, OSError):  # a submission closed or replaced it
            file.flush()
    # Threads and exit handlers that strangers left behind do not hold the process up.
    os._exit(code)
