"""Reading a table from a csv, parquet or jsonl file: nothing guessed, nothing dropped, every complaint in words."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from reviewer_app.datasets.csv_tables import (
    CsvLayout,
    check_unique_names,
    read_csv,
    read_layout,
    record_lines,
)
from reviewer_app.datasets.file_contents import (
    DAMAGED,
    FileContents,
    TableFormat,
    check_size,
    damaged,
    find_bad_byte,
    sniff,
    unreadable,
    with_guessed_encoding,
)
from reviewer_app.datasets.json_lines import read_json_lines
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, ReviewError
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress

_Read = TypeVar("_Read")


@dataclass(frozen=True, eq=False)
class TableFile:
    """A table as it stands in a file.

    Attributes
    ----------
    table
        At least one row and one column, names unique. From csv and jsonl every column is text as written (in csv ""
        stays ""; in jsonl null and absent keys are null), except columns read as `numeric`: float64. From parquet
        typed as in the file.
    findings
        ``separator_detected``, ``encoding_detected``, ``content_differs_from_name``.
    """

    table: pa.Table
    findings: tuple[Finding, ...]
    _contents: FileContents = field(repr=False)
    _layout: CsvLayout | None = field(repr=False, default=None)
    _lines: NDArray[np.int64] | None = field(repr=False, default=None)

    @property
    def path(self) -> Path:
        """The file."""
        return self._contents.path

    @property
    def name(self) -> str:
        """What the file is called in messages."""
        return self._contents.name

    @property
    def format(self) -> TableFormat:
        """What the file holds, whatever its name says."""
        return self._contents.format

    @property
    def encoding(self) -> str:
        """Encoding that the text was read in."""
        return self._contents.encoding

    @property
    def encoding_guessed(self) -> bool:
        """Whether the encoding was told from the look of the bytes; see `refuse_guessed_text`."""
        return self._contents.encoding_guessed

    @property
    def first_bad_byte(self) -> int | None:
        """Offset from 0 of the first byte that is not UTF-8; None where all are or the encoding was given."""
        return self._contents.first_bad_byte

    @cached_property
    def column_names(self) -> tuple[str, ...]:
        """The names in the file's order."""
        return tuple(self.table.column_names)

    def line_numbers(self, rows: Iterable[int]) -> list[int]:
        """Return where data rows (from 0) stand, from 1: their physical line in csv and jsonl, the row in parquet.

        A csv file is scanned again up to the last row asked for (0.3 s per million rows): ask for the first offenders.
        """
        indices = [int(row) for row in rows]
        if self._layout is not None:
            return record_lines(self._contents, self._layout, indices)
        if self._lines is not None:
            return [int(self._lines[row]) for row in indices]
        return [row + 1 for row in indices]

    def places(self, rows: Iterable[int]) -> list[str]:
        """Return where data rows (from 0) stand, in words: "line 5" in csv and jsonl, "row 5" in parquet."""
        unit = "row" if self.format == "parquet" else "line"
        return [f"{unit} {number}" for number in self.line_numbers(rows)]

    def place(self, row: int) -> str:
        """Return where one data row (from 0) stands, in words."""
        return self.places([row])[0]


def read_table(
    path: Path,
    *,
    name: str | None = None,
    encoding: str | None = None,
    max_rows: int | None = None,
    numeric: Collection[str] = (),
    progress: Progress | None = None,
) -> TableFile:
    """Return the table of a csv, parquet or jsonl file; what a file holds is told from its content, not its name.

    Parameters
    ----------
    path
        The file; csv and jsonl may be gzip-compressed.
    name
        What it is called in messages; None: the file's name.
    encoding
        Encoding of a text file; None: UTF-8 or what a byte order mark says, else guessed, and said.
    max_rows
        Reading stops, and refuses, above this number of rows; memory stays bounded for compressed files too.
    numeric
        Columns of a csv file to be read as float64 at once where every value of all of them is a number or empty; the
        others, and names that the file does not have, are text. Saves memory where there are many probabilities.
    progress
        Told the fraction read.

    Raises
    ------
    ReviewError
        ``not_found``, ``is_folder``, ``no_permission``, ``empty_file``, ``no_rows``, ``parquet_incomplete``,
        ``is_xlsx``, ``too_many_rows``, ``duplicate_columns`` or ``unreadable``.
    """
    progress = progress or Progress()
    contents = sniff(path, name=name or path.name, encoding=encoding)
    if contents.format == "parquet":
        return TableFile(_read_parquet(contents, max_rows), contents.findings, contents)
    return _decoded(contents, encoding, lambda text: _read_text(text, numeric, max_rows, progress))


