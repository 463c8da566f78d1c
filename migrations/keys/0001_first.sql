-- The keys database: one wrapped key a person, in a file of its own, so that its copies can be kept short.
-- This file is append-only: a change is a new file with the next number.

CREATE TABLE meta (
    one    INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    store  BLOB    NOT NULL CHECK (length(store) = 16),
    -- A known text sealed by the operator's key: what does not open it is the wrong key.
    canary BLOB    NOT NULL
) STRICT;

CREATE TABLE keys (
    person_id INTEGER NOT NULL PRIMARY KEY,
    -- The person's key, sealed by a key that is derived from the operator's.
    wrapped   BLOB    NOT NULL
) STRICT;

-- The ledger: whose key was destroyed. Replayed whenever a store is opened, so that nobody comes back with an old copy
-- of the data, and no number is given out twice.
CREATE TABLE forgotten (
    person_id INTEGER NOT NULL PRIMARY KEY
) STRICT;
