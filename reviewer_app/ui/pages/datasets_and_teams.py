"""Datasets & teams: what was handed in, what was understood of it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QWidget

from reviewer_app.datasets.options import ImportOptions
from reviewer_app.evaluation.needs import counted
from reviewer_app.progress import Progress
from reviewer_app.review.operations.imports import AddDataset, AddSubmission, RemoveDataset, RemoveSubmission
from reviewer_app.review.operations.settings import SetCurrent, SetHome
from reviewer_app.review.queries import BASELINES as BASELINES_TEAM
from reviewer_app.review.queries import CellState, DatasetInfo, SubmissionInfo, TeamInfo
from reviewer_app.submissions.baselines import BASELINES
from reviewer_app.ui.imports import Imports, Refusal
from reviewer_app.ui.pages.page import Page, label
from reviewer_app.ui.session import Session, Snapshot
from reviewer_app.ui.views.cards import CardGrid
from reviewer_app.ui.views.correction_dialog import CorrectionDialog
from reviewer_app.ui.views.dataset_card import DatasetCard
from reviewer_app.ui.views.dialogs import ConfirmDialog
from reviewer_app.ui.views.refusal_card import RefusalCard
from reviewer_app.ui.views.team_card import TeamCard


class DatasetsAndTeamsPage(Page):
    """Everything that came from outside.

    Parameters
    ----------
    session
        What the window is looking at.
    imports
        Where things are added, and what was refused is kept.
    """

    name = "Datasets & teams"
    scrolls = True

    def __init__(self, session: Session, imports: Imports, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._imports = imports
        self.refusals = CardGrid(most_columns=1)
        self.datasets = CardGrid()
        self.teams = CardGrid()
        self._datasets_heading = label("Datasets", "heading")
        self._teams_heading = label("Teams", "heading")
        for widget in (self.refusals, self._datasets_heading, self.datasets, self._teams_heading, self.teams):
            self.content.addWidget(widget)
        self.content.addWidget(self._build_drop_area())
        self.content.addStretch(1)
        self._build_header()
        imports.refusals_changed.connect(self._show_refusals)

    def refresh(self, stale: frozenset[str]) -> None:
        """Show datasets and teams of the snapshot."""
        snapshot = self.session.snapshot
        if snapshot is None or not stale & {"datasets", "teams", "title", "selection", "runs"}:
            return
        own = [team for team in snapshot.teams if not team.is_baselines]
        self.set_subtitle(f"{counted(len(snapshot.datasets), 'dataset')} · {counted(len(own), 'team')}")
        self._show_datasets(snapshot, [team.name for team in own])
        self._show_teams(snapshot)
        self._show_refusals()

    def _build_header(self) -> None:
        self.add_baseline = QPushButton("Add a baseline")
        menu = QMenu(self.add_baseline)
        menu.setToolTipsVisible(True)
        for name, words in BASELINES.items():
            action = menu.addAction(name)
            action.setToolTip(words)
            action.triggered.connect(lambda _=False, name=name: self._add_baseline(name))
        self.add_baseline.setMenu(menu)
        self.header.addWidget(self.add_baseline)
        for text, id_, role in (
            ("Add submission…", "edit.add_submission", ""),
            ("Add dataset…", "edit.add_dataset", "primary"),
        ):
            button = QPushButton(text)
            button.setProperty("role", role)
            button.clicked.connect(lambda _=False, id_=id_: self.action_requested.emit(id_))
            self.header.addWidget(button)

    @staticmethod
    def _build_drop_area() -> QFrame:
        area = QFrame()
        area.setProperty("role", "empty")
        row = QHBoxLayout(area)
        row.setContentsMargins(16, 14, 16, 14)
        words = "Drop dataset folders, prediction files, models and algorithms here, or anywhere on this window."
        row.addWidget(label(words, "muted", wrap=True))
        return area

    def _show_datasets(self, snapshot: Snapshot, teams: Sequence[str]) -> None:
        self._datasets_heading.setVisible(bool(snapshot.datasets))
        items = [
            (dataset, tuple(dict.fromkeys([*teams, *([dataset.home_of] if dataset.home_of else [])])))
            for dataset in snapshot.datasets
        ]
        self.datasets.show_items(items, lambda item: self._dataset_card(*item))

    def _dataset_card(self, dataset: DatasetInfo, teams: tuple[str, ...]) -> DatasetCard:
        card = DatasetCard(dataset, teams)
        card.home_chosen.connect(lambda team: self.session.do(SetHome(dataset.name, team or None)))
        card.correct_clicked.connect(lambda: self._correct(dataset))
        card.remove_clicked.connect(lambda: self._remove_dataset(dataset))
        return card

    def _show_teams(self, snapshot: Snapshot) -> None:
        shown = [team for team in snapshot.teams if team.submissions]
        self._teams_heading.setVisible(bool(shown))
        items = [(team, self._role(team)) for team in shown]
        self.teams.show_items(items, lambda item: self._team_card(*item))

    def _team_card(self, team: TeamInfo, role: str) -> TeamCard:
        card = TeamCard(team, role)
        card.remedy_chosen.connect(lambda number, remedy: self._imports.read_again(self._submission(number), remedy))
        card.current_chosen.connect(lambda number: self.session.do(SetCurrent(number)))
        card.allow_clicked.connect(self._allow)
        card.remove_clicked.connect(self._remove_submission)
        return card

    def _role(self, team: TeamInfo) -> str:
        for side, role in ((self.session.a, "team_a"), (self.session.b, "team_b")):
            if side is not None and side in (team.name, *(f"{team.name}:{s.version}" for s in team.submissions)):
                return role
        return "heading"

    def _show_refusals(self) -> None:
        self.refusals.show_items(tuple(self._imports.refusals), self._refusal_card)
        snapshot = self.session.snapshot
        if snapshot is None or snapshot.datasets or snapshot.teams or self._imports.refusals:
            self.show_content()
        else:
            self.show_empty(
                "Drop datasets and the teams' submissions here. You will see what was understood, and what is wrong, "
                "before any number is shown.",
                "Add a dataset…",
                lambda: self.action_requested.emit("edit.add_dataset"),
            )

    def _refusal_card(self, refusal: Refusal) -> RefusalCard:
        card = RefusalCard(refusal)
        card.remedy_chosen.connect(lambda remedy: self._imports.answer(refusal, remedy))
        card.renamed.connect(lambda text: self._imports.rename(refusal, text))
        card.retry_clicked.connect(lambda: self._imports.retry(refusal))
        card.dismiss_clicked.connect(lambda: self._imports.dismiss(refusal))
        return card

    def _add_baseline(self, name: str) -> None:
        self._imports.do(AddSubmission(None, team=BASELINES_TEAM, builtin=name))

    def _remove_dataset(self, dataset: DatasetInfo) -> None:
        self._confirm(
            f"Remove {dataset.name}?",
            f"{self._runs_lost(dataset=dataset.name)} The files on the disk stay.",
            lambda: self.session.do(RemoveDataset(dataset.name)),
        )

    def _allow(self, number: int) -> None:
        submission = self._submission(number)
        dialog = ConfirmDialog(
            f"Let the code of {submission.team} run?",
            f"{submission.name}, version {submission.version}, will run with all your rights on this computer: there "
            "is no sandbox yet. The consent is for exactly these files; any change of them asks again.",
            "I trust it: let it run",
            self,
        )
        consent = AddSubmission(Path(submission.path), team=submission.team, consent=submission.digest)
        dialog.accepted.connect(lambda: self._imports.do(consent))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _submission(self, number: int) -> SubmissionInfo:
        teams = () if self.session.snapshot is None else self.session.snapshot.teams
        return next(one for team in teams for one in team.submissions if one.submission_id == number)

    def _remove_submission(self, number: int) -> None:
        self._confirm(
            f"Remove {self._submission(number).name}?",
            f"{self._runs_lost(submission=number)} The files on the disk stay.",
            lambda: self.session.do(RemoveSubmission(number)),
        )

    def _runs_lost(self, *, dataset: str | None = None, submission: int | None = None) -> str:
        snapshot = self.session.snapshot
        runs = () if snapshot is None else snapshot.runs
        lost = sum(
            run.state is CellState.DONE and (run.dataset == dataset or run.submission_id == submission) for run in runs
        )
        if lost == 0:
            return "No run is lost."
        return f"{counted(lost, 'run')} will be removed from the review, and must be done again."

    def _confirm(self, heading: str, words: str, then: Callable[[], object]) -> None:
        dialog = ConfirmDialog(heading, words, "Remove", self)
        dialog.accepted.connect(then)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _correct(self, dataset: DatasetInfo) -> None:
        dialog = CorrectionDialog(dataset, self)
        dialog.corrected.connect(lambda options: self._read_again(dialog, dataset, options))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _read_again(self, dialog: CorrectionDialog, dataset: DatasetInfo, options: ImportOptions) -> None:
        """Read the dataset under new options first, so that nothing is removed where that is refused."""
        path = Path(dataset.path)

        def work(progress: Progress) -> None:
            from reviewer_app.datasets.reading import read_dataset

            read_dataset(path, options, name=dataset.name, progress=progress)

        def landed(_: None) -> None:
            dialog.accept()
            self.session.do(
                RemoveDataset(dataset.name),
                on_done=lambda _: self._imports.do(AddDataset(path, dataset.name, dataset.home_of, options)),
            )

        self.session.jobs.start(
            f"Reading {dataset.name}", work, landed, lambda error: dialog.show_findings(error.findings), key="correct"
        )
