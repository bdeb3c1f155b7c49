"""Whatever submitted code does, its run ends as a clean result with a reason in words, and nothing stays behind."""

from __future__ import annotations

import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.progress import Progress
from reviewer_app.running import run as run_module
from reviewer_app.running.cells import CellJob, CellResult, RunState, Stage
from reviewer_app.running.engine import run_cells
from reviewer_app.running.result_stream import ResultError
from reviewer_app.running.stage import MAX_LOG_BYTES, StageLimits
from reviewer_app.running.worker import SubmissionError
from reviewer_app.submissions.submission import AlignedPredictions, Limits, Submission

Run = Callable[..., CellResult]
Hostile = Callable[[str], Submission]
Inside = Callable[..., dict[str, AlignedPredictions]]


@pytest.fixture(autouse=True)
def nothing_stays_behind(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every temporary folder is gone after a run."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def is_alive(pid: int) -> bool:
    """Return whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def grandchildren(log: str) -> list[int]:
    """Return the processes that a submission says it started."""
    return [int(pid) for pid in re.findall(r"grandchild (\d+)", log)]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("EndsWithoutAWord", "fit ended without a result (exit code 7)"),
        ("EndsWell", "fit ended without a result (exit code 0)"),
        ("CallsExit", "making the model called sys.exit('enough')"),
        ("Crashes", "fit was ended by SIGSEGV (a crash in compiled code)"),
        ("MessageThatRaises", "making the model raised Odd"),
        ("NoSuchClass", "importing hostile raised AttributeError: module 'hostile' has no attribute 'NoSuchClass'"),
        ("WritesToTheStream", "the run wrote something that is not a result to the stream of results"),
        ("ForgesARecord", "the run sent a result that nobody asked for"),
    ],
)
def test_code_that_does_not_get_as_far_as_its_data(
    name: str, reason: str, hostile: Hostile, tabular: Dataset, run_one: Run
) -> None:
    result = run_one(hostile(name), tabular)
    assert (result.state, result.reason) == (RunState.FAILED, reason)
    assert result.predictions == {}


def test_a_wrong_number_of_labels_fails_the_run(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("OneTooFew"), tabular)
    assert (result.state, result.reason) == (
        RunState.FAILED,
        "predict returned 8 labels for 9 examples of validation",
    )
    assert result.predictions == {}
    assert [record.stage for record in result.stages] == [Stage.FIT, Stage.PREDICT]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("OneTooMany", "predict returned 10 labels for 9 examples of validation"),
        ("NoSequence", "predict returned a str, not a sequence of labels"),
        ("NoLabels", "predict returned no label for 9 of 9 examples of validation"),
        (
            "OnlyForeignLabels",
            'none of the labels that predict returned ("0", "1", "2", "3", "4", ...) is one of the dataset\'s '
            '("apple", "pear", "plum")',
        ),
        ("HugeLabel", f'predict returned a label of 5,000,000 characters, beginning "{"y" * 40}"'),
        ("RaggedProbabilities", "predict_proba raised ValueError: "),
        ("TooFewColumns", "predict_proba returned an array of shape (9, 2) for 3 classes_"),
    ],
)
def test_predictions_that_are_none(
    name: str, reason: str, tabular: Dataset, run_inside: Inside, hostile: Hostile
) -> None:
    with pytest.raises((ResultError, SubmissionError), match=f"^{re.escape(reason)}"):
        run_inside(hostile(name).path, f"hostile:{name}", tabular)


def test_the_number_of_test_labels_is_checked_too(tabular: Dataset, run_inside: Inside, hostile: Hostile) -> None:
    test_alone = replace(tabular, splits={name: tabular.splits[name] for name in ("train", "test")})
    with pytest.raises(ResultError, match=r"^predict returned 14 labels for 15 examples$"):
        run_inside(hostile("OneTooFew").path, "hostile:OneTooFew", test_alone)


def test_labels_outside_the_set_are_kept_and_wrong(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("ForeignLabels"), tabular)
    assert result.state is RunState.DONE
    aligned = result.predictions["test"]
    assert aligned.labels == ("apple", "pear", "plum", "dragon fruit")
    assert sorted(aligned.predictions.y_pred.tolist()) == [0] * 14 + [3]
    (finding,) = aligned.findings
    assert (finding.code, finding.count) == ("unknown_labels", 1)
    assert '"dragon fruit"' in finding.message


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("LogitsAsProbabilities", "probabilities_logits"),
        ("ProbabilitiesOffOne", "probabilities_not_normalised"),
        ("ProbabilitiesWithoutClasses", "run_note"),
    ],
)
def test_probabilities_that_are_none_leave_the_labels_standing(
    name: str, code: str, tabular: Dataset, run_inside: Inside, hostile: Hostile
) -> None:
    aligned = run_inside(hostile(name).path, f"hostile:{name}", tabular)["test"]
    assert aligned.predictions.probabilities is None
    assert set(aligned.predictions.y_pred.tolist()) == {0}
    assert [finding.code for finding in aligned.findings] == [code, "constant_predictions"]


@pytest.mark.parametrize("name", ["NanProbabilities", "InfiniteProbabilities"])
def test_a_row_of_probabilities_that_are_no_numbers_is_missing(
    name: str, tabular: Dataset, run_inside: Inside, hostile: Hostile
) -> None:
    aligned = run_inside(hostile(name).path, f"hostile:{name}", tabular)["test"]
    probabilities = aligned.predictions.probabilities
    assert probabilities is not None
    assert np.isnan(probabilities).all(axis=1).sum() == 1
    assert [(finding.code, finding.count) for finding in aligned.findings] == [
        ("probabilities_missing", 1),
        ("constant_predictions", 15),
    ]


def test_prints_land_in_the_log(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("PrintsToStdout"), tabular)
    assert result.state is RunState.DONE
    assert set(result.log.splitlines()) == {
        "a print that is no result",
        '{"done": true}',
        "a child that writes to stdout",
    }


def test_a_long_message_is_cut_and_the_log_keeps_its_end(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("LongMessage"), tabular)
    assert result.state is RunState.FAILED
    assert result.reason == ("making the model raised ValueError: " + "x" * 2000)[:2000]
    assert len(result.log) == MAX_LOG_BYTES


def test_a_model_that_cannot_be_stored_fails_the_fit(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("CannotBeStored"), tabular)
    assert result.state is RunState.FAILED
    assert result.reason is not None
    assert re.fullmatch(
        r"fit ended well, but the model cannot be stored \(.*lock.*\): give the class save.* and load.*",
        result.reason,
    )


def test_a_stage_that_never_ends_is_timed_out(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    impatient = replace(hostile("NeverEnds"), limits=Limits(fit_s=0.5))
    result = run_one(impatient, tabular)
    assert (result.state, result.reason) == (RunState.TIMED_OUT, "fit took longer than the limit of 0.5 s")
    assert [record.signal for record in result.stages] == ["SIGKILL"]


def test_threads_that_go_on_do_not_hold_the_run_up(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    assert run_one(hostile("LeavesThreads"), tabular).state is RunState.DONE


def test_memory_is_limited(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("EatsMemory"), tabular, memory_limit_gb=0.2)
    assert (result.state, result.reason) == (RunState.FAILED, "fit used more memory than the limit of 0.2 GB")
    assert result.peak_memory_mb is not None
    assert result.peak_memory_mb > 200


def test_disk_is_limited(hostile: Hostile, tabular: Dataset, run_one: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        run_module.RunLimits, "of", lambda self, submission, stage: StageLimits(None, None, disk_bytes=20_000_000)
    )
    result = run_one(hostile("FillsTheDisk"), tabular)
    assert (result.state, result.reason) == (RunState.FAILED, "fit wrote more than the limit of 0.02 GB")


def test_grandchildren_end_with_the_run(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("LeavesGrandchildren"), tabular)
    assert (result.state, result.reason) == (RunState.FAILED, "making the model called sys.exit('while they sleep')")
    pids = grandchildren(result.log)
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_cancelling_ends_grandchildren_too(
    hostile: Hostile, hand_in: Callable[..., Submission], tabular: Dataset, tmp_path: Path
) -> None:
    marker = tmp_path / "ready"
    source = (
        (hostile("LeavesGrandchildren").path / "hostile.py").read_text()
        + f"""
class Team(LeavesGrandchildren):
    def end(self):
        open({str(marker)!r}, "w").close()
        time.sleep(600)
"""
    )
    progress = Progress()

    def cancel_when_ready() -> None:
        while not marker.exists():
            time.sleep(0.01)
        progress.cancel()

    waiter = threading.Thread(target=cancel_when_ready, daemon=True)
    waiter.start()
    cells = [CellJob(hand_in(source), tabular, seed=0), CellJob(hostile("Honest"), tabular, seed=0)]
    (result,) = run_cells(cells, jobs=1, progress=progress)
    assert (result.state, result.reason) == (RunState.CANCELLED, "cancelled during fit")
    pids = grandchildren(result.log)
    assert len(pids) == 2
    assert not any(is_alive(pid) for pid in pids)


def test_no_variable_of_ours_reaches_submitted_code(
    hostile: Hostile, tabular: Dataset, run_one: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_ACCESS_TOKEN", "not-for-strangers")
    result = run_one(hostile("ReadsTheEnvironment"), tabular)
    assert result.state is RunState.FAILED
    assert "'OMP_NUM_THREADS'" in result.log
    assert "SOME_ACCESS_TOKEN" not in result.log
    assert "not-for-strangers" not in result.log


def test_nothing_of_fit_but_the_model_is_there_when_it_predicts(
    hostile: Hostile, tabular: Dataset, run_one: Run
) -> None:
    result = run_one(hostile("LooksForLabels"), tabular)
    assert (result.state, result.reason) == (RunState.DONE, None)
    assert "beside: ['code', 'model', 'predict', 'scratch-predict']" in result.log


def test_what_is_written_to_the_job_folder_changes_nothing(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    result = run_one(hostile("WritesToTheJobFolder"), tabular)
    assert (result.state, result.reason) == (RunState.DONE, None)
    assert set(result.predictions["test"].predictions.y_pred.tolist()) == {0}
    done = "wrote" if os.geteuid() == 0 else "may not write"  # root may write anywhere
    assert f"{done} to train.arrow" in result.log


def test_folders_that_nobody_may_open_are_removed(hostile: Hostile, tabular: Dataset, run_one: Run) -> None:
    assert run_one(hostile("LocksItsFolders"), tabular).state is RunState.DONE
