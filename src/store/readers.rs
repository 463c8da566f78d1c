//! The two reader threads, each with connections of its own: reads that change nothing go here and do not wait for the writer.
//!
//! They are threads of the store and not of the runtime's pool, which makes one more whenever none happens to be free: each
//! would keep memory of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{Semaphore, oneshot};

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

type Job = Box<dyn FnOnce(&Reader) + Send>;

/// The threads. Cheap to ask, closed for good by [`Readers::close`].
pub(super) struct Readers {
    permits: Arc<Semaphore>,
    /// The ways to the threads that have nothing to do; a thread ends when its way is gone. The last to have worked is the
    /// next.
    idle: Arc<Mutex<Vec<mpsc::Sender<Job>>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    sealer: Arc<Sealer>,
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readers")
    }
}

impl Readers {
    /// Starts a thread for each.
    pub(super) fn start(readers: Vec<Reader>, sealer: Arc<Sealer>) -> std::io::Result<Self> {
        let permits = Arc::new(Semaphore::new(readers.len()));
        let (mut idle, mut threads) = (Vec::new(), Vec::new());
        for reader in readers {
            let (way, jobs) = mpsc::channel::<Job>();
            let work = move || jobs.into_iter().for_each(|job| job(&reader));
            threads.push(std::thread::Builder::new().name("store-reader".to_owned()).spawn(work)?);
            idle.push(way);
        }
        Ok(Self { permits, idle: Arc::new(Mutex::new(idle)), threads: Mutex::new(threads), sealer })
    }

    /// Runs a job on one of the threads, within one read transaction of the data.
    pub(super) async fn read<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&View<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let (idle, sealer) = (Arc::clone(&self.idle), Arc::clone(&self.sealer));
        // The lock is held to take and to give back, never while the job runs; neither can leave the list torn.
        let taken = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let Some(way) = taken else { return Err(StoreError::Closed) };
        let (answer, told) = oneshot::channel();
        let back = way.clone();
        let job: Job = Box::new(move |reader| {
            let result = reader.run(&sealer, job);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(back);
            drop(permit);
            // A caller who no longer waits does not need the answer.
            drop(answer.send(result));
        });
        way.send(job).map_err(|_| StoreError::Closed)?;
        // Whoever closes waits for the thread, and the thread for its ways to be gone; not for this to be looked at again.
        drop(way);
        told.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Waits for the reads under way, then closes the connections.
    pub(super) async fn close(&self) {
        // An error means that it was closed before, and then there is nothing left to wait for.
        if let Ok(permits) = self.permits.acquire_many(READERS).await {
            self.permits.close();
            drop(permits);
            let threads = self.end();
            // The join blocks, so it does not belong on an async thread.
            drop(tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join()))).await);
        }
    }

    /// Lets the threads end.
    fn end(&self) -> Vec<JoinHandle<()>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        let threads = self.end();
        // The one that is still at work gives its way back to a list that goes with it.
        self.idle = Arc::default();
        for thread in threads.into_iter().filter(|thread| thread.thread().id() != std::thread::current().id()) {
            // They catch the panics of their jobs; one of their own would have nobody left to tell.
            drop(thread.join());
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
