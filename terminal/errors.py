"""Every fault of the kiosk, in one tree. "No" (blurred, unknown) is a value, `types.Reason`; a fault is raised."""


class TerminalError(Exception):
    """A fault somebody has to act on: what happened, and the next step that mends it."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.args[0]}. Next: {self.hint}"


class ConfigError(TerminalError):
    """A setting is missing, misspelt, of the wrong type or out of range."""


class ImageError(TerminalError):
    """A file is not an image, is cut short, or is too small to hold an eye."""


class CameraError(TerminalError):
    """The camera is gone, busy or sends nothing."""


class LightError(TerminalError):
    """The infrared light does not answer on its serial line."""


class ModelError(TerminalError):
    """A model file is missing, or is not the file the manifest names."""


class GalleryError(TerminalError):
    """The enrolled templates cannot be read, or cannot take what was asked."""


class EnrolError(TerminalError):
    """The images offered do not make a reference that can be trusted."""


class OutboxError(TerminalError):
    """A record could not be made durable: the disk is full, read-only or damaged."""


class WireError(TerminalError):
    """Bytes that are not a message of this protocol."""


class LinkError(TerminalError):
    """The broker cannot be used as configured: certificate, address or permission."""


class ServeError(TerminalError):
    """A page cannot be served where it should be."""
