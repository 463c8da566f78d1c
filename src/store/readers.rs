//! The two reader threads, each with connections of its own: reads go here and do not wait for the writer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::View;
use super::error::StoreError;
use super::sealing::Sealer;

/// How many reads run side by side.
pub(super) const READERS: usize = 2;

/// One connection to each file.
pub(super) struct Reader {
    pub(super) data: Connection,
    pub(super) keys: Connection,
}

type Job = Box<dyn FnOnce(&Reader) + Send>;

/// The threads, which take jobs from one channel. Closed when that is dropped.
pub(super) struct Readers {
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
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
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        let spawn = |reader| {
            let queue = Arc::clone(&queue);
            thread::Builder::new().name("store-reader".to_owned()).spawn(move || work(&queue, &reader))
        };
        let threads = readers.into_iter().map(spawn).collect::<Result<_, _>>()?;
        Ok(Self { jobs: Mutex::new(Some(jobs)), threads: Mutex::new(threads), sealer })
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

    async fn ask<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Reader) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        // A caller who no longer waits does not need the answer.
        let job: Job = Box::new(move |reader| drop(answer.send(job(reader))));
        lock(&self.jobs).as_ref().ok_or(StoreError::Closed)?.send(job).map_err(|_| StoreError::Closed)?;
        // The threads do every job that was sent, also when they are closed meanwhile: without an answer it panicked.
        answered.await.unwrap_or(Err(StoreError::Panicked))
    }

    /// Waits for the reads that were asked for, then closes the connections.
    pub(super) async fn close(&self) {
        let threads = self.end();
        // The join blocks, so it does not belong on an async thread.
        drop(tokio::task::spawn_blocking(move || threads.into_iter().for_each(|thread| drop(thread.join()))).await);
    }

    /// Lets the threads end after the jobs that wait.
    fn end(&self) -> Vec<JoinHandle<()>> {
        lock(&self.jobs).take();
        std::mem::take(&mut *lock(&self.threads))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        for thread in self.end().into_iter().filter(|thread| thread.thread().id() != thread::current().id()) {
            // The thread catches the panics of its jobs; one of its own would have nobody left to tell.
            drop(thread.join());
        }
    }
}

fn work(queue: &Mutex<mpsc::Receiver<Job>>, reader: &Reader) {
    loop {
        let next = lock(queue).recv();
        let Ok(job) = next else { return };
        // A panic costs the answer and not the thread.
        drop(catch_unwind(AssertUnwindSafe(|| job(reader))));
    }
}

/// No lock is held while a job runs, so none is ever torn.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Reader {
    fn run<T>(&self, sealer: &Sealer, job: impl FnOnce(&View<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // Dropped, it is rolled back: nothing was written, so there is nothing to commit.
        let snapshot = self.data.unchecked_transaction()?;
        job(&View::new(&snapshot, &self.keys, sealer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tests::Home;

    #[tokio::test]
    async fn a_panic_costs_no_thread_and_after_closing_nothing_is_read() {
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
