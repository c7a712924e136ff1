"""The Watcher: what is foreign stands out, where it is, until it is taken for normal."""

from __future__ import annotations

import numpy as np
import pytest

from driftscope.core.commands import Ask, Command, SetParam
from driftscope.core.interfaces import Sink, Source
from driftscope.core.lane import Lane
from driftscope.core.monitor import Monitor
from driftscope.core.params import Params, ParamSet
from driftscope.core.parts import make_learner, prepare_thread
from driftscope.core.pictures.cells import cells
from driftscope.core.pictures.classes import Seen
from driftscope.core.pictures.samples import Held
from driftscope.core.pictures.trunk import installed
from driftscope.core.pictures.watcher import Watcher
from driftscope.core.sections import default_params
from driftscope.core.stream import Block, Event, Item, Output, Report, Result, Step, StreamInfo
from driftscope.core.teaching import Accept, Teach

prepare_thread(pictures=True)
SIDE, RATE_HZ = 64, 30.0
INFO = StreamInfo("p", ("picture",), ("",), RATE_HZ, sample_shape=(SIDE, SIDE, 3), dtype="uint8")
LEARN = 150


def room(count: int, first: int = 0) -> np.ndarray:
    """Return pictures (count, 64, 64, 3) of a still room in which a ball swings."""
    random = np.random.default_rng(7 + first)
    still = np.random.default_rng(1).integers(60, 180, (8, 8, 3)).repeat(8, 0).repeat(8, 1)
    made = still + random.normal(0, 3, (count, SIDE, SIDE, 3))
    for i in range(count):
        x = int(28 + 20 * np.sin((first + i) / 6))
        made[i, 40:46, x : x + 6] = 220
    return np.clip(made, 0, 255).astype(np.uint8)


def with_thing(pictures: np.ndarray) -> np.ndarray:
    """Return the pictures with a checkered thing in the upper left."""
    made = pictures.copy()
    made[:, 8:20, 8:20] = np.kron(np.indices((6, 6)).sum(0) % 2, np.ones((2, 2)))[..., None] * 255
    return made


def watcher(**settings: object) -> tuple[Watcher, ParamSet]:
    params = default_params(pictures=True)
    for name, value in settings.items():
        params.set(name.replace("__", "."), value)
    made = make_learner(INFO, params)
    assert isinstance(made, Watcher)
    return made, params


def fed(learner: Watcher, pictures: np.ndarray, first: int) -> np.ndarray:
    """Score and learn pictures one by one; return (n, 2) score and loss."""
    out = []
    for i, picture in enumerate(pictures):
        seq = first + i
        step = Step("p", seq, np.array([seq / RATE_HZ]), picture[None], 1)
        scored = learner.score(step)
        learner.learn(step, scored)
        out.append((scored.error[0, 0], scored.loss[0]))
        learner.last = scored  # type: ignore[attr-defined]  # for the test to look at
    return np.array(out)


@pytest.fixture(scope="module")
def knowing() -> dict:
    """Return the state of a watcher that knows the room."""
    learner, _ = watcher()
    fed(learner, room(LEARN), 0)
    return learner.state_dict()


def known(knowing: dict, **settings: object) -> tuple[Watcher, ParamSet]:
    learner, params = watcher(**settings)
    learner.load_state_dict(knowing)
    return learner, params


def test_what_is_foreign_stands_out_where_it_is(knowing: dict) -> None:
    learner, _ = known(knowing)
    usual = fed(learner, room(30, LEARN), LEARN)[:, 0]
    learner.hold("a test")
    foreign = fed(learner, with_thing(room(10, 180)), 180)[:, 0]
    assert foreign.min() > 3 * usual.max()
    heat = learner.last.extras["heat"]  # type: ignore[attr-defined]
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    assert heat.shape == (16, 16) and heat.dtype == np.float32 and (heat >= 0).all()
    assert 1 <= row <= 5 and 1 <= column <= 5


