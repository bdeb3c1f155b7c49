"""Adding what was dropped or chosen: guess, ask, add; what is refused is kept with its remedies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from reviewer_app.errors import Remedy, ReviewError
from reviewer_app.progress import Progress
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveSubmission
from reviewer_app.ui.input_guesses import InputGuess, InputKind, guess_input
from reviewer_app.ui.session import Session

if TYPE_CHECKING:
    from reviewer_app.datasets.options import ImportOptions
    from reviewer_app.review.operations.change import Change
    from reviewer_app.review.queries import SubmissionInfo
    from reviewer_app.ui.views.import_dialog import ConfirmedInput


@dataclass(frozen=True)
class Refusal:
    """An import that was refused: nothing was changed, and a remedy may answer it."""

    operation: AddDataset | AddSubmission
    error: ReviewError


class Imports(QObject):
    """Adds things to the open review.

    Attributes
    ----------
    refusals
        What was refused and not answered yet, oldest first.

    Signals
    -------
    refusals_changed
        `refusals` has changed.
    """

    refusals_changed = Signal()

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._window = window
        self.refusals: list[Refusal] = []
        self._operations: dict[int, AddSubmission] = {}
        session.review_changed.connect(self._forget)

    def offer(self, paths: Sequence[Path], kind: InputKind | None = None) -> None:
        """Guess what each of `paths` is (or take all for `kind`), and ask."""

        def work(progress: Progress) -> list[InputGuess]:
            guesses: dict[Path, InputGuess] = {}
            for number, path in enumerate(paths):
                progress.report(number / len(paths), path.name)
                guess = guess_input(path)
                guesses[guess.path] = guess if kind is None else replace(guess, kind=kind)
            return list(guesses.values())

        self._session.jobs.start("Looking at the files", work, self._ask, key="guess")

    def add(self, inputs: Sequence[ConfirmedInput]) -> None:
        """Add what the user confirmed, one after the other."""
        for one in inputs:
            path, team = one.guess.path, one.team
            if one.kind is InputKind.DATASET:
                self.do(AddDataset(path, home_of=team or None))
            elif one.trusted:
                self._add_trusted(path, team)
            else:
                self.do(AddSubmission(path, team=team))

    def do(self, operation: AddDataset | AddSubmission) -> None:
        """Apply an import; where it is refused, keep it with what would answer it."""

        def landed(change: Change) -> None:
            if isinstance(operation, AddSubmission):
                self._keep(operation, change)

        self._session.do(operation, landed, lambda error: self._refuse(Refusal(operation, error)))

    def answer(self, refusal: Refusal, remedy: Remedy) -> None:
        """Import again with what the remedy says."""
        self.dismiss(refusal)
        options = with_remedy(refusal.operation.options, remedy)
        self.do(replace(refusal.operation, options=options))

    def read_again(self, submission: SubmissionInfo, remedy: Remedy) -> None:
        """Import a submission again that came in with warnings, with what a remedy of one says."""
        number = submission.submission_id
        operation = self._operations.get(number) or AddSubmission(Path(submission.path), submission.team)
        again = replace(operation, options=with_remedy(operation.options, remedy))
        self._session.do(RemoveSubmission(number), lambda _: self.do(again))

    def rename(self, refusal: Refusal, text: str) -> None:
        """Import again under another name (a dataset) or version (a submission)."""
        self.dismiss(refusal)
        operation = refusal.operation
        if isinstance(operation, AddDataset):
            self.do(replace(operation, name=text))
        else:
            self.do(replace(operation, version=text))

    def retry(self, refusal: Refusal) -> None:
        """Import the same again."""
        self.dismiss(refusal)
        self.do(refusal.operation)

    def dismiss(self, refusal: Refusal) -> None:
        """Forget a refused import."""
        self.refusals.remove(refusal)
        self.refusals_changed.emit()

    def _ask(self, guesses: Sequence[InputGuess]) -> None:
        from reviewer_app.ui.views.import_dialog import ImportDialog

        snapshot = self._session.snapshot
        if snapshot is None or not guesses:
            return
        teams = [team.name for team in snapshot.teams if not team.is_baselines]
        homes = [dataset.home_of for dataset in snapshot.datasets if dataset.home_of is not None]
        dialog = ImportDialog(guesses, list(dict.fromkeys([*teams, *homes])), self._window)
        dialog.confirmed.connect(self.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _add_trusted(self, path: Path, team: str) -> None:
        """Add code that may run without a sandbox: consent is for exactly these files, named by their digest."""

        def work(progress: Progress) -> str:
            from reviewer_app.submissions.manifest import read_submission

            return read_submission(path, team=team, progress=progress).digest

        def landed(digest: str) -> None:
            self.do(AddSubmission(path, team=team, consent=digest))

        def refused(error: ReviewError) -> None:
            self._refuse(Refusal(AddSubmission(path, team=team), error))

        self._session.jobs.start(f"Reading {path.name}", work, landed, refused, key=f"digest {path}", kind="write")

    def _refuse(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)
        self.refusals_changed.emit()

    def _keep(self, operation: AddSubmission, change: Change) -> None:
        """Remember how the newest submission of the name that the change created was added."""
        snapshot = self._session.snapshot
        if snapshot is None:
            return
        own = [
            one for team in snapshot.teams for one in team.submissions if f"{one.name} {one.version}" in change.created
        ]
        number = max((one.submission_id for one in own), default=None)
        if number is not None:
            self._operations[number] = operation

    def _forget(self) -> None:
        self._operations.clear()
        self.refusals.clear()
        self.refusals_changed.emit()


def with_remedy(options: ImportOptions, remedy: Remedy) -> ImportOptions:
    """Return the options with what a remedy says, as if it had been typed on the command line."""
    if remedy.option == "columns":
        role, _, name = remedy.value.partition("=")
        return replace(options, columns={**options.columns, role: name})
    if remedy.option == "threshold":
        return replace(options, threshold=float(remedy.value))
    changes: dict[str, Any] = {remedy.option: remedy.value}
    return replace(options, **changes)
