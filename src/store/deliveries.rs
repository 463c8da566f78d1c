//! Deliveries, the outbox: what is to be sent, by prompt key and arguments, never as text. A row is queued, leased
//! while an attempt is under way, parked while the person cannot be reached, and settled when the platform has it.
//!
//! The service records answers and enqueues messages; the dispatcher claims ([`claims`](super::claims)), sends and
//! settles.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, params};
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::quiet::Quiet;
use super::sealing::{Place, open_json, seal_json};
use super::{Tx, View};
use crate::chat::{DeliveryId, InboundId, PersonId, Ticket};
use crate::journey::{Message, Timer};

pub(super) const TABLE: &str = "deliveries";

/// What is sealed in a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// What it says.
    pub message: Message,
    /// When it may not arrive; heeded for [`Priority::Reminder`] alone.
    pub quiet: Option<Quiet>,
    /// What the direct answer can be found by, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
}

/// How a delivery ended, for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The platform has it.
    Settled,
    /// The person's direct messages are closed.
    Parked,
}

/// Why something has not been said yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsaid {
    /// It is on its way.
    Waiting,
    /// The person's direct messages are closed, or the platform refuses it.
    Parked,
}

/// What goes first to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// The answer to something they did.
    Answer,
    /// Help they asked for or need.
    Support,
    /// What a timer brings.
    Reminder,
}

impl Priority {
    /// As it is stored.
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::Answer => 0,
            Self::Support => 1,
            Self::Reminder => 2,
        }
    }
}

pub(super) fn place(person: PersonId, id: DeliveryId) -> Place {
    Place { table: TABLE, person, row: id.0 }
}

/// Whether anything of a person is parked, or queued for later although they wait for it. Each half has its own index, so that
/// the answers of a day are not walked through at every press.
pub(super) const WAITS: &str = "SELECT EXISTS (SELECT 1 FROM deliveries WHERE person_id = ?1 AND state = 'parked') \
     OR EXISTS (SELECT 1 FROM deliveries WHERE person_id = ?1 AND state IN ('queued', 'leased') AND state = 'queued' \
       AND priority < ?3 AND due_at > ?2)";

/// A row to insert, but for its payload.
struct Row {
    person: PersonId,
    timer: Option<Timer>,
    priority: Priority,
    inbound: Option<[u8; 32]>,
    due_at: Timestamp,
    leased_until: Option<Timestamp>,
}

impl View<'_> {
    /// The answer that was recorded for an inbound event, if it came before.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number, [`StoreError::Sealed`] where the row was tampered with.
    pub fn replayed(&self, person: PersonId, inbound: &InboundId) -> Result<Option<(DeliveryId, Message)>, StoreError> {
        let key = self.key(person)?;
        let row: Option<(i64, Vec<u8>)> = self
            .data
            .prepare_cached("SELECT id, payload FROM deliveries WHERE person_id = ?1 AND inbound = ?2")?
            .query_row(params![person.0, self.sealer.hashes.inbound(person, inbound)], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let Some((id, sealed)) = row else { return Ok(None) };
        let id = DeliveryId(id);
        let outgoing: Outgoing = open_json(&key, place(person, id), &sealed)?;
        Ok(Some((id, outgoing.message)))
    }

    /// Whether a delivery is this person's.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn owns(&self, person: PersonId, id: DeliveryId) -> Result<bool, StoreError> {
        let mut rows = self.data.prepare_cached("SELECT 1 FROM deliveries WHERE id = ?1 AND person_id = ?2")?;
        Ok(rows.exists([id.0, person.0])?)
    }

    /// Whether what a timer had to say still waits to be said.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn unsaid(&self, person: PersonId, timer: Timer) -> Result<Option<Unsaid>, StoreError> {
        let parked: Option<bool> = self
            .data
            .prepare_cached(
                "SELECT min(state = 'parked') FROM deliveries WHERE person_id = ?1 AND timer = ?2 \
                 AND state <> 'settled'",
            )?
            .query_row(params![person.0, timer.as_str()], |row| row.get(0))?;
        Ok(parked.map(|parked| if parked { Unsaid::Parked } else { Unsaid::Waiting }))
    }

    /// Whether anything waits for a sign of life of this person: see [`Tx::unpark`].
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn waits_for_a_sign(&self, person: PersonId, now: Timestamp) -> Result<bool, StoreError> {
        let waits = self
            .data
            .prepare_cached(WAITS)?
            .query_row(params![person.0, now.as_millisecond(), Priority::Reminder.code()], |row| row.get(0))?;
        Ok(waits)
    }

    /// How a delivery ended; `None` where it has not, or is gone.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn ending(&self, id: DeliveryId) -> Result<Option<Ending>, StoreError> {
        let state: Option<String> = self
            .data
            .prepare_cached("SELECT state FROM deliveries WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        Ok(match state.as_deref() {
            Some("settled") => Some(Ending::Settled),
            Some("parked") => Some(Ending::Parked),
            _ => None,
        })
    }
}

