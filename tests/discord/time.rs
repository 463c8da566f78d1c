//! Clocks that change, calendars that end, zones that go, and a year away: each reminder once, late rather than lost, and
//! nobody deleted who was not told.

use jiff::SignedDuration;
use rekindle::chat::Account;
use rekindle::journey::{Journey, Timer};
use rekindle::store::{KeySource, Paths, Store};

use super::*;

async fn town_at(at: &str) -> (Town, Running) {
    let discord = FakeDiscord::start().await;
    discord.set_date(time(at));
    let town = Town { bot: BotProcess::new(&discord), discord };
    let running = town.start(town.bot.start(Some(time(at)))).await;
    (town, running)
}

/// A time apart of two weeks with a note a day in Berlin, at this minute of the day, without quiet hours.
async fn settles_in_at(town: &Town, who: &Person, minute: u16) {
    town.agrees(who).await;
    let number = town.journey(who);
    let time = format!("time:{minute}");
    for press in ["zone:Europe/Berlin", "quiet-off", &time, "length:14", "every:1", "cooloff-begin"] {
        let on = town.discord.dm(who).last().unwrap().id;
        let pressed = town.discord.press_forged(who, on, &format!("1:{number}:{press}")).await;
        town.answer(&pressed).await;
    }
    assert!(town.discord.dm(who).last().unwrap().text().contains("have begun"));
}

