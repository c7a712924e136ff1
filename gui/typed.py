"""What people type, pick or pass for a source, made into an address, and shown without secrets."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from driftscope.core import address
from driftscope.core.address import HIDDEN
from driftscope.core.errors import AddressError
from driftscope.core.params import Value


def as_address(text: str) -> str:
    """Return typed text as an address: a bare device's name is taken for a serial port, a folder
    for one of pictures or of CIFAR batches."""
    text = text.strip()
    if HIDDEN in text:
        raise AddressError(f"Type the password in place of {HIDDEN}: passwords are not kept.")
    if not text:
        raise AddressError("Choose a source, or type a port, a camera, a file or an address.")
    try:
        address.parse(text)
    except AddressError:
        if text.startswith(("/dev/", "COM", "com")) or Path(text).is_char_device():
            return f"serial:{text}"
        if (path := Path(text).expanduser()).exists():
            return of_path(path)
        raise
    return text


def of_path(path: Path) -> str:
    """Return the address of a file or a folder by what it is called and what lies in it."""
    if path.is_dir():
        batches = any(path.glob("data_batch_*"))
        return f"{'cifar' if batches else 'pictures'}:{path}"
    if path.name.startswith(("data_batch_", "test_batch")):
        return f"cifar:{path}"
    address.parse(str(path))  # or say what is known
    return str(path)


def with_options(text: str, options: dict[str, Value]) -> str:
    """Return an address with those of `options` that differ from what is usual."""
    parsed = address.parse(text)
    plugin = address.find(parsed)
    if plugin.raw:
        return text
    specs = plugin.Params.specs() | address.decoder_specs(plugin)
    told = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in options.items()
        if name in specs and value != specs[name].default
    }
    bare = text.partition("?")[0] if parsed.options else text
    return f"{bare}?{urlencode(told)}" if told else bare


def same_device(one: str, other: str) -> bool:
    """Say whether two addresses mean one device, whatever its options."""
    try:
        raw = address.find(address.parse(one)).raw
    except AddressError:
        raw = True
    return one == other if raw else one.partition("?")[0] == other.partition("?")[0]


def masked(text: str) -> str:
    """Return an address as it may be shown: without the password in it."""
    return address.masked(text)
