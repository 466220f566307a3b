"""One MQTT 5 connection, owned by one thread: the only code that touches paho.

A fresh paho client is made for each connection, with a clean session: nothing is left in paho's queue or the broker's
session that could be lost, repeated out of turn, or mistaken for stored. What must arrive waits in the outbox.
"""

import ssl
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from terminal.errors import LinkError

CONNECT_TIMEOUT_S = 10.0
BACK_OFF_S = (0.5, 30.0)  # first and longest wait between attempts, each shortened at random so kiosks do not march
NO_LIMIT = 65_535  # ReceiveMaximum of a broker that names none (MQTT 5, 3.2.2.3.3)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A broker and how to reach it. Without `ca_file` the system's authorities are trusted."""

    host: str
    port: int
    tls: bool = True
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    keepalive_s: int = 30


@dataclass(frozen=True, slots=True)
class Will:
    """What the broker says for us, retained, when we vanish."""

    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker took us; it accepts this many unconfirmed publishes at once."""

    receive_maximum: int


@dataclass(frozen=True, slots=True)
class Lost:
    """There is no connection, and why; another attempt follows by itself."""

    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message for us; the broker offers it again until `Link.acknowledge` or the connection ends."""

    topic: str
    payload: bytes
    message_id: int
    qos: int


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The broker answered a publish. Not proof of storage; `refused` names its reason when it did not take it."""

    message_id: int
    refused: str | None


Event: TypeAlias = Connected | Lost | Arrived | Confirmed


class Link:
    """Keeps one connection up. Every method is called by the one thread that calls `turn`."""

    def __init__(self, endpoint: Endpoint, client_id: str, random: Random, will: Will | None = None) -> None:
        self._endpoint, self._client_id, self._random, self._will = endpoint, client_id, random, will
        self._tls = _tls_context(endpoint) if endpoint.tls else None
        self._events: deque[Event] = deque()
        self._client: paho.Client | None = None
        self._failures = 0
        self._next_attempt_s = 0.0
        self.up = False

    def turn(self, timeout_s: float) -> list[Event]:
        """Move bytes for at most `timeout_s`, connecting when there is no connection, and return what happened."""
        if self._client is None:
            self._wait_and_connect(timeout_s)
        else:
            code = self._client.loop(timeout_s)
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS and self._client is not None:
                self._drop(f"connection lost: {paho.error_string(code)}")
        happened = list(self._events)
        self._events.clear()
        return happened

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> int | None:
        """Hand one message to the broker; return its message id, or None when it could not be handed over."""
        if self._client is None or not self.up:
            return None
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call] # paho's is untyped
        properties.PayloadFormatIndicator = 1
        properties.ContentType = "application/json"
        info = self._client.publish(topic, payload, qos=qos, retain=retain, properties=properties)
        return info.mid if info.rc == MQTTErrorCode.MQTT_ERR_SUCCESS else None

    def subscribe(self, topic: str) -> None:
        """Ask for messages of a topic filter, for this connection."""
        if self._client is not None:
            self._client.subscribe(topic, qos=1)

    def acknowledge(self, message: Arrived) -> None:
        """Tell the broker it need not offer this message again."""
        if self._client is not None and message.qos > 0:
            self._client.ack(message.message_id, message.qos)

    def close(self) -> None:
        """Say goodbye, so the will is not sent."""
        client, self._client, self.up = self._client, None, False
        if client is not None:
            client.disconnect()
            client.loop(0.1)

    def _wait_and_connect(self, timeout_s: float) -> None:
        wait_s = self._next_attempt_s - time.monotonic()
        if wait_s > 0:
            time.sleep(min(wait_s, timeout_s))
            return
        client = self._new_client()
        try:
            client.connect(self._endpoint.host, self._endpoint.port, self._endpoint.keepalive_s, clean_start=True)
        except (OSError, ValueError) as error:  # ValueError: paho's word for a host name that cannot be one
            self._drop(_explained(error))
            return
        self._client = client

    def _new_client(self) -> paho.Client:
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            protocol=paho.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.connect_timeout = CONNECT_TIMEOUT_S
        if self._tls is not None:
            client.tls_set_context(self._tls)
        if self._will is not None:
            client.will_set(self._will.topic, self._will.payload, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _drop(self, why: str) -> None:
        why = f"{self._endpoint.host}:{self._endpoint.port}: {why}"
        self._client = None
        self.up = False
        first_s, longest_s = BACK_OFF_S
        wait_s = min(longest_s, first_s * 2 ** min(self._failures, 10)) * self._random.uniform(0.5, 1.0)
        self._failures += 1
        self._next_attempt_s = time.monotonic() + wait_s
        self._events.append(Lost(why))

    # paho's callbacks: they run inside `turn`, in its thread, and only note what happened.

    def _on_connect(
        self, _client: Any, _data: Any, _flags: Any, code: ReasonCode, properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._drop(f"the broker refuses this client: {code}")
            return
        self.up = True
        self._failures = 0
        self._events.append(Connected(int(getattr(properties, "ReceiveMaximum", NO_LIMIT))))

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, code: ReasonCode, _properties: Any) -> None:
        if self._client is not None:
            self._drop(f"the broker closed the connection: {code}")

    def _on_message(self, _client: Any, _data: Any, message: paho.MQTTMessage) -> None:
        self._events.append(Arrived(message.topic, bytes(message.payload), message.mid, message.qos))

    def _on_publish(self, _client: Any, _data: Any, message_id: int, code: ReasonCode, _properties: Any) -> None:
        self._events.append(Confirmed(message_id, str(code) if code.is_failure else None))


def _tls_context(endpoint: Endpoint) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=endpoint.ca_file)
        if endpoint.cert_file is not None:
            context.load_cert_chain(endpoint.cert_file, endpoint.key_file)
    except (OSError, ssl.SSLError) as error:
        files = [str(f) for f in (endpoint.ca_file, endpoint.cert_file, endpoint.key_file) if f is not None]
        hint = "check ca_file, cert_file and key_file in [mqtt]: PEM, readable by the service"
        raise LinkError(f"cannot use {', '.join(files)}: {error}", hint=hint) from error
    return context


def _explained(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"broker's certificate refused: {error.verify_message}; check ca_file, host and this machine's clock"
    return f"cannot connect: {error}"
