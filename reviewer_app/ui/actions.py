"""Every action of the window, once: menus, command box and the sheet of keys are made from `ACTIONS`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget


class Needs(StrEnum):
    """When an action can be triggered."""

    NOTHING = "nothing"
    REVIEW = "review"
    """While a review is open."""
    PAGE = "page"
    """While the current page answers it (`Page.commands`)."""
    WORK = "work"
    """While a job can be cancelled."""


@dataclass(frozen=True)
class ActionSpec:
    """An action of the window.

    Attributes
    ----------
    id
        Stable name, "menu.what".
    text
        What menus say, with "&" before the mnemonic and "…" where a question follows.
    menu
        Name of its menu.
    help
        One sentence: status tip, command box and sheet of keys.
    shortcut
        Keys, as Qt writes them; "" for none.
    needs
        See `Needs`.
    choice
        Actions of the same choice exclude each other and are checked; "" for none.
    separated
        Whether a line stands above it in its menu.
    """

    id: str
    text: str
    menu: str
    help: str
    shortcut: str = ""
    needs: Needs = Needs.NOTHING
    choice: str = ""
    separated: bool = False

    @property
    def plain_text(self) -> str:
        """The text without mnemonic."""
        return self.text.replace("&&", "\0").replace("&", "").replace("\0", "&")


MENUS = ("File", "Edit", "View", "Run", "Help")

ACTIONS = (
    ActionSpec("file.new", "&New review…", "File", "Make an empty review in a file of its own.", "Ctrl+N"),
    ActionSpec("file.open", "&Open review…", "File", "Open a review file.", "Ctrl+O"),
    ActionSpec("file.demo", "Open the &demo", "File", "Run the demo's two teams on each other's data and open it."),
    ActionSpec(
        "file.save_copy",
        "&Save a copy…",
        "File",
        "Write the whole review to another file, to keep or to mail. A review is saved at every step.",
        "Ctrl+Shift+S",
        Needs.REVIEW,
        separated=True,
    ),
    ActionSpec("file.export", "&Export…", "File", "Export what the page shows.", "Ctrl+E", Needs.PAGE),
    ActionSpec("file.close", "&Close review", "File", "Close the review.", "Ctrl+W", Needs.REVIEW, separated=True),
    ActionSpec("file.quit", "&Quit", "File", "Close the window.", "Ctrl+Q"),
    ActionSpec("edit.undo", "&Undo", "Edit", "Undo the last thing that you typed or chose.", "Ctrl+Z", Needs.REVIEW),
    ActionSpec(
        "edit.add_dataset",
        "Add &dataset…",
        "Edit",
        "Add a dataset folder, or a csv or parquet file.",
        "Ctrl+D",
        Needs.REVIEW,
        separated=True,
    ),
    ActionSpec(
        "edit.add_submission",
        "Add &submission…",
        "Edit",
        "Add a team's predictions, fitted model or algorithm.",
        "Ctrl+Shift+D",
        Needs.REVIEW,
    ),
    ActionSpec("edit.title", "Name the &review…", "Edit", "Give the review a title.", needs=Needs.REVIEW),
    ActionSpec("edit.swap", "S&wap A and B", "Edit", "Look at B minus A instead.", needs=Needs.REVIEW, separated=True),
    ActionSpec("edit.find", "&Find", "Edit", "Search the page.", "Ctrl+F", Needs.PAGE),
    ActionSpec("edit.copy", "&Copy as…", "Edit", "Copy what the page shows.", "Ctrl+Shift+C", Needs.PAGE),
    ActionSpec(
        "view.overview", "&Overview", "View", "Verdicts in words, and the cross matrix.", "Ctrl+1", Needs.REVIEW
    ),
    ActionSpec(
        "view.datasets_and_teams",
        "&Datasets && teams",
        "View",
        "What was handed in, what was understood, and what is wrong with it.",
        "Ctrl+2",
        Needs.REVIEW,
    ),
    ActionSpec("view.runs", "&Runs", "View", "Every team on every dataset: state, time, log.", "Ctrl+3", Needs.REVIEW),
    ActionSpec("view.metrics", "&Metrics", "View", "Every metric of both teams, with plots.", "Ctrl+4", Needs.REVIEW),
    ActionSpec(
        "view.significance",
        "&Significance",
        "View",
        "How sure a difference is, by which test, and whether it hangs on a choice.",
        "Ctrl+5",
        Needs.REVIEW,
    ),
    ActionSpec(
        "view.disagreements",
        "D&isagreements",
        "View",
        "Every example on which the teams differ.",
        "Ctrl+6",
        Needs.REVIEW,
    ),
    ActionSpec(
        "view.next_example", "&Next example", "View", "Go to the next example.", "J", Needs.PAGE, separated=True
    ),
    ActionSpec("view.previous_example", "&Previous example", "View", "Go to the previous example.", "K", Needs.PAGE),
    ActionSpec("view.light", "&Light", "View", "Dark text on a light ground.", choice="look", separated=True),
    ActionSpec("view.dark", "Dar&k", "View", "Light text on a dark ground.", choice="look"),
    ActionSpec("view.system", "As the s&ystem", "View", "Light or dark, as the system has it.", choice="look"),
    ActionSpec(
        "run.missing",
        "&Run what is missing",
        "Run",
        "Train and run every team on every dataset where that was not done, or is out of date.",
        "Ctrl+R",
        Needs.REVIEW,
    ),
    ActionSpec("run.cancel", "&Cancel", "Run", "Stop what is going on; what is done stays.", "Esc", Needs.WORK),
    ActionSpec("help.commands", "&Command box", "Help", "Find any action by a few letters.", "Ctrl+K"),
    ActionSpec("help.keys", "&Keys", "Help", "Every key on one sheet.", "F1"),
    ActionSpec("help.log", "Show the &log", "Help", "Show what went wrong lately.", separated=True),
    ActionSpec("help.about", "&About", "Help", "Version and licences."),
)


class Actions(QObject):
    """The `ACTIONS` as Qt's actions, attached to a window.

    Signals
    -------
    triggered
        Id of the action.
    """

    triggered = Signal(str)

    def __init__(self, window: QWidget, specs: Iterable[ActionSpec] = ACTIONS) -> None:
        super().__init__(window)
        self.specs = tuple(specs)
        self._actions: dict[str, QAction] = {}
        groups: dict[str, QActionGroup] = {}
        for spec in self.specs:
            action = QAction(spec.text, self)
            action.setStatusTip(spec.help)
            action.setToolTip(spec.help)
            if spec.shortcut:
                action.setShortcut(QKeySequence(spec.shortcut))
            if spec.choice:
                action.setCheckable(True)
                groups.setdefault(spec.choice, QActionGroup(self)).addAction(action)
            action.triggered.connect(lambda _=False, id_=spec.id: self.triggered.emit(id_))
            self._actions[spec.id] = action
            window.addAction(action)

    def __getitem__(self, id_: str) -> QAction:
        """Return the action of an id."""
        return self._actions[id_]

    def allow(self, needs: Needs, *, allowed: bool) -> None:
        """Enable or disable all actions of a need."""
        for spec in self.specs:
            if spec.needs is needs:
                self._actions[spec.id].setEnabled(allowed)

    def allow_page(self, ids: Iterable[str]) -> None:
        """Enable, of those that a page answers, the ones given."""
        answered = set(ids)
        for spec in self.specs:
            if spec.needs is Needs.PAGE:
                self._actions[spec.id].setEnabled(spec.id in answered)

    def fill(self, bar: QMenuBar) -> dict[str, QMenu]:
        """Make the menus of a menu bar; returns them by name."""
        menus = {}
        for name in MENUS:
            menu = bar.addMenu(f"&{name}")
            menus[name] = menu
            for spec in self.specs:
                if spec.menu == name:
                    if spec.separated:
                        menu.addSeparator()
                    menu.addAction(self._actions[spec.id])
        return menus
