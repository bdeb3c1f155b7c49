"""Tables in csv: every value as written, and every complaint with its line."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pa_csv

from reviewer_app.datasets.file_contents import FileContents, check_size, unreadable
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress

if TYPE_CHECKING:
    from _csv import Reader as _Reader

_BLOCK_BYTES = 1 << 20
_LARGE_BLOCK_BYTES = 1 << 28
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}


@dataclass(frozen=True)
class CsvLayout:
    """How a csv file is laid out.

    Attributes
    ----------
    column_names
        As the header has them, unique.
    separator
        One character.
    n_header_rows
        Records up to and with the header; blank lines before it count.
    findings
        ``separator_detected`` where the separator is no comma.
    """

    column_names: tuple[str, ...]
    separator: str
    n_header_rows: int
    findings: tuple[Finding, ...] = ()


def read_layout(contents: FileContents) -> CsvLayout:
    """Return column names and separator of a csv file, from its header.

    The separator is the comma unless the header has none and has a semicolon, a tab or a vertical bar.

    Raises
    ------
    ReviewError
        ``duplicate_columns`` or ``unreadable``.
    UnicodeDecodeError
        If the header does not fit the encoding.
    """
    n_header_rows = 0
    names: list[str] = []
    for names in _rows(contents, ","):
        n_header_rows += 1
        if names:
            break
    separator = ","
    findings: tuple[Finding, ...] = ()
    if len(names) == 1:
        separator = max((",", *_SEPARATORS), key=names[0].count)
    if separator != ",":
        names = next(islice(_rows(contents, separator), n_header_rows - 1, None))
        message = f"{contents.name} separates its fields by {_SEPARATORS[separator]}, not commas; it was read so."
        findings = (Finding("separator_detected", Severity.INFO, message, file=contents.name),)
    check_unique_names(names, contents.name)
    return CsvLayout(tuple(names), separator, n_header_rows, findings)


def check_unique_names(names: Sequence[str], file: str) -> None:
    """Raise `ReviewError` ``duplicate_columns`` where two columns have the same name."""
    positions: dict[str, list[int]] = {}
    for position, name in enumerate(names, start=1):
        positions.setdefault(name, []).append(position)
    doubled = {name: where for name, where in positions.items() if len(where) > 1}
    if doubled:
        first = [
            f"{quoted(name)}: columns {', '.join(map(str, where))}" for name, where in list(doubled.items())[:N_FIRST]
        ]
        message = (
            f"{file} has several columns of the same name ({'; '.join(first)}): which of them counts is not ours to "
            "choose. Rename or remove all but one."
        )
        raise ReviewError.of("duplicate_columns", message, file=file, count=len(doubled), first=first)


def read_csv(
    contents: FileContents,
    layout: CsvLayout,
    *,
    numeric: Collection[str],
    max_rows: int | None,
    progress: Progress,
) -> pa.Table:
    """Return a csv file as a table of text as written; columns of `numeric` are float64 where every value is a number.

    The file is read and unpacked as a stream: reading stops above `max_rows` rows, and where the text opens to more
    than 4 GiB and 20 times the file.

    Raises
    ------
    ReviewError
        ``too_many_rows``, ``no_rows`` or ``unreadable``.
    UnicodeDecodeError
        If a byte does not fit the encoding.
    """
    as_text: frozenset[str] = frozenset()
    attempts = [(as_text, _BLOCK_BYTES), (as_text, _LARGE_BLOCK_BYTES)]
    if as_numbers := frozenset(numeric) & frozenset(layout.column_names):
        attempts.insert(0, (as_numbers, _BLOCK_BYTES))
    for numeric_names, block_bytes in attempts:
        try:
            table = _read_stream(contents, layout, numeric_names, block_bytes, max_rows, progress)
        except (pa.ArrowInvalid, OSError) as error:
            reason = str(error)
            if not numeric_names:
                # raises where it finds the cause, a wrong encoding too; else a row may be longer than the block
                _explain(contents, layout)
        else:
            _refuse_open_quote(contents, layout, table)
            return table
    raise unreadable(contents.name, f"The csv reader says: {reason}.")


def _read_stream(
    contents: FileContents,
    layout: CsvLayout,
    numeric: Collection[str],
    block_bytes: int,
    max_rows: int | None,
    progress: Progress,
) -> pa.Table:
    types = {name: pa.float64() if name in numeric else pa.string() for name in layout.column_names}
    schema = pa.schema(list(types.items()))
    batches: list[pa.RecordBatch] = []
    n_rows = n_bytes = 0
    with pa.OSFile(os.fsencode(contents.path)) as file:
        size = file.size()
        source = pa.CompressedInputStream(file, "gzip") if contents.compressed else file
        with pa_csv.open_csv(
            source,
            read_options=pa_csv.ReadOptions(
                block_size=block_bytes,
                encoding="utf8" if contents.encoding == "utf-8" else contents.encoding,
                column_names=layout.column_names,
                skip_rows_after_names=layout.n_header_rows,
            ),
            parse_options=pa_csv.ParseOptions(delimiter=layout.separator, newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types=types, strings_can_be_null=False, null_values=[""]),
        ) as reader:
            for batch in reader:
                n_rows += batch.num_rows
                n_bytes += batch.nbytes
                check_size(contents, n_rows, n_bytes, max_rows)
                batches.append(batch)
                progress.report(min(1.0, file.tell() / size), f"reading {contents.name}")
    if not n_rows:
        raise _no_rows(contents.name)
    return pa.Table.from_batches(batches, schema)


def _no_rows(name: str) -> ReviewError:
    return ReviewError.of("no_rows", f"{name} has a header and no rows: there is nothing to read.", file=name)


def record_lines(contents: FileContents, layout: CsvLayout, rows: Sequence[int]) -> list[int]:
    """Return the physical line, from 1, on which each data row begins; quoted newlines and blank lines count.

    Parameters
    ----------
    contents, layout
        The file.
    rows
        Data rows from 0, in any order.
    """
    wanted = set(rows)
    found: dict[int, int] = {}
    if wanted:
        for row, (line, _) in enumerate(islice(_records(contents, layout), max(wanted) + 1)):
            if row in wanted:
                found[row] = line
    return [found[row] for row in rows]


def _reader(contents: FileContents, separator: str, *, strict: bool = False) -> _Reader:
    # csv's own limit of 131,072 characters a field is a global setting, and too low for texts
    csv.field_size_limit(1 << 30)
    return csv.reader(contents.lines(), delimiter=separator, strict=strict)


def _rows(contents: FileContents, separator: str) -> Iterator[list[str]]:
    try:
        yield from _reader(contents, separator)
    except csv.Error as error:
        raise unreadable(contents.name, f"The csv reader says: {error}.") from error


def _records(contents: FileContents, layout: CsvLayout) -> Iterator[tuple[int, list[str]]]:
    """Yield each data row's first line and its fields."""
    reader = _reader(contents, layout.separator)
    n_records = 0
    while True:
        line = reader.line_num + 1
        fields = next(reader, None)
        if fields is None:
            return
        n_records += 1
        if fields and n_records > layout.n_header_rows:
            yield line, fields


