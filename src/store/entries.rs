//! Entries: a person's own words, one sealed row each. What kind they are and since when stands inside the seal too.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use super::error::StoreError;
use super::sealing::{Key, Place, open_json, seal_json};
use super::{Tx, View, time_of};
use crate::chat::{EntryId, PersonId, Words};
use crate::journey::EntryKind;

const TABLE: &str = "entries";

/// What is sealed. Wiped when dropped.
#[derive(Serialize, Deserialize, ZeroizeOnDrop)]
struct Body {
    #[zeroize(skip)]
    kind: EntryKind,
    /// Milliseconds since 1970, UTC.
    created_at: i64,
    words: String,
}

/// One entry, opened.
#[derive(Clone, Debug)]
pub struct Shelved {
    /// Its number.
    pub entry: EntryId,
    /// What it is.
    pub kind: EntryKind,
    /// When it was written, UTC.
    pub at: Timestamp,
    /// What was written.
    pub words: Words,
}

fn place(person: PersonId, entry: EntryId) -> Place {
    Place { table: TABLE, person, row: entry.0 }
}

impl View<'_> {
    /// The words of some entries. Only that person's open; numbers of others or of none are absent.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where a row was tampered with.
    pub fn open_entries(
        &self,
        person: PersonId,
        entries: impl IntoIterator<Item = EntryId>,
    ) -> Result<BTreeMap<EntryId, Words>, StoreError> {
        let key = self.key(person)?;
        let mut opened = BTreeMap::new();
        for entry in entries {
            if let Some(mut body) = self.body(&key, person, entry)? {
                opened.insert(entry, Words::new(std::mem::take(&mut body.words)));
            }
        }
        Ok(opened)
    }

    /// All of a person's entries, in the order in which they were written.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where a row was tampered with.
    pub fn all_entries(&self, person: PersonId) -> Result<Vec<Shelved>, StoreError> {
        let key = self.key(person)?;
        let mut query = self.data.prepare_cached("SELECT id, body FROM entries WHERE person_id = ?1 ORDER BY id")?;
        let mut rows = query.query([person.0])?;
        let mut shelved = Vec::new();
        while let Some(row) = rows.next()? {
            let entry = EntryId(row.get(0)?);
            let sealed = row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?;
            let mut body: Body = open_json(&key, place(person, entry), sealed)?;
            let (kind, at) = (body.kind, time_of(TABLE, body.created_at)?);
            shelved.push(Shelved { entry, kind, at, words: Words::new(std::mem::take(&mut body.words)) });
        }
        Ok(shelved)
    }

    fn body(&self, key: &Key, person: PersonId, entry: EntryId) -> Result<Option<Body>, StoreError> {
        let sealed: Option<Vec<u8>> = self
            .data
            .prepare_cached("SELECT body FROM entries WHERE id = ?1 AND person_id = ?2")?
            .query_row([entry.0, person.0], |row| row.get(0))
            .optional()?;
        sealed.map(|sealed| open_json(key, place(person, entry), &sealed)).transpose()
    }
}

