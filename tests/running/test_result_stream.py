"""The parent believes nothing of what a worker sends."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer_app.running.result_stream import MAX_LABELS, ResultStream

ROWS = {"validation": 2, "test": 3}


def line(**content: Any) -> bytes:
    """Return a line of the stream."""
    return json.dumps(content).encode() + b"\n"


def labels(codes: list[int], names: list[str], split: str = "test") -> bytes:
    """Return a frame of labels."""
    return line(split=split, rows=len(codes), kind="labels", labels=names) + np.array(codes, "<i4").tobytes()


def read(content: bytes) -> ResultStream:
    """Return what a stream made of some bytes."""
    stream = ResultStream(io.BytesIO(content), ROWS, 2, lambda fraction, message: None)
    stream.thread.start()
    stream.thread.join()
    return stream


def test_frames_and_events_are_read() -> None:
    probabilities = np.array([[0.25, 0.75], [1, 0], [0.5, 0.5]])
    stream = read(
        line(stage="predict", fraction=0.5)
        + labels([1, 0, -1], ["a", "b"])
        + line(split="test", rows=3, kind="probabilities", labels=["b", "a"])
        + probabilities.astype("<f8").tobytes()
        + line(note="beside")
        + line(done=True, versions={"python": "3.11"})
    )
    assert stream.broken is None
    assert stream.done
    assert stream.frames["test", "labels"].labels == ("a", "b")
    assert stream.frames["test", "labels"].values.tolist() == [1, 0, -1]
    np.testing.assert_array_equal(stream.frames["test", "probabilities"].values, probabilities)
    assert stream.notes == ["beside"]
    assert stream.versions == {"python": "3.11"}


def test_events_reach_the_listener_with_what_is_usable_of_them() -> None:
    heard: list[tuple[float | None, str]] = []
    content = line(stage="fit", fraction=0.5, message="half") + line(fraction="all") + line(fraction=7)
    content += line(fraction=float("nan"), message="\ud800\0") + line(message=["x"])
    stream = ResultStream(io.BytesIO(content), {}, 2, lambda fraction, message: heard.append((fraction, message)))
    stream.thread.start()
    stream.thread.join()
    assert heard == [(0.5, "half"), (None, ""), (None, ""), (None, "?\N{REPLACEMENT CHARACTER}"), (None, "['x']")]


@pytest.mark.parametrize(
    ("content", "broken"),
    [
        (b"no json\n", "the run wrote something that is not a result to the stream of results"),
        (b"[1]\n", "the run wrote something that is not a result to the stream of results"),
        (b"[" * 100_000 + b"\n", "the run wrote something that is not a result to the stream of results"),
        (labels([0], ["a"], split="train"), "the run sent a result that nobody asked for"),
        (line(split="test", rows=3, kind="pickle", labels=[]), "the run sent a result that nobody asked for"),
        (labels([0, 0, 0], ["a"]) * 2, "the run sent a result that nobody asked for"),
        (labels([0, 0], ["a"]), "predict returned 2 labels for 3 examples"),
        (labels([0], ["a"], split="validation"), "predict returned 1 labels for 2 examples of validation"),
        (
            line(split="test", rows="many", kind="labels", labels=[]),
            "predict returned an unknown number of labels for 3 examples",
        ),
        (line(split="test", rows=4, kind="probabilities"), "predict_proba returned 4 rows for 3 examples"),
        (labels([0, 1, 2], ["a", "b"]), "the run sent codes that stand for no label"),
        (labels([0, 1, -2], ["a", "b"]), "the run sent codes that stand for no label"),
        (labels([0, 0, 0], ["a", "a"]), "two classes of the model are the same label once they are written as text"),
        (line(split="test", rows=3, kind="labels", labels=[1]), "predict returned labels that are not text"),
        (line(split="test", rows=3, kind="labels", labels="ab"), "predict returned labels that are not text"),
        (
            line(split="test", rows=3, kind="labels", labels=[str(number) for number in range(MAX_LABELS + 1)]),
            "predict returned 65,001 different labels; 65,000 can be held",
        ),
        (labels([0, 0, 0], ["\ud800"]), "predict returned a label that is not valid Unicode"),
        (b"x" * (16 * 1024**2 + 2), "the labels that predict returned take more than 16 MB"),
        (
            line(split="test", rows=3, kind="probabilities", labels=[str(number) for number in range(5_000)]),
            "predict_proba returned 5,000 columns for 2 labels",
        ),
        (line(fraction=0.1) * 100_000, "the run reported its progress more than 100,000 times"),
    ],
    ids=range(20),
)
def test_what_breaks_a_rule_is_said_and_nothing_after_it_is_read(content: bytes, broken: str) -> None:
    stream = read(content + line(done=True))
    assert stream.broken == broken
    assert not stream.done


def test_a_result_that_breaks_off_is_said() -> None:
    assert read(labels([0, 0, 0], ["a"])[:-1]).broken == "the run ended in the middle of its result"


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_rule_or_in_nothing(content: bytes) -> None:
    stream = read(content)
    assert not stream.done
    assert stream.frames == {}
