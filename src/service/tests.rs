//! The service over a real store: what waits to be sent when the way closes, and the journal over sealed words.

use jiff::SignedDuration;

use super::*;
use crate::chat::{Account, Address, InboundId, PersonId, Reach, Reply, What};
use crate::journey::Timer;
use crate::scheduler::Scheduler;
use crate::store::{KeySource, Paths, View};
use crate::witness::DateHeaders;

struct Bot {
    clock: Clock,
    store: Store,
    service: Arc<Service>,
    scheduler: Scheduler,
    dates: DateHeaders,
    events: u32,
    home: tempfile::TempDir,
}

impl Bot {
    /// A bot that knows a person in Berlin for whom the way is open.
    async fn new() -> Self {
        let mut bot = Self::empty(false);
        for press in ["consent", "zone:Europe/Berlin", "gate:contact:no", "gate:violence:no", "gate:court:no"] {
            bot.presses("anna", press).await;
        }
        bot
    }

    /// A bot that knows nobody. The date is confirmed by headers, or by whoever moves the clock.
    fn empty(by_headers: bool) -> Self {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths { data: home.path().join("a.db"), keys: home.path().join("a.keys") };
        let (store, _) = Store::open(&paths, &KeySource::passing().unwrap()).unwrap();
        let prompts = Prompts::built_in().unwrap();
        let clock = Clock::at("2026-05-04T10:00:00Z".parse().unwrap());
        let dates = DateHeaders::default();
        let witness = if by_headers { Witness::Headers(dates.clone()) } else { Witness::of(&clock) };
        let service = Arc::new(Service::new(store.clone(), prompts, clock.clone()).with_witness(witness));
        let scheduler = Scheduler::new(store.clone(), Arc::clone(&service), clock.clone());
        Self { clock, store, service, scheduler, dates, events: 0, home }
    }

    /// Lives through so many days with what is due on each, by this clock.
    async fn lives(&self, days: i64) {
        for _ in 0..days {
            self.passes(24).await;
            self.service.note_date().await.unwrap();
        }
    }

    async fn is_known(&self, who: &str) -> bool {
        let account = Account { platform: "test".into(), id: who.into() };
        self.store.read(move |view| view.person(&account)).await.unwrap().is_some()
    }

    /// Takes what was sent as delivered, so that the announcement of a deletion counts as told.
    async fn delivers(&self) {
        let now = self.clock.now();
        let lease = now + SignedDuration::from_mins(1);
        self.store
            .write(move |tx| {
                // One at a time for each person.
                loop {
                    let ready = tx.claim(now, lease, 9)?.ready;
                    for claimed in &ready {
                        tx.settle(claimed.id)?;
                    }
                    if ready.is_empty() {
                        return Ok(());
                    }
                }
            })
            .await
            .unwrap();
    }

    async fn answer(&mut self, who: &str, what: What) -> Response {
        self.events += 1;
        let account = Account { platform: "test".into(), id: who.into() };
        let (id, reach) = (InboundId(format!("event-{}", self.events)), Reach::Direct(Address(format!("dm-{who}"))));
        let inbound = Inbound { id, account, reach, locale: Some("en".into()), ticket: None, what };
        self.service.handle(inbound).await.response
    }

    async fn does(&mut self, who: &str, what: What) -> Reply {
        match self.answer(who, what).await {
            Response::Reply(reply) => reply,
            Response::Form(form) => panic!("a form: {}", form.title),
        }
    }

    /// Whether a press of anna's opens a form.
    async fn opens(&mut self, press: &str) -> bool {
        matches!(self.answer("anna", What::Press(Action::compose(1, press))).await, Response::Form(_))
    }

    /// Journey number 1 is anna's; 0 stands for a button from before consent.
    async fn presses(&mut self, who: &str, press: &str) -> Reply {
        let number = u64::from(press != "consent" && who == "anna");
        self.does(who, What::Press(Action::compose(number, press))).await
    }

    async fn writes(&mut self, press: &str, words: &str) -> Reply {
        let (action, fields) = (Action::compose(1, press), vec![Words::new(words)]);
        self.does("anna", What::Submit { action, fields }).await
    }

    async fn passes(&self, hours: i64) {
        let to = self.clock.now().checked_add(SignedDuration::from_hours(hours)).unwrap();
        self.clock.advance_to(to).unwrap();
        self.scheduler.fire_due().await.unwrap();
    }

