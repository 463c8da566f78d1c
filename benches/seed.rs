//! Stores full of people, made through the store's own interface: everything in them is sealed as the bot seals it. Each
//! person has a profile, a time apart that has begun, and the timer of its next note.
//!
//! A store of a million is made once and stays in `target/bench-seed`, gigabytes, for as long as the schema, what
//! writes rows, this file and the month are the same. Who changes it measures a copy.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rekindle::chat::{Account, Action, Address, Inbound, InboundId, PersonId, Reach, What};
use rekindle::clock::Clock;
use rekindle::journey::{Journey, Key, Message, Timer};
use rekindle::prompts::Prompts;
use rekindle::service::Service;
use rekindle::store::{KeySource, Outgoing, Paths, Priority, Store, StoreError};

use fake_discord::{FakeDiscord, Person};

/// So many people are made in one job of the writer.
const CHUNK: u64 = 500;

/// So many people come due together in a store that is kept.
pub const TOGETHER: u64 = 50;

/// When the first of a kept store come due, from the day it is made: nothing happens in it by itself.
const FAR: SignedDuration = SignedDuration::from_hours(24 * 300);

/// How old a kept store may be.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Two presses by turns, each of which changes the journey and a timer, and something of what they say.
pub const PAUSE: [&str; 2] = ["pause", "resume"];
pub const PAUSE_SAYS: [&str; 2] = ["days stop counting", "counting again"];

/// A folder under `target` for what is measured, on the disk that is measured.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

/// Account and channel of a resident; far below the ids the fake gives out.
const fn ids(number: u64) -> (u64, u64) {
    (200_000_000_000_000_000 + 2 * number, 200_000_000_000_000_001 + 2 * number)
}

/// The resident of that number, on a fake Discord.
pub fn resident(discord: &FakeDiscord, number: u64) -> Person {
    let (id, channel) = ids(number);
    discord.resident(id, channel)
}

/// The number of a resident's journey: they are made in their order in an empty store.
pub const fn journey_of(number: u64) -> u64 {
    number + 1
}

/// Opens the store of a folder.
pub fn open(folder: &Path) -> Store {
    let paths = Paths { data: folder.join("a.db"), keys: folder.join("a.keys") };
    Store::open(&paths, &KeySource::File(folder.join("a.key"))).unwrap().0
}

/// What a person did, as an adapter would bring it.
pub fn inbound(number: u64, event: &str, what: What) -> Inbound {
    let (id, channel) = ids(number);
    Inbound {
        id: InboundId(event.to_owned()),
        account: account(id),
        reach: Reach::Direct(address(id, channel)),
        locale: Some("en-US".into()),
        ticket: None,
        what,
    }
}

fn account(id: u64) -> Account {
    Account { platform: "discord".into(), id: id.to_string() }
}

fn address(id: u64, channel: u64) -> Address {
    Address(format!("{id}/{channel}"))
}

/// The texts.
pub fn prompts() -> Arc<Prompts> {
    Prompts::built_in().unwrap()
}

/// The journey of somebody who has just set up a time apart of a year with a note a day, as the service makes it.
async fn template(now: Timestamp) -> Journey {
    let home = tempfile::tempdir().unwrap();
    let store = open(home.path());
    let service = Service::new(store.clone(), prompts(), Clock::at(now));
    // Without quiet hours: what is due is measured at whatever hour of the day this runs.
    let presses = ["consent", "zone:UTC", "length:365", "every:1", "cooloff-begin", "quiet-off"];
    for (event, press) in presses.into_iter().enumerate() {
        let action = Action::compose(u64::from(press != "consent"), press);
        service.handle(inbound(0, &event.to_string(), What::Press(action))).await;
    }
    let (_, journey) = store.read(|view| view.load_journey(PersonId(1))).await.unwrap().unwrap();
    store.close().await;
    assert!(journey.timers.contains_key(&Timer::CooloffReminder), "the time apart has begun");
    journey
}

/// In whole milliseconds, as the bot's clock tells the time.
fn whole(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap()
}

