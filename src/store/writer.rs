//! The writer thread: the one owner of the writing connections and of the lock on the store.
//!
//! It takes whatever jobs wait (at most [`GROUP`]), runs each in a savepoint of its own and commits them together: one
//! fsync for all. A job that fails or panics rolls back alone. Answers go out only after the COMMIT; if that fails,
//! the whole group hears [`StoreError::NotSaved`] and the thread goes on with the next.
//!
//! What was shown or sent need not be on the disk at once: its lease lasts far longer, and after a kill it is looked for. Such
//! notes go with the next COMMIT there is, so that they cost no fsync of their own; a quarter of a second is the longest.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, VecDeque};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::error::StoreError;
use super::sealing::Sealer;
use super::{Changes, Tx, View, persons};
use crate::chat::{DeliveryId, PersonId};
use crate::crash;

/// The most jobs that share a COMMIT.
const GROUP: usize = 256;
/// How many jobs may wait before a caller has to wait for a place.
const WAITING: usize = 1024;
/// How long a statement waits for a lock somebody else holds (a copy being made, a shell that looks in).
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How long a note waits for a COMMIT to go with.
const SOON: Duration = Duration::from_millis(250);
/// How long folding a WAL waits for readers.
const BRIEFLY: Duration = Duration::from_millis(250);

/// The handle through which jobs reach the thread. Dropping it ends the thread and waits for that.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Order>,
    notes: Arc<Notes>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What the thread owns.
pub(super) struct Desk {
    pub(super) data: Connection,
    pub(super) keys: Connection,
    pub(super) sealer: Arc<Sealer>,
    pub(super) changes: Arc<Changes>,
    /// Held for as long as the thread lives, and dropped after the connections.
    pub(super) lock: File,
}

enum Order {
    Job(Box<dyn Job>),
    /// Notes have waited long enough.
    Note,
    Close,
}

/// Deliveries that are to be settled with the next COMMIT. They stand here until it has come.
#[derive(Debug, Default)]
struct Notes {
    waiting: Mutex<Vec<DeliveryId>>,
    /// Whether somebody sees to it that they do not wait for long.
    seen_to: AtomicBool,
}

impl Notes {
    fn waiting(&self) -> MutexGuard<'_, Vec<DeliveryId>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A job with its place to answer to.
trait Job: Send {
    /// Runs the job in its savepoint; what comes back answers the caller once the COMMIT is decided.
    fn run(self: Box<Self>, tx: &Tx<'_>) -> Ran;
    /// Answers a job that was not run.
    fn refuse(self: Box<Self>, why: StoreError);
}

/// A job that ran and waits for the COMMIT.
struct Ran {
    /// Whether its changes stand in the transaction.
    kept: bool,
    /// `None`: stored as wished. `Some`: not stored, and why.
    tell: Box<dyn FnOnce(Option<StoreError>) + Send>,
}

struct Pending<T, F> {
    job: F,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Pending<T, F>
where
    T: Send + 'static,
    F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send,
{
    fn run(self: Box<Self>, tx: &Tx<'_>) -> Ran {
        let Self { job, answer } = *self;
        let result = in_savepoint(tx, job);
        Ran {
            kept: result.is_ok(),
            tell: Box::new(move |failed| {
                // A caller who no longer waits does not need the answer; what was stored stays stored.
                drop(answer.send(match (result, failed) {
                    (Ok(_), Some(why)) => Err(why),
                    (result, _) => result,
                }));
            }),
        }
    }

    fn refuse(self: Box<Self>, why: StoreError) {
        drop(self.answer.send(Err(why)));
    }
}

/// The notes as a job like any other; where they are not stored, they go on waiting.
struct Noting {
    taken: Vec<DeliveryId>,
    notes: Arc<Notes>,
}

impl Noting {
    fn of(notes: &Arc<Notes>) -> Option<Box<dyn Job>> {
        let taken = notes.waiting().clone();
        (!taken.is_empty()).then(|| Box::new(Self { taken, notes: Arc::clone(notes) }) as Box<dyn Job>)
    }
}

impl Job for Noting {
    fn run(self: Box<Self>, tx: &Tx<'_>) -> Ran {
        let settled = in_savepoint(tx, |tx| self.taken.iter().try_for_each(|id| tx.settle(*id).map(drop)));
        let kept = settled.is_ok();
        let tell = move |failed: Option<StoreError>| {
            if kept && failed.is_none() {
                self.notes.waiting().retain(|id| !self.taken.contains(id));
            }
        };
        Ran { kept, tell: Box::new(tell) }
    }

