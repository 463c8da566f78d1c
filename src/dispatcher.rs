//! Sends what waits in the outbox: claim with a lease, render, send, settle. Many at once, one in flight a person.
//!
//! A send that fails is tried again with growing pauses, or when the platform says; a closed direct message parks the
//! row until the person acts. Nothing is dropped. A kill at any point leaves a row that is claimed again, with the same
//! id, by which the platform recognises what it already showed.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::chat::{Address, Attachment, DeliveryId, Parcel, PersonId, Reach, SendOutcome, Transport};
use crate::clock::Clock;
use crate::crash;
use crate::export;
use crate::journey::Message;
use crate::prompts::{Frame, Prompts};
use crate::store::{Claimed, Room, Store, StoreError, Tx};

/// Sends in flight at once.
const IN_FLIGHT: usize = 64;

/// So many of them may be reminders: those can all hang, and an answer still finds a place.
const REMINDERS: usize = 48;

/// Reminders are claimed so many at a time at least, since each claim is a COMMIT; answers one by one.
const HANDFUL: usize = 16;

/// How long a claim lasts: far longer than any send may take.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// The pauses between attempts: the first, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(2), Duration::from_hours(1));

/// After the store failed as a whole.
const REST: Duration = Duration::from_secs(5);

/// The dispatcher over one way out.
pub struct Dispatcher<T> {
    store: Store,
    prompts: Arc<Prompts>,
    clock: Clock,
    transport: Arc<T>,
    /// Every send that is under way.
    going: TaskTracker,
}

/// What one loop is sending.
#[derive(Default)]
struct Sending {
    tasks: JoinSet<Result<(), StoreError>>,
    /// Those of it that nobody waits for.
    reminders: TaskTracker,
}

impl Sending {
    fn room(&self) -> Room {
        let all = IN_FLIGHT.saturating_sub(self.tasks.len());
        let reminders = REMINDERS.saturating_sub(self.reminders.len()).min(all);
        Room { all, reminders: if reminders < HANDFUL { 0 } else { reminders } }
    }
}

impl<T> Clone for Dispatcher<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            prompts: Arc::clone(&self.prompts),
            clock: self.clock.clone(),
            transport: Arc::clone(&self.transport),
            going: self.going.clone(),
        }
    }
}

