"""A team and what it handed in: which submission stands for it, versions, findings."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from reviewer_app.errors import Severity
from reviewer_app.review.queries import SubmissionInfo, TeamInfo
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.elided_label import ElidedLabel
from reviewer_app.ui.views.findings_view import CheckRow, FindingView, Mark


class TeamCard(Card):
    """What was understood of a team's submissions.

    Parameters
    ----------
    team
        What is shown.
    role
        "team_a" or "team_b" where it is compared, else "heading".

    Signals
    -------
    current_chosen, allow_clicked, remove_clicked
        Id of the submission that is to stand for the team, whose code may run, or that is to be removed.
    remedy_chosen
        Id of the submission to import again, and the `Remedy` to do it with.
    """

    current_chosen = Signal(int)
    allow_clicked = Signal(int)
    remove_clicked = Signal(int)
    remedy_chosen = Signal(int, object)

    def __init__(self, team: TeamInfo, role: str) -> None:
        super().__init__()
        self.team = team
        self.current: dict[int, QPushButton] = {}
        self.allow: dict[int, QPushButton] = {}
        self.remove: dict[int, QPushButton] = {}
        self.setAccessibleName(f"Team {team.name}")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(ElidedLabel(team.name, role, 300, 220))
        head.addWidget(ElidedLabel(_team_facts(team), "muted"))
        head.addStretch(1)
        self.body.addLayout(head)
        for submission in team.submissions:
            self.body.addWidget(self._row(submission))
        self.body.addStretch(1)

    def _row(self, submission: SubmissionInfo) -> QWidget:
        row = QWidget()
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(ElidedLabel(submission.name, "", 300, 160))
        line.addWidget(ElidedLabel(submission_facts(submission), "muted"))
        line.addStretch(1)
        number = submission.submission_id
        several = len(self.team.submissions) > 1 and not self.team.is_baselines
        if several and submission.is_current:
            line.addWidget(label("stands for the team", "pill"))
        elif several:
            self.current[number] = self._button("Use this one", submission, self.current_chosen)
            line.addWidget(self.current[number])
        self.remove[number] = self._button("Remove", submission, self.remove_clicked)
        self.remove[number].setProperty("role", "quiet")
        line.addWidget(self.remove[number])
        column.addLayout(line)
        if submission.description:
            column.addWidget(label(submission.description, "muted", wrap=True))
        for finding in sorted(submission.findings, key=lambda one: one.severity is Severity.INFO):
            view = FindingView(finding)
            view.remedy_chosen.connect(lambda remedy: self.remedy_chosen.emit(number, remedy))
            column.addWidget(view)
        if not submission.may_run:
            words = "its code has not been allowed to run here: there is no sandbox yet"
            column.addWidget(CheckRow(Mark("warning", "warning", "Warning"), words))
            self.allow[number] = self._button("Allow its code to run…", submission, self.allow_clicked)
            row_of_button = QHBoxLayout()
            row_of_button.setContentsMargins(22, 0, 0, 0)
            row_of_button.addWidget(self.allow[number])
            row_of_button.addStretch(1)
            column.addLayout(row_of_button)
        elif not any(one.severity is Severity.WARNING for one in submission.findings):
            column.addWidget(CheckRow(Mark("check", "good", "Passed"), "read without a warning"))
        return row

    @staticmethod
    def _button(text: str, submission: SubmissionInfo, clicked: SignalInstance) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(f"{text}: {submission.name} {submission.version} of {submission.team}")
        button.clicked.connect(lambda: clicked.emit(submission.submission_id))
        return button


def submission_facts(submission: SubmissionInfo) -> str:
    """Return a submission's version, kind and datasets in one line."""
    parts = [f"version {submission.version}", submission.kind]
    if submission.datasets:
        parts.append(f"for {', '.join(submission.datasets)}")
    elif submission.tasks:
        parts.append(" and ".join(submission.tasks))
    return " · ".join(parts)


def _team_facts(team: TeamInfo) -> str:
    if team.is_baselines:
        return "ours: in every table, never a home"
    number = len(team.submissions)
    handed_in = f"{number} submission" if number == 1 else f"{number} submissions"
    return f"home {team.home} · {handed_in}" if team.home else handed_in