def _explain(contents: FileContents, layout: CsvLayout) -> None:
    """Raise the error of a file without rows or with ragged rows; return where neither is the cause."""
    expected = len(layout.column_names)
    ragged: list[tuple[int, int]] = []
    n_rows = n_ragged = 0
    for line, fields in _records(contents, layout):
        n_rows += 1
        if len(fields) != expected:
            n_ragged += 1
            if n_ragged <= N_FIRST:
                ragged.append((line, len(fields)))
    if not n_rows:
        raise _no_rows(contents.name)
    if not n_ragged:
        return
    first = [f"line {line}: {n} fields" for line, n in ragged]
    message = (
        f"{contents.name} cannot be read: {counted(n_ragged, 'row')} with another number of fields than the "
        f"header's {expected} (first: {'; '.join(first)}). A field that holds the separator or a line break must be "
        "quoted; a short last row means that the file was cut off."
    )
    raise ReviewError.of("unreadable", message, file=contents.name, count=n_ragged, first=first)


def _refuse_open_quote(contents: FileContents, layout: CsvLayout, table: pa.Table) -> None:
    """Raise where a quote is opened and never closed: the rest of the file would be one value of the last row."""
    last = table.column(table.num_columns - 1)[-1].as_py()
    if not isinstance(last, str) or "\n" not in last:
        return
    try:
        for _ in _reader(contents, layout.separator, strict=True):
            pass
    except csv.Error as error:
        if "unexpected end of data" not in str(error):
            return
        line = record_lines(contents, layout, [table.num_rows - 1])[0]
        what = (
            f"A quote opened in the row that begins on line {line} is never closed: the rest of the file is lost in it."
        )
        raise unreadable(contents.name, what) from error
