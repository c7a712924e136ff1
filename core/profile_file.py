"""Read a profile from its TOML file, and write it: every mistake by its line."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from driftscope.core.errors import ProfileError
from driftscope.core.export.names import why_not
from driftscope.core.params import SECTIONS
from driftscope.core.pictures.files import write_whole
from driftscope.core.profile import VERSION, Profile
from driftscope.core.profile_checks import Setting, closest
from driftscope.core.toml_lines import KeyPath, key_lines

SUFFIX = ".toml"
LARGEST_BYTES = 2**20
DEEPEST = 16
"""Levels of tables and lists."""
HEAD = "# A Driftscope profile: what differs from the usual. See docs/profiles.md.\n\n"
KEYS = ("version", "log", "sources", *SECTIONS, "channels", "view")


def read(path: str | Path) -> Profile:
    """Read a profile; raise ProfileError with what is wrong, on which line, and what to try."""
    path = Path(path)
    text = _text(path)
    try:
        found = tomllib.loads(text)
    except RecursionError:
        raise ProfileError(f"{path.name} is no profile: it is nested too deep.") from None
    except ValueError as error:  # no TOML, or a number of thousands of digits
        raise ProfileError(_no_toml(path.name, str(error))) from None
    made = Profile(path=path, lines=key_lines(text))
    _reasonable(made, found)
    version = found.pop("version", VERSION)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise made.wrong(("version",), f"version must be a whole number from 1, not {version!r}.")
    made = dataclasses.replace(made, version=version)
    for key in [key for key in found if key not in KEYS]:
        made.refuse((key,), f"{key} is nothing a profile has; {closest(key, KEYS)}")
    sources, own = _sources(made, found.get("sources", []))
    log = found.get("log", "")
    if not isinstance(log, str):
        made.refuse(("log",), f'log must be the name of a file, such as "run.csv", not {log!r}.')
    return dataclasses.replace(
        made, sources=sources, own=own, settings=tuple(_settings(made, found, ())),
        channels={
            name: _table(made, ("channels", name), look)
            for name, look in _table(made, ("channels",), found.get("channels", {})).items()
        },
        view=_table(made, ("view",), found.get("view", {})),
        log=log if isinstance(log, str) else "",
    )  # fmt: skip


def save(profile: Profile, path: str | Path) -> None:
    """Write it whole or not at all, replacing what is there; raise ProfileError."""
    path = Path(path)
    try:
        write_whole(path, text(profile).encode("utf-8", "replace"))
    except (OSError, ValueError) as error:
        raise ProfileError(
            f"The profile could not be written to {path}: {why_not(path, error)}"
        ) from error


def text(profile: Profile) -> str:
    """Return a profile as the text of its file."""
    import tomli_w

    found: dict[str, Any] = {"version": VERSION}
    if profile.log:
        found["log"] = profile.log
    if not profile.own and profile.sources:
        found["sources"] = list(profile.sources)
    found |= _sections(profile.settings)
    if profile.own:
        found["sources"] = [
            {"address": each, **_sections(profile.own.get(each, ()))} for each in profile.sources
        ]
    if profile.channels:
        found["channels"] = {name: dict(look) for name, look in profile.channels.items()}
    if profile.view:
        found["view"] = dict(profile.view)
    return HEAD + tomli_w.dumps(found)


def _text(path: Path) -> str:
    """Return what a file of reasonable size holds."""
    try:
        if not path.exists():
            raise ProfileError(f"There is no profile {path}. Look for its name and folder.")
        if path.is_dir():
            raise ProfileError(f"{path} is a folder. Name the profile in it.")
        if not path.is_file():  # reading a pipe or a device might never end
            raise ProfileError(f"{path} is no file. Name a profile, such as bench.toml.")
        if path.stat().st_size > LARGEST_BYTES:
            size = path.stat().st_size / 2**20
            raise ProfileError(
                f"{path.name} holds {size:,.1f} MB: no profile is larger than 1 MB. Is it one?"
            )
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ProfileError(
            f"{path.name} is not UTF-8 from its byte {error.start + 1:,} on. Save it as UTF-8 text."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ProfileError(f"{path} could not be read: {reason}.") from None


def _no_toml(name: str, reason: str) -> str:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", reason)
    line = f", line {place[1]}" if place and place[1] else ""
    what = reason[: place.start()] if place else reason
    return f"{name}{line}: it is not written as TOML is ({what}). Mend it, or save it anew."


def _reasonable(made: Profile, found: object, path: KeyPath = ()) -> None:
    """Refuse whole numbers beyond TOML's 64 bits, some of which cannot even be written out."""
    if len(path) > DEEPEST:
        raise ProfileError(f"{made.path.name} is no profile: it is nested too deep.")
    if isinstance(found, dict | list):
        for key, each in found.items() if isinstance(found, dict) else enumerate(found):
            _reasonable(made, each, (*path, key))
    elif isinstance(found, int) and not -(2**63) <= found < 2**63:
        raise made.wrong(path, "a whole number has at most 64 bits. Write a smaller one.")


def _sources(
    made: Profile, given: object
) -> tuple[tuple[str, ...], dict[str, tuple[Setting, ...]]]:
    """Read the sources: texts, or tables with an address and parameters of their own."""
    if not isinstance(given, list):
        made.refuse(("sources",), f'sources must be a list, such as ["demo:"], not {given!r}.')
        return (), {}
    found: dict[str, tuple[Setting, ...]] = {}
    for place, each in enumerate(given):
        path: KeyPath = ("sources", place)
        table = {"address": each} if isinstance(each, str) else _table(made, path, each)
        text = table.get("address")
        if not isinstance(text, str) or not text:
            made.refuse(path, 'a source needs its address, such as address = "demo:".')
            continue
        if text in found:
            made.refuse(path, f"{text} is named twice: name each source once.")
        for key in [key for key in table if key not in ("address", *SECTIONS)]:
            known = closest(key, ("address", *SECTIONS))
            made.refuse((*path, key), f"{key} is nothing a source has; {known}")
        found[text] = tuple(_settings(made, table, path))
    return tuple(found), {text: settings for text, settings in found.items() if settings}


def _settings(made: Profile, table: dict[str, Any], path: KeyPath) -> Iterable[Setting]:
    """Give the parameters in a table's sections; the model's come after its choice."""
    for section in sorted(SECTIONS, key=lambda section: section == "model"):
        inside = _table(made, (*path, section), table.get(section, {}))
        for name, value in inside.items():
            yield Setting(f"{section}.{name}", value, (*path, section, name))


def _table(made: Profile, path: KeyPath, given: object) -> dict[str, Any]:
    if isinstance(given, dict):
        return given
    name = ".".join(str(each) for each in path)
    made.refuse(path, f"{name} must be a table, written as [{name}], not {given!r}.")
    return {}


def _sections(settings: Iterable[Setting]) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = {}
    for each in settings:
        section, _, name = each.name.partition(".")
        found.setdefault(section, {})[name] = each.value
    return found
