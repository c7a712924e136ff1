"""Fields made from declarations: every parameter of a section draws itself."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from driftscope.core.errors import ParamError
from driftscope.core.health import Health
from driftscope.core.params import ParamSet, Spec, Value
from driftscope.core.stream import StreamInfo
from driftscope.gui import theme
from driftscope.gui.scale import STEPS, Reading, Scale, reading
from driftscope.gui.widgets import Combo, Slider, Tick, label, set_text

NAMES = {"mlp": "MLP", "gru": "GRU", "tcn": "TCN", "sgd": "SGD", "adam": "Adam", "ar": "AR"}

NAME_PX = 76


class Turned(Protocol):
    """What of a session the form works on."""

    info: StreamInfo | None
    health: Health
    params: ParamSet

    def set_param(self, name: str, value: object) -> None: ...


class Field(QWidget):
    """One parameter: its name, what turns it, and below a sentence if a value is refused."""

    turned = Signal(object)
    """A value the user asks for, not checked yet."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.name = spec.label or spec.name.replace("_", " ").capitalize()
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.refused = label(role="fault", wrap=True)
        self.refused.hide()
        unit = f" It is{spec.range_text()}." if spec.low is not None else ""
        self.setToolTip(f"{spec.help}{unit}" if spec.help else unit.strip())

    def show_value(self, value: Value) -> None:
        """Show what the parameter is now."""
        raise NotImplementedError

    def refuse(self, why: str) -> None:
        """Show why a value was not taken; "" takes the sentence away."""
        set_text(self.refused, why)
        self.refused.setVisible(bool(why))

    def _accessible(self, control: QWidget) -> None:
        control.setAccessibleName(self.name)
        control.setAccessibleDescription(self.spec.help)


class SliderField(Field):
    """A number: a slider that acts at once, and its value beside it, which can be typed."""

    def __init__(self, spec: Spec, reading: Reading) -> None:
        super().__init__(spec)
        self.reading = reading
        self.scale = Scale(spec, reading.backwards)
        self.slider = Slider(STEPS, self.scale.beside, self.scale.position(spec.default))
        self.typed = QLineEdit()
        self.typed.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.typed.setFont(theme.number_font(10))
        self.typed.setFixedWidth(150)
        self.typed.setFixedHeight(18)
        self.typed.setTextMargins(0, 0, -3, 0)
        self.typed.setStyleSheet("padding: 0;")
        self.typed.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.set_role(self.typed, "flat")
        self._accessible(self.slider)
        self.typed.setAccessibleName(f"{self.name}, typed")
        self.caption = label(role="small", wrap=True)
        self.caption.hide()
        head = QHBoxLayout()
        head.addWidget(label(self.name, "secondary"))
        head.addStretch()
        head.addWidget(self.typed)
        self.rows.addLayout(head)
        for widget in (self.slider, self.caption, self.refused):
            self.rows.addWidget(widget)
        self.slider.valueChanged.connect(self._moved)
        self.slider.reset.connect(lambda: self._ask(self.spec.default))
        self.typed.editingFinished.connect(self._entered)

    def show_value(self, value: Value) -> None:
        if self.scale.value(self.slider.value()) != value and not self.slider.isSliderDown():
            self.slider.blockSignals(True)
            self.slider.setValue(self.scale.position(value))
            self.slider.blockSignals(False)
        text = self.reading.text(value)
        if not self.typed.isModified() and self.typed.text() != text:
            self.typed.setText(text)
            self.slider.setAccessibleDescription(f"{text}. {self.spec.help}")
        caption = self.reading.caption(value)
        set_text(self.caption, caption)
        self.caption.setVisible(bool(caption))

    def _moved(self, position: int) -> None:
        self._ask(self.scale.value(position))

    def _entered(self) -> None:
        if self.typed.isModified():
            self._ask(self.reading.parse(self.typed.text()))

    def _ask(self, value: object) -> None:
        self.typed.setModified(False)
        self.turned.emit(value)


