//! Sends what waits in the outbox: claim with a lease, render, send, settle. Many at once, one in flight a person.
//!
//! A send that fails is tried again with growing pauses, or when the platform says; a closed direct message parks the
//! row until the person acts. Nothing is dropped. A kill at any point leaves a row that is claimed again, with the same
//! id, by which the platform recognises what it already showed.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::chat::{Attachment, SendOutcome, Transport};
use crate::clock::Clock;
use crate::crash;
use crate::export;
use crate::journey::Message;
use crate::prompts::{Frame, Prompts};
use crate::store::{Claimed, Store, StoreError};

/// Sends in flight at once.
const IN_FLIGHT: usize = 64;

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
}

impl<T> Clone for Dispatcher<T> {
    fn clone(&self) -> Self {
        Self {
            store: self.store.clone(),
            prompts: Arc::clone(&self.prompts),
            clock: self.clock.clone(),
            transport: Arc::clone(&self.transport),
        }
    }
}

impl<T: Transport> Dispatcher<T> {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, prompts: Arc<Prompts>, clock: Clock, transport: Arc<T>) -> Self {
        Self { store, prompts, clock, transport }
    }

    /// Sends until dropped.
    pub async fn run(self) {
        loop {
            if let Err(error) = self.turn().await {
                tracing::error!(%error, "the outbox could not be read or written; what waits in it stays");
                tokio::time::sleep(REST).await;
            }
        }
    }

    async fn turn(&self) -> Result<(), StoreError> {
        self.deliver_due().await?;
        let changed = self.store.deliveries_changed().notified();
        match self.next_at().await? {
            Some(next) => tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = changed => {}
            },
            None => changed.await,
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
        let mut sending = JoinSet::new();
        let mut attempts = 0;
        loop {
            let free = IN_FLIGHT - sending.len();
            let now = self.clock.now();
            let lease_until = now.checked_add(LEASE).unwrap_or(now);
            let claims = self.store.write(move |tx| tx.claim(now, lease_until, free)).await?;
            for refused in claims.refused {
                tracing::error!(delivery = refused.0, "a delivery does not open with its person's key; parked");
            }
            attempts += claims.ready.len();
            for claimed in claims.ready {
                let dispatcher = self.clone();
                sending.spawn(async move { dispatcher.send(claimed).await });
            }
            match sending.join_next().await {
                None => return Ok(attempts),
                Some(Ok(settled)) => settled?,
                Some(Err(error)) => tracing::error!(%error, "a send ended abnormally; it is tried again"),
            }
        }
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
        crash::point("before-send");
        let outcome = self.transport.send(&claimed.address, claimed.id, &reply).await;
        crash::point("after-send");
        let (id, now) = (claimed.id, self.clock.now());
        tracing::debug!(delivery = id.0, attempts = claimed.attempts, ?outcome, "attempted");
        // Each may find the row gone, because a newer one took its place meanwhile: that is as good.
        match outcome {
            SendOutcome::Sent => self.store.write(move |tx| tx.settle(id)).await?,
            SendOutcome::Closed => self.store.write(move |tx| tx.park(id)).await?,
            SendOutcome::Later(after) => {
                let pause = pause(claimed.attempts, id.0).max(after.unwrap_or_default());
                let at = SignedDuration::try_from(pause).ok().and_then(|pause| now.checked_add(pause).ok());
                tracing::warn!(delivery = id.0, attempts = claimed.attempts, ?pause, "not sent yet");
                self.store.write(move |tx| tx.retry(id, at.unwrap_or(now))).await?
            }
        };
        Ok(())
    }
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