    /// How many messages of a timer wait to be sent to anna; they are taken away by asking.
    async fn unsent(&self, timer: Timer) -> usize {
        self.store.write(move |tx| tx.withdraw(PersonId(1), timer)).await.unwrap()
    }
}

#[tokio::test]
async fn a_note_that_waits_to_be_sent_is_taken_back_when_they_say_no() {
    for closing in ["said-no", "gate:court:yes"] {
        for (sent, expected) in [(true, 0), (false, 1)] {
            let mut bot = Bot::new().await;
            bot.presses("anna", "plan-at:2026-05-04:900").await;
            bot.writes("draft-form", "Would you be open to a call?").await;
            bot.passes(24).await;
            if sent {
                bot.presses("anna", closing).await;
            }
            for timer in [Timer::Planned, Timer::Draft] {
                assert_eq!(bot.unsent(timer).await, expected, "{timer} after {closing}: {sent}");
            }
        }
    }
}

#[tokio::test]
async fn an_old_button_opens_no_form_behind_a_gate_that_is_shut_or_in_promised_quiet() {
    let forms = ["draft-form", "plan-form", "point-form", "talk-form", "wait-form:reachout:1"];
    for (closing, held) in
        [("said-no", &forms[..]), ("gate:court:yes", &forms[..]), ("wait-unsaid:reachout:1", &forms[..2])]
    {
        let mut bot = Bot::new().await;
        for form in forms {
            assert!(bot.opens(form).await, "{form} opens while the way is open");
        }
        bot.presses("anna", closing).await;
        for form in forms {
            assert_eq!(bot.opens(form).await, !held.contains(&form), "{form} after {closing}");
        }
        assert!(bot.opens("write-letter").await, "what is one's own stays open");
    }
}

#[tokio::test]
async fn a_letter_of_four_thousand_characters_is_read_whole_in_the_journal() {
    let mut bot = Bot::new().await;
    let letter = "*wörter*_für_dich @alle ".repeat(166);
    assert!(letter.trim().chars().count() > 3900);
    bot.writes("write-letter", &letter).await;
    let mut read = String::new();
    let mut page = bot.presses("anna", "shelved:letters").await;
    loop {
        let length = page.body.chars().count() + page.heading.as_ref().map_or(0, |heading| heading.chars().count() + 6);
        assert!(length <= 2000, "{length}");
        read.extend(page.body.lines().filter_map(|line| line.strip_prefix("> ")).flat_map(|line| [line, " "]));
        let next = page.choices.iter().find(|choice| choice.label.starts_with("Part "));
        let Some(next) = next.filter(|choice| {
            let shown =
                page.body.lines().find_map(|line| line.strip_prefix("Part ")).and_then(|rest| rest.chars().next());
            choice.label.chars().last() > shown
        }) else {
            break;
        };
        let (_, token) = next.action.parts().unwrap();
        let token = token.to_owned();
        page = bot.presses("anna", &token).await;
    }
    let bare = |text: &str| text.replace(['\\', '\u{200b}', ' ', '\n'], "");
    assert_eq!(bare(&read), bare(&letter));
}

#[tokio::test]
async fn nobody_reads_or_deletes_what_another_person_wrote() {
    let mut bot = Bot::new().await;
    bot.writes("reflection:part", "I kept the bill.").await;
    bot.presses("ben", "consent").await;
    let number = bot.does("ben", What::command("journey")).await.choices[0].action.parts().unwrap().0;
    for press in ["leaf:all:1:1", "older:all:9", "drop:all:1", "letter-burn:1", "draft-burn:1"] {
        let reply = bot.does("ben", What::Press(Action::compose(number, press))).await;
        assert!(!reply.body.contains("bill"), "{press}");
    }
    assert!(bot.presses("anna", "shelved:reflect").await.body.contains("I kept the bill."));
    bot.presses("anna", "drop:reflect:1").await;
    assert!(!bot.presses("anna", "ask:part").await.body.contains("bill"), "gone wherever it was used");
    assert_eq!(bot.presses("anna", "journal").await.choices.len(), 3, "an empty journal");
}

#[tokio::test]
async fn a_draft_that_presses_gets_its_hint_from_the_lists() {
    let mut bot = Bot::new().await;
    let reply = bot.writes("draft-form", "This is your last chance. Answer me.").await;
    assert!(
        reply.body.contains("It may feel like pressure") && reply.body.contains("It may sound like a demand"),
        "{}",
        reply.body
    );
    let reply = bot.writes("draft-form", "Would you be open to a call? A no is fine.").await;
    assert!(!reply.body.contains("It may"), "{}", reply.body);
}

