"""The region of interest as text."""

from __future__ import annotations

import pytest

from driftscope.core.errors import ParamError
from driftscope.core.picture_models.cells import CellsParams
from driftscope.core.pictures.region import rectangles, text_of, watched


def test_nothing_means_the_whole_picture() -> None:
    assert rectangles("") == () and watched("").all()


def test_every_cell_touched_is_watched() -> None:
    cells = watched("0,0,50,25; 90,90,100,100")
    assert cells[:4, :8].all() and cells[14:, 14:].all()
    assert cells.sum() == 4 * 8 + 2 * 2


def test_text_and_back() -> None:
    text = "0,0,50,25;90,90.5,100,100"
    assert text_of(rectangles(text)) == text


@pytest.mark.parametrize(
    "text", ["a", "1,2,3", "10,10,5,20", "0,0,101,50", "nan,0,10,10", "1,2,3,4,5"]
)
def test_what_is_no_rectangle_is_said_in_a_sentence(text: str) -> None:
    params = CellsParams()
    params.region = "10,10,20,20"
    with pytest.raises(ParamError, match="rectangle"):
        params.region = text
    assert params.region == "10,10,20,20"


def test_a_long_text_is_not_said_again_as_a_whole() -> None:
    with pytest.raises(ParamError) as told:
        rectangles("1" * 5000)
    assert len(str(told.value)) < 300
