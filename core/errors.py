"""Every error Driftscope raises on purpose.

DriftscopeError              the message says what happened, to what, and what to try
├── ParamError               a parameter's name or value cannot be taken
├── AddressError             the text names no source we know
├── SourceError              a source could not be opened, or was lost for good
│   └── LinkLost             the device went away while running; the reader tries again
├── DecodeError              the bytes fit no format, or not the one chosen
├── PluginError              a plugin is broken or missing
├── StateError               a saved state does not fit
└── ProfileError             a profile cannot be read, or says what cannot be
"""


class DriftscopeError(Exception):
    """Say what happened, to which device, file or parameter, and what to try."""


class ParamError(DriftscopeError):
    """A parameter's name or value cannot be taken; the old value stays."""


class AddressError(DriftscopeError):
    """The text names no source we know."""


class SourceError(DriftscopeError):
    """A source could not be opened, or was lost for good."""


class LinkLost(SourceError):
    """The device went away while running; the reader tries again."""


class DecodeError(DriftscopeError):
    """The bytes fit no format, or not the one that was chosen."""


class PluginError(DriftscopeError):
    """A plugin is broken or missing."""


class StateError(DriftscopeError):
    """A saved state does not fit what it is loaded into."""


class ProfileError(DriftscopeError):
    """A profile cannot be read or written, or says what cannot be; by its line."""
