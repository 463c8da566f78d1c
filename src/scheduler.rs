//! Fires due timers through the service. It sleeps until the next one or until a commit changes them; it never polls.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::crash;
use crate::service::Service;
use crate::store::{DueTimer, Store, StoreError, Tx, View};

/// Timers fired in one group commit: the first time, and at most. It doubles, so that among many the first are soon said.
const BATCH: (usize, usize) = (16, 256);

/// How long a person's timer is put off when their own rows cannot be read, so that it does not hold up the others.
const PUT_OFF: SignedDuration = SignedDuration::from_mins(15);

/// How long an answer that was shown is kept, for an event that arrives twice.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(24);

/// How often what was shown is tidied away where nothing fires.
const TIDY: SignedDuration = SignedDuration::from_hours(1);

/// The longest sleep on a running clock.
const LONGEST: Duration = Duration::from_hours(1);

/// After the store failed as a whole, for example because the disk is full.
const REST: Duration = Duration::from_secs(5);

/// The scheduler. [`Scheduler::run`] it once.
#[derive(Clone)]
pub struct Scheduler {
    store: Store,
    service: Arc<Service>,
    clock: Clock,
}

impl Scheduler {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, service: Arc<Service>, clock: Clock) -> Self {
        Self { store, service, clock }
    }

    /// Fires until it is stopped.
    pub async fn run(self, stop: CancellationToken) {
        let firing = async {
            let (mut pruned, mut latest) = (None, None);
            loop {
                if let Err(error) = self.turn(&mut pruned, &mut latest).await {
                    tracing::error!(%error, "due timers could not be fired; they stay due");
                    tokio::time::sleep(REST).await;
                }
            }
        };
        // What is given up in the middle of a write is committed all the same, and what is not stays due.
        stop.run_until_cancelled(firing).await;
    }

    /// Fires what is due, then waits for the next. `latest` is when the turn before began.
    async fn turn(&self, pruned: &mut Option<Timestamp>, latest: &mut Option<Timestamp>) -> Result<(), StoreError> {
        let began = self.clock.now();
        if latest.is_none_or(|latest| began < latest) {
            // After a restart, and where the clock was set back: their own time may still be to come.
            let restore = |tx: &Tx<'_>| tx.restore_postponed();
            self.store.write(restore).await?;
        }
        *latest = Some(began);
        self.fire_due().await?;
        let now = self.clock.now();
        let prune_at = pruned.and_then(|last| last.checked_add(TIDY).ok()).unwrap_or(now);
        let prune_at = if prune_at <= now {
            self.prune(now).await?;
            *pruned = Some(now);
            now.checked_add(TIDY).unwrap_or(now)
        } else {
            prune_at
        };
        let committed = self.store.committed();
        let next = self.next_at().await?.map_or(prune_at, |next| next.min(prune_at));
        tokio::select! {
            () = self.clock.sleep_until(next) => {}
            () = committed => {}
            // A wall clock that was set back wakes nobody.
            () = tokio::time::sleep(LONGEST), if !self.clock.is_frozen() => {}
        }
        Ok(())
    }

    /// Removes answers that were shown a day ago and marks whose time is over, and stores what confirms the date.
    async fn prune(&self, now: Timestamp) -> Result<(), StoreError> {
        let before = now.checked_sub(REMEMBERED).unwrap_or(now);
        self.service.note_date().await?;
        self.store
            .write(move |tx| {
                tx.prune_too_young(now)?;
                tx.prune_settled(before).map(drop)
            })
            .await
    }

    /// When the next timer is due, perhaps in the past.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn next_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let next = |view: &View<'_>| view.next_timer_at();
        self.store.read(next).await
    }

    /// Fires everything that is due now; says how many.
    ///
    /// # Errors
    /// Where the store failed as a whole. Trouble with one person's rows is logged and put off.
    pub async fn fire_due(&self) -> Result<usize, StoreError> {
        let (mut fired, mut batch) = (0, BATCH.0);
        loop {
            let now = self.clock.now();
            let due = self.store.read(move |view| view.due_timers(now, batch)).await?;
            batch = BATCH.1.min(2 * batch);
            if due.is_empty() {
                if fired > 0 {
                    self.prune(now).await?;
                }
                return Ok(fired);
            }
            fired += due.len();
            self.fire_all(due).await?;
        }
    }

    /// All at once, so that they share a COMMIT, but handed over in their order: what is due first is said first.
    async fn fire_all(&self, due: Vec<DueTimer>) -> Result<(), StoreError> {
        crash::point("before-fire");
        let firing = due.into_iter().map(async |due| (due, self.service.fire(due).await));
        let mut failed = None;
        for (due, fired) in join_all(firing).await {
            match fired {
                Ok(()) => tracing::debug!(person = due.person.0, timer = %due.timer, due.occurrence, "fired"),
                Err(error @ (StoreError::NotSaved | StoreError::Closed)) => failed = Some(error),
                Err(error) => self.put_off(due, &error).await?,
            }
        }
        crash::point("after-fire");
        failed.map_or(Ok(()), Err)
    }

    /// The row is moved, the journey is not: it still waits for this occurrence.
    async fn put_off(&self, due: DueTimer, error: &StoreError) -> Result<(), StoreError> {
        tracing::error!(%error, person = due.person.0, timer = %due.timer, "a timer could not be fired; put off");
        let now = self.clock.now();
        let later = now.checked_add(PUT_OFF).unwrap_or(now);
        self.store.write(move |tx| tx.set_timer(due.person, due.timer, due.occurrence, later)).await
    }
}
