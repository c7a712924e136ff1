"""Which labelled picture is nearest: right from the first sample on, and when none is near."""

from __future__ import annotations

import numpy as np

from driftscope.core.arrays import F32, F64, Classes
from driftscope.core.pictures.samples import NEW

FLOOR = 0.3
"""A feature counts as varying within the classes by at least so much of the usual feature."""
TEMPERATURES = 2.0 ** np.arange(-6, 3)
"""Of the usual squared distance to the nearest of the same class."""
APART = 4.0
"""With one class only: other things are taken for so many times further (squared)."""
STRANGE = 0.75
"""A picture is none of these beyond what so many of the samples are from other classes."""
SURE = 4.0
LEAST = 1e-3
"""No class of one that is wrong counts as less likely than this."""


class Nearest:
    """Compare features with all samples that are learned from, each feature in its own measure.

    A feature is divided by its standard deviation within the classes (of samples around the mean
    of their class) plus FLOOR of the usual one: what varies while the label stays says little.
    How sure the nearest sample makes is set by the temperature, of a few, with the least log loss
    when each sample is left out in turn.

    None of these is a picture further from every sample than most samples are from those of
    other classes: there (STRANGE) it is as likely as not, at the usual distance within a class
    hardly (logistic on a log scale, SURE). Where samples cannot tell yet, `usual` does: the squared
    distance from one frame to the next.
    """

    def __init__(self, features: F32, y: Classes, usual: float) -> None:
        """Take samples (n, D), n >= 1, of classes y (n,)."""
        self.y = y
        self.taught, self._counts = np.unique(y, return_counts=True)
        self._by_class = np.argsort(y, kind="stable")
        self._centre: F32 = features.mean(0)
        self._measure = _measure(features, y)
        known = (features - self._centre) * self._measure
        spread = float(np.einsum("nd,nd->", known, known)) / len(known)
        unit = 1.0 / np.sqrt(spread) if spread > 0.0 else 1.0
        self._measure = (self._measure * unit).astype(np.float32)
        self.features: F32 = (known * unit).astype(np.float32)
        """The samples (n, D) as the head sees them: of mean 0 and mean squared length 1."""
        self._lengths: F32 = np.einsum("nd,nd->n", self.features, self.features)
        step = NEW * usual * float((self._measure * self._measure).mean())
        self._calibrate(step)

    def measured(self, features: F32) -> F32:
        """Return features (n, D) as the head sees them."""
        made: F32 = ((features - self._centre) * self._measure).astype(np.float32)
        return made

    def probabilities(self, features: F32, most: int) -> tuple[F64, F64]:
        """Return (n, most) probabilities of classes for features (n, D), and those of none (n,)."""
        squared = self._squared(self.measured(features))
        by_class = np.stack([squared[:, self.y == k].min(1) for k in self.taught], 1)
        made = np.zeros((len(features), most))
        made[:, self.taught] = _soft(by_class, self._heat)
        if self._none is None:
            return made, np.zeros(len(features))
        near, far = self._none
        place = (np.log(by_class.min(1) + 1e-12) - far) / (far - near)
        return made, 1.0 / (1.0 + np.exp(-np.clip(SURE * place, -40.0, 40.0)))

    def draw(self, n: int, random: np.random.Generator) -> Classes:
        """Return n rows of samples drawn so that each class comes as often as any other."""
        which = random.integers(len(self.taught), size=n)
        within = (random.random(n) * self._counts[which]).astype(np.int64)
        start = np.cumsum(self._counts) - self._counts
        drawn: Classes = self._by_class[start[which] + within]
        return drawn

    def _squared(self, x: F32) -> F64:
        """Return the squared distances (n, samples) from x (n, D)."""
        made = np.einsum("nd,nd->n", x, x)[:, None] + self._lengths - 2.0 * (x @ self.features.T)
        return np.asarray(np.maximum(made, 0.0), np.float64)

    def _calibrate(self, step: float) -> None:
        """Set temperature and distances by leaving out each sample in turn."""
        squared = self._squared(self.features)
        np.fill_diagonal(squared, np.inf)
        by_class = np.stack([squared[:, self.y == k].min(1) for k in self.taught], 1)
        rows, place = np.arange(len(by_class)), np.searchsorted(self.taught, self.y)
        self.left_out: Classes = np.where(
            np.isfinite(by_class.min(1)), self.taught[by_class.argmin(1)], -1
        )
        """What the other samples say of each (n,), -1 where there are none."""
        own = by_class[rows, place]
        by_class[rows, place] = np.inf
        other = by_class.min(1)
        by_class[rows, place] = own
        inside, outside = np.isfinite(own), np.isfinite(other)
        near = float(np.median(own[inside])) if inside.any() else step
        far = float(np.quantile(other[outside], STRANGE)) if outside.any() else APART * near
        self._none: tuple[float, float] | None = None
        if far > 0.0:
            near = max(near, 1e-6 * far)
            self._none = float(np.log(near)), float(np.log(max(far, 2.0 * near)))
        self._heat = near if inside.any() and near > 0.0 else max(0.25 * far, 1e-12)
        both = inside & outside
        if both.any():
            at = np.arange(int(both.sum())), place[both]
            losses = [
                -np.log(np.maximum(_soft(by_class[both], near * t)[at], LEAST)).mean()
                for t in TEMPERATURES
            ]
            self._heat = near * float(TEMPERATURES[int(np.argmin(losses))])


def _measure(features: F32, y: Classes) -> F32:
    """Return (D,), one over each feature's deviation within the classes."""
    within = features.copy()
    for k in np.unique(y):
        within[y == k] -= features[y == k].mean(0)
    deviation = np.sqrt((within * within).mean(0))
    usual = float(np.sqrt((deviation * deviation).mean()))
    if usual == 0.0:  # no class has two samples: each feature counts alike
        return np.ones(features.shape[1], np.float32)
    made: F32 = (1.0 / (deviation / usual + FLOOR)).astype(np.float32)
    return made


def _soft(squared: F64, heat: float) -> F64:
    """Return probabilities (n, K) that fall with squared distances (n, K)."""
    least = squared - squared.min(1, keepdims=True)
    made: F64 = np.exp(-np.minimum(least / heat, 700.0))
    made /= made.sum(1, keepdims=True)
    return made
