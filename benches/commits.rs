//! How many presses are on the disk a second where 64 people press at once: the service over a store on this disk, each
//! press answered after its COMMIT, each answer settled. The floor is SQLite alone, one commit after the other.

use std::sync::Arc;
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};
use rekindle::chat::{Action, Response, What};
use rekindle::clock::Clock;
use rekindle::service::Service;
use rusqlite::Connection;
use tokio::task::JoinSet;

use crate::Scale;
use crate::goals::COMMITS;
use crate::seed;
use crate::table::Row;
use crate::timing::{count, median};

/// So many people press at once.
const CROWD: u64 = 64;

/// Everybody presses pause and resume by turns. Presses a second, all durable.
async fn at_once(service: &Arc<Service>, run: usize, each: usize) -> f64 {
    let begin = Instant::now();
    let mut pressing = JoinSet::new();
    for number in 0..CROWD {
        let service = Arc::clone(service);
        pressing.spawn(async move {
            for turn in 0..each {
                let action = Action::compose(seed::journey_of(number), seed::PAUSE[turn % 2]);
                let event = format!("{run}-{turn}");
                let answered = service.handle(seed::inbound(number, &event, What::Press(action))).await;
                let Response::Reply(reply) = answered.response else { panic!("a form") };
                let says = seed::PAUSE_SAYS[turn % 2];
                assert!(reply.body.contains(says), "not the answer that was to be measured: {}", reply.body);
                service.shown(answered.delivery.expect("it is stored"));
            }
        });
    }
    while let Some(done) = pressing.join_next().await {
        done.expect("everybody has pressed");
    }
    count(CROWD) * count(each) / begin.elapsed().as_secs_f64()
}

/// Commits a second of SQLite alone, with the store's settings: a row of half a kilobyte each.
fn one_by_one(database: &Connection, times: usize) -> f64 {
    let begin = Instant::now();
    for _ in 0..times {
        database.execute("INSERT INTO rows (bytes) VALUES (randomblob(500))", []).unwrap();
    }
    count(times) / begin.elapsed().as_secs_f64()
}

pub async fn measure(scale: Scale) -> Vec<Row> {
    let folder = seed::folder();
    let far = Timestamp::now() + SignedDuration::from_hours(24 * 300);
    seed::make(folder.path(), CROWD, move |_| far).await;
    let store = seed::open(folder.path());
    let service = Arc::new(Service::new(store.clone(), seed::prompts(), Clock::system()));
    let plain = Connection::open(folder.path().join("plain.db")).unwrap();
    plain
        .execute_batch(
            "PRAGMA journal_mode = wal; PRAGMA synchronous = full; \
             CREATE TABLE rows (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        )
        .unwrap();
    let (each, times) = (scale.of(100, 30), scale.of(500, 100));
    at_once(&service, 0, 10).await;
    one_by_one(&plain, 50);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for run in 1..=scale.runs {
        ours.push(at_once(&service, run, each).await);
        floor.push(one_by_one(&plain, times));
    }
    store.close().await;
    let (ours, floor) = (median(ours), median(floor));
    let floor_told = format!("commits one by one on this disk: {floor:.0}/s");
    vec![Row::ratio(COMMITS, floor_told, format!("{ours:.0}/s"), ours / floor)]
}
