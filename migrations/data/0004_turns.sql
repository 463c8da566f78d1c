-- Whose turn it is when: of each person's open deliveries the first in order of (priority, id) knows the time from which it
-- may be attempted; all others have none. With that, claiming and waking look at a few rows by an index, however many wait.
-- The schema keeps it by itself. This file is append-only: a change is a new file with the next number.

-- When it may be attempted, and no attempt for the same person is under way any more; NULL where it is not the first of its
-- person, parked or settled.
ALTER TABLE deliveries ADD COLUMN turn INTEGER;

-- A row "inserted" here sets the turns of that person right: the one place that knows what a turn is.
CREATE VIEW turns AS SELECT person_id FROM deliveries WHERE turn IS NOT NULL;
CREATE TRIGGER turns_of_person INSTEAD OF INSERT ON turns BEGIN
    UPDATE deliveries SET turn = NULL
    WHERE person_id = new.person_id AND state IN ('queued', 'leased') AND turn IS NOT NULL
      AND id <> (SELECT id FROM deliveries WHERE person_id = new.person_id AND state IN ('queued', 'leased')
                 ORDER BY priority, id LIMIT 1);
    UPDATE deliveries SET turn = max(
        coalesce(leased_until, due_at),
        coalesce((SELECT max(flight.leased_until) FROM deliveries AS flight
                  WHERE flight.person_id = new.person_id AND flight.state IN ('queued', 'leased')), due_at))
    WHERE id = (SELECT id FROM deliveries WHERE person_id = new.person_id AND state IN ('queued', 'leased')
                ORDER BY priority, id LIMIT 1);
END;

CREATE TRIGGER turns_inserted AFTER INSERT ON deliveries WHEN new.state IN ('queued', 'leased') BEGIN
    INSERT INTO turns (person_id) VALUES (new.person_id);
END;
CREATE TRIGGER turns_deleted AFTER DELETE ON deliveries WHEN old.state IN ('queued', 'leased') BEGIN
    INSERT INTO turns (person_id) VALUES (old.person_id);
END;
CREATE TRIGGER turns_changed AFTER UPDATE OF person_id, priority, state, due_at, leased_until ON deliveries
WHEN old.state IN ('queued', 'leased') OR new.state IN ('queued', 'leased') BEGIN
    UPDATE deliveries SET turn = NULL WHERE id = new.id AND turn IS NOT NULL AND state NOT IN ('queued', 'leased');
    INSERT INTO turns (person_id) VALUES (new.person_id);
    INSERT INTO turns (person_id) SELECT old.person_id WHERE old.person_id <> new.person_id;
END;

UPDATE deliveries SET turn = max(
    coalesce(leased_until, due_at),
    coalesce((SELECT max(flight.leased_until) FROM deliveries AS flight
              WHERE flight.person_id = deliveries.person_id AND flight.state IN ('queued', 'leased')), due_at))
WHERE state IN ('queued', 'leased')
  AND NOT EXISTS (SELECT 1 FROM deliveries AS before WHERE before.person_id = deliveries.person_id
                  AND before.state IN ('queued', 'leased')
                  AND (before.priority, before.id) < (deliveries.priority, deliveries.id));

DROP INDEX open_deliveries;
CREATE INDEX turns_by_time ON deliveries (priority, turn) WHERE turn IS NOT NULL;
CREATE INDEX turns_in_order ON deliveries (priority, id, turn) WHERE turn IS NOT NULL;
