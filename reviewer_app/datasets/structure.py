"""Which examples are not independent of each other."""

from __future__ import annotations

import numpy as np

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.row_codes import Codes, key_values, record_columns, row_codes
from reviewer_app.evaluation.inputs import Structure


def structure_of(dataset: Dataset, split: str) -> Structure:
    """Return the groups (classification) or the records (matching) of a split's examples, as codes.

    Examples whose values agree in all columns of the spec's ``group`` are one group. Records that agree in all their
    columns are one record; left and right records are coded apart. Without ``group`` and without records: neither.

    Parameters
    ----------
    dataset
        The dataset.
    split
        "train", "validation" or "test"; it must be there.
    """
    spec = dataset.spec
    examples = dataset.splits[split]

    def codes(columns: tuple[str, ...]) -> Codes:
        return row_codes([key_values(examples, column) for column in columns], examples.n_examples)

    if records := record_columns(spec):
        left, right = records
        return Structure(left_records=codes(left), right_records=codes(right))
    return Structure(groups=codes(spec.group)) if spec.group else Structure()


def record_components(structure: Structure) -> Codes:
    """Return the connected component of the record graph that each pair belongs to, as dense codes, shape (n,).

    Records are nodes, pairs are edges; a left record and a right record are different nodes.

    Raises
    ------
    ValueError
        If the structure has no records.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    left, right = structure.left_records, structure.right_records
    if left is None or right is None:
        raise ValueError("the structure has no records")
    n_left, n_nodes = int(left.max()) + 1, int(left.max()) + int(right.max()) + 2
    edges = coo_array((np.ones(len(left), np.int8), (left, right + n_left)), shape=(n_nodes, n_nodes))
    _, component = connected_components(edges, directed=False)
    return np.asarray(component[left], dtype=np.int64)