    fn refuse(self: Box<Self>, _: StoreError) {}
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(desk: Desk) -> std::io::Result<Self> {
        let (jobs, orders) = mpsc::channel(WAITING);
        let notes = Arc::<Notes>::default();
        let noted = Arc::clone(&notes);
        let work = move || desk.work(orders, &noted);
        let thread = std::thread::Builder::new().name("store-writer".to_owned()).spawn(work)?;
        Ok(Self { jobs, notes, thread: Mutex::new(Some(thread)) })
    }

    /// Has a delivery settled with the next COMMIT there is, or within [`SOON`].
    pub(super) fn settle_soon(&self, delivery: DeliveryId) {
        self.notes.waiting().push(delivery);
        if !self.notes.seen_to.swap(true, Ordering::SeqCst) {
            // Whoever closes the store does not wait for this.
            let jobs = self.jobs.downgrade();
            tokio::spawn(async move {
                tokio::time::sleep(SOON).await;
                if let Some(jobs) = jobs.upgrade() {
                    drop(jobs.send(Order::Note).await);
                }
            });
        }
    }

    /// Hands in a job and waits for its answer.
    pub(super) async fn write<T, F>(&self, job: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, told) = oneshot::channel();
        let order = Order::Job(Box::new(Pending { job, answer }));
        self.jobs.send(order).await.map_err(|_| StoreError::Closed)?;
        told.await.unwrap_or_else(|_| {
            // Nobody answers for a job that was still waiting at the end, nor for one over which the thread panicked.
            Err(if self.jobs.is_closed() { StoreError::Closed } else { StoreError::NotSaved })
        })
    }

    /// Whether a delivery that was to be settled is not yet.
    pub(super) fn is_to_settle(&self, delivery: DeliveryId) -> bool {
        self.notes.waiting().contains(&delivery)
    }

    /// Ends the thread after the jobs that wait already, and waits until the lock is released.
    pub(super) async fn close(&self) {
        // An error means that the thread has ended already.
        drop(self.jobs.send(Order::Close).await);
        self.jobs.closed().await;
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // The join blocks for the last checkpoint, so it does not belong on an async thread.
            drop(tokio::task::spawn_blocking(move || thread.join()).await);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Replacing the sender drops the last one, and the thread ends when its queue is empty.
        self.jobs = mpsc::channel(1).0;
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread
            && thread.thread().id() != std::thread::current().id()
        {
            // The thread catches the panics of its jobs; one of its own would have nobody left to tell.
            drop(thread.join());
        }
    }
}

impl Desk {
    fn work(self, mut orders: mpsc::Receiver<Order>, notes: &Arc<Notes>) {
        let dead = RefCell::new(BTreeSet::new());
        let unfolded = Cell::new(false);
        let mut open = true;
        while open {
            let mut group = VecDeque::new();
            let mut next = orders.blocking_recv();
            loop {
                match next {
                    Some(Order::Job(job)) => group.push_back(job),
                    Some(Order::Note) => notes.seen_to.store(false, Ordering::SeqCst),
                    Some(Order::Close) | None => {
                        open = false;
                        break;
                    }
                }
                if group.len() >= GROUP {
                    break;
                }
                match orders.try_recv() {
                    Ok(order) => next = Some(order),
                    Err(_) => break,
                }
            }
            // First, since they are what happened before.
            if let Some(noting) = Noting::of(notes) {
                group.push_front(noting);
            }
            while !group.is_empty() {
                // Jobs catch their own panics. One between them loses its group, whose callers are told so, and no more:
                // a writer that is gone would be a bot that answers nobody until somebody starts it again.
                let commit = AssertUnwindSafe(|| self.commit(&mut group, &dead, &unfolded));
                if catch_unwind(commit).is_err() {
                    group.drain(..).for_each(|job| job.refuse(StoreError::NotSaved));
                    // It may have been stored before the panic.
                    self.changes.committed.notify_waiters();
                }
            }
        }
        let Self { data, keys, lock, .. } = self;
        // Closing the last connection to a file folds its WAL back; if that fails, the WAL stays and is read next time.
        drop(data);
        drop(keys);
        drop(lock);
        // Only now: whoever waits for the channel to close may open the same files again.
        drop(orders);
    }

