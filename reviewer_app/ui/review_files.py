"""The actions that ask for a file: new, open, copy, demo, and adding to the review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from reviewer_app.progress import Progress
from reviewer_app.ui.imports import Imports
from reviewer_app.ui.input_guesses import InputKind
from reviewer_app.ui.session import Session
from reviewer_app.ui.settings import Settings

SUFFIX = ".review"
DEMO = "demo"
"""Key of the job that runs the demonstration."""
_REVIEWS = f"Reviews (*{SUFFIX});;All files (*)"
_TABLES = "*.csv *.parquet *.jsonl *.gz"
_FILTERS = {
    InputKind.DATASET: f"Datasets (dataset.json {_TABLES});;All files (*)",
    InputKind.SUBMISSION: (f"Submissions (submission.toml {_TABLES} *.joblib *.skops *.pkl *.pickle);;All files (*)"),
}
_HEADINGS = {InputKind.DATASET: "Add a dataset", InputKind.SUBMISSION: "Add a submission"}


class ReviewFiles(QObject):
    """Asks for files and hands them to the session.

    Parameters
    ----------
    session, settings, imports
        Where reviews are opened, what folder was used last, and where things are added.
    window
        Whose dialogs they are.
    """

    def __init__(self, session: Session, settings: Settings, imports: Imports, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._settings = settings
        self._imports = imports
        self._window = window

    def new(self, then: Callable[[], None] | None = None) -> None:
        """Ask where the new review is to be, make it, and go on with `then`."""
        suggested = str(self._settings.folder / f"comparison{SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "New review", suggested, _REVIEWS)
        if chosen:
            path = _with_suffix(Path(chosen))
            self._settings.folder = path.parent
            self._session.create(path, on_done=then)

    def open(self) -> None:
        """Ask for a review and open it."""
        folder = str(self._settings.folder)
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Open review", folder, _REVIEWS)
        if chosen:
            self._settings.folder = Path(chosen).parent
            self.open_path(Path(chosen))

    def open_path(self, path: Path) -> None:
        """Open a review."""
        self._session.open(path)

    def save_copy(self) -> None:
        """Ask for a name and write a copy of the open review."""
        if self._session.review is None:
            return
        suggested = str(self._settings.folder / f"{self._session.review.path.stem}-copy{SUFFIX}")
        chosen, _ = QFileDialog.getSaveFileName(self._window, "Save a copy", suggested, _REVIEWS)
        if chosen:
            path = _with_suffix(Path(chosen))
            self._settings.folder = path.parent
            self._session.save_copy(path)

    def add(self, kind: InputKind) -> None:
        """Ask for datasets or submissions; a folder is named by the file in it that describes it."""
        folder = str(self._settings.folder)
        chosen, _ = QFileDialog.getOpenFileNames(self._window, _HEADINGS[kind], folder, _FILTERS[kind])
        if chosen:
            self._settings.folder = Path(chosen[0]).parent
            self._imports.offer([Path(path) for path in chosen], kind)

    def demo(self) -> None:
        """Run the demonstration into a folder among the user's documents, and open it."""
        from platformdirs import user_documents_path

        folder = user_documents_path() / "reviewer_app"

        def work(progress: Progress) -> Path:
            from reviewer_app.review.demo import build_demo

            return build_demo(folder, progress=progress)

        self._session.jobs.start("Running the demo", work, self.open_path, key=DEMO, kind="run")

    def name_review(self) -> None:
        """Ask for the review's title."""
        from reviewer_app.review.operations.settings import SetTitle

        snapshot = self._session.snapshot
        if snapshot is None:
            return
        title, accepted = QInputDialog.getText(self._window, "Name the review", "Title", text=snapshot.summary.title)
        if accepted:
            self._session.do(SetTitle(title.strip()))


def _with_suffix(path: Path) -> Path:
    return path if path.suffix == SUFFIX else path.with_name(f"{path.name}{SUFFIX}")
