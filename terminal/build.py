"""Puts the rooms together: the only module of the kiosk that knows them all."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import numpy as np

from terminal import attend, daemon
from terminal.capture import replay
from terminal.capture.quality import assess
from terminal.capture.usb import UsbCamera
from terminal.config import Config
from terminal.enrol.enrol import Steps
from terminal.extract import iris_encode, iris_segment, liveness, runtime
from terminal.extract.challenge import Watch
from terminal.kiosk.server import KioskPage
from terminal.match import gallery
from terminal.match.decide import Policy, decide
from terminal.ports import Camera, Clock, Lamps, Screen
from terminal.store.db import GalleryStore
from terminal.store.vault import vault_of_machine
from terminal.sync import presence
from terminal.sync.link import Endpoint, Link
from terminal.sync.outbox import Outbox
from terminal.sync.publisher import Pace, Publisher
from terminal.types import Accepted, Decision, Frame, IrisMap, Quality, Reason, Reference, Scores, Template

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extractor:
    """From a frame to a template, step by step or in one go."""

    segment: Callable[[Frame], IrisMap | Reason]
    encode: Callable[[Frame, IrisMap], Template | Reason]

    def extract(self, frame: Frame) -> Template | Reason:
        """Take a frame as far as a template."""
        quality = assess(frame)
        iris = self.segment(frame) if isinstance(quality, Quality) else quality
        return self.encode(frame, iris) if isinstance(iris, IrisMap) else iris


class Enrolled:
    """The gallery in memory, laid out anew when a technician has changed the one on disk."""

    def __init__(self, store: GalleryStore, policy: Policy) -> None:
        self._store, self._policy = store, policy
        self._changes = -1
        self.refresh()

    def refresh(self) -> None:
        """Read the gallery again if it has changed."""
        changes = self._store.changes()
        if changes != self._changes:
            self._gallery = gallery.build(self._store.references())
            self._names = {one.person: one.name for one in self._store.people()}
            self._changes = changes
            log.info("the gallery holds %d references of %d people", len(self._gallery.owner), len(self._names))

    def search(self, template: Template) -> Scores:
        """Return how unlike a template is to every reference."""
        return gallery.search(self._gallery, template)

    def decide(self, evidence: Sequence[Scores]) -> Decision:
        """Return who the scores say it is."""
        return decide(self._gallery.people, self._gallery.owner, evidence, self._policy)

    def name_of(self, person: str) -> str:
        """Return the short name for the screen, or nothing."""
        return self._names.get(person, "")


def extractor() -> Extractor:
    """Load the networks and return what turns frames into templates."""
    network = runtime.load("iris-seg")
    return Extractor(partial(iris_segment.segment, network), iris_encode.encode)


def gallery_store(state_dir: Path) -> GalleryStore:
    """Open the gallery of a kiosk."""
    return GalleryStore(state_dir / "gallery.db", vault_of_machine(state_dir))


def outbox(config: Config) -> Outbox:
    """Open the book of a kiosk, for the thread that calls."""
    return Outbox(config.terminal.state_dir / "outbox.db", config.terminal.id)


def policy(config: Config) -> Policy:
    """Return how sure a decision must be."""
    return Policy(config.decide.target_fpir, config.decide.min_margin)


def enrol_steps(extracts: Extractor, enrolled: Sequence[Reference], wanted: Policy) -> Steps:
    """Return what enrolment needs of the recognition rooms, with the gallery as it is now."""
    everybody = gallery.build(enrolled)

    def whose(template: Template, among: gallery.Gallery) -> str | None:
        decision = decide(among.people, among.owner, [gallery.search(among, template)], wanted)
        return decision.person if isinstance(decision, Accepted) else None

    return Steps(
        extract=extracts.extract,
        refer=iris_encode.reference,
        agrees=lambda template, others: whose(template, gallery.build(others)) is not None,
        owner=lambda template: whose(template, everybody),
    )


def camera(config: Config, clock: Clock) -> Camera:
    """Return the camera the configuration names."""
    wanted = config.camera
    if wanted.kind == "usb":
        return UsbCamera(wanted, clock)
    frames_per_s = wanted.frames_per_s if wanted.realtime else None
    return replay.ReplayCamera(replay.recording(Path(wanted.device)), clock, frames_per_s)


def publisher(config: Config, clock: Clock) -> Publisher:
    """Return what carries the book to the centre."""
    m = config.mqtt
    endpoint = Endpoint(m.host, m.port, m.tls, m.ca_file, m.cert_file, m.key_file, m.keepalive_s)
    will = presence.will(config.address, clock.now().utc_ns, 0)
    jitter = Random()  # noqa: S311  # spreads reconnects, guards nothing
    link = Link(endpoint, config.terminal.id, jitter, will)
    pace = Pace(m.window, m.resend_after_s, m.state_every_s)
    return Publisher(partial(outbox, config), link, config.address, pace, clock)


def page(config: Config, enrolled: Enrolled, carries: Publisher, clock: Clock) -> KioskPage:
    """Serve the page the employee sees."""
    zone = ZoneInfo(config.terminal.zone)

    def window() -> attend.Window:
        local = datetime.fromtimestamp(clock.now().utc_ns / 1e9, tz=UTC).astimezone(zone)
        return attend.window_at(config.attend, local)

    return KioskPage(
        config.kiosk,
        config.terminal,
        clock,
        name_of=enrolled.name_of,
        pending=lambda: carries.pending,
        online=lambda: carries.online,
        window=window,
    )


def watch(config: Config, lamps: Lamps | None, clock: Clock) -> Watch:
    """Return what checks for a living eye; `lamps` where they can be switched bank by bank."""
    asked = liveness.policy(config.liveness, light=lamps is not None)
    return Watch(runtime.load("iris-pad"), asked, lamps, clock, np.random.default_rng())


def path(
    config: Config, sees: Camera, shows: Screen, enrolled: Enrolled, clock: Clock, lamps: Lamps | None = None
) -> daemon.Path:
    """Return the one path, every step fitted; `lamps` where they can be switched bank by bank."""
    extracts = extractor()
    return daemon.Path(
        camera=sees,
        assess=assess,
        segment=extracts.segment,
        check_alive=watch(config, lamps, clock).check,
        encode=extracts.encode,
        search=enrolled.search,
        decide=enrolled.decide,
        to_record=partial(attend.to_record, config.terminal, config.attend),
        ledger=outbox(config),
        screen=shows,
        clock=clock,
        presence_gap_s=config.attend.presence_gap_s,
    )
