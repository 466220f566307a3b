"""The faults of the centre; `terminal.errors` has the root and those of protocol, settings and broker."""

from terminal.errors import TerminalError


class StoreError(TerminalError):
    """The centre's database cannot be opened, read or written."""


class IngestError(TerminalError):
    """The part that takes records in has stopped."""
