//! What Discord's HTTP answers may do to the bot, beyond `delivery`. `docs/FAULTS.md`.

use rekindle::adapters::discord::{Api, Refusal};

use super::*;
use fake_discord::{Fault, FaultAction};

const MORNING: &str = "2026-05-05T07:00:00Z";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_cloudflares_in_discords_place_delays_and_loses_nothing() {
    for (status, retry_after) in [(429, Some(1)), (403, None), (502, None), (503, None), (520, None)] {
        let (town, mut running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.settles_in(&anna).await;
        town.discord.fault(Fault::new("POST", "/messages", FaultAction::page(status, retry_after)));
        running.move_to(time(MORNING));
        running.live_until(time("2026-05-05T08:00:00Z"));
        assert_eq!(town.times(&anna, REMINDER), 1, "{status}\n{}", town.bot.log());
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_opened_too_fast_are_opened_a_minute_later() {
    let (town, mut running) = Town::with(|town| town.bot.set_wait("dm-result=200")).await;
    let anna = town.discord.person("anna");
    let too_fast = FaultAction::error(403, 40003, "You are opening direct messages too fast");
    town.discord.fault(Fault::new("POST", "/users/@me/channels", too_fast));
    let hello = town.command(&anna, Place::Server, "start").await.message.unwrap();
    let line = town.press(&anna, &hello, "I'm 18 or older, and I agree").await.message.unwrap();
    assert!(line.is_ephemeral && !line.text().contains("can't reach your DMs"), "{}", line.text());
    running.move_to(time("2026-05-04T18:00:59Z"));
    let opened = |town: &Town| town.discord.count_requests(|request| request.path.contains("/users/@me/channels"));
    assert_eq!(opened(&town), 1, "not before the minute is over");
    running.live_until(time("2026-05-04T18:02:00Z"));
    assert_eq!((opened(&town), town.discord.dm(&anna).len()), (2, 1), "{}", town.bot.log());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_is_gone_is_opened_anew() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    town.discord.forget_records();
    town.discord.fault(Fault::new("POST", "/messages", FaultAction::error(404, 10003, "Unknown Channel")));
    running.move_to(time(MORNING));
    assert_eq!(town.times(&anna, REMINDER), 1, "at once\n{}", town.bot.log());
    assert_eq!(town.discord.count_requests(|request| request.path.contains("/users/@me/channels")), 1);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_discord_no_longer_knows_is_answered_in_the_direct_message() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    town.discord.fault(Fault::new("POST", "/callback", FaultAction::error(404, 10062, "Unknown interaction")));
    let asked = town.discord.command(&anna, Place::Dm, "cooloff", &[]).await;
    town.sees(&anna, "What time apart is for", 1).await;
    assert!(asked.answer_now().is_none());
    running.live_until(time("2026-05-04T18:30:00Z"));
    assert_eq!(town.times(&anna, "What time apart is for"), 1);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_was_taken_although_nobody_said_so_is_there_once() {
    for action in
        [FaultAction::LoseResponse, FaultAction::TruncateJson, FaultAction::Reset, FaultAction::page(502, None)]
    {
        let shown = format!("{action:?}");
        let (town, mut running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.agrees(&anna).await;
        town.discord.fault(Fault::new("POST", "/callback", action));
        town.command(&anna, Place::Dm, "cooloff").await;
        running.live_until(time("2026-05-04T18:30:00Z"));
        assert_eq!(town.times(&anna, "What time apart is for"), 1, "{shown}\n{}", town.bot.log());
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_withdrawn_ends_it_and_what_waited_comes_with_the_new_one() {
    for gateway_knows in [true, false] {
        let (mut town, mut running) = Town::new().await;
        let anna = town.discord.person("anna");
        town.settles_in(&anna).await;
        if gateway_knows {
            town.discord.revoke_token("MTIz.new.token");
        } else {
            town.discord.revoke_token_quietly("MTIz.new.token");
            town.discord.writes(&anna, "one").await;
        }
        let status = running.wait();
        assert_eq!(status.code(), Some(3), "{}", town.bot.log());
        assert!(town.bot.log().lines().last().unwrap().contains("copy it anew"), "{}", town.bot.log());
        let refused = town.discord.count_requests(|request| request.status == 401);
        assert!(refused <= 5, "{refused} requests with a token that is no more");
        town.bot.set_token("MTIz.new.token");
        let mut running = town.start(town.bot.start(Some(time("2026-05-04T18:01:00Z")))).await;
        running.live_until(time(MORNING));
        town.sees(&anna, "What should I do with this?", usize::from(!gateway_knows)).await;
        town.sees(&anna, REMINDER, 1).await;
        town.is_well();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_refused_every_time_is_offered_once_an_act_and_the_operator_hears_of_each() {
    let (town, mut running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    town.discord.fault(Fault::new("POST", "/messages", FaultAction::error(400, 50035, "Invalid Form Body")).times(99));
    let refused = |town: &Town| town.discord.count_requests(|request| request.status == 400);
    let complaints = |town: &Town| town.bot.log().matches("Discord refuses a message").count();
    town.discord.writes(&anna, "one").await;
    for acts in 1..=3 {
        assert!(town.discord.wait_until(|_| refused(&town) == acts, LONG).await, "{}", town.bot.log());
        running.live_until(time(&format!("2026-05-0{}T18:00:00Z", acts + 4)));
        town.logs_times("Discord refuses a message", acts).await;
        assert_eq!((refused(&town), complaints(&town)), (acts, acts), "{}", town.bot.log());
        if acts < 3 {
            town.command(&anna, Place::Dm, "journey").await;
        }
    }
    town.discord.clear_faults();
    town.command(&anna, Place::Dm, "journey").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn reminders_that_all_hang_keep_nobody_from_an_answer_and_come_later() {
    let (town, mut running) = Town::new().await;
    let people: Vec<_> = (0..64).map(|number| town.discord.person(&format!("person{number}"))).collect();
    for some in people.chunks(32) {
        futures_util::future::join_all(some.iter().map(|person| town.settles_in(person))).await;
    }
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    for person in &people {
        let theirs = format!("/channels/{}/messages", person.dm_channel());
        town.discord.fault(Fault::new("POST", &theirs, FaultAction::Hang));
    }
    town.discord.forget_records();
    let moving = std::thread::spawn(move || {
        running.move_to(time(MORNING));
        running
    });
    let hung = |discord: &FakeDiscord| discord.count_requests(|request| request.status == 0) >= 48;
    assert!(town.discord.wait_until(hung, LONG).await, "{}", town.bot.log());
    town.command(&anna, Place::Server, "letgo").await;
    town.sees(&anna, "Letting go: what it is", 1).await;
    let still = people.iter().filter(|person| town.times(person, REMINDER) == 0).count();
    assert_eq!(still, 64, "and it did not wait for them");
    // Their connections are reset, which says nothing of what became of them.
    town.discord.clear_faults();
    let mut running = moving.join().unwrap();
    running.live_until(time("2026-05-05T08:00:00Z"));
    for person in &people {
        assert_eq!(town.times(person, REMINDER), 1, "{}", person.name);
    }
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_hangs_is_given_up_and_the_reminder_comes_later() {
    let (mut town, running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.settles_in(&anna).await;
    assert!(running.end().success());
    town.bot.set_wait("request=500");
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    town.discord.fault(Fault::new("POST", "/messages", FaultAction::Hang));
    running.live_until(time("2026-05-05T08:00:00Z"));
    assert_eq!(town.discord.count_requests(|request| request.status == 0), 1);
    town.sees(&anna, REMINDER, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn discord_refuses_two_thousand_times_in_ten_minutes_and_is_asked_no_more() {
    let discord = FakeDiscord::start().await;
    let api = Api::new(&discord.base(), &discord.token().into(), 0).unwrap();
    let application = api.application().await.unwrap();
    discord.fault(Fault::new("GET", "", FaultAction::error(403, 50001, "Missing Access")).times(20_000));
    let refused = |discord: &FakeDiscord| discord.count_requests(|request| request.status == 403);
    let is_held = |told: Result<_, Refusal>| matches!(told, Err(Refusal::Wait(_)));
    let mut held = (0, 0);
    for _ in 0..1_500 {
        held.0 += usize::from(is_held(api.commands(application, None).await.map(drop)));
    }
    assert_eq!((refused(&discord), held.0), (1_000, 500), "what nobody waits for stops first");
    for _ in 0..1_500 {
        held.1 += usize::from(is_held(api.application().await.map(drop)));
    }
    assert_eq!((refused(&discord), held.1), (2_000, 500), "far from the ten thousand that ban the address");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_between_the_answer_and_the_screen_is_told_at_once_and_the_answer_comes() {
    let town = Town::without_bot().await;
    let panics = town.bot.start_with(Some(time(EVENING)), &[("REKINDLE_PANIC_AT", "before-callback:3")]);
    let mut running = town.start(panics).await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let line = town.answer(&town.chooses(&anna, 7).await).await;
    assert!(line.text().contains("on its way"), "{}", line.text());
    running.live_until(time("2026-05-04T18:05:00Z"));
    town.sees(&anna, CHOSEN, 1).await;
    assert!(town.command(&anna, Place::Dm, "help").await.text().contains("/cooloff"));
    town.is_well();
}
