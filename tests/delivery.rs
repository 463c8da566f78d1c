//! The promises of the outbox, with the real store, service, scheduler and dispatcher over a way out that fails on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rekindle::chat::{
    Account, Action, Address, DeliveryId, Inbound, InboundId, Parcel, Reach, Reply, Response, SendOutcome, Transport,
    What,
};
use rekindle::clock::Clock;
use rekindle::dispatcher::Dispatcher;
use rekindle::prompts::{Prompts, Source};
use rekindle::scheduler::Scheduler;
use rekindle::service::{Answered, Service};
use rekindle::store::{KeySource, Paths, Store};

/// Records what is sent; answers as scripted, else that it was sent.
#[derive(Default)]
struct Wire {
    sent: Mutex<Vec<(String, DeliveryId, String)>>,
    outcomes: Mutex<VecDeque<SendOutcome>>,
}

impl Transport for Wire {
    async fn send(&self, parcel: &Parcel) -> SendOutcome {
        self.sent.lock().unwrap().push((parcel.to.0.clone(), parcel.id, parcel.reply.body.clone()));
        self.outcomes.lock().unwrap().pop_front().unwrap_or(SendOutcome::Sent(None))
    }
}

/// One bot on a file store, with a clock that the test moves.
struct Bot {
    clock: Clock,
    wire: Arc<Wire>,
    store: Store,
    service: Arc<Service>,
    scheduler: Scheduler,
    dispatcher: Dispatcher<Wire>,
    events: u32,
    _home: tempfile::TempDir,
}

impl Bot {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths { data: home.path().join("a.db"), keys: home.path().join("a.keys") };
        let (store, _) = Store::open(&paths, &KeySource::passing().unwrap()).unwrap();
        let prompts = Arc::new(Prompts::load(&Source::built_in()).unwrap());
        let clock = Clock::at("2026-05-04T18:00:00Z".parse().unwrap());
        let wire = Arc::new(Wire::default());
        let service = Arc::new(Service::new(store.clone(), Arc::clone(&prompts), clock.clone()));
        let scheduler = Scheduler::new(store.clone(), Arc::clone(&service), clock.clone());
        let dispatcher = Dispatcher::new(store.clone(), prompts, clock.clone(), Arc::clone(&wire));
        Self { clock, wire, store, service, scheduler, dispatcher, events: 0, _home: home }
    }

    fn inbound(&mut self, who: &str, what: What) -> Inbound {
        self.events += 1;
        Inbound {
            id: InboundId(format!("event-{}", self.events)),
            account: Account { platform: "test".into(), id: who.into() },
            reach: Reach::Direct(Address(format!("dm-{who}"))),
            locale: Some("en".into()),
            ticket: None,
            what,
        }
    }

    /// Does something and sees the answer.
    async fn does(&mut self, who: &str, what: What) -> Reply {
        let inbound = self.inbound(who, what);
        let answered = self.service.handle(inbound).await;
        if let Some(delivery) = answered.delivery {
            self.service.shown(delivery);
        }
        reply(answered)
    }

    /// A person with a time apart of a week that runs since today.
    async fn settles_in(&mut self, who: &str) {
        self.does(who, What::Press(Action::compose(0, "consent"))).await;
        let journey = self.does(who, What::command("journey")).await;
        let (number, _) = journey.choices[0].action.parts().unwrap();
        for press in ["length:7", "every:1", "zone:Europe/Berlin", "cooloff-begin"] {
            self.does(who, What::Press(Action::compose(number, press))).await;
        }
    }

    async fn at(&self, time: &str) {
        self.clock.advance_to(time.parse().unwrap()).unwrap();
        self.runs().await;
    }

    async fn runs(&self) {
        self.scheduler.fire_due().await.unwrap();
        self.dispatcher.deliver_due().await.unwrap();
    }

    fn sent(&self) -> Vec<(String, DeliveryId, String)> {
        std::mem::take(&mut *self.wire.sent.lock().unwrap())
    }

    fn next_time(&self, outcome: SendOutcome) {
        self.wire.outcomes.lock().unwrap().push_back(outcome);
    }
}

fn reply(answered: Answered) -> Reply {
    match answered.response {
        Response::Reply(reply) => reply,
        Response::Form(form) => panic!("a form: {}", form.title),
    }
}

fn later(clock: &Clock, seconds: i64) -> Timestamp {
    clock.now().checked_add(SignedDuration::from_secs(seconds)).unwrap()
}

#[tokio::test]
async fn a_failed_send_is_tried_again_with_the_same_id_and_not_before_it_may() {
    let mut bot = Bot::new();
    bot.settles_in("anna").await;
    bot.next_time(SendOutcome::Later(Some(Duration::from_secs(90))));
    bot.at("2026-05-05T07:00:00Z").await;
    let first = bot.sent();
    assert_eq!(first.len(), 1);
    bot.clock.advance_to(later(&bot.clock, 89)).unwrap();
    bot.runs().await;
    assert_eq!(bot.sent(), [], "the platform said when");
    bot.clock.advance_to(later(&bot.clock, 30)).unwrap();
    bot.runs().await;
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
    let closed = first[0].0.trim_start_matches("dm-").to_owned();
    bot.does(&closed, What::command("journey")).await;
    bot.runs().await;
    // Quiet hours in Berlin have begun at 20:00 UTC: it waits for the morning, and then the newer note takes its place.
    assert_eq!(bot.sent(), []);
    bot.at("2026-05-06T06:00:00Z").await;
    let again = bot.sent();
    assert_eq!(again.len(), 1);
    assert_eq!((&again[0].0, again[0].1), (&first[0].0, first[0].1));
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
    assert_ne!(first[0].1, second[0].1);
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
    bot.clock.advance_to(later(&bot.clock, 61)).unwrap();
    bot.runs().await;
    assert_eq!(bot.sent(), [("dm-anna".to_owned(), delivery, shown.body)]);
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
