"""A network camera's pictures over HTTP, address `http://host:port/path`: MJPEG, or any video."""

from __future__ import annotations

from driftscope.core.sources._network_pictures import NetworkPictures


class Http(NetworkPictures):
    """Read MJPEG, stamped as each picture arrives; what else FFmpeg can read is read by it."""

    scheme = "http"
    aliases = ("https",)
    what = "http"


PLUGIN = Http
