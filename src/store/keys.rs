//! The persons' own keys, in the keys database: made before the person, destroyed before their rows.
//!
//! The two files cannot be committed together, so every order of events is chosen so that a kill in between leaves
//! either a key without a person, which opening sweeps away, or a person without a key, who counts as unknown and whose
//! rows, noise by then, opening removes.

use std::cell::RefCell;
use std::rc::Rc;

use rusqlite::{OptionalExtension, params};

use super::error::StoreError;
use super::sealing::Key;
use super::{Tx, View};
use crate::chat::PersonId;

/// The key a job has unwrapped last, for as long as the job: one act of a person asks for theirs half a dozen times.
#[derive(Default)]
pub(super) struct Unwrapped(RefCell<Option<(PersonId, Rc<Key>)>>);

impl View<'_> {
    /// The person's key; [`StoreError::Unknown`] where it is gone.
    pub(super) fn key(&self, person: PersonId) -> Result<Rc<Key>, StoreError> {
        if let Some((of, key)) = &*self.unwrapped.0.borrow()
            && *of == person
        {
            return Ok(Rc::clone(key));
        }
        let wrapped: Option<Vec<u8>> = self
            .keys
            .prepare_cached("SELECT wrapped FROM keys WHERE person_id = ?1")?
            .query_row([person.0], |row| row.get(0))
            .optional()?;
        let key = Rc::new(self.sealer.wrapping.unwrap(person, &wrapped.ok_or(StoreError::Unknown)?)?);
        self.unwrapped.0.replace(Some((person, Rc::clone(&key))));
        Ok(key)
    }

    /// Whether the person has a key; who has none counts as unknown everywhere.
    pub(super) fn has_key(&self, person: PersonId) -> Result<bool, StoreError> {
        if self.unwrapped.0.borrow().as_ref().is_some_and(|(of, _)| *of == person) {
            return Ok(true);
        }
        Ok(self.keys.prepare_cached("SELECT 1 FROM keys WHERE person_id = ?1")?.exists([person.0])?)
    }
}

impl Tx<'_> {
    /// Draws the person's key and commits it at once. A key left by a creation that was rolled back is replaced.
    pub(super) fn make_key(&self, person: PersonId) -> Result<(), StoreError> {
        self.view.unwrapped.0.take();
        let key = Key::random()?;
        let wrapped = self.view.sealer.wrapping.wrap(person, &key)?;
        self.view
            .keys
            .prepare_cached("INSERT OR REPLACE INTO keys (person_id, wrapped) VALUES (?1, ?2)")?
            .execute(params![person.0, wrapped])?;
        Ok(())
    }

    /// Destroys the person's key for good, committed at once, and notes the number in the ledger of the forgotten.
    pub(super) fn destroy_key(&self, person: PersonId) -> Result<(), StoreError> {
        self.view.unwrapped.0.take();
        let both = self.view.keys.unchecked_transaction()?;
        both.prepare_cached("DELETE FROM keys WHERE person_id = ?1")?.execute([person.0])?;
        both.prepare_cached("INSERT OR IGNORE INTO forgotten (person_id) VALUES (?1)")?.execute([person.0])?;
        both.commit()?;
        self.dead.borrow_mut().insert(person.0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::StoreError;
    use super::super::tests::{Home, account, address, at, two_people};
    use crate::journey::Timer;

    #[tokio::test]
    async fn a_key_that_a_job_has_unwrapped_is_gone_for_it_as_well_once_it_is_destroyed() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                let before = tx.key(anna)?;
                tx.forget(anna)?;
                assert!(matches!(tx.key(anna), Err(StoreError::Unknown)));
                assert!(matches!(tx.set_timer(anna, Timer::Urge, 1, at(0)), Err(StoreError::Unknown)));
                let again = tx.create_person(&account("anna"), &address("anna"), "en")?;
                assert!(!tx.key(again)?.is(&before), "a new person has a new key");
                assert!(!tx.key(ben)?.is(&*tx.key(again)?), "and everybody their own");
                Ok(())
            })
            .await
            .unwrap();
    }
}
