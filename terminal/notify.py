"""Telling systemd how the service is, without its library (sd_notify(3))."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send `state` (READY=1, WATCHDOG=1, STATUS=...) to the service manager; without one nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # a socket without a file: its name begins with a zero byte
        address = "\0" + address[1:]
    # A message that does not arrive is for systemd to act on: it restarts a service it no longer hears.
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.sendto(state.encode(), address)
