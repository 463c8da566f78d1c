-- The second witness of the date: the newest date that Discord gave, or the UTC days on which the process ran without
-- hearing one. This file is append-only: a change is a new file with the next number.

ALTER TABLE meta ADD COLUMN witnessed INTEGER;

CREATE TABLE run_days (
    -- Days since 1970.
    day INTEGER NOT NULL PRIMARY KEY
) STRICT;

-- When a timer was due before it was postponed for want of a witness; NULL where it was not.
ALTER TABLE timers ADD COLUMN postponed_from INTEGER;
CREATE INDEX postponed_timers ON timers (postponed_from) WHERE postponed_from IS NOT NULL;
