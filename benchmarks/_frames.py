"""Pictures of 1280x720 for the camera's benchmarks, and a server that sends them as MJPEG.

Each picture carries its number in 16 blocks along its lower edge, which survives compression.
Run as a program it serves them: `_frames.py PORT SECONDS TIMES.npy [CLIP]`, noting when it sent
each one.
"""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

cv2.setNumThreads(1)
WIDTH, HEIGHT, RATE_HZ = 1280, 720, 30.0
BITS, BLOCK = 16, 16
BOUNDARY = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: "


def synthetic(count: int, seed: int = 0) -> Iterator[np.ndarray]:
    """Give `count` pictures (H, W, 3) uint8, blue first: a wall, moving boxes, noise."""
    random = np.random.default_rng(seed)
    coarse = random.integers(60, 180, (9, 16, 3)).astype(np.uint8)
    wall = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    noise = random.normal(0, 4, (8, HEIGHT, WIDTH, 1)).astype(np.int16)
    for i in range(count):
        picture = wall.copy()
        for k in range(4):
            x = int(WIDTH * (0.5 + 0.45 * np.sin(i / (20 + 7 * k) + k)))
            colour = [int(c) for c in coarse[k, k]]
            cv2.rectangle(picture, (x - 60, 100 + 130 * k), (x + 60, 190 + 130 * k), colour, -1)
        yield np.clip(picture + noise[i % 8], 0, 255).astype(np.uint8)


def from_clip(path: str, count: int) -> Iterator[np.ndarray]:
    """Give `count` pictures of a clip, enlarged, over and over."""
    clip = cv2.VideoCapture(path)
    for _ in range(count):
        there, picture = clip.read()
        if not there:
            clip.set(cv2.CAP_PROP_POS_FRAMES, 0)
            there, picture = clip.read()
        yield cv2.resize(picture, (WIDTH, HEIGHT))


def stamped(picture: np.ndarray, number: int) -> np.ndarray:
    """Write a number into the lower edge of a picture."""
    for bit in range(BITS):
        level = 255 if number >> bit & 1 else 0
        picture[-BLOCK:, bit * BLOCK : (bit + 1) * BLOCK] = level
    return picture


def number_of(picture: np.ndarray) -> int:
    """Read the number that a picture (H, W, 3) carries."""
    middle = picture[-BLOCK // 2, BLOCK // 2 : BITS * BLOCK : BLOCK]
    return int(sum(1 << bit for bit, level in enumerate(middle.mean(axis=1)) if level > 127))


def pictures(count: int, clip: str = "") -> Iterator[np.ndarray]:
    """Give numbered pictures, of a clip or made up."""
    for number, picture in enumerate(from_clip(clip, count) if clip else synthetic(count)):
        yield stamped(picture, number)


def write_video(path: Path, count: int, clip: str = "") -> None:
    """Write a video of numbered pictures."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), RATE_HZ, (WIDTH, HEIGHT))
    for picture in pictures(count, clip):
        writer.write(picture)
    writer.release()


def serve(port: int, seconds: float, times: Path, clip: str) -> None:
    """Send pictures to the one who connects, at their rate, numbered from 0."""
    count = int(seconds * RATE_HZ)
    base = [p for p in (from_clip(clip, 60) if clip else synthetic(60))]
    server = socket.create_server(("127.0.0.1", port))
    print("ready", flush=True)
    client, _ = server.accept()
    client.recv(65536)
    client.sendall(
        b"HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"
    )
    sent_s = np.full(count, np.nan)
    begun_s = time.monotonic()
    for number in range(count):
        # back and forth, so that the scene never jumps
        place = abs(number % (2 * len(base) - 2) - (len(base) - 1))
        _, jpeg = cv2.imencode(".jpg", stamped(base[place].copy(), number))
        time.sleep(max(0.0, begun_s + number / RATE_HZ - time.monotonic()))
        sent_s[number] = time.monotonic()
        client.sendall(BOUNDARY + str(len(jpeg)).encode() + b"\r\n\r\n" + jpeg.tobytes() + b"\r\n")
    np.save(times, sent_s)
    time.sleep(1.0)


if __name__ == "__main__":
    serve(int(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3]), "".join(sys.argv[4:5]))