def test_it_shows_what_it_expected(knowing: dict) -> None:
    learner, _ = known(knowing)
    fed(learner, with_thing(room(1, LEARN)), LEARN)
    expected = learner.last.extras["expected"]  # type: ignore[attr-defined]
    assert expected.shape == (128, 128, 3) and expected.dtype == np.uint8
    seen = room(1, LEARN)[0].repeat(2, 0).repeat(2, 1).astype(float)
    corner = np.abs(expected[16:40, 16:40] - seen[16:40, 16:40]).mean()
    assert corner < 25, "it shows the room without the thing"


def test_outside_the_region_nothing_counts(knowing: dict) -> None:
    learner, params = known(knowing)
    params.set("model.region", "50,50,100,100")
    learner.hold("a test")
    score = fed(learner, with_thing(room(5, LEARN)), LEARN)[:, 0]
    heat = learner.last.extras["heat"]  # type: ignore[attr-defined]
    assert (heat[:8] == 0).all() and (heat[:, :8] == 0).all()
    params.set("model.region", "")
    assert fed(learner, with_thing(room(5, LEARN)), LEARN)[:, 0].min() > 3 * score.max()


def test_the_loss_falls(knowing: dict) -> None:
    learner, _ = known(knowing)
    losses = []
    for seq in range(LEARN, LEARN + 40):
        fed(learner, room(1, seq), seq)
        last = learner.last  # type: ignore[attr-defined]
        losses.append((last.loss[0], last.baseline_loss["running mean"][0]))
    assert np.isfinite(losses).all()
    first = fed(watcher()[0], room(5), 0)[1:, 1].mean()
    assert np.mean(losses, 0)[0] < 0.7 * first


def test_accepted_it_is_normal_within_seconds(knowing: dict) -> None:
    learner, _ = known(knowing)
    usual = fed(learner, room(30, LEARN), LEARN)[:, 0].max()
    learner.hold("an alarm lasts")
    before = fed(learner, with_thing(room(5, 180)), 180)[:, 0].min()
    learner.hold("")
    assert learner.obey(Accept()) == ""
    after = fed(learner, with_thing(room(75, 185)), 185)[:, 0]
    assert before > 3 * usual and after[-10:].max() < 0.3 * before


def test_frozen_it_accepts_nothing(knowing: dict) -> None:
    learner, _ = known(knowing, learner__frozen=True)
    assert "frozen" in learner.obey(Accept())
    assert learner.state == "frozen"


def test_a_held_key_is_no_reason_to_complain(knowing: dict) -> None:
    learner, _ = known(knowing)
    assert learner.obey(Teach(0)) == "" and learner.obey(Teach(None)) == ""


def test_when_everything_changes_it_offers_to_learn_anew_once(knowing: dict) -> None:
    learner, _ = known(knowing)
    learner.hold("an alarm lasts")
    other = room(60, LEARN)[:, ::-1, ::-1]
    fed(learner, other, LEARN)
    told = learner.take_events()
    assert [kind for kind, _ in told] == ["note"] and told[0][1]["offer"] == "relearn"
    assert fed(learner, other, 210)[:, 0].min() >= 0 and not learner.take_events()


def test_reset_it_knows_nothing(knowing: dict) -> None:
    learner, _ = known(knowing)
    learner.reset()
    assert learner.state == "warming up"
    assert np.isnan(fed(learner, room(3), 0)[:, 0]).all()


def test_reset_while_an_alarm_lasts_it_is_not_held(knowing: dict) -> None:
    learner, _ = known(knowing)
    learner.hold("an alarm lasts")
    learner.reset()
    fed(learner, room(30), 0)
    assert learner.state == "learning"


class Room(Source):
    """Give the room, picture by picture."""

    scheme = "room"
    pictures = True

    def __init__(self) -> None:
        self.name, self.params = "room", Params()

    def open(self) -> None:
        self._items: list[Item] = [INFO]
        for seq, picture in enumerate(room(60)):
            self._items.append(Block("p", seq, np.array([seq / RATE_HZ]), picture[None], 0.0))

    def read(self) -> list[Item] | None:
        return [self._items.pop(0)] if self._items else None

    def close(self) -> None:
        self._items = []