#[tokio::test]
async fn people_to_talk_to_and_a_cleared_screen_need_no_store() {
    let mut bot = Bot::new().await;
    bot.store.clone().close().await;
    let anywhere = bot.does("anna", What::command("support")).await;
    assert!(anywhere.body.contains("findahelpline"), "{}", anywhere.body);
    assert!(anywhere.choices.iter().any(|choice| choice.label == "Germany"));
    for (press, number) in [
        ("support-in:de", "0800 111 0 111"),
        ("support-for:violence:de", "116 016"),
        ("support-for:youth:de", "116 111"),
        ("support-need:stop_violence", "findahelpline"),
        ("support-countries", "findahelpline"),
    ] {
        let lines = bot.presses("anna", press).await;
        assert!(lines.body.contains(number), "{press}: {}", lines.body);
    }
    let germany = bot.presses("anna", "support-in:de").await;
    let labels: Vec<_> = germany.choices.iter().map(|choice| choice.label.as_str()).collect();
    let needs = ["Someone hurts or threatens me", "I'm afraid I'll hurt someone", "Lines for young people"];
    assert_eq!(labels, [&needs[..], &["Other countries", "Start"]].concat());
    assert!(bot.does("anna", What::command("hide")).await.choices.iter().any(|choice| choice.label == "Support"));
    for (words, care) in [("i want to kil myslef", true), ("we had soup", false)] {
        let reply = bot.does("anna", What::Words(Words::new(words))).await;
        assert!(reply.body.contains(words), "it is not lost: {}", reply.body);
        assert_eq!(reply.body.contains("findahelpline"), care, "{}", reply.body);
        assert!(reply.choices.iter().any(|choice| choice.label == "Support"));
    }
    let sorry = bot.presses("anna", "reasons").await;
    let labels: Vec<_> = sorry.choices.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(labels, ["The reasons", "Support"]);
}

#[tokio::test]
async fn where_a_commit_fails_what_only_shows_is_shown_as_if_it_had_not() {
    let bot = Bot::new().await;
    let disk = rusqlite::Connection::open(bot.home.path().join("a.db")).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON deliveries BEGIN SELECT raise(ABORT, 'full'); END";
    let mut shown = 0;
    for (number, press) in Press::samples().into_iter().enumerate() {
        if matches!(press, Press::Forget | Press::ForgetAll | Press::TooYoung) || press.form().is_some() {
            continue;
        }
        let inbound = |id: String| Inbound {
            id: InboundId(id),
            account: Account { platform: "test".into(), id: "anna".into() },
            reach: Reach::Direct(Address("dm-anna".into())),
            locale: Some("en".into()),
            ticket: None,
            what: What::Press(Action::compose(1, &press.token())),
        };
        disk.execute_batch(full).unwrap();
        let unsaved = bot.service.handle(inbound(format!("unsaved-{number}"))).await;
        disk.execute_batch("DROP TRIGGER full").unwrap();
        let saved = bot.service.handle(inbound(format!("saved-{number}"))).await;
        assert_eq!(saved.delivery.is_none(), press.is_stateless(), "{press:?}");
        assert_eq!(unsaved.delivery, None, "{press:?}");
        let Response::Reply(reply) = &unsaved.response else { panic!("a form: {press:?}") };
        if reply.heading.as_deref() != Some("That didn't get saved") {
            shown += 1;
            assert_eq!(unsaved.response, saved.response, "{press:?}");
        }
    }
    assert!(shown > 20, "{shown}");
}

#[tokio::test]
async fn stateless_actions_store_nothing_and_know_the_persons_country() {
    let mut bot = Bot::new().await;
    let rows = |view: &View<'_>| view.replayed(PersonId(1), &InboundId("event-6".into()));
    assert!(bot.presses("anna", "support").await.body.contains("0800 111 0 111"));
    assert_eq!(bot.store.read(rows).await.unwrap(), None);
    bot.presses("anna", "journey").await;
    let rows = |view: &View<'_>| view.replayed(PersonId(1), &InboundId("event-7".into()));
    assert!(bot.store.read(rows).await.unwrap().is_some());
}

