"""Reading a prediction file, and telling which dataset it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reviewer_app.datasets.dataset import Dataset
from reviewer_app.datasets.file_contents import sniff
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.table_files import TableFile, read_column_names, read_table, refuse_guessed_text
from reviewer_app.datasets.values import text_values
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.progress import Progress
from reviewer_app.submissions.columns import PredictionColumns, find_id_column, recognise_columns


@dataclass(frozen=True, eq=False)
class PredictionFile:
    """A prediction file that was read, and what its columns hold.

    Attributes
    ----------
    table
        The rows as they stand in the file.
    columns
        What they hold.
    """

    table: TableFile
    columns: PredictionColumns

    @property
    def ids(self) -> pa.ChunkedArray:
        """The ids as text, null where empty."""
        return text_values(self.table, self.columns.id)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What reading it had to say: warnings and infos."""
        return (*self.table.findings, *self.columns.findings)


def read_predictions(
    path: Path, dataset: Dataset, options: ImportOptions | None = None, progress: Progress | None = None
) -> PredictionFile:
    """Return a prediction file for a dataset; numbers and labels are not looked at yet.

    Reading stops at 10 times the dataset's examples and 100,000 rows.

    Raises
    ------
    ReviewError
        What `read_table`, `recognise_columns` and `refuse_guessed_text` raise.
    """
    options = options or ImportOptions()
    max_rows = _max_rows([dataset])
    if sniff(path, name=path.name, encoding=options.encoding).format == "jsonl":  # its columns stand in the rows
        table = read_table(path, encoding=options.encoding, max_rows=max_rows, progress=progress)
        columns = recognise_columns(table.column_names, dataset.spec, options, file=table.name)
    else:
        names = read_column_names(path, encoding=options.encoding)
        columns = recognise_columns(names, dataset.spec, options, file=path.name)
        table = read_table(
            path, encoding=options.encoding, max_rows=max_rows, numeric=columns.numeric, progress=progress
        )
    refuse_guessed_text(table, columns.text)
    return PredictionFile(table, columns)


def matching_dataset(
    path: Path, datasets: Sequence[Dataset], options: ImportOptions | None = None, progress: Progress | None = None
) -> str:
    """Return the name of the one dataset whose test examples a bare prediction file is about.

    Raises
    ------
    ReviewError
        ``no_matching_dataset`` where no id is an id of any test split, ``several_matching_datasets`` where that is so
        for more than one; ``no_id_column``; what `read_table` raises.
    """
    options = options or ImportOptions()
    table = read_table(path, encoding=options.encoding, max_rows=_max_rows(datasets), progress=progress)
    matched: dict[str, int] = {}
    no_id_column: ReviewError | None = None
    for dataset in datasets:
        try:
            column = find_id_column(table.column_names, dataset.spec, options, file=table.name)
        except ReviewError as error:
            no_id_column = error
            continue
        ids = text_values(table, column)
        matched[dataset.spec.name] = int(
            np.count_nonzero(np.asarray(pc.is_in(dataset.test.ids, value_set=ids.combine_chunks())))
        )
    if datasets and not matched and no_id_column is not None:
        raise no_id_column
    found = [name for name, number in matched.items() if number]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f'"{dataset.spec.name}"' for dataset in datasets) or "none"
    if not found:
        message = (
            f"{table.name}: none of its ids is an id of a test example of a dataset here (datasets: {known}). Add its "
            "dataset first, or name the dataset with --dataset NAME to see how the ids differ."
        )
        raise ReviewError.of("no_matching_dataset", message, file=table.name)
    counts = ", ".join(f'"{name}" ({matched[name]:,} examples)' for name in found)
    message = (
        f"{table.name}: its ids belong to several datasets: {counts}. Say which one it is for with --dataset NAME."
    )
    raise ReviewError([Finding("several_matching_datasets", Severity.ERROR, message, len(found), table.name)])


def _max_rows(datasets: Sequence[Dataset]) -> int:
    sizes = [sum(split.n_examples for split in dataset.splits.values()) for dataset in datasets]
    return 10 * max(sizes, default=0) + 100_000