impl Tx<'_> {
    /// Records the direct answer to an inbound event, leased until `lease_until` since the adapter is about to show it:
    /// that is its first attempt. If nobody settles it by then, the dispatcher sends it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number; [`StoreError::Sql`] where this event has an answer already
    /// (ask [`View::replayed`] first).
    pub fn record_answer(
        &self,
        person: PersonId,
        inbound: &InboundId,
        outgoing: &Outgoing,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<DeliveryId, StoreError> {
        let inbound = Some(self.view.sealer.hashes.inbound(person, inbound));
        let leased_until = Some(lease_until);
        let row = Row { person, timer: None, priority: Priority::Answer, inbound, due_at: now, leased_until };
        self.insert_delivery(&row, outgoing)
    }

    /// Queues a message, to be sent at once or as soon as those before it are gone. One that comes from a timer takes
    /// the place of an unsent or parked one of the same timer, but never of one that is being sent.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] where nobody has that number.
    pub fn enqueue(
        &self,
        person: PersonId,
        timer: Option<Timer>,
        priority: Priority,
        outgoing: &Outgoing,
        now: Timestamp,
    ) -> Result<DeliveryId, StoreError> {
        if let Some(timer) = timer {
            self.withdraw(person, timer)?;
        }
        let row = Row { person, timer, priority, inbound: None, due_at: now, leased_until: None };
        self.insert_delivery(&row, outgoing)
    }

    fn insert_delivery(&self, row: &Row, outgoing: &Outgoing) -> Result<DeliveryId, StoreError> {
        let key = self.key(row.person)?;
        let data = self.writing()?;
        let state = if row.leased_until.is_some() { "leased" } else { "queued" };
        data.prepare_cached(
            "INSERT INTO deliveries (person_id, timer, priority, state, attempts, due_at, leased_until, inbound, unsure, payload) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5, x'')",
        )?
        .execute(params![
            row.person.0,
            row.timer.map(Timer::as_str),
            row.priority.code(),
            state,
            i64::from(row.leased_until.is_some()),
            row.due_at.as_millisecond(),
            row.leased_until.map(Timestamp::as_millisecond),
            row.inbound,
        ])?;
        let id = DeliveryId(data.last_insert_rowid());
        let sealed = seal_json(&key, place(row.person, id), outgoing)?;
        data.prepare_cached("UPDATE deliveries SET payload = ?2 WHERE id = ?1")?.execute(params![id.0, sealed])?;
        refresh_head(data, row.person.0)?;
        Ok(id)
    }

    /// Takes back what a timer had to say and has not said: the person paused, closed a stage or let go. What is being
    /// sent right now stays. Returns how many there were.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn withdraw(&self, person: PersonId, timer: Timer) -> Result<usize, StoreError> {
        let data = self.writing()?;
        let changed = data
            .prepare_cached(
                "DELETE FROM deliveries WHERE person_id = ?1 AND timer = ?2 AND state IN ('queued', 'parked')",
            )?
            .execute(params![person.0, timer.as_str()])?;
        refresh_head(data, person.0)?;
        Ok(changed)
    }

    /// The platform has it. Also right after its lease ran out. `false` where it was settled or gone already.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn settle(&self, id: DeliveryId) -> Result<bool, StoreError> {
        self.ended(id, Ending::Settled);
        self.change(
            "UPDATE deliveries SET state = 'settled', leased_until = NULL, turn = NULL \
             WHERE id = ?1 AND state <> 'settled' RETURNING person_id",
            params![id.0],
        )
    }

    /// Hands an answer to the dispatcher at once: it was not shown, and surely not. `false` where it is not leased.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn release(&self, id: DeliveryId) -> Result<bool, StoreError> {
        self.change(
            // An attempt of the dispatcher's own, which has begun meanwhile, is the second and stays its own.
            "UPDATE deliveries SET state = 'queued', leased_until = NULL, unsure = 0 \
             WHERE id = ?1 AND state = 'leased' AND attempts = 1 RETURNING person_id",
            params![id.0],
        )
    }

    /// The attempt failed; the next may be made at `at`. `unsure` says that it may have arrived all the same. `false` where
    /// it no longer waits: a newer one of its timer has taken its place, or it is not leased any more.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn retry(&self, id: DeliveryId, at: Timestamp, unsure: bool) -> Result<bool, StoreError> {
        if self.drop_superseded(id)? {
            return Ok(false);
        }
        self.change(
            "UPDATE deliveries SET state = 'queued', leased_until = NULL, due_at = ?2, unsure = ?3 \
             WHERE id = ?1 AND state = 'leased' RETURNING person_id",
            params![id.0, at.as_millisecond(), unsure],
        )
    }

    /// The person's direct messages are closed: it waits for [`Tx::unpark`] and holds nothing back. Whatever else is queued
    /// for them waits with it, since it would be refused as well, one request each. `false` as for [`Tx::retry`].
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn park(&self, id: DeliveryId) -> Result<bool, StoreError> {
        if self.drop_superseded(id)? {
            return Ok(false);
        }
        let data = self.writing()?;
        let parked = data
            .prepare_cached(
                "UPDATE deliveries SET state = 'parked', leased_until = NULL, turn = NULL, unsure = unsure AND id <> ?1 \
                 WHERE (id = ?1 AND state = 'leased') OR (state = 'queued' \
                   AND person_id = (SELECT person_id FROM deliveries WHERE id = ?1 AND state = 'leased')) \
                 RETURNING id, person_id",
            )?
            .query_map([id.0], |row| Ok((row.get(0).map(DeliveryId)?, row.get::<_, i64>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        let Some((_, person)) = parked.first() else { return Ok(false) };
        refresh_head(data, *person)?;
        for (parked, _) in &parked {
            self.ended(*parked, Ending::Parked);
        }
        Ok(true)
    }

    /// The platform refuses this one and would again: parked alone, so that what comes after it goes on. `false` as for
    /// [`Tx::retry`].
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn set_aside_refused(&self, id: DeliveryId) -> Result<bool, StoreError> {
        if self.drop_superseded(id)? {
            return Ok(false);
        }
        self.change(
            "UPDATE deliveries SET state = 'parked', leased_until = NULL, turn = NULL, unsure = 0 \
             WHERE id = ?1 AND state = 'leased' RETURNING person_id",
            params![id.0],
        )
    }

    /// Queues again what is parked for a person who just acted, and lets them wait no longer for what they asked for and
    /// what failed before. Returns how many there were.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn unpark(&self, person: PersonId, now: Timestamp) -> Result<usize, StoreError> {
        if !self.waits_for_a_sign(person, now)? {
            return Ok(0);
        }
        let data = self.writing()?;
        let changed = data
            .prepare_cached(
                "UPDATE deliveries SET state = 'queued', due_at = min(due_at, ?2) WHERE person_id = ?1 \
                 AND (state = 'parked' OR (state = 'queued' AND priority < ?3 AND due_at > ?2))",
            )?
            .execute(params![person.0, now.as_millisecond(), Priority::Reminder.code()])?;
        refresh_head(data, person.0)?;
        Ok(changed)
    }

    /// Removes settled rows whose last attempt was due before `before`; until then a repeated inbound event finds its
    /// answer. Returns how many there were.
    ///
    /// # Errors
    /// Where the database does not take it.
    pub fn prune_settled(&self, before: Timestamp) -> Result<usize, StoreError> {
        Ok(self
            .writing()?
            .prepare_cached("DELETE FROM deliveries WHERE state = 'settled' AND due_at < ?1")?
            .execute([before.as_millisecond()])?)
    }

    /// Removes a row that was being sent while a newer one of the same timer came; it must not be sent again after it.
    fn drop_superseded(&self, id: DeliveryId) -> Result<bool, StoreError> {
        self.change(
            "DELETE FROM deliveries WHERE id = ?1 AND state = 'leased' AND EXISTS (SELECT 1 FROM deliveries AS newer \
             WHERE newer.person_id = deliveries.person_id AND newer.timer = deliveries.timer \
             AND newer.id > deliveries.id) RETURNING person_id",
            params![id.0],
        )
    }

    fn ended(&self, id: DeliveryId, ending: Ending) {
        self.ended.borrow_mut().push((id, ending));
    }

    /// Runs a statement that changes at most one delivery and returns its person.
    fn change(&self, sql: &str, params: impl Params) -> Result<bool, StoreError> {
        let data = self.writing()?;
        let person: Option<i64> = data.prepare_cached(sql)?.query_row(params, |row| row.get(0)).optional()?;
        person.map(|person| refresh_head(data, person)).transpose()?;
        Ok(person.is_some())
    }
}

/// Gives the first open delivery of a person, by priority and id, the time from which it may be attempted (`turn`), and
/// takes it from the others. Call it after every change of a person's open deliveries; a row that is parked or settled
/// loses its turn where that is written.
pub(super) fn refresh_head(data: &Connection, person: i64) -> rusqlite::Result<()> {
    // While another delivery to the same person is under way, the first waits for its lease to end.
    const REFRESH: &str = "
        WITH open AS (SELECT id, priority, leased_until FROM deliveries
                      WHERE person_id = ?1 AND state IN ('queued', 'leased')),
             head AS (SELECT id FROM open ORDER BY priority, id LIMIT 1)
        UPDATE deliveries SET turn = iif(id = (SELECT id FROM head),
            max(coalesce(leased_until, due_at), coalesce((SELECT max(leased_until) FROM open), due_at)), NULL)
        WHERE person_id = ?1 AND state IN ('queued', 'leased')
          AND (turn IS NOT NULL OR id = (SELECT id FROM head))";
    data.prepare_cached(REFRESH)?.execute([person]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::super::StoreError;
    use super::super::tests::{Home, at, outgoing, outgoing_about, two_people};
    use super::*;
    use crate::journey::Key;

    fn inbound(id: &str) -> InboundId {
        InboundId(id.to_owned())
    }

    #[tokio::test]
    async fn a_repeated_event_finds_its_answer_and_only_the_persons_own() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let id = store.write(move |tx| tx.record_answer(anna, &inbound("1"), &outgoing(), at(0), at(9))).await.unwrap();
        let replay = move |person, event: &'static str| store_read(&store, person, event);
        assert_eq!(replay(anna, "1").await, Some((id, outgoing().message)));
        assert_eq!(replay(anna, "2").await, None);
        assert_eq!(replay(ben, "1").await, None);
    }

    fn store_read(
        store: &crate::store::Store,
        person: PersonId,
        event: &'static str,
    ) -> impl Future<Output = Option<(DeliveryId, Message)>> + use<> {
        let store = store.clone();
        async move { store.read(move |view| view.replayed(person, &inbound(event))).await.unwrap() }
    }

    #[tokio::test]
    async fn one_event_cannot_have_two_answers() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        let record = async |person| {
            store.write(move |tx| tx.record_answer(person, &inbound("1"), &outgoing(), at(0), at(9))).await
        };
        record(anna).await.unwrap();
        record(ben).await.unwrap();
        assert!(matches!(record(anna).await, Err(StoreError::Sql(_))));
        assert_eq!(home.count("deliveries"), 2);
    }

    #[tokio::test]
    async fn a_newer_reminder_supersedes_what_is_unsent_but_never_what_is_being_sent() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                let enqueue = |person, timer| tx.enqueue(person, Some(timer), Priority::Reminder, &outgoing(), at(0));
                let other_person = enqueue(ben, Timer::Urge)?;
                let other_timer = enqueue(anna, Timer::Words)?;
                let no_timer = tx.enqueue(anna, None, Priority::Reminder, &outgoing(), at(0))?;
                let first = enqueue(anna, Timer::Urge)?;
                let second = enqueue(anna, Timer::Urge)?;
                let ids = || -> Vec<i64> {
                    let mut all = tx.writing().unwrap().prepare("SELECT id FROM deliveries ORDER BY id").unwrap();
                    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
                };
                assert!(second > first, "an id is never used twice");
                assert_eq!(ids(), [other_person.0, other_timer.0, no_timer.0, second.0]);
                for done in [other_timer, no_timer] {
                    tx.settle(done)?;
                }
                let claims = tx.claim(at(0), at(60), 9)?;
                assert_eq!(claims.ready.iter().map(|claimed| claimed.id).collect::<Vec<_>>(), [other_person, second]);
                let third = enqueue(anna, Timer::Urge)?;
                assert_eq!(ids(), [other_person.0, other_timer.0, no_timer.0, second.0, third.0]);
                // Its attempt failed while the newer one waits: it is not sent again.
                assert!(!tx.retry(second, at(10), false)?);
                assert_eq!(ids(), [other_person.0, other_timer.0, no_timer.0, third.0]);
                assert!(tx.retry(other_person, at(10), false)?);
                tx.claim(at(0), at(60), 9)?;
                assert!(tx.park(third)?);
                let fourth = enqueue(anna, Timer::Urge)?;
                assert_eq!(ids(), [other_person.0, other_timer.0, no_timer.0, fourth.0]);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn withdrawing_takes_back_what_one_timer_of_one_person_has_not_said() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                let enqueue = |person, timer| tx.enqueue(person, Some(timer), Priority::Reminder, &outgoing(), at(0));
                enqueue(anna, Timer::Urge)?;
                let sending = enqueue(ben, Timer::Urge)?;
                let other = enqueue(anna, Timer::Words)?;
                assert_eq!(tx.withdraw(anna, Timer::Urge)?, 1);
                assert_eq!(tx.withdraw(anna, Timer::Urge)?, 0);
                let claimed: Vec<_> = tx.claim(at(0), at(60), 9)?.ready.iter().map(|claimed| claimed.id).collect();
                assert_eq!(claimed, [sending, other]);
                assert_eq!(tx.withdraw(ben, Timer::Urge)?, 0, "it is being sent");
                assert!(tx.settle(sending)?);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn settled_rows_are_pruned_by_age_and_others_are_not() {
        let home = Home::new();
        let store = home.open();
        let (anna, ben) = two_people(&store).await;
        store
            .write(move |tx| {
                let old = tx.record_answer(anna, &inbound("1"), &outgoing(), at(0), at(9))?;
                let young = tx.record_answer(ben, &inbound("1"), &outgoing(), at(100), at(109))?;
                let waiting = tx.enqueue(ben, None, Priority::Support, &outgoing(), at(0))?;
                assert!(tx.settle(old)? && tx.settle(young)? && !tx.settle(old)?);
                assert_eq!(tx.prune_settled(at(50))?, 1);
                assert_eq!(tx.replayed(anna, &inbound("1"))?, None);
                assert_eq!(tx.replayed(ben, &inbound("1"))?.map(|(id, _)| id), Some(young));
                assert_eq!(tx.claim(at(200), at(260), 9)?.ready[0].id, waiting);
                Ok(())
            })
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn a_message_comes_back_as_it_was_recorded() {
        let home = Home::new();
        let store = home.open();
        let (anna, _) = two_people(&store).await;
        let said = outgoing_about(Key::ALL[3]);
        let sent = said.clone();
        store.write(move |tx| tx.record_answer(anna, &inbound("1"), &said, at(0), at(9))).await.unwrap();
        let (_, message) = store.read(move |view| view.replayed(anna, &inbound("1"))).await.unwrap().unwrap();
        assert_eq!(message, sent.message);
    }
}