def read_column_names(path: Path, *, name: str | None = None, encoding: str | None = None) -> tuple[str, ...]:
    """Return the column names of a csv or parquet file without reading its rows; of a jsonl file with reading them.

    Raises
    ------
    ReviewError
        As `read_table`.
    """
    contents = sniff(path, name=name or path.name, encoding=encoding)
    if contents.format == "jsonl":
        return read_table(path, name=name, encoding=encoding).column_names
    if contents.format == "parquet":
        with _parquet_file(contents) as file:
            return tuple(file.schema_arrow.names)
    return _decoded(contents, encoding, lambda text: read_layout(text).column_names)


def refuse_guessed_text(file: TableFile, columns: Sequence[str]) -> None:
    """Raise where the encoding was guessed and the guess touches the text of these columns: ids or labels.

    Raises
    ------
    ReviewError
        ``encoding_guessed``, with the first values as they were read.
    """
    if not file.encoding_guessed:
        return
    for column in columns:
        values = file.table.column(column)
        touched = np.flatnonzero(~np.asarray(pc.string_is_ascii(values)))
        if len(touched):
            rows = touched[:N_FIRST]
            places = file.places(rows)
            first = [f"{place}: {quoted(values[int(row)].as_py())}" for place, row in zip(places, rows, strict=True)]
            message = (
                f"{file.name} is not UTF-8 (first at byte {file.first_bad_byte}), and the encoding, which would be a "
                f"guess ({file.encoding}), decides how {counted(len(touched), 'value')} of the column {quoted(column)} "
                f"read: {'; '.join(first)}. Name it with --encoding, for example --encoding {file.encoding}, or save "
                "the file as UTF-8."
            )
            encoding_findings = [finding for finding in file.findings if finding.code == "encoding_detected"]
            remedies = encoding_findings[0].remedies if encoding_findings else ()
            raise ReviewError.of(
                "encoding_guessed", message, file=file.name, count=len(touched), first=first, remedies=remedies
            )


def _decoded(contents: FileContents, encoding: str | None, read: Callable[[FileContents], _Read]) -> _Read:
    """Return what `read` makes of a text file; of one that is not UTF-8, in an encoding told from its bytes."""
    try:
        try:
            return read(contents)
        except UnicodeError:
            if encoding is not None or contents.encoding != "utf-8":
                bad = find_bad_byte(contents)
                what = f"It is not {contents.encoding}: byte {bad} does not fit. Try another --encoding."
                raise unreadable(contents.name, what) from None
        return read(with_guessed_encoding(contents))
    except DAMAGED as error:
        raise damaged(contents.name, error) from error


def _read_text(contents: FileContents, numeric: Collection[str], max_rows: int | None, progress: Progress) -> TableFile:
    if contents.format == "jsonl":
        table, lines = read_json_lines(contents, max_rows=max_rows, progress=progress)
        return TableFile(table, contents.findings, contents, _lines=lines)
    layout = read_layout(contents)
    table = read_csv(contents, layout, numeric=numeric, max_rows=max_rows, progress=progress)
    return TableFile(table, (*contents.findings, *layout.findings), contents, layout)


def _parquet_file(contents: FileContents) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(pa.OSFile(os.fsencode(contents.path)))
    except (pa.ArrowException, OSError) as error:
        raise unreadable(contents.name, f"The parquet file is damaged; the reader says: {error}.") from error
    check_unique_names(file.schema_arrow.names, contents.name)
    return file


def _read_parquet(contents: FileContents, max_rows: int | None) -> pa.Table:
    with _parquet_file(contents) as file:
        metadata = file.metadata
        n_bytes = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        check_size(contents, metadata.num_rows, n_bytes, max_rows)
        if not metadata.num_rows or not metadata.num_columns:
            message = f"{contents.name} is a parquet file without rows: there is nothing to read."
            raise ReviewError.of("no_rows", message, file=contents.name)
        try:
            return file.read()
        except (pa.ArrowException, OSError) as error:
            raise unreadable(contents.name, f"The parquet file is damaged; the reader says: {error}.") from error
