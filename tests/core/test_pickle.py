"""Reading pickles of plain data without running anything in them."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from driftscope.core.sources import _pickle


@pytest.mark.parametrize(
    "data",
    [
        b"cos\nsystem\n(S'true'\ntR.",  # the oldest way
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.",
        b"\x80\x02cnumpy.core.multiarray\n_reconstruct\ncos\nsystem\nK\x00\x85U\x01b\x87R.",
        b"(ios\nsystem\n.",  # INST
        b"(cos\nsystem\nS'true'\no.",  # OBJ
        b"\x80\x02cnumpy\ndtype\n\x81.",  # NEWOBJ
        b"\x80\x02cnumpy\nndarray\n}b.",  # BUILD on what is only named
        b"\x80\x02\x82\x01.",  # EXT1
        b"Pid\n.",  # PERSID
        b"\x80\x02cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R.",
        b"\x80\x02c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00rot13\x86R.",
    ],
)
def test_what_plain_arrays_do_not_need_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        _pickle.plain(data)


def test_arrays_of_objects_are_refused() -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(_pickle.Refused):
            _pickle.plain(pickle.dumps({"a": np.array([{}, []], object)}, protocol))
        with pytest.raises(_pickle.Refused):
            _pickle.plain(pickle.dumps({"a": np.zeros(2, [("x", "u1")])}, protocol))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_plain_data_come_back(protocol: int) -> None:
    what = {
        "i": 7, "big": 2**80, "f": 0.5, "n": None, "t": True, "l": [1, "zwölf", b"\x00\xff"],
        "d": {"in": (1, 2, 3, 4)}, "u": np.arange(6, dtype=np.uint16).reshape(2, 3),
        "F": np.asfortranarray(np.arange(6.0).reshape(2, 3)), "e": [], "b": np.array([True]),
    }  # fmt: skip
    found = _pickle.plain(pickle.dumps(what, protocol))
    for name in ("u", "F", "b"):
        assert found[name].dtype == what[name].dtype and np.array_equal(found[name], what[name])
        del found[name], what[name]
    assert found == what


def test_every_cut_or_damaged_pickle_is_told() -> None:
    whole = pickle.dumps({b"data": np.zeros((2, 3072), np.uint8), b"labels": [1, 2]}, protocol=2)
    draw = np.random.default_rng(0)
    for at in [*range(0, 300, 7), len(whole) - 1, len(whole) - 2]:
        with pytest.raises(ValueError):
            _pickle.plain(whole[:at])
    for _ in range(300):
        broken = bytearray(whole)
        broken[draw.integers(0, 200)] = draw.integers(0, 256)
        try:
            _pickle.plain(bytes(broken))
        except ValueError as error:
            assert str(error)
