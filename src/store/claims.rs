//! Claiming: which deliveries may be attempted now, and when to look again.
//!
//! To one person at most one message is in flight. Theirs go in the order of priority, then id; the first of them holds
//! back the rest while it waits for its next attempt, whereas a parked one holds back nothing. Across persons the order
//! is the same, so an answer passes a backlog of reminders.
//!
//! Each person's first row knows when its turn is (`refresh_head` in `deliveries.rs`), so that neither
//! claiming nor waking has to look at who waits. One claim looks at so many rows and no more ([`Bounds`]). Only where
//! more than that many of one priority are due, and as many that are not stand before them, the longest due of them go
//! first and not the first by id.

use std::collections::BTreeMap;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, params};

use super::deliveries::{Outgoing, Priority, TABLE, place, refresh_head};
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
    /// Whether it had looked at as many rows as one claim looks at before it came to the end of what is due: claim again.
    pub more: bool,
}

/// How many rows one claim looks at, however many there are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// So many due rows of a priority are put in their order.
    pub(super) due: usize,
    /// Where there are more, so many rows are looked at in their order, due or not.
    pub(super) walked: usize,
    /// So many due rows are opened in all.
    pub(super) opened: usize,
}

const BOUNDS: Bounds = Bounds { due: 1024, walked: 4096, opened: 1024 };

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

/// The turns of a priority, the next first.
pub(super) const NEXT_TURN: &str =
    "SELECT turn, person_id FROM deliveries WHERE priority = ?1 AND turn IS NOT NULL ORDER BY turn";

/// The rows of a priority whose turn it is, the longest due first.
pub(super) const DUE: &str = "SELECT id FROM deliveries WHERE priority = ?1 AND turn <= ?2 ORDER BY turn LIMIT ?3";

/// The first rows of everybody, one priority, by id.
pub(super) const IN_ORDER: &str =
    "SELECT id, turn FROM deliveries WHERE priority = ?1 AND turn IS NOT NULL AND id > ?2 ORDER BY id";

/// Attempts nobody answered for, where a newer one of the same timer has come meanwhile.
pub(super) const DROP_STALE: &str = "DELETE FROM deliveries WHERE state = 'leased' AND leased_until <= ?1 AND EXISTS (\
                            SELECT 1 FROM deliveries AS newer WHERE newer.person_id = deliveries.person_id \
                            AND newer.timer = deliveries.timer AND newer.id > deliveries.id) \
                            RETURNING person_id";

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
        let mut next: Option<i64> = None;
        for priority in 0..=last.code() {
            let mut turns = self.data.prepare_cached(NEXT_TURN)?;
            let mut turns = turns.query([priority])?;
            while let Some(row) = turns.next()? {
                let turn: i64 = row.get(0)?;
                if next.is_some_and(|next| next <= turn) {
                    break;
                }
                if self.has_key(PersonId(row.get(1)?))? {
                    next = Some(turn);
                    break;
                }
            }
            if next.is_some_and(|next| next <= now.as_millisecond()) {
                break;
            }
        }
        next.map(|next| time_of(TABLE, next)).transpose()
    }

    /// Deliveries of one priority whose turn it is, in their order, behind `after` and at most `limit`. Says as well whether
    /// there may be others.
    fn whose_turn(
        &self,
        (priority, after): (i64, i64),
        now: Timestamp,
        limit: usize,
        bounds: Bounds,
    ) -> Result<(Vec<i64>, bool), StoreError> {
        let (now, most) = (now.as_millisecond(), i64::try_from(bounds.due + 1).unwrap_or(i64::MAX));
        let mut due = self
            .data
            .prepare_cached(DUE)?
            .query_map(params![priority, now, most], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        if due.len() <= bounds.due {
            due.retain(|id| *id > after);
            due.sort_unstable();
            let more = due.len() > limit;
            due.truncate(limit);
            return Ok((due, more));
        }
        let mut found = Vec::with_capacity(limit);
        let mut walk = self.data.prepare_cached(IN_ORDER)?;
        let mut walk = walk.query(params![priority, after])?;
        for _ in 0..bounds.walked {
            let Some(row) = walk.next()? else { return Ok((found, false)) };
            if row.get::<_, i64>(1)? <= now {
                found.push(row.get(0)?);
            }
            if found.len() == limit {
                return Ok((found, true));
            }
        }
        let longest = due.into_iter().filter(|id| *id > after && !found.contains(id)).take(limit - found.len());
        found.extend(longest.collect::<Vec<_>>());
        found.sort_unstable();
        Ok((found, true))
    }

    fn candidate(&self, id: i64) -> Result<Option<Candidate>, StoreError> {
        let mut row = self
            .data
            .prepare_cached("SELECT person_id, priority, attempts, unsure, payload FROM deliveries WHERE id = ?1")?;
        let candidate = row.query_row([id], |row| {
            Ok(Candidate {
                id: DeliveryId(id),
                person: PersonId(row.get(0)?),
                priority: row.get(1)?,
                attempts: row.get(2)?,
                unsure: row.get(3)?,
                sealed: row.get(4)?,
            })
        });
        Ok(candidate.optional()?)
    }
}

