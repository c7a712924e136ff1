"""The themes: legible in both, complete, and switched in one place."""

import pytest
from PySide6.QtGui import QColor

from driftscope.gui import theme
from driftscope.gui.traces import OVERLAID_DARK, OVERLAID_LIGHT


def luminance(colour: QColor) -> float:
    """Return the relative luminance as WCAG 2.2 defines it."""
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: QColor, other: QColor) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["DARK", "LIGHT"])
def test_every_text_stands_out_from_its_ground(name: str) -> None:
    found = getattr(theme, name)
    words = ["text", "secondary"] + [n for n in vars(found) if n.endswith("_text")]
    for word in words:
        for ground in (found.panel, found.background, found.raised):
            assert contrast(getattr(found, word), ground) >= 4.5, word


@pytest.mark.parametrize("look, colours", [("DARK", OVERLAID_DARK), ("LIGHT", OVERLAID_LIGHT)])
def test_overlaid_channels_are_not_taken_for_a_prediction(look: str, colours: list[str]) -> None:
    found = getattr(theme, look)
    taken = found.prediction.hslHue()
    for colour in filter(None, colours):
        assert contrast(QColor(colour), found.panel) >= 3.0
        assert abs(QColor(colour).hslHue() - taken) >= 30


@pytest.mark.parametrize("name", ["DARK", "LIGHT"])
def test_the_style_sheet_leaves_no_name_open(name: str) -> None:
    assert "$" not in theme.stylesheet(getattr(theme, name))


def test_applying_changes_what_is_current(qapp) -> None:
    before = theme.current()
    try:
        theme.apply(qapp, theme.LIGHT)
        assert theme.current() is theme.LIGHT
        assert qapp.palette().window().color() == theme.LIGHT.background
    finally:
        theme.apply(qapp, before)
