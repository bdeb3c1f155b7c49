"""The random order in which disagreements are judged, and the file in which somebody does so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from reviewer_app.disagreements.export import appearing_whole
from reviewer_app.disagreements.table import OWN_COLUMNS, DisagreementTable
from reviewer_app.errors import ReviewError

ID, JUDGEMENT, NOTE = "example_id", "judgement", "note"
A_LABEL, B_LABEL = "a_label", "b_label"
"""Columns of a file of judgements that mean something; any others are for the judge's eyes."""

_SHOWN = {"id": ID, "gold": "gold", "a": A_LABEL, "b": B_LABEL}
"""What a judge sees before the features. Not the confidences: they would say which team to believe."""


def queue_order(ids: Sequence[str], seed: str) -> NDArray[np.int64]:
    """Return the positions of examples in random order, shape (len(ids),).

    Each example's place comes from a hash (BLAKE2b) of its id, keyed by the seed: the same on every machine, under
    every version of numpy, and whichever other examples there are.

    Parameters
    ----------
    ids
        Different ids.
    seed
        Derived from the digests of the inputs by the caller: nobody picks one.
    """
    key = hashlib.sha256(seed.encode()).digest()
    hashes = [hashlib.blake2b(name.encode(), key=key, digest_size=16).digest() for name in ids]
    return np.asarray(sorted(range(len(ids)), key=hashes.__getitem__), dtype=np.int64)


def write_queue(table: DisagreementTable, rows: NDArray[np.int64], path: Path) -> None:
    """Write examples for a judge: labels and features, and two empty columns, ``judgement`` and ``note``; a csv file.

    Parameters
    ----------
    table, rows
        The comparison, and the first example numbers of its queue.
    path
        A new file: one that exists may hold judgements.

    Raises
    ------
    ReviewError
        ``file_exists``; ``unknown_export_format``: the name does not end in ``.csv``; ``cannot_write``.
    """
    if path.suffix.lower() != ".csv":
        raise ReviewError.of(
            "unknown_export_format", f"A queue is written as csv: choose a name that ends in .csv, not {path.name!r}."
        )
    if path.exists():
        raise ReviewError.of(
            "file_exists", f"{path} exists, and may hold judgements: choose another name.", file=path.name
        )
    taken = table.take(rows.astype(np.int32))
    empty = pa.array([""] * len(rows))
    columns = {heading: taken.column(name) for name, heading in _SHOWN.items()}
    columns |= {JUDGEMENT: empty, NOTE: empty}
    features = table.column_names[len(OWN_COLUMNS) :]
    # A feature of the name of one of our columns keeps away from it.
    columns |= {(f"feature:{name}" if name in columns else name): taken.column(name) for name in features}
    import pyarrow.csv

    with appearing_whole(path) as part:
        pyarrow.csv.write_csv(pa.table(columns), part)
