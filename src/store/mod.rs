//! The store: the only room that names a database. Two SQLite files (data and keys), one writer thread, two readers.
//!
//! The service, the scheduler and the dispatcher hand closures to [`Store::write`] and [`Store::read`]. A write runs on
//! the writer thread in a savepoint of its own and is answered after the COMMIT it shares with whatever else waited;
//! its [`Tx`] has every method that changes something, and through [`View`] every method that only looks. All that says
//! something about a person is sealed with that person's key (`sealing.rs`); outside stand ids, times, timer names.
//!
//! The store has no clock: every method that needs the time takes it, and keeps it as milliseconds in UTC. It has no
//! log either: what the operator should know comes back as a value.

mod backup;
mod claims;
mod dates;
mod deliveries;
mod dossier;
mod entries;
mod error;
mod journeys;
mod keyfile;
mod keys;
mod look;
mod open;
mod people;
mod persons;
mod quiet;
mod readers;
mod restore;
mod rotate;
mod sealing;
#[cfg(test)]
mod tests;
mod timers;
mod too_young;
mod writer;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::Connection;
use tokio::sync::futures::Notified;
use tokio::sync::{Notify, broadcast};

pub use backup::{Copied, CopyError, CopyTo, copy};
pub use claims::{Claimed, Claims, Room};
pub use deliveries::{Ending, Outgoing, Priority, Unsaid};
pub use dossier::{Dossier, KeptJourney};
pub use entries::Shelved;
pub use error::{OpenError, StoreError};
pub use keyfile::KeySource;
pub use open::{Opened, Paths};
pub use persons::{Forgotten, Profile};
pub use quiet::Quiet;
pub use restore::{RestoreError, RestoreFrom, Restored, restore};
pub use rotate::{NewKey, RotateError, Rotated, rotate};
pub use timers::DueTimer;

use crate::chat::DeliveryId;
use keys::Unwrapped;
use readers::Readers;
use sealing::Sealer;
use writer::Writer;

/// An open store. Clones share it; when the last is dropped, or at [`Store::close`], the writer finishes what waits,
/// folds the WAL back and releases the lock.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    // Dropped in this order: readers go before the writer, whose last act needs the files for itself.
    readers: Readers,
    writer: Writer,
    changes: Arc<Changes>,
}

/// Tells the scheduler, the dispatcher and whoever waits for a delivery what was committed.
#[derive(Debug)]
struct Changes {
    committed: Notify,
    endings: broadcast::Sender<(DeliveryId, Ending)>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { committed: Notify::new(), endings: broadcast::Sender::new(ENDINGS) }
    }
}

/// How many endings of deliveries are kept for a slow listener.
const ENDINGS: usize = 256;

impl Store {
    /// Opens the store, or makes a new one where neither file exists. Checks every page of files up to 64 MiB, and beyond
    /// that their headers alone. Blocks for a few milliseconds.
    ///
    /// # Errors
    /// [`OpenError`] says what stands in the way and how to mend it; the files are then left as they were.
    pub fn open(paths: &Paths, key: &KeySource) -> Result<(Self, Opened), OpenError> {
        open::open(paths, key, open::SMALL)
    }

    /// The same, but checks every page however large the files are. Blocks for seconds where there are a million people.
    ///
    /// # Errors
    /// As for [`Store::open`].
    pub fn open_checked(paths: &Paths, key: &KeySource) -> Result<(Self, Opened), OpenError> {
        open::open(paths, key, u64::MAX)
    }

    /// Runs `job` on the writer thread, in a savepoint of its own, and answers after the COMMIT.
    ///
    /// # Errors
    /// Whatever `job` returns, and then nothing of it is stored; [`StoreError::NotSaved`] where the COMMIT failed for
    /// the whole group; [`StoreError::Panicked`] where `job` panicked; [`StoreError::Closed`] after [`Store::close`].
    pub async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.shared.writer.write(job).await
    }

    /// Has a delivery settled soon, with the next COMMIT there is: within a quarter of a second, at [`Store::noted`] or
    /// [`Store::close`]. Where a kill comes first, it is as if it had not been; see [`Tx::settle`].
    pub fn settle_soon(&self, delivery: DeliveryId) {
        self.shared.writer.settle_soon(delivery);
    }

    /// Returns once a delivery that was to be settled soon is; at once where it was not to be.
    ///
    /// # Errors
    /// As for [`Store::write`].
    pub async fn settled(&self, delivery: DeliveryId) -> Result<(), StoreError> {
        if self.shared.writer.is_to_settle(delivery) { self.noted().await } else { Ok(()) }
    }

    /// Returns once everything that was to be settled soon is.
    ///
    /// # Errors
    /// As for [`Store::write`].
    pub async fn noted(&self) -> Result<(), StoreError> {
        self.write(|_| Ok(())).await
    }

    /// Runs `job` on one of two read connections; it sees one moment of the data, and nothing it does can change it.
    ///
    /// # Errors
    /// Whatever `job` returns; [`StoreError::Panicked`] and [`StoreError::Closed`] as for [`Store::write`].
    pub async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&View<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.shared.readers.read(job).await
    }

    /// Completes after the next COMMIT that changed something, counted from this call: call it before reading, so that no
    /// change between the read and the wait is missed.
    pub fn committed(&self) -> Notified<'_> {
        self.shared.changes.committed.notified()
    }

    /// Hears of each delivery that was settled or parked, after the COMMIT that says so. A listener who is slow misses some.
    #[must_use]
    pub fn endings(&self) -> broadcast::Receiver<(DeliveryId, Ending)> {
        self.shared.changes.endings.subscribe()
    }

    /// Finishes what waits, closes both files and releases the lock, also while other clones exist; their calls then
    /// get [`StoreError::Closed`]. Afterwards the same files can be opened again.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        self.shared.writer.close().await;
    }
}

/// What a job may look at. Everything here reads only.
pub struct View<'a> {
    data: &'a Connection,
    keys: &'a Connection,
    sealer: &'a Sealer,
    unwrapped: Unwrapped,
}

impl<'a> View<'a> {
    fn new(data: &'a Connection, keys: &'a Connection, sealer: &'a Sealer) -> Self {
        Self { data, keys, sealer, unwrapped: Unwrapped::default() }
    }
}

/// What a job on the writer thread may do; looking included.
pub struct Tx<'a> {
    view: View<'a>,
    ended: RefCell<Vec<(DeliveryId, Ending)>>,
    // People whose key is destroyed while their rows may still stand: removed with the next group, until one commits.
    dead: &'a RefCell<BTreeSet<i64>>,
}

impl<'a> Deref for Tx<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

/// A stored time read back; one that no calendar holds is a value this version cannot read.
fn time_of(table: &'static str, milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|_| StoreError::Unreadable { table })
}
