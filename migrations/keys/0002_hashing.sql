-- The secrets of the keyed hashes, sealed by the operator's key, so that it can be changed without touching a hash; empty
-- until the store is first opened by a version that knows them.
-- This file is append-only: a change is a new file with the next number.

ALTER TABLE meta ADD COLUMN hashing BLOB NOT NULL DEFAULT x'';
