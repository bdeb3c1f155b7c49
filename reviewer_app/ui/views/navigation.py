"""The left side of the window: pages with counts, and what is compared with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from reviewer_app.ui.icons import icon
from reviewer_app.ui.models.plain_tooltip import plain_tooltip
from reviewer_app.ui.pages.page import label
from reviewer_app.ui.session import Session
from reviewer_app.ui.theme import theme

WIDTH = 188


class PageButton(QPushButton):
    """A page's name with a count at its right end."""

    def __init__(self, name: str) -> None:
        super().__init__(name.replace("&", "&&"))
        self.setProperty("role", "navigation")
        self.setCheckable(True)
        self._name = name
        self._count = QLabel()
        self._count.setProperty("role", "small")
        self._count.setTextFormat(Qt.TextFormat.PlainText)
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 10, 0)
        layout.addStretch(1)
        layout.addWidget(self._count)
        self.set_count("")

    def set_count(self, count: str) -> None:
        """Show a count; "" shows none."""
        self._count.setText(count)
        self.setAccessibleName(f"{self._name}, {count}" if count else self._name)


class Chooser(QWidget):
    """A letter or word in a team's colour, and a list to choose from.

    Signals
    -------
    chosen
        The text that the user chose.
    """

    chosen = Signal(str)

    def __init__(self, name: str, role: str, accessible_name: str) -> None:
        super().__init__()
        self.box = QComboBox()
        self.box.setAccessibleName(accessible_name)
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(6)
        self.box.textActivated.connect(self.chosen)
        heading = label(name, role)
        heading.setBuddy(self.box)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(heading)
        column.addWidget(self.box)

    def show_choice(self, choices: Sequence[str], current: str | None) -> None:
        """Offer `choices`, `current` being chosen."""
        with QSignalBlocker(self.box):
            self.box.clear()
            self.box.addItems(list(choices))
            self.box.setCurrentText(current or "")
        self.box.setToolTip(plain_tooltip(current) if current else "")


class Navigation(QFrame):
    """Buttons of the pages; below them A, B and the dataset, where there is more than one way to choose.

    Signals
    -------
    page_chosen
        Name of the page.
    """

    page_chosen = Signal(str)

    def __init__(self, session: Session, names: Sequence[str]) -> None:
        super().__init__()
        self._session = session
        self.setProperty("role", "navigation")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Pages")
        self._group = QButtonGroup(self)
        self.buttons: dict[str, PageButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 10, 8, 12)
        column.setSpacing(2)
        for name in names:
            button = PageButton(name)
            button.clicked.connect(lambda _=False, name=name: self.page_chosen.emit(name))
            self._group.addButton(button)
            self.buttons[name] = button
            column.addWidget(button)
        column.addStretch(1)
        column.addWidget(self._build_choosers())
        theme.changed.connect(self._tint)
        self._tint()

    def show_page(self, name: str, *, uses_dataset: bool) -> None:
        """Mark a page as the current one; offer the dataset where it uses one."""
        self.buttons[name].setChecked(True)
        self._uses_dataset = uses_dataset
        self.show_selection()

    def set_counts(self, counts: Mapping[str, str]) -> None:
        """Show the pages' counts."""
        for name, count in counts.items():
            self.buttons[name].set_count(count)

    def show_selection(self) -> None:
        """Show what is chosen, and what could be."""
        snapshot, sides = self._session.snapshot, self._session.sides
        datasets = [] if snapshot is None else [dataset.name for dataset in snapshot.datasets]
        self.a.show_choice(sides, self._session.a)
        self.b.show_choice(sides, self._session.b)
        self.dataset.show_choice(datasets, self._session.dataset)
        self._pair.setVisible(len(sides) > 2)
        self.dataset.setVisible(len(datasets) > 1 and self._uses_dataset)

    def _build_choosers(self) -> QWidget:
        self._uses_dataset = False
        self.a = Chooser("A", "team_a", "Side A")
        self.b = Chooser("B", "team_b", "Side B")
        self.dataset = Chooser("Dataset", "muted", "Dataset")
        self.swap = QPushButton()
        self.swap.setProperty("role", "quiet")
        self.swap.setToolTip("Swap A and B")
        self.swap.setAccessibleName("Swap A and B")
        self.a.chosen.connect(lambda side: self._session.select(a=side))
        self.b.chosen.connect(lambda side: self._session.select(b=side))
        self.dataset.chosen.connect(lambda name: self._session.select(dataset=name))
        self.swap.clicked.connect(lambda: self._session.select(a=self._session.b, b=self._session.a))
        self._pair = QWidget()
        pair = QVBoxLayout(self._pair)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(8)
        title = QHBoxLayout()
        title.addWidget(label("Compared", "small"), 1)
        title.addWidget(self.swap)
        pair.addLayout(title)
        pair.addWidget(self.a)
        pair.addWidget(self.b)
        choosers = QWidget()
        column = QVBoxLayout(choosers)
        column.setContentsMargins(8, 0, 8, 0)
        column.setSpacing(12)
        column.addWidget(self.dataset)
        column.addWidget(self._pair)
        return choosers

    def _tint(self) -> None:
        self.swap.setIcon(icon("swap", theme.palette().muted))
