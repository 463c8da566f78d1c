//! Words of a concern are heard wherever a person puts them: edits, forwards, several messages, files, forms, commands.

use serde_json::json;

use super::*;
use fake_discord::{File, Message};

/// Words that no list and no scanner may miss.
const CONCERN: &str = "I want to kill myself";

/// How every reply to a concern begins.
const HEARD: &str = "Thank you for writing it here";

/// What is said of files.
const UNREAD: &str = "I can't open files";

impl Town {
    /// Somebody with nothing open that words would answer.
    async fn idles(&self, name: &str) -> Person {
        let person = self.discord.person(name);
        self.settles_in(&person).await;
        self.command(&person, Place::Dm, "help").await;
        person
    }

    /// Nothing was said to somebody since; what came before is through.
    async fn says_nothing(&self, running: &mut Running, who: &Person, since: usize) {
        // Events come in their order, and the time is told once everybody has their answer.
        let passer = self.discord.person("passer");
        self.command(&passer, Place::Dm, "help").await;
        assert!(running.say(":now").starts_with("It is"));
        let dm = self.discord.dm(who);
        let said: Vec<_> = dm[since..].iter().filter(|message| message.is_by_bot).map(Message::text).collect();
        assert!(said.is_empty(), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concern_in_an_edit_is_answered_once_and_a_preview_never() {
    let (town, mut running) = Town::new().await;
    let anna = town.idles("anna").await;
    let message = town.discord.writes(&anna, "we had soup at https://example.org/").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    let since = town.discord.dm(&anna).len();
    town.discord.previews(message, CONCERN).await;
    town.discord.edits(&anna, message, "we had stew").await;
    town.says_nothing(&mut running, &anna, since).await;

    town.discord.edits(&anna, message, CONCERN).await;
    town.sees(&anna, HEARD, 1).await;
    let since = town.discord.dm(&anna).len();
    town.discord.gateway().duplicate_last("MESSAGE_UPDATE");
    town.discord.previews(message, "a page").await;
    town.says_nothing(&mut running, &anna, since).await;

    // Also where nobody has agreed to anything, and in a message from before the bot was there.
    let ben = town.discord.person("ben");
    let before = town.discord.writes(&ben, "hello").await;
    town.sees(&ben, "One thing first", 1).await;
    town.kills(running).await;
    let _running = town.start(town.bot.start(Some(time(EVENING)))).await;
    town.discord.edits(&ben, before, CONCERN).await;
    town.sees(&ben, HEARD, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_edit_is_answered_once_across_a_restart() {
    let (town, running) = Town::new().await;
    let anna = town.idles("anna").await;
    let message = town.discord.writes(&anna, "hm").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    town.discord.edits(&anna, message, CONCERN).await;
    town.sees(&anna, HEARD, 1).await;
    assert!(running.end().success());
    let mut running = town.start(town.bot.start(Some(time(EVENING)))).await;
    let since = town.discord.dm(&anna).len();
    let again = town.discord.event_of(message);
    town.discord.gateway().send_event("MESSAGE_UPDATE", &again);
    town.says_nothing(&mut running, &anna, since).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forward_is_asked_about_and_read_with_what_stands_around_it() {
    let (town, _running) = Town::new().await;
    let anna = town.idles("anna").await;
    town.discord.forwards(&anna, CONCERN, json!({})).await;
    town.sees(&anna, "Who wrote this?", 1).await;
    let asked = town.discord.dm(&anna).pop().unwrap();
    assert!(asked.text().contains(HEARD), "{}", asked.text());

    // A picture, a page: nothing to read but what is said of them, which is never sure.
    let picture = json!({ "id": "7", "filename": "a.png", "size": 4, "url": "https://example.org/a.png",
        "proxy_url": "https://example.org/a.png" });
    town.discord.forwards(&anna, "", json!({ "attachments": [picture] })).await;
    town.sees(&anna, UNREAD, 1).await;
    assert!(town.discord.dm(&anna).pop().unwrap().choice("Are you safe?").is_none());
    let embed = json!({ "type": "rich", "title": "a page", "description": CONCERN });
    town.discord.forwards(&anna, "", json!({ "embeds": [embed] })).await;
    town.sees(&anna, UNREAD, 2).await;
    assert!(town.discord.dm(&anna).pop().unwrap().choice("Are you safe?").is_some());
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sentence_over_three_messages_is_read_as_one() {
    let (town, mut running) = Town::new().await;
    let anna = town.idles("anna").await;
    for part in ["I want", "to kill", "myself"] {
        town.discord.writes(&anna, part).await;
    }
    town.sees(&anna, HEARD, 1).await;
    // Before anything is agreed to, one after another, and partly in a form.
    let ben = town.discord.person("ben");
    for (part, times) in [("I want", 1), ("to kill", 2)] {
        town.discord.writes(&ben, part).await;
        town.sees(&ben, "One thing first", times).await;
    }
    let sent = town.discord.writes(&ben, "myself").await;
    town.sees(&ben, HEARD, 1).await;
    assert!(town.discord.dm(&ben).iter().all(|message| !message.text().contains(HEARD) || message.id > sent));
    // A while later they are texts of their own; what is typed for suggestions is none.
    let eve = town.idles("eve").await;
    for (part, times) in [("I want", 1), ("to kill", 2)] {
        town.discord.writes(&eve, part).await;
        town.sees(&eve, "What should I do with this?", times).await;
    }
    running.live_until(time("2026-05-04T18:02:00Z"));
    let typing = town.discord.autocomplete(&eve, Place::Dm, "settings", &[("zone", "I want to kill")]).await;
    town.answer(&typing).await;
    town.discord.writes(&eve, "myself").await;
    town.sees(&eve, "What should I do with this?", 3).await;
    assert_eq!(town.times(&eve, HEARD), 0);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_forgotten_begins_with_no_texts() {
    let (town, _running) = Town::new().await;
    let anna = town.idles("anna").await;
    for (part, times) in [("I want", 1), ("to kill", 2)] {
        town.discord.writes(&anna, part).await;
        town.sees(&anna, "What should I do with this?", times).await;
    }
    let on = town.discord.dm(&anna).last().unwrap().id;
    let pressed = town.discord.press_forged(&anna, on, &format!("1:{}:forget-all", town.journey(&anna))).await;
    town.answer(&pressed).await;
    town.discord.writes(&anna, "myself").await;
    town.sees(&anna, "One thing first", 1).await;
    assert_eq!(town.times(&anna, HEARD), 0);
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_text_is_told_and_the_question_stays_open() {
    let (town, _running) = Town::new().await;
    let anna = town.discord.person("anna");
    town.agrees(&anna).await;
    let number = town.journey(&anna);
    let on = town.discord.dm(&anna).last().unwrap().id;
    for press in ["length:14", "every:1"] {
        let pressed = town.discord.press_forged(&anna, on, &format!("1:{number}:{press}")).await;
        town.answer(&pressed).await;
    }
    let paste = File {
        name: "message.txt",
        content_type: "text/plain; charset=utf-8",
        description: Some(CONCERN),
        bytes: CONCERN.as_bytes(),
    };
    town.discord.attaches(&anna, "", &paste).await;
    town.sees(&anna, UNREAD, 1).await;
    town.discord.sends_sticker(&anna).await;
    town.sees(&anna, UNREAD, 2).await;
    town.discord.sends_voice(&anna).await;
    town.sees(&anna, UNREAD, 3).await;
    assert_eq!(town.times(&anna, HEARD), 0, "a file is not opened, nor what is said of it read");
    // Words with a file are words, and the file is told of.
    town.discord.attaches(&anna, "Berlin", &paste).await;
    town.sees(&anna, "Europe/Berlin", 1).await;
    town.sees(&anna, "can't open what came with it", 1).await;
    town.discord.attaches(&anna, CONCERN, &paste).await;
    town.sees(&anna, HEARD, 1).await;
    town.sees(&anna, "can't open what came with it", 2).await;
    let ben = town.discord.person("ben");
    town.discord.attaches(&ben, "", &paste).await;
    town.sees(&ben, UNREAD, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_concern_in_a_field_for_a_value_and_behind_a_command_is_heard() {
    let (town, _running) = Town::new().await;
    let anna = town.idles("anna").await;
    let on = town.discord.dm(&anna).last().unwrap().id;
    let opened = town.discord.press_forged(&anna, on, &format!("1:{}:zone-form", town.journey(&anna))).await;
    assert!(town.answer(&opened).await.is_form());
    let sent = town.discord.submit(&anna, &opened, &[("0", CONCERN)]).await;
    let care = town.answer(&sent).await.text();
    assert!(care.contains(HEARD), "{care}");

    let ben = town.idles("ben").await;
    for place in [Place::Dm, Place::Server] {
        let sent = town.discord.command(&ben, place, "settings", &[("zone", CONCERN)]).await;
        let care = town.answer(&sent).await.text();
        assert!(care.contains(HEARD), "{place:?}: {care}");
    }
    // Mistyped, it comes as words.
    let eve = town.idles("eve").await;
    town.discord.writes(&eve, "/supprt I want to die").await;
    town.sees(&eve, HEARD, 1).await;
    town.is_well();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_such_words_is_readable_anywhere() {
    let (town, running) = Town::new().await;
    let anna = town.idles("anna").await;
    let message = town.discord.writes(&anna, "zephyrine").await;
    town.sees(&anna, "What should I do with this?", 1).await;
    town.discord.edits(&anna, message, "quixotry, I want to kill myself").await;
    town.sees(&anna, HEARD, 1).await;
    let embed = json!({ "type": "rich", "title": "vermilion", "description": CONCERN });
    town.discord.forwards(&anna, "obsidian, I want to kill myself", json!({ "embeds": [embed] })).await;
    town.sees(&anna, "Who wrote this?", 1).await;
    let file = File { name: "halcyon.txt", content_type: "text/plain", description: Some("gossamer"), bytes: b"umbra" };
    town.discord.attaches(&anna, "", &file).await;
    town.sees(&anna, UNREAD, 1).await;
    let ben = town.discord.person("ben");
    for part in ["I want", "to kill", "myself, marzipan"] {
        town.discord.writes(&ben, part).await;
    }
    town.sees(&ben, HEARD, 1).await;
    let secrets =
        ["zephyrine", "quixotry", "vermilion", "obsidian", "halcyon", "gossamer", "umbra", "marzipan", "kill myself"];
    let secrets: Vec<_> = secrets.into_iter().map(str::to_owned).chain([message.to_string()]).collect();
    town.is_silent_of(&secrets);
    running.kill();
    town.is_silent_of(&secrets);
    town.is_well();
}
