"""Sets a demonstration up, lets it run, and takes it down: `tatap demo`."""

import json
import logging
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from datetime import time as clock_time
from itertools import chain, cycle
from pathlib import Path
from random import Random

from central.config import Centre as CentreSettings
from central.config import Office, Web
from central.service import Centre
from terminal import build, config
from terminal.capture.replay import ReplayCamera
from terminal.clock import SystemClock
from terminal.demo.cast import Cast, Shot
from terminal.demo.tally import Tally
from terminal.enrol.enrol import Offered, enrol
from terminal.errors import EnrolError, LinkError
from terminal.ports import Screen
from terminal.service import Kiosk
from terminal.sync.link import Endpoint
from terminal.types import Eye, Frame, Pixels

LOOPBACK = "127.0.0.1"
OFFICE = "36.74.03"  # code of a kecamatan (Kemendagri's numbering)
TERMINAL = "demo-1"
PEOPLE_COME_EVERY_S = 2.5
CENTRE_ANSWERS_WITHIN_S = 120.0

RUMQTTD = """id = 0
[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 16777216
max_segment_count = 4
[v5.1]
name = "demo"
listen = "{host}:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 65536
max_inflight_count = 100
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked of the demonstration."""

    cast: Cast
    check: bool  # run once as fast as it can, and check the books
    as_json: bool
    state_dir: Path | None  # none: a temporary one
    broker: tuple[str, int] | None  # none: the embedded one


@dataclass(frozen=True, slots=True)
class Report:
    """What a checked demonstration came to; `probes` are those of enrolled people."""

    enrolled: int
    probes: int
    accepted: int
    wrong_person: int
    unknown_probes: int
    unknown_accepted: int
    rejected: dict[str, int]
    records_terminal: int
    records_centre: int
    seconds: float


def run(wishes: Wishes) -> int:
    """Run a demonstration and return the exit status; 1 when a record is missing at the centre or differs there."""
    started_s = time.monotonic()
    with ExitStack() as stack:
        state_dir = wishes.state_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tatap-demo-")))
        host, port = wishes.broker or stack.enter_context(embedded_broker(state_dir))
        centre = _centre(Endpoint(host, port, tls=False), state_dir, wishes.check)
        stack.callback(centre.stop)
        settings = _settings(host, port, state_dir, wishes.check)
        enrolled = _enrol(settings, wishes.cast)
        tallies: list[Tally] = []

        def watch(page: Screen) -> Screen:
            tallies.append(Tally(wishes.cast, page))
            return tallies[-1]

        camera = ReplayCamera(_frames(wishes), SystemClock(), None if wishes.check else 1 / PEOPLE_COME_EVERY_S)
        kiosk = Kiosk(settings, camera, watch)
        stack.callback(kiosk.stop)
        if not wishes.check:
            _invite(kiosk, centre, enrolled)
        kiosk.run()
        if not wishes.check:
            return 0
        tallies[0].finish()
        return _books(wishes, tallies[0], settings, centre, enrolled, started_s)


@contextmanager
def embedded_broker(state_dir: Path) -> Iterator[tuple[str, int]]:
    """Run a broker for the demonstration, reachable from this machine alone; raise LinkError when it is not installed."""
    try:
        from iotcore import Broker  # only the demo needs it, so only the demo extra brings it
    except ImportError as error:
        hint = "install tatap[demo], or name a broker with --broker HOST:PORT"
        raise LinkError("the embedded broker is not installed", hint=hint) from error
    port = free_port()
    settings = state_dir / "broker.toml"
    settings.write_text(RUMQTTD.format(host=LOOPBACK, port=port), encoding="utf-8")
    with Broker(config_path=str(settings)):
        yield LOOPBACK, port


