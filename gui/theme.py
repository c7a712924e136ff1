"""Colours, fonts and the style of every widget, dark and light. Colours carry one meaning each."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

RADIUS_PX = 6
GAP_PX = 12
STRIP_PX = 10
"""The upper edge of a panel in a dock, in the place of its margin."""
SERIES = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#0072b2", "#d55e00", "#f0e442")
"""The Okabe-Ito palette, for channels overlaid in one plot only."""


@dataclass(frozen=True)
class Theme:
    """Name every colour by what it means. `..._text` is the shade to write words in.

    measured is `text`; baselines and everything of second rank are `secondary`.
    """

    dark: bool
    background: QColor
    panel: QColor
    raised: QColor
    """Buttons, fields and grooves, which stand on a panel."""
    lines: QColor
    grid: QColor
    text: QColor
    secondary: QColor
    prediction: QColor
    prediction_text: QColor
    alarm: QColor
    alarm_text: QColor
    fault: QColor
    fault_text: QColor
    good: QColor
    good_text: QColor
    part: QColor
    """What a prediction is mixed from."""


def _theme(dark: bool, **colours: str) -> Theme:
    return Theme(dark=dark, **{name: QColor(colour) for name, colour in colours.items()})


DARK = _theme(
    True,
    background="#14171c", panel="#1b1f26", raised="#2a303a", lines="#2a303a", grid="#232830",
    text="#e6e9ef", secondary="#9099aa",
    prediction="#56b4e9", prediction_text="#56b4e9",
    alarm="#e69f00", alarm_text="#e69f00",
    fault="#d55e00", fault_text="#f0803c",
    good="#009e73", good_text="#1fb588", part="#cc79a7",
)  # fmt: skip

LIGHT = _theme(
    False,
    background="#eceff3", panel="#ffffff", raised="#e4e8ee", lines="#d3d9e2", grid="#eef1f5",
    text="#1b1f26", secondary="#565f70",
    prediction="#1f8ecd", prediction_text="#0b6aa3",
    alarm="#e69f00", alarm_text="#8a5d00",
    fault="#d55e00", fault_text="#ae4700",
    good="#009e73", good_text="#00704f", part="#b5588c",
)  # fmt: skip

CHOICES: dict[str, Theme | None] = {"system": None, "dark": DARK, "light": LIGHT}
"""What one may choose; None goes with the system."""
_current = DARK
_choice = "system"


def chosen() -> str:
    """Return which of CHOICES was chosen."""
    return _choice


def current() -> Theme:
    """Return the theme in use. A panel that keeps pens compares it by identity at each refresh."""
    return _current


def follow(app: QApplication, choice: str) -> None:
    """Style the application by one of CHOICES, now and whenever the system's scheme changes."""
    app.styleHints().colorSchemeChanged.connect(lambda _: choose(app, _choice))
    choose(app, choice)


def choose(app: QApplication, choice: str) -> None:
    """Use the dark or the light theme, or the one that goes with the system's scheme."""
    global _choice  # noqa: PLW0603  as below
    _choice = choice if choice in CHOICES else "system"
    wanted = CHOICES[_choice] or of_scheme(app.styleHints().colorScheme())
    if wanted is not _current or not app.styleSheet():
        apply(app, wanted)


def of_scheme(scheme: Qt.ColorScheme) -> Theme:
    """Return the theme for a colour scheme; an unknown one gives the dark theme."""
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def apply(app: QApplication, theme: Theme) -> None:
    """Use a theme for every widget of the application."""
    global _current  # noqa: PLW0603  the one switch; everything else reads current()
    _current = theme
    app.setStyle("Fusion")
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))


def as_panel(widget: QWidget) -> None:
    """Draw a widget as one of the window's panels: rounded, with the panel's ground."""
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    set_role(widget, "panel")


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget a look of the style sheet.

    Roles: panel, bar, popup; for labels title, secondary, small, number, old number, prediction,
    alarm, fault, good and pill (a rounded field with a state); for buttons flat. It may be changed
    at any time.
    """
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def text_font(points: float = 10.0, bold: bool = False) -> QFont:
    """Return the face for words."""
    font = QFont(QGuiApplication.font())
    font.setPointSizeF(points)
    font.setBold(bold)
    return font


def number_font(points: float = 9.0) -> QFont:
    """Return a monospaced face, in which changing numbers do not dance."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(points)
    return font


def palette(theme: Theme) -> QPalette:
    """Return the palette for what the style sheet leaves to the Fusion style."""
    found = QPalette()
    role = QPalette.ColorRole
    for name, colour in {
        role.Window: theme.background, role.WindowText: theme.text,
        role.Base: theme.raised, role.AlternateBase: theme.panel, role.Text: theme.text,
        role.Button: theme.raised, role.ButtonText: theme.text,
        role.ToolTipBase: theme.raised, role.ToolTipText: theme.text,
        role.PlaceholderText: theme.secondary, role.Mid: theme.lines,
        role.Highlight: theme.prediction, role.HighlightedText: DARK.background,
        role.Link: theme.prediction_text, role.Accent: theme.prediction,
    }.items():  # fmt: skip
        found.setColor(name, colour)
    for name in (role.Text, role.ButtonText, role.WindowText):
        found.setColor(QPalette.ColorGroup.Disabled, name, theme.secondary)
    return found


