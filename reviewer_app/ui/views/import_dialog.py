"""Asks of dropped files what each is and whose, with what it most likely is filled in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from reviewer_app.ui.input_guesses import InputGuess, InputKind, suggested_home, suggested_teams
from reviewer_app.ui.pages.page import ScrolledContent, label, scrolling
from reviewer_app.ui.views.cards import Card
from reviewer_app.ui.views.dialogs import Dialog
from reviewer_app.ui.views.elided_label import ElidedLabel

NOBODY = "nobody"
LABEL_WIDTH = 116


@dataclass(frozen=True)
class ConfirmedInput:
    """What the user said of something dropped.

    Attributes
    ----------
    guess
        What it was taken for; its path is what is added.
    kind
        What it is added as.
    team
        Whose submission it is, or whose home a dataset is; "" for nobody's.
    trusted
        Whether its code may run without a sandbox.
    """

    guess: InputGuess
    kind: InputKind
    team: str
    trusted: bool


class InputCard(Card):
    """What something is, and whose."""

    def __init__(self, guess: InputGuess, team: str, teams: Sequence[str]) -> None:
        super().__init__()
        self._guess = guess
        self._teams = tuple(teams)
        self.setAccessibleName(guess.path.name)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(ElidedLabel(guess.path.name, "heading", 300, 220))
        head.addWidget(ElidedLabel(guess.reason, "muted"))
        head.addStretch(1)
        self.kind = QComboBox()
        self.kind.addItem("Dataset", InputKind.DATASET)
        self.kind.addItem("Submission of a team", InputKind.SUBMISSION)
        self.kind.setAccessibleName(f"What {guess.path.name} is")
        self.team = QComboBox()
        self.team.setEditable(True)
        self.team.setMinimumWidth(220)
        self.trusted = QCheckBox("I trust its code: it may run on this computer without a sandbox")
        self._team_label = label(role="muted")
        self._team_label.setFixedWidth(LABEL_WIDTH)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.addRow(label("What it is", "muted"), self.kind)
        form.addRow(self._team_label, self.team)
        form.addRow(self.trusted)
        self.body.addLayout(head)
        self.body.addLayout(form)
        self.kind.currentIndexChanged.connect(lambda _: self._show_kind(""))
        self.kind.setCurrentIndex(self.kind.findData(guess.kind))
        self._show_kind(team)

    @property
    def confirmed(self) -> ConfirmedInput:
        """What the user said."""
        kind = InputKind(self.kind.currentData())
        team = self.team.currentText().strip()
        if kind is InputKind.DATASET and team == NOBODY:
            team = ""
        trusted = kind is InputKind.SUBMISSION and self._guess.runs_code and self.trusted.isChecked()
        return ConfirmedInput(self._guess, kind, team, trusted)

    @property
    def is_complete(self) -> bool:
        """Whether a submission has its team."""
        confirmed = self.confirmed
        return confirmed.kind is InputKind.DATASET or bool(confirmed.team)

    def _show_kind(self, team: str) -> None:
        is_dataset = self.kind.currentData() == InputKind.DATASET
        words = "It is the home of" if is_dataset else "Whose it is"
        self._team_label.setText(words)
        self.team.setAccessibleName(f"{words}: {self._guess.path.name}")
        self.team.clear()
        self.team.addItems([NOBODY, *self._teams] if is_dataset else list(self._teams))
        self.team.setCurrentText(team or (NOBODY if is_dataset else self._guess.team or self._teams[0]))
        self.trusted.setVisible(not is_dataset and self._guess.runs_code)


class ImportDialog(Dialog):
    """A card per dropped thing, and one button that adds them all.

    Signals
    -------
    confirmed
        Tuple of `ConfirmedInput`, datasets first: predictions are matched with the examples of datasets.
    """

    confirmed = Signal(tuple)

    def __init__(self, guesses: Sequence[InputGuess], known_teams: Sequence[str], parent: QWidget | None) -> None:
        super().__init__("What is it, and whose?", parent)
        self.resize(620, min(170 + 140 * len(guesses), 720))
        teams = suggested_teams(guesses, known_teams)
        self.cards = _cards(guesses, teams)
        content = ScrolledContent()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(10)
        for card in self.cards:
            column.addWidget(card)
            card.kind.currentIndexChanged.connect(self._check)
            card.team.currentTextChanged.connect(self._check)
        column.addStretch(1)
        self.body.addWidget(scrolling(content))
        self.add_button("Cancel").clicked.connect(self.reject)
        self.add = self.add_button("Add" if len(guesses) == 1 else f"Add all {len(guesses)}", primary=True)
        self.add.clicked.connect(self._confirm)
        self._check()

    def _check(self) -> None:
        self.add.setEnabled(all(card.is_complete for card in self.cards))

    def _confirm(self) -> None:
        inputs = [card.confirmed for card in self.cards]
        self.accept()
        self.confirmed.emit(tuple(sorted(inputs, key=lambda one: one.kind is not InputKind.DATASET)))


def _cards(guesses: Sequence[InputGuess], teams: Sequence[str]) -> list[InputCard]:
    """Return a card each; submissions that do not say their team are given to teams that have none here, in turn."""
    named = {guess.team for guess in guesses}
    free = [team for team in teams if team not in named] or list(teams)
    cards, unnamed = [], 0
    for guess in guesses:
        team = guess.team
        if guess.kind is InputKind.DATASET:
            team = suggested_home(guess, guesses)
        elif not team:
            team = free[unnamed % len(free)]
            unnamed += 1
        cards.append(InputCard(guess, team, teams))
    return cards
