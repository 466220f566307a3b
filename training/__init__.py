"""Trains the networks in `models/` on drawn eyes. Needs the extra `train`; the kiosk needs none of this."""
