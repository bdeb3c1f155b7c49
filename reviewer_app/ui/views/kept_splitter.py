"""A splitter that stands where the user left it, also after the window was closed."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QSplitter, QWidget

from reviewer_app.ui.pages.page import GAP


class SplitterMemory(Protocol):
    """Keeps where splitters stand between two starts of the window."""

    def splitter_state(self, name: str) -> QByteArray | None:
        """Return what `keep_splitter_state` kept; None where nothing was."""

    def keep_splitter_state(self, name: str, state: QByteArray) -> None:
        """Keep where a splitter stands."""


class KeptSplitter(QSplitter):
    """A splitter whose parts cannot be lost, and that remembers its place.

    Parameters
    ----------
    name
        Under which its place is kept.
    memory
        Where; None: only as long as the window is open.
    """

    def __init__(
        self, orientation: Qt.Orientation, name: str, memory: SplitterMemory | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(orientation, parent)
        self._name = name
        self._memory = memory
        self.setChildrenCollapsible(False)
        self.setHandleWidth(GAP)
        self.splitterMoved.connect(self._keep)

    def set_parts(self, *parts: tuple[QWidget, int]) -> None:
        """Fill it with widgets and the share of the room that each begins with, or had the last time."""
        for number, (widget, share) in enumerate(parts):
            self.addWidget(widget)
            self.setStretchFactor(number, share)
        # Sizes far above the room there is are scaled down in proportion, before the window has a size.
        self.setSizes([10_000 * share for _, share in parts])
        state = self._memory.splitter_state(self._name) if self._memory is not None else None
        if state is not None:
            self.restoreState(state)

    def _keep(self) -> None:
        if self._memory is not None:
            self._memory.keep_splitter_state(self._name, self.saveState())
