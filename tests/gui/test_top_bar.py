"""The bar above: what it leaves out where it is narrow, and what its log button shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from driftscope.gui.session import Session
from driftscope.gui.top_bar import TopBar


@pytest.fixture
def bar(session: Session, qtbot) -> Iterator[TopBar]:
    made = TopBar(session)
    qtbot.addWidget(made)
    made.refresh()
    made.show()
    yield made
    made.close()


def left_out(bar: TopBar) -> list[str]:
    spare = (bar.more, bar.save, bar.anything)
    return [button.text() for button in spare if button.isHidden()]


def test_what_menus_have_too_is_left_out_where_there_is_no_room(bar: TopBar) -> None:
    bar.resize(2000, bar.height())
    assert left_out(bar) == []
    seen = []
    for width in range(1600, 880, -20):
        bar.resize(width, bar.height())
        bar.refresh()
        if left_out(bar) not in seen:
            seen.append(left_out(bar))
        row = bar.layout()
        assert row is not None and row.minimumSize().width() <= bar.width()
    more, save, anything = bar.more.text(), bar.save.text(), bar.anything.text()
    assert seen[:3] == [[], [anything], [save, anything]]
    assert seen[3:] in ([], [[more, save, anything]])
    bar.resize(2000, bar.height())
    assert left_out(bar) == []


def test_the_log_button_shows_whether_one_is_written(bar: TopBar) -> None:
    width = bar.log.width()
    for running, possible, text, enabled in (
        (False, False, "Log to CSV", False),
        (False, True, "Log to CSV", True),
        (True, True, "End log", True),
        (True, False, "End log", True),
    ):
        bar.show_log(running, possible)
        assert (bar.log.text(), bar.log.isChecked()) == (text, running)
        assert bar.log.isEnabled() is enabled and bar.log.width() == width
