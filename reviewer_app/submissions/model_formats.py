"""Which format a fitted model is in, told by its name and first bytes; no model is ever opened here."""

from __future__ import annotations

from pathlib import Path

from reviewer_app.submissions.folder_contents import unreadable

MODEL_SUFFIXES = (".joblib", ".skops", ".pkl", ".pickle")
"""Names that a bare fitted model may end in."""

_ZIP = b"PK\x03\x04"
# pickle from protocol 2 on, then what joblib compresses with: gzip, zlib, bz2, xz, lzma, lz4
_JOBLIB = (b"\x80", b"\x1f\x8b", b"\x78", b"BZ", b"\xfd7zXZ", b"\x5d\x00", b"\x04\x22\x4d\x18")


def model_format(path: Path) -> str | None:
    """Return "skops" or "joblib" (which reads plain pickles too); None where the first bytes are neither's.

    A skops file is a zip archive; a joblib file is a pickle, compressed or not.

    Raises
    ------
    ReviewError
        ``unreadable``.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise unreadable(path, error) from error
    if start.startswith(_ZIP):
        return "skops"
    return "joblib" if start.startswith(_JOBLIB) else None
