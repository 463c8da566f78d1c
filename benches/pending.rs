//! Firing the next 50 timers and claiming what they say, with so many people waiting for theirs: as many timers to come, and
//! as many messages in the outbox that may not be sent yet.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use jiff::SignedDuration;
use rekindle::clock::Clock;
use rekindle::scheduler::Scheduler;
use rekindle::service::Service;
use rekindle::store::{Store, View};

use crate::Scale;
use crate::goals::{PENDING_10_5, PENDING_10_6};
use crate::seed::{self, TOGETHER};
use crate::table::Row;
use crate::timing::{median, milliseconds};

/// An open store with its scheduler, on a clock that is moved to whatever is next.
struct Waiting {
    store: Store,
    scheduler: Scheduler,
    clock: Clock,
}

impl Waiting {
    async fn new(folder: &Path) -> Self {
        let store = seed::open(folder);
        let first = |view: &View<'_>| view.next_timer_at();
        let next = store.read(first).await.unwrap().unwrap();
        let clock = Clock::at(next - SignedDuration::from_secs(1));
        let service = Arc::new(Service::new(store.clone(), seed::prompts(), clock.clone()));
        let scheduler = Scheduler::new(store.clone(), service, clock.clone());
        Self { store, scheduler, clock }
    }

    /// Fires and claims the next 50, and asks when to look again, as the two loops do. Milliseconds, of each of the three.
    async fn turn(&self) -> [f64; 3] {
        let next = self.scheduler.next_at().await.unwrap().unwrap();
        self.clock.advance_to(next).unwrap();
        let begin = Instant::now();
        let fired = self.scheduler.fire_due().await.unwrap();
        let at_fired = Instant::now();
        let (now, until) = (next, next + SignedDuration::from_mins(5));
        let claims = self.store.write(move |tx| tx.claim(now, until, 64)).await.unwrap();
        let at_claimed = Instant::now();
        self.scheduler.next_at().await.unwrap();
        self.store.read(move |view| view.next_delivery_at(now)).await.unwrap();
        let at_end = Instant::now();
        assert_eq!((fired as u64, claims.ready.len() as u64), (TOGETHER, TOGETHER));
        let settled = self.store.write(move |tx| claims.ready.iter().try_for_each(|one| tx.settle(one.id).map(drop)));
        settled.await.unwrap();
        [at_fired - begin, at_claimed - at_fired, at_end - at_claimed].map(milliseconds)
    }

    /// The medians of some turns: of the whole, and of its three parts.
    async fn turns(&self, times: usize) -> [f64; 4] {
        let mut taken = [const { Vec::new() }; 4];
        for _ in 0..times {
            let [fire, claim, look] = self.turn().await;
            for (all, one) in taken.iter_mut().zip([fire + claim + look, fire, claim, look]) {
                all.push(one);
            }
        }
        taken.map(median)
    }
}

/// Turns of one run.
const TURNS: usize = 3;

pub async fn measure(scale: Scale) -> Vec<Row> {
    let sizes: [u64; 3] = if scale.quick { [1000, 5000, 10_000] } else { [1000, 100_000, 1_000_000] };
    let (mut towns, mut folders) = (Vec::new(), Vec::new());
    for people in sizes {
        // A copy: what is fired here is not to come in the next run.
        let folder = seed::folder();
        seed::copy(&seed::kept(people, true).await, folder.path());
        towns.push(Waiting::new(folder.path()).await);
        folders.push(folder);
    }
    let mut taken = sizes.map(|_| [const { Vec::new() }; 4]);
    for run in 0..=scale.runs {
        for (town, taken) in towns.iter().zip(&mut taken) {
            let turns = town.turns(TURNS).await;
            // The first warms up.
            if run > 0 {
                taken.iter_mut().zip(turns).for_each(|(all, one)| all.push(one));
            }
        }
    }
    for town in &towns {
        town.store.close().await;
    }
    let taken = taken.map(|parts| parts.map(median));
    let told =
        |of: &[f64; 4]| format!("{:.1} ms (fire {:.1}, claim {:.1}, when next {:.1})", of[0], of[1], of[2], of[3]);
    let row = |what, which: usize| {
        let floor = format!("with 10³: {}", told(&taken[0]));
        Row::ratio(what, floor, told(&taken[which]), taken[which][0] / taken[0][0])
    };
    vec![row(PENDING_10_5, 1), row(PENDING_10_6, 2)]
}
