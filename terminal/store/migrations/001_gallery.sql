-- Who is enrolled on this kiosk, and the sealed references of their eyes.
CREATE TABLE person (
    person TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    enrolled_utc_ns INTEGER NOT NULL
) STRICT;

CREATE TABLE reference (
    id INTEGER PRIMARY KEY,
    person TEXT NOT NULL REFERENCES person (person) ON DELETE CASCADE,
    eye TEXT NOT NULL CHECK (eye IN ('left', 'right')),
    model TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

CREATE INDEX reference_of_person ON reference (person);
