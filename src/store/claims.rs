//! Claiming: which deliveries may be attempted now, and when to look again.
//!
//! To one person at most one message is in flight. Theirs go in the order of priority, then id; the first of them holds
//! back the rest while it waits for its next attempt, whereas a parked one holds back nothing. Across persons the order
//! is the same, so an answer passes a backlog of reminders.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, params};

use super::deliveries::{Outgoing, Priority, TABLE, place};
use super::error::StoreError;
use super::sealing::open_json;
use super::{Tx, View, time_of};
use crate::chat::{Address, DeliveryId, EntryId, PersonId, Ticket, Words};
use crate::journey::{LEAST_NOTICE, Message, Timer};

/// What [`Tx::claim`] found.
#[derive(Debug, Default)]
pub struct Claims {
    /// To be sent now, in this order.
    pub ready: Vec<Claimed>,
    /// Rows that did not open (tampered with, or of a newer version). They were parked, so that they stop nobody; the
    /// operator should hear of them.
    pub refused: Vec<DeliveryId>,
}

/// How many may be claimed: in all, and of those that nobody waits for. A number alone says that all may be reminders.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// At most so many.
    pub all: usize,
    /// At most so many reminders among them; what is left of `all` is kept for answers and support.
    pub reminders: usize,
}

impl From<usize> for Room {
    fn from(all: usize) -> Self {
        Self { all, reminders: all }
    }
}

