"""Light in, `Frame` out."""
