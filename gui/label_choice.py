"""Which column of the shown source holds labels, to be chosen among those there are."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from driftscope.core.errors import ParamError
from driftscope.core.labelling import columns_of
from driftscope.core.sections import StreamParams
from driftscope.gui.column_combo import ColumnCombo
from driftscope.gui.fields import NAME_PX, Field, field
from driftscope.gui.scale import reading
from driftscope.gui.session import Session
from driftscope.gui.widgets import Rule, label

BESIDE = ("label_kind", "label_delay")
AGAIN = " What is chosen opens the source anew, and what was learned of it is forgotten."


class LabelChoice(QWidget):
    """Offer the columns, and once one is chosen what its labels are and how late they come."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        spec = StreamParams.specs()["label"]
        self.combo = ColumnCombo(AGAIN)
        called = label(spec.label, "title")
        called.setFixedWidth(NAME_PX)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(called)
        row.addWidget(self.combo, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addLayout(row)
        self.fields: dict[str, Field] = {}
        for name in BESIDE:
            made = StreamParams.specs()[name]
            self.fields[name] = field(made, reading(f"stream.{name}", made, session))
            self.fields[name].turned.connect(lambda value, name=name: self._turn(name, value))
            rows.addWidget(self.fields[name])
        rows.addWidget(Rule())
        self.combo.activated.connect(lambda _: self._turn("label", self.combo.chosen))
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen, among the columns there are now."""
        params = self.session.params.sections.get("stream")
        session = self.session
        if not isinstance(params, StreamParams) or session.address in ("", "-"):
            self.hide()  # what is read from a pipe is gone
            return
        self.setVisible(session.info is not None or bool(params.label))
        device = self.session.shown.device
        self.combo.offer(columns_of(session.info, device), params.label)
        for name, made in self.fields.items():
            made.setVisible(bool(params.label))
            made.show_value(getattr(params, name))

    def _turn(self, name: str, value: object) -> None:
        """Take another choice, and open the source anew with it."""
        params = self.session.params
        before = params.get(f"stream.{name}")
        try:
            params.set(f"stream.{name}", value)
        except ParamError:
            shown = self.fields[name]
            read = reading(f"stream.{name}", shown.spec, self.session)
            shown.refuse(read.refusal(shown.name, before))
            return
        if name in self.fields:
            self.fields[name].refuse("")
        if params.get(f"stream.{name}") != before:
            self.session.open_again()
