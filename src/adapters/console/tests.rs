//! Scripts against a house made of paper: what the adapter hands in, and what it prints.

use std::sync::{Arc, Mutex};

use super::screen::tests::{Paper, message};
use super::*;
use crate::chat::{Action, Field, Form, Parcel, SendOutcome, Transport as _};
use crate::journey::Manner;

/// Writes down what comes in, and gives a fixed answer to each.
struct PaperHouse {
    now: Timestamp,
    transport: ConsoleTransport,
    clock: Arc<Mutex<Timestamp>>,
    ledger: Arc<Mutex<Vec<String>>>,
    ids: Arc<Mutex<Vec<InboundId>>>,
}

impl PaperHouse {
    fn wrote(&self, entry: String) {
        self.ledger.lock().unwrap().push(entry);
    }

    async fn arrives(&self, to: &str, id: i64, body: &str, labels: &[&str]) {
        let parcel = Parcel {
            to: Address(to.into()),
            id: DeliveryId(id),
            reply: message(body, labels),
            urgent: false,
            unsure: false,
            ticket: None,
        };
        let sent = self.transport.send(&parcel).await;
        assert_eq!(sent, SendOutcome::Sent(None));
    }
}

fn field(label: &str, hint: &str, long: bool, max: u16) -> Field {
    Field { label: label.into(), hint: hint.into(), long, max, optional: false }
}

impl House for PaperHouse {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn handle(&self, inbound: Inbound) -> Answered {
        let who = match &inbound.reach {
            Reach::Direct(address) => format!("{} at {}", inbound.account.id, address.0),
            Reach::Elsewhere(_) => panic!("the terminal is always the direct message"),
        };
        assert_eq!((inbound.account.platform.as_str(), inbound.locale.as_deref()), ("console", Some("en")));
        self.ids.lock().unwrap().push(inbound.id);
        let (entry, response) = match inbound.what {
            What::Command { name, .. } => {
                let labels: &[&str] = if name == "start" { &["letter", "quiet", "no"] } else { &[] };
                (format!("command {name}"), Response::Reply(message(&format!("You typed {name}."), labels)))
            }
            What::Press(action) if action.as_str() == "1:1:letter" => {
                let fields = vec![field("Letter", "to nobody", true, 20)];
                ("opens the letter".into(), Response::Form(Form { action, title: "A letter".into(), fields }))
            }
            What::Press(action) if action.as_str() == "1:1:quiet" => {
                let fields = vec![field("From", "22:00", false, 5), field("Until", "", false, 5)];
                ("opens quiet hours".into(), Response::Form(Form { action, title: "Quiet hours".into(), fields }))
            }
            What::Press(action) => (format!("press {}", action.as_str()), Response::Reply(message("Pressed.", &[]))),
            What::Submit { action, fields } => {
                let fields: Vec<_> = fields.iter().map(Words::expose).collect();
                (format!("submit {} {fields:?}", action.as_str()), Response::Reply(message("Kept.", &[])))
            }
            What::WordsWithFiles(_) | What::Forwarded { .. } | What::Edited(_) | What::NotText => {
                unreachable!("no such thing in a terminal")
            }
            What::Words(words) => (format!("words {:?}", words.expose()), Response::Reply(message("I hear you.", &[]))),
        };
        self.wrote(format!("{who}: {entry}"));
        let delivery = matches!(response, Response::Reply(_)).then_some(DeliveryId(100));
        Answered { response, delivery, manner: Manner::Opens, private: false, clears: false }
    }

    async fn shown(&self, delivery: DeliveryId) {
        self.wrote(format!("shown {}", delivery.0));
    }

    fn commands(&self, _: &str) -> Vec<Command> {
        Vec::new()
    }

    async fn next_at(&self) -> anyhow::Result<Option<Timestamp>> {
        Ok(None)
    }

    async fn advance_to(&mut self, to: Timestamp) -> anyhow::Result<()> {
        *self.clock.lock().unwrap() = self.now + SignedDuration::from_hours(1);
        self.arrives("you", 1, "A note for you is ready.", &["open"]).await;
        self.arrives("ann", 2, "A note for Ann.", &["hers"]).await;
        self.now = to;
        *self.clock.lock().unwrap() = to;
        Ok(())
    }

