"""Frame in, template or reason out."""
