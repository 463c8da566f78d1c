//! A store of a million people, each with a note to come: how long the start takes, what stays in memory, what lies on the disk.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use crate::Scale;
use crate::goals::{BYTES, MEMORY_ACTED, MEMORY_IDLE, READY};
use crate::process::{self, LONG, Running, Start};
use crate::seed;
use crate::table::Row;
use crate::timing::{median, milliseconds};
use fake_discord::{FakeDiscord, Interaction, Message, Person, Place};

/// People who act, spread evenly over all.
const ACTING: u64 = 5000;

/// Which act at once.
const AT_ONCE: usize = 64;

/// Each acts so often before the fake forgets what was said, so that it does not grow without end.
const ROUND: usize = 4;

pub async fn measure(scale: Scale) -> Vec<Row> {
    let people = scale.of(1_000_000, 10_000) as u64;
    let store = seed::kept(people, false).await;
    let length = |name: &&str| std::fs::metadata(store.join(name)).unwrap().len();
    let bytes = ["a.db", "a.keys"].iter().map(length).sum::<u64>() / people;
    let empty = seed::folder();
    seed::open(empty.path()).close().await;
    let none = json!({ "type": 4, "data": { "content": "365" } });

    let (mut ready, mut idle) = ([vec![], vec![]], [vec![], vec![]]);
    for run in 0..=scale.runs {
        eprintln!("start {run} of {}", scale.runs);
        for (which, folder) in [store.as_path(), empty.path()].into_iter().enumerate() {
            let start = Start { folder, per_second: 0, at: None };
            let running = process::rekindle(process::quick_discord().await, start).await;
            // The first start after the seeding reads the files from the disk.
            if run > 0 {
                ready[which].push(milliseconds(running.ready_after));
            }
            if which == 0 && run > 0 {
                idle[0].push(settled(&running).await);
            }
            running.end();
        }
        if run > 0 {
            let bare = process::bare(process::quick_discord().await, empty.path(), &none, false).await;
            idle[1].push(settled(&bare).await);
        }
    }
    let [ready, idle] = [ready, idle].map(|sides| sides.map(median));

    let interactions = scale.of(100_000, 5_000);
    let acted = after_interactions(people, &store, interactions).await;
    let bare = format!("bare serenity bot, idle: {:.1} MB", idle[1]);
    vec![
        Row::ratio(MEMORY_IDLE, bare.clone(), format!("{:.1} MB", idle[0]), idle[0] / idle[1]),
        Row::ratio(MEMORY_ACTED, bare, format!("{acted:.1} MB"), acted / idle[1]),
        Row::ratio(
            READY,
            format!("with an empty store: {:.0} ms", ready[1]),
            format!("{:.0} ms", ready[0]),
            ready[0] / ready[1],
        ),
        Row::said(BYTES, "–", bytes.to_string(), bytes <= 1500),
    ]
}

/// Megabytes once the start is over, and the look through a large store after it.
async fn settled(running: &Running) -> f64 {
    tokio::time::sleep(Duration::from_secs(1)).await;
    while running.voluntary_switches().values().any(|(thread, _)| thread == "store-look") {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    running.memory().0
}

/// Megabytes after so many interactions.
async fn after_interactions(people: u64, store: &Path, interactions: usize) -> f64 {
    // A copy: the kept one stays as it was made.
    let folder = seed::folder();
    seed::copy(store, folder.path());
    let start = Start { folder: folder.path(), per_second: 0, at: None };
    let ours = process::rekindle(process::quick_discord().await, start).await;
    act(&ours.discord, people, interactions).await;
    let memory = settled(&ours).await;
    ours.end();
    memory
}

/// The answer, at once or after "is thinking": what is measured here is memory, not time.
async fn answered(asked: &Interaction, says: &str) -> Message {
    asked.told(LONG).await.expect("an answer");
    let answer = asked.original(LONG).await.expect("an answer");
    assert!(answer.text().contains(says), "not the answer that was to be given: {}", answer.text());
    answer
}

/// So many interactions, half of them presses that commit: they set how notes are shown, back and forth.
async fn act(discord: &FakeDiscord, people: u64, interactions: usize) {
    let apart = people / ACTING;
    let who: Vec<(u64, Person)> =
        (0..ACTING).map(|number| (number * apart, seed::resident(discord, number * apart))).collect();
    let mut left = interactions;
    loop {
        let mut acting = JoinSet::new();
        for part in who.chunks(who.len().div_ceil(AT_ONCE)) {
            let mine = left.min(part.len() * ROUND) / ROUND;
            left -= mine * ROUND;
            let (discord, part) = (discord.clone(), part[..mine].to_vec());
            acting.spawn(async move {
                for (number, person) in part {
                    for turn in 0..ROUND / 2 {
                        let asked = discord.try_command(&person, Place::Dm, "journey", &[]).expect("it is there");
                        let on = answered(&asked, "365").await.id;
                        let (style, says) = [("plain", "arrive in full"), ("discreet", "when you're alone")][turn % 2];
                        let press = format!("1:{}:notices:{style}", seed::journey_of(number));
                        answered(&discord.press_forged(&person, on, &press).await, says).await;
                    }
                }
            });
        }
        while let Some(done) = acting.join_next().await {
            done.expect("everybody has their answers");
        }
        eprint!("\r{} of {interactions} interactions", interactions - left);
        discord.forget_the_past();
        if left < ROUND {
            eprintln!();
            return;
        }
    }
}
