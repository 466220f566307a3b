"""The whole product on one machine: broker, centre, kiosk and people, on loopback, without a camera."""
