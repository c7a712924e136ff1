"""Profiles: sources, parameters and looks; a file that says what differs from the usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from driftscope.core import address
from driftscope.core.errors import DriftscopeError, ProfileError
from driftscope.core.interfaces import Device
from driftscope.core.params import Params, ParamSet, Value
from driftscope.core.profile_checks import Setting, check, may_have
from driftscope.core.toml_lines import KeyPath, line_of

VERSION = 1
NOT_KEPT = ("learner.frozen",)
"""What was learned is in no profile: a learner that is frozen from the start would never start."""
Inputs = dict[str, tuple[Device, ParamSet]]


@dataclass(frozen=True, slots=True)
class Profile:
    """Hold what a profile says. Nothing in it is ever carried out but opening its sources.

    `settings` hold for every source that knows them; `own`, by address, for one alone and above
    the others. `channels` is how each is drawn, as of Traces.as_dict; `view` what the window
    shows. `log` is only proposed where a log's name is asked for. `left_out` says what was not
    taken, each with its reason.
    """

    sources: tuple[str, ...] = ()
    settings: tuple[Setting, ...] = ()
    own: Mapping[str, tuple[Setting, ...]] = field(default_factory=dict)
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    view: Mapping[str, Any] = field(default_factory=dict)
    log: str = ""
    path: Path = Path("profile")
    version: int = VERSION
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def told(self) -> str:
        """Return a sentence about what was left out, "" if nothing was."""
        if not self.left_out:
            return ""
        later = f" was made by a later version ({self.version}; this one knows {VERSION})."
        what = "; ".join(self.left_out[:5])
        more = f"; and {len(self.left_out) - 5} more" if len(self.left_out) > 5 else ""
        begin = f"{self.path.name}{later} Left out" if self.later else f"{self.path.name}: left out"
        return f"{begin}: {what}{more}."

    @property
    def later(self) -> bool:
        """Say whether a later version wrote it: what is not known here may be left out then."""
        return self.version > VERSION

    def inputs(
        self,
        texts: Iterable[str] = (),
        settings: Iterable[tuple[str, str]] = (),
        load_models: bool = False,
    ) -> Inputs:
        """Make the sources, or those in `texts` in their place, with all parameters; `settings`
        win over the profile's.

        What is said of a model is checked if torch is loaded or with `load_models`, which loads
        it. Raise AddressError, ParamError, or ProfileError naming the line; nothing is opened yet.
        """
        asked = tuple(texts)
        for text in () if asked else self.sources:
            if address.HIDDEN in text:
                raise self.wrong(
                    ("sources",),
                    f"passwords are not kept in profiles. Name the source, with the password in "
                    f"place of {address.HIDDEN}, beside the profile: {text}",
                )
        try:
            made = address.all_configured(asked or self.sources)
        except DriftscopeError as error:
            if asked:
                raise
            raise self.wrong(("sources",), str(error)) from error
        by_name = {address.masked(text): each for text, each in made.items()}
        foreign = set(by_name) != set(self.sources)
        for setting in self.settings:
            takers = [each for each in made.values() if may_have(setting.name, *each, load_models)]
            if not takers and foreign and setting.name.startswith(("source.", "decoder.")):
                self._leave_out(f"{setting.name}, which belongs to another source")
            else:
                self._set(setting, takers or list(made.values())[:1], load_models)
        for text, own in self.own.items():
            if text in by_name:
                for setting in own:
                    self._set(setting, [by_name[text]], load_models)
            else:
                self._leave_out(f"what is said of {text}, as other sources are named")
        address.settle(made, settings)
        return made

    def wrong(self, path: KeyPath, text: str) -> ProfileError:
        """Return the error that something is wrong with what stands at `path`, by its line."""
        line = line_of(self.lines, path)
        return ProfileError(f"{self.path.name}{f', line {line}' if line else ''}: {text}")

    def refuse(self, path: KeyPath, text: str) -> None:
        """Raise the error that something is wrong; of a later version's file note it instead."""
        if not self.later:
            raise self.wrong(path, text)
        line = line_of(self.lines, path)
        name = ".".join(str(each) for each in path)
        self._leave_out(f"line {line}, {name}" if line else name)

    def _leave_out(self, what: str) -> None:
        if what not in self.left_out:
            self.left_out.append(what)

    def _set(self, setting: Setting, takers: list[tuple[Device, ParamSet]], load: bool) -> None:
        for device, params in takers:
            why_not = check(setting, device, params, load)
            if why_not:
                self.refuse(setting.path, why_not)
                return
        for _, params in takers:
            params.set(setting.name, setting.value)


def of(
    connected: Mapping[str, ParamSet],
    channels: Mapping[str, Mapping[str, Any]] | None = None,
    view: Mapping[str, Any] | None = None,
    log: str = "",
) -> Profile:
    """Make the profile of sources as they are now, by their addresses; passwords are left out."""
    differing = {text: _differing(text, params) for text, params in connected.items()}
    shared = {
        name: value
        for found in differing.values()
        for name, value in found.items()
        if all(other.get(name) == value for other in differing.values())
    }
    own = {
        address.masked(text): tuple(
            Setting(name, value) for name, value in found.items() if name not in shared
        )
        for text, found in differing.items()
    }
    return Profile(
        tuple(own), tuple(Setting(name, value) for name, value in shared.items()),
        {text: settings for text, settings in own.items() if settings},
        channels or {}, view or {}, log,
    )  # fmt: skip


def _differing(text: str, params: ParamSet) -> dict[str, Value]:
    """Return the parameters that differ from what the address alone gives."""
    _, usual = address.configured(text)
    found = {}
    for full, spec, value in params:
        section, _, name = full.partition(".")
        base: Params = usual.sections.get(section, params.sections[section])
        alike = (
            type(base) is type(params.sections[section]) and base is not params.sections[section]
        )
        if value != (getattr(base, name) if alike else spec.default) and full not in NOT_KEPT:
            found[full] = value
    return found
