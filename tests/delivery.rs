//! The promises of the outbox, with the real store, service, scheduler and dispatcher over a way out that fails on demand.

use std::time::Duration;

use jiff::SignedDuration;
use rekindle::chat::{Action, Reply, SendOutcome, What};

use crate::support::bot::{Bot, reply};

#[tokio::test]
async fn a_failed_send_is_tried_again_with_the_same_id_and_not_before_it_may() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    bot.next_time(SendOutcome::Later(Some(Duration::from_secs(90))));
    bot.at("2026-05-05T07:00:00Z").await;
    let first = bot.sent();
    assert_eq!(first.len(), 1);
    bot.passes(SignedDuration::from_secs(89)).await;
    assert_eq!(bot.sent(), [], "the platform said when");
    bot.passes(SignedDuration::from_secs(30)).await;
    assert_eq!(bot.sent(), first);
    bot.runs().await;
    assert_eq!(bot.sent(), [], "settled");
}

#[tokio::test]
async fn a_closed_direct_message_parks_the_note_until_the_person_acts() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    bot.settles_in("ben").await;
    bot.next_time(SendOutcome::Closed);
    bot.at("2026-05-05T07:00:00Z").await;
    let first = bot.sent();
    assert_eq!(first.len(), 2, "ben is not held up: {first:?}");
    bot.at("2026-05-05T20:00:00Z").await;
    assert_eq!(bot.sent(), [], "no endless retry");
    let closed = first[0].to.trim_start_matches("dm-").to_owned();
    bot.does(&closed, What::command("journey")).await;
    bot.runs().await;
    // Quiet hours in Berlin have begun at 20:00 UTC: it waits for the morning, and then the newer note takes its place.
    assert_eq!(bot.sent(), []);
    bot.at("2026-05-06T06:00:00Z").await;
    let again = bot.sent();
    assert_eq!(again.len(), 1);
    assert_eq!((&again[0].to, again[0].id), (&first[0].to, first[0].id));
}

#[tokio::test]
async fn a_newer_reminder_takes_the_place_of_one_that_could_not_be_sent() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    bot.next_time(SendOutcome::Closed);
    bot.at("2026-05-05T07:00:00Z").await;
    let first = bot.sent();
    bot.next_time(SendOutcome::Closed);
    bot.at("2026-05-06T07:00:00Z").await;
    let second = bot.sent();
    assert_ne!(first[0].id, second[0].id);
    bot.does("anna", What::command("journey")).await;
    bot.runs().await;
    assert_eq!(bot.sent(), second, "one note, the newer one");
}

#[tokio::test]
async fn an_event_that_arrives_twice_gets_the_same_answer_and_changes_nothing() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    bot.does("anna", What::command("cooloff")).await;
    let number = bot.does("anna", What::command("journey")).await.choices[0].action.parts().unwrap().0;
    bot.does("anna", What::Press(Action::compose(number, "urge"))).await;
    let inbound = bot.inbound("anna", What::Press(Action::compose(number, "urge-passed")));
    let first = bot.service.handle(inbound.clone()).await;
    let (delivery, first) = (first.delivery, reply(first));
    let again = bot.service.handle(inbound).await;
    assert_eq!(again.delivery, delivery);
    assert_eq!(reply(again), first);
    let place = bot.does("anna", What::command("journey")).await;
    assert!(place.body.contains("**Urges that passed:** 1"), "counted once: {}", place.body);
}

#[tokio::test]
async fn an_answer_that_nobody_saw_goes_out_as_a_direct_message() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    let number = bot.does("anna", What::command("journey")).await.choices[0].action.parts().unwrap().0;
    let inbound = bot.inbound("anna", What::Press(Action::compose(number, "urge-passed")));
    let answered = bot.service.handle(inbound).await;
    let (delivery, shown) = (answered.delivery.unwrap(), reply(answered));
    bot.runs().await;
    assert_eq!(bot.sent(), [], "the adapter is about to show it");
    bot.passes(SignedDuration::from_secs(61)).await;
    let sent: Vec<_> = bot.sent().into_iter().map(|sent| (sent.to, sent.id, sent.reply.body)).collect();
    assert_eq!(sent, [("dm-anna".to_owned(), delivery, shown.body)]);
}

#[tokio::test]
async fn forged_stale_and_foreign_buttons_are_answered_and_change_nothing() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    bot.settles_in("ben").await;
    let number = |reply: &Reply| reply.choices[0].action.parts().unwrap().0;
    let anna = number(&bot.does("anna", What::command("journey")).await);
    let before = bot.does("ben", What::command("journey")).await;
    let forged = ["", "1:1", "9:1:urge", "1:x:urge", "1:1:nothing", "1:1:mood:1:9:9", "🦀", "1:999999:slip-restart"];
    for text in forged {
        let answer = bot.does("ben", What::Press(Action::from_wire(text))).await;
        assert!(!answer.choices.is_empty(), "{text}");
    }
    bot.does("ben", What::Press(Action::compose(anna, "forget-all"))).await;
    bot.does("ben", What::Press(Action::compose(anna, "slip-restart"))).await;
    assert_eq!(bot.does("ben", What::command("journey")).await, before);
    bot.store.close().await;
    let kind = bot.does("ben", What::command("journey")).await;
    assert!(!kind.body.is_empty() && !kind.choices.is_empty(), "also when nothing can be saved: {kind:?}");
}
