"""TLS by configuration against a real mosquitto: both sides show certificates, and a stranger's is refused."""

import datetime
import ipaddress
import time
from pathlib import Path
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from terminal.errors import LinkError
from terminal.sync.link import Connected, Endpoint, Link, Lost
from tests.broker import Mosquitto, find_mosquitto


class Authority:
    """A certificate authority of a test's own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.file = self._write(name, self._certificate(self._subject, self._key, is_ca=True), self._key)[0]

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return the files of a certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        return self._write(f"{self._name}-{name}", self._certificate(subject, key, is_ca=False), key)

    def _certificate(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, is_ca: bool) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> tuple[Path, Path]:
        pem, key_pem = self._folder / f"{name}.pem", self._folder / f"{name}.key"
        pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        key_pem.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
        key_pem.chmod(0o644)  # mosquitto gives up root before it reads
        return pem, key_pem


def outcome(link: Link) -> Connected | Lost:
    deadline_s = time.monotonic() + 10
    while time.monotonic() < deadline_s:
        for event in link.turn(0.1):
            if isinstance(event, Connected | Lost):
                link.close()
                return event
    raise AssertionError("neither connected nor lost")


# A handshake that fails inside paho leaves its socket to the garbage collector, which warns.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_certificates_open_the_door_and_a_stranger_stays_outside(tmp_path: Path) -> None:
    program = find_mosquitto()
    if program is None:
        pytest.skip("needs a real broker: apt-get install mosquitto")
    tmp_path.chmod(0o755)
    ours, theirs = Authority(tmp_path, "ours"), Authority(tmp_path, "theirs")
    cert, key = ours.issue("broker")
    tls = f"cafile {ours.file}\ncertfile {cert}\nkeyfile {key}\nrequire_certificate true\nuser root\n"
    broker = Mosquitto(program, tmp_path, tls)
    broker.start()
    try:
        mine, my_key = ours.issue("kiosk-1")
        alien, alien_key = theirs.issue("kiosk-1")
        endpoint = Endpoint(broker.host, broker.port, True, ours.file, mine, my_key)
        assert isinstance(outcome(Link(endpoint, "kiosk-1", Random(1))), Connected)
        endpoint = Endpoint(broker.host, broker.port, True, ours.file, alien, alien_key)
        assert isinstance(outcome(Link(endpoint, "kiosk-1", Random(1))), Lost)
        endpoint = Endpoint(broker.host, broker.port, True, theirs.file, mine, my_key)
        lost = outcome(Link(endpoint, "kiosk-1", Random(1)))
        assert isinstance(lost, Lost)
        assert "certificate refused" in lost.why
    finally:
        broker.stop()


def test_a_missing_certificate_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match=r"nowhere\.pem.*Next: check ca_file"):
        Link(Endpoint("127.0.0.1", 1, True, tmp_path / "nowhere.pem"), "kiosk-1", Random(1))
