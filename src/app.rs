//! Wires the parts and keeps them running: store, service, scheduler, dispatcher over one way out.
//!
//! Two ways to run: with loops in the background, as a person at a keyboard needs it, or step by step, where whatever is
//! due happens inside [`App::settle`] and nowhere else, so that a script always gives the same.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use jiff::{SignedDuration, Timestamp};
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::adapters::console::House;
use crate::chat::{Command, DeliveryId, Inbound, Transport};
use crate::clock::{Clock, moment};
use crate::dispatcher::Dispatcher;
use crate::prompts::{Finding, Prompts, Source};
use crate::scheduler::Scheduler;
use crate::service::{Answered, Service};
use crate::store::{KeySource, Opened, Paths, Store};
use crate::witness::Witness;

/// Before a loop that broke off begins again.
const AGAIN: Duration = Duration::from_secs(1);

/// After so many looks in a row that find something due and neither fire nor send it, it does not happen.
const FRUITLESS: u32 = 50;

/// What an [`App`] is made of.
pub struct Parts<T> {
    /// The two databases.
    pub paths: Paths,
    /// The operator's key.
    pub key: KeySource,
    /// A directory of texts; `None` for the built-in ones.
    pub prompts: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
    /// Who confirms the date.
    pub witness: Witness,
    /// The way out.
    pub transport: Arc<T>,
    /// Whether timers and deliveries run by themselves.
    pub background: bool,
}

/// A running bot behind one adapter.
pub struct App<T: Transport> {
    parts: Parts<T>,
    running: Running<T>,
}

struct Running<T: Transport> {
    store: Store,
    service: Arc<Service>,
    scheduler: Scheduler,
    dispatcher: Dispatcher<T>,
    stop: CancellationToken,
    loops: Vec<JoinHandle<()>>,
}

impl<T: Transport> App<T> {
    /// Opens the store, loads the texts, starts the loops if there are to be any.
    ///
    /// # Errors
    /// Where the texts have findings or the store does not open; each says what to do.
    pub fn open(parts: Parts<T>) -> anyhow::Result<(Self, Opened)> {
        let (running, opened) = start(&parts)?;
        Ok((Self { parts, running }, opened))
    }

    /// Lets timers and deliveries run by themselves from now on, also after a restart.
    pub fn begin(&mut self) {
        if !self.parts.background {
            self.parts.background = true;
            self.running.begin();
        }
    }

    /// The way in for adapters that do not ask through [`House`].
    #[must_use]
    pub fn service(&self) -> Arc<Service> {
        Arc::clone(&self.running.service)
    }

    /// Ends the loops and closes the store. What is being sent is waited for, at most `patience`; beyond that it keeps its
    /// row and is claimed again at the next start.
    pub async fn close(mut self, patience: Duration) {
        end(&mut self.running, patience).await;
    }

    /// Fires and sends until nothing is due. The loops in the background do a part of it, and whatever they have sent may hold
    /// back the person's next message until it is noted.
    async fn settle_now(&self) -> anyhow::Result<()> {
        let mut fruitless = 0;
        while fruitless < FRUITLESS {
            self.running.store.noted().await?;
            let fired = self.running.scheduler.fire_due().await.context("firing due timers")?;
            let sent = self.running.dispatcher.deliver_due().await.context("sending what is due")?;
            self.running.dispatcher.idle().await;
            if fired + sent > 0 {
                fruitless = 0;
                continue;
            }
            let now = self.parts.clock.now();
            if self.next_at().await?.is_none_or(|next| next > now) {
                return Ok(());
            }
            fruitless += 1;
        }
        Ok(())
    }
}

impl<T: Transport> House for App<T> {
    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    async fn handle(&self, inbound: Inbound) -> Answered {
        self.running.service.handle(inbound).await
    }

    async fn shown(&self, delivery: DeliveryId) {
        self.running.service.shown(delivery);
        // The terminal cannot be searched after a kill, so this does not wait for the next COMMIT.
        self.running.service.surely_shown(delivery).await;
    }

    fn commands(&self, locale: &str) -> Vec<Command> {
        self.running.service.commands(locale)
    }

    async fn next_at(&self) -> anyhow::Result<Option<Timestamp>> {
        self.running.store.noted().await?;
        let timer = self.running.scheduler.next_at().await?;
        let delivery = self.running.dispatcher.next_at().await?;
        Ok(timer.into_iter().chain(delivery).min())
    }

