//! Everything given back, over the real store, service and dispatcher: the files come with the answer, are made anew where
//! that is lost, and a passphrase outlives nothing. And after half a year of silence, nothing is left.

use age::secrecy::SecretString;
use jiff::SignedDuration;
use rekindle::chat::{Action, Attachment, Response, What, Words};

use crate::support::bot::{Bot, reply};

/// A day.
const DAY: SignedDuration = SignedDuration::from_hours(24);

fn names(files: &[Attachment]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

fn text(file: &Attachment) -> &str {
    std::str::from_utf8(&file.bytes).unwrap()
}

fn press(number: u64, token: &str) -> What {
    What::Press(Action::compose(number, token))
}

#[tokio::test]
async fn the_files_hold_what_is_ones_own_and_nothing_of_another() {
    let mut bot = Bot::new();
    let anna = bot.writes("anna", "zephyrine of anna").await;
    bot.writes("ben", "quetzal of ben").await;
    let asked = bot.does("anna", What::command("export")).await;
    assert!(asked.files.is_empty(), "nothing before it is decided how");
    let given = bot.does("anna", press(anna, "export-plain")).await;
    assert_eq!(names(&given.files), ["notes-2026-05-04.html", "notes-2026-05-04.json"]);
    for file in &given.files {
        assert!(text(file).contains("zephyrine of anna") && !text(file).contains("quetzal"), "{file:?}");
    }
    let delete = &given.choices[0].action;
    let deleted = bot.does("anna", What::Press(delete.clone())).await;
    assert!(deleted.deletes_pressed && !given.deletes_pressed);
}

#[tokio::test]
async fn an_answer_that_is_not_shown_is_sent_with_its_files_made_anew() {
    let mut bot = Bot::new();
    let anna = bot.writes("anna", "the first letter").await;
    bot.asks("anna", press(anna, "export-plain")).await;
    bot.does(
        "anna",
        What::Submit { action: Action::compose(anna, "write-letter"), fields: vec![Words::new("the second")] },
    )
    .await;
    bot.passes(DAY).await;
    let sent = bot.sent();
    assert_eq!((sent.len(), names(&sent[0].reply.files).len()), (1, 2));
    assert!(text(&sent[0].reply.files[1]).contains("the second"), "they are of the moment in which they are sent");
}

#[tokio::test]
async fn a_passphrase_locks_the_files_and_a_lost_answer_says_to_ask_again() {
    let mut bot = Bot::new();
    let anna = bot.writes("anna", "zephyrine").await;
    let action = Action::compose(anna, "export-locked");
    assert!(matches!(bot.asks("anna", What::Press(action.clone())).await.response, Response::Form(_)));
    let short = bot.does("anna", What::Submit { action: action.clone(), fields: vec![Words::new("too short")] }).await;
    assert!(short.files.is_empty() && short.body.contains("at least 10"));
    let fields = vec![Words::new("four unrelated words")];
    let answered = bot.asks("anna", What::Submit { action, fields }).await;
    let given = reply(answered);
    assert_eq!(names(&given.files), ["notes-2026-05-04.html.age", "notes-2026-05-04.json.age"]);
    let open = |phrase: &str| {
        let identity = age::scrypt::Identity::new(SecretString::from(phrase.to_owned()));
        age::decrypt(&identity, &given.files[1].bytes)
    };
    assert!(String::from_utf8(open("four unrelated words").unwrap()).unwrap().contains("zephyrine"));
    assert!(open("some other words").is_err());

    bot.passes(DAY).await;
    let sent = bot.sent();
    assert_eq!(sent.len(), 1);
    assert!(
        sent[0].reply.files.is_empty() && sent[0].reply.body.contains("/export makes new ones"),
        "{}",
        sent[0].reply.body
    );
}

#[tokio::test]
async fn after_half_a_year_of_silence_the_key_and_every_row_are_gone_and_another_person_stays() {
    let mut bot = Bot::new();
    bot.writes("anna", "zephyrine").await;
    bot.passes(SignedDuration::from_hours(24 * 100)).await;
    bot.writes("ben", "quetzal").await;
    bot.passes(SignedDuration::from_hours(24 * 66)).await;
    let told = bot.sent();
    assert_eq!(told.len(), 1, "{told:?}");
    bot.passes(SignedDuration::from_hours(24 * 13)).await;
    assert_eq!((bot.rows("a.keys", "keys"), bot.rows("a.db", "entries")), (2, 2), "not a day early");
    bot.passes(DAY).await;
    for (file, table) in [("a.keys", "keys"), ("a.db", "persons"), ("a.db", "entries"), ("a.db", "journeys")] {
        assert_eq!(bot.rows(file, table), 1, "{table}");
    }
    assert!(bot.sent().is_empty(), "and nobody is left to be told");
    let back = bot.does("anna", What::command("journey")).await;
    assert!(back.body.contains("I haven't kept"), "a stranger again: {}", back.body);
    assert!(!bot.does("ben", What::command("letter")).await.body.contains("I haven't kept"));
}

#[tokio::test]
async fn a_new_journey_leaves_the_closed_one_with_its_words_and_makes_its_buttons_stale() {
    let mut bot = Bot::new();
    let first = bot.writes("anna", "zephyrine").await;
    for token in ["let-go", "close-now"] {
        bot.does("anna", press(first, token)).await;
    }
    let begun = bot.does("anna", press(first, "new-about:no")).await;
    let (second, _) = begun.choices[0].action.parts().unwrap();
    assert_ne!(first, second);
    assert_eq!(bot.rows("a.db", "journeys"), 2);
    let stale = bot.does("anna", press(first, "let-go")).await;
    assert_eq!(stale.heading.as_deref(), Some("I don't recognize that"));
    let given = bot.does("anna", press(second, "export-plain")).await;
    assert!(text(&given.files[1]).contains("zephyrine"));
    assert!(text(&given.files[0]).contains(&format!("The journey {first}")));
}
