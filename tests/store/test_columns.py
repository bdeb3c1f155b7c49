"""Columns come out of a review file as they went in, and damage is found."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from reviewer_app.errors import ReviewError
from reviewer_app.store import columns
from reviewer_app.store.columns import (
    ColumnSet,
    EncodedColumn,
    column_sets,
    encode_array,
    encode_texts,
    read_array,
    read_texts,
    write_column,
)
from reviewer_app.store.connection import connect, create


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = tmp_path_factory.mktemp("columns") / "columns.review"
    create(path)
    connection = connect(path)
    connection.execute(
        "INSERT INTO dataset (dataset_id, name, task, spec, options, path, digest, home_decided, added_at) "
        "VALUES (1, 'd', 'classification', '{}', '{}', '', '', 0, '')"
    )
    yield connection
    connection.close()


def written(connection: sqlite3.Connection, column: EncodedColumn) -> ColumnSet:
    connection.execute("DELETE FROM column_set")
    write_column(connection, column, 1, "test")
    return column_sets(connection, 1, "test")[column.name]


arrays = st.sampled_from(["u1", "<u2", "<i4", "<i8", "<f4", "<f8"]).flatmap(
    lambda dtype: hnp.arrays(
        dtype, st.one_of(st.tuples(st.integers(0, 50)), st.tuples(st.integers(0, 9), st.integers(1, 7)))
    )
)


@given(values=arrays)
@settings(max_examples=60, deadline=None)
def test_an_array_comes_back_to_the_bit(connection: sqlite3.Connection, values: np.ndarray) -> None:
    back = read_array(connection, written(connection, encode_array("x", values)))

    assert back.dtype == values.dtype
    assert back.shape == values.shape
    assert back.tobytes() == values.tobytes()


@given(texts=st.lists(st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"])))))
@settings(max_examples=60, deadline=None)
def test_texts_come_back_with_missing_and_empty_apart(connection: sqlite3.Connection, texts: list[str | None]) -> None:
    back = read_texts(connection, written(connection, encode_texts("x", pa.array(texts, pa.string()))))

    assert back.to_pylist() == texts


def test_columns_longer_than_a_chunk_are_whole_and_a_row_reads_one_chunk(connection: sqlite3.Connection) -> None:
    n = 2 * columns.ROWS_PER_CHUNK + 17
    numbers = np.arange(n, dtype=np.int32)
    texts = pa.array([str(number) for number in range(20_000)])
    matrix = np.arange(4_000_000, dtype=np.float32).reshape(-1, 500)

    assert np.array_equal(read_array(connection, written(connection, encode_array("x", numbers))), numbers)
    assert np.array_equal(read_array(connection, written(connection, encode_array("x", matrix))), matrix)
    column = written(connection, encode_texts("x", texts))
    assert read_texts(connection, column).combine_chunks().equals(texts)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    assert read_texts(connection, column, 15_000).to_pylist() == ["15000"]
    connection.set_trace_callback(None)
    assert sum("FROM column_chunk" in statement for statement in statements) == 1
    assert connection.execute("SELECT count(*) FROM column_chunk").fetchone()[0] == 3


@pytest.mark.parametrize("row", [0, 65_535, 65_536, 131_087])
def test_one_row_of_an_array_is_that_row(connection: sqlite3.Connection, row: int) -> None:
    numbers = np.arange(131_088, dtype=np.int64)
    column = written(connection, encode_array("x", numbers))

    assert read_array(connection, column, row).tolist() == [row]


def test_a_row_that_is_not_there_is_an_index_error(connection: sqlite3.Connection) -> None:
    column = written(connection, encode_array("x", np.zeros(3)))

    with pytest.raises(IndexError):
        read_array(connection, column, 3)


def test_equal_values_have_equal_digests_and_others_do_not(connection: sqlite3.Connection) -> None:
    values = np.array([0.1, 0.2])

    assert encode_array("x", values).sha256 == encode_array("y", values.copy()).sha256
    assert encode_array("x", values).sha256 != encode_array("x", values.astype(np.float32)).sha256
    assert encode_array("x", values).sha256 != encode_array("x", values.reshape(1, 2)).sha256
    assert encode_texts("x", pa.array(["a", "b"])).sha256 == encode_texts("x", pa.chunked_array([["a"], ["b"]])).sha256


DAMAGE = {
    "a flipped byte": "UPDATE column_chunk SET data = zeroblob(length(data))",
    "a lost chunk": "DELETE FROM column_chunk WHERE chunk_no = 1",
    "a wrong number of rows": "UPDATE column_chunk SET n_rows = n_rows - 1",
    "an unknown type": "UPDATE column_set SET dtype = '|O'",
    "a column that says it is longer": "UPDATE column_set SET n_rows = n_rows + 1",
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_an_error_in_words(connection: sqlite3.Connection, damage: str) -> None:
    written(connection, encode_array("x", np.arange(100_000, dtype=np.int32)))
    connection.execute(damage)

    with pytest.raises(ReviewError, match=r"columns\.review is damaged.*column 'x'") as error:
        read_array(connection, column_sets(connection, 1, "test")["x"])

    assert error.value.code == "review_damaged"


def test_a_chunk_that_claims_to_be_huge_is_refused_before_memory_is_taken(connection: sqlite3.Connection) -> None:
    written(connection, encode_array("x", np.zeros(10)))
    connection.execute("UPDATE column_chunk SET raw_bytes = 1 << 50")

    with pytest.raises(ReviewError, match="the length of chunk 0 is wrong"):
        read_array(connection, column_sets(connection, 1, "test")["x"])


def test_texts_that_are_no_arrow_are_refused_though_their_checksum_holds(connection: sqlite3.Connection) -> None:
    import zlib

    written(connection, encode_texts("x", pa.array(["a"])))
    junk = b"not an arrow stream"
    connection.execute("UPDATE column_chunk SET data = ?, crc32 = ?", (junk, zlib.crc32(junk)))

    with pytest.raises(ReviewError, match="chunk 0 cannot be read"):
        read_texts(connection, column_sets(connection, 1, "test")["x"])


def test_types_that_no_column_holds_are_refused() -> None:
    with pytest.raises(TypeError, match="complex128"):
        encode_array("x", np.zeros(2, dtype=np.complex128))


def test_a_fortran_ordered_big_endian_matrix_keeps_its_values(connection: sqlite3.Connection) -> None:
    values = np.asfortranarray(np.arange(12, dtype=">f8").reshape(3, 4))

    assert np.array_equal(read_array(connection, written(connection, encode_array("x", values))), values)


def test_the_file_of_the_fixture_is_a_review(connection: sqlite3.Connection) -> None:
    assert Path(connection.execute("PRAGMA database_list").fetchone()["file"]).suffix == ".review"