/// Fills an empty store with people; `due` says when each one's next note is.
async fn fill(store: &Store, people: Range<u64>, due: impl Fn(u64) -> Timestamp + Clone + Send + 'static) {
    // Yesterday: the day on which it begins has had its note.
    let template = template(Timestamp::now() - SignedDuration::from_hours(24)).await;
    let mut from = people.start;
    while from < people.end {
        let to = (from + CHUNK).min(people.end);
        let (template, due) = (template.clone(), due.clone());
        let made = store.write(move |tx| {
            for number in from..to {
                let (id, channel) = ids(number);
                let person = tx.create_person(&account(id), &address(id, channel), "en-US")?;
                let mut journey = template.clone();
                let pending = journey.timers.get_mut(&Timer::CooloffReminder).ok_or(StoreError::Unknown)?;
                // The store keeps whole milliseconds: a journey that waits for a moment later than its row never fires.
                let due_at = whole(due(number));
                pending.due_at = due_at;
                pending.since = due_at;
                let occurrence = pending.occurrence;
                let made = tx.save_journey(person, &journey)?;
                assert_eq!(made, journey_of(number), "the store was not empty");
                tx.set_timer(person, Timer::CooloffReminder, occurrence, due_at)?;
            }
            Ok(())
        });
        made.await.unwrap();
        from = to;
    }
}

/// A new store of so many people in a folder.
pub async fn make(folder: &Path, people: u64, due: impl Fn(u64) -> Timestamp + Clone + Send + 'static) {
    let memory = in_memory();
    let store = open(memory.path());
    fill(&store, 0..people, due).await;
    store.close().await;
    copy(memory.path(), folder);
}

/// In memory, where there is such a place: each new person's key is a commit of its own.
fn in_memory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { folder() }
}

/// Puts a message for each of so many people into the outbox, that may not be sent for a long time.
async fn fill_outbox(store: &Store, people: u64) {
    let waits_until = Timestamp::now() + FAR + FAR;
    for from in (0..people).step_by(usize::try_from(CHUNK).unwrap()) {
        let queued = store.write(move |tx| {
            for number in from..(from + CHUNK).min(people) {
                let person = PersonId(i64::try_from(number + 1).unwrap_or(i64::MAX));
                let outgoing = Outgoing { message: Message::new(Key::Discreet), quiet: None, ticket: None };
                tx.enqueue(person, Some(Timer::CooloffReminder), Priority::Reminder, &outgoing, waits_until)?;
            }
            Ok(())
        });
        queued.await.unwrap();
    }
}

/// A store of so many people whom nothing is due for within the next 300 days, from the shelf or made now. With `waiting`,
/// a message for each of them waits in the outbox as well.
pub async fn kept(people: u64, waiting: bool) -> PathBuf {
    let folder = shelf().join(format!("{people}{}", if waiting { "-waiting" } else { "" }));
    let stamp = folder.join("stamp");
    let now = Timestamp::now();
    let fits = std::fs::read_to_string(&stamp).ok().and_then(|text| {
        let (made, day) = text.split_once(' ')?;
        let day: Timestamp = day.trim().parse().ok()?;
        Some(made == fingerprint() && now.duration_since(day) < KEPT)
    });
    if fits == Some(true) {
        return folder;
    }
    let begin = std::time::Instant::now();
    eprintln!("making a store of {people}{}", if waiting { ", each with a message that waits" } else { "" });
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let bench = in_memory();
    if waiting {
        copy(&Box::pin(kept(people, false)).await, bench.path());
    }
    let store = open(bench.path());
    if waiting {
        fill_outbox(&store, people).await;
    } else {
        let first = now + FAR;
        let due =
            move |number: u64| first + SignedDuration::from_mins(i64::try_from(number / TOGETHER).unwrap_or_default());
        fill(&store, 0..people, due).await;
    }
    store.close().await;
    copy(bench.path(), &folder);
    std::fs::write(&stamp, format!("{} {now}", fingerprint())).unwrap();
    eprintln!("made it in {} s", begin.elapsed().as_secs());
    folder
}

fn shelf() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench-seed")
}

/// Copies a closed store.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in ["a.db", "a.keys", "a.key"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// What a kept store depends on: the schema, whatever writes rows, and this file.
fn fingerprint() -> String {
    let mut hasher = DefaultHasher::new();
    include_str!("seed.rs").hash(&mut hasher);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in ["migrations", "src/store", "src/journey", "src/service"] {
        hash_into(&mut hasher, &root.join(folder));
    }
    format!("{:016x}", hasher.finish())
}

fn hash_into(hasher: &mut DefaultHasher, path: &Path) {
    if path.is_dir() {
        let mut inside: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|file| file.unwrap().path()).collect();
        inside.sort();
        for path in inside {
            hash_into(hasher, &path);
        }
    } else {
        std::fs::read(path).unwrap().hash(hasher);
    }
}
