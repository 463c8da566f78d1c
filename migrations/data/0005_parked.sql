-- What is parked for a person is looked for whenever they act, among all that they were told since yesterday. This file is
-- append-only: a change is a new file with the next number.

CREATE INDEX parked_deliveries_of_person ON deliveries (person_id) WHERE state = 'parked';
