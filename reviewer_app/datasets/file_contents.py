"""What a file holds, told from its first bytes and never from its name."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO, Literal

from reviewer_app.errors import Finding, Remedy, ReviewError, Severity

TableFormat = Literal["csv", "parquet", "jsonl"]

DAMAGED = (EOFError, OSError, zlib.error)
"""What reading a file raises where its compression, or the disk, is damaged."""

_SUFFIXES: dict[str, TableFormat] = {".csv": "csv", ".tsv": "csv", ".parquet": "parquet", ".jsonl": "jsonl"}
_HEAD_BYTES = 1 << 16
_GZIP = b"\x1f\x8b"
_MOST_BYTES = 1 << 32
_MOST_EXPANSION = 20
_LONGEST_LINE = 1 << 26
"""Characters of the longest line that is read: a compressed file of a single line must not fill the memory."""

_OTHER_CONTENTS = (
    (b"BZh", "is compressed with bzip2: unpack it, or compress it with gzip"),
    (b"\xfd7zXZ", "is compressed with xz: unpack it, or compress it with gzip"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstandard: unpack it, or compress it with gzip"),
    (b"ARROW1", "is an Arrow (Feather) file: save it as parquet or csv"),
    (b"PARE", "is an encrypted parquet file: save it without encryption"),
    (b"SQLite format 3\x00", "is an SQLite database: export the table as csv"),
    (b"\x93NUMPY", "is a NumPy array: save a table with an id column as csv or parquet"),
    (b"\x89PNG", "is an image, not a table"),
    (b"%PDF", "is a PDF, not a table"),
    (b"\x80\x04\x95", "is a Python pickle, which is never opened here: save a table as csv or parquet"),
    (b"\x80\x05\x95", "is a Python pickle, which is never opened here: save a table as csv or parquet"),
)


@dataclass(frozen=True)
class FileContents:
    """What the first bytes of a file say.

    Attributes
    ----------
    path
        The file.
    name
        What it is called in messages.
    format
        "csv", "parquet" or "jsonl".
    compressed
        Whether it is gzip.
    encoding
        Encoding of a text file, as Python's codecs name it.
    encoding_guessed
        Whether the encoding was told from the look of the bytes: no byte order mark and nobody's word.
    first_bad_byte
        Offset, from 0, of the first byte that is not UTF-8 (of the opened text where it is compressed); None where all
        are, or where the encoding was given.
    findings
        ``encoding_detected`` and ``content_differs_from_name``.
    """

    path: Path
    name: str
    format: TableFormat
    compressed: bool = False
    encoding: str = "utf-8"
    encoding_guessed: bool = False
    first_bad_byte: int | None = None
    findings: tuple[Finding, ...] = field(default=())

    def open_bytes(self) -> BinaryIO:
        """Return the opened file, unpacked if it is compressed."""
        return gzip.open(self.path, "rb") if self.compressed else self.path.open("rb")  # type: ignore[return-value]

    def lines(self) -> Iterator[str]:
        """Yield the physical lines of a text file with their ends, without a byte order mark.

        Raises
        ------
        ReviewError
            ``unreadable`` where a line is longer than 64 million characters.
        """
        encoding = "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        with self.open_bytes() as binary, io.TextIOWrapper(binary, encoding=encoding, newline="") as text:
            number = 0
            while line := text.readline(_LONGEST_LINE):
                number += 1
                if len(line) == _LONGEST_LINE:
                    raise unreadable(self.name, f"Line {number} is longer than 64 million characters.")
                yield line


def unreadable(name: str, what: str) -> ReviewError:
    """Return the error of a file that cannot be read as a table."""
    return ReviewError.of("unreadable", f"{name} cannot be read. {what}", file=name)


def check_size(contents: FileContents, n_rows: int, n_bytes: int, max_rows: int | None) -> None:
    """Raise `ReviewError` ``too_many_rows`` where a table is too large to be believed.

    Above `max_rows` rows, or above 4 GiB where that is also more than 20 times the file: it expands like a bomb.
    """
    if max_rows is not None and n_rows > max_rows:
        limit = f"{max_rows:,} rows"
    elif n_bytes > _MOST_BYTES and n_bytes > _MOST_EXPANSION * contents.path.stat().st_size:
        limit = "4 GiB of text"
    else:
        return
    message = f"{contents.name} has more than {limit}; reading stopped there. Is it the right file?"
    raise ReviewError.of("too_many_rows", message, file=contents.name)


def damaged(name: str, error: BaseException) -> ReviewError:
    """Return the error of a compressed file that breaks off or is damaged."""
    return unreadable(name, f"It is damaged or incomplete ({error}). Was the upload cut short?")


def sniff(path: Path, *, name: str, encoding: str | None = None) -> FileContents:
    """Return what a file holds, from its first bytes.

    Parameters
    ----------
    path
        A csv, parquet or jsonl file; csv and jsonl may be gzip-compressed.
    name
        What the file is called in messages.
    encoding
        The user's word on the encoding of a text file; None: a byte order mark decides, else UTF-8 is assumed.

    Raises
    ------
    ReviewError
        ``not_found``, ``is_folder``, ``no_permission``, ``empty_file``, ``is_xlsx``, ``parquet_incomplete`` or
        ``unreadable``.
    """
    head, compressed = _read_head(path, name)
    _refuse_other_contents(path, name, head)
    if head.startswith(b"PAR1"):
        if compressed:
            raise unreadable(name, "It is a parquet file inside gzip: unpack it.")
        _check_parquet_end(path, name)
        contents = FileContents(path, name, "parquet")
    else:
        contents = _text_contents(path, name, head, compressed, encoding)
    return _with_name_finding(contents)


def _read_head(path: Path, name: str) -> tuple[bytes, bool]:
    if path.is_dir():
        raise ReviewError.of("is_folder", f"{name} is a folder, not a file.", file=name)
    if not path.exists():
        raise ReviewError.of("not_found", f"There is no file {path}. Check the name and the folder.", file=name)
    if not path.is_file():
        raise unreadable(name, "It is neither a file nor a folder.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except PermissionError:
        message = f"{name} may not be read: you have no permission to open it."
        raise ReviewError.of("no_permission", message, file=name) from None
    except OSError as error:
        raise unreadable(name, f"The system says: {error.strerror}.") from error
    compressed = head.startswith(_GZIP)
    if compressed:
        try:
            with gzip.open(path, "rb") as file:
                head = file.read(_HEAD_BYTES)
        except DAMAGED as error:
            raise damaged(name, error) from error
    if not head.strip():
        what = "holds nothing but blank space" if head else "is empty (0 bytes)"
        raise ReviewError.of("empty_file", f"{name} {what}. Was the upload cut short?", file=name)
    return head, compressed


def _refuse_other_contents(path: Path, name: str, head: bytes) -> None:
    if head.startswith(b"PK\x03\x04"):
        raise _zip_error(path, name)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        message = (
            f"{name} is an old Excel workbook (xls), not a table of text. Open it in Excel and save it as csv (UTF-8)."
        )
        raise ReviewError.of("is_xlsx", message, file=name)
    for magic, what in _OTHER_CONTENTS:
        if head.startswith(magic):
            raise unreadable(name, f"It {what}.")
    start = head.lstrip()[:100].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise unreadable(name, "It is a web page: the download gave a page instead of the file.")
    if start.startswith(b"["):
        after = head.lstrip()[1:].lstrip()[:1]
        if after == b"{":
            raise unreadable(name, "It is one JSON list: write one object a line (jsonl), or csv.")


def _zip_error(path: Path, name: str) -> ReviewError:
    try:
        with zipfile.ZipFile(path) as archive:
            is_workbook = "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        is_workbook = False
    if is_workbook:
        message = (
            f"{name} is an Excel workbook (xlsx, a zip file), whatever its name says. "
            "Rename it to .xlsx, open it in Excel or LibreOffice and save it as csv (UTF-8)."
        )
        return ReviewError.of("is_xlsx", message, file=name)
    return unreadable(name, "It is a zip archive: unpack it, and give the file inside.")


def _check_parquet_end(path: Path, name: str) -> None:
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - 4))
        end = file.read()
    if size < 12 or end != b"PAR1":
        message = (
            f"{name} is an incomplete parquet file: it begins as one, but the footer at its end is missing "
            f"({size:,} bytes are there). The upload or the copy was cut short: upload it again."
        )
        raise ReviewError.of("parquet_incomplete", message, file=name)


def _text_contents(path: Path, name: str, head: bytes, compressed: bool, encoding: str | None) -> FileContents:
    findings: tuple[Finding, ...] = ()
    first_bad_byte = None
    used = _known_encoding(encoding, name) if encoding else "utf-8"
    mark = _utf16_or_32(head)
    if mark is not None and (encoding is None or used.startswith(mark)):
        used = mark  # the variants "-le" and "-be" would leave the mark in the first column's name
        if encoding is None:
            first_bad_byte = 0
            message = f"{name} is {mark.upper()} (its byte order mark says so), not UTF-8; it was read as such."
            findings = (Finding("encoding_detected", Severity.INFO, message, file=name),)
    elif used in ("utf-16", "utf-32"):
        used = f"{used}-le"  # without a mark: what Windows writes
    elif encoding is None and b"\x00" in head:
        raise unreadable(
            name,
            "It holds zero bytes: it is no text file, or UTF-16 without a byte order mark "
            "(--encoding utf-16-le reads that).",
        )
    text = head.decode(used, errors="ignore").lstrip("\ufeff \t\r\n")
    table_format: TableFormat = "jsonl" if text.startswith("{") else "csv"
    return FileContents(path, name, table_format, compressed, used, False, first_bad_byte, findings)


def _utf16_or_32(head: bytes) -> str | None:
    # the mark of little-endian UTF-32 begins with that of UTF-16
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _known_encoding(encoding: str, name: str) -> str:
    try:
        found = codecs.lookup(encoding).name
        "a".encode(found)
    except (LookupError, UnicodeError):
        raise unreadable(name, f'No encoding is called "{encoding}": try utf-8, cp1252 or utf-16.') from None
    return "utf-8" if found == "utf-8-sig" else found


def _with_name_finding(contents: FileContents) -> FileContents:
    named = Path(contents.path.name.lower())
    named_compressed = named.suffix == ".gz"
    if named_compressed:
        named = named.with_suffix("")
    named_format = _SUFFIXES.get(named.suffix)
    differs = named_format is not None and named_format != contents.format
    if not differs and (named_format is None or named_compressed == contents.compressed):
        return contents
    called = f"{named_format}{' in gzip' if named_compressed else ''}"
    holds = f"{contents.format}{' in gzip' if contents.compressed else ''}"
    message = f"{contents.name} holds {holds}, not {called} as its name says; it was read as {holds}."
    finding = Finding("content_differs_from_name", Severity.INFO, message, file=contents.name)
    return replace(contents, findings=(*contents.findings, finding))


def find_bad_byte(contents: FileContents) -> int | None:
    """Return the offset of the first byte that does not fit the encoding, or None where all do."""
    decoder = codecs.getincrementaldecoder(contents.encoding)()
    offset = 0
    with contents.open_bytes() as file:
        while True:
            block = file.read(1 << 20)
            kept = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeError as error:
                return offset - kept + (error.start if isinstance(error, UnicodeDecodeError) else 0)
            if not block:
                return None
            offset += len(block)


def with_guessed_encoding(contents: FileContents) -> FileContents:
    """Return the contents with an encoding that every byte of the file fits, told from the look of the bytes.

    Where several fit equally well, Western European (cp1252) is taken; ISO 8859-1, which every byte fits, is the last
    resort. The finding ``encoding_detected`` says what was used.
    """
    from charset_normalizer import from_bytes

    bad = find_bad_byte(contents)
    with contents.open_bytes() as file:
        file.seek(max(0, (bad or 0) - 1024))
        matches = list(from_bytes(file.read(_HEAD_BYTES)))
    tied = [match for match in matches if (match.chaos, match.coherence) == (matches[0].chaos, matches[0].coherence)]
    names = [encoding for match in tied for encoding in match.could_be_from_charset]
    names.sort(key=lambda encoding: encoding != "cp1252")
    for encoding in (*names, "iso8859-1"):
        guessed = replace(contents, encoding=encoding, encoding_guessed=True, first_bad_byte=bad)
        if find_bad_byte(guessed) is None:
            break
    message = (
        f"{contents.name} is not UTF-8 from byte {bad} on; it looks like {guessed.encoding} and was read as such. "
        "If letters look wrong, name the encoding with --encoding."
    )
    remedy = Remedy(f"Read as {guessed.encoding}", "encoding", guessed.encoding)
    finding = Finding("encoding_detected", Severity.INFO, message, file=contents.name, remedies=(remedy,))
    return replace(guessed, findings=(*contents.findings, finding))
