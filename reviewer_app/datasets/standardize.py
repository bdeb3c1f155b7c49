"""From a raw table, or a dataset in another format, to the folder of a standardized dataset."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from reviewer_app.datasets.dataset import SPLITS, Dataset, Split
from reviewer_app.datasets.digests import is_there
from reviewer_app.datasets.inference import find_id_column, infer_spec
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.reading import assemble, read_dataset, read_folder
from reviewer_app.datasets.row_codes import Codes, record_columns, row_codes
from reviewer_app.datasets.spec import ColumnKind, DatasetSpec
from reviewer_app.datasets.splits import build_split
from reviewer_app.datasets.structure import record_components, structure_of
from reviewer_app.datasets.table_files import TableFile, read_table
from reviewer_app.datasets.values import text_values
from reviewer_app.datasets.writing import FileFormat, write_dataset
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.progress import Progress

SHARES = {"train": 0.65, "validation": 0.15, "test": 0.20}
"""What share of a table's rows each split gets."""

ID_COLUMN = "example_id"

_LARGEST_COMPONENT = 0.15
"""Pairs that share records stay together where no connected component holds more of them than the smallest split."""

_FEWEST_ROWS = 10


def standardize(
    source: Path,
    folder: Path,
    options: ImportOptions | None = None,
    *,
    file_format: FileFormat = "csv",
    seed: int | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Return the standardized dataset that was written into a new folder.

    A single table is split into training, validation and test: 65/15/20, stratified by label, seeded. Rows that are
    equal in every feature stay in one split, and so do groups; in matching, pairs that share records do where that is
    possible. Rows without an id column get ids ``row-00001``. A dataset folder keeps its splits and changes its format.

    The folder appears whole or not at all.

    Parameters
    ----------
    source
        A csv, parquet or jsonl file, or a dataset folder.
    folder
        Where to; it must not exist, or be empty.
    options
        What the user said of the source.
    file_format
        "csv", "parquet" or "both".
    seed
        Seed of the split; None: derived from the data's digest.
    progress
        Told how far it is.

    Raises
    ------
    ReviewError
        ``folder_not_empty``, ``too_few_rows``, ``not_written``, or what `read_dataset` raises.
    """
    options = options or ImportOptions()
    progress = progress or Progress()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        message = f"{folder} exists and is not empty: nothing was written. Name a new folder."
        raise ReviewError.of("folder_not_empty", message, file=folder.name)
    if source.is_dir():
        spec, files, findings = read_folder(source, options, progress=progress.part(0.0, 0.4))
        dataset = assemble(spec, files, options, path=source, folder=source, findings=findings)
        tables = {split: _canonical(dataset, dataset.splits[split], files[split][0]) for split in dataset.splits}
        findings = dataset.findings
        images = source
    else:
        dataset, tables, findings = _split_table(source, folder, options, seed, progress.part(0.0, 0.4))
        images = source.parent
    spec = replace(dataset.spec, rows={split: table.num_rows for split, table in tables.items()})
    progress.report(0.5, "writing")
    with _new_folder(folder) as unfinished:
        write_dataset(unfinished, spec, tables, file_format)
        _copy_images(dataset, images, unfinished)
        written = read_dataset(unfinished, progress=progress.part(0.6, 1.0))
    # a folder's checks come out the same before and after
    all_findings = tuple(dict.fromkeys((*findings, *written.findings)))
    return replace(written, path=folder, folder=folder, findings=all_findings)


def split_rows(dataset: Dataset, seed: int) -> tuple[dict[str, NDArray[np.int64]], bool]:
    """Return the rows of each split, ascending, for a dataset whose rows are all in ``test``; and a word on records.

    Stratified by label: within a label, units (equal rows, or groups where the spec has them; in matching, connected
    components of the record graph) are laid end to end in a seeded order, and each goes to the split in whose share
    its middle falls.

    Parameters
    ----------
    dataset
        The dataset.
    seed
        Of the order.

    Returns
    -------
    rows
        Split to rows.
    apart
        Whether pairs that share records had to be put into different splits.
    """
    units, apart = _units(dataset)
    rng = np.random.default_rng(seed)
    n_units = int(units.max()) + 1
    size = np.bincount(units)
    # a unit of several labels counts where its first row does
    first = np.full(n_units, len(units))
    np.minimum.at(first, units, np.arange(len(units)))
    label = dataset.test.y[first]
    order = rng.permutation(n_units)
    order = order[np.argsort(label[order], kind="stable")]
    end = np.cumsum(size[order])
    n_label = np.bincount(label, weights=size, minlength=int(label.max()) + 1)
    start_of_label = np.concatenate([[0], np.cumsum(n_label)[:-1]])
    middle = (end - size[order] / 2 - start_of_label[label[order]]) / n_label[label[order]]
    # in this order a label of few examples is trained on first, then tested, then validated
    names = ("test", "train", "validation")
    bounds = np.cumsum([SHARES[name] for name in names[:-1]])
    which = np.empty(n_units, np.int64)
    which[order] = np.searchsorted(bounds, middle, side="right")
    of_row = which[units]
    return {split: np.flatnonzero(of_row == names.index(split)) for split in SPLITS}, apart


def _units(dataset: Dataset) -> tuple[Codes, bool]:
    n = dataset.test.n_examples
    if record_columns(dataset.spec) is not None:
        component = record_components(structure_of(dataset, "test"))
        if np.bincount(component).max() <= _LARGEST_COMPONENT * n:
            return component, False
        return _equal_rows(dataset), True
    groups = structure_of(dataset, "test").groups
    return (_equal_rows(dataset) if groups is None else np.asarray(groups, dtype=np.int64)), False


def _equal_rows(dataset: Dataset) -> Codes:
    features = dataset.test.features
    if not features.num_columns:
        return np.arange(dataset.test.n_examples)
    return row_codes(features.columns, dataset.test.n_examples)


def _split_table(
    source: Path, folder: Path, options: ImportOptions, seed: int | None, progress: Progress
) -> tuple[Dataset, dict[str, pa.Table], tuple[Finding, ...]]:
    file = read_table(source, encoding=options.encoding, progress=progress)
    findings: list[Finding] = []
    if find_id_column({"test": file}, options) is None:
        file = _with_ids(file)
        message = f'{file.name} has no id column: its rows were named row-00001 and so on, in the column "{ID_COLUMN}".'
        findings.append(Finding("ids_generated", Severity.INFO, message, file.table.num_rows, file.name))
    spec, inferred = infer_spec({"test": file}, options, name=folder.resolve().name, folder=source.parent)
    read = build_split("test", file, spec, labels_option=options.labels, folder=source.parent)
    whole = Dataset(spec, {"test": read.split}, folder=source.parent, path=source, digest=read.split.digest)
    if whole.test.n_examples < _FEWEST_ROWS:
        message = f"{file.name} has {whole.test.n_examples} rows: too few to split; {_FEWEST_ROWS} are the least."
        raise ReviewError.of("too_few_rows", message, file=file.name)
    used_seed = int(whole.digest[:8], 16) if seed is None else seed
    rows, apart = split_rows(whole, used_seed)
    table = _canonical(whole, whole.test, file)
    tables = {split: table.take(pa.array(some)) for split, some in rows.items() if len(some)}
    counts = ", ".join(f"{split} {len(some):,}" for split, some in rows.items())
    message = (
        f"{spec.name} was split at random, stratified by label, equal rows and groups kept whole: {counts} rows "
        f"(seed {used_seed}). Numbers on this test split are not comparable with those of another split."
    )
    findings.append(Finding("split_made", Severity.INFO, message, whole.test.n_examples, file.name))
    if apart:
        message = (
            f"{spec.name}: pairs that share records stand in different splits, because too many pairs hang together "
            "for whole components to be kept in one."
        )
        findings.append(Finding("records_split", Severity.WARNING, message, whole.test.n_examples, file.name))
    made = {"split": f"65/15/20, stratified by label, seed {used_seed}, made by reviewer-app"}
    whole = replace(whole, spec=replace(spec, source={**spec.source, **made}))
    return whole, tables, (*inferred, *read.findings, *findings)


def _with_ids(file: TableFile) -> TableFile:
    n = file.table.num_rows
    width = max(5, len(str(n)))
    ids = pc.binary_join_element_wise("row-", pc.utf8_lpad(pa.array(range(1, n + 1)).cast(pa.string()), width, "0"), "")
    return replace(file, table=file.table.add_column(0, ID_COLUMN, ids))


def _canonical(dataset: Dataset, split: Split, file: TableFile) -> pa.Table:
    """Return id, label and all columns of the spec, the ignored ones too, in canonical form."""
    spec: DatasetSpec = dataset.spec
    columns: dict[str, pa.ChunkedArray | pa.Array] = {
        spec.id: split.ids,
        spec.target: pa.array(spec.labels, pa.string()).take(pa.array(split.y)),
    }
    for column, kind in spec.columns.items():
        columns[column] = text_values(file, column) if kind is ColumnKind.IGNORED else split.features[column]
    return pa.table(columns)


def _copy_images(dataset: Dataset, source: Path, folder: Path) -> None:
    paths: set[str] = set()
    for column, kind in dataset.spec.columns.items():
        if kind is ColumnKind.IMAGE:
            for split in dataset.splits.values():
                paths.update(pc.unique(split.features[column]).drop_null().to_pylist())
    for path in sorted(paths):
        if is_there(source / path):
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source / path, target)


@contextmanager
def _new_folder(folder: Path) -> Iterator[Path]:
    """Yield an unfinished folder beside `folder`, which takes its place in the end, or vanishes."""
    unfinished = folder.parent / f".{folder.name}.{os.getpid()}.unfinished"
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished.mkdir()
        yield unfinished
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    except OSError as error:
        message = f"{folder} could not be written: {error.strerror}. Nothing was left behind."
        raise ReviewError.of("not_written", message, file=folder.name) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
