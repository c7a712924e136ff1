"""Open the window."""

from __future__ import annotations

import os
import signal
import sys
from importlib import resources

from driftscope.core.capture.wheel import wrong_wheel
from driftscope.core.signals import SIGNALS
from driftscope.gui.display import why_no_window


def run(
    sources: list[str],
    settings: list[tuple[str, str]],
    profile_path: str | None = None,
    state_path: str | None = None,
) -> int:
    """Show the window, connected to `sources` with `settings`, which win over the profile's, and
    go on from a state if its file is there; return the exit status once it is closed."""
    reason = why_no_window() or wrong_wheel()
    if reason:
        print(f"driftscope: {reason}", file=sys.stderr)
        return 2
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    from driftscope.core import address, autosave, going_on, profile_file
    from driftscope.core.errors import DriftscopeError
    from driftscope.gui.profiles import check_looks

    profile, state = None, {}
    try:
        saved = autosave.begin(state_path)
        if saved is not None and profile_path is None:
            sources = sources or saved.addresses()
        if profile_path is not None:
            profile = profile_file.read(profile_path)
            sources = sources or ([] if profile.sources else ["demo:"])
            inputs = profile.inputs(sources, settings)
            check_looks(profile)
        else:
            sources = sources or ["demo:"]
            inputs = address.all_configured(sources, settings)
        if saved is not None:
            state = going_on.fit(saved, inputs, [name for name, _ in settings])
    except DriftscopeError as error:
        print(f"driftscope: {error}", file=sys.stderr)
        return 2
    # the window's own switches between threads: the learner must not hold a frame back
    sys.setswitchinterval(0.001)
    os.environ.setdefault("QT_ENABLE_HIGHDPI_SCALING", "1")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("driftscope")
    app.setApplicationDisplayName("Driftscope")

    from driftscope.gui import theme
    from driftscope.gui.main_window import MainWindow
    from driftscope.gui.preferences import THEME, Preferences
    from driftscope.gui.session import Session

    preferences = Preferences()
    theme.follow(app, preferences.text(THEME))
    app.setWindowIcon(QIcon(str(resources.files("driftscope.resources") / "driftscope.svg")))
    session = Session()
    window = MainWindow(session, preferences)
    if profile is not None:
        window.profiles.begin(profile)
    window.states.begin(state_path, going_on.told(saved, state, inputs) if saved else "")
    window.show()
    # the window first, then the model: loading torch takes two seconds
    QTimer.singleShot(0, lambda: session.connect_made(inputs, state))
    # not at once: the signal may arrive in the middle of a paintEvent
    for number in SIGNALS:
        signal.signal(number, lambda *_: QTimer.singleShot(0, window.close))
    status = app.exec()
    if not session.close():
        os._exit(status)  # a thread that hangs in a driver must not keep a closed window's process
    return status
