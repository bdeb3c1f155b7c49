"""Progress and cancellation as plain Python: long functions take a `Progress`, never a widget."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Cancelled(Exception):  # noqa: N818 - no error: somebody wished it
    """The user cancelled; whatever was begun is undone by whoever began it."""


ProgressListener = Callable[[float | None, str], None]


class Progress:
    """What a long function tells of itself, and hears: how far it is, and whether to stop.

    A bare ``Progress()`` listens to nobody and is never cancelled. Safe to use from several threads.

    Parameters
    ----------
    listener
        Called with the fraction done in [0, 1] (None where it is unknown) and a short message.
    """

    def __init__(self, listener: ProgressListener | None = None) -> None:
        self._listener = listener
        self._cancelled = threading.Event()
        self._message = ""

    def cancel(self) -> None:
        """Ask the function to stop at its next check."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if somebody asked to stop."""
        if self._cancelled.is_set():
            raise Cancelled

    def report(self, fraction: float | None, message: str = "") -> None:
        """Tell how far the work is, then `check`; without a message the last one stands."""
        self.check()
        self._message = message or self._message
        if self._listener is not None:
            self._listener(fraction, self._message)

    def part(self, start: float, stop: float) -> Progress:
        """Return a progress whose 0 to 1 is this one's `start` to `stop`; cancelled together with it."""

        def forward(fraction: float | None, message: str) -> None:
            self.report(None if fraction is None else start + (stop - start) * fraction, message)

        part = Progress(forward)
        part._cancelled = self._cancelled
        return part