/// Moves through times, each with how many reminders have been seen by then; between any two the bot is started anew.
async fn counts(town: &Town, mut running: Running, who: &Person, expected: &[(&str, usize)]) -> Running {
    for (at, times) in expected {
        running.live_until(time(at));
        assert_eq!(town.times(who, REMINDER), *times, "at {at}\n{}", town.bot.log());
        assert!(running.end().success());
        running = town.start(town.bot.start(Some(time(at)))).await;
        assert!(running.say(":now").starts_with("It is"));
    }
    running
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_in_the_hour_that_is_skipped_comes_once() {
    let (town, running) = town_at("2026-03-27T12:00:00Z").await;
    let anna = town.discord.person("anna");
    settles_in_at(&town, &anna, 150).await;
    let expected = [
        ("2026-03-28T01:29:59Z", 0),
        ("2026-03-28T01:30:00Z", 1),
        // 02:30 is skipped on the 29th: the clocks go from 02:00 to 03:00, and it is 03:30 when it would be.
        ("2026-03-29T01:29:59Z", 1),
        ("2026-03-29T01:30:00Z", 2),
        ("2026-03-29T02:30:00Z", 2),
        ("2026-03-30T00:29:59Z", 2),
        ("2026-03-30T00:30:00Z", 3),
    ];
    counts(&town, running, &anna, &expected).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_in_the_hour_that_comes_twice_comes_once() {
    let (town, running) = town_at("2026-10-23T12:00:00Z").await;
    let anna = town.discord.person("anna");
    settles_in_at(&town, &anna, 150).await;
    let expected = [
        ("2026-10-24T00:30:00Z", 1),
        ("2026-10-25T00:29:59Z", 1),
        ("2026-10-25T00:30:00Z", 2),
        // It is 02:30 again.
        ("2026-10-25T01:30:00Z", 2),
        ("2026-10-26T01:29:59Z", 2),
        ("2026-10-26T01:30:00Z", 3),
    ];
    counts(&town, running, &anna, &expected).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leap_day_has_its_reminder() {
    let (town, running) = town_at("2028-02-27T12:00:00Z").await;
    let anna = town.discord.person("anna");
    settles_in_at(&town, &anna, 540).await;
    let expected = [("2028-02-28T08:00:00Z", 1), ("2028-02-29T08:00:00Z", 2), ("2028-03-01T08:00:00Z", 3)];
    counts(&town, running, &anna, &expected).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_ran_ahead_and_is_set_back_says_nothing_twice_and_loses_nothing() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    // An hour back after the first note; a day ahead, and back.
    let mut running = counts(&town, running, &anna, &[("2026-05-05T07:00:00Z", 1)]).await;
    let steps = [
        ("2026-05-05T06:00:00Z", "2026-05-06T06:59:59Z", 1),
        ("2026-05-07T06:00:00Z", "2026-05-07T06:30:00Z", 2),
        ("2026-05-06T06:30:00Z", "2026-05-07T06:59:59Z", 2),
        // The note that said how late it was spoke of that day, too.
        ("2026-05-07T06:59:00Z", "2026-05-08T06:59:59Z", 2),
        ("2026-05-08T06:59:00Z", "2026-05-08T07:00:00Z", 3),
    ];
    for (from, to, times) in steps {
        assert!(running.end().success());
        running = town.start(town.bot.start(Some(time(from)))).await;
        // What is due at the start comes by itself.
        running.move_to(time(from) + SignedDuration::from_secs(1));
        running.live_until(time(to));
        assert_eq!(town.times(&anna, REMINDER), times, "from {from} to {to}");
    }
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_year_9999_everything_works_and_the_calendar_ends_politely() {
    let (town, mut running) = Town::new().await;
    town.discord.set_date(time("9999-12-15T12:00:00Z"));
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    running.live_until(time("2027-05-04T18:00:00Z"));
    for at in ["9999-01-01T12:00:00Z", "9999-12-01T12:00:00Z", "9999-12-15T12:00:00Z"] {
        running.move_to(time(at));
        let ben = town.discord.person(at);
        town.settles_in(&ben).await;
        assert!(town.command(&ben, Place::Dm, "journey").await.text().contains("day 1 of 14"));
        for command in ["checkin", "settings", "letter", "privacy", "reasons", "forget"] {
            let answer = town.command(&ben, Place::Dm, command).await.text();
            assert!(!answer.contains("didn't get saved"), "{command} at {at}: {answer}");
        }
    }
    assert!(running.say(":skip 9w").contains("further than the calendar goes"));
    assert!(running.end().success());
    assert!(!town.bot.log().contains("a panic"), "{}", town.bot.log());
    town.is_well();
}

/// Changes what is stored of somebody while the bot is down, as another version would have left it.
async fn rewritten(town: &Town, who: &Person, change: impl Fn(&mut Journey) + Send + 'static) {
    let paths = Paths { data: town.bot.path("a.db"), keys: town.bot.path("a.keys") };
    let (store, _) = Store::open(&paths, &KeySource::File(town.bot.path("a.key"))).unwrap();
    let account = Account { platform: "discord".into(), id: who.id.to_string() };
    let job = move |tx: &rekindle::store::Tx<'_>| {
        let person = tx.person(&account)?.unwrap();
        let (_, mut journey) = tx.load_journey(person)?.unwrap();
        change(&mut journey);
        for (timer, pending) in &journey.timers {
            tx.set_timer(person, *timer, pending.occurrence, pending.due_at)?;
        }
        tx.save_journey(person, &journey)
    };
    store.write(job).await.unwrap();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_that_is_known_no_more_is_read_as_utc_and_can_be_set_anew() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    rewritten(&town, &anna, |journey| journey.settings.zone = Some("Mars/Base".into())).await;
    let running = town.start(town.bot.start(Some(time(EVENING)))).await;
    let shown = town.command(&anna, Place::Dm, "settings").await;
    assert!(shown.text().contains("09:00") || shown.text().contains("9:00"), "{}", shown.text());
    // What was set for seven is quiet until eight now; from then on it is nine, all in UTC.
    let expected = [
        ("2026-05-05T07:59:59Z", 0),
        ("2026-05-05T08:00:00Z", 1),
        ("2026-05-06T08:59:59Z", 1),
        ("2026-05-06T09:00:00Z", 2),
    ];
    let running = counts(&town, running, &anna, &expected).await;
    let on = shown.message.unwrap().id;
    let number = town.journey(&anna);
    let pressed = town.discord.press_forged(&anna, on, &format!("1:{number}:zone:Europe/Berlin")).await;
    assert!(town.answer(&pressed).await.text().contains("Europe/Berlin"));
    counts(&town, running, &anna, &[("2026-05-07T06:59:59Z", 2), ("2026-05-07T07:00:00Z", 3)]).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_a_zone_that_changed_move_the_next_reminder_and_double_none() {
    // At nine, and half an hour after midnight, where an hour is the day before.
    for (minute, by, due, next) in [
        (540, -60, "2026-05-05T06:00:00Z", "2026-05-06T07:00:00Z"),
        (540, 60, "2026-05-05T08:00:00Z", "2026-05-06T07:00:00Z"),
        (30, -60, "2026-05-04T21:30:00Z", "2026-05-05T22:30:00Z"),
    ] {
        let (town, running) = Town::new().await;
        let anna = town.discord.person("anna");
        settles_in_at(&town, &anna, minute).await;
        assert!(running.end().success());
        let by = SignedDuration::from_mins(by);
        rewritten(&town, &anna, move |journey| {
            let pending = journey.timers.get_mut(&Timer::CooloffReminder).unwrap();
            (pending.due_at, pending.since) = (pending.due_at + by, pending.since + by);
        })
        .await;
        let running = town.start(town.bot.start(Some(time(EVENING)))).await;
        let just_before = (time(next) - SignedDuration::from_secs(1)).to_string();
        counts(&town, running, &anna, &[(due, 1), (&just_before, 1), (next, 2)]).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_year_away_one_message_comes_of_what_waited() {
    let (town, running) = Town::new().await;
    let people: Vec<_> = ["anna", "ben", "carl"].map(|name| town.discord.person(name)).into();
    for person in &people {
        town.settles_in(person).await;
    }
    // Carl asked to be asked again, too: that is one more of its own.
    let on = town.discord.dm(&people[2]).last().unwrap().id;
    let later = format!("1:{}:urge-later", town.journey(&people[2]));
    town.answer(&town.discord.press_forged(&people[2], on, &later).await).await;
    assert!(running.end().success());
    let before: Vec<_> = people.iter().map(|person| town.discord.dm(person).len()).collect();
    town.discord.set_date(time("2027-05-04T18:00:00Z"));
    let mut running = town.start(town.bot.start(Some(time("2027-05-04T18:00:00Z")))).await;
    running.move_to(time("2027-05-04T18:00:01Z"));
    running.live_until(time("2027-05-20T18:00:00Z"));
    let came: Vec<_> = people.iter().zip(&before).map(|(person, had)| town.discord.dm(person).len() - had).collect();
    assert_eq!(came, [1, 1, 2]);
    town.is_well();
}

fn people_kept(town: &Town) -> i64 {
    let database = rusqlite::Connection::open(town.bot.path("a.db")).unwrap();
    database.query_row("SELECT count(*) FROM persons", [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_deleted_before_they_were_told_however_long_the_bot_was_away() {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    assert!(running.end().success());
    town.discord.set_date(time("2027-11-03T12:00:00Z"));
    // Killed as it was about to tell her, half a year later; then a year away.
    let running = town.bot.start_halting(Some(time("2026-10-20T12:00:00Z")), "before-send");
    running.wait_halted();
    town.kills(running).await;
    let mut running = town.start(town.bot.start(Some(time("2027-10-20T12:00:00Z")))).await;
    running.move_to(time("2027-10-20T12:00:01Z"));
    running.live_until(time("2027-10-20T12:10:00Z"));
    town.sees(&anna, REMINDER, 1).await;
    running.live_until(time("2027-11-03T11:59:59Z"));
    assert_eq!((people_kept(&town), town.times(&anna, REMINDER)), (1, 1), "with its whole notice");
    running.live_until(time("2027-11-03T12:00:00Z"));
    assert_eq!(people_kept(&town), 0);
    let stranger = town.command(&anna, Place::Dm, "journey").await.text();
    assert!(stranger.contains("One thing first"), "{stranger}");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_closed_messages_nobody_is_deleted_until_they_were_told_or_half_a_year_has_passed() {
    let (town, mut running) = Town::new().await;
    town.discord.set_date(time("2027-05-20T12:00:00Z"));
    let (anna, ben) = (town.discord.person("anna"), town.discord.person("ben"));
    for person in [&anna, &ben] {
        town.agrees(person).await;
        person.set_dms_open(false);
    }
    running.live_until(time("2026-12-01T12:00:00Z"));
    assert_eq!(people_kept(&town), 2, "their time has come, and nobody told them");
    anna.set_dms_open(true);
    running.live_until(time("2026-12-20T12:00:00Z"));
    assert_eq!((people_kept(&town), town.times(&anna, REMINDER)), (2, 1));
    running.live_until(time("2027-01-05T12:00:00Z"));
    assert_eq!(people_kept(&town), 1, "anna was told");
    running.live_until(time("2027-05-20T12:00:00Z"));
    assert_eq!((people_kept(&town), town.times(&ben, REMINDER)), (0, 0), "ben cannot be");
    town.is_well();
}

/// What the operator reads where no witness confirms the clock.
const UNCONFIRMED: &str = "no second witness confirms the date";

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_years_ahead_of_discord_deletes_nobody_and_ends_no_time_apart() {
    let (town, running) = town_at(EVENING).await;
    let [anna, ben, carl] = ["anna", "ben", "carl"].map(|name| town.discord.person(name));
    town.settles_in(&anna).await;
    town.agrees(&ben).await;
    assert!(running.end().success());

    let ahead = time("2031-05-04T18:00:00Z");
    let days = |days: i64| ahead + SignedDuration::from_hours(24 * days);
    let mut running = town.start(town.bot.start(Some(ahead))).await;
    running.move_to(ahead + SignedDuration::from_secs(1));
    running.live_until(days(16));
    assert_eq!((town.times(&anna, REMINDER), town.times(&ben, REMINDER)), (0, 0), "{}", town.bot.log());
    assert_eq!(people_kept(&town), 2);
    assert_eq!(town.bot.log().matches(UNCONFIRMED).count(), 1, "one warning");

    // Discord agrees: what was postponed happens.
    town.discord.set_date(days(32));
    town.agrees(&carl).await;
    running.live_until(days(18));
    assert_eq!((town.times(&anna, REMINDER), town.times(&ben, REMINDER)), (1, 1), "the end, and the announcement");
    running.live_until(days(32));
    assert_eq!(people_kept(&town), 2, "ben is deleted, as was announced");
    assert!(town.command(&anna, Place::Dm, "cooloff").await.text().contains("time apart is over"));
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_right_again_finds_everything_as_it_was() {
    let (town, running) = town_at(EVENING).await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    let mut running = town.start(town.bot.start(Some(time("2031-05-04T18:00:00Z")))).await;
    running.move_to(time("2031-05-05T18:00:00Z"));
    assert!(running.end().success());
    let running = town.start(town.bot.start(Some(time(EVENING)))).await;
    counts(&town, running, &anna, &[("2026-05-05T06:59:59Z", 0), ("2026-05-05T07:00:00Z", 1)]).await;
    town.is_well();
}
