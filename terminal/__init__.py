"""Tatap's kiosk: light in, a durable check-in out. Importing this package loads nothing heavy."""

__version__ = "0.1.0"
