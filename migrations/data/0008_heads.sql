-- The first open delivery of each person keeps its turn as before, but the program sets it where deliveries change. This file is
-- append-only: a change is a new file with the next number.

DROP TRIGGER turns_inserted;
DROP TRIGGER turns_deleted;
DROP TRIGGER turns_changed;
DROP VIEW turns;
