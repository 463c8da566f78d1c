-- Accounts that said they are under 18: a keyed hash, and until when it is kept. It belongs to no person.
-- This file is append-only: a change is a new file with the next number.

CREATE TABLE too_young (
    -- Keyed hash of platform and account id, another one than persons.lookup.
    account BLOB    NOT NULL PRIMARY KEY,
    until   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX too_young_by_end ON too_young (until);
