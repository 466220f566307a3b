"""Seals what may not be read from a stolen card or a lost stick: AES-256-GCM, which also shows any change."""

import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from terminal.errors import GalleryError

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D, 8.2
SALT_BYTES = 16
CREDENTIAL = "tatap-vault-key"  # the name under which systemd's LoadCredential= may hand the key over


class Vault:
    """Seals and opens with one key."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, secret: bytes, label: bytes) -> bytes:
        """Return `secret` sealed, bound to `label`: under another label it does not open."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, secret, label)

    def open(self, sealed: bytes, label: bytes) -> bytes:
        """Return what was sealed; raise GalleryError when the key, the label or a single bit is another."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], label)
        except (InvalidTag, ValueError) as error:
            hint = "use the key or passphrase it was sealed with; if that is lost, enrol again"
            raise GalleryError("sealed templates do not open: another key, or damaged", hint=hint) from error


def vault_of_machine(state_dir: Path) -> Vault:
    """Return the vault of this kiosk: its key comes from systemd's credentials, or from a file made at first use."""
    handed_over = Path(os.environ.get("CREDENTIALS_DIRECTORY", state_dir)) / CREDENTIAL
    path = handed_over if handed_over.exists() else state_dir / CREDENTIAL
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_bytes()
    except OSError as error:
        hint = "run as the user of the service (sudo -u tatap), or as root"
        raise GalleryError(f"the vault's key {path} cannot be used: {error.strerror}", hint=hint) from error
    if len(key) != KEY_BYTES:
        raise GalleryError(f"the vault's key {path} is not {KEY_BYTES} bytes", hint="restore it from its backup")
    return Vault(key)


def vault_of_passphrase(passphrase: str, salt: bytes) -> Vault:
    """Return the vault of a passphrase; scrypt with the cost RFC 7914 gives for files."""
    return Vault(Scrypt(salt=salt, length=KEY_BYTES, n=2**17, r=8, p=1).derive(passphrase.encode()))


def _make_key(path: Path) -> None:
    """Write a new key so that it is there whole or not at all, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
