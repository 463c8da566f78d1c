//! Ten thousand reminders due where Discord enforces 50 requests a second and each takes 200 ms; people who ask for something
//! meanwhile; and what a second direct message to somebody costs.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::Scale;
use crate::answers::asks;
use crate::goals::{MEANWHILE, PACED, SECOND_DM};
use crate::process::{self, LONG, Start};
use crate::reminders::{arrivals, arrived, each_has_one};
use crate::seed;
use crate::table::Row;
use crate::timing::{count, milliseconds};
use fake_discord::{FakeDiscord, Limits, Person, Place};

const LATENCY: Duration = Duration::from_millis(200);

/// So many requests a second.
const PER_SECOND: u32 = 50;

pub async fn measure(scale: Scale) -> Vec<Row> {
    let people = scale.of(10_000, 1000) as u64;
    // People who are not due and ask for something meanwhile.
    let askers = scale.of(20, 5);
    let folder = seed::folder();
    let (due, far) = (Timestamp::now(), Timestamp::now() + SignedDuration::from_hours(24 * 300));
    seed::make(folder.path(), people + askers as u64, move |number| if number < people { due } else { far }).await;
    let discord = process::quick_discord().await;
    let everybody: Vec<Person> = (0..people + askers as u64).map(|number| seed::resident(&discord, number)).collect();
    discord.set_limits(Limits::discord());
    discord.set_latency(LATENCY);
    let running = process::rekindle(discord, Start { folder: folder.path(), per_second: PER_SECOND, at: None }).await;
    let discord = running.discord.clone();

    // The last of the people are not due; each asks once, evenly over the time.
    let asking = &everybody[usize::try_from(people).unwrap()..];
    let whole = Duration::from_secs(people / u64::from(PER_SECOND));
    let mut waited = Vec::new();
    for who in asking {
        tokio::time::sleep(whole / 2 / u32::try_from(askers).unwrap()).await;
        assert!(arrived(&discord) < usize::try_from(people).unwrap(), "nobody waits any more");
        let took = milliseconds(leaves_after(&discord, who).await);
        eprintln!("asked when {} had come: {took:.0} ms", arrived(&discord));
        waited.push(took);
    }
    let all = usize::try_from(people).unwrap() + askers;
    let begin = Instant::now();
    while arrived(&discord) < all {
        assert!(begin.elapsed() < 2 * whole + LONG, "{} of {all} came", arrived(&discord));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let seen = arrivals(&discord);
    let refused = discord.count_requests(|one| one.status == 429);
    each_has_one(&discord, people);
    running.end();
    let took = seen.iter().max().unwrap().duration_since(*seen.iter().min().unwrap());
    let rate = count(seen.len() - 1) / took.as_secs_f64();
    waited.sort_by(f64::total_cmp);
    let (middle, worst) = (waited[waited.len() / 2], waited[waited.len() - 1]);
    let most = 100.0 + milliseconds(LATENCY);
    vec![
        Row::said(
            PACED,
            format!("{PER_SECOND}/s"),
            format!("{rate:.2}/s, {refused} × 429, of {people}"),
            rate >= 49.0 && refused == 0,
        ),
        Row::said(
            MEANWHILE,
            format!("latency {} ms", LATENCY.as_millis()),
            format!("{middle:.0} ms in the middle, {worst:.0} ms at most, of {askers}"),
            worst <= most,
        ),
        second_message().await,
    ]
}

/// From a command in a server to its direct message at Discord.
async fn leaves_after(discord: &FakeDiscord, who: &Person) -> Duration {
    let there = format!("/channels/{}/messages", who.dm_channel());
    let asked = Instant::now();
    discord.try_command(who, Place::Server, "cooloff", &[]).expect("the command is there");
    loop {
        assert!(asked.elapsed() < LONG, "it never came");
        tokio::time::sleep(Duration::from_millis(10)).await;
        if let Some(one) = discord.last_request(|one| one.at >= asked && one.path.ends_with(&there)) {
            return one.at - asked;
        }
    }
}

/// The requests for a second direct message, counted at Discord, also after a restart.
async fn second_message() -> Row {
    let folder = seed::folder();
    let far = Timestamp::now() + SignedDuration::from_hours(24 * 300);
    seed::make(folder.path(), 1, move |_| far).await;
    let discord = process::quick_discord().await;
    let who = seed::resident(&discord, 0);
    let mut counted = Vec::new();
    for _ in 0..2 {
        let start = Start { folder: folder.path(), per_second: 0, at: None };
        let running = process::rekindle(discord.clone(), start).await;
        asks(&discord, &who).await;
        leaves_after(&discord, &who).await;
        discord.forget_records();
        leaves_after(&discord, &who).await;
        // Its answer, and the line in the server, are on their way by now.
        tokio::time::sleep(Duration::from_millis(200)).await;
        let callback = |path: &str| path.contains("/callback") || path.contains("/webhooks/");
        let others = discord.requests().into_iter().filter(|one| !callback(&one.path));
        counted.push(others.map(|one| format!("{} {}", one.method, one.path)).collect::<Vec<_>>());
        running.end();
    }
    let worst = counted.into_iter().max_by_key(Vec::len).unwrap_or_default();
    let ours = if worst.len() == 1 { "1".into() } else { format!("{}: {}", worst.len(), worst.join(", ")) };
    Row::said(SECOND_DM, "–", ours, worst.len() == 1)
}