    async fn advance_to(&mut self, to: Timestamp) -> anyhow::Result<()> {
        self.settle_now().await?;
        while let Some(next) = self.next_at().await?.filter(|next| *next <= to) {
            if next > self.parts.clock.now() {
                self.parts.clock.advance_to(next)?;
            }
            self.settle_now().await?;
            if self.next_at().await? == Some(next) {
                bail!("something that is due does not happen; see the log");
            }
        }
        // A running clock may have passed a time that was close.
        if to > self.parts.clock.now() {
            self.parts.clock.advance_to(to)?;
        }
        self.settle_now().await
    }

    async fn settle(&self) {
        if let Err(error) = self.settle_now().await {
            tracing::error!(%error, "what is due could not be sent; it stays due");
        }
    }

    async fn restart(&mut self, away: Option<SignedDuration>) -> anyhow::Result<()> {
        end(&mut self.running, Duration::ZERO).await;
        if let Some(away) = away {
            let later = self.parts.clock.now().checked_add(away).map_err(|_| anyhow!("that is too far ahead"))?;
            self.parts.clock.advance_to(later)?;
        }
        self.running = start(&self.parts)?.0;
        Ok(())
    }
}

/// The texts, or every finding in one error.
///
/// # Errors
/// Where the directory cannot be read or its texts have findings.
pub fn load_prompts(dir: Option<&PathBuf>) -> anyhow::Result<Arc<Prompts>> {
    let loaded = match dir {
        Some(dir) => Prompts::load(&Source::dir(dir)?).map(Arc::new),
        None => Prompts::built_in(),
    };
    loaded.map_err(|findings| anyhow!("the texts have to be mended first:\n{}", list(&findings)))
}

/// Findings, one a line.
#[must_use]
pub fn list(findings: &[Finding]) -> String {
    findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn start<T: Transport>(parts: &Parts<T>) -> anyhow::Result<(Running<T>, Opened)> {
    let prompts = load_prompts(parts.prompts.as_ref())?;
    let (store, opened) = Store::open(&parts.paths, &parts.key)?;
    let service = Service::new(store.clone(), Arc::clone(&prompts), parts.clock.clone());
    let service = Arc::new(service.with_witness(parts.witness.clone()));
    let scheduler = Scheduler::new(store.clone(), Arc::clone(&service), parts.clock.clone());
    let dispatcher = Dispatcher::new(store.clone(), prompts, parts.clock.clone(), Arc::clone(&parts.transport));
    let (stop, loops) = (CancellationToken::new(), Vec::new());
    let mut running = Running { store, service, scheduler, dispatcher, stop, loops };
    if parts.background {
        running.begin();
    }
    Ok((running, opened))
}

impl<T: Transport> Running<T> {
    fn begin(&mut self) {
        let (scheduler, dispatcher) = (self.scheduler.clone(), self.dispatcher.clone());
        let stop = self.stop.clone();
        self.loops.push(tokio::spawn(kept_up(self.stop.clone(), move || scheduler.clone().run(stop.clone()))));
        let stop = self.stop.clone();
        self.loops.push(tokio::spawn(kept_up(self.stop.clone(), move || dispatcher.clone().run(stop.clone()))));
    }
}

/// Runs a loop to its end, and again where it panics: one that stayed away would be a bot that reminds nobody.
async fn kept_up<F: Future<Output = ()> + Send + 'static>(stop: CancellationToken, run: impl Fn() -> F) {
    loop {
        // A set of one, so that giving this up gives up the loop, too.
        let mut one = JoinSet::new();
        one.spawn(run());
        if !matches!(one.join_next().await, Some(Err(error)) if error.is_panic()) {
            return;
        }
        tracing::error!("a loop broke off; it begins again");
        drop(tokio::time::timeout(AGAIN, stop.cancelled()).await);
    }
}

async fn end<T: Transport>(running: &mut Running<T>, patience: Duration) {
    running.stop.cancel();
    let deadline = moment() + patience;
    for mut task in running.loops.drain(..) {
        if tokio::time::timeout_at(deadline, &mut task).await.is_err() {
            task.abort();
        }
    }
    running.store.close().await;
}
