-- Which secret the keyed hashes of this file (persons.lookup, deliveries.inbound) were made with: a check of it, or empty
-- where they still hang on the operator's key alone. Opening the store rehashes those and fills this in.
-- This file is append-only: a change is a new file with the next number.

ALTER TABLE meta ADD COLUMN hashing BLOB NOT NULL DEFAULT x'';