/// One delivery with all that is needed to render and send it. Its `Debug` names nobody.
#[derive(Clone)]
pub struct Claimed {
    /// Which delivery: the same on every attempt.
    pub id: DeliveryId,
    /// To whom.
    pub person: PersonId,
    /// Where that is.
    pub address: Address,
    /// In which language.
    pub locale: String,
    /// The number of their active journey, for the choices; 0 where there is none.
    pub journey: u64,
    /// What it says.
    pub message: Message,
    /// The person's own words it quotes; what was burnt since is absent.
    pub words: BTreeMap<EntryId, Words>,
    /// How many attempts there were, this one included.
    pub attempts: u32,
    /// Whether the person waits for it: an answer, or help.
    pub urgent: bool,
    /// Whether one of the earlier attempts may have arrived.
    pub unsure: bool,
    /// What the direct answer can be found by, if it is one.
    pub ticket: Option<Ticket>,
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("id", &self.id).field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

/// A row that may be attempted.
struct Candidate {
    id: DeliveryId,
    person: PersonId,
    priority: i64,
    attempts: u32,
    unsure: bool,
    sealed: Vec<u8>,
}

impl View<'_> {
    /// When [`Tx::claim`] next finds something if nothing else changes; it may be past. `None` where nothing waits, or
    /// only what is parked.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn next_delivery_at(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.next_up_to(Priority::Reminder, now)
    }

    /// The same where there is [`Room`] for no reminder.
    ///
    /// # Errors
    /// Where the database does not answer.
    pub fn next_urgent_at(&self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        self.next_up_to(Priority::Support, now)
    }

    fn next_up_to(&self, last: Priority, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        // A person's first row decides, but not before their attempt under way has ended.
        let mut heads = self.data.prepare_cached(
            "SELECT d.person_id, coalesce(d.leased_until, d.due_at) AS ready, \
               (SELECT max(e.leased_until) FROM deliveries AS e \
                WHERE e.person_id = d.person_id AND e.state = 'leased' AND e.leased_until > ?1) AS busy \
             FROM deliveries AS d WHERE d.state IN ('queued', 'leased') AND d.priority <= ?2 \
             AND NOT EXISTS (SELECT 1 FROM deliveries AS e WHERE e.person_id = d.person_id \
               AND e.state IN ('queued', 'leased') AND (e.priority, e.id) < (d.priority, d.id)) \
             ORDER BY max(ready, coalesce(busy, ready))",
        )?;
        let mut rows = heads.query([now.as_millisecond(), last.code()])?;
        while let Some(row) = rows.next()? {
            if self.has_key(PersonId(row.get(0)?))? {
                let (ready, busy): (i64, Option<i64>) = (row.get(1)?, row.get(2)?);
                return time_of(TABLE, busy.map_or(ready, |busy| busy.max(ready))).map(Some);
            }
        }
        Ok(None)
    }

    fn candidates(&self, after: (i64, i64), now: Timestamp, limit: usize) -> Result<Vec<Candidate>, StoreError> {
        let mut rows = self.data.prepare_cached(
            "SELECT d.id, d.person_id, d.priority, d.attempts, d.unsure, d.payload FROM deliveries AS d \
             WHERE d.state IN ('queued', 'leased') AND (d.priority, d.id) > (?1, ?2) \
             AND coalesce(d.leased_until, d.due_at) <= ?3 \
             AND NOT EXISTS (SELECT 1 FROM deliveries AS e WHERE e.person_id = d.person_id \
               AND e.state IN ('queued', 'leased') \
               AND ((e.priority, e.id) < (d.priority, d.id) OR e.leased_until > ?3)) \
             ORDER BY d.priority, d.id LIMIT ?4",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = rows.query_map(params![after.0, after.1, now.as_millisecond(), limit], |row| {
            Ok(Candidate {
                id: DeliveryId(row.get(0)?),
                person: PersonId(row.get(1)?),
                priority: row.get(2)?,
                attempts: row.get(3)?,
                unsure: row.get(4)?,
                sealed: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Claims as many deliveries for sending as there is room for: leased until `lease_until`, the attempt counted.
    /// Reminders whose quiet hours contain `now` are put off to the end of those hours instead.
    ///
    /// # Errors
    /// Where the database does not take it. Rows that do not open are no error but [`Claims::refused`].
    pub fn claim(&self, now: Timestamp, lease_until: Timestamp, room: impl Into<Room>) -> Result<Claims, StoreError> {
        let room = room.into();
        self.drop_stale(now)?;
        let mut claims = Claims::default();
        let (mut after, mut reminders) = ((-1, 0), 0);
        while claims.ready.len() < room.all {
            let candidates = self.candidates(after, now, room.all - claims.ready.len())?;
            let Some(last) = candidates.last() else { break };
            after = (last.priority, last.id.0);
            for candidate in &candidates {
                let reminder = candidate.priority == Priority::Reminder.code();
                if reminder && reminders >= room.reminders {
                    // They come last: nothing that is urgent follows.
                    return Ok(claims);
                }
                let before = claims.ready.len();
                self.claim_one(candidate, now, lease_until, &mut claims)?;
                reminders += if reminder { claims.ready.len() - before } else { 0 };
            }
        }
        Ok(claims)
    }

    fn claim_one(
        &self,
        candidate: &Candidate,
        now: Timestamp,
        lease_until: Timestamp,
        claims: &mut Claims,
    ) -> Result<(), StoreError> {
        let claimed = match self.open_claim(candidate) {
            Ok(opened) => opened,
            // Their key is destroyed: the rows are about to go.
            Err(StoreError::Unknown) => return Ok(()),
            Err(StoreError::Sealed { .. } | StoreError::Unreadable { .. }) => {
                self.set_aside(candidate.id, "parked", None)?;
                claims.refused.push(candidate.id);
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let (claimed, quiet) = claimed;
        let reminder = candidate.priority == Priority::Reminder.code();
        if reminder && let Some(end) = quiet.and_then(|quiet| quiet.ends(now)) {
            return self.set_aside(candidate.id, "queued", Some(end));
        }
        if reminder && let Some(end) = self.end_too_near(candidate, now)? {
            return self.set_aside(candidate.id, "queued", Some(end));
        }
        self.writing()?
            .prepare_cached(
                "UPDATE deliveries SET state = 'leased', leased_until = ?2, attempts = ?3, unsure = 1 WHERE id = ?1",
            )?
            .execute(params![candidate.id.0, lease_until.as_millisecond(), claimed.attempts])?;
        self.deliveries_touched();
        claims.ready.push(claimed);
        Ok(())
    }

    /// For the word that everything will be deleted, where it comes too late to be that: when the deletion is due. It is
    /// announced anew then.
    fn end_too_near(&self, candidate: &Candidate, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let latest = now.checked_add(LEAST_NOTICE).unwrap_or(now);
        let end: Option<i64> = self
            .data
            .prepare_cached(
                "SELECT t.due_at FROM deliveries AS d JOIN timers AS t ON t.person_id = d.person_id AND t.timer = ?2 \
                 WHERE d.id = ?1 AND d.timer = ?3 AND t.due_at < ?4",
            )?
            .query_row(
                params![candidate.id.0, Timer::Deletion.as_str(), Timer::Retention.as_str(), latest.as_millisecond()],
                |row| row.get(0),
            )
            .optional()?;
        // Where it is due already, the scheduler is about to take this row away.
        let soon = now.checked_add(SignedDuration::from_mins(1)).unwrap_or(now);
        end.map(|end| time_of(TABLE, end).map(|end| end.max(soon))).transpose()
    }

    fn open_claim(&self, candidate: &Candidate) -> Result<(Claimed, Option<super::Quiet>), StoreError> {
        let Candidate { id, person, .. } = *candidate;
        let key = self.key(person)?;
        let outgoing: Outgoing = open_json(&key, place(person, id), &candidate.sealed)?;
        let profile = self.profile(person)?;
        let words = self.open_entries(person, outgoing.message.entries())?;
        let claimed = Claimed {
            id,
            person,
            address: profile.address,
            locale: profile.locale,
            journey: self.journey_number(person)?,
            message: outgoing.message,
            words,
            attempts: candidate.attempts.saturating_add(1),
            urgent: candidate.priority != Priority::Reminder.code(),
            unsure: candidate.unsure,
            ticket: outgoing.ticket,
        };
        Ok((claimed, outgoing.quiet))
    }

    fn set_aside(&self, id: DeliveryId, state: &str, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        self.writing()?
            .prepare_cached(
                "UPDATE deliveries SET state = ?2, leased_until = NULL, due_at = coalesce(?3, due_at) WHERE id = ?1",
            )?
            .execute(params![id.0, state, due_at.map(Timestamp::as_millisecond)])?;
        self.deliveries_touched();
        Ok(())
    }

    /// Removes attempts nobody answered for, where a newer one of the same timer has come meanwhile.
    fn drop_stale(&self, now: Timestamp) -> Result<(), StoreError> {
        let dropped = self
            .writing()?
            .prepare_cached(
                "DELETE FROM deliveries WHERE state = 'leased' AND leased_until <= ?1 AND EXISTS (\
                   SELECT 1 FROM deliveries AS newer WHERE newer.person_id = deliveries.person_id \
                   AND newer.timer = deliveries.timer AND newer.id > deliveries.id)",
            )?
            .execute([now.as_millisecond()])?;
        self.touched_if(dropped);
        Ok(())
    }
}
