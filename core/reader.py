"""The reader: one thread that owns one device, stamps what comes and queues it."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from driftscope.core.errors import DriftscopeError, LinkLost, SourceError
from driftscope.core.health import LinkState
from driftscope.core.interfaces import Device, Source, Transport
from driftscope.core.mailbox import Mailbox
from driftscope.core.messages import (
    Ended,
    Failed,
    Items,
    Link,
    Lost,
    Message,
    Note,
    Opened,
    Raw,
)
from driftscope.core.sending import Sending
from driftscope.core.stream import Block, Item
from driftscope.core.tap import Tap
from driftscope.core.wire import Chunk

FIRST_WAIT_S = 0.5
"""Before a lost device is opened again: doubled each time, up to its `longest_wait_s`."""
PATIENCE_S = 0.3
"""How long a device may take to come back by itself when the reader is stopped."""
MESSAGE_BYTES = 200
"""About what a message costs beside the data in it."""


class Reader(threading.Thread):
    """Own one device: open, read, stamp, tap, queue; open it again when it goes away.

    Everything is told to `inbox` as a Message; the last one is Ended or Failed. Of a device that
    does not wait for us, what the inbox has no room for is told as Lost once it is half empty
    again; any other device waits. Chunks are numbered from 0 over all re-openings, and the lost
    ones leave a hole. `release`, `send`, `cancel` and `stop` may be called from any thread.
    """

    def __init__(
        self,
        key: str,
        device: Device,
        inbox: Mailbox[Message],
        tap: Tap | None = None,
    ) -> None:
        super().__init__(name=f"reader of {key}", daemon=True)
        self.key = key
        self.device = device
        self.takes_turns = False
        """True if others read beside it: a file then waits until its last samples were worked
        off, or what a camera gives would stand behind all that a file can queue."""
        self.cancelled = False
        self._inbox = inbox
        self._tap = tap
        self._sending = Sending(device)
        self._number = 0
        self._state: LinkState = "closed"
        self._lost_bytes = 0
        self._lost_samples = 0
        self._released = False
        self._stopped = False
        self._wake = threading.Event()

    def release(self, released: bool) -> None:
        """Let the device go so that another program can have it, or take it again.

        Only devices that do not wait for us: anything else would start from its beginning.
        """
        if self.device.live:
            self._released = released
            self._wake.set()

    def send(self, data: bytes) -> None:
        """Have bytes written to the device between two reads; what cannot be sent is told."""
        self._tell(self._sending.put(data))

    def cancel(self) -> None:
        """Read no more; what is still queued is not wanted either."""
        self.cancelled = self._stopped = True
        self._wake.set()

    def stop(self, timeout_s: float = 1.0) -> bool:
        """End the thread; return True if it has ended, at the latest after `timeout_s`.

        A device that does not come back from reading is closed under it. One that hangs even so
        is left to itself: the thread is a daemon and ends when the device lets it.
        """
        self._stopped = True
        self._wake.set()
        if self.ident is None:
            return True
        self.join(min(PATIENCE_S, timeout_s))
        if self.is_alive() and (self.device.live or isinstance(self.device, Transport)):
            threading.Thread(target=self.device.close, daemon=True).start()
        self.join(max(timeout_s - PATIENCE_S, 0.0))
        return not self.is_alive()

    def run(self) -> None:
        last: Message = Ended(self.key)
        try:
            try:
                self._work()
            finally:
                self.device.close()
        except DriftscopeError as error:
            last = Failed(self.key, error)
        except Exception as error:  # whatever a plugin may raise, it must be told
            reason = f"{type(error).__name__}: {error}"
            last = Failed(self.key, SourceError(f"{self.device.name} failed: {reason}."))
        self._tell(self._sending.close(f"{self.device.name} is closed."))
        self._tell_lost()
        self._inbox.put(last)

    @property
    def _done(self) -> bool:
        return self._stopped or self._inbox.closed

    def _work(self) -> None:
        if self._done:
            return
        self._link("opening", f"Opening {self.device.name}.")
        self.device.open()
        self._inbox.put(Opened(self.key, self.device.name))
        self._link("live", f"Connected to {self.device.name}.")
        is_open, wait_s = True, FIRST_WAIT_S
        while not self._done:
            if self._released:
                self._let_go()
                is_open, wait_s = False, FIRST_WAIT_S
                continue
            try:
                if not is_open:
                    self.device.open()
                    is_open = True
                    self._link("live", f"Connected to {self.device.name} again.")
                self._send()
                came = self._read()
            except SourceError as error:
                if self._done:
                    return
                if is_open and not (self.device.live and isinstance(error, LinkLost)):
                    raise
                self.device.close()
                is_open = False
                self._link("lost", str(error), time.monotonic() + wait_s)
                self._pause(wait_s)
                wait_s = min(2 * wait_s, self.device.longest_wait_s)
            else:
                if came is None:
                    return
                wait_s = FIRST_WAIT_S if came else wait_s

    def _read(self) -> bool | None:
        """Read once and hand on what came; return whether anything did, None at the end."""
        assert isinstance(self.device, Source | Transport)
        came = self.device.read()
        steady_s, wall_s = time.monotonic(), time.time()
        if not came:
            return None if came is None else False
        if isinstance(came, bytes):
            chunk = Chunk(self._number, came, steady_s, wall_s)
            self._keep(chunk)
            if not self._hand_on(Raw(self.key, chunk), len(came)):
                self._lost_bytes += len(came)
        else:
            nbytes = sum(_nbytes(item) for item in came)
            waits = self.device.newest or (self.takes_turns and not self.device.live)
            done = threading.Event() if waits else None
            if not self._hand_on(Items(self.key, came, steady_s, done), nbytes):
                self._lose_blocks(came, steady_s)
            elif done is not None:
                while not (done.wait(0.1) or self._done):
                    pass
        return True

    def _send(self) -> None:
        """Write what waits to be sent, as far as the device takes it now."""
        sent, trouble = self._sending.work()
        if sent:
            self._keep(Chunk(self._number, sent, time.monotonic(), time.time(), "out"))
        self._tell(trouble)

    def _keep(self, chunk: Chunk) -> None:
        self._number += 1
        if self._tap is not None:
            self._tap.put(self.key, chunk)

    def _tell(self, text: str) -> None:
        if text:
            self._inbox.put(Note(self.key, text))

    def _hand_on(self, message: Message, nbytes: int) -> bool:
        """Queue data; return False if it is lost for want of room."""
        nbytes += MESSAGE_BYTES
        if not self.device.live:
            while not (self._inbox.put(message, nbytes, wait_s=0.1) or self._done):
                pass
            return True
        if self._lost_bytes:  # one long hole rather than many small ones
            if self._inbox.nbytes > self._inbox.limit_bytes / 2:
                return False
            self._tell_lost()
        return self._inbox.put(message, nbytes, wait_s=0.0)

    def _lose_blocks(self, items: Sequence[Item], steady_s: float) -> None:
        """Keep what is small and cannot be done without; count the samples."""
        blocks = [item for item in items if isinstance(item, Block)]
        rest = [item for item in items if not isinstance(item, Block)]
        self._lost_bytes += sum(map(_nbytes, blocks))
        self._lost_samples += sum(map(len, blocks))
        if rest:
            self._inbox.put(Items(self.key, rest, steady_s))

    def _tell_lost(self) -> None:
        if self._lost_bytes:
            self._inbox.put(Lost(self.key, self._lost_bytes, self._lost_samples))
            self._lost_bytes = self._lost_samples = 0

    def _let_go(self) -> None:
        self.device.close()
        self._link("released", f"{self.device.name} is free for another program.")
        while self._released and not self._done:
            self._pause(None)

    def _pause(self, seconds: float | None) -> None:
        """Wait, but not beyond the next `release` or `stop`."""
        self._wake.wait(seconds)
        self._wake.clear()

    def _link(self, state: LinkState, message: str, next_try_s: float | None = None) -> None:
        """Tell of the link; a message of 0 bytes is never refused."""
        self._tell_lost()
        self._inbox.put(Link(self.key, state, message, next_try_s))
        if state == "live":
            self._sending.open()
        else:
            self._tell(self._sending.close(message))
        if state not in ("opening", self._state) and isinstance(self.device, Transport):
            now_s, wall_s = time.monotonic(), time.time()
            self._keep(Chunk(self._number, message.encode(), now_s, wall_s, "link"))
        self._state = state


def _nbytes(item: Item) -> int:
    """Return about how much memory an item keeps alive."""
    return item.values.nbytes + item.time_s.nbytes + 200 if isinstance(item, Block) else 200
