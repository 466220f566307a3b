-- The book of check-ins: one row an entry, its bytes exactly as they go to the centre.
CREATE TABLE book (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    terminal TEXT NOT NULL,
    epoch TEXT NOT NULL
) STRICT;

CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    payload BLOB NOT NULL,
    digest TEXT NOT NULL,
    person TEXT NOT NULL,
    is_repeat INTEGER NOT NULL,
    acknowledged_utc_ns INTEGER,
    refused TEXT
) STRICT;

-- What is still to be delivered stays small and cheap to find, however long the book.
CREATE INDEX entry_pending ON entry (seq) WHERE acknowledged_utc_ns IS NULL;
CREATE INDEX entry_of_person ON entry (person, seq) WHERE is_repeat = 0;
