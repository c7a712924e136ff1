import pytest
import torch

from driftscope.core import registry
from driftscope.core.stream import StreamInfo

torch.set_num_threads(1)


@pytest.mark.parametrize("name", registry.names("models"))
@pytest.mark.parametrize("channels", [1, 8])
def test_a_model_maps_windows_to_one_value_a_channel(name, channels):
    plugin = registry.load("models", name)
    params = plugin.Params()
    info = StreamInfo("s", tuple("abcdefgh"[:channels]), ("",) * channels)
    made = []
    for _ in range(2):
        torch.manual_seed(3)
        net = plugin.build(params, info)
        torch.manual_seed(4)
        made.append(net(torch.randn(5, params.window, channels)))
    assert made[0].shape == (5, channels)
    assert torch.equal(made[0], made[1])
    assert not made[0].any(), "a fresh net leaves the last value alone"
    made[0].sum().backward()


@pytest.mark.parametrize("name", registry.names("models"))
@pytest.mark.parametrize("rows", [1, 5, 64])
def test_rows_that_have_not_come_change_no_bit_of_those_that_have(name, rows):
    plugin = registry.load("models", name)
    params = plugin.Params()
    torch.manual_seed(1)
    net = plugin.build(params, StreamInfo("s", tuple("abc"), ("",) * 3))
    with torch.no_grad():
        for each in net.parameters():
            each.add_(0.1 * torch.randn_like(each))
        windows = torch.randn(rows, params.window, 3)
        whole = net(windows)
        for n in range(1, rows):
            part = windows.clone()
            part[n:] = 0.0
            assert torch.equal(net(part)[:n], whole[:n])


@pytest.mark.parametrize("name", ["tcn", "attention"])
@pytest.mark.parametrize("window", [4, 31, 65])
def test_any_window_will_do_and_all_of_it_counts(name, window):
    plugin = registry.load("models", name)
    net = plugin.build(plugin.Params(window=window), StreamInfo("s", ("a", "b"), ("", "")))
    windows = torch.randn(3, window, 2, requires_grad=True)
    net.features(windows).sum().backward()
    assert (windows.grad.abs().sum((0, 2)) > 0).float().mean() > 0.9


def solved(channels, window, rows, seed=0):
    """Return the weights (C, W * C) that Linear starts with, and those it was made with."""
    torch.manual_seed(seed)
    plugin = registry.load("models", "linear")
    info = StreamInfo("s", tuple(f"c{i}" for i in range(channels)), ("",) * channels)
    net = plugin.build(plugin.Params(window=window), info)
    truth = torch.zeros(channels, window, channels)
    own = torch.arange(channels)
    truth[own, -1, own], truth[own, -2, own] = 1.5, -0.7
    windows = torch.randn(rows, window, channels)
    target = torch.einsum("bwc,owc->bo", windows, truth) + 0.25
    present = torch.ones(rows, channels, dtype=torch.bool)
    present[::7, 0] = False
    for k in range(0, rows, 8):
        part = slice(k, k + 8)
        net.start(windows[part], target[part], present[part])
    return net, truth.flatten(1)


@pytest.mark.parametrize(("channels", "window"), [(2, 8), (40, 16)])
def test_linear_is_solved_in_closed_form_from_few_rows(channels, window):
    net, truth = solved(channels, window, 600)
    assert torch.allclose(net.outer.weight, truth, atol=0.35 if channels > 2 else 0.05)
    assert torch.allclose(net.outer.bias, torch.tensor(0.25), atol=0.05 if channels == 2 else 0.6)


def test_linear_is_solved_no_more_once_it_is_no_longer_young():
    net, _ = solved(2, 4, 8192)
    before = [each.clone() for each in net.buffers()]
    net.outer.weight.data.zero_()
    net.start(torch.randn(8, 4, 2), torch.randn(8, 2), torch.ones(8, 2, dtype=torch.bool))
    assert not net.outer.weight.any()
    assert all(torch.equal(a, b) for a, b in zip(before, net.buffers(), strict=True))
