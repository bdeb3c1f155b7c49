"""Columns of millions of values as compressed chunks in the review file.

Numbers are numpy arrays of one or two dimensions, little-endian, zstd; texts are Arrow IPC streams whose buffers are
zstd. Every chunk has a checksum, because SQLite's ``integrity_check`` does not look inside BLOBs. A review comes by
mail from a stranger: lengths and types are checked before anything is allocated or decoded.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from reviewer_app.errors import ReviewError
from reviewer_app.store.faults import changed_meanwhile, damaged
from reviewer_app.store.rows import fetch, file_name, insert, insert_all

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_PER_CHUNK = 65_536
MATRIX_CHUNK_BYTES = 4 * 2**20
TEXTS_PER_CHUNK = 8_192

_TEXT = "utf8"
_DTYPES: dict[str, np.dtype[Any]] = {name: np.dtype(name) for name in ("|u1", "<u2", "<i4", "<i8", "<f4", "<f8")}

ColumnSets = dict[str, "ColumnSet"]


@dataclass(frozen=True)
class ColumnSet:
    """A column in the file; its values are read by `read_array` or `read_texts`."""

    set_id: int
    name: str
    dtype: str
    n_rows: int
    n_cols: int | None
    rows_per_chunk: int
    sha256: str

    @property
    def is_text(self) -> bool:
        """Whether it holds texts rather than numbers."""
        return self.dtype == _TEXT


@dataclass(frozen=True)
class Chunk:
    """Some rows of a column; `crc32` is that of `data`, which is compressed from `raw_bytes`."""

    n_rows: int
    raw_bytes: int
    crc32: int
    data: bytes


@dataclass(frozen=True)
class EncodedColumn:
    """A column ready to be written.

    Attributes
    ----------
    name
        Its name in the set, for example "y_pred".
    dtype
        numpy's name, or "utf8".
    n_rows, n_cols
        Shape; `n_cols` is None for one value a row.
    rows_per_chunk, chunks
        Every chunk but the last has this many rows.
    codec
        How chunks are compressed.
    sha256
        Over type, shape and values: of arrays their bytes, of texts the chunks as they are stored.
    """

    name: str
    dtype: str
    n_rows: int
    n_cols: int | None
    rows_per_chunk: int
    codec: str
    sha256: str
    chunks: tuple[Chunk, ...]


def encode_array(name: str, values: NDArray[Any]) -> EncodedColumn:
    """Return an array of shape (n,) or (n, k) as a column, in its own precision.

    Raises
    ------
    TypeError
        If the type is none of uint8, uint16, int32, int64, float32, float64: a bug of ours.
    """
    import pyarrow as pa

    dtype = values.dtype.newbyteorder("<").str
    if dtype not in _DTYPES:
        raise TypeError(f"columns cannot hold {values.dtype}")
    values = np.ascontiguousarray(values, dtype=dtype)
    n_cols = values.shape[1] if values.ndim == 2 else None
    row_bytes = max(1, values.itemsize * (n_cols or 1))
    rows_per_chunk = ROWS_PER_CHUNK if n_cols is None else max(1, MATRIX_CHUNK_BYTES // row_bytes)
    codec = pa.Codec("zstd")
    chunks = []
    for start in range(0, len(values), rows_per_chunk):
        rows = values[start : start + rows_per_chunk]
        data = codec.compress(pa.py_buffer(rows), asbytes=True)
        chunks.append(Chunk(len(rows), rows.nbytes, zlib.crc32(data), data))
    digest = hashlib.sha256(f"{dtype} {values.shape}".encode())
    digest.update(values.tobytes())
    return EncodedColumn(name, dtype, len(values), n_cols, rows_per_chunk, "zstd", digest.hexdigest(), tuple(chunks))


def encode_texts(name: str, values: pa.Array | pa.ChunkedArray) -> EncodedColumn:
    """Return texts (null: missing) as a column."""
    import pyarrow as pa

    chunked = pa.chunked_array([values]) if isinstance(values, pa.Array) else values
    chunked = chunked.cast(pa.large_string())
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    digest = hashlib.sha256(f"{_TEXT} {len(chunked)}".encode())
    chunks = []
    for start in range(0, len(chunked), TEXTS_PER_CHUNK):
        texts = chunked.slice(start, TEXTS_PER_CHUNK).combine_chunks()
        # Texts fit into 2 GiB here, and 32-bit offsets are what every reader of Arrow understands.
        batch = pa.record_batch([texts.cast(pa.string())], names=["value"])
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
            writer.write_batch(batch)
        data = sink.getvalue().to_pybytes()
        digest.update(data)
        chunks.append(Chunk(len(texts), batch.nbytes, zlib.crc32(data), data))
    return EncodedColumn(
        name, _TEXT, len(chunked), None, TEXTS_PER_CHUNK, "arrow-ipc-zstd", digest.hexdigest(), tuple(chunks)
    )


def write_column(
    connection: sqlite3.Connection, column: EncodedColumn, dataset_id: int, split: str, run_id: int | None = None
) -> None:
    """Write a column of a dataset, or of a run's predictions for it, inside the caller's transaction."""
    set_id = insert(
        connection,
        "column_set",
        {
            "dataset_id": dataset_id,
            "run_id": run_id,
            "split": split,
            "name": column.name,
            "dtype": column.dtype,
            "n_rows": column.n_rows,
            "n_cols": column.n_cols,
            "rows_per_chunk": column.rows_per_chunk,
            "codec": column.codec,
            "sha256": column.sha256,
        },
    )
    insert_all(
        connection,
        "column_chunk",
        [
            {
                "set_id": set_id,
                "chunk_no": chunk_no,
                "n_rows": chunk.n_rows,
                "raw_bytes": chunk.raw_bytes,
                "crc32": chunk.crc32,
                "data": chunk.data,
            }
            for chunk_no, chunk in enumerate(column.chunks)
        ],
    )


def column_sets(connection: sqlite3.Connection, dataset_id: int, split: str, run_id: int | None = None) -> ColumnSets:
    """Return the columns of a split of a dataset, or of a run's predictions for it, by name, as they were written."""
    rows = fetch(
        connection,
        "SELECT set_id, name, dtype, n_rows, n_cols, rows_per_chunk, sha256 FROM column_set "
        "WHERE dataset_id = ? AND split = ? AND run_id IS ? ORDER BY set_id",
        (dataset_id, split, run_id),
    )
    return {row["name"]: ColumnSet(**dict(row)) for row in rows}