impl Tx<'_> {
    /// Claims as many deliveries for sending as there is room for: leased until `lease_until`, the attempt counted.
    /// Reminders whose quiet hours contain `now` are put off to the end of those hours instead.
    ///
    /// # Errors
    /// Where the database does not take it. Rows that do not open are no error but [`Claims::refused`].
    pub fn claim(&self, now: Timestamp, lease_until: Timestamp, room: impl Into<Room>) -> Result<Claims, StoreError> {
        self.claim_within(now, lease_until, room.into(), BOUNDS)
    }

    pub(super) fn claim_within(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        room: Room,
        bounds: Bounds,
    ) -> Result<Claims, StoreError> {
        self.drop_stale(now)?;
        let (mut claims, mut opened) = (Claims::default(), 0);
        for priority in [Priority::Answer, Priority::Support, Priority::Reminder] {
            let most = if priority == Priority::Reminder { room.reminders } else { room.all };
            let (mut after, mut left) = (0, most.min(room.all - claims.ready.len()));
            while left > 0 {
                let (turns, more) = self.whose_turn((priority.code(), after), now, left, bounds)?;
                let Some(last) = turns.last() else {
                    claims.more |= more;
                    break;
                };
                after = *last;
                for id in turns {
                    if opened == bounds.opened {
                        claims.more = true;
                        return Ok(claims);
                    }
                    opened += 1;
                    let before = claims.ready.len();
                    if let Some(candidate) = self.candidate(id)? {
                        self.claim_one(&candidate, now, lease_until, &mut claims)?;
                    }
                    left -= claims.ready.len() - before;
                }
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
            // Their key is destroyed: what still stands of them goes with the next group.
            Err(StoreError::Unknown) => {
                if !self.has_key(candidate.person)? {
                    self.dead.borrow_mut().insert(candidate.person.0);
                }
                return Ok(());
            }
            Err(StoreError::Sealed { .. } | StoreError::Unreadable { .. }) => {
                self.set_aside(candidate, "parked", None)?;
                claims.refused.push(candidate.id);
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let (claimed, quiet) = claimed;
        let reminder = candidate.priority == Priority::Reminder.code();
        if reminder && let Some(end) = quiet.and_then(|quiet| quiet.ends(now)) {
            return self.set_aside(candidate, "queued", Some(end));
        }
        if reminder && let Some(end) = self.end_too_near(candidate, now)? {
            return self.set_aside(candidate, "queued", Some(end));
        }
        let data = self.writing()?;
        data.prepare_cached(
            "UPDATE deliveries SET state = 'leased', leased_until = ?2, attempts = ?3, unsure = 1 WHERE id = ?1",
        )?
        .execute(params![candidate.id.0, lease_until.as_millisecond(), claimed.attempts])?;
        refresh_head(data, candidate.person.0)?;
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

    fn set_aside(&self, candidate: &Candidate, state: &str, due_at: Option<Timestamp>) -> Result<(), StoreError> {
        let data = self.writing()?;
        data.prepare_cached(
            "UPDATE deliveries SET state = ?2, leased_until = NULL, turn = NULL, due_at = coalesce(?3, due_at) WHERE id = ?1",
        )?
        .execute(params![candidate.id.0, state, due_at.map(Timestamp::as_millisecond)])?;
        Ok(refresh_head(data, candidate.person.0)?)
    }

    /// Removes attempts nobody answered for, where a newer one of the same timer has come meanwhile.
    fn drop_stale(&self, now: Timestamp) -> Result<(), StoreError> {
        let data = self.writing()?;
        let people = data
            .prepare_cached(DROP_STALE)?
            .query_map([now.as_millisecond()], |row| row.get(0))?
            .collect::<Result<Vec<i64>, _>>()?;
        people.into_iter().try_for_each(|person| Ok(refresh_head(data, person)?))
    }
}
