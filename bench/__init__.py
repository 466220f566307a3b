"""Speed, measured side by side in one run; each is `python -m bench.NAME [--json]`."""
