//! What arrives by itself: once, whatever happens to the network and the process.

use super::*;
use fake_discord::{Fault, FaultAction, Limits};

/// Nine in the morning after [`EVENING`], in Berlin.
const MORNING: &str = "2026-05-05T07:00:00Z";

pub async fn crowd(town: &Town, size: usize) -> Vec<Person> {
    let people: Vec<_> = (0..size).map(|number| town.discord.person(&format!("person{number}"))).collect();
    for some in people.chunks(20) {
        futures_util::future::join_all(some.iter().map(|person| town.settles_in(person))).await;
    }
    people
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_amid_two_hundred_reminders_each_is_seen_exactly_once() {
    let (town, running) = Town::new().await;
    let people = crowd(&town, 200).await;
    assert!(running.end().success());
    // Stopped dead while the hundredth has been sent and is not settled, and others are under way.
    let running = town.start(town.bot.start_halting(Some(time("2026-05-05T10:00:00Z")), "after-send:100")).await;
    running.wait_halted();
    running.kill();
    let sent = people.iter().filter(|person| town.times(person, REMINDER) > 0).count();
    assert!((100..=200).contains(&sent), "{sent}");
    // It may have been down for longer than Discord remembers a nonce.
    town.discord.forget_nonces();
    let mut running = town.start(town.bot.start(Some(time("2026-05-05T10:20:00Z")))).await;
    running.move_to(time("2026-05-05T10:20:00Z"));
    for person in &people {
        town.sees(person, REMINDER, 1).await;
    }
    println!("killed after {sent} of 200 had arrived");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_around_the_answer_it_arrives_exactly_once() {
    for (point, had) in [("before-callback:2", 0), ("after-callback:2", 1)] {
        let (town, running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.agrees(&anna).await;
        assert!(running.end().success());
        let running = town.start(town.bot.start_halting(Some(time(EVENING)), point)).await;
        town.command(&anna, Place::Dm, "help").await;
        let asked = town.chooses(&anna, 7).await;
        running.wait_halted();
        running.kill();
        assert_eq!(usize::from(asked.answer_now().is_some()), had, "{point}");
        let mut running = town.start(town.bot.start(Some(time("2026-05-04T18:02:00Z")))).await;
        running.move_to(time("2026-05-04T18:02:00Z"));
        town.sees(&anna, CHOSEN, 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_taken_although_nobody_said_so_comes_once() {
    for forgets in [false, true] {
        let (town, mut running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.settles_in(&anna).await;
        town.discord.fault(Fault::new("POST", "/messages", FaultAction::LoseResponse));
        running.move_to(time(MORNING));
        assert_eq!(town.times(&anna, REMINDER), 1);
        if forgets {
            town.discord.forget_nonces();
        }
        running.live_until(time("2026-05-05T08:00:00Z"));
        assert_eq!(town.times(&anna, REMINDER), 1, "nonces forgotten: {forgets}");
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_with_an_answer_that_is_private_loses_it_no_more() {
    let html = FaultAction::Answer { status: 502, body: "<html>bad gateway</html>".into(), headers: Vec::new() };
    for action in [html, FaultAction::LoseResponse, FaultAction::Reset] {
        let shown = format!("{action:?}");
        let (town, mut running) = Town::with(|town| town.bot.set_wait("dm-result=200")).await;
        let anna = town.discord.person("anna");
        town.agrees(&anna).await;
        town.discord.fault(Fault::new("POST", "/messages", action));
        let line = town.command(&anna, Place::Server, "cooloff").await.message.unwrap();
        assert!(line.is_ephemeral && !line.text().contains("can't reach your DMs"), "{shown}: {}", line.text());
        // Longer than Discord remembers a nonce.
        town.discord.forget_nonces();
        running.live_until(time("2026-05-04T18:30:00Z"));
        town.sees(&anna, "What time apart is for", 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_cost_one_request_however_much_waits() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    anna.set_dms_open(false);
    for command in ["cooloff", "letgo", "reasons", "letter", "journey"] {
        town.command(&anna, Place::Server, command).await;
    }
    running.live_until(time("2026-05-04T19:00:00Z"));
    let refused = town.discord.count_requests(|request| request.status == 403);
    assert!(refused <= 6, "{refused} refused requests for five commands");
    anna.set_dms_open(true);
    town.command(&anna, Place::Server, "journey").await;
    town.sees(&anna, "What time apart is for", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_refused_holds_back_nothing_and_is_offered_again() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    town.discord.fault(Fault::new("POST", "/messages", FaultAction::error(400, 50035, "Invalid Form Body")));
    // Words are answered by the outbox, and this answer is refused.
    town.discord.writes(&anna, "one").await;
    let refused = |discord: &FakeDiscord| discord.requests().iter().any(|request| request.status == 400);
    assert!(town.discord.wait_until(refused, LONG).await);
    running.move_to(time("2026-05-04T18:00:01Z"));
    assert_eq!(town.times(&anna, "What should I do with this?"), 0);
    running.live_until(time("2026-05-05T07:00:00Z"));
    assert_eq!(town.times(&anna, REMINDER), 1, "what comes after it goes on\n{}", town.bot.log());
    assert_eq!(town.times(&anna, "What should I do with this?"), 0, "it is not tried over and over");
    town.command(&anna, Place::Dm, "journey").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_on_the_way_delays_a_reminder_and_loses_none() {
    let refused = |status, code| FaultAction::error(status, code, "no");
    let html = FaultAction::Answer { status: 502, body: "<html>bad gateway</html>".into(), headers: Vec::new() };
    let faults = [
        FaultAction::Reset,
        FaultAction::TruncateJson,
        html,
        refused(500, 0),
        refused(403, 40003),
        refused(403, 20028),
        refused(404, 10003),
        FaultAction::too_many(0.2, false),
        FaultAction::too_many(0.2, true),
    ];
    for action in faults {
        let shown = format!("{action:?}");
        let (town, mut running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.settles_in(&anna).await;
        town.discord.fault(Fault::new("POST", "/messages", action));
        running.move_to(time(MORNING));
        running.live_until(time("2026-05-05T07:30:00Z"));
        assert_eq!(town.times(&anna, REMINDER), 1, "{shown}\n{}", town.bot.log());
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discords_limits_are_kept() {
    let (town, mut running) = Town::with(|town| town.bot.set("requests_per_second = 50")).await;
    let people = crowd(&town, 60).await;
    town.discord.set_limits(Limits::discord());
    town.discord.forget_records();
    running.move_to(time(MORNING));
    for person in &people {
        town.sees(person, REMINDER, 1).await;
    }
    assert_eq!(town.discord.count_requests(|request| request.status == 429), 0);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_passes_the_reminders_that_wait() {
    let (mut town, running) = Town::new().await;
    let people = crowd(&town, 16).await;
    assert!(running.end().success());
    // Two a second: the reminders take eight seconds, however slow the machine is.
    town.bot.set("requests_per_second = 2");
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    let moving = std::thread::spawn(move || {
        running.move_to(time(MORNING));
        running
    });
    // The first who has theirs asks for something meanwhile.
    let has_it = |_: &FakeDiscord| people.iter().find(|person| town.times(person, REMINDER) == 1);
    let first = town.discord.wait_for(has_it, LONG).await.unwrap();
    town.command(first, Place::Server, "letgo").await;
    town.sees(first, "Letting go: what it is", 1).await;
    drop(moving.join().unwrap());
    for person in &people {
        town.sees(person, REMINDER, 1).await;
    }
    // Ids are in the order in which Discord took the messages.
    let answer = town.discord.dm(first).last().unwrap().id;
    let later = people.iter().filter(|person| town.discord.dm(person).last().unwrap().id > answer).count();
    assert!(later > 0, "the answer came behind all reminders");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_message_to_somebody_is_one_request() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    let hello = town.command(&anna, Place::Server, "start").await.message.unwrap();
    town.press(&anna, &hello, "I'm 18 or older, and I agree").await;
    let opened = |town: &Town| town.discord.count_requests(|request| request.path.contains("/users/@me/channels"));
    assert_eq!(opened(&town), 1);
    assert!(running.say(":now").starts_with("It is"));
    assert!(running.end().success());
    let _running = town.start(town.bot.start(Some(time(EVENING)))).await;
    town.command(&anna, Place::Server, "cooloff").await;
    town.sees(&anna, "What time apart is for", 1).await;
    assert_eq!(opened(&town), 1, "the channel is remembered, also after a restart");
    town.is_well();
}
