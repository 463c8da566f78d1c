//! Journeys: one active a person, its state sealed; its row number is what buttons carry.
//!
//! What is sealed is JSON without the fields that have their default. Versions before schema 8 sealed it compressed (zlib,
//! RFC 1950), and before that with every field: both are read.

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;
use rusqlite::{OptionalExtension, params};
use zeroize::Zeroizing;

use super::error::StoreError;
use super::sealing::{Key, Place, open, seal_json};
use super::{Tx, View};
use crate::chat::PersonId;
use crate::journey::Journey;

const TABLE: &str = "journeys";

/// More than any state unpacks to.
const MOST: usize = 1 << 20;

/// How a compressed state begins; JSON begins otherwise.
const COMPRESSED: u8 = 0x78;

/// Opens the state in a row.
pub(super) fn unpack(key: &Key, person: PersonId, row: i64, sealed: &[u8]) -> Result<Journey, StoreError> {
    let plain = open(key, Place { table: TABLE, person, row }, sealed)?;
    let unreadable = || StoreError::Unreadable { table: TABLE };
    let json = if plain.first() == Some(&COMPRESSED) {
        Zeroizing::new(decompress_to_vec_zlib_with_limit(&plain, MOST).map_err(|_| unreadable())?)
    } else {
        plain
    };
    serde_json::from_slice(&json).map_err(|_| unreadable())
}

impl View<'_> {
    /// The active journey and its number, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where the row was tampered with.
    pub fn load_journey(&self, person: PersonId) -> Result<Option<(u64, Journey)>, StoreError> {
        let key = self.key(person)?;
        let row: Option<(i64, Vec<u8>)> = self
            .data
            .prepare_cached("SELECT id, state FROM journeys WHERE person_id = ?1 AND active = 1")?
            .query_row([person.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((row, sealed)) = row else { return Ok(None) };
        Ok(Some((row.unsigned_abs(), unpack(&key, person, row, &sealed)?)))
    }

    /// The number of the active journey alone; 0 where there is none.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn journey_number(&self, person: PersonId) -> Result<u64, StoreError> {
        let row: Option<i64> = self
            .data
            .prepare_cached("SELECT id FROM journeys WHERE person_id = ?1 AND active = 1")?
            .query_row([person.0], |row| row.get(0))
            .optional()?;
        Ok(row.map_or(0, i64::unsigned_abs))
    }
}

impl Tx<'_> {
    /// Saves the active journey, or begins one. Returns its number.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number.
    pub fn save_journey(&self, person: PersonId, journey: &Journey) -> Result<u64, StoreError> {
        let key = self.key(person)?;
        let data = self.writing()?;
        let mut number = self.journey_number(person)?;
        if number == 0 {
            data.prepare_cached("INSERT INTO journeys (person_id, state) VALUES (?1, x'')")?.execute([person.0])?;
            number = data.last_insert_rowid().unsigned_abs();
        }
        let row = number.cast_signed();
        let sealed = seal_json(&key, Place { table: TABLE, person, row }, journey)?;
        data.prepare_cached("UPDATE journeys SET state = ?2 WHERE id = ?1")?.execute(params![row, sealed])?;
        Ok(number)
    }

    /// Closes the active journey, if there is one, and begins another. Returns the new number.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number.
    pub fn start_journey(&self, person: PersonId, journey: &Journey) -> Result<u64, StoreError> {
        self.writing()?
            .prepare_cached("UPDATE journeys SET active = 0 WHERE person_id = ?1 AND active = 1")?
            .execute([person.0])?;
        self.save_journey(person, journey)
    }
}

#[cfg(test)]
mod tests {
    use super::super::sealing::seal;
    use super::super::tests::{Home, journey, two_people};
    use super::*;

    /// The state of `journey-2-running.json`: compressed as versions before schema 8 wrote it, and as versions before those did.
    const EARLIER: [&[u8]; 2] = [
        include_bytes!("../../tests/fixtures/journey-2-running.zlib"),
        include_bytes!("../../tests/fixtures/journey-2-running.json"),
    ];

