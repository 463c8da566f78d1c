-- The data database: everything about a person but their key. What is a BLOB here is sealed or a keyed hash.
-- Times are milliseconds since 1970 in UTC. This file is append-only: a change is a new file with the next number.

-- Which store this is; the keys database carries the same id.
CREATE TABLE meta (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    store BLOB    NOT NULL CHECK (length(store) = 16)
) STRICT;

CREATE TABLE persons (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- Keyed hash of platform and account id.
    lookup  BLOB    NOT NULL UNIQUE,
    -- Sealed: address and locale.
    profile BLOB    NOT NULL
) STRICT;

CREATE TABLE journeys (
    -- The journey's number, as buttons carry it.
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES persons (id),
    active    INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    -- Sealed: the journey.
    state     BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX one_active_journey ON journeys (person_id) WHERE active = 1;
CREATE INDEX journeys_of_person ON journeys (person_id);

CREATE TABLE entries (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    person_id INTEGER NOT NULL REFERENCES persons (id),
    -- Sealed: what kind of words, since when, and the words.
    body      BLOB    NOT NULL
) STRICT;
CREATE INDEX entries_of_person ON entries (person_id);

CREATE TABLE timers (
    person_id  INTEGER NOT NULL REFERENCES persons (id),
    timer      TEXT    NOT NULL,
    occurrence INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    PRIMARY KEY (person_id, timer)
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due_at);

CREATE TABLE deliveries (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    person_id    INTEGER NOT NULL REFERENCES persons (id),
    -- The timer it comes from; NULL where it comes from none.
    timer        TEXT,
    -- 0 answer, 1 support, 2 reminder: the smaller goes first.
    priority     INTEGER NOT NULL CHECK (priority IN (0, 1, 2)),
    state        TEXT    NOT NULL CHECK (state IN ('queued', 'leased', 'parked', 'settled')),
    -- Counted before each attempt.
    attempts     INTEGER NOT NULL,
    -- When the next attempt may be made.
    due_at       INTEGER NOT NULL,
    -- Until when the attempt under way is believed in; NULL unless leased.
    leased_until INTEGER,
    -- Keyed hash of the inbound event it answers; NULL where it answers none.
    inbound      BLOB,
    -- Sealed: prompt keys, arguments, quiet hours.
    payload      BLOB    NOT NULL,
    CHECK ((state = 'leased') = (leased_until IS NOT NULL)),
    UNIQUE (person_id, inbound)
) STRICT;
CREATE INDEX open_deliveries ON deliveries (priority, id) WHERE state IN ('queued', 'leased');
CREATE INDEX open_deliveries_of_person ON deliveries (person_id, priority, id) WHERE state IN ('queued', 'leased');
CREATE INDEX deliveries_of_timer ON deliveries (person_id, timer) WHERE timer IS NOT NULL;
CREATE INDEX settled_deliveries ON deliveries (due_at) WHERE state = 'settled';
CREATE INDEX leased_deliveries ON deliveries (leased_until) WHERE state = 'leased';
