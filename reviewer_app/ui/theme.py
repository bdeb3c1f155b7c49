"""How the window looks: two palettes, one style sheet made from a template, light, dark or as the system has it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from reviewer_app.resource_files import resource


class Mode(StrEnum):
    """What the user chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Palette:
    """Every colour of the window as ``#rrggbb``; nothing else in `ui` names a colour.

    Attributes
    ----------
    background, panel, line
        The window, cards and bars on it, hairlines.
    ink, muted
        Text, and text that steps back.
    accent, accent_text
        The one accent, and text on it.
    team_a, team_b
        The compared teams, wherever they appear.
    margin
        The shaded margin of practical equivalence.
    good, warning, bad
        A check that passed, one that needs a look, one that failed.
    selection
        Selected rows and the current page.
    chip, hover
        Quiet surfaces: chips; whatever the mouse is over.
    mark
        Behind words that differ.
    """

    name: str
    background: str
    panel: str
    line: str
    ink: str
    muted: str
    accent: str
    accent_text: str
    team_a: str
    team_b: str
    margin: str
    good: str
    warning: str
    bad: str
    selection: str
    chip: str
    hover: str
    mark: str

    @property
    def is_dark(self) -> bool:
        """Whether text is lighter than its background."""
        return QColor(self.ink).lightness() > QColor(self.background).lightness()


LIGHT = Palette(
    name="light",
    background="#f6f7f9",
    panel="#ffffff",
    line="#e3e6eb",
    ink="#15181d",
    muted="#667085",
    accent="#3b5bdb",
    accent_text="#ffffff",
    team_a="#0b7285",
    team_b="#c2410c",
    margin="#e8f2f4",
    good="#2b8a3e",
    warning="#b7791f",
    bad="#c92a2a",
    selection="#e8edff",
    chip="#eef1f5",
    hover="#f1f3f6",
    mark="#ffe8b0",
)
DARK = Palette(
    name="dark",
    background="#14171c",
    panel="#1b1f26",
    line="#2c323c",
    ink="#e8eaee",
    muted="#98a2b3",
    accent="#8ea4ff",
    accent_text="#14171c",
    team_a="#4fc3d8",
    team_b="#ff9a62",
    margin="#213039",
    good="#6fcf87",
    warning="#e3b341",
    bad="#ff8787",
    selection="#26304d",
    chip="#262c36",
    hover="#222731",
    mark="#5b4a16",
)


def style_sheet(palette: Palette) -> str:
    """Return the window's style sheet in the colours of `palette`."""
    template = Template(resource("styles", "window.qss").read_text(encoding="utf-8"))
    images = {
        "check_image": resource("styles", f"check_{palette.name}.svg").as_posix(),
        "arrow_image": resource("styles", f"arrow_{palette.name}.svg").as_posix(),
        "up_image": resource("styles", f"up_{palette.name}.svg").as_posix(),
    }
    return template.substitute(asdict(palette), **images)


def qt_palette(palette: Palette) -> QPalette:
    """Return Qt's palette in our colours, for what the style sheet does not reach."""
    roles = {
        QPalette.ColorRole.Window: palette.background,
        QPalette.ColorRole.Base: palette.panel,
        QPalette.ColorRole.AlternateBase: palette.hover,
        QPalette.ColorRole.Button: palette.panel,
        QPalette.ColorRole.WindowText: palette.ink,
        QPalette.ColorRole.Text: palette.ink,
        QPalette.ColorRole.ButtonText: palette.ink,
        QPalette.ColorRole.BrightText: palette.accent_text,
        QPalette.ColorRole.PlaceholderText: palette.muted,
        QPalette.ColorRole.Highlight: palette.selection,
        QPalette.ColorRole.HighlightedText: palette.ink,
        QPalette.ColorRole.ToolTipBase: palette.panel,
        QPalette.ColorRole.ToolTipText: palette.ink,
        QPalette.ColorRole.Link: palette.accent,
        QPalette.ColorRole.LinkVisited: palette.accent,
        QPalette.ColorRole.Mid: palette.line,
        QPalette.ColorRole.Midlight: palette.line,
        QPalette.ColorRole.Dark: palette.line,
        QPalette.ColorRole.Light: palette.panel,
        QPalette.ColorRole.Shadow: palette.line,
        QPalette.ColorRole.Accent: palette.accent,
    }
    result = QPalette()
    for role, colour in roles.items():
        result.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.muted))
    return result


class Theme(QObject):
    """The look in force; there is one, `theme`, as there is one application.

    Widgets that paint themselves read `palette` when they paint and call ``update()`` on `changed`.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode = Mode.SYSTEM
        self._palette = LIGHT

    @property
    def mode(self) -> Mode:
        """What the user chose."""
        return self._mode

    def palette(self) -> Palette:
        """Return the colours in force."""
        return self._palette

    def follow_system(self) -> None:
        """Listen for the system's switch between light and dark, which counts while the mode is `Mode.SYSTEM`."""
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    def set_mode(self, mode: Mode) -> None:
        """Choose light, dark or the system's, and restyle the application at once."""
        self._mode = mode
        self._apply(self._wanted())

    def _system_changed(self) -> None:
        if self._mode is Mode.SYSTEM:
            self._apply(self._wanted())

    def _wanted(self) -> Palette:
        if self._mode is Mode.SYSTEM:
            return DARK if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._mode is Mode.DARK else LIGHT

    def _apply(self, palette: Palette) -> None:
        self._palette = palette
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.setPalette(qt_palette(palette))
            application.setStyleSheet(style_sheet(palette))
        self.changed.emit()


theme = Theme()