def free_port(wanted: int = 0) -> int:
    """Return a port of this machine that nobody listens on: the wanted one if it can be."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
    return port


def _settings(host: str, port: int, state_dir: Path, check: bool) -> config.Config:
    workday = config.Schedule(
        name="perpres-21-2023",
        source="Perpres 21/2023",
        days=("mon", "tue", "wed", "thu", "fri"),
        valid_from=date(2023, 4, 12),
        start=clock_time(7, 30),
        end=clock_time(16, 0),
        in_opens=clock_time(6, 0),
        in_closes=clock_time(9, 0),
        out_opens=clock_time(15, 30),
        out_closes=clock_time(18, 0),
    )
    return config.Config(
        terminal=config.Terminal(id=TERMINAL, office=OFFICE, office_name="Kecamatan Contoh", state_dir=state_dir),
        camera=config.Camera(kind="replay"),
        attend=config.Attend(schedule=(workday,)),
        mqtt=config.Mqtt(host=host, port=port, tls=False, resend_after_s=5.0, state_every_s=5.0),
        kiosk=config.Kiosk(port=free_port(0 if check else 8080)),
    )


def _centre(broker: Endpoint, state_dir: Path, check: bool) -> Centre:
    offices = (
        Office(id=OFFICE, name="Kecamatan Contoh", opd="Kecamatan"),
        Office(id="36.74.04", name="Kecamatan Belum Ada Alat", opd="Kecamatan", equipped=False),
    )
    web = Web(port=free_port(0 if check else 8081))
    return Centre(broker, CentreSettings(database=state_dir / "central.db", silent_after_s=15.0), web, offices)


def _enrol(settings: config.Config, cast: Cast) -> int:
    """Enrol the cast eye by eye and return how many people are in the gallery."""
    extracts, store = build.extractor(), build.gallery_store(settings.terminal.state_dir)
    present = {one.person for one in store.people()}
    people = list(dict.fromkeys(shot.person for shot in cast.enrol))
    for number, person in enumerate(people, 1):
        if sys.stderr.isatty():
            print(f"\renrolling {number} of {len(people)} ", end="", file=sys.stderr, flush=True)
        if person in present:
            continue
        steps = build.enrol_steps(extracts, store.references(), build.policy(settings))
        for eye in Eye:
            offered = _offered([shot for shot in cast.enrol if (shot.person, shot.eye) == (person, eye)])
            if not offered:
                continue
            try:
                receipt = enrol(person, offered, steps)
            except EnrolError as error:
                log.warning("%s, %s eye: %s", person, eye, error)
                continue
            store.put(person, person, receipt.references, SystemClock().now().utc_ns)
    enrolled = len(store.people())
    store.close()
    return enrolled


def _offered(shots: list[Shot]) -> list[Offered]:
    now = SystemClock().now()
    return [Offered(shot.eye, Frame(pixels, "demo", source, now)) for shot in shots for source, pixels in shot.load()]


def _frames(wishes: Wishes) -> Iterator[tuple[str, Pixels]]:
    """Every probe once for a check; else people in random order, one after the other without end."""
    shots = [*wishes.cast.probes, *wishes.cast.strangers]
    if wishes.check:
        return chain.from_iterable(shot.load() for shot in shots)
    Random(0).shuffle(shots)  # noqa: S311  # who comes next decides nothing
    return chain.from_iterable(shot.load() for shot in cycle(shots))


def _invite(kiosk: Kiosk, centre: Centre, enrolled: int) -> None:
    print(f"\n{enrolled} people are enrolled, and one comes to the kiosk every {PEOPLE_COME_EVERY_S} s. Open:\n")
    print(f"  the kiosk    {kiosk.page_url}     what an employee sees")
    print(f"  the centre   {centre.web_url}     who is here, who is late, which office is online\n")
    print("Ctrl-C ends it.", flush=True)


def _books(
    wishes: Wishes, tally: Tally, settings: config.Config, centre: Centre, enrolled: int, started_s: float
) -> int:
    """Wait for the centre to answer for every record, compare byte by byte, report, and return the exit status."""
    book = build.outbox(settings)
    _wait(lambda: book.pending_count() == 0, CENTRE_ANSWERS_WITHIN_S)
    ours, theirs = book.payloads(), centre.payloads(TERMINAL)
    book.close()
    report = Report(
        enrolled=enrolled,
        probes=len(wishes.cast.probes),
        accepted=tally.accepted,
        wrong_person=tally.wrong_person,
        unknown_probes=len(wishes.cast.strangers),
        unknown_accepted=tally.unknown_accepted,
        rejected=dict(tally.rejected),
        records_terminal=len(ours),
        records_centre=len(theirs),
        seconds=round(time.monotonic() - started_s, 1),
    )
    as_table = asdict(report)
    print(json.dumps(as_table) if wishes.as_json else "\n".join(f"{k:18} {v}" for k, v in as_table.items()))
    if ours != theirs:
        print("tatap: the centre's records are not the terminal's", file=sys.stderr)
    return int(ours != theirs)


def _wait(until: Callable[[], bool], at_most_s: float) -> None:
    deadline_s = time.monotonic() + at_most_s
    while not until() and time.monotonic() < deadline_s:
        time.sleep(0.1)
