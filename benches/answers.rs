//! From what a person does to the answer, over the wire: the bot beside the bare one, which says the very same thing.
//!
//! What is timed begins where the fake dispatches the event and ends where it has taken the callback.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::Scale;
use crate::goals::{PRESS, READ_P50, READ_P99, READ_RATE};
use crate::process::{self, LONG, Running, Start};
use crate::seed;
use crate::table::Row;
use crate::timing::{Times, count, median};
use fake_discord::{Answer, FakeDiscord, Message, Person, Place};

/// So many people act at once.
const CROWD: u64 = 64;

/// A program with the people who talk to it.
struct Side {
    running: Running,
    people: Vec<Person>,
}

impl Side {
    fn new(running: Running) -> Self {
        let people = (0..CROWD).map(|number| seed::resident(&running.discord, number)).collect();
        Self { running, people }
    }

    fn discord(&self) -> &FakeDiscord {
        &self.running.discord
    }
}

/// `/journey` in the direct message, and its answer.
pub async fn asks(discord: &FakeDiscord, who: &Person) -> Answer {
    let asked = discord.try_command(who, Place::Dm, "journey", &[]).expect("the command is there");
    let answer = asked.told(LONG).await.expect("an answer");
    let text = answer.message.as_ref().map(Message::text).unwrap_or_default();
    assert!(text.contains("365"), "not the answer that was to be measured: {text}");
    answer
}

/// A press on that message, and its answer.
async fn presses(discord: &FakeDiscord, who: &Person, on: u64, custom_id: &str, says: &str) -> Answer {
    let pressed = discord.press_forged(who, on, custom_id).await;
    let answer = pressed.told(LONG).await.expect("an answer");
    let text = answer.message.as_ref().map(Message::text).unwrap_or_default();
    assert!(text.contains(says), "not the answer that was to be measured ({custom_id}): {text}");
    answer
}

/// One after the other asks, one at a time.
async fn one_at_a_time(side: &Side, times: usize) -> Times {
    let mut taken = Times::new();
    for who in side.people.iter().cycle().take(times) {
        taken.add(asks(side.discord(), who).await.after);
    }
    side.discord().forget_the_past();
    taken
}

/// One after the other presses, so many times each: pause and resume by turns, which change the journey and a timer. The bare bot is pressed alike.
async fn presses_one_at_a_time(side: &Side, times: usize, says: [&str; 2]) -> Times {
    let mut taken = Times::new();
    let mut on = Vec::new();
    for who in &side.people {
        on.push(asks(side.discord(), who).await.message.map_or(0, |message| message.id));
    }
    // What their answers left to do is done before.
    tokio::time::sleep(Duration::from_millis(200)).await;
    for turn in 0..times {
        for ((number, who), on) in (0..).zip(&side.people).zip(&on) {
            let press = format!("1:{}:{}", seed::journey_of(number), seed::PAUSE[turn % 2]);
            taken.add(presses(side.discord(), who, *on, &press, says[turn % 2]).await.after);
        }
    }
    side.discord().forget_the_past();
    taken
}

/// Everybody asks at once, each again as soon as they have their answer. Answers a second.
async fn at_once(side: &Side, each: usize) -> f64 {
    let begin = Instant::now();
    let mut asking = JoinSet::new();
    for who in side.people.clone() {
        let discord = side.discord().clone();
        asking.spawn(async move {
            for _ in 0..each {
                asks(&discord, &who).await;
            }
        });
    }
    while let Some(done) = asking.join_next().await {
        done.expect("everybody has their answers");
    }
    let rate = count(side.people.len() * each) / begin.elapsed().as_secs_f64();
    side.discord().forget_the_past();
    rate
}

/// The bare bot's answer: the bot's own, without anything that names a delivery.
fn told(answer: &Answer) -> Value {
    json!({ "type": answer.kind, "data": answer.data })
}

pub async fn measure(scale: Scale) -> Vec<Row> {
    let folders = [seed::folder(), seed::folder(), seed::folder()];
    let far = Timestamp::now() + SignedDuration::from_hours(24 * 300);
    seed::make(folders[0].path(), CROWD, move |_| far).await;
    let start = Start { folder: folders[0].path(), per_second: 0, at: None };
    let ours = Side::new(process::rekindle(process::quick_discord().await, start).await);
    let answer = told(&asks(ours.discord(), &ours.people[0]).await);
    let bare = Side::new(process::bare(process::quick_discord().await, folders[1].path(), &answer, false).await);
    let synced = Side::new(process::bare(process::quick_discord().await, folders[2].path(), &answer, true).await);

    let mut rows = reads(scale, &ours, &bare).await;
    rows.push(commits(scale, &ours, &synced).await);
    for side in [ours, bare, synced] {
        assert_eq!(side.discord().violations(), Vec::<String>::new());
    }
    rows
}

async fn reads(scale: Scale, ours: &Side, bare: &Side) -> Vec<Row> {
    let (times, each) = (scale.of(1000, 300), scale.of(30, 10));
    for side in [ours, bare] {
        one_at_a_time(side, times / 2).await;
        at_once(side, each / 2).await;
    }
    let (mut p50, mut p99, mut rates) = ([vec![], vec![]], [vec![], vec![]], [vec![], vec![]]);
    for _ in 0..scale.runs {
        for (which, side) in [ours, bare].into_iter().enumerate() {
            let taken = one_at_a_time(side, times).await;
            p50[which].push(taken.quantile(0.5));
            p99[which].push(taken.quantile(0.99));
            rates[which].push(at_once(side, each).await);
        }
    }
    let [p50, p99, rates] = [p50, p99, rates].map(|sides| sides.map(median));
    let floor = |figure: f64| format!("a bare serenity handler saying the same: {figure:.3} ms");
    vec![
        Row::ratio(READ_P50, floor(p50[1]), format!("{:.3} ms", p50[0]), p50[0] / p50[1]),
        Row::ratio(READ_P99, floor(p99[1]), format!("{:.3} ms", p99[0]), p99[0] / p99[1]),
        Row::ratio(
            READ_RATE,
            format!("the bare handler's: {:.0}", rates[1]),
            format!("{:.0}", rates[0]),
            rates[0] / rates[1],
        ),
    ]
}

async fn commits(scale: Scale, ours: &Side, synced: &Side) -> Row {
    // An even number: everybody goes on in the end.
    let times = scale.of(8, 2);
    let texts = |side: usize| if side == 0 { seed::PAUSE_SAYS } else { ["365", "365"] };
    for (which, side) in [ours, synced].into_iter().enumerate() {
        presses_one_at_a_time(side, 2, texts(which)).await;
    }
    let (mut p50, mut p99) = ([vec![], vec![]], [vec![], vec![]]);
    for _ in 0..scale.runs {
        for (which, side) in [ours, synced].into_iter().enumerate() {
            let taken = presses_one_at_a_time(side, times, texts(which)).await;
            p50[which].push(taken.quantile(0.5));
            p99[which].push(taken.quantile(0.99));
        }
    }
    let [p50, p99] = [p50, p99].map(|sides| sides.map(median));
    Row::ratio(
        PRESS,
        format!("the bare handler after one fsync of a page: {:.2} ms; p99 {:.2}", p50[1], p99[1]),
        format!("{:.2} ms; p99 {:.2}", p50[0], p99[0]),
        p50[0] / p50[1],
    )
}
