"""Images of arrays: red stays red, and nothing goes away under them."""

from __future__ import annotations

import gc

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor

from driftscope.gui.heat import INKS, heat_image, outline
from driftscope.gui.pixels import image_of


def test_red_is_red_and_a_picture_is_not_upside_down() -> None:
    pixels = np.zeros((3, 5, 3), np.uint8)
    pixels[0, 4] = (250, 20, 10)
    image = image_of(pixels)
    assert (image.width(), image.height()) == (5, 3)
    assert QColor(image.pixel(4, 0)).getRgb() == (250, 20, 10, 255)
    assert QColor(image.pixel(0, 2)).getRgb() == (0, 0, 0, 255)


def test_an_image_outlives_the_array_it_was_made_of() -> None:
    images = []
    for k in range(20):
        pixels = np.full((240, 320, 3), (k, 100, 200), np.uint8)
        images.append(image_of(pixels))
        pixels[:] = 255
        del pixels
    gc.collect()
    other = [np.full((240, 320, 3), 77, np.uint8) for _ in range(40)]  # takes the freed memory
    assert [QColor(image.pixel(160, 120)).getRgb()[:3] for image in images] == [
        (k, 100, 200) for k in range(20)
    ]
    assert len(other) == 40


def test_a_picture_that_is_no_whole_array_is_taken_too() -> None:
    whole = np.zeros((40, 60, 3), np.uint8)
    whole[10:20, 30:40] = (9, 8, 7)
    image = image_of(whole[10:20, 30:40])
    assert QColor(image.pixel(9, 9)).getRgb()[:3] == (9, 8, 7)


def test_much_smaller_ones_are_means_not_samples() -> None:
    stripes = np.zeros((90, 160, 3), np.uint8)
    stripes[:, ::2] = 200
    image = image_of(stripes, shrink=4)
    assert (image.width(), image.height()) == (40, 22)
    assert abs(QColor(image.pixel(20, 10)).red() - 100) <= 2


def test_heat_is_transparent_where_usual_and_lighter_where_more_unusual() -> None:
    heat = np.zeros((16, 16), np.float32)
    heat[1:4, 2:5], heat[10, 10] = 30.0, np.nan
    image = heat_image(heat)
    middle = QColor.fromRgba(image.pixel(3 * 8 + 4, 2 * 8 + 4))
    assert image.pixelColor(100, 100).alpha() == 0
    assert image.pixelColor(84, 84).alpha() == 0  # what is not known is not coloured
    assert middle.alpha() == 255 and middle.name() == "#f0e442"
    inks = [QColor.fromRgba(int(ink)) for ink in INKS[128:]]
    lightness = [ink.lightnessF() + 0.5 * ink.greenF() for ink in inks]
    assert lightness[0] < lightness[64] < lightness[-1]


def test_the_outline_goes_round_what_is_clearly_unusual() -> None:
    heat = np.zeros((16, 16), np.float32)
    heat[0, 0] = heat[0, 1] = 9.0
    lines = outline(heat, QRectF(10, 20, 160, 160))
    xs = {point for line in lines for point in (line.x1(), line.x2())}
    ys = {point for line in lines for point in (line.y1(), line.y2())}
    assert (min(xs), max(xs), min(ys), max(ys)) == (10, 30, 20, 30)
    assert len(lines) == 6
    assert outline(np.zeros((16, 16), np.float32), QRectF(0, 0, 160, 160)) == []
