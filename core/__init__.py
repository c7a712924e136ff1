"""Driftscope without its window."""

import os

# Both are read once, when torch and cv2 are loaded. A second thread of torch's only spins on such
# small models: it took four fifths of a core and made every step slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A picture of a few hundred bytes may claim to fill the memory.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**27))
