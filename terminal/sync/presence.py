"""What the terminal says of itself: retained at the broker when it comes, while it lives, and when it vanishes."""

from terminal import __version__
from terminal.sync.link import Will
from terminal.sync.wire import Address, Kind, State, pack_state


def alive(at_utc_ns: int, pending: int) -> bytes:
    """Return the state of a terminal that is there and has `pending` records the centre has not answered for."""
    return pack_state(State(online=True, at_utc_ns=at_utc_ns, pending=pending, version=__version__))


def gone(at_utc_ns: int, pending: int) -> bytes:
    """Return the state of a terminal that has left; as a will, its time is when the connection began."""
    return pack_state(State(online=False, at_utc_ns=at_utc_ns, pending=pending, version=__version__))


def will(address: Address, at_utc_ns: int, pending: int) -> Will:
    """Return what the broker is to say when the terminal vanishes without a goodbye."""
    return Will(address.topic(Kind.STATE), gone(at_utc_ns, pending))
