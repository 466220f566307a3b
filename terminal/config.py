"""The kiosk's settings, one section a room. `systemd/terminal.toml` is the commented example."""

from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Meta

from terminal import settings
from terminal.errors import ConfigError
from terminal.settings import Section
from terminal.sync.wire import Address

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Port = Annotated[int, Meta(ge=1, le=65535)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Terminal(Section, frozen=True, kw_only=True):
    """Which terminal this is, and where it keeps what it must not lose."""

    id: Name
    office: Name
    office_name: str = ""
    zone: str = "Asia/Jakarta"
    state_dir: Path = Path("/var/lib/tatap")


class Camera(Section, frozen=True, kw_only=True):
    """The near-infrared camera: a V4L2 device, or recorded images in its place."""

    kind: Literal["usb", "replay"] = "usb"
    device: str = "/dev/video0"  # path, best a stable one of /dev/v4l/by-id; for replay a folder or a video
    width: Annotated[int, Meta(ge=160, le=4096)] = 640
    height: Annotated[int, Meta(ge=120, le=4096)] = 480
    frames_per_s: Annotated[float, Meta(gt=0, le=240)] = 15.0
    exposure_us: Annotated[int, Meta(ge=10, le=1_000_000)] | None = None  # none: the camera decides
    mirrored: bool = (
        False  # the camera shows people as a mirror does: turned back, or left eyes would pass for right ones
    )
    realtime: bool = True  # replay only: at frames_per_s, or as fast as it is read


class Light(Section, frozen=True, kw_only=True):
    """The infrared illuminator on a serial line."""

    device: str
    baud: Annotated[int, Meta(ge=1200, le=4_000_000)] = 115_200
    level_percent: Annotated[int, Meta(ge=0, le=100)] = 60
    banks: Literal[1, 2] = 1  # 2: lamps left and right that can be switched apart, for the liveness check


class Liveness(Section, frozen=True, kw_only=True):
    """Whether a living eye is checked for, and what follows when it does not look like one."""

    mode: Literal["off", "flag", "refuse"] = "flag"  # flag: the record says so; refuse: there is no record
    target_bpcer: Annotated[float, Meta(ge=0.001, le=0.2)] = 0.02  # part of living eyes that may fail


class Decide(Section, frozen=True, kw_only=True):
    """When a comparison is good enough to be somebody."""

    target_fpir: Annotated[float, Meta(gt=0, lt=1)] = 0.001
    min_margin: Annotated[float, Meta(ge=0, le=0.5)] = 0.02
    frames: Annotated[int, Meta(ge=1, le=30)] = 8  # readable ones, looked at together before it is "unknown"
    seconds: Annotated[float, Meta(ge=0.1, le=10)] = 1.5  # ... or after this long, whichever comes first


class Schedule(Section, frozen=True, kw_only=True):
    """One dated rule of working hours; times are local. The newest rule valid on a day counts."""

    name: Name
    source: str  # the regulation it comes from
    days: tuple[Day, ...]
    valid_from: date
    valid_until: date | None = None
    start: time  # work begins: later is late
    end: time  # work ends: earlier is early
    in_opens: time
    in_closes: time
    out_opens: time
    out_closes: time


class Attend(Section, frozen=True, kw_only=True):
    """How a recognised person becomes a check-in."""

    repeat_window_s: Annotated[int, Meta(ge=0, le=86_400)] = 600
    presence_gap_s: Annotated[float, Meta(gt=0, le=60)] = 3.0  # out of sight this long: gone, the next scan is new
    schedule: tuple[Schedule, ...] = ()


class Mqtt(Section, frozen=True, kw_only=True):
    """The way to the centre."""

    host: str = "localhost"
    port: Port = 8883
    shard: Name = "0"
    tls: bool = True
    ca_file: Path | None = None  # none: the system's authorities
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: Annotated[int, Meta(ge=5, le=3600)] = 30
    window: Annotated[int, Meta(ge=1, le=100)] = 50  # records under way without an acknowledgement of the centre
    resend_after_s: Annotated[float, Meta(gt=0, le=3600)] = 20.0
    state_every_s: Annotated[float, Meta(gt=0, le=3600)] = 30.0


class Kiosk(Section, frozen=True, kw_only=True):
    """The page the employee sees, served on loopback for the kiosk's own browser."""

    host: str = "127.0.0.1"
    port: Port = 8080
    language: Literal["id", "en"] = "id"


class Config(Section, frozen=True, kw_only=True):
    """Everything `tatap run` needs to know."""

    terminal: Terminal
    camera: Camera = Camera()
    light: Light | None = None
    liveness: Liveness = Liveness()
    decide: Decide = Decide()
    attend: Attend = Attend()
    mqtt: Mqtt = Mqtt()
    kiosk: Kiosk = Kiosk()

    @property
    def address(self) -> Address:
        """Where this terminal speaks on MQTT."""
        return Address(self.mqtt.shard, self.terminal.office, self.terminal.id)


def load(path: Path) -> Config:
    """Read and check a configuration; raise ConfigError naming the line and the way out."""
    config = settings.read(path, Config)
    try:
        ZoneInfo(config.terminal.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        hint = "use Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
        raise ConfigError(f"{path}: terminal.zone: no time zone {config.terminal.zone!r}", hint=hint) from error
    for schedule in config.attend.schedule:
        order = (schedule.in_opens, schedule.start, schedule.in_closes, schedule.out_closes)
        if list(order) != sorted(order) or not schedule.start < schedule.end <= schedule.out_closes:
            hint = "in_opens <= start <= in_closes <= out_closes, and start < end <= out_closes"
            raise ConfigError(f"{path}: schedule {schedule.name!r}: its times are out of order", hint=hint)
    return config
