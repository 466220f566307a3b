"""Templates at rest: in SQLite, each one sealed."""
