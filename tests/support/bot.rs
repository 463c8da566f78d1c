//! Store, service, scheduler and dispatcher in this process, with a clock that the test moves, over a way out that records
//! what is sent and fails on demand.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use jiff::SignedDuration;
use rekindle::chat::{
    Account, Action, Address, DeliveryId, Inbound, InboundId, Parcel, Reach, Reply, Response, SendOutcome, Transport,
    What, Words,
};
use rekindle::clock::Clock;
use rekindle::dispatcher::Dispatcher;
use rekindle::prompts::Prompts;
use rekindle::scheduler::Scheduler;
use rekindle::service::{Answered, Service};
use rekindle::store::{KeySource, Paths, Store};

use super::folder;

/// A message that was sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    pub to: String,
    pub id: DeliveryId,
    pub reply: Reply,
}

/// Records what is sent; answers as scripted, else that it was sent.
#[derive(Default)]
pub struct Wire {
    sent: Mutex<Vec<Sent>>,
    outcomes: Mutex<VecDeque<SendOutcome>>,
}

impl Transport for Wire {
    async fn send(&self, parcel: &Parcel) -> SendOutcome {
        self.sent.lock().unwrap().push(Sent { to: parcel.to.0.clone(), id: parcel.id, reply: parcel.reply.clone() });
        self.outcomes.lock().unwrap().pop_front().unwrap_or(SendOutcome::Sent(None))
    }
}

/// One bot on a store in files, from 4 May 2026 in the evening on.
pub struct Bot {
    pub store: Store,
    pub service: Arc<Service>,
    clock: Clock,
    wire: Arc<Wire>,
    scheduler: Scheduler,
    dispatcher: Dispatcher<Wire>,
    events: u32,
    home: tempfile::TempDir,
}

impl Bot {
    pub fn new() -> Self {
        let home = folder();
        let paths = Paths { data: home.path().join("a.db"), keys: home.path().join("a.keys") };
        let (store, _) = Store::open(&paths, &KeySource::passing().unwrap()).unwrap();
        let prompts = Prompts::built_in().unwrap();
        let clock = Clock::at("2026-05-04T18:00:00Z".parse().unwrap());
        let wire = Arc::new(Wire::default());
        let service = Arc::new(Service::new(store.clone(), Arc::clone(&prompts), clock.clone()));
        let scheduler = Scheduler::new(store.clone(), Arc::clone(&service), clock.clone());
        let dispatcher = Dispatcher::new(store.clone(), prompts, clock.clone(), Arc::clone(&wire));
        Self { store, service, clock, wire, scheduler, dispatcher, events: 0, home }
    }

    /// What a person does, as an adapter would bring it.
    pub fn inbound(&mut self, who: &str, what: What) -> Inbound {
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

    /// Does something. The answer is not shown.
    pub async fn asks(&mut self, who: &str, what: What) -> Answered {
        let inbound = self.inbound(who, what);
        self.service.handle(inbound).await
    }

    /// Does something and sees the answer.
    pub async fn does(&mut self, who: &str, what: What) -> Reply {
        let answered = self.asks(who, what).await;
        if let Some(delivery) = answered.delivery {
            self.service.shown(delivery);
        }
        reply(answered)
    }

    /// Agrees. Returns the number of their journey.
    pub async fn agrees(&mut self, who: &str) -> u64 {
        self.does(who, What::Press(Action::compose(0, "consent"))).await;
        self.does(who, What::command("journey")).await.choices[0].action.parts().unwrap().0
    }

    /// A person with a time apart of a week that runs since today.
    pub async fn settles_in(&mut self, who: &str) {
        let number = self.agrees(who).await;
        for press in ["length:7", "every:1", "zone:Europe/Berlin", "cooloff-begin"] {
            self.does(who, What::Press(Action::compose(number, press))).await;
        }
    }

    /// A person with a letter of these words. Returns the number of their journey.
    pub async fn writes(&mut self, who: &str, letter: &str) -> u64 {
        let number = self.agrees(who).await;
        let action = Action::compose(number, "write-letter");
        self.does(who, What::Submit { action, fields: vec![Words::new(letter)] }).await;
        number
    }

    /// Moves the time; what is due is sent.
    pub async fn at(&self, time: &str) {
        self.clock.advance_to(time.parse().unwrap()).unwrap();
        self.runs().await;
    }

    /// The same, by so much.
    pub async fn passes(&self, time: SignedDuration) {
        self.clock.advance_to(self.clock.now() + time).unwrap();
        self.runs().await;
    }

    /// Sends what is due.
    pub async fn runs(&self) {
        self.scheduler.fire_due().await.unwrap();
        self.dispatcher.deliver_due().await.unwrap();
    }

    /// What was sent since this was last asked.
    pub fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.wire.sent.lock().unwrap())
    }

    /// What becomes of the next message that is sent.
    pub fn next_time(&self, outcome: SendOutcome) {
        self.wire.outcomes.lock().unwrap().push_back(outcome);
    }

    /// How many rows a table has.
    pub fn rows(&self, file: &str, table: &str) -> i64 {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let database = rusqlite::Connection::open_with_flags(self.home.path().join(file), flags).unwrap();
        database.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap()
    }
}

/// The answer, which is no form.
pub fn reply(answered: Answered) -> Reply {
    match answered.response {
        Response::Reply(reply) => reply,
        Response::Form(form) => panic!("a form: {}", form.title),
    }
}
