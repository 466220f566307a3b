"""CheckIn in, acknowledged record out. Nothing here needs NumPy."""
