//! The look through a large store, which begins after the start: every page, then everybody.
//!
//! A small store is looked through before it opens. For one of a million people that would take longer than the whole
//! start, so [`Store::open_at_once`] leaves it to [`Store::look_through`], which the wiring calls when the bot is there. What
//! it finds damaged ends the process as it would have at the start.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::InterruptHandle;
use tokio::sync::oneshot;

use super::error::{OpenError, StoreError};
use super::look::hold_together;
use super::open::connect_reader;
use super::people::{Swept, stretch};
use super::{Paths, Store};

/// How many KiB of pages the look keeps: it comes by each once.
const KEPT: i64 = 512;
/// How many people are removed in one job.
const AT_ONCE: usize = 256;

/// What is left to look through, once.
#[derive(Debug)]
pub(super) struct Whole(Mutex<Option<Paths>>);

impl Whole {
    /// `None` where opening has done it.
    pub(super) fn new(left: Option<Paths>) -> Self {
        Self(Mutex::new(left))
    }

    fn take(&self) -> Option<Paths> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Store {
    /// Looks through what [`Store::open_at_once`] left: at every page of both files, then for people of whom only half is
    /// there, who are removed as opening does. Returns at once where nothing was left. Giving the future up ends the look.
    ///
    /// # Errors
    /// [`OpenError::FoundDamaged`] where pages do not hold together: the store must not be served any longer. Any other
    /// where it could not be looked through; it can be served.
    pub async fn look_through(&self) -> Result<Swept, OpenError> {
        let Some(paths) = self.shared.whole.take() else { return Ok(Swept::default()) };
        let data = paths.data.clone();
        let io = |source| OpenError::Io { file: data.clone(), source };
        Looking::begin(vec![paths.data, paths.keys]).map_err(io)?.await_end().await?;
        self.sweep_all().await.map_err(|error| match error {
            StoreError::Sql(source) => OpenError::Sql { file: data.clone(), source },
            _ => OpenError::NotWritten { file: data.clone() },
        })
    }

    async fn sweep_all(&self) -> Result<Swept, StoreError> {
        let mut swept = Swept::default();
        let mut after = Some(i64::MIN);
        while let Some(behind) = after {
            let found = self.read(move |view| Ok(stretch(view.data, view.keys, behind)?)).await?;
            after = found.next;
            for keyless in found.keyless.chunks(AT_ONCE).map(<[i64]>::to_vec) {
                swept.people += self.write(move |tx| tx.sweep(&keyless, &[])).await?.people;
            }
            for rowless in found.rowless.chunks(AT_ONCE).map(<[i64]>::to_vec) {
                swept.keys += self.write(move |tx| tx.sweep(&[], &rowless)).await?.keys;
            }
        }
        Ok(swept)
    }
}

/// A thread that looks at every page of some files. Dropping it ends that and waits for it, a few milliseconds, so that the
/// files are closed before the store is.
struct Looking {
    thread: Option<JoinHandle<()>>,
    end: oneshot::Receiver<Result<(), OpenError>>,
    given_up: Arc<AtomicBool>,
    interrupt: Arc<Mutex<Option<InterruptHandle>>>,
}

impl Looking {
    fn begin(files: Vec<PathBuf>) -> std::io::Result<Self> {
        let (tell, end) = oneshot::channel();
        let (given_up, interrupt) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let (stop, handle) = (Arc::clone(&given_up), Arc::clone(&interrupt));
        let look = move || {
            let one = |file: &PathBuf| {
                if stop.load(Ordering::SeqCst) {
                    return Ok(());
                }
                let database = connect_reader(file, KEPT)?;
                *handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(database.get_interrupt_handle());
                hold_together(&database, file).map_err(|error| match error {
                    OpenError::Damaged { file } => OpenError::FoundDamaged { file },
                    other => other,
                })
            };
            // Nobody listens where it was given up.
            drop(tell.send(files.iter().try_for_each(one)));
        };
        let thread = std::thread::Builder::new().name("store-look".to_owned()).spawn(look)?;
        Ok(Self { thread: Some(thread), end, given_up, interrupt })
    }

    async fn await_end(mut self) -> Result<(), OpenError> {
        // A thread that is gone without a word panicked: nothing is known then.
        (&mut self.end).await.unwrap_or(Ok(()))
    }
}

impl Drop for Looking {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::SeqCst);
        let Some(thread) = self.thread.take() else { return };
        while !thread.is_finished() {
            // Again and again, since an interrupt that comes before the statement ends nothing.
            if let Some(interrupt) = self.interrupt.lock().unwrap_or_else(PoisonError::into_inner).as_ref() {
                interrupt.interrupt();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(thread.join());
    }
}
