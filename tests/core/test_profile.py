"""Profiles: saved and opened they are the same; every mistake in one is told by its line."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from driftscope.core import address, profile, profile_file
from driftscope.core.errors import ParamError, ProfileError
from driftscope.core.models.mlp import PLUGIN as MLP
from driftscope.core.params import ParamSet, Value
from driftscope.core.spec import Spec

ADDRESSES = ("demo:", "demo:?seed=7", "serial:/dev/ttyX?baud=9600", "camera:0", "run.csv")


def params_of(text: str) -> ParamSet:
    """Return the parameters of a source, those of its model included."""
    device, params = address.configured(text)
    if not device.pictures:
        params.attach("model", MLP.Params())
    return params


def opened(path: Path, *sources: str) -> dict[str, ParamSet]:
    """Return the parameters that a profile gives, the model's as soon as it is loaded."""
    found = profile_file.read(path).inputs(sources, load_models=True)
    for device, params in found.values():
        if not device.pictures:
            params.attach("model", MLP.Params())
    return {text: params for text, (_, params) in found.items()}


def values(spec: Spec) -> st.SearchStrategy[Value]:
    """Return what a parameter may be set to."""
    if spec.options():
        return st.sampled_from(spec.options())
    if spec.type is bool:
        return st.booleans()
    if spec.type is str:
        return st.just(str(spec.default))
    low = spec.low if spec.low is not None else -1e6
    high = spec.high if spec.high is not None else 1e6
    if spec.type is int:
        return st.integers(math.ceil(low), math.floor(high))
    return st.floats(low, high)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_saved_and_opened_it_is_the_same(data: st.DataObject, tmp_path_factory) -> None:
    texts = data.draw(st.lists(st.sampled_from(ADDRESSES), min_size=1, max_size=3, unique=True))
    before = {text: params_of(text) for text in texts}
    for text, params in before.items():
        every = [
            name for name, spec, _ in params
            if name not in ("learner.frozen", "learner.model", "detector.kind") and not spec.read
        ]  # fmt: skip
        for name in data.draw(st.lists(st.sampled_from(every), max_size=6, unique=True)):
            params.set(name, data.draw(values(params.spec(name)), label=f"{text} {name}"))
    looks = data.draw(
        st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
            st.fixed_dictionaries({"unit": st.text(st.characters(exclude_categories=["Cs"]))}),
            max_size=3,
        )
    )
    path = tmp_path_factory.mktemp("profile") / "a.toml"
    profile_file.save(profile.of(before, looks, {"span_s": 2.5}, "run.csv"), path)
    after = opened(path)
    assert {text: params.as_dict() for text, params in after.items()} == {
        text: params.as_dict() for text, params in before.items()
    }
    read = profile_file.read(path)
    assert read.channels == looks and read.view == {"span_s": 2.5} and read.log == "run.csv"
    assert read.told == ""


def test_only_what_differs_is_written(tmp_path: Path) -> None:
    params = params_of("demo:?seed=7")
    params.set("learner.lr", 0.3)
    text = profile_file.text(profile.of({"demo:?seed=7": params}))
    assert text.splitlines()[2:] == [
        "version = 1", "sources = [", '    "demo:?seed=7",', "]", "", "[learner]", "lr = 0.3",
    ]  # fmt: skip


def test_what_two_sources_share_stands_once_and_the_rest_with_its_own() -> None:
    one, two = params_of("demo:"), params_of("camera:0")
    for params in (one, two):
        params.set("learner.lr", 0.3)
    one.set("detector.one_in", 50.0)
    made = profile.of({"demo:": one, "camera:0": two})
    assert [each.name for each in made.settings] == ["learner.lr"]
    assert [each.name for each in made.own["demo:"]] == ["detector.one_in"]
    assert "camera:0" not in made.own


def test_no_password_is_written() -> None:
    text = "rtsp://me:secret@10.0.0.7/live"
    made = profile.of({text: params_of(text)})
    assert made.sources == ("rtsp://me:•••@10.0.0.7/live",)
    assert "secret" not in profile_file.text(made)


