//! The persons' own keys, in the keys database: made before the person, destroyed before their rows.
//!
//! The two files cannot be committed together, so every order of events is chosen so that a kill in between leaves
//! either a key without a person, which opening sweeps away, or a person without a key, who counts as unknown and whose
//! rows, noise by then, opening removes.

use rusqlite::{OptionalExtension, params};

use super::error::StoreError;
use super::sealing::Key;
use super::{Tx, View};
use crate::chat::PersonId;

impl View<'_> {
    /// The person's key; [`StoreError::Unknown`] where it is gone.
    pub(super) fn key(&self, person: PersonId) -> Result<Key, StoreError> {
        let wrapped: Option<Vec<u8>> = self
            .keys
            .prepare_cached("SELECT wrapped FROM keys WHERE person_id = ?1")?
            .query_row([person.0], |row| row.get(0))
            .optional()?;
        self.sealer.wrapping.unwrap(person, &wrapped.ok_or(StoreError::Unknown)?)
    }

    /// Whether the person has a key; who has none counts as unknown everywhere.
    pub(super) fn has_key(&self, person: PersonId) -> Result<bool, StoreError> {
        Ok(self.keys.prepare_cached("SELECT 1 FROM keys WHERE person_id = ?1")?.exists([person.0])?)
    }
}

impl Tx<'_> {
    /// Draws the person's key and commits it at once. A key left by a creation that was rolled back is replaced.
    pub(super) fn make_key(&self, person: PersonId) -> Result<Key, StoreError> {
        let key = Key::random()?;
        let wrapped = self.view.sealer.wrapping.wrap(person, &key)?;
        self.view
            .keys
            .prepare_cached("INSERT OR REPLACE INTO keys (person_id, wrapped) VALUES (?1, ?2)")?
            .execute(params![person.0, wrapped])?;
        Ok(key)
    }

    /// Destroys the person's key for good, committed at once, and notes the number in the ledger of the forgotten.
    pub(super) fn destroy_key(&self, person: PersonId) -> Result<(), StoreError> {
        let both = self.view.keys.unchecked_transaction()?;
        both.prepare_cached("DELETE FROM keys WHERE person_id = ?1")?.execute([person.0])?;
        both.prepare_cached("INSERT OR IGNORE INTO forgotten (person_id) VALUES (?1)")?.execute([person.0])?;
        both.commit()?;
        self.dead.borrow_mut().insert(person.0);
        Ok(())
    }
}