def stylesheet(theme: Theme) -> str:
    """Return the style sheet for all widgets."""
    names = {name: value.name() for name, value in vars(theme).items() if name != "dark"}
    mono = number_font().family()
    hover = theme.raised.lighter(118) if theme.dark else theme.raised.darker(106)
    return Template(_SHEET).substitute(
        names, mono=mono, hover=hover.name(), radius=RADIUS_PX, gap=GAP_PX
    )


_SHEET = """
QMainWindow, QDialog, *[role="window"] { background: $background; }
QWidget { color: $text; }
QLabel, QCheckBox, QRadioButton { background: transparent; }
*[role="panel"] { background: $panel; border-radius: ${radius}px; }
*[role="strip"] { background: $panel; border-top-left-radius: ${radius}px;
    border-top-right-radius: ${radius}px; }
*[role="docked"] { background: $panel; border-bottom-left-radius: ${radius}px;
    border-bottom-right-radius: ${radius}px; }
*[role="bar"] { background: $panel; }
*[role="hint"] { background: $raised; }
*[role="popup"] { background: $raised; border: 1px solid $lines; }
QLabel[role="title"] { font-weight: bold; font-size: 11pt; }
QLabel[role="secondary"] { color: $secondary; }
QLabel[role="small"] { color: $secondary; font-size: 8pt; }
QLabel[role="number"] { font-family: "$mono"; }
QLabel[role="old number"] { font-family: "$mono"; color: $secondary; }
QLabel[role="prediction"] { color: $prediction_text; }
QLabel[role="alarm"] { color: $alarm_text; }
QLabel[role="fault"] { color: $fault_text; }
QLabel[role="good"] { color: $good_text; }
QLabel[role="pill"] { background: $raised; border-radius: 10px; padding: 3px 12px; }

QPushButton, QToolButton { background: $raised; border: 1px solid transparent;
    border-radius: ${radius}px; padding: 6px 14px; }
QPushButton:hover, QToolButton:hover { background: $hover; }
QPushButton:pressed, QToolButton:pressed { background: $lines; }
QPushButton:focus, QToolButton:focus { border-color: $prediction; outline: none; }
QPushButton:checked, QToolButton:checked { border-color: $prediction; color: $prediction_text; }
QPushButton:disabled, QToolButton:disabled { color: $secondary; background: $panel; }
QPushButton:default { border-color: $lines; }
*[role="flat"] { background: transparent; padding: 4px 6px; }

QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox { background: $raised; color: $text;
    border: 1px solid transparent; border-radius: 4px; padding: 4px 8px;
    placeholder-text-color: $secondary;
    selection-background-color: $prediction; selection-color: #14171c; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus {
    border-color: $prediction; }
QComboBox QLineEdit { background: transparent; border: none; padding: 0; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $lines;
    selection-background-color: $prediction; selection-color: #14171c; }

QSlider { min-height: 16px; }
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $raised; }
QSlider::sub-page:horizontal { height: 4px; border-radius: 2px; background: $prediction; }
QSlider::sub-page:horizontal:disabled { background: $secondary; }
QSlider::handle:horizontal { width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
    background: $text; }
QSlider::handle:horizontal:focus { background: $prediction; }

QPlainTextEdit, QTextEdit, QListView, QListWidget, QTableView, QTreeView {
    background: transparent; color: $text; border: none; }
QHeaderView::section { background: $panel; color: $secondary; border: none; padding: 4px; }
QScrollArea { background: transparent; border: none; }
QScrollArea > QWidget > QWidget { background: transparent; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $lines; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QTabWidget::pane { border: none; }
QTabBar::tab { background: transparent; color: $secondary; padding: 6px 12px; border: none;
    border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $text; border-bottom-color: $prediction; }
QSplitter::handle, QMainWindow::separator { background: transparent; }
QMainWindow::separator { width: ${gap}px; height: ${gap}px; }
QStatusBar { background: $panel; color: $text; }
QStatusBar::item { border: none; }
QMenu { background: $raised; color: $text; border: 1px solid $lines; padding: 4px; }
QMenu::item { padding: 5px 24px 5px 18px; border-radius: 4px; }
QMenu::item:selected { background: $prediction; color: #14171c; }
QMenu::item:disabled { background: transparent; color: $secondary; }
QToolTip { background: $raised; color: $text; border: 1px solid $lines; padding: 5px 7px; }
"""
