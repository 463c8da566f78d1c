//! A thousand reminders due in the same second: how long after that second the first and the last of them reach Discord.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::Scale;
use crate::goals::{FIRST, LAST};
use crate::process::{self, LONG, Start};
use crate::seed;
use crate::table::Row;
use crate::timing::{median, milliseconds};
use fake_discord::{FakeDiscord, Recorded};

/// So many are due at once.
const PEOPLE: u64 = 1000;

/// From the beginning of the seeding to the second in which all are due: enough for seeding and start.
const AHEAD: SignedDuration = SignedDuration::from_secs(6);

/// The best peer that was measured for the issue.
const PEER: &str = "best peer, measured for the issue and not in this run: first 0.51 s, last 14.9 s";

/// What a discreet reminder says.
pub const NOTE: &str = "A note for you is ready.";

/// When the messages came that the bot put into direct messages.
pub fn arrivals(discord: &FakeDiscord) -> Vec<Instant> {
    discord.requests().iter().filter(|one| is_message(one)).map(|one| one.at).collect()
}

/// How many came: cheap enough to be asked while it is measured.
pub fn arrived(discord: &FakeDiscord) -> usize {
    discord.count_requests(is_message)
}

fn is_message(one: &Recorded) -> bool {
    one.method == "POST" && one.path.ends_with("/messages") && one.status == 200
}

/// Everybody who was due has their note, and nobody has two.
pub fn each_has_one(discord: &FakeDiscord, people: u64) {
    for number in 0..people {
        let seen = discord.dm(&seed::resident(discord, number));
        let notes = seen.iter().filter(|message| message.text().contains(NOTE)).count();
        assert_eq!(notes, 1, "person {number}");
    }
}

/// One run: milliseconds after due of the first and the last.
async fn run(people: u64) -> (f64, f64) {
    let folder = seed::folder();
    let due = Timestamp::now() + AHEAD;
    let begin = Instant::now();
    seed::make(folder.path(), people, move |_| due).await;
    let discord = process::quick_discord().await;
    for number in 0..people {
        seed::resident(&discord, number);
    }
    let start = Start { folder: folder.path(), per_second: 0, at: None };
    let running = process::rekindle(discord, start).await;
    let left = due.duration_since(Timestamp::now());
    assert!(left > SignedDuration::from_millis(200), "seeding took too long: {:?}", begin.elapsed());
    let due = Instant::now() + Duration::try_from(left).unwrap();
    let discord = running.discord.clone();
    tokio::time::sleep_until(due.into()).await;
    while arrived(&discord) < usize::try_from(people).unwrap() {
        assert!(due.elapsed() < LONG, "{} of {people} came", arrived(&discord));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seen = arrivals(&discord);
    each_has_one(&discord, people);
    running.end();
    assert_eq!(discord.violations(), Vec::<String>::new());
    let after = |at: Option<&Instant>| milliseconds(at.unwrap().saturating_duration_since(due));
    assert!(seen.iter().min().unwrap() >= &due, "one came before its time");
    (after(seen.iter().min()), after(seen.iter().max()))
}

pub async fn measure(scale: Scale) -> Vec<Row> {
    let (mut first, mut last) = (Vec::new(), Vec::new());
    // The first warms up.
    for number in 0..=scale.runs {
        let taken = run(PEOPLE).await;
        if number > 0 {
            first.push(taken.0);
            last.push(taken.1);
        }
    }
    let (first, last) = (median(first), median(last));
    let row = |what, most: f64, measured: f64| Row::said(what, PEER, format!("{measured:.0} ms"), measured <= most);
    vec![row(FIRST, 50.0, first), row(LAST, 700.0, last)]
}
