"""Stand for a fast device: write numbered lines of 8 values into a pty, paced by the clock.

Run as a process of its own: `_line_writer.py FD LINES_PER_S SECONDS BEGIN_S [TIMES [MARK]]`.
BEGIN_S is on the steady clock, which all processes share. The first value of a line is its
number; the last is 0, but 1 on line MARK. Into the file TIMES goes, for each line, the time
just before it was written. Prints JSON: lines written, how far it fell behind its clock at most,
when the last one was written.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time

import numpy as np

TICK_S = 0.001
MOST_LINES = 2000


def tail(number: int) -> bytes:
    """Return what stands behind the number of a line."""
    t = number / 1000
    waves = ",".join(f"{math.sin(t * k + k):.3f}" for k in range(1, 7))
    return f",{waves},0\n".encode()


def line(number: int) -> bytes:
    """Return one whole line."""
    return b"%d%b" % (number, tail(number))


def main() -> None:
    fd, rate, seconds, begin_s = int(sys.argv[1]), *map(float, sys.argv[2:5])
    times_path = sys.argv[5] if len(sys.argv) > 5 else None
    mark = int(sys.argv[6]) if len(sys.argv) > 6 else -1
    total = int(rate * seconds)
    pool = [tail(n) for n in range(6283)]
    times = np.zeros(total) if times_path else None
    behind_s, number = 0.0, 0
    time.sleep(max(0.0, begin_s - time.monotonic()))
    while number < total:
        due = min(total, int((time.monotonic() - begin_s) * rate) + 1, number + MOST_LINES)
        if due <= number:
            time.sleep(TICK_S)
            continue
        if times is not None:
            due = number + 1  # each line by itself, so that its time is its own
        data = b"".join(b"%d%b" % (n, pool[n % len(pool)]) for n in range(number, due))
        if number == mark:
            data = data[:-2] + b"1\n"
        if times is not None:
            times[number] = time.monotonic()
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        number = due
        behind_s = max(behind_s, time.monotonic() - (begin_s + (number - 1) / rate))
    if times is not None and times_path:
        np.save(times_path, times)
    print(json.dumps(dict(lines=total, behind_s=behind_s, end_s=time.monotonic())), flush=True)


if __name__ == "__main__":
    main()
