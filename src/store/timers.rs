//! Timers: at most one row for each of a person's timers, without any text. The scheduler asks when to wake, what is
//! due, and, within the transaction that fires it, whether it still is.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::error::StoreError;
use super::{Tx, View, time_of};
use crate::chat::PersonId;
use crate::journey::Timer;

const TABLE: &str = "timers";

/// A timer whose time has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub timer: Timer,
    /// Which firing of it.
    pub occurrence: u32,
    /// Since when, UTC.
    pub due_at: Timestamp,
}

impl View<'_> {
    /// The timers that are due at `now`, the longest overdue first, at most `limit`. Rows of a name this version does
    /// not know wait untouched for the version that wrote them.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn due_timers(&self, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.timers_until(now.as_millisecond(), limit)
    }

    /// When the next timer is due; it may be past. `None` where none is set.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn next_timer_at(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.timers_until(i64::MAX, 1)?.first().map(|next| next.due_at))
    }

    fn timers_until(&self, until: i64, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let mut found = Vec::new();
        let mut rows = self.data.prepare_cached(
            "SELECT person_id, timer, occurrence, due_at FROM timers WHERE due_at <= ?1 \
             ORDER BY due_at, person_id, timer",
        )?;
        let mut rows = rows.query([until])?;
        while found.len() < limit
            && let Some(row) = rows.next()?
        {
            let person = PersonId(row.get(0)?);
            let Ok(timer) = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?.parse::<Timer>() else { continue };
            if self.has_key(person)? {
                let due_at = time_of(TABLE, row.get(3)?)?;
                found.push(DueTimer { person, timer, occurrence: row.get(2)?, due_at });
            }
        }
        Ok(found)
    }

    /// Whether this very occurrence is still set and due at `now`; asked again within the job that fires it, since the
    /// person may have moved or cancelled it after it was found due.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn timer_is_due(
        &self,
        person: PersonId,
        timer: Timer,
        occurrence: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let row: Option<(u32, i64)> = self
            .data
            .prepare_cached("SELECT occurrence, due_at FROM timers WHERE person_id = ?1 AND timer = ?2")?
            .query_row(params![person.0, timer.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(row.is_some_and(|(stored, due_at)| stored == occurrence && due_at <= now.as_millisecond())
            && self.has_key(person)?)
    }
}

impl Tx<'_> {
    /// Sets a timer, in place of the row there was.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number.
    pub fn set_timer(
        &self,
        person: PersonId,
        timer: Timer,
        occurrence: u32,
        due_at: Timestamp,
    ) -> Result<(), StoreError> {
        if !self.has_key(person)? {
            return Err(StoreError::Unknown);
        }
        self.writing()?
            .prepare_cached(
                "INSERT OR REPLACE INTO timers (person_id, timer, occurrence, due_at) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![person.0, timer.as_str(), occurrence, due_at.as_millisecond()])?;
        Ok(())
    }

    /// Cancels a timer. `false` where it was not set.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn cancel_timer(&self, person: PersonId, timer: Timer) -> Result<bool, StoreError> {
        let cancelled = self
            .writing()?
            .prepare_cached("DELETE FROM timers WHERE person_id = ?1 AND timer = ?2")?
            .execute(params![person.0, timer.as_str()])?;
        Ok(cancelled > 0)
    }

    /// Takes a due timer away because it fires now: `true` exactly once an occurrence. Call it before the step, whose
    /// own changes may set the next.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn take_timer(
        &self,
        person: PersonId,
        timer: Timer,
        occurrence: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.timer_is_due(person, timer, occurrence, now)? && self.cancel_timer(person, timer)?)
    }
}

#[cfg(test)]
mod tests {
    use super::super::StoreError;
    use super::super::tests::{Home, at, two_people};
    use super::*;

    #[tokio::test]
    async fn due_timers_come_in_order_up_to_now_and_the_limit() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                assert_eq!(tx.next_timer_at()?, None);
                tx.set_timer(ben, Timer::Urge, 4, at(20))?;
                tx.set_timer(anna, Timer::CooloffReminder, 1, at(10))?;
                tx.set_timer(anna, Timer::Urge, 1, at(30))
            })
            .await
            .unwrap();
        let first = DueTimer { person: anna, timer: Timer::CooloffReminder, occurrence: 1, due_at: at(10) };
        let second = DueTimer { person: ben, timer: Timer::Urge, occurrence: 4, due_at: at(20) };
        store
            .read(move |view| {
                assert_eq!(view.next_timer_at()?, Some(at(10)));
                assert_eq!(view.due_timers(at(9), 9)?, vec![]);
                assert_eq!(view.due_timers(at(20), 9)?, vec![first, second]);
                assert_eq!(view.due_timers(at(99), 1)?, vec![first]);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_timer_fires_once_and_only_as_the_occurrence_it_is() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                tx.set_timer(anna, Timer::Urge, 2, at(10))?;
                tx.set_timer(ben, Timer::Urge, 2, at(10))?;
                assert!(!tx.take_timer(anna, Timer::Urge, 1, at(10))?, "another occurrence");
                assert!(!tx.take_timer(anna, Timer::Words, 2, at(10))?, "another timer");
                assert!(!tx.take_timer(anna, Timer::Urge, 2, at(9))?, "not yet");
                assert!(tx.take_timer(anna, Timer::Urge, 2, at(10))?);
                assert!(!tx.take_timer(anna, Timer::Urge, 2, at(10))?, "taken");
                assert!(tx.timer_is_due(ben, Timer::Urge, 2, at(10))?);
                tx.set_timer(ben, Timer::Urge, 2, at(50))?;
                assert!(!tx.timer_is_due(ben, Timer::Urge, 2, at(10))?, "moved");
                assert!(tx.cancel_timer(ben, Timer::Urge)?);
                assert!(!tx.cancel_timer(ben, Timer::Urge)?);
                assert_eq!(tx.next_timer_at()?, None);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_timer_of_a_newer_version_stops_nothing_and_stays() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        home.data().execute("INSERT INTO timers VALUES (?1, 'from-the-future', 1, 0, NULL)", [anna.0]).unwrap();
        store.write(move |tx| tx.set_timer(ben, Timer::Urge, 1, at(10))).await.unwrap();
        store
            .read(move |view| {
                assert_eq!(view.next_timer_at()?, Some(at(10)));
                assert_eq!(view.due_timers(at(10), 1)?.len(), 1);
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(home.count("timers"), 2);
    }

    #[tokio::test]
    async fn nobody_unknown_gets_a_timer() {
        let home = Home::new();
        let store = home.open();
        two_people(&store).await;
        let refused = store.write(|tx| tx.set_timer(PersonId(99), Timer::Urge, 1, at(0))).await;
        assert!(matches!(refused, Err(StoreError::Unknown)));
    }
}
