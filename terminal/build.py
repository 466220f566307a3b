"""Puts the rooms together: the only module of the kiosk that knows them all."""

import logging
from collections.abc import Sequence
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
from terminal.evidence import Patience
from terminal.extract import iris_encode, iris_quality, iris_segment, liveness, runtime
from terminal.extract.challenge import Watch
from terminal.kiosk.server import KioskPage
from terminal.match import gallery
from terminal.match.decide import Policy, decide, same_eye
from terminal.ports import Camera, Clock, Lamps, Screen
from terminal.store.db import GalleryStore, Known
from terminal.store.vault import vault_of_machine
from terminal.sync import presence
from terminal.sync.link import Endpoint, Link
from terminal.sync.outbox import Outbox
from terminal.sync.publisher import Pace, Publisher
from terminal.types import Accepted, Decision, Eye, Frame, IrisMap, Probe, Quality, Reason, Reference, Template

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Extractor:
    """From a frame to a template, step by step or in one go."""

    network: runtime.Network

    def segment(self, frame: Frame) -> tuple[IrisMap, ...] | Reason:
        """Return the irises of a frame that are good enough to recognise somebody by, or why none is."""
        found = iris_segment.segment(self.network, frame)
        if isinstance(found, Reason):
            return found
        refused = [iris_quality.refusal(iris_quality.measure(frame, one)) for one in found]
        good = tuple(one for one, reason in zip(found, refused, strict=True) if reason is None)
        return good or next(reason for reason in refused if reason is not None)

    def encode(self, frame: Frame, irises: tuple[IrisMap, ...]) -> tuple[Template, ...] | Reason:
        """Return a template of each iris that can be read, or why none can."""
        made = [iris_encode.encode(frame, one) for one in irises]
        templates = tuple(one for one in made if isinstance(one, Template))
        return templates or next(one for one in made if isinstance(one, Reason))

    def extract(self, frame: Frame, eye: Eye) -> Template | Reason:
        """Take a frame as far as the template of one eye: of the two of a face the one asked for, else the only one."""
        quality = assess(frame)
        irises = self.segment(frame) if isinstance(quality, Quality) else quality
        if isinstance(irises, Reason):
            return irises
        asked = tuple(one for one in irises if one.eye in (eye, None))
        templates = self.encode(frame, asked) if asked else Reason.NO_EYE
        return templates if isinstance(templates, Reason) else templates[0]


class Enrolled:
    """The gallery in memory; what a technician changes in the one on disk is taken over person by person."""

    def __init__(self, store: GalleryStore, policy: Policy) -> None:
        self._store, self._policy = store, policy
        self._gallery = gallery.EMPTY
        self._known: dict[int, Known] = {}  # by place
        self._names: dict[str, str] = {}
        self._changes, self._number = -1, 0
        self.refresh()

    def refresh(self) -> None:
        """Read what has changed since the last time."""
        changes = self._store.changes()
        if changes == self._changes:
            return
        known, number = dict(self._known), self._number
        gone = {known.pop(place).person for place in self._store.outdated(number) if place in known}
        held = gallery.changed(self._gallery, gone, ())  # all of them first: those who come may be of another model
        while (news := self._store.news(number)).places:
            gone = {known.pop(place).person for place in news.places if place in known}  # changed since a line ago
            held = gallery.changed(held, gone, news.references)
            known |= {one.place: one for one in news.people}
            number = news.number
        self._gallery, self._known = held, known  # only now: when anything above raises, all stays as it was
        self._names = {one.person: one.name for one in known.values()}
        self._changes, self._number = changes, number
        log.info("the gallery holds %d references of %d people", len(held.owner), len(known))

    def search(self, template: Template) -> Probe:
        """Return how unlike a captured iris is to every reference, of its own eye where that is known."""
        scores = gallery.search(self._gallery, template, template.eye)
        return Probe(template, template.eye, scores, self._changes)

    def decide(self, evidence: Sequence[Probe]) -> Decision:
        """Return who the captures say it is; all must be of the gallery's present edition, as the newest one is."""
        return decide(self._gallery.people, self._gallery.owner, evidence, self._policy)

    def name_of(self, person: str) -> str:
        """Return the short name for the screen, or nothing."""
        return self._names.get(person, "")


def extractor() -> Extractor:
    """Load the networks and return what turns frames into templates."""
    return Extractor(runtime.load("iris-seg"))


def gallery_store(state_dir: Path) -> GalleryStore:
    """Open the gallery of a kiosk."""
    return GalleryStore(state_dir / "gallery.db", vault_of_machine(state_dir))


def outbox(config: Config) -> Outbox:
    """Open the book of a kiosk, for the thread that calls."""
    return Outbox(config.terminal.state_dir / "outbox.db", config.terminal.id)


def policy(config: Config) -> Policy:
    """Return how sure a decision must be."""
    return Policy(config.decide.target_fpir, config.decide.min_margin, config.decide.frames)


def agree(one: Probe, other: Probe) -> bool:
    """Whether two captures surely show the same eye and were compared with the same gallery, and so may be fused."""
    if one.eye is not other.eye or one.edition != other.edition:
        return False
    alone = gallery.build([iris_encode.reference(other.template, "", other.eye or Eye.LEFT)])
    return same_eye(float(gallery.search(alone, one.template)[0]))


def enrol_steps(extracts: Extractor, enrolled: Sequence[Reference], wanted: Policy) -> Steps:
    """Return what enrolment needs of the recognition rooms, with the gallery as it is now."""
    everybody = gallery.build(enrolled)

    def whose(template: Template, among: gallery.Gallery) -> str | None:
        probe = Probe(template, None, gallery.search(among, template), 0)
        decision = decide(among.people, among.owner, [probe], wanted)
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
        agree=agree,
        decide=enrolled.decide,
        to_record=partial(attend.to_record, config.terminal, config.attend),
        ledger=outbox(config),
        screen=shows,
        clock=clock,
        patience=Patience(config.decide.frames, config.decide.seconds),
        presence_gap_s=config.attend.presence_gap_s,
    )