    #[tokio::test]
    async fn a_state_that_an_earlier_version_wrote_reads_the_same() {
        let home = Home::new();
        let store = home.open();
        let (anna, _) = two_people(&store).await;
        let expected: Journey = serde_json::from_slice(EARLIER[1]).unwrap();
        assert!(expected.cooloff.run.is_some());
        for state in EARLIER {
            let earlier = move |tx: &Tx<'_>| {
                let row = tx.save_journey(anna, &journey("Europe/Berlin"))?.cast_signed();
                let sealed = seal(&*tx.key(anna)?, Place { table: TABLE, person: anna, row }, state)?;
                tx.writing()?.execute("UPDATE journeys SET state = ?2 WHERE id = ?1", params![row, sealed])?;
                tx.load_journey(anna)
            };
            assert_eq!(store.write(earlier).await.unwrap().unwrap().1, expected);
            // Saved again, it is what this version writes.
            let again = expected.clone();
            store.write(move |tx| tx.save_journey(anna, &again)).await.unwrap();
            assert_eq!(store.read(move |view| view.load_journey(anna)).await.unwrap().unwrap().1, expected);
        }
    }

    #[tokio::test]
    async fn a_journey_is_saved_over_itself_and_keeps_its_number() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        assert!(store.read(move |view| view.load_journey(anna)).await.unwrap().is_none());
        let first = store.write(move |tx| tx.save_journey(anna, &journey("Europe/Berlin"))).await.unwrap();
        let other = store.write(move |tx| tx.save_journey(ben, &journey("Asia/Tokyo"))).await.unwrap();
        assert_ne!(first, other);
        let again = store.write(move |tx| tx.save_journey(anna, &journey("America/New_York"))).await.unwrap();
        assert_eq!(first, again);
        let loaded = store.read(move |view| Ok((view.load_journey(anna)?, view.load_journey(ben)?))).await.unwrap();
        assert_eq!(loaded, (Some((first, journey("America/New_York"))), Some((other, journey("Asia/Tokyo")))));
    }

    #[tokio::test]
    async fn a_new_journey_closes_the_active_one_of_that_person_alone() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let (first, second, other) = store
            .write(move |tx| {
                let first = tx.save_journey(anna, &journey("Europe/Berlin"))?;
                let other = tx.save_journey(ben, &journey("Asia/Tokyo"))?;
                Ok((first, tx.start_journey(anna, &journey("Europe/Paris"))?, other))
            })
            .await
            .unwrap();
        assert_ne!(first, second);
        let loaded = store.read(move |view| Ok((view.load_journey(anna)?, view.load_journey(ben)?))).await.unwrap();
        assert_eq!(loaded, (Some((second, journey("Europe/Paris"))), Some((other, journey("Asia/Tokyo")))));
        assert_eq!(home.count("journeys"), 3);
    }

    #[tokio::test]
    async fn a_state_that_was_altered_or_moved_is_refused() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        for person in [anna, ben] {
            store.write(move |tx| tx.save_journey(person, &journey("Europe/Berlin"))).await.unwrap();
        }
        home.data()
            .execute(
                "UPDATE journeys SET state = (SELECT state FROM journeys WHERE person_id = ?1) WHERE person_id = ?2",
                [anna.0, ben.0],
            )
            .unwrap();
        assert!(matches!(
            store.read(move |view| view.load_journey(ben)).await,
            Err(StoreError::Sealed { table: "journeys", .. })
        ));
        assert!(store.read(move |view| view.load_journey(anna)).await.unwrap().is_some());
        home.flip("journeys", "state", &format!("person_id = {}", anna.0));
        assert!(matches!(
            store.read(move |view| view.load_journey(anna)).await,
            Err(StoreError::Sealed { table: "journeys", .. })
        ));
    }
}
