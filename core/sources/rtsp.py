"""A network camera by RTSP, address `rtsp://user:password@host:port/path`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from driftscope.core.params import Params, param
from driftscope.core.sources._network_pictures import NetworkPictures


@dataclass
class RtspParams(Params):
    """How the pictures travel; read at each opening."""

    transport: str = param(
        "tcp", choices=("tcp", "udp"), live=False, label="Transport",
        help="tcp: whole pictures, a little later on a bad line. udp: at once, and torn when "
        "something is lost on the way.",
    )  # fmt: skip


class Rtsp(NetworkPictures):
    """Read by FFmpeg, each picture as soon as it is decoded."""

    scheme = "rtsp"
    aliases = ("rtsps",)
    what = "network"
    Params = RtspParams

    def request(self) -> dict[str, Any]:
        options = f"rtsp_transport;{self.params.transport}|flags;low_delay"
        return super().request() | dict(options=options)


PLUGIN = Rtsp