class ChoiceField(Field):
    """One of several words."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.combo = Combo()
        for option in spec.options():
            self.combo.addItem(NAMES.get(option, option.replace("_", " ").capitalize()), option)
        self._accessible(self.combo)
        row = QHBoxLayout()
        row.setSpacing(8)
        name = label(self.name, "secondary")
        name.setFixedWidth(NAME_PX)
        row.addWidget(name)
        row.addWidget(self.combo)
        self.rows.addLayout(row)
        self.rows.addWidget(self.refused)
        self.combo.activated.connect(lambda _: self.turned.emit(self.combo.currentData()))

    def show_value(self, value: Value) -> None:
        place = self.combo.findData(value)
        if place != self.combo.currentIndex() and not self.combo.view().isVisible():
            self.combo.setCurrentIndex(place)


class SwitchField(Field):
    """Yes or no."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.box = Tick(self.name)
        self._accessible(self.box)
        self.rows.addWidget(self.box)
        self.rows.addWidget(self.refused)
        self.box.clicked.connect(self._clicked)

    def show_value(self, value: Value) -> None:
        self.box.setChecked(bool(value))

    def _clicked(self, on: bool) -> None:
        self.turned.emit(on)


class TextField(Field):
    """Any text, or a number that is typed since it starts something anew."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.line = QLineEdit()
        self._accessible(self.line)
        name = label(self.name, "secondary")
        name.setFixedWidth(NAME_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(name)
        row.addWidget(self.line, 1)
        self.rows.addLayout(row)
        self.rows.addWidget(self.refused)
        self.line.editingFinished.connect(self._entered)

    def show_value(self, value: Value) -> None:
        if not self.line.isModified() and self.line.text() != str(value):
            self.line.setText(str(value))

    def _entered(self) -> None:
        if self.line.isModified():
            self.line.setModified(False)
            self.turned.emit(self.line.text())


def field(spec: Spec, reading: Reading) -> Field:
    """Return the field that suits a declaration.

    What starts something anew is no slider: each position passed would start it.
    """
    if spec.type is bool:
        return SwitchField(spec)
    if spec.options():
        return ChoiceField(spec)
    ranged = spec.low is not None and spec.high is not None
    if spec.type in (int, float) and ranged and spec.live:
        return SliderField(spec, reading)
    return TextField(spec)


class ParamForm(QWidget):
    """Every visible parameter of some sections; follows the session, however one is turned."""

    def __init__(self, session: Turned, sections: tuple[str, ...]) -> None:
        super().__init__()
        self.session = session
        self.sections = sections
        self.fields: dict[str, Field] = {}
        self._made: list[tuple[str, Spec]] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self.refresh()

    def refresh(self) -> None:
        """Show every value as it is now; make the fields anew if there are others."""
        found = [
            (full, spec, value)
            for full, spec, value in self.session.params
            if full.split(".")[0] in self.sections and not spec.hidden
        ]
        made = [(full, spec) for full, spec, _ in found]
        if made != self._made:
            self._build(made)
        for full, _, value in found:
            self.fields[full].show_value(value)

    def _build(self, made: list[tuple[str, Spec]]) -> None:
        """Make the fields that are new and drop those that are gone; the others stay in use."""
        before, self._made = dict(self._made), made
        kept = {full for full, spec in made if before.get(full) == spec}
        for full in before.keys() - kept:
            old = self.fields.pop(full)
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        for place, (full, spec) in enumerate(made):
            if full not in kept:
                new = field(spec, reading(full, spec, self.session))
                new.turned.connect(lambda value, name=full: self._turn(name, value))
                self.fields[full] = new
                self._rows.insertWidget(place, new)
        self.fields = {full: self.fields[full] for full, _ in made}

    def _turn(self, full: str, value: object) -> None:
        field = self.fields[full]
        try:
            self.session.set_param(full, value)
            field.refuse("")
        except ParamError as error:
            field.refuse(str(error))
        field.show_value(self.session.params.get(full))
