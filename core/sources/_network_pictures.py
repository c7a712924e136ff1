"""What all cameras with an address in the network have in common."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlsplit

from driftscope.core.errors import SourceError
from driftscope.core.params import Params
from driftscope.core.sources._live_pictures import LivePictures

ANSWER_S = 10.0
"""How long the libraries wait for an answer, and for each next byte of it."""


class NetworkPictures(LivePictures):
    """Read from a URL. Its name is without user, password and query: passwords stand in these."""

    raw = True
    watchdog_s = 10.0
    open_s = 15.0
    what: ClassVar[str]
    """Which grabber of the capture process reads it."""

    def __init__(self, target: str, params: Params | None = None) -> None:
        super().__init__()
        self.params = params or self.Params()
        self._url = target
        self.name, self.key = _names(target)

    def request(self) -> dict[str, Any]:
        if not self.key:
            raise SourceError(
                f"{self.name} is no address of a camera: write {self.scheme}://host:port/path."
            )
        return dict(what=self.what, url=self._url, answer_s=ANSWER_S)


def _names(url: str) -> tuple[str, str]:
    """Return what may be shown of a URL, and its host, "" if it has none."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return url.rpartition("@")[2].partition("?")[0], ""
    if not host or not parts.scheme:
        return url.rpartition("@")[2].partition("?")[0], ""
    place = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{place}{f':{port}' if port else ''}{parts.path}", host