impl<T: Transport> Dispatcher<T> {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, prompts: Arc<Prompts>, clock: Clock, transport: Arc<T>) -> Self {
        let going = TaskTracker::new();
        // It is only ever asked whether it is empty.
        going.close();
        Self { store, prompts, clock, transport, going }
    }

    /// Sends until it is stopped; what is being sent then is sent to its end.
    pub async fn run(self, stop: CancellationToken) {
        let mut sending = Sending::default();
        while !stop.is_cancelled() {
            if let Err(error) = self.turn(&mut sending, &stop).await {
                tracing::error!(%error, "the outbox could not be read or written; what waits in it stays");
                tokio::select! {
                    () = tokio::time::sleep(REST) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
        while let Some(sent) = sending.tasks.join_next().await {
            if let Err(error) = ended(sent) {
                tracing::warn!(%error, "the end of a send could not be recorded; it is looked for at the next start");
            }
        }
    }

    /// Claims what there is room for, then waits: for a send to end, for a change, or for the next to be due.
    async fn turn(&self, sending: &mut Sending, stop: &CancellationToken) -> Result<(), StoreError> {
        let committed = self.store.committed();
        while let Some(sent) = sending.tasks.try_join_next() {
            ended(sent)?;
        }
        let (room, now) = (sending.room(), self.clock.now());
        // Looked for first: a look does not stand in the way of those who write.
        let next = match room {
            Room { all: 0, .. } => None,
            // A reminder that is due has to wait for some of them to end, and that is waited for below.
            Room { reminders: 0, .. } => self.store.read(move |view| view.next_urgent_at(now)).await?,
            Room { .. } => self.next_at().await?,
        };
        if next.is_some_and(|next| next <= now) {
            self.claim_into(sending).await?;
        }
        let due = async {
            match next {
                Some(next) => self.clock.sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            Some(sent) = sending.tasks.join_next() => ended(sent)?,
            () = due => {}
            () = committed, if room.all > 0 => {}
            () = stop.cancelled() => {}
        }
        Ok(())
    }

    /// When something next can be claimed, perhaps in the past.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn next_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.clock.now();
        self.store.read(move |view| view.next_delivery_at(now)).await
    }

    /// Sends everything that is due now; says how many attempts that took.
    ///
    /// # Errors
    /// Where the store failed. What was claimed meanwhile is claimed again when its lease has run out.
    pub async fn deliver_due(&self) -> Result<usize, StoreError> {
        let mut sending = Sending::default();
        let mut attempts = 0;
        loop {
            attempts += self.claim_into(&mut sending).await?;
            match sending.tasks.join_next().await {
                None => return Ok(attempts),
                Some(sent) => ended(sent)?,
            }
        }
    }

    /// Returns once nothing is being sent, by whichever clone.
    pub async fn idle(&self) {
        self.going.wait().await;
    }

    /// Claims what there is room for and begins to send it; says how many.
    async fn claim_into(&self, sending: &mut Sending) -> Result<usize, StoreError> {
        let room = sending.room();
        if room.all == 0 {
            return Ok(0);
        }
        let going = self.going.token();
        let now = self.clock.now();
        let lease_until = now.checked_add(LEASE).unwrap_or(now);
        let claim = move |tx: &Tx<'_>| {
            let claims = tx.claim(now, lease_until, room)?;
            if !claims.ready.is_empty() {
                crash::point("before-claim");
            }
            Ok(claims)
        };
        let claims = loop {
            let claims = self.store.write(claim).await?;
            for refused in &claims.refused {
                tracing::error!(delivery = refused.0, "a delivery does not open with its person's key; parked");
            }
            // One claim looks at so many rows and no more, and all of them may have been put off.
            if !claims.ready.is_empty() || !claims.more {
                break claims;
            }
        };
        if !claims.ready.is_empty() {
            crash::point("after-claim");
        }
        let claimed = claims.ready.len();
        for claimed in claims.ready {
            let (dispatcher, going) = (self.clone(), going.clone());
            let reminder = (!claimed.urgent).then(|| sending.reminders.token());
            sending.tasks.spawn(async move {
                let _under_way = (going, reminder);
                dispatcher.send(claimed).await
            });
        }
        Ok(claimed)
    }

    /// The files a message comes with, made anew for this attempt; where that fails, the message says so instead.
    async fn with_files(&self, claimed: &Claimed) -> (Message, Vec<Attachment>) {
        let message = claimed.message.clone();
        if export::files_of(&message).is_none() {
            return (message, Vec::new());
        }
        let (person, locale, now) = (claimed.person, &claimed.locale, self.clock.now());
        match export::files(&self.store, &self.prompts, person, locale, now, None, &message).await {
            Ok(files) => (message, files),
            Err(error) => {
                tracing::error!(delivery = claimed.id.0, %error, "the files of an export could not be made");
                (export::failed(), Vec::new())
            }
        }
    }

    async fn send(self, claimed: Claimed) -> Result<(), StoreError> {
        let frame = Frame { journey: claimed.journey, words: &claimed.words };
        let (message, files) = self.with_files(&claimed).await;
        let mut reply = self.prompts.render(&claimed.locale, &message, &frame);
        reply.files = files;
        let Claimed { id, person, attempts, urgent, unsure, .. } = claimed;
        let parcel = Parcel { to: claimed.address, id, reply, urgent, unsure, ticket: claimed.ticket };
        crash::point("before-send");
        let outcome = self.transport.send(&parcel).await;
        crash::point("after-send");
        tracing::debug!(delivery = id.0, attempts, ?outcome, "attempted");
        // Each may find the row gone, because a newer one took its place meanwhile: that is as good.
        match outcome {
            // Nobody waits to hear of it, and its lease lasts long.
            SendOutcome::Sent(None) if !urgent => {
                crash::point("before-settle");
                self.store.settle_soon(id);
                crash::point("after-settle");
                true
            }
            SendOutcome::Sent(moved) => self.sent(person, id, moved).await?,
            SendOutcome::Closed => self.store.write(move |tx| tx.park(id)).await?,
            SendOutcome::Refused => self.store.write(move |tx| tx.set_aside_refused(id)).await?,
            SendOutcome::Later(after) => self.again(id, attempts, after, false).await?,
            SendOutcome::Unsure => self.again(id, attempts, None, true).await?,
        };
        Ok(())
    }

    async fn sent(&self, person: PersonId, id: DeliveryId, moved: Option<Address>) -> Result<bool, StoreError> {
        let settle = move |tx: &Tx<'_>| {
            match moved.map(|address| tx.touch(person, &Reach::Direct(address), None)) {
                // Whoever was forgotten meanwhile has no address any more, and this row is gone with them.
                None | Some(Ok(_) | Err(StoreError::Unknown)) => tx.settle(id),
                Some(Err(error)) => Err(error),
            }
        };
        crash::point("before-settle");
        let settled = self.store.write(settle).await;
        crash::point("after-settle");
        settled
    }

    /// Puts a failed attempt off: for growing pauses, or longer where the platform said so.
    async fn again(
        &self,
        id: DeliveryId,
        attempts: u32,
        after: Option<Duration>,
        unsure: bool,
    ) -> Result<bool, StoreError> {
        let (now, pause) = (self.clock.now(), pause(attempts, id.0).max(after.unwrap_or_default()));
        let at = SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok());
        tracing::warn!(delivery = id.0, attempts, ?pause, unsure, "not sent yet");
        self.store.write(move |tx| tx.retry(id, at.unwrap_or(now), unsure)).await
    }
}

/// What a send's task came to.
fn ended(sent: Result<Result<(), StoreError>, JoinError>) -> Result<(), StoreError> {
    sent.unwrap_or_else(|error| {
        tracing::error!(
            panicked = error.is_panic(),
            "a send ended abnormally; it is tried again when its lease has run out"
        );
        Ok(())
    })
}

/// Doubles with every attempt up to an hour; a few per cent apart by id, so that a crowd does not come back at once.
fn pause(attempts: u32, id: i64) -> Duration {
    let doubled = PAUSES.0.saturating_mul(2u32.saturating_pow(attempts.saturating_sub(1)));
    let pause = doubled.min(PAUSES.1);
    let jitter = u32::try_from(id.wrapping_mul(7919).rem_euclid(100)).unwrap_or_default();
    pause + pause * jitter / 500
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_an_hour_and_differ_between_rows() {
        assert!(pause(1, 1) >= Duration::from_secs(2) && pause(1, 1) < Duration::from_secs(3));
        assert!(pause(4, 1) > pause(3, 1));
        assert!(pause(60, 5) <= Duration::from_mins(72));
        assert_ne!(pause(5, 1), pause(5, 2));
    }
}