def column_set(
    connection: sqlite3.Connection, dataset_id: int, split: str, name: str, run_id: int | None = None
) -> ColumnSet:
    """Return one column of a split.

    Raises
    ------
    ReviewError
        ``changed_meanwhile`` if it is not there (any more).
    """
    columns = column_sets(connection, dataset_id, split, run_id)
    if name not in columns:
        raise changed_meanwhile()
    return columns[name]


def read_array(connection: sqlite3.Connection, column: ColumnSet, row_no: int | None = None) -> NDArray[Any]:
    """Return a column of numbers, shape (n,) or (n, k); with `row_no` that row alone, n = 1, from its chunk alone.

    Raises
    ------
    ReviewError
        ``review_damaged`` if a chunk is lost or is not what was written.
    """
    dtype = _DTYPES.get(column.dtype)
    if dtype is None:
        raise _damaged(connection, column, f"its type {column.dtype!r} is none that a review holds")
    shape = () if column.n_cols is None else (column.n_cols,)
    chunks = [_decode_array(connection, column, dtype, row) for row in _chunks(connection, column, row_no)]
    values = np.concatenate(chunks) if chunks else np.empty((0, *shape), dtype)
    return values if row_no is None else values[row_no % column.rows_per_chunk :][:1]


def read_texts(connection: sqlite3.Connection, column: ColumnSet, row_no: int | None = None) -> pa.ChunkedArray:
    """Return a column of texts, null where missing; with `row_no` that row alone, from its chunk alone.

    Raises
    ------
    ReviewError
        ``review_damaged`` if a chunk is lost or is not what was written.
    """
    import pyarrow as pa

    chunks = [_decode_texts(connection, column, row) for row in _chunks(connection, column, row_no)]
    texts = pa.chunked_array(chunks, type=pa.string())
    return texts if row_no is None else texts.slice(row_no % column.rows_per_chunk, 1)


def _chunks(connection: sqlite3.Connection, column: ColumnSet, row_no: int | None) -> list[sqlite3.Row]:
    """Return the chunks of a column, or the one that holds a row, after their checks."""
    if row_no is not None and not 0 <= row_no < column.n_rows:
        raise IndexError(f"row {row_no} of {column.n_rows}")
    chunk_no = None if row_no is None else row_no // column.rows_per_chunk
    rows = fetch(
        connection,
        "SELECT chunk_no, n_rows, raw_bytes, crc32, data FROM column_chunk "
        "WHERE set_id = ?1 AND (?2 IS NULL OR chunk_no = ?2) ORDER BY chunk_no",
        (column.set_id, chunk_no),
    )
    n_chunks = -(-column.n_rows // column.rows_per_chunk)
    if [row["chunk_no"] for row in rows] != (list(range(n_chunks)) if chunk_no is None else [chunk_no]):
        raise _damaged(connection, column, "chunks are lost")
    for row in rows:
        if row["n_rows"] != min(column.rows_per_chunk, column.n_rows - row["chunk_no"] * column.rows_per_chunk):
            raise _damaged(connection, column, f"chunk {row['chunk_no']} has {row['n_rows']} rows")
        if zlib.crc32(row["data"]) != row["crc32"]:
            raise _damaged(connection, column, f"the checksum of chunk {row['chunk_no']} is wrong")
    return rows


def _decode_array(
    connection: sqlite3.Connection, column: ColumnSet, dtype: np.dtype[Any], row: sqlite3.Row
) -> NDArray[Any]:
    import pyarrow as pa

    n_values = row["n_rows"] * (1 if column.n_cols is None else column.n_cols)
    if row["raw_bytes"] != n_values * dtype.itemsize:
        raise _damaged(connection, column, f"the length of chunk {row['chunk_no']} is wrong")
    try:
        data = pa.Codec("zstd").decompress(row["data"], decompressed_size=row["raw_bytes"])
    except (OSError, ValueError) as error:
        raise _damaged(connection, column, f"chunk {row['chunk_no']} cannot be decompressed") from error
    values = np.frombuffer(data, dtype)
    return values if column.n_cols is None else values.reshape(row["n_rows"], column.n_cols)


def _decode_texts(connection: sqlite3.Connection, column: ColumnSet, row: sqlite3.Row) -> pa.Array:
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(pa.py_buffer(row["data"])) as reader:
            table = reader.read_all()
        table.validate(full=True)
        texts = table.column("value").combine_chunks()
    except (pa.ArrowException, OSError, KeyError) as error:
        raise _damaged(connection, column, f"chunk {row['chunk_no']} cannot be read") from error
    if texts.type != pa.string() or len(texts) != row["n_rows"]:
        raise _damaged(connection, column, f"chunk {row['chunk_no']} holds something else")
    return texts.chunk(0) if isinstance(texts, pa.ChunkedArray) else texts


def _damaged(connection: sqlite3.Connection, column: ColumnSet, what: str) -> ReviewError:
    return damaged(file_name(connection), f"column {column.name!r}: {what}")
