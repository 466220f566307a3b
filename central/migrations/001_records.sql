-- What the terminals said. `payload` is never changed: the chain of digests is taken over exactly these bytes.
-- The columns after it repeat parts of it for queries; day is the calendar day in the record's own zone.
CREATE TABLE record (
    terminal TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_utc_ns INTEGER NOT NULL,
    person TEXT NOT NULL,
    office TEXT NOT NULL,
    zone TEXT NOT NULL,
    captured_utc_ns INTEGER NOT NULL,
    day TEXT NOT NULL,
    direction TEXT NOT NULL,
    inside_window INTEGER NOT NULL,
    late_minutes INTEGER NOT NULL,
    early_minutes INTEGER NOT NULL,
    repeat_of INTEGER,
    clock_synchronised INTEGER NOT NULL,
    PRIMARY KEY (terminal, epoch, seq)
) STRICT;

CREATE INDEX record_of_day ON record (day, office);
CREATE INDEX record_received ON record (received_utc_ns);

-- Alarms: another content came under a name that is taken. The first one stays in `record`.
CREATE TABLE conflict (
    terminal TEXT NOT NULL,
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    payload BLOB NOT NULL,
    received_utc_ns INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (terminal, epoch, seq, digest)
) STRICT;

-- Messages that are none of this protocol, for a person to look at.
CREATE TABLE quarantine (
    topic TEXT NOT NULL,
    digest TEXT NOT NULL,
    payload BLOB NOT NULL,
    why TEXT NOT NULL,
    received_utc_ns INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (topic, digest)
) STRICT;

-- The last State of each terminal.
CREATE TABLE terminal (
    terminal TEXT PRIMARY KEY,
    office TEXT NOT NULL,
    shard TEXT NOT NULL,
    online INTEGER NOT NULL,
    at_utc_ns INTEGER NOT NULL,
    pending INTEGER NOT NULL,
    version TEXT NOT NULL,
    heard_utc_ns INTEGER NOT NULL
) STRICT;
