-- Whether an attempt may have arrived although nobody said so: set before each attempt, cleared where it surely did not.
-- This file is append-only: a change is a new file with the next number.

ALTER TABLE deliveries ADD COLUMN unsure INTEGER NOT NULL DEFAULT 0 CHECK (unsure IN (0, 1));
-- What was in flight when this version came may have arrived as well.
UPDATE deliveries SET unsure = 1 WHERE attempts > 0 AND state <> 'settled';
