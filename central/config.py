"""The centre's settings. `systemd/central.toml` is the commented example."""

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from central.zones import find_zone
from terminal import settings
from terminal.errors import ConfigError
from terminal.settings import Section
from terminal.sync.link import Endpoint
from terminal.sync.wire import NAME

Name = Annotated[str, Meta(pattern=rf"^{NAME.pattern}$")]
Port = Annotated[int, Meta(ge=1, le=65535)]


class Centre(Section, frozen=True, kw_only=True):
    """Where the records are kept, and of which terminals."""

    database: Path = Path("/var/lib/tatap-central/central.db")
    shard: Name | None = None  # none: the terminals of all shards
    silent_after_s: Annotated[float, Meta(gt=0, le=86_400)] = 90.0  # a terminal unheard this long counts as offline


class Mqtt(Section, frozen=True, kw_only=True):
    """The broker the terminals speak to."""

    host: str = "localhost"
    port: Port = 8883
    tls: bool = True
    ca_file: Path | None = None  # none: the system's authorities
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: Annotated[int, Meta(ge=5, le=3600)] = 30


class Web(Section, frozen=True, kw_only=True):
    """The live board; it asks for no password, so it stays on loopback."""

    host: str = "127.0.0.1"
    port: Port = 8081


class Office(Section, frozen=True, kw_only=True):
    """One office that is, or will be, equipped with terminals."""

    id: Name
    name: str
    zone: str = "Asia/Jakarta"
    opd: str = ""  # the agency it belongs to
    equipped: bool = True


class Config(Section, frozen=True, kw_only=True):
    """Everything `tatap-central` needs to know."""

    centre: Centre = Centre()
    mqtt: Mqtt = Mqtt()
    web: Web = Web()
    office: tuple[Office, ...] = ()

    @property
    def endpoint(self) -> Endpoint:
        """The broker as the link wants it."""
        m = self.mqtt
        return Endpoint(m.host, m.port, m.tls, m.ca_file, m.cert_file, m.key_file, m.keepalive_s)


def load(path: Path) -> Config:
    """Read and check a configuration; raise ConfigError naming the line and the way out."""
    config = settings.read(path, Config)
    seen = set()
    for office in config.office:
        if find_zone(office.zone) is None:
            hint = "use Asia/Jakarta, Asia/Makassar or Asia/Jayapura"
            raise ConfigError(f"{path}: office {office.id!r}: no time zone {office.zone!r}", hint=hint)
        if office.id in seen:
            raise ConfigError(f"{path}: office {office.id!r} is listed twice", hint="remove one of the two")
        seen.add(office.id)
    return config
