"""What the palette finds: every action, every parameter with a value typed behind its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from driftscope.core.errors import ParamError
from driftscope.core.params import Spec
from driftscope.gui.actions import Actions
from driftscope.gui.scale import Reading, option_name, reading
from driftscope.gui.watched import Watched


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the palette: `act` does it, or `fill` is what is then typed, to go on from.

    One that cannot be done now says why in `note`.
    """

    title: str
    group: str
    keys: str
    act: Callable[[], object]
    possible: bool = True
    note: str = ""
    fill: str = ""


def found(typed: str, actions: Actions, session: Watched) -> list[Finding]:
    """Return what a typed text may mean, the best first; everything for an empty one."""
    everything = [*_actions(actions), *_numbers(session), *_choices(session)]
    words = typed.lower().split()
    if not words:
        return sorted(everything, key=lambda each: not each.possible)
    ranked = [(_rank(words, each), place, each) for place, each in enumerate(everything)]
    fitting = sorted((each for each in ranked if each[0] is not None), key=_order)
    return [*_settings(words, session), *(finding for _, _, finding in fitting)]


def _actions(actions: Actions) -> Iterator[Finding]:
    native = QKeySequence.SequenceFormat.NativeText
    for action in actions.all():
        if not action.isVisible():  # a place of a list that is not as long now
            continue
        keys = ", ".join(each.toString(native) for each in action.shortcuts())
        on = "on" if action.isCheckable() and action.isChecked() else ""
        yield Finding(
            action.text().replace("&", ""), str(action.data()), keys, action.trigger,
            action.isEnabled(), on,
        )  # fmt: skip


def _numbers(session: Watched) -> Iterator[Finding]:
    """Give each parameter that is a number, to type a value behind its name."""
    for full, spec, value in session.params:
        if not spec.hidden and not spec.options() and spec.type in (int, float):
            now = reading(full, spec, session).text(value)
            fill = f"{_name(spec)} "
            yield Finding(f"{_name(spec)}…", "Set", now, lambda: None, fill=fill)


def _choices(session: Watched) -> Iterator[Finding]:
    """Give each value of every parameter that is chosen from a few: 'Model: GRU'."""
    for full, spec, value in session.params:
        if spec.hidden or not full.startswith(("learner.", "model.", "detector.")):
            continue
        options = spec.options() or ((True, False) if spec.type is bool else ())
        for option in options:
            if option != value:
                word = option_name(option) if isinstance(option, str) else "on" * option or "off"
                yield Finding(f"{_name(spec)}: {word}", "Set", "", _setter(session, full, option))


def _settings(words: list[str], session: Watched) -> Iterator[Finding]:
    """Give what 'learning rate 0.3' means: the last word or two are a value, the others a name."""
    for many in (1, 2):
        if len(words) <= many:
            return
        name, value = words[:-many], " ".join(words[-many:])
        for full, spec, _ in session.params:
            called = f"{_name(spec).lower()} {full}"
            if spec.hidden or spec.options() or not any(map(str.isdigit, value)):
                continue
            if all(word in called for word in name):
                written = reading(full, spec, session)
                yield _setting(session, full, written, value)


def _setting(session: Watched, full: str, written: Reading, value: str) -> Finding:
    spec = written.spec
    try:
        taken = spec.parse(written.parse(value), full)
    except ParamError:
        why = written.refusal(_name(spec), session.params.get(full))
        return Finding(f"{_name(spec)}: {value}", "Set", "", lambda: None, False, why)
    title = f"{_name(spec)}: {written.text(taken)}"
    return Finding(title, "Set", "", _setter(session, full, taken))


def _setter(session: Watched, full: str, value: object) -> Callable[[], object]:
    return lambda: session.set_param(full, value)


def _name(spec: Spec) -> str:
    return spec.label or spec.name.replace("_", " ").capitalize()


def _rank(words: list[str], finding: Finding) -> int | None:
    """Return how well it fits, 0 best; None if a word is missing."""
    title, group = finding.title.lower(), finding.group.lower()
    if not all(word in title or word in group for word in words):
        return None
    if title.startswith(words[0]):
        return 0
    return 1 if all(f" {word}" in f" {title}" for word in words) else 2


def _order(ranked: tuple[int | None, int, Finding]) -> tuple[bool, int, int]:
    rank, place, finding = ranked
    return not finding.possible, rank or 0, place