#[tokio::test]
async fn without_a_date_from_discord_deletion_waits_for_fourteen_days_of_running() {
    let mut bot = Bot::empty(true);
    bot.presses("ben", "consent").await;
    // Years ahead at once.
    bot.passes(24 * 365 * 5).await;
    bot.lives(12).await;
    assert_eq!(bot.store.read(|view: &View<'_>| view.confirmed_until()).await.unwrap(), None);
    assert!(bot.is_known("ben").await);
    bot.lives(3).await;
    bot.delivers().await;
    // The announcement was confirmed; the end has its own date, and fourteen days after it.
    bot.lives(20).await;
    assert!(bot.is_known("ben").await);
    bot.lives(12).await;
    assert!(!bot.is_known("ben").await);
}

#[tokio::test]
async fn a_date_that_contradicts_the_clock_stands_and_one_that_agrees_deletes() {
    let mut bot = Bot::empty(true);
    bot.presses("ben", "consent").await;
    bot.dates.see("Mon, 04 May 2026 10:00:00 GMT");
    bot.passes(24 * 365 * 5).await;
    bot.lives(40).await;
    assert!(bot.is_known("ben").await, "the days of a clock that is wrong do not count");
    bot.dates.see("Sun, 04 Jul 2032 10:00:00 GMT");
    bot.lives(1).await;
    bot.delivers().await;
    bot.lives(15).await;
    assert!(!bot.is_known("ben").await);
}

#[tokio::test]
async fn the_operator_who_moves_the_clock_confirms_it_and_stores_no_date() {
    let mut bot = Bot::empty(false);
    bot.presses("ben", "consent").await;
    bot.passes(24 * 170).await;
    bot.delivers().await;
    bot.lives(15).await;
    assert!(!bot.is_known("ben").await);
    assert_eq!(bot.store.read(|view: &View<'_>| view.confirmed_until()).await.unwrap(), None);
}

/// Whether the answer is the page for those who are too young, with the lines of youth.
fn is_too_young(reply: &Reply) -> bool {
    reply.heading.as_deref() == Some("I'm made for adults") && reply.body.contains("scrambled mark")
}

fn offers_a_start(reply: &Reply) -> bool {
    reply.choices.iter().any(|choice| choice.action.parts().is_some_and(|(_, token)| token == "start"))
}

#[tokio::test]
async fn whoever_is_too_young_is_marked_for_thirty_days_and_keeps_every_help() {
    let mut bot = Bot::empty(false);
    assert!(is_too_young(&bot.presses("mia", "too-young").await));
    for press in ["start", "consent", "too-young", "journey", "forget", "export"] {
        let reply = bot.presses("mia", press).await;
        assert!(is_too_young(&reply) && !offers_a_start(&reply), "{press}: {}", reply.body);
    }
    assert!(!bot.is_known("mia").await);
    for command in ["help", "privacy", "hide", "support"] {
        let reply = bot.does("mia", What::command(command)).await;
        assert!(!is_too_young(&reply) && !offers_a_start(&reply), "{command}: {}", reply.body);
    }
    let reply = bot.does("mia", What::Words(Words::new("I want to kill myself"))).await;
    assert!(reply.body.contains("findahelpline") && !offers_a_start(&reply), "{}", reply.body);
    assert!(offers_a_start(&bot.does("ben", What::command("help")).await), "nobody else is marked");

    bot.lives(29).await;
    assert!(is_too_young(&bot.presses("mia", "start").await));
    bot.lives(1).await;
    assert!(!is_too_young(&bot.presses("mia", "start").await));
    bot.presses("mia", "consent").await;
    assert!(bot.is_known("mia").await);
}

#[tokio::test]
async fn deleting_everything_as_too_young_marks_the_account() {
    let mut bot = Bot::new().await;
    bot.does("anna", What::Words(Words::new("I'm 16"))).await;
    bot.presses("anna", "adult:no").await;
    bot.presses("anna", "minor-forget").await;
    assert!(!bot.is_known("anna").await);
    assert!(is_too_young(&bot.does("anna", What::command("start")).await));
}

#[tokio::test]
async fn a_running_time_apart_is_stored_in_few_bytes() {
    let mut bot = Bot::empty(false);
    for press in ["consent", "zone:Europe/Berlin", "cooloff-set-up", "length:30", "every:7", "cooloff-begin"] {
        bot.presses("anna", press).await;
    }
    let apart = bot.store.read(|view: &View<'_>| Ok(view.load_journey(PersonId(1))?.unwrap().1)).await.unwrap();
    assert!(apart.cooloff.run.is_some());
    let disk = rusqlite::Connection::open(bot.home.path().join("a.db")).unwrap();
    let bytes: usize = disk.query_row("SELECT length(state) FROM journeys", [], |row| row.get(0)).unwrap();
    // With compression, before defaults were left out, it took 745.
    assert!(bytes <= 704, "{bytes}");
}
