"""Why there is no picture, in a sentence: what happened, to what, what to try."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

SENTENCES = {
    "denied": "{name} asks for a user name and a password, or those given are wrong. Write them "
    "into the address: {scheme}://user:password@host/path.",
    "absent": "{name} is there but has no pictures under this path (404 Not Found). Look the "
    "address up in the camera's manual.",
    "refused by": "{name} did not give pictures: it answered {detail}. Look the address up in the "
    "camera's manual.",
    "page": "{name} is a web page, not a stream of pictures. Look up in the camera's manual which "
    "address the pictures have.",
    "refused": "Nothing answers at {name}: is the camera on, and the port right?",
    "unknown host": "The host of {name} is not known: is the name right, and the network there?",
    "unreachable": "{name} cannot be reached: is the network there?",
    "silent": "{name} does not answer: is it the right address, and the camera still on?",
    "no answer": "{name} did not answer in a way that is understood ({detail}). Is it the right "
    "address?",
    "certificate": "{name} has a certificate that is not trusted. Use http:// within your own "
    "network, or have the certificate accepted by this computer.",
    "slow": "{name} sent no picture in time: is it the right address, and is the device on?",
    "not opened": "{name} could not be opened. Is it the right address, and is it still there?",
    "no picture": "{name} was opened but gave no picture. Another program may be using it: close "
    "that one.",
    "unreadable": "{name} sends pictures, but none of them can be read: they are no JPEG, or are "
    "spoiled on the way.",
    "ended": "The link to {name} was lost: no more pictures come from it.",
    "died": "The program that reads {name} ended without a word (status {detail}).",
    "broken": "The program that reads {name} failed: {detail}.",
}
PRINTED = (
    (r"\b401\b|\b403\b|Unauthorized|Forbidden", "denied"),
    (r"\b404\b|Not Found", "absent"),
    (r"Connection refused", "refused"),
    (r"Name or service not known|Failed to resolve hostname|name resolution", "unknown host"),
    (r"No route to host|Network is unreachable", "unreachable"),
    (r"timed out|Immediate exit|timeout triggered|Stream timeout", "silent"),
)
"""What FFmpeg prints, and the reason it stands for; the first that is found counts."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Say why there is no picture, or none any more. `detail` goes into the sentence, `printed`
    is only looked through: passwords may stand in it."""

    word: str
    detail: str = ""
    printed: tuple[str, ...] = ()

    def known(self) -> str:
        """Return the reason's word, a better one if what was printed tells it."""
        if self.word in ("not opened", "no picture"):
            text = "\n".join(self.printed)
            for pattern, word in PRINTED:
                if re.search(pattern, text):
                    return word
        return self.word

    def sentence(self, name: str, words: Mapping[str, str] = {}) -> str:
        """Return it in words, `name` being what to call the device; `words` holds other sentences
        than the usual ones."""
        text = words.get(self.known()) or SENTENCES.get(self.known(), SENTENCES["not opened"])
        scheme = name.partition("://")[0]
        return text.format(name=name, scheme=scheme, detail=self.detail or "no reason told")
