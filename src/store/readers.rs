//! The two reader threads, each with connections of its own: reads that change nothing go here and do not wait for the writer.
//!
//! They are threads of the store and not of the runtime's pool, which makes one more whenever none happens to be free: each
//! would keep memory of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

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
    idle: Idle,
    threads: Mutex<Vec<JoinHandle<()>>>,
    sealer: Arc<Sealer>,
}

/// The ways to idle threads. The lock is held to take and to give back, never while a job runs; neither can leave the list torn.
type Idle = Arc<Mutex<Vec<mpsc::Sender<Job>>>>;

fn lock(idle: &Idle) -> MutexGuard<'_, Vec<mpsc::Sender<Job>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A job's turn on a thread, over when it is dropped: the way is given back first, then the permit to take it.
struct Turn {
    way: mpsc::Sender<Job>,
    idle: Idle,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.idle).push(self.way.clone());
    }
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
            // A job catches the panic of what it was asked to do; one from around it, in SQLite's wrapper say, costs the
            // answer and not the thread.
            let work = move || jobs.into_iter().for_each(|job| drop(catch_unwind(AssertUnwindSafe(|| job(&reader)))));
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
        let sealer = Arc::clone(&self.sealer);
        self.ask(move |reader| reader.run(&sealer, job)).await
    }

    /// Waits for a thread to be free and has it do the job.
    async fn ask<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| StoreError::Closed)?;
        let idle = Arc::clone(&self.idle);
        let taken = lock(&idle).pop();
        let Some(way) = taken else { return Err(StoreError::Closed) };
        let (answer, told) = oneshot::channel();
        let turn = Turn { way: way.clone(), idle, _permit: permit };
        let job: Job = Box::new(move |reader| {
            let result = job(reader);
            drop(turn);
            // A caller who no longer waits does not need the answer.
            drop(answer.send(result));
        });
        way.send(job).map_err(|_| StoreError::Closed)?;
        // Whoever closes waits for the thread, and the thread for its ways to be gone; not for this to be looked at again.
        drop(way);
        // What was sent is done, also when it is closed meanwhile: without an answer it panicked.
        told.await.unwrap_or(Err(StoreError::Panicked))
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
        lock(&self.idle).clear();
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
        // Dropped, it is rolled back: nothing was written, so there is nothing to commit.
        let snapshot = self.data.unchecked_transaction()?;
        let view = View::new(&snapshot, &self.keys, sealer);
        catch_unwind(AssertUnwindSafe(|| job(&view))).unwrap_or(Err(StoreError::Panicked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::Home;

    /// [`View`] knows nothing of a panic around its job; whoever asks for it hears of it, and the thread lives.
    #[tokio::test]
    async fn a_panic_around_a_job_costs_no_thread() {
        let home = Home::new();
        let store = home.open();
        let readers = &store.shared.readers;
        for _ in 0..=READERS {
            let told = readers.ask::<(), _>(|_| panic!("around a job")).await;
            assert!(matches!(told, Err(StoreError::Panicked)), "{told:?}");
        }
        assert!(store.read(|_| Ok(true)).await.unwrap());
        store.close().await;
        assert!(matches!(store.read(|_| Ok(())).await, Err(StoreError::Closed)));
    }
}
