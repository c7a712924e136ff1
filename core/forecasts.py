"""What is forecast from the past, what it is mixed from, and how it is judged once it is due."""

from __future__ import annotations

import numpy as np

from driftscope.core.closed_form import FOLD, LAGS, MOST_ROWS, ClosedForm
from driftscope.core.echo import Echo
from driftscope.core.interfaces import State
from driftscope.core.losses import mean_losses
from driftscope.core.mix import BOUND, Mix
from driftscope.core.normaliser import CLIP, Normaliser, bounded
from driftscope.core.past import CLOSED, ECHO, LAST, MEAN, NETS, PREDICTION, SHRUNK, Past
from driftscope.core.stream import F32, F64, Bools, Scored, Step

FAR = 32.0
"""A sample counts as no further from the mean than this many deviations."""
WILD = 20.0
"""What is forecast from windows that reach over a sample so many deviations out tells nothing of
how good the experts are, unless what comes is as far out: then it is a level, not a spike."""
YOUNG_ROWS = 1024
"""After so many rows without a gap, mix and statistics take a few rows together, FOLD at the most,
of which a horizon has at least OVERLAP times as many: forecasts that overlap tell much the same."""
OVERLAP = 6
LONG, EVERY = 32, 2
"""Of steps with so many rows the closed form learns every second, once they are no longer young."""


