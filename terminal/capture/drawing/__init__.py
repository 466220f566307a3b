"""The parts of a drawn eye: its setting, geometry, iris, lids, hairs, and the light and camera that picture it."""
