"""Reading a standardized dataset from a folder, or a bare file as a test split alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reviewer_app.datasets.checks import checked
from reviewer_app.datasets.dataset import SPLITS, Dataset
from reviewer_app.datasets.digests import dataset_digest
from reviewer_app.datasets.inference import infer_spec
from reviewer_app.datasets.options import ImportOptions
from reviewer_app.datasets.spec import SPEC_FILE, DatasetSpec, Task, read_spec
from reviewer_app.datasets.splits import ReadSplit, build_split, duplicated
from reviewer_app.datasets.table_files import TableFile, read_table
from reviewer_app.datasets.wording import N_FIRST, quoted
from reviewer_app.errors import Finding, ReviewError, Severity
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress

_FORMATS = (".parquet", ".csv")


def read_dataset(
    path: Path, options: ImportOptions | None = None, *, name: str | None = None, progress: Progress | None = None
) -> Dataset:
    """Return a dataset with everything that its checks have to say.

    Parameters
    ----------
    path
        A folder with ``test.csv`` or ``test.parquet`` (``train`` and ``validation`` too where they exist) and, unless
        it is to be inferred, ``dataset.json``; or a csv, parquet or jsonl file, which is a test split: a
        ``dataset.json`` beside it is not used.
    options
        What the user said. The roles of columns, and labels, are for files that do not say it themselves; the positive
        label and the metric replace the spec's.
    name
        Replaces the dataset's own name.
    progress
        Told how far it is.

    Raises
    ------
    ReviewError
        Whatever makes the numbers wrong or dependent on a choice that nobody made.
    """
    options = options or ImportOptions()
    progress = progress or Progress()
    if not path.is_dir():
        file = read_table(path, encoding=options.encoding, progress=progress.part(0.0, 0.5))
        stem = path.name.removesuffix(".gz")
        spec, findings = infer_spec({"test": file}, options, name=name or Path(stem).stem)
        return assemble(spec, {"test": [file]}, options, path=path, folder=None, findings=findings)

    spec, files, findings = read_folder(path, options, name=name, progress=progress.part(0.0, 0.6))
    return assemble(spec, files, options, path=path, folder=path, findings=findings, progress=progress.part(0.6, 1.0))


def read_folder(
    folder: Path, options: ImportOptions, *, name: str | None = None, progress: Progress | None = None
) -> tuple[DatasetSpec, dict[str, list[TableFile]], tuple[Finding, ...]]:
    """Return the spec of a dataset folder, the tables of each split as they stand in the files, and findings.

    Raises
    ------
    ReviewError
        ``no_test_split``, ``invalid_spec``, ``task_conflict``, ``unknown_positive_label``, or what `infer_spec` and
        `read_table` raise.
    """
    files = _read_split_files(folder, options, progress or Progress())
    if (folder / SPEC_FILE).is_file():
        spec, findings = read_spec(folder / SPEC_FILE, name=f"{folder.resolve().name}/{SPEC_FILE}")
        spec = _with_options(spec, options)
    else:
        tables = {split: tables[0] for split, tables in files.items()}
        spec, findings = infer_spec(tables, options, name=folder.resolve().name, folder=folder)
    return (spec if name is None else replace(spec, name=name)), files, findings


def assemble(
    spec: DatasetSpec,
    files: Mapping[str, list[TableFile]],
    options: ImportOptions,
    *,
    path: Path,
    folder: Path | None,
    findings: tuple[Finding, ...] = (),
    progress: Progress | None = None,
) -> Dataset:
    """Return the dataset that tables make up under a spec, checked.

    Parameters
    ----------
    spec
        Its spec.
    files
        For each split its tables: one, or a csv and a parquet file that must hold the same data.
    options
        What the user said on labels.
    path, folder
        See `Dataset`.
    findings
        What was found on the way here.
    progress
        Told how far it is.

    Raises
    ------
    ReviewError
        As `splits.build_split`; ``splits_differ``, ``rows_differ``, or ``duplicate_ids`` across splits.
    """
    progress = progress or Progress()
    read: dict[str, ReadSplit] = {}
    for number, split in enumerate(name for name in SPLITS if name in files):
        progress.report(0.5 * number / len(files), f"checking {split}")
        variants = [
            build_split(split, file, spec, labels_option=options.labels, folder=folder) for file in files[split]
        ]
        if len({variant.split.digest for variant in variants}) > 1:
            raise _splits_differ(files[split], variants)
        read[split] = variants[0]
    splits = {name: one.split for name, one in read.items()}
    _check_rows(spec, {name: split.n_examples for name, split in splits.items()}, path)
    _check_ids({name: split.ids for name, split in splits.items()}, path)
    dataset = Dataset(
        spec=spec,
        splits=splits,
        folder=folder,
        path=path,
        digest=dataset_digest(spec, {name: split.digest for name, split in splits.items()}),
    )
    progress.report(0.6, "looking for leaks")
    images = {name: one.images for name, one in read.items()}
    so_far = (*findings, *_unused(options, spec), *(f for one in read.values() for f in one.findings))
    return checked(replace(dataset, findings=so_far), images)


def _read_split_files(folder: Path, options: ImportOptions, progress: Progress) -> dict[str, list[TableFile]]:
    paths = {
        split: [path for suffix in _FORMATS if (path := folder / f"{split}{suffix}").is_file()] for split in SPLITS
    }
    if not paths["test"]:
        seen = sorted(entry.name for entry in folder.iterdir())[:10]
        message = (
            f"{folder.resolve().name} holds no test.csv and no test.parquet, which every dataset needs. It holds: "
            f"{', '.join(seen) or 'nothing'}. A single table becomes a dataset with: standardize TABLE FOLDER."
        )
        raise ReviewError.of("no_test_split", message, file=folder.resolve().name)
    n_files = sum(map(len, paths.values()))
    files: dict[str, list[TableFile]] = {}
    done = 0
    for split in SPLITS:
        for path in paths[split]:
            file = read_table(
                path,
                name=f"{folder.resolve().name}/{path.name}",
                encoding=options.encoding,
                progress=progress.part(done / n_files, (done + 1) / n_files),
            )
            files.setdefault(split, []).append(file)
            done += 1
    return files


def _with_options(spec: DatasetSpec, options: ImportOptions) -> DatasetSpec:
    if options.task is not None and options.task != spec.task:
        message = (
            f"{spec.name} is a {spec.task} dataset: its dataset.json says so, and --task {options.task} does not fit."
        )
        raise ReviewError.of("task_conflict", message, file=spec.name)
    if options.positive is not None and spec.task is Task.MATCHING:
        if options.positive not in spec.labels:
            shown = ", ".join(quoted(label) for label in spec.labels)
            message = f"{spec.name}: the positive label {quoted(options.positive)} is not among the labels: {shown}."
            raise ReviewError.of("unknown_positive_label", message, file=spec.name)
        spec = replace(spec, positive_label=options.positive)
    return replace(spec, metric=options.metric) if options.metric is not None else spec


def _unused(options: ImportOptions, spec: DatasetSpec) -> list[Finding]:
    if options.positive is None or spec.task is Task.MATCHING:
        return []
    message = (
        f"{spec.name}: --positive {options.positive} changes nothing, because only matching has a positive label, and "
        "this is classification. If it is matching, say --task matching."
    )
    return [Finding("positive_unused", Severity.WARNING, message, file=spec.name)]


def _splits_differ(files: list[TableFile], variants: list[ReadSplit]) -> ReviewError:
    names = " and ".join(file.name for file in files)
    a, b = (variant.split for variant in variants)
    if a.n_examples != b.n_examples:
        where = f"they have {a.n_examples:,} and {b.n_examples:,} rows"
    elif not a.ids.equals(b.ids):
        where = "their ids differ"
    elif not np.array_equal(a.y, b.y):
        row = int(np.flatnonzero(a.y != b.y)[0])
        where = f"their labels differ, first of the example {quoted(a.ids[row].as_py())}"
    else:
        columns = [name for name in a.features.column_names if not a.features[name].equals(b.features[name])]
        where = f"their columns {', '.join(columns)} differ" if columns else "their values differ"
    message = f"{names} both hold the split, but not the same data: {where}. Remove the one that is out of date."
    return ReviewError.of("splits_differ", message, file=files[0].name)


def _check_rows(spec: DatasetSpec, found: Mapping[str, int], path: Path) -> None:
    wrong = [
        f"{split}: {count:,} said, {found.get(split, 0):,} found"
        for split, count in spec.rows.items()
        if count != found.get(split, 0)
    ]
    if wrong:
        message = (
            f"{path.name}: the number of rows is not what {SPEC_FILE} says ({'; '.join(wrong)}). A file is incomplete, "
            "or the spec is out of date."
        )
        raise ReviewError.of("rows_differ", message, file=path.name, count=len(wrong), first=wrong)


def _check_ids(ids: Mapping[str, pa.Array], path: Path) -> None:
    if len(ids) == 1:
        return  # looked at when it was read
    together = pa.concat_arrays(list(ids.values()))
    doubled = duplicated(together)
    if not len(doubled):
        return
    shown = list(dict.fromkeys(together.take(pa.array(doubled[:N_FIRST])).to_pylist()))
    positions = np.flatnonzero(np.asarray(pc.equal(together, shown[0])))
    names = np.repeat(list(ids), [len(values) for values in ids.values()])
    where = " and ".join(names[positions])
    first = [quoted(value) for value in shown]
    n_ids = pc.count_distinct(together.take(pa.array(doubled))).as_py()
    message = (
        f"{path.name}: {counted(n_ids, 'id')} in several splits, {first[0]} in {where}. Ids must be unique in the "
        "whole dataset: rename them (or, if the rows are the same, take them out of one split)."
    )
    raise ReviewError.of("duplicate_ids", message, file=path.name, count=n_ids, first=first)