def test_a_source_without_its_password_is_named_with_it_beside_the_profile(tmp_path: Path) -> None:
    text = "rtsp://me:secret@10.0.0.7/live"
    params = params_of(text)
    params.set("learner.lr", 0.3)
    made = profile.of({text: params, "demo:": params_of("demo:")})
    profile_file.save(made, tmp_path / "a.toml")
    read = profile_file.read(tmp_path / "a.toml")
    with pytest.raises(ProfileError, match=r"line \d+: passwords are not kept in profiles"):
        read.inputs()
    found = read.inputs([text, "demo:"])
    assert found[text][1].get("learner.lr") == 0.3
    assert found["demo:"][1].get("learner.lr") == 1.0 and not read.told


def test_a_frozen_learner_is_not_kept_frozen() -> None:
    params = params_of("demo:")
    params.set("learner.frozen", True)
    assert profile.of({"demo:": params}).settings == ()


def test_what_is_named_beside_it_wins(tmp_path: Path) -> None:
    path = written(tmp_path, 'sources = ["demo:"]\n[learner]\nlr = 0.3\nmomentum = 0.5\n')
    made = profile_file.read(path).inputs((), [("learner.lr", "4")])
    params = made["demo:"][1]
    assert (params.get("learner.lr"), params.get("learner.momentum")) == (4.0, 0.5)


def test_another_source_takes_what_is_not_of_the_first_one_alone(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[learner]\nlr = 0.3\n[source]\nseed = 3\n[[sources]]\naddress = "demo:"\n'
        "[sources.detector]\none_in = 50\n",
    )
    read = profile_file.read(path)
    params = read.inputs(["run.csv"])["run.csv"][1]
    assert params.get("learner.lr") == 0.3
    assert read.told == (
        "a.toml: left out: source.seed, which belongs to another source; "
        "what is said of demo:, as other sources are named."
    )


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[learner]\nlrr = 1\n", "line 2: learner.lrr is no parameter; did you mean learner.lr?"),
        ("learner.lr = 500\n", "line 1: learner.lr must be between 0 and 100 (x safe step), not"),
        ("\n\nlearner.lr = nan\n", "line 3: learner.lr must be between 0 and 100"),
        ("learner.lr = true\n", "line 1: learner.lr must be a number between 0 and 100"),
        ('learner.lr = "fast"\n', "line 1: learner.lr must be a number between 0 and 100"),
        ("learner.lr = 1979-05-27\n", "line 1: learner.lr must be a number"),
        ("learner.lr = [1]\n", "line 1: learner.lr must be a number"),
        ("learner.lr.x = 1\n", "line 1: learner.lr must be a number"),
        ("learner.step_rows = 1.5\n", "line 1: learner.step_rows must be a whole number"),
        ("learner.optimizer = 3\n", 'line 1: learner.optimizer must be a "text", not 3'),
        ('learner.model = "mlpp"\n', "line 1: learner.model must be one of"),
        ("[model]\nhidden_ = 3\n", "line 2: model.hidden_ is no parameter; did you mean"),
        ("[lerner]\nlr = 1\n", "line 1: lerner is nothing a profile has; did you mean learner?"),
        ("zzz = 1\n", "line 1: zzz is nothing a profile has; known are version, log"),
        ("learner = 3\n", "line 1: learner must be a table, written as [learner], not 3."),
        ('sources = "demo:"\n', 'line 1: sources must be a list, such as ["demo:"], not'),
        ("sources = [3]\n", "line 1: sources.0 must be a table"),
        ('sources = ["wat:x"]\n', "line 1: 'wat:x' is no source Driftscope knows"),
        ('[[sources]]\naddres = "demo:"\n', "line 1: a source needs its address"),
        (
            '[[sources]]\naddress = "demo:"\nlearn = 3\n',
            "line 3: learn is nothing a source has; did you mean learner?",
        ),
        (
            '[[sources]]\naddress = "demo:"\n[sources.learner]\nlr = -1\n',
            "line 4: learner.lr must be between 0 and 100",
        ),
        ('sources = ["demo:", "demo:"]\n', "line 1: demo: is named twice"),
        ("log = 3\n", 'line 1: log must be the name of a file, such as "run.csv", not 3.'),
        ('version = "1"\n', "line 1: version must be a whole number from 1, not '1'."),
        ("version = 0\n", "line 1: version must be a whole number from 1, not 0."),
        ("version = 1\nlearner.lr 3\n", "line 2: it is not written as TOML is"),
        ("a = 1\na = 2\n", "line 2: it is not written as TOML is (Cannot overwrite a value)"),
        ("learner.lr = " + 5000 * "9", "it is not written as TOML is (Exceeds the limit"),
        ("a = " + 9000 * "[", "it is nested too deep"),
        ("a" + 99 * ".a" + " = 1", "it is nested too deep"),
        ("learner.lr = 1" + 400 * "0", "line 1: a whole number has at most 64 bits"),
        ("log = 1\nview.a = 0x" + 6000 * "f", "line 2: a whole number has at most 64 bits"),
        ('"' + 200_000 * "=" + '" = 1\n', "is nothing a profile has"),
        (b"a = '\xff'\n", "is not UTF-8 from its byte 6 on"),
        (b"\0\0\0\0", "it is not written as TOML is"),
    ],
)
def test_a_mistake_is_told_by_its_line(tmp_path: Path, text: str | bytes, said: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ProfileError) as caught:
        read = profile_file.read(path)
        read.inputs([] if read.sources else ["demo:"], load_models=True)
    assert said in str(caught.value) and str(caught.value).startswith("a.toml")


