"""What is derived from comparisons and kept as a document, each under the digest of what it was computed from."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, TypeVar

from reviewer_app.store.rows import execute, fetch, insert

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Document = TypeVar("_Document")


def read_derived(
    connection: sqlite3.Connection, name: str, kind: type[_Document], input_digest: str
) -> _Document | None:
    """Return the document of that name, or None where it is not there or not current.

    Parameters
    ----------
    connection
        Of the review file.
    name
        Its name.
    kind
        The dataclass that it holds; a document that is none, in a file from a stranger, is as good as none.
    input_digest
        Digest that it must have been computed from.
    """
    rows = fetch(connection, "SELECT document FROM derived WHERE name = ? AND input_digest = ?", (name, input_digest))
    if not rows:
        return None
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(kind).validate_python(json.loads(rows[0]["document"]))
    except (ValidationError, ValueError):
        return None


def write_derived(
    connection: sqlite3.Connection,
    name: str,
    document: DataclassInstance,
    input_digest: str,
    comparison_id: int | None = None,
) -> None:
    """Write a document in the place of the one of that name, inside the caller's transaction.

    With `comparison_id` it goes when that comparison goes.
    """
    execute(connection, "DELETE FROM derived WHERE name = ?", (name,))
    insert(
        connection,
        "derived",
        {
            "name": name,
            "comparison_id": comparison_id,
            "input_digest": input_digest,
            # An observed d / SE may be infinite, which Python's JSON keeps.
            "document": json.dumps(asdict(document)),
        },
    )
