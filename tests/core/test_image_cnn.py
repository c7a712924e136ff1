"""The net itself: what sizes it takes, and how it grows."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from labelled import described

from driftscope.core.picture_models.image_cnn import ImageCNN, ImageCNNParams
from driftscope.core.pictures.shrink import shrunk
from driftscope.core.stream import StreamInfo


def info(height: int, width: int, names: tuple[str, ...] = ("a", "b")) -> StreamInfo:
    return StreamInfo("p", ("picture",), ("",), sample_shape=(height, width, 3), dtype="uint8",
                      classes=names)  # fmt: skip


def test_a_picture_of_32_pixels_is_flattened_to_1024_numbers() -> None:
    net = ImageCNN.build(ImageCNNParams(), described(32))
    assert net.inner.in_features == 256 * 2 * 2 and net.inner.out_features == 512
    widths = [each.out_channels for each in net.features if isinstance(each, torch.nn.Conv2d)]
    assert widths == [32, 64, 128, 256]


@pytest.mark.parametrize(
    "shape, side, size",
    [
        ((32, 32), 32, (32, 32)),
        ((64, 48), 32, (64, 48)),
        ((33, 17), 32, (33, 17)),
        ((720, 1280), 32, (32, 32)),
        ((720, 1280), 64, (64, 64)),
        ((8, 40), 32, (16, 40)),
    ],
)
def test_any_size_of_picture_is_taken(
    shape: tuple[int, int], side: int, size: tuple[int, int]
) -> None:
    net = ImageCNN.build(ImageCNNParams(side=side, hidden=8), info(*shape))
    assert net.size == size
    pictures = shrunk(np.random.default_rng(0).integers(0, 255, (2, *shape, 3)).astype(np.uint8),
                      size)  # fmt: skip
    assert pictures.shape == (2, *size, 3)
    assert net(torch.from_numpy(pictures).permute(0, 3, 1, 2)).shape == (2, 2)


def test_at_first_every_class_is_as_likely() -> None:
    net = ImageCNN.build(ImageCNNParams(), described(32))
    made = net(torch.randint(0, 255, (3, 3, 32, 32), dtype=torch.uint8))
    assert torch.equal(made, torch.zeros(3, 3))


def test_a_net_for_more_classes_says_the_same_of_the_old_ones() -> None:
    old = ImageCNN.build(ImageCNNParams(hidden=8), described(32))
    torch.nn.init.normal_(old.outer.weight)
    new = ImageCNN.build(ImageCNNParams(hidden=8), described(32, ("a", "b", "c", "d")))
    with torch.no_grad():
        ImageCNN.keep(old, new)
        seen = torch.randint(0, 255, (2, 3, 32, 32), dtype=torch.uint8)
        assert torch.equal(new(seen)[:, :3], old(seen))
        assert torch.equal(new(seen)[:, 3], torch.zeros(2))


def test_small_copies_are_copies() -> None:
    pictures = np.zeros((1, 16, 16, 3), np.uint8)
    copy = shrunk(pictures, (16, 16))
    copy += 1
    assert not pictures.any()
    halves = np.zeros((1, 4, 4, 3), np.uint8)
    halves[:, :, 2:] = 200
    assert shrunk(halves, (2, 2))[0, :, :, 0].tolist() == [[0, 200], [0, 200]]