    async fn settle(&self) {
        self.wrote("settle".into());
    }

    async fn restart(&mut self, away: Option<SignedDuration>) -> anyhow::Result<()> {
        self.wrote(format!("restart {away:?}"));
        self.now += away.unwrap_or_default();
        Ok(())
    }
}

/// What a script prints, and what it hands in.
async fn played(zone: &str, script: &str) -> (String, Vec<String>) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), script).unwrap();
    let paper = Paper::default();
    let screen = Screen::into_writer(Box::new(paper.clone()));
    let now: Timestamp = "2026-03-28T12:00:00Z".parse().unwrap();
    let clock = Arc::new(Mutex::new(now));
    let zone = TimeZone::get(zone).unwrap();
    let transport = ConsoleTransport::new(screen.clone(), zone.clone(), {
        let clock = clock.clone();
        move || *clock.lock().unwrap()
    });
    let ledger = Arc::new(Mutex::new(Vec::new()));
    let ids = Arc::new(Mutex::new(Vec::new()));
    let house = PaperHouse { now, transport, clock, ledger: ledger.clone(), ids: ids.clone() };
    let options = ConsoleOptions { script: Some(file.path().to_owned()), zone, ..ConsoleOptions::default() };
    run(options, house, screen).await.unwrap();

    let ids = ids.lock().unwrap();
    let different: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(different.len(), ids.len(), "every act has an id of its own");
    let entries = ledger.lock().unwrap().iter().filter(|entry| *entry != "settle").cloned().collect();
    (paper.text(), entries)
}

#[tokio::test]
async fn commands_words_and_numbers_are_handed_in() {
    let (printed, entries) = played("UTC", "# how it starts\n/start\n\n3\n7\nI miss them :(\n:what\n/help\n").await;
    insta::assert_snapshot!(printed, @r"
    > /start
    You typed start.

      1) letter
      2) quiet
      3) no

    > 3
    Pressed.

    > 7
    The latest message has the choices 1 to 3.

    > I miss them :(
    I hear you.

    > :what
    The terminal has no such command; :help lists what it has.

    > /help
    You typed help.
    ");
    assert_eq!(
        entries,
        [
            "you at you: command start",
            "shown 100",
            "you at you: press 1:1:no",
            "shown 100",
            "you at you: words \"I miss them :(\"",
            "shown 100",
            "you at you: command help",
            "shown 100",
        ]
    );
}

#[tokio::test]
async fn a_choice_is_taken_by_its_label_or_its_token() {
    let script = "/start\n NO \nno thanks\n:skip 1d\nNo\n=open\n=no\n=length:14\n=)\n";
    let (printed, entries) = played("UTC", script).await;
    assert!(printed.contains("> =length:14\nNo message here has offered “length:14” yet.\n"), "{printed}");
    let acts: Vec<_> = entries.iter().filter(|entry| *entry != "shown 100").map(String::as_str).collect();
    assert_eq!(
        acts,
        [
            "you at you: command start",
            "you at you: press 1:1:no",
            "you at you: words \"no thanks\"",
            // The latest message now offers something else, and the earlier one only by its token.
            "you at you: words \"No\"",
            "you at you: press 1:1:open",
            "you at you: press 1:1:no",
            "you at you: words \"=)\"",
        ]
    );
}

