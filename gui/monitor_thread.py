"""The one thread that reads, scores and learns while the window draws."""

from __future__ import annotations

import traceback

from PySide6.QtCore import QThread, Signal

from driftscope.core.errors import DriftscopeError
from driftscope.core.monitor import Monitor


class MonitorThread(QThread):
    """Run a Monitor; touch no widget. `failed` carries a sentence for the user."""

    failed = Signal(str)

    def __init__(self, monitor: Monitor) -> None:
        super().__init__()
        self.setObjectName("monitor")
        self.monitor = monitor

    def run(self) -> None:
        try:
            self.monitor.run()
        except DriftscopeError as error:
            self.failed.emit(str(error))
        except Exception as error:  # the one catch: a fault of ours must not take the window down
            traceback.print_exc()
            self.failed.emit(
                f"Driftscope itself failed: {type(error).__name__}: {error}. What was learned up "
                "to then is lost; connect again, and please report it with the text printed in "
                "the terminal."
            )