class Forecasts:
    """Mix each forecast of last value, running mean, shrunk last value, closed form, echo and
    nets.

    Everything of a Forecaster but its nets, of which there is one for each of `nets`, their
    names: they see the `window` newest rows and correct the shrunk last value. Forecasts are
    made `horizon` rows ahead and never cross a gap.
    """

    def __init__(self, channels: int, window: int, horizon: int, nets: tuple[str, ...]) -> None:
        self.window, self.horizon, self.nets = window, horizon, nets
        self.normaliser = Normaliser(channels)
        self.past = Past(channels, self._behind(), NETS + len(nets))
        self._error: F64 | None = None
        self._wild: Bools | None = None
        self._wild_rows = np.zeros(channels)
        """How many rows of each channel are still forecast from a wild one."""
        self._waiting: list[F64] = []
        self._errors: list[F64] = []
        self._trust = 1.0
        self._begin(channels)

    def _begin(self, channels: int) -> None:
        self.mix = Mix(channels, NETS - 1 + len(self.nets), self.horizon)
        self.closed = ClosedForm(channels)
        self.echo = Echo(channels, self.horizon)

    def _behind(self) -> int:
        return max(self.window, LAGS + FOLD - 1) - 1 + self.horizon

    def take_over(self, old: Forecasts) -> None:
        """Go on from the samples of others, their statistics and their closed form."""
        old.settle()
        self.normaliser.load_state_dict(old.normaliser.state_dict())
        behind = self.past.behind
        self.past = old.past.resized(behind, NETS + len(self.nets))
        if old.horizon == self.horizon:
            self.closed.load_state_dict(old.closed.state_dict())
            self.closed.forget()
            self.echo.load_state_dict(old.echo.state_dict())

    def extend(self, channels: int) -> None:
        """Go on with more channels."""
        self.settle()
        for part in (self.normaliser, self.mix, self.closed):
            part.extend(channels)
        self.echo = self.echo.extended(channels)
        self.past = self.past.extended(channels)
        self._wild_rows = np.append(self._wild_rows, np.zeros(channels - len(self._wild_rows)))

    def look(self, horizon: int) -> None:
        """Look so many rows ahead from now on; what was learned for another horizon is gone."""
        if horizon == self.horizon:
            return
        self.settle()
        self.horizon = horizon
        self._begin(self.past.held.shape[1])
        self.past = self.past.resized(self._behind(), self.past.forecasts.shape[1])

    def gap(self) -> None:
        """Forget the past and every prediction not yet due."""
        self.settle()
        self.past.clear()
        self._wild_rows[:] = 0.0
        self.closed.forget()
        self.echo.forget()

    @property
    def warm(self) -> bool:
        """True once there is a prediction for the next sample."""
        past = self.past
        return bool(np.isfinite(past.forecasts[past.end - self.horizon, PREDICTION]).any())

    def seen(self, ahead: int, rows: int) -> F32:
        """Return (W - 1 + rows, C): what the windows of the open step's rows are made of, or of
        those `ahead` rows before."""
        z = self._deviations(self.window if ahead else max(self.window, LAGS), ahead, rows)
        if not ahead:
            self._now = z
        return bounded(z[len(z) - self.window + 1 - rows :].copy(), CLIP).astype(np.float32)

    def _deviations(self, needed: int, ahead: int, rows: int) -> F64:
        """Return (needed - 1 + rows, C) in deviations from the mean, 0 where there is nothing."""
        end = self.past.end - ahead
        off = self.past.held[end - needed + 1 : end + rows] - self.normaliser.mean
        off /= self.normaliser.scale
        bounded(off, FAR)
        off[np.isnan(off)] = 0.0
        return off

    def make(self, rows: int, corrections: F64 | F32) -> None:
        """Forecast from each row of the open step, as it was `seen`, given the nets' corrections
        (K, B, C)."""
        past, mean, scale = self.past, self.normaliser.mean, self.normaliser.scale
        made = past.forecasts[past.end : past.end + rows]
        off = np.empty((rows, made.shape[1] - SHRUNK, made.shape[2]))
        np.multiply(self._now[-rows:], self.mix.last, out=off[:, 0])
        off[:, 1] = self.closed.predict(self._now[-rows - LAGS + 1 :])
        off[:, 2] = self.echo.predict(self._now[-rows:], self.mix.last)
        nets = off[:, 3:]
        np.minimum(corrections.transpose(1, 0, 2), BOUND, out=nets)
        np.maximum(nets, -BOUND, out=nets)
        nets += off[:, :1]
        off *= scale
        np.add(off, mean, out=made[:, SHRUNK:])
        made[:, LAST] = past.held[past.end : past.end + rows]
        made[:, MEAN] = mean
        made[:, PREDICTION] = self.mix.mixed(made[:, LAST:])
        if past.rows + 1 < self.window:
            made[~past.whole(rows, self.window)] = np.nan

    def miss(self, rows: int) -> None:
        """Forecast nothing from the rows of the open step."""
        self.past.forecasts[self.past.end :][:rows] = np.nan
        self._error = None

    def judged(self, samples: F64, n: int) -> Scored:
        """Compare samples (B, C), of which n rows count, with what was forecast for them."""
        scale = self.normaliser.scale_with(samples)
        past = self.past
        due = past.forecasts[past.end - self.horizon :][: len(samples)]
        error, mean = mean_losses(samples, due, scale)
        deviation = (samples - self.normaliser.mean) / scale
        wild = np.abs(deviation) > WILD
        self._error, self._wild = error, wild if wild.any() else None
        if self._wild_rows.any():
            spike = ~wild & (self._wild_rows > 0.0)
            self._error = np.where(spike[:, None], np.nan, error)
        ahead = slice(past.end + n - self.horizon, past.end + n)
        known = past.rows + n >= self.window
        named = {"closed form": CLOSED, "echo": ECHO} | {
            name: NETS + k for k, name in enumerate(self.nets)
        }
        return Scored(
            prediction=due[:, PREDICTION].copy(),
            forecast=past.forecasts[ahead, PREDICTION].copy() if known else None,
            loss=mean[:, PREDICTION],
            baseline_loss={"last value": mean[:, LAST], "running mean": mean[:, MEAN]},
            error=error[:, PREDICTION],
            deviation=deviation,
            parts={name: mean[:, place] for name, place in named.items()},
        )

    def rest(self, samples: F64) -> F64:
        """Return (B, C) what the nets were to say of samples (B, C): these less the shrunk last
        value, in deviations."""
        normaliser, first = self.normaliser, self.past.end - self.horizon
        both = np.empty((2, *samples.shape))
        both[0], both[1] = self.past.held[first : first + len(samples)], samples
        both -= normaliser.mean
        both /= normaliser.scale
        rest: F64 = both[1] - self.mix.last * bounded(both[0], FAR)
        return rest

    def learn(self, samples: F64, trust: float, fit: bool) -> None:
        """Let mix and statistics take in the open step's samples (B, C), scored last, and the
        closed form as well if it is to `fit`."""
        before, rows = self.past.rows, len(samples)
        young = before < YOUNG_ROWS
        if not fit or before + rows < self.window + self.horizon:
            self.closed.forget()
        elif young or rows < LONG or before // rows % EVERY == 0:
            gathered = self.closed.gather(samples, trust)
            if gathered is not None:
                self._fit(gathered, len(gathered) - rows)
        else:  # what was gathered of shorter steps must have no hole
            self.closed.forget()
        if trust != self._trust:
            self.settle()
            self._trust = trust
        self._waiting.append(samples.copy())
        if self._error is not None:
            self._errors.append(self._error)
        if young or len(self._waiting) * rows >= min(FOLD, self.horizon // OVERLAP):
            self.settle()

    def settle(self) -> None:
        """Let mix and statistics take in the rows that wait for others."""
        if self._errors:
            self.mix.update(np.concatenate(self._errors), self._trust)
        if self._waiting:
            self.normaliser.update(np.concatenate(self._waiting), self._trust)
        self._waiting, self._errors = [], []

    def _fit(self, gathered: F64, before: int) -> None:
        """Learn what was gathered (n, C), of which so many rows came before the open step."""
        z = self._deviations(LAGS, self.horizon + before, len(gathered))
        target = bounded((gathered - self.normaliser.mean) / self.normaliser.scale, FAR)
        every = -(-len(target) // MOST_ROWS)
        trust = every * self.closed.trusts[::every]
        self.mix.follow(z[LAGS - 1 :: every], target[::every], trust)
        self.closed.learn(z, target, self.mix.last)

    def close(self, step: Step, samples: F64, learned: bool, trusted: bool) -> None:
        """Take the open step's samples (B, C) into the past; unless it was learned, it breaks what
        is gathered, and unless it is trusted as well, it is not said again."""
        if not learned:
            self.closed.forget()
        if self._wild is not None or self._wild_rows.any():
            self._wild_rows = np.maximum(self._wild_rows - step.n, 0.0)
            if self._wild is not None:
                self._wild_rows[self._wild.any(0)] = LAGS + self.horizon
        self._error = self._wild = None
        n, past, statistics = step.n, self.past, self.normaliser
        held = past.held[past.end : past.end + n]
        units = (self.mix.last, statistics.mean, statistics.scale)
        self.echo.learn(held, samples[:n], learned and trusted, units)
        past.close(n)

    def learned(self) -> State:
        """Return a copy of what was learned, to go back to."""
        return {
            "normaliser": self.normaliser.state_dict(),
            "mix": self.mix.state_dict(),
            "closed": self.closed.state_dict(),
            "horizon": self.horizon,
        }

    def go_back(self, learned: State) -> None:
        """Have what was learned be as it was; the past stays."""
        self._waiting, self._errors = [], []
        self.normaliser.load_state_dict(learned["normaliser"])
        if learned["horizon"] == self.horizon:  # of another one the others would tell nothing
            self.mix.load_state_dict(learned["mix"])
            self.closed.load_state_dict(learned["closed"])
            self.closed.forget()

    def state_dict(self) -> State:
        waiting = {"waiting": list(self._waiting), "errors": list(self._errors)}
        return {
            **self.learned(),
            **waiting,
            "echo": self.echo.state_dict(),
            "trust": self._trust,
            "wild_rows": self._wild_rows.copy(),
            "past": self.past.state_dict(),
        }

    def load_state_dict(self, state: State) -> None:
        """Go on from a saved state, of the same window and nets."""
        self.look(int(state["horizon"]))
        self.normaliser.load_state_dict(state["normaliser"])
        self.mix.load_state_dict(state["mix"])
        self.closed.load_state_dict(state["closed"])
        self.past.load_state_dict(state["past"])
        self.echo.load_state_dict(state["echo"])
        self._wild_rows = np.array(state["wild_rows"])
        self._waiting, self._errors = list(state["waiting"]), list(state["errors"])
        self._trust = state["trust"]
