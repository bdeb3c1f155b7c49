"""What is derived from comparisons and kept as a document, each under the digest of what it was computed from."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from reviewer_app.store.rows import execute, fetch, insert

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
        return TypeAdapter(kind).validate_json(rows[0]["document"])
    except ValidationError:
        return None


def write_derived(
    connection: sqlite3.Connection, name: str, document: object, input_digest: str, comparison_id: int | None = None
) -> None:
    """Write a document in the place of the one of that name, inside the caller's transaction.

    With `comparison_id` it goes when that comparison goes.
    """
    from pydantic import TypeAdapter

    execute(connection, "DELETE FROM derived WHERE name = ?", (name,))
    insert(
        connection,
        "derived",
        {
            "name": name,
            "comparison_id": comparison_id,
            "input_digest": input_digest,
            "document": TypeAdapter(type(document)).dump_json(document).decode(),
        },
    )
