//! The dossier: everything that is kept about one person, opened, for giving it back to them. The export reads it.

use std::fmt;

use super::View;
use super::entries::Shelved;
use super::error::StoreError;
use super::journeys::unpack;
use super::persons::Profile;
use crate::chat::PersonId;
use crate::journey::Journey;

/// Everything kept about a person. Its `Debug` shows counts alone.
pub struct Dossier {
    /// How they are reached.
    pub profile: Profile,
    /// Their journeys, oldest first.
    pub journeys: Vec<KeptJourney>,
    /// Their words, oldest first.
    pub entries: Vec<Shelved>,
}

/// One journey.
#[derive(Clone, PartialEq)]
pub struct KeptJourney {
    /// Its number.
    pub number: u64,
    /// Whether it goes on; of those there is one at most.
    pub active: bool,
    /// All that is remembered of it, apart from words.
    pub journey: Journey,
}

impl fmt::Debug for Dossier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Dossier({} journeys, {} entries)", self.journeys.len(), self.entries.len())
    }
}

impl View<'_> {
    /// Opens everything that is kept about a person, and of nobody else.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where a row was tampered with.
    pub fn dossier(&self, person: PersonId) -> Result<Dossier, StoreError> {
        let key = self.key(person)?;
        let profile = self.profile(person)?;
        let mut journeys = Vec::new();
        let mut rows =
            self.data.prepare_cached("SELECT id, active, state FROM journeys WHERE person_id = ?1 ORDER BY id")?;
        let mut rows = rows.query([person.0])?;
        while let Some(row) = rows.next()? {
            let (id, active, sealed): (i64, bool, Vec<u8>) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let journey = unpack(&key, person, id, &sealed)?;
            journeys.push(KeptJourney { number: id.unsigned_abs(), active, journey });
        }
        let entries = self.all_entries(person)?;
        Ok(Dossier { profile, journeys, entries })
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Home, at, journey, two_people};
    use crate::chat::Words;
    use crate::journey::EntryKind;

    #[tokio::test]
    async fn everything_of_one_person_and_nothing_of_another() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let (first, second) = store
            .write(move |tx| {
                let first = tx.save_journey(anna, &journey("Europe/Berlin"))?;
                tx.add_entry(anna, EntryKind::Letter, &Words::new("dear you"), at(5))?;
                tx.add_entry(ben, EntryKind::Letter, &Words::new("not hers"), at(6))?;
                tx.save_journey(ben, &journey("Asia/Tokyo"))?;
                tx.add_entry(anna, EntryKind::Unasked, &Words::new("and this"), at(7))?;
                Ok((first, tx.start_journey(anna, &journey("Europe/Paris"))?))
            })
            .await
            .unwrap();
        let dossier = store.read(move |view| view.dossier(anna)).await.unwrap();
        let numbers: Vec<_> = dossier.journeys.iter().map(|kept| (kept.number, kept.active)).collect();
        assert_eq!(numbers, [(first, false), (second, true)]);
        let words: Vec<_> = dossier.entries.iter().map(|kept| (kept.kind, kept.words.expose())).collect();
        assert_eq!(words, [(EntryKind::Letter, "dear you"), (EntryKind::Unasked, "and this")]);
        assert_eq!(dossier.entries[0].at, at(5));
        assert_eq!(format!("{dossier:?}"), "Dossier(2 journeys, 2 entries)");
    }
}
