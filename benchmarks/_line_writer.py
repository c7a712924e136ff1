"""Stand for a fast device: write numbered lines into a pty, paced by the clock.

Run as a process of its own: `_line_writer.py FD LINES_PER_S SECONDS DIGITS`. Prints, as JSON on
its last line, how many lines were written, how far it fell behind its clock at most, and the
times (monotonic) of the first and the last write.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time

TICK_S = 0.001


def line(number: int) -> bytes:
    """Return one line of 8 values, the number first."""
    t = number / 1000
    waves = ",".join(f"{math.sin(t * k + k):.3f}" for k in range(1, 8))
    return f"{number},{waves}\n".encode()


def main() -> None:
    fd, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    begin_s = float(sys.argv[4]) if len(sys.argv) > 4 else time.monotonic() + 0.2
    total = int(rate * seconds)
    pool = [line(n)[len(str(n)) :] for n in range(0, 6283)]
    behind_s = 0.0
    number = 0
    time.sleep(max(0.0, begin_s - time.monotonic()))
    while number < total:
        due = min(total, int((time.monotonic() - begin_s) * rate) + 1)
        if due <= number:
            time.sleep(TICK_S)
            continue
        due = min(due, number + 2000)
        data = b"".join(b"%d" % n + pool[n % len(pool)] for n in range(number, due))
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        number = due
        behind_s = max(behind_s, time.monotonic() - (begin_s + (number - 1) / rate))
    print(
        json.dumps(dict(lines=total, behind_s=behind_s, begin_s=begin_s, end_s=time.monotonic())),
        flush=True,
    )


if __name__ == "__main__":
    main()
