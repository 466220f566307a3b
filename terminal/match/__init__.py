"""Template in, decision out: arrays only, no input or output."""
