"""Tatap's centre: hears every kiosk, keeps each check-in once, and tells who was there."""
