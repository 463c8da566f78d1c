//! Persons: found by a keyed hash of their account, known by a number, forgotten for good.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::sealing::{Place, open_json, seal_json};
use super::{Tx, View};
use crate::chat::{Account, Address, PersonId, Reach};

const TABLE: &str = "persons";

/// What is needed to reach a person. Sealed in their row. Its `Debug` names nobody.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Where a direct message reaches them.
    pub address: Address,
    /// The locale their client last reported.
    pub locale: String,
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Profile(…)")
    }
}

/// A profile as it is kept: with the beginning of the lookup hash of the account it was made for, so that a hash that was moved
/// to somebody else's row leads nobody there. Rows of earlier versions have none; their next change adds it.
#[derive(Serialize, Deserialize)]
struct Kept {
    #[serde(flatten)]
    profile: Profile,
    #[serde(default)]
    of: Option<u64>,
}

/// How many rows of each kind were removed with a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// Pieces of their own words.
    pub entries: usize,
    /// Reminders that were to come.
    pub timers: usize,
    /// Messages, those already sent and not yet pruned included.
    pub deliveries: usize,
}

fn beginning(lookup: &[u8; 32]) -> u64 {
    lookup[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn place(person: PersonId) -> Place {
    Place { table: TABLE, person, row: person.0 }
}

impl View<'_> {
    /// Who this account is, if it is known.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] where the row was tampered with, or is another account's.
    pub fn person(&self, account: &Account) -> Result<Option<PersonId>, StoreError> {
        let Some(person) = self.row_of(account)? else { return Ok(None) };
        match self.key(person) {
            Err(StoreError::Unknown) => return Ok(None),
            key => drop(key?),
        }
        let of = self.kept(person)?.of;
        if of.is_some_and(|of| of != beginning(&self.sealer.hashes.lookup(account))) {
            return Err(StoreError::Sealed { table: TABLE, row: person.0 });
        }
        Ok(Some(person))
    }

    fn row_of(&self, account: &Account) -> Result<Option<PersonId>, StoreError> {
        Ok(self
            .data
            .prepare_cached("SELECT id FROM persons WHERE lookup = ?1")?
            .query_row([self.sealer.hashes.lookup(account)], |row| row.get(0).map(PersonId))
            .optional()?)
    }

    /// Where and in which language a person is reached.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where the row was tampered with.
    pub fn profile(&self, person: PersonId) -> Result<Profile, StoreError> {
        Ok(self.kept(person)?.profile)
    }

    fn kept(&self, person: PersonId) -> Result<Kept, StoreError> {
        let key = self.key(person)?;
        let sealed: Option<Vec<u8>> = self
            .data
            .prepare_cached("SELECT profile FROM persons WHERE id = ?1")?
            .query_row([person.0], |row| row.get(0))
            .optional()?;
        open_json(&key, place(person), &sealed.ok_or(StoreError::Unknown)?)
    }
}

impl Tx<'_> {
    /// Makes a person of an account: their key first (committed at once), then their row. Who exists already is only
    /// brought up to date.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn create_person(&self, account: &Account, address: &Address, locale: &str) -> Result<PersonId, StoreError> {
        let data = self.writing()?;
        if let Some(person) = self.row_of(account)? {
            if self.has_key(person)? {
                self.touch(person, &Reach::Direct(address.clone()), Some(locale))?;
                return Ok(person);
            }
            // Their key was destroyed and the rows have not gone yet; this is somebody new.
            bury(data, person)?;
        }
        data.prepare_cached("INSERT INTO persons (lookup, profile) VALUES (?1, x'')")?
            .execute([self.sealer.hashes.lookup(account)])?;
        let person = PersonId(data.last_insert_rowid());
        self.make_key(person)?;
        self.write_profile(person, &Profile { address: address.clone(), locale: locale.to_owned() })?;
        Ok(person)
    }

    /// Brings address and locale up to date, where they are told; writes only where one of them changed. Returns what
    /// holds from now on.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number.
    pub fn touch(&self, person: PersonId, reach: &Reach, locale: Option<&str>) -> Result<Profile, StoreError> {
        let Kept { profile: before, of } = self.kept(person)?;
        let address = match reach {
            Reach::Direct(address) => address.clone(),
            Reach::Elsewhere(_) => before.address.clone(),
        };
        let profile = Profile { address, locale: locale.map_or_else(|| before.locale.clone(), str::to_owned) };
        if profile != before || of.is_none() {
            self.write_profile(person, &profile)?;
        }
        Ok(profile)
    }

    fn write_profile(&self, person: PersonId, profile: &Profile) -> Result<(), StoreError> {
        let query = "SELECT lookup FROM persons WHERE id = ?1";
        let lookup: [u8; 32] = self.data.prepare_cached(query)?.query_row([person.0], |row| row.get(0))?;
        let kept = Kept { profile: profile.clone(), of: Some(beginning(&lookup)) };
        let sealed = seal_json(&*self.key(person)?, place(person), &kept)?;
        self.writing()?
            .prepare_cached("UPDATE persons SET profile = ?2 WHERE id = ?1")?
            .execute(params![person.0, sealed])?;
        Ok(())
    }

    /// Takes the account from a profile again, as earlier versions wrote it.
    #[cfg(test)]
    pub(super) fn unbind(&self, person: PersonId) -> Result<(), StoreError> {
        let sealed = seal_json(&*self.key(person)?, place(person), &self.profile(person)?)?;
        self.writing()?.execute("UPDATE persons SET profile = ?2 WHERE id = ?1", params![person.0, sealed])?;
        Ok(())
    }

    /// Destroys a person: first their key, for good and at once, whatever becomes of this job; then every row. After
    /// the COMMIT both WALs are cut to nothing. A person who is not known counts as forgotten.
    ///
    /// # Errors
    /// Where the database does not take it. If the key was destroyed but the rows could not be removed, they are noise,
    /// belong to nobody, and go with the next COMMIT that works.
    pub fn forget(&self, person: PersonId) -> Result<Forgotten, StoreError> {
        let data = self.writing()?;
        self.destroy_key(person)?;
        bury(data, person)
    }

    /// The connection to write to, unless the database gave up the transaction: then whatever still came from this job
    /// would be stored without its beginning.
    pub(super) fn writing(&self) -> Result<&rusqlite::Connection, StoreError> {
        if self.view.data.is_autocommit() { Err(StoreError::NotSaved) } else { Ok(self.view.data) }
    }
}

