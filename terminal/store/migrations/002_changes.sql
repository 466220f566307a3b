-- What changed since a running kiosk last looked, so that it reads that and not everything. A person is only a place here:
-- when they are gone, nothing of them is left but that their place changed.
PRAGMA secure_delete = ON; -- rows that move below leave no copy of a name behind

ALTER TABLE person ADD COLUMN place INTEGER; -- a free one may be given to somebody else
UPDATE person SET place = rowid;
CREATE UNIQUE INDEX person_at_place ON person (place);

CREATE TABLE change (
    number INTEGER PRIMARY KEY AUTOINCREMENT, -- counts up and is never used twice
    place INTEGER NOT NULL UNIQUE -- only the latest change of a place is kept
) STRICT;

INSERT INTO change (place) SELECT place FROM person ORDER BY place;
