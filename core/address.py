"""One way to write where a stream comes from: `scheme:target?option=value`, or a file's path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl

from driftscope.core import registry
from driftscope.core.errors import AddressError
from driftscope.core.interfaces import Device, Transport
from driftscope.core.params import Params, ParamSet, Spec
from driftscope.core.sections import default_params

PASSWORD = re.compile(r"(?<=://)([^/@:?#]*):[^/]*@")
SECRET = re.compile(r"(?i)([?&](?:pass|passwd|password|pwd|token|key|api_key|secret|auth)=)[^&#]+")
"""A password among the options, as many network cameras want it."""
HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Address:
    """Name a source. `options` are parameters of its `source` section."""

    text: str
    scheme: str
    target: str
    options: dict[str, str] = field(default_factory=dict)


def parse(text: str) -> Address:
    """Read an address such as `demo:`, `serial:/dev/ttyUSB0?baud=9600`, `run.csv` or `-`.

    Raise AddressError that lists what is known.
    """
    text = text.strip()
    if text == "-":
        return Address(text, "stdin", "")
    kinds = _kinds()
    scheme, colon, rest = text.partition(":")
    if colon and len(scheme) > 1 and scheme.lower() in kinds:
        if kinds[scheme.lower()].raw:
            return Address(text, scheme.lower(), text)
        return _with_options(text, scheme.lower(), rest)
    if text.lower() in kinds:
        return Address(text, text.lower(), "")
    for name, kind in kinds.items():
        if text.lower().endswith(kind.suffixes):
            return Address(text, name, text)
        if text.partition("?")[0].lower().endswith(kind.suffixes):
            return _with_options(text, name, text)
    raise AddressError(_unknown(text, kinds))


def _with_options(text: str, scheme: str, rest: str) -> Address:
    target, _, query = rest.partition("?")
    return Address(text, scheme, target, dict(parse_qsl(query, keep_blank_values=True)))


def masked(text: str) -> str:
    """Return an address as it may be shown and written down: without the password in it."""
    return SECRET.sub(rf"\1{HIDDEN}", PASSWORD.sub(rf"\1:{HIDDEN}@", text))


def find(address: Address) -> type[Device]:
    """Return the class that serves an address."""
    return _kinds()[address.scheme].of_target(address.target)


def make(address: Address) -> Device:
    """Make the source or transport an address names; nothing is opened yet."""
    kind = find(address)
    of_text = decoder_specs(kind)
    options = {name: value for name, value in address.options.items() if name not in of_text}
    return kind(address.target, kind.Params.from_options(options))  # type: ignore[call-arg]


def decoder_specs(kind: type[Device]) -> dict[str, Spec]:
    """Return the parameters of its decoder that the address of a device of bytes may tell too,
    such as `?format=json`."""
    if not issubclass(kind, Transport):
        return {}
    specs: dict[str, Spec] = registry.load("decoders", "text").Params.specs()
    return {name: spec for name, spec in specs.items() if name not in kind.Params.specs()}


def decoder_params(address: Address) -> Params:
    """Return how the bytes of a device are read, as far as its address tells; none of a source
    that gives samples: --set decoder.x is a mistake there."""
    kind = find(address)
    if not issubclass(kind, Transport):
        return Params()
    known = decoder_specs(kind)
    told = {name: value for name, value in address.options.items() if name in known}
    made: Params = registry.load("decoders", "text").Params.from_options(told)
    return made


def configured(text: str, settings: Iterable[tuple[str, str]] = ()) -> tuple[Device, ParamSet]:
    """Make what an address names, with all parameters, and set some of them by name.

    Raise AddressError or ParamError; nothing is opened yet.
    """
    return all_configured([text], settings)[text]


def all_configured(
    texts: Iterable[str],
    settings: Iterable[tuple[str, str]] = (),
    prepare: Callable[[ParamSet], object] = lambda _: None,
) -> dict[str, tuple[Device, ParamSet]]:
    """Make several at once; a setting is taken by each of those that know it, after `prepare`."""
    found: dict[str, tuple[Device, ParamSet]] = {}
    for text in texts:
        if text in found:
            raise AddressError(f"{masked(text)} is named twice: name each source once.")
        parsed = parse(text)
        device = make(parsed)
        params = default_params(device.params, device.pictures, device.labelled)
        prepare(params)
        params.attach("decoder", decoder_params(parsed))
        found[text] = device, params
    settle(found, settings)
    return found


def settle(
    inputs: Mapping[str, tuple[Device, ParamSet]], settings: Iterable[tuple[str, str]]
) -> None:
    """Set parameters by name; each is taken by every source that knows it. Raise ParamError."""
    for name, value in settings:
        every = [params for _, params in inputs.values()]
        for params in [each for each in every if each.may_have(name)] or every[:1]:
            params.set(name, value)


def _kinds() -> dict[str, type[Device]]:
    found: dict[str, type[Device]] = {}
    for folder in ("sources", "transports"):
        for plugin in registry.load_all(folder)[0].values():
            found |= dict.fromkeys((plugin.scheme, *plugin.aliases), plugin)
    return found


def _unknown(text: str, kinds: dict[str, type[Device]]) -> str:
    schemes = ", ".join(f"{name}:" for name in sorted(kinds) if name != "stdin")
    suffixes = ", ".join(sorted(s for k in kinds.values() for s in k.suffixes))
    if text and Path(text).exists():
        return (
            f"{text} exists, but its ending does not tell what is in it; known: {suffixes}. "
            f"For a table of numbers write csv:{text}."
        )
    if text.startswith(("/dev/tty", "/dev/cu", "COM")):
        return f"{text} looks like a serial port: write serial:{text}."
    return (
        f"{masked(text)!r} is no source Driftscope knows. It takes {schemes}, - (standard input), "
        f"or a file ending in {suffixes}."
    )
