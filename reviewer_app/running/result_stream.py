"""The parent's end of a worker's stream: it believes nothing, and holds no more than the job can need.

The format is described in `reviewer_app.running.worker`.
"""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

MAX_LINE_BYTES = 16 * 1024**2
"""A header names every label that was predicted; more than this is no list of labels."""
MAX_LABELS = 65_000
"""Codes of labels are 16 bits wide."""
MAX_LABEL_CHARACTERS = 1_000
MAX_EVENTS = 100_000
MAX_MESSAGE_CHARACTERS = 2_000
MAX_NOTES = 20

_BLOCK = 1024**2


class ResultError(Exception):
    """What a submission gave back cannot be its result; the message says why, for people."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Numbers for one split, as they came.

    Attributes
    ----------
    labels
        What codes or columns mean.
    values
        Kind "labels": int32 codes, -1 for none, shape (n,). "score": float64, shape (n,). "probabilities": float64,
        shape (n, len(labels)).
    """

    labels: tuple[str, ...]
    values: NDArray[Any]


class ResultStream:
    """Reads a worker's stream, in the thread that it holds, until it ends or breaks a rule.

    Parameters
    ----------
    file
        The worker's standard output.
    rows
        Split to its number of examples, of the splits that are to be predicted; empty where none are.
    n_labels
        Number of labels of the spec.
    on_event
        Called with (fraction or None, message) from the reading thread.

    Attributes
    ----------
    frames
        (split, kind) to what came.
    done
        Whether the worker said that it ended well.
    error
        Why the submission has no result, as the worker says; None where it does not.
    broken
        Which rule of the stream was broken, and nothing after it was read; None where none was.
    notes
        What the worker wants said beside the result.
    versions
        Of Python and packages, as the worker says.
    facts
        What it says of a model that it was asked to look at; None where it was not asked.
    thread
        To be started and joined by the owner.
    """

    def __init__(
        self,
        file: IO[bytes],
        rows: Mapping[str, int],
        n_labels: int,
        on_event: Callable[[float | None, str], None],
    ) -> None:
        self._file, self._rows, self._n_labels, self._on_event = file, rows, n_labels, on_event
        self.frames: dict[tuple[str, str], Frame] = {}
        self.done = False
        self.error: str | None = None
        self.broken: str | None = None
        self.notes: list[str] = []
        self.versions: dict[str, str] = {}
        self.facts: dict[str, Any] | None = None
        self.thread = threading.Thread(target=self._read, name="result stream", daemon=True)

    def _read(self) -> None:
        try:
            for _ in range(MAX_EVENTS):
                line = self._file.readline(MAX_LINE_BYTES + 1)
                if not line:
                    return
                self._take(line)
            raise ResultError(f"the run reported its progress more than {MAX_EVENTS:,} times")
        except ResultError as error:
            self.broken = str(error)

    def _take(self, line: bytes) -> None:
        if len(line) > MAX_LINE_BYTES:
            raise ResultError(f"the labels that predict returned take more than {MAX_LINE_BYTES // 1024**2} MB")
        try:
            content = json.loads(line)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise ResultError("the run wrote something that is not a result to the stream of results")
        if "kind" in content:
            self._take_frame(content)
        else:
            self._take_event(content)

    def _take_event(self, content: dict[str, Any]) -> None:
        if isinstance(content.get("error"), str):
            self.error = _text(content["error"])
        elif isinstance(content.get("note"), str):
            if len(self.notes) < MAX_NOTES and _text(content["note"]) not in self.notes:
                self.notes.append(_text(content["note"]))
        elif isinstance(content.get("facts"), dict):
            self.facts = content["facts"]
        elif content.get("done") is True:
            self.done = True
            versions = content.get("versions")
            if isinstance(versions, dict):
                self.versions = {_text(name): _text(version) for name, version in versions.items()}
        else:
            fraction, message = content.get("fraction"), content.get("message", "")
            share = float(fraction) if isinstance(fraction, int | float) and 0 <= fraction <= 1 else None
            self._on_event(share, _text(message))

    def _take_frame(self, header: dict[str, Any]) -> None:
        split, kind, rows = str(header.get("split")), str(header.get("kind")), header.get("rows")
        if split not in self._rows or kind not in _RETURNED or (split, kind) in self.frames:
            raise ResultError("the run sent a result that nobody asked for")
        expected = self._rows[split]
        if rows != expected:
            many = f"{rows:,}" if isinstance(rows, int) else "an unknown number of"
            where = "" if split == "test" else f" of {split}"
            raise ResultError(f"{_RETURNED[kind].format(many)} for {expected:,} examples{where}")
        names = _checked_labels(header.get("labels"))
        if kind == "probabilities" and len(names) > self._n_labels + MAX_LABELS // 65:
            raise ResultError(f"predict_proba returned {len(names):,} columns for {self._n_labels:,} labels")
        shape = (expected, len(names)) if kind == "probabilities" else (expected,)
        values = self._read_numbers(shape, np.dtype("<i4") if kind == "labels" else np.dtype("<f8"))
        if kind == "labels" and len(values) and not -1 <= values.min() <= values.max() < len(names):
            raise ResultError("the run sent codes that stand for no label")
        self.frames[split, kind] = Frame(names, values)

    def _read_numbers(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> NDArray[Any]:
        content = bytearray()
        missing = math.prod(shape) * dtype.itemsize
        while missing:
            block = self._file.read(min(missing, _BLOCK))
            if not block:
                raise ResultError("the run ended in the middle of its result")
            content += block
            missing -= len(block)
        return np.frombuffer(content, dtype).reshape(shape)


_RETURNED = {
    "labels": "predict returned {} labels",
    "score": "decision_function returned {} scores",
    "probabilities": "predict_proba returned {} rows",
}


def _text(value: Any) -> str:
    """Return what a worker says as text that can be stored and shown."""
    text = str(value)[:MAX_MESSAGE_CHARACTERS].replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode()


def _checked_labels(labels: Any) -> tuple[str, ...]:
    """Return the labels of a header if each can be stored and shown."""
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise ResultError("predict returned labels that are not text")
    if len(labels) > MAX_LABELS:
        raise ResultError(f"predict returned {len(labels):,} different labels; {MAX_LABELS:,} can be held")
    if len(set(labels)) < len(labels):
        raise ResultError("two classes of the model are the same label once they are written as text")
    longest = max(labels, key=len, default="")
    if len(longest) > MAX_LABEL_CHARACTERS:
        raise ResultError(f'predict returned a label of {len(longest):,} characters, beginning "{longest[:40]}"')
    if any(0xD800 <= ord(character) <= 0xDFFF for label in labels for character in label):
        raise ResultError("predict returned a label that is not valid Unicode")
    return tuple(labels)
