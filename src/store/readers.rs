//! The two read connections: reads that change nothing go here and do not wait for the writer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::View;
use super::error::StoreError;
use super::sealing::Sealer;

/// How many reads run side by side.
pub(super) const READERS: u32 = 2;

/// One connection to each file.
pub(super) struct Reader {
    pub(super) data: Connection,
    pub(super) keys: Connection,
}

/// The pool. Cheap to ask, closed for good by [`Readers::close`].
pub(super) struct Readers {
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Reader>>>,
    sealer: Arc<Sealer>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readers")
    }
}

impl Readers {
    /// Takes the connections it will lend.
    pub(super) fn new(readers: Vec<Reader>, sealer: Arc<Sealer>) -> Self {
        Self { permits: Arc::new(Semaphore::new(readers.len())), idle: Arc::new(Mutex::new(readers)), sealer }
    }

    /// Runs a job on a blocking thread, within one read transaction of the data.
    pub(super) async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&View<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let (idle, sealer) = (Arc::clone(&self.idle), Arc::clone(&self.sealer));
        let done = tokio::task::spawn_blocking(move || {
            // The lock is held to take and to give back, never while the job runs; neither can leave the list torn.
            let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(reader) = taken else { return Err(StoreError::Closed) };
            let result = reader.run(&sealer, job);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
            drop(permit);
            result
        });
        // The task itself does not panic; a runtime that shuts down may cancel it.
        done.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Waits for the reads under way, then closes the connections.
    pub(super) async fn close(&self) {
        // An error means that it was closed before, and then there is nothing left to wait for.
        if let Ok(permits) = self.permits.acquire_many(READERS).await {
            self.permits.close();
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            drop(permits);
        }
    }
}

impl Reader {
    fn run<T>(&self, sealer: &Sealer, job: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.data.execute_batch("BEGIN")?;
        let view = View::new(&self.data, &self.keys, sealer);
        let result = catch_unwind(AssertUnwindSafe(|| job(&view))).unwrap_or(Err(StoreError::Panicked));
        // Nothing was written, so there is nothing to commit.
        self.data.execute_batch("ROLLBACK")?;
        result
    }
}
