//! How often an idle bot with a million people wakes up, beside the same bot with an empty store and a bare one, all at the
//! same time. Nothing is due; what wakes a bot from outside is the heartbeat, which Discord asks for. Each thread is looked at
//! ten times a second, so that what happens around a heartbeat is told from what does not.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::Scale;
use crate::goals::IDLE;
use crate::process::{self, Running, Start, Switches};
use crate::seed;
use crate::table::Row;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

/// So many looks before the one that sees a heartbeat belong to it: tokio's wheel of timers turns to the last 4.1 s of a long
/// sleep once when they begin.
const BEFORE: usize = 42;

/// So many looks after it as well: the sending, and the answer.
const AFTER: usize = 3;

/// The threads of the store: they have no part in a heartbeat, and whatever wakes them is ours.
const STORE: &str = "store-";

/// What one process did.
#[derive(Default)]
struct Watched {
    last: Switches,
    beats: u64,
    /// A look each: the wake-ups by thread since the one before, and whether there was a heartbeat.
    looks: Vec<(BTreeMap<String, u64>, bool)>,
}

impl Watched {
    fn look(&mut self, running: &Running) {
        let now = running.voluntary_switches();
        let mut woken = BTreeMap::new();
        for (thread, (name, count)) in &now {
            let since = count - self.last.get(thread).map_or(0, |(_, before)| *before);
            if since > 0 {
                *woken.entry(name.clone()).or_default() += since;
            }
        }
        let beats = running.discord.gateway().heartbeats();
        self.looks.push((woken, beats > self.beats));
        (self.last, self.beats) = (now, beats);
    }

    /// In all, the heartbeats, and by thread what they do not explain.
    fn told(&self) -> (u64, usize, BTreeMap<&str, u64>) {
        let beats: Vec<usize> = (0..self.looks.len()).filter(|at| self.looks[*at].1).collect();
        let mut others = BTreeMap::new();
        for (at, (woken, _)) in self.looks.iter().enumerate() {
            let explained = beats.iter().any(|beat| (beat.saturating_sub(BEFORE)..=beat + AFTER).contains(&at));
            for (name, count) in woken.iter().filter(|(name, _)| !explained || name.starts_with(STORE)) {
                *others.entry(name.as_str()).or_default() += count;
            }
        }
        (self.looks.iter().flat_map(|(woken, _)| woken.values()).sum(), beats.len(), others)
    }

    fn shown(&self) -> String {
        let (all, beats, others) = self.told();
        let threads: Vec<String> = others.iter().map(|(name, count)| format!("{name} {count}")).collect();
        let threads = if threads.is_empty() { "none".to_owned() } else { threads.join(", ") };
        format!("{all} with {beats} heartbeats; not of those {threads}")
    }
}

pub async fn measure(scale: Scale) -> Vec<Row> {
    let people = scale.of(1_000_000, 10_000) as u64;
    let store = seed::kept(people, false).await;
    let [empty, folder] = [seed::folder(), seed::folder()];
    let at = |folder| Start { folder, per_second: 50, at: None };
    let bots = [
        process::rekindle(process::quick_discord().await, at(&store)).await,
        process::rekindle(process::quick_discord().await, at(empty.path())).await,
        process::bare(process::quick_discord().await, folder.path(), &json!({ "type": 4 }), false).await,
    ];
    // What a start leaves to do once is over by then: the pool's threads end after ten seconds without work, and reqwest
    // keeps a connection for a minute and a half.
    tokio::time::sleep(Duration::from_secs(if scale.quick { 15 } else { 100 })).await;
    let looks = if scale.quick { 150 } else { 600 };
    let mut watched: [Watched; 3] = Default::default();
    let mut every = tokio::time::interval(LOOK);
    for _ in 0..=looks {
        every.tick().await;
        for (watched, running) in watched.iter_mut().zip(&bots) {
            watched.look(running);
        }
    }
    for watched in &mut watched {
        // The first look only says where the counts stood.
        watched.looks.remove(0);
    }
    let [full, empty, bare] = &watched;
    let (_, _, others) = full.told();
    let all: u64 = others.values().sum();
    assert!(full.last.values().any(|(name, _)| name.starts_with(STORE)), "there is no writer");
    vec![Row::said(
        IDLE,
        format!("the same with an empty store: {}; bare serenity bot: {}", empty.shown(), bare.shown()),
        full.shown(),
        all == 0,
    )]
}
