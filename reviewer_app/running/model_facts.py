"""What a model file holds, found out in a process of its own; where it can be used follows from that."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import Any

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.spec import ColumnKind
from reviewer_app.errors import ReviewError
from reviewer_app.running.cells import RunState, Stage
from reviewer_app.running.run import RunLimits, describe_work, explain, temporary_box, unpack
from reviewer_app.running.stage import LogTail, run_stage
from reviewer_app.submissions.submission import Submission

_N_NAMED = 5


@dataclass(frozen=True)
class ModelFacts:
    """What a model says of itself.

    Attributes
    ----------
    fitted
        Whether it can predict as it is; otherwise it is an algorithm (`CellJob.refit`).
    columns
        The columns that it was fitted on, in order; None where it does not say.
    labels
        The labels that it can predict, as text; None where it does not say.
    """

    fitted: bool
    columns: tuple[str, ...] | None
    labels: tuple[str, ...] | None

    def misfit(self, dataset: Dataset) -> str | None:
        """Return why the fitted model cannot be used on a dataset; None where nothing speaks against it.

        An unfitted one can be trained wherever there is a train split.
        """
        spec = dataset.spec
        if not self.fitted:
            return None if "train" in dataset.splits else "it is not fitted, and the dataset has no train split"
        there = {name for name, kind in spec.columns.items() if kind is not ColumnKind.IGNORED}
        if lacking := [name for name in self.columns or () if name not in there]:
            return f"it was fitted on columns that the dataset does not have: {_some(lacking)}"
        if foreign := [label for label in self.labels or () if label not in spec.labels]:
            return f"it predicts labels that the dataset does not have: {_some(foreign)}"
        return None


def look_into_model(
    submission: Submission, *, time_limit: float = 120.0, memory_limit_gb: float | None = None
) -> ModelFacts:
    """Return what a submission's model file says of itself; it is opened in a worker, where it may run code.

    Raises
    ------
    ReviewError
        ``model_unreadable`` with the reason; ``submission_changed``.
    """
    stage = Stage.PREDICT
    limits = RunLimits(time_limit, memory_limit_gb).of(submission, stage)
    with temporary_box() as box:
        work = describe_work(submission, unpack(submission, box), trains=False) | {"runner": "look"}
        folder, scratch = box / "look", box / "scratch"
        folder.mkdir()
        scratch.mkdir()
        job = {"stage": str(stage), "spec": {}, "seed": 0, "inputs": {}, "model_dir": "", "output_dir": str(scratch)}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        (folder / "worker.json").write_text(json.dumps(work), encoding="utf-8")
        outcome = run_stage(
            stage,
            folder,
            scratch,
            writable=(scratch,),
            rows={},
            n_labels=0,
            limits=limits,
            stop=threading.Event(),
            log=LogTail(),
            on_progress=lambda fraction, message, memory_mb: None,
        )
    state, reason = explain(stage, outcome, limits)
    facts = outcome.stream.facts
    if state is not RunState.DONE or facts is None:
        why = reason or "it says nothing of itself"
        message = f"{submission.path.name} cannot be used as a model: {why}."
        raise ReviewError.of("model_unreadable", message, file=str(submission.path))
    return ModelFacts(bool(facts.get("fitted")), _texts(facts.get("columns")), _texts(facts.get("labels")))


def _texts(values: Any) -> tuple[str, ...] | None:
    """Return a list of texts, or None where it is none."""
    if not isinstance(values, list):
        return None
    return tuple(str(value) for value in values)


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_N_NAMED])
    return shown if len(names) <= _N_NAMED else f"{shown} and {len(names) - _N_NAMED} more"
