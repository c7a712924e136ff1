"""The field of one parameter, made from its declaration."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from driftscope.core.pacing import speed_text
from driftscope.core.params import Spec, Value
from driftscope.gui import theme
from driftscope.gui.scale import GOOD_FOR, STEPS, Reading, Scale, good_for, option_name
from driftscope.gui.slider import Slider
from driftscope.gui.widgets import Combo, Tick, label, set_text

NAME_PX = 104
SPEEDS = {"1": "as recorded", "10": "10 times", "max": "at full speed"}
TIMES = " times"
BAUDS = (
    9600, 19_200, 38_400, 57_600, 115_200, 230_400, 250_000, 460_800, 500_000, 921_600,
    1_000_000, 2_000_000, 3_000_000,
)  # fmt: skip


class Field(QWidget):
    """One parameter: its name, what turns it, and below a sentence if a value is refused."""

    turned = Signal(object)
    """A value the user asks for, not checked yet."""

    def __init__(self, spec: Spec) -> None:
        super().__init__()
        self.spec = spec
        self.name = spec.label or spec.name.replace("_", " ").capitalize()
        self.called = label(self.name, "secondary")
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

    def head(self) -> None:
        """Have the name be a heading: it is all there is under it."""
        theme.set_role(self.called, "title")

    def _row(self, control: QWidget) -> None:
        """Put what turns it beside its name, and below the sentence for what is refused."""
        self.called.setFixedWidth(NAME_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.called)
        row.addWidget(control, 1)
        self.rows.addLayout(row)
        self.rows.addWidget(self.refused)

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
        head.addWidget(self.called)
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
        known = list(GOOD_FOR)  # the plain ones come first
        for option in sorted(spec.options(), key=lambda o: known.index(o) if o in known else 99):
            self.combo.addItem(option_name(option), option)
            tip = good_for(option)
            self.combo.setItemData(self.combo.count() - 1, tip or None, Qt.ItemDataRole.ToolTipRole)
        self._accessible(self.combo)
        self._row(self.combo)
        self.combo.activated.connect(lambda _: self.turned.emit(self.combo.currentData()))

    def show_value(self, value: Value) -> None:
        place = self.combo.findData(value)
        if place != self.combo.currentIndex() and not self.combo.view().isVisible():
            self.combo.setCurrentIndex(place)
            good = good_for(str(value))
            self.combo.setToolTip(f"{option_name(str(value))}: {good}" if good else "")


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
        self._row(self.line)
        if spec.unit and spec.unit not in self.name.lower():
            self._show_unit(spec.unit)
        self.line.editingFinished.connect(self._entered)

    def show_value(self, value: Value) -> None:
        auto = self.spec.auto is not None and value == self.spec.auto
        text = "auto" if auto else str(value)
        if not self.line.isModified() and self.line.text() != text:
            self.line.setText(text)

    def _show_unit(self, unit: str) -> None:
        """Write the unit at the right end of the line, where no typed text runs over it."""
        shown = label(unit, "small")
        shown.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        within = QHBoxLayout(self.line)
        within.setContentsMargins(0, 0, 8, 0)
        within.addWidget(shown, 0, Qt.AlignmentFlag.AlignRight)
        self.line.setTextMargins(0, 0, shown.sizeHint().width() + 4, 0)

    def _entered(self) -> None:
        if self.line.isModified():
            self.line.setModified(False)
            self.turned.emit(self.line.text())


class BaudField(Field):
    """A baud rate: one of the usual ones, or any number."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.combo = Combo()
        self.combo.setEditable(True)
        self.combo.addItems([str(baud) for baud in BAUDS])
        self._accessible(self.combo)
        self._row(self.combo)
        self.combo.editTextChanged.connect(self._edited)

    def show_value(self, value: Value) -> None:
        if self.combo.currentText() != str(value) and not self.refused.isVisible():
            self.combo.blockSignals(True)
            self.combo.setEditText(str(value))
            self.combo.blockSignals(False)

    def _edited(self, text: str) -> None:
        self.turned.emit(text)


class SpeedField(Field):
    """How fast something is played: one of the usual speeds in words, or any number."""

    def __init__(self, spec: Spec) -> None:
        super().__init__(spec)
        self.combo = Combo()
        self.combo.setEditable(True)
        self.typed = QLineEdit()
        self.combo.setLineEdit(self.typed)
        self.combo.addItems(list(SPEEDS.values()))
        self._accessible(self.combo)
        self._row(self.combo)
        self.combo.activated.connect(lambda _: self._chosen())
        self.typed.setAccessibleName(f"{self.name}, typed")
        self.typed.editingFinished.connect(self._chosen)

    def show_value(self, value: Value) -> None:
        text = SPEEDS.get(str(value), f"{value}{TIMES}")
        if self.typed.text() != text and not self.typed.isModified():
            self.combo.setEditText(text)

    def _chosen(self) -> None:
        text = self.combo.currentText().strip()
        self.typed.setModified(False)
        said = {words: speed for speed, words in SPEEDS.items()}
        self.turned.emit(said.get(text) or text.removesuffix(TIMES).removesuffix("x").strip())


def field(spec: Spec, reading: Reading) -> Field:
    """Return the field that suits a declaration.

    What starts something anew is no slider: each position passed would start it.
    """
    if spec.type is bool:
        return SwitchField(spec)
    if spec.read is speed_text:
        return SpeedField(spec)
    if spec.options():
        return ChoiceField(spec)
    ranged = spec.low is not None and spec.high is not None
    if spec.type in (int, float) and ranged and spec.live:
        return SliderField(spec, reading)
    return TextField(spec)