#[tokio::test]
async fn forms_are_asked_question_by_question() {
    let (printed, entries) =
        played("UTC", "/start\n=letter\n:now\nmuch too long a line for it\n\n=letter\nDear you,\n2\n.\n=quiet\n22:00\n07:00\n=quiet\n:cancel\n=quiet\n:quit\n/help\n")
            .await;
    insta::assert_snapshot!(printed, @r"
    > /start
    You typed start.

      1) letter
      2) quiet
      3) no

    > =letter
    A letter (:cancel leaves)
    Letter (to nobody; several lines; an empty line or a dot alone ends)
    > :now
    A form is open: answer it, or leave it with :cancel.
    > much too long a line for it
    >

    Kept.

    > =letter
    A letter (:cancel leaves)
    Letter (to nobody; several lines; an empty line or a dot alone ends)
    > Dear you,
    > 2
    > .

    Kept.

    > =quiet
    Quiet hours (:cancel leaves)
    From (22:00)
    > 22:00
    Until
    > 07:00

    Kept.

    > =quiet
    Quiet hours (:cancel leaves)
    From (22:00)
    > :cancel
    Left the form; nothing was sent.

    > =quiet
    Quiet hours (:cancel leaves)
    From (22:00)
    > :quit
    ");
    let submitted: Vec<_> = entries.iter().filter(|entry| entry.contains("submit")).collect();
    assert_eq!(
        submitted,
        [
            r#"you at you: submit 1:1:letter ["much too long a line for it"]"#,
            r#"you at you: submit 1:1:letter ["Dear you,\n2"]"#,
            r#"you at you: submit 1:1:quiet ["22:00", "07:00"]"#
        ]
    );
}

#[tokio::test]
async fn time_moves_on_and_what_arrives_is_the_latest_to_choose_from() {
    let script = "1\n:now\n/start\n:skip 1d\n=open\n:to 2026-03-29 02:30\n:skip 9999y\n:as ann\n=hers\nhello\n:restart 4d\n:restart\n";
    let (printed, entries) = played("Europe/Berlin", script).await;
    insta::assert_snapshot!(printed, @r"
    > 1
    There is nothing to choose from yet; /help shows what you can do.

    > :now
    It is Sat 2026-03-28 13:00 (Europe/Berlin).

    > /start
    You typed start.

      1) letter
      2) quiet
      3) no

    > :skip 1d
    — Sat 2026-03-28 14:00 —
    A note for you is ready.

      1) open

    [ann] — Sat 2026-03-28 14:00 —
    A note for Ann.

      1) hers

    It is Sun 2026-03-29 13:00 (Europe/Berlin).

    > =open
    Pressed.

    > :to 2026-03-29 02:30
    It is already Sun 2026-03-29 13:00 (Europe/Berlin), and time only goes forward.

    > :skip 9999y
    That is further than the calendar goes.

    > :as ann
    You are ann now.

    > =hers
    Pressed.

    > hello
    I hear you.

    > :restart 4d
    Closed and opened again. It is Thu 2026-04-02 13:00 (Europe/Berlin).

    > :restart
    Closed and opened again. It is Thu 2026-04-02 13:00 (Europe/Berlin).
    ");
    let acts: Vec<_> = entries.iter().filter(|entry| *entry != "shown 100").map(String::as_str).collect();
    assert_eq!(
        acts,
        [
            "you at you: command start",
            "you at you: press 1:1:open",
            "ann at ann: press 1:1:hers",
            "ann at ann: words \"hello\"",
            "restart Some(96h)",
            "restart None",
        ]
    );
}

#[tokio::test]
async fn a_script_that_is_missing_is_named() {
    let screen = Screen::into_writer(Box::new(Paper::default()));
    let transport = ConsoleTransport::new(screen.clone(), TimeZone::UTC, Timestamp::default);
    let now = Timestamp::default();
    let house = PaperHouse { now, transport, clock: Arc::default(), ledger: Arc::default(), ids: Arc::default() };
    let options = ConsoleOptions { script: Some("no/such/script".into()), ..ConsoleOptions::default() };
    let error = run(options, house, screen).await.unwrap_err();
    assert!(error.to_string().starts_with("cannot read what is typed in no/such/script: "), "{error}");
}

#[test]
fn no_act_of_one_run_has_the_id_of_another() {
    let (mut one, mut other) = (Ids::new(), Ids::new());
    let ids = [one.next(), one.next(), other.next(), other.next()];
    let different: std::collections::HashSet<_> = ids.iter().collect();
    assert_eq!(different.len(), 4);
    assert_ne!(Action::from_wire(&ids[0].0), Action::from_wire(&ids[2].0));
}
