"""Digests of values: the same for csv and parquet of the same data, in whatever chunks Arrow holds them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.spec import DatasetSpec


def column_digest(values: pa.ChunkedArray | pa.Array) -> bytes:
    """Return the sha256 of a column of text or of float64.

    Text: over the lengths in bytes (int64, -1 for null), then over the bytes. Numbers: over the values, null as NaN
    and -0.0 as 0.0. All little-endian.
    """
    chunks = values.chunks if isinstance(values, pa.ChunkedArray) else [values]
    if pa.types.is_float64(values.type):
        numbers = hashlib.sha256(b"float64")
        for chunk in chunks:
            array = pc.fill_null(chunk, np.nan).to_numpy(zero_copy_only=False) + 0.0
            array[np.isnan(array)] = np.nan
            numbers.update(array.astype("<f8", copy=False))
        return numbers.digest()
    lengths, data = hashlib.sha256(b"string"), hashlib.sha256()
    for chunk in chunks:
        length = pc.fill_null(pc.binary_length(chunk), -1).to_numpy(zero_copy_only=False)
        lengths.update(length.astype("<i8"))
        data.update(_bytes_of(pc.fill_null(chunk, "")))
    return hashlib.sha256(lengths.digest() + data.digest()).digest()


def _bytes_of(text: pa.Array) -> memoryview:
    _, offsets_buffer, data = text.buffers()
    if data is None or not len(text):
        return memoryview(b"")
    offsets = np.frombuffer(offsets_buffer, np.int32)
    start, stop = offsets[text.offset], offsets[text.offset + len(text)]
    return memoryview(data)[start:stop]


def split_digest(
    ids: pa.Array,
    y: NDArray[np.uint16],
    labels: Iterable[str],
    columns: Iterable[pa.ChunkedArray],
    image_contents: Iterable[pa.Array] = (),
) -> str:
    """Return the sha256, in hex, of a split's ids, labels as text, values in the spec's order and images' contents."""
    digest = hashlib.sha256()
    label_text = pa.array(list(labels), pa.string()).take(pa.array(y))
    for values in (ids, label_text, *columns, *image_contents):
        digest.update(column_digest(values))
    return digest.hexdigest()


def dataset_digest(spec: DatasetSpec, splits: Mapping[str, str]) -> str:
    """Return the sha256, in hex, of the splits' digests and of what the spec says that changes a result."""
    said = {
        "task": str(spec.task),
        "columns": [[name, str(kind)] for name, kind in spec.columns.items()],
        "labels": spec.labels,
        "positive_label": spec.positive_label,
        "records": spec.records,
        "group": spec.group,
        "splits": dict(sorted(splits.items())),
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def image_digests(folder: Path, paths: pa.ChunkedArray) -> pa.Array:
    """Return the sha256, in hex, of each image's content, shape (n,); null where path or file is missing.

    Parameters
    ----------
    folder
        The dataset's folder; the paths are known to stay inside it.
    paths
        Paths relative to it.
    """
    encoded = paths.combine_chunks().dictionary_encode()
    contents = [_file_digest(folder / path) for path in encoded.dictionary.to_pylist()]
    return pa.array(contents, pa.string()).take(encoded.indices)


def is_there(path: Path) -> bool:
    """Return whether a file stands there; a name that the system cannot have is no file."""
    try:
        return path.is_file()
    except OSError:
        return False


def _file_digest(path: Path) -> str | None:
    if not is_there(path):
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