impl Tx<'_> {
    /// Seals a person's words.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number.
    pub fn add_entry(
        &self,
        person: PersonId,
        kind: EntryKind,
        words: &Words,
        now: Timestamp,
    ) -> Result<EntryId, StoreError> {
        let key = self.key(person)?;
        let data = self.writing()?;
        data.prepare_cached("INSERT INTO entries (person_id, body) VALUES (?1, x'')")?.execute([person.0])?;
        let entry = EntryId(data.last_insert_rowid());
        let body = Body { kind, created_at: now.as_millisecond(), words: words.expose().to_owned() };
        self.write_body(&key, person, entry, &body)?;
        Ok(entry)
    }

    /// Keeps words as another kind. `false` where the person has no such entry.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where the row was tampered with.
    pub fn keep_entry(&self, person: PersonId, entry: EntryId, kind: EntryKind) -> Result<bool, StoreError> {
        let key = self.key(person)?;
        let Some(mut body) = self.body(&key, person, entry)? else { return Ok(false) };
        if body.kind != kind {
            body.kind = kind;
            self.write_body(&key, person, entry, &body)?;
        }
        Ok(true)
    }

    /// Destroys words. `false` where the person has no such entry.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn burn_entry(&self, person: PersonId, entry: EntryId) -> Result<bool, StoreError> {
        let burnt = self
            .writing()?
            .prepare_cached("DELETE FROM entries WHERE id = ?1 AND person_id = ?2")?
            .execute([entry.0, person.0])?;
        Ok(burnt > 0)
    }

    fn write_body(&self, key: &Key, person: PersonId, entry: EntryId, body: &Body) -> Result<(), StoreError> {
        let sealed = seal_json(key, place(person, entry), body)?;
        self.writing()?
            .prepare_cached("UPDATE entries SET body = ?2 WHERE id = ?1")?
            .execute(params![entry.0, sealed])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::StoreError;
    use super::super::tests::{Home, at, two_people};
    use super::*;

    #[tokio::test]
    async fn words_open_for_their_own_person_alone() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let (hers, his) = store
            .write(move |tx| {
                Ok((
                    tx.add_entry(anna, EntryKind::Letter, &Words::new("dear \"you\"\n"), at(0))?,
                    tx.add_entry(ben, EntryKind::Mood, &Words::new(""), at(0))?,
                ))
            })
            .await
            .unwrap();
        let asked = [hers, his, EntryId(99), EntryId(-1)];
        let (of_anna, of_ben) = store
            .read(move |view| Ok((view.open_entries(anna, asked)?, view.open_entries(ben, asked)?)))
            .await
            .unwrap();
        assert_eq!(of_anna, BTreeMap::from([(hers, Words::new("dear \"you\"\n"))]));
        assert_eq!(of_ben, BTreeMap::from([(his, Words::new(""))]));
    }

    #[tokio::test]
    async fn the_journal_lists_one_persons_entries_in_order() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let (first, his, second) = store
            .write(move |tx| {
                Ok((
                    tx.add_entry(anna, EntryKind::Better, &Words::new("one"), at(5))?,
                    tx.add_entry(ben, EntryKind::Draft, &Words::new("his"), at(6))?,
                    tx.add_entry(anna, EntryKind::Letter, &Words::new("two"), at(7))?,
                ))
            })
            .await
            .unwrap();
        let list = async |person| {
            let all = store.read(move |view| view.all_entries(person)).await.unwrap();
            all.into_iter().map(|it| (it.entry, it.kind, it.at, it.words.expose().to_owned())).collect::<Vec<_>>()
        };
        let one = (first, EntryKind::Better, at(5), "one".to_owned());
        let two = (second, EntryKind::Letter, at(7), "two".to_owned());
        assert_eq!(list(anna).await, [one, two]);
        assert_eq!(list(ben).await, [(his, EntryKind::Draft, at(6), "his".to_owned())]);
    }

    #[tokio::test]
    async fn keeping_and_burning_touch_one_entry_of_one_person() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let (hers, his) = store
            .write(move |tx| {
                Ok((
                    tx.add_entry(anna, EntryKind::Unasked, &Words::new("a"), at(5))?,
                    tx.add_entry(ben, EntryKind::Unasked, &Words::new("b"), at(5))?,
                ))
            })
            .await
            .unwrap();
        store
            .write(move |tx| {
                assert!(!tx.keep_entry(ben, hers, EntryKind::Note)?);
                assert!(!tx.burn_entry(ben, hers)?);
                assert!(tx.keep_entry(anna, hers, EntryKind::Note)?);
                let kept = tx.body(&*tx.key(anna)?, anna, hers)?.unwrap();
                assert_eq!(
                    (kept.kind, kept.created_at, kept.words.as_str()),
                    (EntryKind::Note, at(5).as_millisecond(), "a")
                );
                assert!(tx.burn_entry(anna, hers)?);
                assert!(!tx.keep_entry(anna, hers, EntryKind::Note)?);
                assert!(tx.open_entries(anna, [hers, his])?.is_empty());
                assert_eq!(tx.open_entries(ben, [hers, his])?.len(), 1);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn words_altered_or_moved_on_the_disk_are_refused() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let (first, second, his) = store
            .write(move |tx| {
                let add = |person, words| tx.add_entry(person, EntryKind::Note, &Words::new(words), at(0));
                Ok((add(anna, "one")?, add(anna, "two")?, add(ben, "three")?))
            })
            .await
            .unwrap();
        let refused = async |person, entry| {
            matches!(
                store.read(move |view| view.open_entries(person, [entry])).await,
                Err(StoreError::Sealed { table: "entries", .. })
            )
        };
        home.data().execute("UPDATE entries SET person_id = ?1 WHERE id = ?2", [anna.0, his.0]).unwrap();
        assert!(refused(anna, his).await, "moved to another person");
        home.data()
            .execute(
                "UPDATE entries SET body = (SELECT body FROM entries WHERE id = ?1) WHERE id = ?2",
                [first.0, second.0],
            )
            .unwrap();
        assert!(refused(anna, second).await, "moved to another row");
        assert!(!refused(anna, first).await);
        home.flip("entries", "body", &format!("id = {}", first.0));
        assert!(refused(anna, first).await, "one bit flipped");
    }
}
