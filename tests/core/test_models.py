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
