//! What kills the process, ends it, breaks inside it or leaves it without room: an answer that was stored and a reminder
//! that is due are seen once all the same.

use jiff::SignedDuration;

use super::*;

/// The question that `/reasons` asks.
const ASKED: &str = "Who ended it";

/// Nine in the morning in Berlin, so many days after [`EVENING`].
fn morning(day: i64) -> Timestamp {
    time("2026-05-04T07:00:00Z") + SignedDuration::from_hours(24 * day)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_around_a_reminder_it_is_seen_exactly_once() {
    // With what has been seen of it then; where the rest of the process goes on, either may be.
    let points = [
        ("before-fire", Some(0)),
        ("before-commit", Some(0)),
        ("after-commit", Some(0)),
        ("after-fire", None),
        ("before-claim", Some(0)),
        ("after-claim", Some(0)),
        ("before-send", Some(0)),
        ("before-request", Some(0)),
        ("before-read", Some(1)),
        ("after-read", Some(1)),
        ("after-send", Some(1)),
        ("before-settle", Some(1)),
        ("after-settle", Some(1)),
    ];
    let (town, running) = Town::new().await;
    let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
    town.settles_in(&anna).await;
    town.agrees(&ben).await;
    assert!(running.end().success());
    for (day, (point, had)) in (1..).zip(points) {
        let running = town.bot.start_halting(Some(morning(day)), point);
        running.wait_halted();
        town.kills(running).await;
        let seen = town.times(&anna, REMINDER);
        let before = usize::try_from(day).unwrap() - 1;
        assert!(had.is_none_or(|had| seen == before + had), "{point}: {seen} on day {day}");
        let later = morning(day) + SignedDuration::from_mins(20);
        let mut running = town.start(town.bot.start(Some(later))).await;
        town.sees(&anna, REMINDER, before + 1).await;
        running.move_to(later + SignedDuration::from_secs(1));
        running.live_until(later + SignedDuration::from_mins(20));
        assert_eq!(town.times(&anna, REMINDER), before + 1, "{point}: twice");
        assert!(running.end().success());
    }
    assert_eq!(town.times(&ben, REMINDER), 0);
    town.is_silent_of(&[anna.id.to_string(), anna.dm_channel().to_string(), town.discord.token()]);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_anywhere_around_an_answer_it_is_seen_exactly_once_or_nothing_was_stored() {
    // With whether it was stored then. What was not is like a press that never came: Discord says that nobody answered.
    let points = [
        ("answering", false),
        ("job", false),
        ("before-commit", false),
        ("after-commit", true),
        ("before-callback", true),
        ("before-request", true),
        ("before-read", true),
        ("after-read", true),
        ("after-callback", true),
        ("before-settle", true),
        ("after-settle", true),
    ];
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    assert!(running.end().success());
    for (before, (point, stored)) in points.into_iter().enumerate() {
        let running = town.start(town.bot.start_halting(Some(time(EVENING)), point)).await;
        let days = [7, 14, 30, 60, 90][before % 5];
        town.chooses(&anna, days).await;
        running.wait_halted();
        town.kills(running).await;
        let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
        running.move_to(time("2026-05-04T18:00:01Z"));
        if !stored {
            running.live_until(time("2026-05-04T18:10:00Z"));
            assert_eq!(town.times(&anna, CHOSEN), before, "{point}: nothing was stored");
            town.answer(&town.chooses(&anna, days).await).await;
        }
        town.sees(&anna, CHOSEN, before + 1).await;
        running.live_until(time("2026-05-04T18:20:00Z"));
        assert_eq!(town.times(&anna, CHOSEN), before + 1, "{point}: twice");
        assert!(running.end().success());
    }
    town.is_silent_of(&[anna.id.to_string(), anna.dm_channel().to_string(), town.discord.token()]);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_to_end_amid_two_hundred_reminders_and_forty_people_nothing_is_lost() {
    let (town, running) = Town::new().await;
    let people = delivery::crowd(&town, 200).await;
    assert!(running.end().success());
    town.discord.set_latency(Duration::from_millis(200));
    let running = town.start(town.bot.start(Some(morning(1)))).await;
    let pressing = people[..40].iter().map(|person| town.discord.command(person, Place::Dm, "reasons", &[]));
    let asked = futures_util::future::join_all(pressing).await;
    // By the time one has an answer, the bot has heard of all.
    assert!(asked[0].answer(LONG).await.is_some(), "{}", town.bot.log());
    let waiting = people.iter().filter(|person| town.times(person, REMINDER) == 0).count();
    let status = running.end();
    assert!(status.success(), "{status:?}\n{}", town.bot.log());
    let still = people.iter().filter(|person| town.times(person, REMINDER) == 0).count();
    println!("asked to end while {waiting} reminders waited; {still} still did when it had ended");
    town.discord.forget_nonces();
    let mut running = town.start(town.bot.start(Some(morning(1) + SignedDuration::from_mins(20)))).await;
    for person in &people {
        town.sees(person, REMINDER, 1).await;
    }
    for person in &people[..40] {
        town.sees(person, ASKED, 1).await;
    }
    running.move_to(morning(1) + SignedDuration::from_mins(21));
    running.live_until(morning(1) + SignedDuration::from_mins(40));
    assert!(people.iter().all(|person| town.times(person, REMINDER) == 1), "twice");
    assert!(people[..40].iter().all(|person| town.times(person, ASKED) == 1), "twice");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_on_the_writer_thread_is_told_as_not_saved_and_the_next_press_is_stored() {
    for point in ["job", "before-commit"] {
        let (town, running) = Town::new().await;
        let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
        town.agrees(&anna).await;
        town.settles_in(&ben).await;
        assert!(running.end().success());
        let running = town.bot.start_with(Some(time(EVENING)), &[("REKINDLE_PANIC_AT", point)]);
        let mut running = town.start(running).await;
        let sorry = town.answer(&town.chooses(&anna, 7).await).await;
        assert!(sorry.text().contains("didn't get saved"), "{point}: {}", sorry.text());
        let sorry = sorry.message.unwrap();
        let again = town.press(&anna, &sorry, &sorry.choices()[0].label).await;
        assert!(again.text().contains(CHOSEN), "{point}: {}", again.text());
        running.live_until(morning(1));
        town.sees(&ben, REMINDER, 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_while_a_reminder_is_fired_claimed_or_sent_delays_it_and_no_more() {
    for point in ["before-fire", "after-claim", "before-send", "after-send"] {
        let (town, running) = Town::new().await;
        let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
        town.settles_in(&anna).await;
        town.settles_in(&ben).await;
        assert!(running.end().success());
        let running = town.bot.start_with(Some(morning(1)), &[("REKINDLE_PANIC_AT", point)]);
        let mut running = town.start(running).await;
        town.logs("a panic;").await;
        running.move_to(morning(1) + SignedDuration::from_secs(1));
        running.live_until(morning(1) + SignedDuration::from_mins(20));
        town.sees(&anna, REMINDER, 1).await;
        town.sees(&ben, REMINDER, 1).await;
        // The day after, everything goes on in the background.
        running.live_until(morning(2));
        town.sees(&anna, REMINDER, 2).await;
        assert!(running.end().success());
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loop_that_breaks_off_begins_again_by_itself() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    // Nobody moves the time here: what comes, comes from the loop in the background.
    let _running = town.start(town.bot.start_with(Some(morning(1)), &[("REKINDLE_PANIC_AT", "before-fire")])).await;
    town.sees(&anna, REMINDER, 1).await;
    town.logs("a loop broke off").await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn out_of_files_everybody_is_answered_in_the_end_and_too_few_are_named_at_the_start() {
    let mut town = Town::without_bot().await;
    town.bot.under("ulimit -n 24");
    let mut running = town.bot.start(Some(time(EVENING)));
    assert_eq!(running.wait().code(), Some(1));
    town.logs("may open 24 files, and needs 40").await;

    town.bot.under("ulimit -n 48");
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    let people: Vec<_> = (0..60).map(|number| town.discord.person(&format!("person{number}"))).collect();
    for some in people.chunks(10) {
        futures_util::future::join_all(some.iter().map(|person| town.agrees(person))).await;
    }
    town.discord.set_latency(Duration::from_millis(300));
    let pressing = people.iter().map(|person| town.discord.command(person, Place::Dm, "reasons", &[]));
    futures_util::future::join_all(pressing).await;
    let open = || std::fs::read_dir(format!("/proc/{}/fd", running.id())).map_or(48, Iterator::count);
    assert!(town.discord.wait_until(|_| open() >= 46, LONG).await, "it has enough: {}", open());
    town.discord.set_latency(Duration::ZERO);
    running.move_to(time("2026-05-04T18:00:01Z"));
    running.live_until(time("2026-05-04T18:10:00Z"));
    for person in &people {
        town.sees(person, ASKED, 1).await;
    }
    let help = town.command(&people[0], Place::Dm, "help").await;
    assert!(help.text().contains("/cooloff"), "{}", help.text());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_bot_on_the_same_store_is_refused_and_the_first_goes_on() {
    let (town, mut first) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    let mut second = town.bot.start(Some(time(EVENING)));
    assert_eq!(second.wait().code(), Some(1));
    town.logs("a.db is in use by another rekindle").await;
    assert_eq!(town.discord.gateway().identifies().len(), 1, "it never went on Discord");
    town.command(&anna, Place::Dm, "help").await;
    first.live_until(morning(1));
    town.sees(&anna, REMINDER, 1).await;
    town.is_well();
}
