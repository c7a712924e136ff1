"""Driftscope without its window."""

import os

# Before anything imports cv2: a picture of a few hundred bytes may claim to fill the memory.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**27))
