//! What the gateway may do to the bot, and what becomes of those who press and write meanwhile. `docs/FAULTS.md`.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;

/// A person who has agreed, and a bot that runs.
async fn anna() -> (Town, Running, Person) {
    let (town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    (town, running, anna)
}

impl Town {
    /// How many messages of the bot stand in somebody's direct message.
    fn said(&self, who: &Person) -> usize {
        self.discord.dm(who).iter().filter(|message| message.is_by_bot).count()
    }

    /// Waits until a connection is there that was not there before.
    async fn comes_back(&self, before: u64) {
        let there = |discord: &FakeDiscord| discord.gateway().connections() > before && discord.gateway().live() == 1;
        assert!(self.discord.wait_until(there, LONG).await, "{}", self.bot.log());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_close_that_is_not_for_good_it_is_back_and_has_what_was_written_meanwhile() {
    // Those after which the session goes on, as Discord's table of close codes has it, and a close without a code.
    let goes_on = [Some(4000), Some(4001), Some(4002), Some(4008), Some(1011), None];
    let begins_anew = [Some(4003), Some(4005), Some(4007), Some(4009)];
    for code in goes_on.into_iter().chain(begins_anew) {
        let (town, _running, anna) = anna().await;
        let gateway = town.discord.gateway();
        let before = gateway.connections();
        match code {
            Some(code) => gateway.close(code),
            None => gateway.close_without_code(),
        }
        if goes_on.contains(&code) {
            // It has not read the close yet, or has no connection: either way it hears of this when the session goes on.
            town.discord.writes(&anna, "one").await;
        }
        town.comes_back(before).await;
        let sessions = if goes_on.contains(&code) { 1 } else { 2 };
        // The former connection may not be quite gone yet, and the new one not quite there.
        town.discord.wait_until(|discord| discord.gateway().identifies().len() == sessions, LONG).await;
        assert_eq!(gateway.identifies().len(), sessions, "{code:?}\n{}", town.bot.log());
        if sessions == 2 {
            town.discord.writes(&anna, "one").await;
        }
        town.sees(&anna, "What should I do with this?", 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_operator_can_mend_ends_it_and_is_named() {
    let fixes = [
        (4004, "copy it anew from the application's Bot page"),
        (4010, "start rekindle again"),
        (4011, "start rekindle again"),
        (4012, "take a newer one"),
        (4013, "take a newer version"),
        (4014, "take a newer version"),
    ];
    for (code, fix) in fixes {
        let (town, mut running, anna) = anna().await;
        // Also where it comes back and is refused again.
        town.discord.gateway().refuse_identify(Some(code));
        town.discord.gateway().close(code);
        let status = running.wait();
        assert_eq!(status.code(), Some(3), "{code}\n{}", town.bot.log());
        let log = town.bot.log();
        let told = log.lines().last().unwrap_or_default();
        assert!(told.starts_with("rekindle: Discord ") && told.contains(fix), "{code}: {told}");
        // Whoever wrote in the meantime is answered once it is mended and started again.
        town.discord.gateway().refuse_identify(None);
        let _running = town.start(town.bot.start(Some(time(EVENING)))).await;
        assert!(town.command(&anna, Place::Dm, "help").await.text().contains("/cooloff"));
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_has_outgrown_its_connection_takes_as_many_as_discord_wants() {
    let (town, _running) = Town::with(|town| town.bot.set_wait("identify=3000")).await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let gateway = town.discord.gateway();
    gateway.set_shards(2);
    gateway.set_heartbeat_interval(Duration::from_secs(1));
    gateway.close(4011);
    let both = |discord: &FakeDiscord| discord.gateway().live() == 2;
    assert!(town.discord.wait_until(both, LONG).await, "{}", town.bot.log());
    let mut shards: Vec<String> = gateway.identifies()[1..].iter().map(|it| it["shard"].to_string()).collect();
    shards.sort();
    assert_eq!(shards, ["[0,2]", "[1,2]"], "each once, in any order");
    assert!(gateway.early_heartbeats() > 0, "whoever waits for a turn sends heartbeats");
    town.discord.writes(&anna, "one").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_shards_begin_at_once_where_discord_lets_them_and_each_resumes_its_session() {
    let (town, _running) = Town::with(|town| {
        town.discord.gateway().set_shards(10);
        town.discord.gateway().set_max_concurrency(16);
        // Longer than the test: none waits for another.
        town.bot.set_wait("identify=600000");
    })
    .await;
    let gateway = town.discord.gateway();
    let all = |discord: &FakeDiscord| discord.gateway().live() == 10;
    assert!(town.discord.wait_until(all, LONG).await, "{}", town.bot.log());
    let mut shards: Vec<_> = gateway.identifies().iter().map(|identify| identify["shard"].clone()).collect();
    shards.sort_by_key(|shard| shard[0].as_u64());
    assert_eq!(shards, (0..10).map(|shard| json!([shard, 10])).collect::<Vec<_>>());
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    gateway.drop_connections();
    town.discord.writes(&anna, "one").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    let resumed = |discord: &FakeDiscord| discord.gateway().resumes().len() == 10 && discord.gateway().live() == 10;
    assert!(town.discord.wait_until(resumed, LONG).await, "{}", town.bot.log());
    assert_eq!(gateway.identifies().len(), 10, "every session goes on");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn hello_without_an_interval_is_left_and_the_session_resumed_on_the_next_connection() {
    let (town, _running, anna) = anna().await;
    let gateway = town.discord.gateway();
    gateway.set_hello(Some(json!({})));
    gateway.drop_connections();
    town.discord.writes(&anna, "one").await;
    town.logs("HELLO without a heartbeat interval").await;
    gateway.set_hello(None);
    town.sees(&anna, "What should I do with this?", 1).await;
    assert_eq!(gateway.identifies().len(), 1, "the session goes on");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_without_a_session_id_is_served_and_followed_by_a_new_session() {
    let (town, _running) = Town::with(|town| town.discord.gateway().leave_out_of_ready(Some("session_id"))).await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    town.logs("READY without a session id").await;
    let gateway = town.discord.gateway();
    gateway.leave_out_of_ready(None);
    let before = gateway.connections();
    gateway.drop_connections();
    town.comes_back(before).await;
    assert_eq!((gateway.identifies().len(), gateway.resumes().len()), (2, 0), "{}", town.bot.log());
    town.discord.writes(&anna, "one").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_close_without_a_code_costs_no_processor_time() {
    let (town, running, anna) = anna().await;
    let gateway = town.discord.gateway();
    let before = gateway.connections();
    gateway.close_without_code();
    town.comes_back(before).await;
    assert!(town.command(&anna, Place::Dm, "help").await.text().contains("/cooloff"));
    let (used, since) = (running.processor_time(), Instant::now());
    tokio::time::sleep(Duration::from_millis(400)).await;
    let (used, passed) = (running.processor_time() - used, since.elapsed().as_millis() / 10);
    // A core that spins uses as many hundredths of a second as pass, less what others take from it.
    assert!(u128::from(used) <= passed / 8, "{used} of {passed} hundredths of a second");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_is_gone_is_asked_ever_more_rarely_and_nothing_written_meanwhile_is_lost() {
    let (town, _running, anna) = anna().await;
    let gateway = town.discord.gateway();
    gateway.refuse(true);
    gateway.drop_connections();
    town.discord.writes(&anna, "one").await;
    assert!(town.discord.wait_until(|discord| discord.gateway().refused() >= 4, LONG).await, "{}", town.bot.log());
    assert_eq!(town.times(&anna, "What should I do with this?"), 0);
    gateway.refuse(false);
    town.sees(&anna, "What should I do with this?", 1).await;
    assert_eq!(gateway.identifies().len(), 1, "the session goes on");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_through_which_nothing_comes_any_more_is_replaced() {
    let interval = Duration::from_millis(500);
    let (town, _running) = Town::with(|town| town.discord.gateway().set_heartbeat_interval(interval)).await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let before = town.discord.gateway().connections();
    town.discord.gateway().zombify();
    town.discord.writes(&anna, "one").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    assert!(town.discord.gateway().connections() > before);
    assert_eq!(town.discord.gateway().identifies().len(), 1, "the session goes on");
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_takes_connections_and_says_nothing_is_left() {
    let (town, _running) = Town::with(|town| town.bot.set_wait("hello=2000")).await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let gateway = town.discord.gateway();
    let before = gateway.connections();
    gateway.mute(true);
    gateway.drop_connections();
    town.discord.writes(&anna, "one").await;
    assert!(town.discord.wait_until(|discord| discord.gateway().connections() > before, LONG).await);
    gateway.mute(false);
    // It gives that connection its time, and then takes the next.
    let next = |discord: &FakeDiscord| discord.gateway().connections() > before + 1;
    assert!(town.discord.wait_until(next, LONG).await, "{}", town.bot.log());
    town.sees(&anna, "What should I do with this?", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_sessions_are_resumed_or_begun_anew_as_they_say() {
    for resumable in [true, false] {
        let (town, _running, anna) = anna().await;
        let before = town.discord.gateway().connections();
        town.discord.gateway().invalidate(resumable);
        town.comes_back(before).await;
        assert_eq!(town.discord.gateway().identifies().len(), if resumable { 1 } else { 2 });
        assert!(town.command(&anna, Place::Dm, "help").await.text().contains("/cooloff"));
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_begins_where_discord_takes_no_more_of_them_today() {
    let discord = FakeDiscord::start().await;
    discord.gateway().set_starts_left(0);
    let bot = BotProcess::new(&discord);
    let running = bot.start(None);
    let asked = discord
        .wait_until(|discord| discord.requests().iter().any(|request| request.path.contains("/gateway/bot")), LONG);
    assert!(asked.await);
    let town = Town { discord, bot };
    town.logs("session start limit reached").await;
    assert_eq!(town.discord.gateway().connections(), 0);
    assert!(running.end().success(), "{}", town.bot.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_come_again_or_in_another_order_are_each_answered_once() {
    let (town, mut running, anna) = anna().await;
    let gateway = town.discord.gateway();
    gateway.duplicate_last("READY");
    gateway.hold();
    for words in ["one", "two"] {
        town.discord.writes(&anna, words).await;
    }
    let help = town.discord.command(&anna, Place::Dm, "help", &[]).await;
    gateway.release_reversed();
    assert!(town.answer(&help).await.text().contains("/cooloff"));
    town.sees(&anna, "What should I do with this?", 2).await;
    let before = town.said(&anna);
    for name in ["INTERACTION_CREATE", "MESSAGE_CREATE"] {
        gateway.duplicate_last(name);
        gateway.replay_last();
    }
    // Resumed from before the first of them: Discord then sends all of it once more.
    gateway.drop_connections();
    town.comes_back(1).await;
    assert!(running.say(":now").starts_with("It is"));
    assert!(town.command(&anna, Place::Dm, "privacy").await.text().contains("/forget"));
    running.live_until(time("2026-05-04T18:30:00Z"));
    assert_eq!(town.said(&anna), before + 1, "nothing is answered twice");
    assert_eq!(gateway.identifies().len(), 1);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_it_does_not_know_huge_or_broken_is_passed_over() {
    let (town, _running, anna) = anna().await;
    let gateway = town.discord.gateway();
    let secret = "zephyrine";
    for raw in [
        "",
        "not json",
        "[]",
        "{}",
        "null",
        r#"{"t":null,"s":null,"op":"x","d":null}"#,
        r#"{"t":null,"s":null,"op":42,"d":{"zephyrine":1}}"#,
        r#"{"t":"MESSAGE_CREATE","s":null,"op":0,"d":{"content":"zephyrine"}}"#,
        r#"{"t":"INTERACTION_CREATE","s":3,"op":0,"d":{"token":"zephyrine","#,
        r#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":"zephyrine"}"#,
    ] {
        gateway.send_raw(raw);
    }
    for data in [json!(null), json!([1]), json!({ "id": "x", "token": secret, "content": secret, "author": 7 })] {
        for name in ["INTERACTION_CREATE", "MESSAGE_CREATE", "SOMETHING_NEW"] {
            gateway.send_event(name, &data);
        }
    }
    let huge = secret.repeat(5 * 1024 * 1024 / secret.len());
    gateway.send_event("SOMETHING_NEW", &json!({ "much": huge }));
    // And one that is for somebody, with much in it that nobody knows.
    let command = json!({ "id": "7", "name": "help", "type": 1, "sort": { "a": [1] } });
    let more = json!({ "type": 2, "data": command, "much": huge, "new": [{ "x": null }] });
    let asked = town.discord.forge(&anna, Place::Dm, more).await;
    assert!(town.answer(&asked).await.text().contains("/cooloff"));
    assert_eq!(gateway.connections(), 1, "the connection stays\n{}", town.bot.log());
    assert!(!town.bot.log().contains(secret));
    town.is_well();
}