def test_a_setting_beside_it_that_cannot_be_is_no_mistake_of_the_profile(tmp_path: Path) -> None:
    with pytest.raises(ParamError, match="between 0 and 100"):
        profile_file.read(written(tmp_path, "")).inputs(["demo:"], [("learner.lr", "500")])


def test_of_a_later_version_what_is_known_is_taken_and_the_rest_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'version = 3\nplots = 4\nsources = ["demo:"]\n[learner]\nlr = 0.3\nturbo = 1\n'
        "[detector]\none_in = 1e12\n",
    )
    read = profile_file.read(path)
    params = read.inputs()["demo:"][1]
    assert params.get("learner.lr") == 0.3 and params.get("detector.one_in") == 1000.0
    assert read.told == (
        "a.toml was made by a later version (3; this one knows 1). Left out: line 2, plots; "
        "line 6, learner.turbo; line 8, detector.one_in."
    )


def test_what_is_no_profile_is_told(tmp_path: Path) -> None:
    huge = tmp_path / "huge.toml"
    with huge.open("wb") as file:
        file.truncate(2**30)
    for path, said in (
        (tmp_path, "is a folder. Name the profile in it."),
        (tmp_path / "none.toml", "There is no profile"),
        (huge, "holds 1,024.0 MB: no profile is larger than 1 MB."),
        (Path("/dev/zero"), "is no file. Name a profile"),
        (tmp_path / "a\0b", "a\0b"),
    ):
        with pytest.raises(ProfileError) as caught:
            profile_file.read(path)
        assert said in str(caught.value)


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    for path, said in (
        (tmp_path, "it is a folder. Name a file in it."),
        (tmp_path / "no" / "a.toml", "there is no folder"),
        (tmp_path / ("x" * 300), "file name too long. Choose another"),
    ):
        with pytest.raises(ProfileError) as caught:
            profile_file.save(profile.Profile(), path)
        assert said in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_windows_line_ends_and_a_mark_at_the_start_are_no_fault(tmp_path: Path) -> None:
    path = written(tmp_path, b"\xef\xbb\xbf[learner]\r\nlr = 0.3\r\nlrr = 3\r\n")
    with pytest.raises(ProfileError, match=r"a.toml, line 3: learner\.lrr"):
        profile_file.read(path).inputs(["demo:"])


def test_the_examples_in_the_docs_are_taken(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "profiles.md"
    examples = [each.partition("```")[0] for each in page.read_text().split("```toml\n")[1:]]
    assert len(examples) == 2
    for text in examples:
        read = profile_file.read(written(tmp_path, text))
        made = read.inputs(load_models=True)
        assert {params.get("learner.lr") for _, params in made.values()} == {0.3}
        assert not read.told