class Turn(Sink):
    """Send commands when some row's result comes; keep the reports and all learners there were."""

    name = "turn"

    def __init__(self, at: dict[int, Command]) -> None:
        self.at = at
        self.monitor: Monitor
        self.reports: list[Report] = []
        self.learners: list[Watcher] = []

    def write(self, item: Output) -> None:
        if isinstance(item, Report):
            self.reports.append(item)
        if isinstance(item, Result):
            learner = self.monitor.lanes["p"].learner
            assert isinstance(learner, Watcher)
            if learner not in self.learners:
                self.learners.append(learner)
            if item.seq in self.at:
                self.monitor.send(self.at[item.seq])

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("model.width", 16),
        pytest.param(
            "model.trunk", "imagenet",
            marks=pytest.mark.skipif(not installed(), reason="needs the extra imagenet"),
        ),
    ],
)  # fmt: skip
def test_another_model_keeps_the_samples_given_by_hand(name: str, value: object) -> None:
    turn = Turn({
        5: Ask("p", Teach(0)), 15: Ask("p", Teach(1)), 25: Ask("p", Teach(None)),
        40: SetParam(name, value),
    })  # fmt: skip
    turn.monitor = Monitor({"r": (Room(), default_params(pictures=True))}, [turn])
    turn.monitor.run()
    before, after = (each.classes.samples.all for each in turn.learners)
    assert {held.y for held in before} == {0, 1}
    assert [(held.id, held.y) for held in after] == [(held.id, held.y) for held in before]
    assert turn.reports[-1].figures["samples"] == len(before)
    chances = turn.learners[1].classes.chances
    said = [chances(seen_of(held)) for held in after]
    assert [int(each.argmax()) for each in said] == [held.y for held in after]
    one, two = (len(held[0].features) for held in (before, after))
    assert (one == two) == (name == "model.width")


def seen_of(held: Held) -> Seen:
    """Return what the classes get of the picture a sample was made of."""
    return Seen(1000 + held.id, 1000.0 + held.id, held.picture, held.picture, cells(held.picture))


def test_with_a_rate_of_zero_no_weight_changes(knowing: dict) -> None:
    learner, params = known(knowing)
    params.set("learner.lr", 0.0)
    before = learner.unusual.redrawing.training.optimizer.weights.clone()
    assert np.isnan(learner.learn(*scored_step(learner)))
    assert bool((before == learner.unusual.redrawing.training.optimizer.weights).all())


def scored_step(learner: Watcher) -> tuple[Step, object]:
    step = Step("p", LEARN, np.array([LEARN / RATE_HZ]), room(1, LEARN), 1)
    return step, learner.score(step)


def test_at_any_rate_and_whatever_comes_numbers_stay_finite() -> None:
    learner, params = watcher()
    params.set("learner.lr", 100.0)
    random = np.random.default_rng(0)
    odd = [np.zeros((40, SIDE, SIDE, 3), np.uint8), np.full((20, SIDE, SIDE, 3), 255, np.uint8),
           random.integers(0, 256, (40, SIDE, SIDE, 3)).astype(np.uint8), room(30)]  # fmt: skip
    said = fed(learner, np.concatenate(odd), 0)
    assert np.isfinite(said[20:]).all()


def test_a_lane_of_pictures_gives_heat_and_survives_a_new_size() -> None:
    lane = Lane(INFO, default_params(pictures=True), live=False)
    out: list[object] = []
    for seq, picture in enumerate(room(30)):
        out += lane.take(Block("p", seq, np.array([seq / RATE_HZ]), picture[None], 0.0))
    big = StreamInfo("p", ("picture",), ("",), RATE_HZ, 2, (96, 128, 3), "uint8")
    out += lane.extend(big)
    for seq in range(30, 40):
        values = np.zeros((1, 96, 128, 3), np.uint8)
        out += lane.take(Block("p", seq, np.array([seq / RATE_HZ]), values, 0.0))
    results = [item for item in out if isinstance(item, Result)]
    assert len(results) == 40 and "heat" in results[-1].extras and "heat" not in results[0].extras
    assert not [item for item in out if isinstance(item, Event) and item.kind == "restored"]
