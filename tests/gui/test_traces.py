"""How channels are drawn: plots, colours and ranges, kept and loaded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from driftscope.core.stream import StreamInfo
from driftscope.gui import theme
from driftscope.gui.traces import SAFE, Look, Traces, contrast, visible

INFO = StreamInfo("s", ("a", "b", "c", "d"), ("g", "", "", ""))


@pytest.fixture
def traces(qapp: QApplication) -> Traces:
    return Traces()


@pytest.fixture(params=[theme.DARK, theme.LIGHT], ids=["dark", "light"])
def themed(request, monkeypatch) -> theme.Theme:
    monkeypatch.setattr(theme, "_current", request.param)
    return request.param


def told(traces: Traces) -> list[int]:
    """Return a list that grows by one with each change."""
    found: list[int] = []
    traces.changed.connect(lambda: found.append(1))
    return found


def test_channels_come_each_in_a_plot_of_its_own(traces: Traces) -> None:
    assert traces.plots(INFO) == [[0], [1], [2], [3]]
    assert not traces.overlaid(INFO)


def test_channels_join_and_leave_a_plot(traces: Traces) -> None:
    traces.join(["c"], "a")
    traces.join(["d"], "b")
    assert traces.plots(INFO) == [[0, 2], [1, 3]]
    traces.join(["d"], "a")
    assert traces.plots(INFO) == [[0, 2, 3], [1]]
    traces.change("a", plot="")
    assert traces.plots(INFO) == [[0], [1], [2, 3]]


def test_a_plot_that_was_left_does_not_draw_its_old_members_in(traces: Traces) -> None:
    """b left the plot it had begun: what joins it now must not join the others."""
    traces.join(["a"], "b")
    traces.change("b", plot="")
    traces.join(["c"], "b")
    assert traces.plots(INFO) == [[0], [1, 2], [3]]


def test_all_in_one_plot_and_back(traces: Traces) -> None:
    traces.change("b", hidden=True)
    traces.overlay(INFO)
    assert traces.plots(INFO) == [[0, 2, 3]] and traces.overlaid(INFO)
    traces.separate()
    assert traces.plots(INFO) == [[0], [2], [3]]
    assert traces.look("b").hidden


def test_each_change_is_told_once_and_none_is_not(traces: Traces) -> None:
    changes = told(traces)
    traces.change_all(INFO.channels, hidden=True)
    traces.change_all(INFO.channels, hidden=True)
    traces.change("a", unit="")
    assert changes == [1]


def test_a_refused_change_leaves_all_as_it_was(traces: Traces) -> None:
    traces.change("a", low=0.0, high=2.0)
    with pytest.raises(ValueError, match="must end above its beginning: 3 is not below 2"):
        traces.change_all(["b", "a"], low=3.0)
    assert traces.as_dict() == {"a": {"low": 0.0, "high": 2.0}}


@pytest.mark.parametrize(
    ("kept", "sentence"),
    [
        ({"a": {"colour": "orangish"}}, "Channel 'a': 'orangish' is no colour: write it as #"),
        ({"a": {"colour": "transparent"}}, "is no colour"),
        ({"a": {"low": float("nan")}}, "Channel 'a': A range ends at a number, not at nan."),
        ({"a": {"high": 10**400}}, "A range ends at a number"),
        ({"a": {"high": "3"}}, "A range ends at a number, not at '3'."),
        ({"a": {"low": True}}, "A range ends at a number, not at True."),
        ({"a": {"low": 2, "high": 1}}, "must end above its beginning: 2 is not below 1"),
        ({"a": {"hidden": "yes"}}, "hidden must be true or false, not 'yes'."),
        ({"a": {"plot": 1}}, "plot must be a text, not 1."),
        ({"a": {"unit": None}}, "unit must be a text, not None."),
        ({"a": {"color": "#ffffff"}}, "Channel 'a' has no 'color'; there are colour, hidden"),
        ({"a": 5}, "Channel 'a' needs a table such as { hidden = true }."),
        ({3: {}}, "Channel 3 needs a table"),
    ],
)
def test_what_cannot_be_drawn_is_named_and_nothing_changes(
    traces: Traces, kept: Any, sentence: str
) -> None:
    traces.change("b", hidden=True)
    changes = told(traces)
    with pytest.raises(ValueError) as error:
        traces.load({"z": {"hidden": True}, **kept})
    assert sentence in str(error.value) and str(error.value).endswith(".")
    assert traces.as_dict() == {"b": {"hidden": True}} and not changes


numbers = some.none() | some.floats(-1e300, 1e300) | some.integers(-(10**18), 10**18)
colours = some.just("") | some.from_regex("#[0-9a-f]{6}", fullmatch=True)
looks = some.builds(
    lambda ends, **rest: Look(low=ends[0], high=ends[1], **rest),
    some.tuples(numbers, numbers).filter(lambda e: None in e or e[0] < e[1]),
    hidden=some.booleans(), plot=some.text(max_size=9), colour=colours, unit=some.text(max_size=9),
)  # fmt: skip


@given(kept=some.dictionaries(some.text(max_size=20), looks, max_size=6))
def test_what_is_kept_loads_as_it_was(qapp: QApplication, kept: dict[str, Look]) -> None:
    one, two = Traces(), Traces()
    for name, look in kept.items():
        one.change(name, **asdict(look))
    two.change("gone", hidden=True)
    two.load(one.as_dict())
    assert two.as_dict() == one.as_dict()
    assert all(two.look(name) == look for name, look in kept.items())
    assert not two.look("gone").hidden or "gone" in kept


@pytest.mark.parametrize("name", SAFE)
def test_colours_to_choose_from_stand_out_from_either_ground(name: str) -> None:
    for ground in (theme.DARK.panel, theme.LIGHT.panel):
        assert contrast(QColor(SAFE[name]), ground) >= 3


@given(some.from_regex("#[0-9a-f]{6}", fullmatch=True))
def test_any_chosen_colour_is_made_to_stand_out(chosen: str) -> None:
    for ground in (theme.DARK.panel, theme.LIGHT.panel):
        assert contrast(visible(QColor(chosen), ground), ground) >= 3


def test_overlaid_channels_differ_by_colour_then_by_dashes(
    traces: Traces, themed: theme.Theme
) -> None:
    found = [traces.colour("a", place) for place in range(8)]
    assert len({(colour.name(), dashed) for colour, dashed in found}) == 8
    assert found[0] == (themed.text, False)
    assert all(contrast(colour, themed.panel) >= 3 for colour, _ in found)


def test_a_chosen_colour_and_unit_take_the_place_of_what_comes(traces: Traces) -> None:
    traces.change("a", colour=SAFE["violet"], unit="m/s²")
    assert traces.colour("a", 5)[0].name() == SAFE["violet"]
    assert [traces.unit(INFO, k) for k in (0, 1)] == ["m/s²", ""]