/// Removes every row of a person.
pub(super) fn bury(data: &Connection, person: PersonId) -> Result<Forgotten, StoreError> {
    let remove = |sql: &str| data.prepare_cached(sql)?.execute([person.0]);
    let forgotten = Forgotten {
        deliveries: remove("DELETE FROM deliveries WHERE person_id = ?1")?,
        timers: remove("DELETE FROM timers WHERE person_id = ?1")?,
        entries: remove("DELETE FROM entries WHERE person_id = ?1")?,
    };
    remove("DELETE FROM journeys WHERE person_id = ?1")?;
    remove("DELETE FROM persons WHERE id = ?1")?;
    Ok(forgotten)
}

/// Whether rows of a person still stand; where that cannot be told, they may.
pub(super) fn has_rows(data: &Connection, person: PersonId) -> bool {
    data.prepare_cached("SELECT 1 FROM persons WHERE id = ?1")
        .and_then(|mut found| found.exists([person.0]))
        .unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::super::StoreError;
    use super::super::tests::{Home, account, address, at, journey, outgoing, two_people};
    use super::*;
    use crate::chat::{InboundId, Words};
    use crate::journey::{EntryKind, Timer};
    use crate::store::Priority;

    #[tokio::test]
    async fn an_account_is_a_stranger_until_created_and_then_found_again() {
        let home = Home::new();
        let store = home.open();
        assert_eq!(store.read(|view| view.person(&account("anna"))).await.unwrap(), None);
        let (anna, ben) = two_people(&store).await;
        assert_ne!(anna, ben);
        let again = store.write(|tx| tx.create_person(&account("anna"), &address("anna"), "en")).await.unwrap();
        assert_eq!(again, anna);
        store.close().await;
        let store = home.open();
        assert_eq!(store.read(|view| view.person(&account("anna"))).await.unwrap(), Some(anna));
        assert_eq!(store.read(|view| view.person(&account("ben"))).await.unwrap(), Some(ben));
    }

    #[tokio::test]
    async fn a_profile_is_rewritten_only_where_it_changed() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let rows = || {
            home.data()
                .prepare("SELECT profile FROM persons ORDER BY id")
                .unwrap()
                .query_map([], |row| row.get::<_, Vec<u8>>(0))
                .unwrap()
                .collect::<Result<Vec<_>, _>>()
                .unwrap()
        };
        let before = rows();
        store.write(move |tx| tx.touch(anna, &Reach::Direct(address("anna")), Some("en")).map(drop)).await.unwrap();
        assert_eq!(rows(), before);
        store.write(move |tx| tx.touch(anna, &Reach::Direct(address("moved")), Some("de")).map(drop)).await.unwrap();
        let after = rows();
        assert_ne!(after[0], before[0]);
        assert_eq!(after[1], before[1]);
        let profile = store.read(move |view| view.profile(anna)).await.unwrap();
        assert_eq!((profile.address, profile.locale.as_str()), (address("moved"), "de"));
        let profile = store.read(move |view| view.profile(ben)).await.unwrap();
        assert_eq!((profile.address, profile.locale.as_str()), (address("ben"), "en"));
        // Acting somewhere else, in a client that does not say its language, changes nothing.
        let elsewhere = Reach::Elsewhere(address("server"));
        let profile = store.write(move |tx| tx.touch(anna, &elsewhere, None)).await.unwrap();
        assert_eq!((profile.address, profile.locale.as_str()), (address("moved"), "de"));
    }

    #[tokio::test]
    async fn forgetting_leaves_no_row_of_one_and_every_row_of_the_other() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        for person in [anna, ben] {
            store
                .write(move |tx| {
                    tx.save_journey(person, &journey("Europe/Berlin"))?;
                    tx.add_entry(person, EntryKind::Letter, &Words::new("words"), at(0))?;
                    tx.add_entry(person, EntryKind::Mood, &Words::new("more"), at(0))?;
                    tx.set_timer(person, Timer::Urge, 1, at(60))?;
                    tx.record_answer(person, &InboundId("in".to_owned()), &outgoing(), at(0), at(60))?;
                    tx.enqueue(person, Some(Timer::Urge), Priority::Reminder, &outgoing(), at(0))?;
                    tx.enqueue(person, None, Priority::Support, &outgoing(), at(0))?;
                    Ok(())
                })
                .await
                .unwrap();
        }
        let forgotten = store.write(move |tx| tx.forget(anna)).await.unwrap();
        assert_eq!(forgotten, Forgotten { entries: 2, timers: 1, deliveries: 3 });
        for table in ["journeys", "entries", "timers", "deliveries"] {
            assert_eq!(home.count(&format!("{table} WHERE person_id = {}", anna.0)), 0, "{table}");
            assert_ne!(home.count(&format!("{table} WHERE person_id = {}", ben.0)), 0, "{table}");
        }
        assert_eq!((home.count("persons"), home.count_keys()), (1, 1));
        for wal in ["rekindle.db-wal", "rekindle.keys-wal"] {
            assert_eq!(std::fs::metadata(home.path(wal)).unwrap().len(), 0, "{wal} lingers");
        }
        assert_eq!(store.read(|view| view.person(&account("anna"))).await.unwrap(), None);
        assert!(matches!(store.read(move |view| view.profile(anna)).await, Err(StoreError::Unknown)));
        let (_, kept) = store.read(move |view| view.load_journey(ben)).await.unwrap().unwrap();
        assert_eq!(kept, journey("Europe/Berlin"));
        let back = store.write(|tx| tx.create_person(&account("anna"), &address("anna"), "en")).await.unwrap();
        assert!(back > ben, "a number is never given out twice");
    }

    #[tokio::test]
    async fn forgetting_holds_even_where_its_job_fails() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                tx.set_timer(anna, Timer::Urge, 1, at(0))?;
                tx.enqueue(anna, None, Priority::Support, &outgoing(), at(0)).map(drop)
            })
            .await
            .unwrap();
        let failed = store
            .write(move |tx| {
                tx.forget(anna)?;
                Err::<(), _>(StoreError::NotSaved)
            })
            .await;
        assert!(matches!(failed, Err(StoreError::NotSaved)));
        assert_eq!(home.count(&format!("persons WHERE id = {}", anna.0)), 1, "the rows came back with the savepoint");
        let seen = store
            .read(move |view| {
                Ok((
                    view.person(&account("anna"))?,
                    view.due_timers(at(99), 9)?,
                    view.next_timer_at()?,
                    view.next_delivery_at(at(99))?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(seen, (None, vec![], None, None));
        store.write(|_| Ok(())).await.unwrap();
        for table in ["timers", "deliveries"] {
            assert_eq!(home.count(table), 0, "{table}");
        }
        assert_eq!(home.count(&format!("persons WHERE id = {}", ben.0)), 1);
        assert_eq!(home.count("persons"), 1);
    }
}
