"""What tells the program to end from outside."""

from __future__ import annotations

import signal

SIGNALS = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""What ends a run early, after everything was saved; Windows has no SIGHUP."""
