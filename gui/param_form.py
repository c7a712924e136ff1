"""Fields made from declarations: every parameter of a section draws itself."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from driftscope.core.errors import ParamError
from driftscope.core.params import Spec
from driftscope.gui.fields import Field, field
from driftscope.gui.fold import Fold
from driftscope.gui.scale import reading
from driftscope.gui.watched import Watched

DEVICE = "learner.device"
MORE, MORE_TIP = "More settings", "Show what is seldom turned, or fold it away."


class ParamForm(QWidget):
    """Every visible parameter of some sections; follows the session, however one is turned.

    Those named in `elsewhere` are turned by other means; those whose names begin as one of
    `seldom` does are folded away. With `live` there are only those that act while it runs.
    """

    def __init__(
        self,
        session: Watched,
        sections: tuple[str, ...],
        elsewhere: tuple[str, ...] = (),
        live: bool = False,
        seldom: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.session = session
        self.sections = sections
        self.elsewhere = elsewhere
        self.live = live
        self.seldom = seldom
        self.fields: dict[str, Field] = {}
        self._made: list[tuple[str, Spec]] = []
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(3)
        self.more = Fold(MORE, MORE_TIP)
        self._rows.addWidget(self.more)
        self.refresh()

    def refresh(self) -> None:
        """Show every value as it is now; make the fields anew if there are others."""
        found = [
            (full, spec, value)
            for full, spec, value in self.session.params
            if full.split(".")[0] in self.sections and not spec.hidden
            if full not in self.elsewhere and (spec.live or not self.live)
            if full != DEVICE or len(spec.options()) > 1  # it is no choice where there is one
        ]
        made = [(full, spec) for full, spec, _ in found]
        if made != self._made:
            self._build(made)
        for full, _, value in found:
            self.fields[full].show_value(value)
        self.more.tell(
            sum(self._folded(full) and value != spec.default for full, spec, value in found)
        )

    def _build(self, made: list[tuple[str, Spec]]) -> None:
        """Make the fields that are new and drop those that are gone; the others stay in use."""
        before, self._made = dict(self._made), made
        kept = {full for full, spec in made if before.get(full) == spec}
        for full in before.keys() - kept:
            old = self.fields.pop(full)
            self._into(full).removeWidget(old)
            old.hide()
            old.deleteLater()
        self.more.setVisible(any(self._folded(full) for full, _ in made))
        places = {self._rows: 0, self.more.rows: 0}
        for full, spec in made:
            rows = self._into(full)
            if full not in kept:
                new = field(spec, reading(full, spec, self.session))
                new.turned.connect(lambda value, name=full: self._turn(name, value))
                self.fields[full] = new
                rows.insertWidget(places[rows], new)
            places[rows] += 1
        self.fields = {full: self.fields[full] for full, _ in made}

    def _folded(self, full: str) -> bool:
        return full.startswith(self.seldom)

    def _into(self, full: str) -> QVBoxLayout:
        """Return the layout a parameter stands in."""
        return self.more.rows if self._folded(full) else self._rows

    def _turn(self, full: str, value: object) -> None:
        field = self.fields[full]
        try:
            self.session.set_param(full, value)
            field.refuse("")
        except ParamError:
            written = reading(full, field.spec, self.session)
            field.refuse(written.refusal(field.name, self.session.params.get(full)))
        field.show_value(self.session.params.get(full))
