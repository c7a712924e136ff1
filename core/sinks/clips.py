"""Keep what a camera saw lately, and around each alarm, to be saved as a film or a picture."""

from __future__ import annotations

import math
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from driftscope.core.address import masked
from driftscope.core.arrays import Pixels
from driftscope.core.errors import DriftscopeError
from driftscope.core.export.film import write_film
from driftscope.core.export.names import safe_name, unused
from driftscope.core.interfaces import Sink
from driftscope.core.pictures.files import decoded, encoded, write_whole
from driftscope.core.sinks._kept import Clip, Kept, jpeg
from driftscope.core.stream import Alarm, Output, Result, StreamInfo

SILENCE_S = 5.0
"""A film waits so long, on the steady clock, for pictures that do not come."""
AT_ONCE = 4
"""So many films may wait to be written before the next one makes everything wait."""


@dataclass(slots=True)
class Wish:
    """Hold a film that is to be written once its last pictures have come."""

    path: Path
    key: str
    from_s: float
    to_s: float
    second: float
    future: Future[Path]
    fresh: bool
    """True if no other file may be replaced: it gets a number then."""
    frames: dict[float, bytes] = field(default_factory=dict)

    def gather(self, kept: Kept) -> None:
        """Take what there is by now."""
        self.frames |= dict(kept.between(self.key, self.from_s, self.to_s))