    /// Runs and commits the jobs of one group; those that could not be run because the database gave up the whole
    /// transaction in between stay in `group` for the next round.
    fn commit(&self, group: &mut VecDeque<Box<dyn Job>>, dead: &RefCell<BTreeSet<i64>>, unfolded: &Cell<bool>) {
        if self.begin().is_err() {
            group.drain(..).for_each(|job| job.refuse(StoreError::NotSaved));
            return;
        }
        let before = self.data.total_changes();
        let buried: Vec<i64> = dead.borrow().iter().copied().collect();
        if self.bury(&buried).is_err() {
            // The rows of the dead wait for a better moment; the living do not.
            if self.begin().is_err() {
                group.drain(..).for_each(|job| job.refuse(StoreError::NotSaved));
                return;
            }
        }
        let mut lost = false;
        let mut ended = Vec::new();
        let mut ran = Vec::with_capacity(group.len());
        while !lost && let Some(job) = group.pop_front() {
            let view = View::new(&self.data, &self.keys, &self.sealer);
            let tx = Tx { view, ended: RefCell::default(), dead };
            let done = job.run(&tx);
            if done.kept {
                ended.append(&mut tx.ended.borrow_mut());
            }
            ran.push(done);
            // On a full disk SQLite may roll back the whole transaction by itself.
            lost = self.data.is_autocommit();
        }
        let changed = self.data.total_changes() != before;
        if changed && !lost {
            crash::point("before-commit");
        }
        let stored = !lost && self.data.execute_batch("COMMIT").is_ok();
        if !stored && !self.data.is_autocommit() {
            // If even this fails, the next group tries again before it begins.
            drop(self.data.execute_batch("ROLLBACK"));
        }
        if stored && changed {
            crash::point("after-commit");
        }
        if !dead.borrow().is_empty() {
            unfolded.set(true);
            // Only those stay whose rows a failed job or COMMIT left behind.
            dead.borrow_mut().retain(|person| persons::has_rows(&self.data, PersonId(*person)));
        }
        if unfolded.get() {
            unfolded.set(self.fold().is_err());
        }
        // Before the answers, so that whoever has one finds the wake given.
        if stored {
            if changed {
                self.changes.committed.notify_waiters();
            }
            // Nobody may be listening: that is no error.
            for ending in ended {
                drop(self.changes.endings.send(ending));
            }
        }
        for done in ran {
            (done.tell)((!stored).then_some(StoreError::NotSaved));
        }
    }

    /// Begins a transaction, after giving up the one a failure may have left.
    fn begin(&self) -> Result<(), StoreError> {
        if !self.data.is_autocommit() {
            self.data.execute_batch("ROLLBACK")?;
        }
        self.data.execute_batch("BEGIN IMMEDIATE")?;
        Ok(())
    }

    /// Removes the rows of people whose key is destroyed already.
    fn bury(&self, dead: &[i64]) -> Result<(), StoreError> {
        dead.iter().try_for_each(|person| persons::bury(&self.data, PersonId(*person)).map(drop))
    }

    /// Folds both WALs back and cuts them to nothing, so that what was deleted lingers in neither. Somebody who reads
    /// for long (a copy being made) is not waited for: it is tried again after the next group.
    pub(super) fn fold(&self) -> Result<(), StoreError> {
        for file in [&self.data, &self.keys] {
            file.busy_timeout(BRIEFLY)?;
            let busy = file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
            file.busy_timeout(PATIENCE)?;
            if busy? != 0 {
                return Err(StoreError::NotSaved);
            }
        }
        Ok(())
    }
}

/// Runs a job so that either all of its changes stand in the transaction or none does.
fn in_savepoint<T>(tx: &Tx<'_>, job: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
    let data = tx.view.data;
    data.execute_batch("SAVEPOINT job")?;
    let result = catch_unwind(AssertUnwindSafe(|| job(tx))).unwrap_or(Err(StoreError::Panicked)).and_then(|value| {
        // It fails only where the transaction was given up in the middle of the job.
        data.execute_batch("RELEASE job").map_err(|_| StoreError::NotSaved)?;
        Ok(value)
    });
    if result.is_err() && data.execute_batch("ROLLBACK TO job; RELEASE job").is_err() && !data.is_autocommit() {
        // Half a job must not be committed with its neighbours: give up the whole transaction. The group is told.
        data.execute_batch("ROLLBACK")?;
    }
    result
}
