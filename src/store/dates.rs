//! The stored witnesses of the date: the newest date that Discord gave, and the days on which the process ran without one.

use jiff::Timestamp;
use rusqlite::OptionalExtension;

use super::error::StoreError;
use super::{Tx, View, time_of};
use crate::chat::PersonId;
use crate::journey::Timer;

/// Distinct days on which the process has to have run, where nobody else gave a date.
const RUN_DAYS: i64 = 14;

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// A date is stored again once it is this much newer, so that not every round writes.
const STEP: i64 = 60 * 60 * 1000;

impl View<'_> {
    /// Up to when the date is confirmed: the newest date that was given, or the first of the last fourteen days on which
    /// the process ran. `None` where neither is there.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn confirmed_until(&self) -> Result<Option<Timestamp>, StoreError> {
        let given = self.witnessed()?;
        let first: Option<i64> = self
            .data
            .prepare_cached("SELECT day FROM run_days ORDER BY day DESC LIMIT 1 OFFSET ?1")?
            .query_row([RUN_DAYS - 1], |row| row.get(0))
            .optional()?;
        let until = given.max(first.map(|day| day.saturating_mul(DAY)));
        until.map(|until| time_of("meta", until)).transpose()
    }

    fn witnessed(&self) -> Result<Option<i64>, StoreError> {
        Ok(self.data.prepare_cached("SELECT witnessed FROM meta")?.query_row([], |row| row.get(0))?)
    }
}

impl Tx<'_> {
    /// Keeps a date that Discord gave, if it is the newest. Days without one count from here on.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn note_date(&self, date: Timestamp) -> Result<(), StoreError> {
        let date = date.as_millisecond();
        if self.witnessed()?.is_none_or(|before| date - before >= STEP) {
            self.writing()?.prepare_cached("UPDATE meta SET witnessed = ?1")?.execute([date])?;
        }
        self.writing()?.prepare_cached("DELETE FROM run_days")?.execute([])?;
        Ok(())
    }

    /// Keeps the day of `now` as one on which the process ran without a date from Discord. Later days, of a clock that was
    /// set back since, are removed.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn note_run_day(&self, now: Timestamp) -> Result<(), StoreError> {
        let today = now.as_millisecond().div_euclid(DAY);
        let data = self.writing()?;
        data.prepare_cached("DELETE FROM run_days WHERE day > ?1")?.execute([today])?;
        data.prepare_cached("INSERT OR IGNORE INTO run_days (day) VALUES (?1)")?.execute([today])?;
        data.prepare_cached(
            "DELETE FROM run_days WHERE day NOT IN (SELECT day FROM run_days ORDER BY day DESC LIMIT ?1)",
        )?
        .execute([RUN_DAYS])?;
        Ok(())
    }

    /// Postpones a timer whose date no witness confirms. Its own time is kept for [`Tx::restore_postponed`].
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn postpone_timer(&self, person: PersonId, timer: Timer, until: Timestamp) -> Result<(), StoreError> {
        self.writing()?
            .prepare_cached(
                "UPDATE timers SET postponed_from = coalesce(postponed_from, due_at), due_at = ?3 \
                 WHERE person_id = ?1 AND timer = ?2",
            )?
            .execute((person.0, timer.as_str(), until.as_millisecond()))?;
        Ok(())
    }

    /// Gives postponed timers their own time back: after a restart, and after the clock was set back. Says how many.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn restore_postponed(&self) -> Result<usize, StoreError> {
        Ok(self
            .writing()?
            .prepare_cached(
                "UPDATE timers SET due_at = postponed_from, postponed_from = NULL WHERE postponed_from IS NOT NULL",
            )?
            .execute([])?)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::super::tests::{Home, at, two_people};
    use super::*;

    fn day(number: i64) -> Timestamp {
        at(0) + SignedDuration::from_hours(24 * number)
    }

    fn midnight(number: i64) -> Timestamp {
        let at = day(number).as_millisecond();
        Timestamp::from_millisecond(at - at.rem_euclid(DAY)).unwrap()
    }

    async fn confirmed(store: &super::super::Store) -> Option<Timestamp> {
        store.read(|view: &View<'_>| view.confirmed_until()).await.unwrap()
    }

    #[tokio::test]
    async fn the_newest_date_is_known_after_a_restart() {
        let home = Home::new();
        let store = home.open();
        assert_eq!(confirmed(&store).await, None);
        for (given, kept) in [(day(3), day(3)), (day(1), day(3)), (day(5), day(5))] {
            store.write(move |tx| tx.note_date(given)).await.unwrap();
            assert_eq!(confirmed(&store).await, Some(kept));
        }
        store.close().await;
        assert_eq!(confirmed(&home.open()).await, Some(day(5)));
    }

    #[tokio::test]
    async fn without_a_date_fourteen_distinct_days_confirm_the_first_of_them() {
        let home = Home::new();
        let store = home.open();
        for number in 0..13 {
            for _ in 0..2 {
                store.write(move |tx| tx.note_run_day(day(number))).await.unwrap();
            }
            assert_eq!(confirmed(&store).await, None, "day {number}");
        }
        // Years ahead at once: the first of those days is confirmed, and nothing of the years between.
        store.write(|tx| tx.note_run_day(day(2_000))).await.unwrap();
        assert_eq!(confirmed(&store).await, Some(midnight(0)));
        store.write(|tx| tx.note_run_day(day(2_001))).await.unwrap();
        assert_eq!(confirmed(&store).await, Some(midnight(1)));
        assert_eq!(home.count("run_days"), 14);
    }

    #[tokio::test]
    async fn days_of_a_clock_that_was_set_back_and_days_before_a_date_do_not_count() {
        let home = Home::new();
        let store = home.open();
        for number in 2_000..2_013 {
            store.write(move |tx| tx.note_run_day(day(number))).await.unwrap();
        }
        store.write(|tx| tx.note_run_day(day(1))).await.unwrap();
        assert_eq!(home.count("run_days"), 1);
        store.write(|tx| tx.note_date(day(1))).await.unwrap();
        assert_eq!(home.count("run_days"), 0);
        assert_eq!(confirmed(&store).await, Some(day(1)));
    }

    #[tokio::test]
    async fn a_postponed_timer_is_neither_lost_nor_due_and_gets_its_own_time_back() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                tx.set_timer(anna, Timer::Deletion, 1, at(10))?;
                tx.set_timer(ben, Timer::Deletion, 1, at(10))?;
                tx.postpone_timer(anna, Timer::Deletion, at(100))?;
                tx.postpone_timer(anna, Timer::Deletion, at(200))?;
                assert!(!tx.timer_is_due(anna, Timer::Deletion, 1, at(150))?);
                assert!(tx.timer_is_due(anna, Timer::Deletion, 1, at(200))?);
                assert_eq!(tx.restore_postponed()?, 1);
                assert!(tx.timer_is_due(anna, Timer::Deletion, 1, at(10))?);
                assert!(!tx.timer_is_due(anna, Timer::Deletion, 1, at(9))?);
                tx.postpone_timer(anna, Timer::Deletion, at(300))?;
                tx.set_timer(anna, Timer::Deletion, 2, at(400))?;
                assert_eq!(tx.restore_postponed()?, 0, "a timer that is set anew is not postponed");
                Ok(())
            })
            .await
            .unwrap();
    }
}