class Clips(Sink):
    """Keep the latest pictures of each stream as JPEG, and those around the newest 20 alarms.

    Sets of labelled pictures are left out: they lie in files already.
    All is bounded: 24 MB of each stream's latest, 64 MB around alarms, of which the oldest are
    thinned first and forgotten last. With `folder` a film of each alarm is written there.
    `save_clip`, `save_frame` and `frame` may be called from any thread, also after the end.
    """

    name = "the films of alarms"

    def __init__(self, folder: str | Path | None = None) -> None:
        self._folder = Path(folder) if folder is not None else None
        if self._folder is not None:
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise DriftscopeError(
                    f"No films can be written to {folder}: {error.strerror}. Name another folder."
                ) from error
        self._kept = Kept()
        self._wishes: list[Wish] = []
        self._own: list[Future[Path]] = []
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._lock = threading.RLock()
        self._writing = threading.Lock()

    def write(self, item: Output) -> None:
        if isinstance(item, StreamInfo) and item.pictures and not item.classes:
            with self._lock:
                self._kept.describe(item)
        elif isinstance(item, Alarm) and item.key in self._kept.streams:
            with self._lock:
                clip = self._kept.follow(item)
                if item.end is not None:
                    self._want(clip)
        elif isinstance(item, Result) and item.key in self._kept.streams:
            for time_s, picture in zip(item.time_s.tolist(), item.values, strict=True):
                if self._kept.due(item.key, time_s):
                    frame = time_s, jpeg(picture)
                    with self._lock:
                        self._kept.add(item.key, frame)

    def tick(self) -> None:
        """Have the films written whose last picture has come; OSError if one could not be."""
        self._begin_ready()
        self._check()

    def close(self) -> None:
        """Write what is still wanted, with the pictures there are; wait for it."""
        with self._lock:
            self._closed = True
            for clip in self._kept.clips:
                self._want(clip)
        self._begin_ready()
        for thread in self._threads:
            thread.join()
        self._check()

    def save_clip(self, path: str | Path, key: str, start_s: float, end_s: float) -> Future[Path]:
        """Have a film written of a stream from 5 s before `start_s` to 5 s after `end_s`, or of
        more than 20 s the first of them.

        The path ends in .avi or .mp4; a file that is there is replaced. The future gives the path
        once it is written, or raises DriftscopeError. What was last seen may still be to come:
        then it is waited for. Any thread.
        """
        future: Future[Path] = Future()
        self._wish(Path(path), key, start_s, end_s, future, fresh=False)
        return future

    def frame(self, key: str, time_s: float) -> Pixels | None:
        """Return the picture (h, w, 3) uint8 kept of a stream nearest to a time. Any thread."""
        found = self._nearest(key, time_s)
        return None if found is None else decoded(found)

    def save_frame(self, path: str | Path, key: str, time_s: float) -> Path:
        """Write the picture kept of a stream nearest to a time as .png, .jpg, ... Any thread.

        A file that is there is replaced. Raise DriftscopeError with what to try.
        """
        path = Path(path)
        found = self._nearest(key, time_s)
        if found is None:
            raise DriftscopeError(f"There is no picture of that time any more for {path.name}.")
        try:
            as_it_is = path.suffix.lower() in (".jpg", ".jpeg")
            write_whole(path, found if as_it_is else encoded(decoded(found), path.suffix))
        except ValueError as error:
            raise DriftscopeError(f"{path.name}: {error}; try .png or .jpg.") from error
        except OSError as error:
            raise DriftscopeError(
                f"{path} could not be written: {error.strerror or error}. Name another folder."
            ) from error
        return path

    def _begin_ready(self) -> None:
        with self._lock:
            ready = [wish for wish in self._wishes if self._ready(wish)]
            for wish in ready:
                self._wishes.remove(wish)
        for wish in ready:
            self._begin(wish)

    def _check(self) -> None:
        """Raise OSError if a film of the folder could not be written."""
        done = [future for future in self._own if future.done()]
        for future in done:
            self._own.remove(future)
            error = future.exception()
            if error is not None:
                raise OSError(str(error).rstrip("."))

    def _want(self, clip: Clip) -> None:
        """Have the film of an alarm written to the folder, if there is one; once."""
        if self._folder is None or clip.wanted:
            return
        clip.wanted = True
        alarm, future = clip.alarm, Future[Path]()
        self._own.append(future)
        path = self._folder / f"{safe_name(masked(alarm.key))} alarm {alarm.id}.mp4"
        end_s = math.inf if alarm.end is None else alarm.end_s
        self._wish(path, alarm.key, alarm.start_s, end_s, future, fresh=True)

    def _wish(
        self,
        path: Path,
        key: str,
        start_s: float,
        end_s: float,
        future: Future[Path],
        *,
        fresh: bool,
    ) -> None:
        with self._lock:
            stream = self._kept.streams.get(key)
            second = stream.second if stream else 1.0
            wish = Wish(path, key, *self._kept.span(key, start_s, end_s), second, future, fresh)
            wish.gather(self._kept)
            closed = self._closed
            if not closed:
                self._wishes.append(wish)
        if closed:
            self._begin(wish)

    def _ready(self, wish: Wish) -> bool:
        stream = self._kept.streams.get(wish.key)
        if stream is None or self._closed or stream.last_s >= wish.to_s:
            return True
        return time.monotonic() - stream.came_s > SILENCE_S

    def _nearest(self, key: str, time_s: float) -> bytes | None:
        with self._lock:
            return self._kept.nearest(key, time_s)

    def _begin(self, wish: Wish) -> None:
        """Write a film in a thread of its own, one at a time."""
        with self._lock:
            wish.gather(self._kept)
        self._threads = [each for each in self._threads if each.is_alive()]
        if len(self._threads) >= AT_ONCE:
            self._threads[0].join()
        thread = threading.Thread(target=self._film, args=(wish,), name="film of an alarm")
        self._threads.append(thread)
        thread.start()

    def _film(self, wish: Wish) -> None:
        with self._writing:
            try:
                path = unused(wish.path) if wish.fresh else wish.path
                write_film(
                    path, [(at / wish.second, each) for at, each in sorted(wish.frames.items())]
                )
            except Exception as error:  # whoever waits for it must be told, whatever it is
                wish.future.set_exception(error)
            else:
                wish.future.set_result(path)


PLUGIN = Clips
