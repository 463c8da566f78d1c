//! Interactions: who may answer when and how, and who sees it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, SOON, Socket, button, row};
use fake_discord::{Interaction, Person, Place};

/// A bot with one message and a press on its button.
async fn pressed() -> (Client, Person, u64, Interaction) {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let message = bot.offers(&ada, "go").await;
    let asked = bot.discord.press(&ada, message, "go").await;
    (bot, ada, message, asked)
}

fn modal(components: &Value) -> Value {
    json!({ "type": 9, "data": { "custom_id": "form", "title": "Words", "components": components } })
}

fn input(custom_id: &str) -> Value {
    json!({ "type": 4, "custom_id": custom_id, "label": "Say", "style": 2, "max_length": 10 })
}

#[tokio::test]
async fn from_command_to_callback_over_the_gateway() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    ada.set_locale("de");
    let all = json!([{ "name": "start", "description": "Begin", "contexts": [0, 1, 2], "integration_types": [0, 1] }]);
    assert_eq!(bot.registers(all).await.0, 200);
    let (mut socket, ready) = Socket::ready(&bot, 1 << 12).await;
    assert!(ready["resume_gateway_url"].as_str().unwrap().starts_with("ws://127.0.0.1:"));
    for (place, context) in [(Place::Dm, 1), (Place::Server, 0), (Place::Private, 2)] {
        let asked = bot.discord.command(&ada, place, "start", &[]).await;
        let event = socket.frame().await.unwrap();
        assert_eq!((&event["t"], &event["d"]["context"]), (&json!("INTERACTION_CREATE"), &json!(context)));
        assert_eq!((&event["d"]["locale"], &event["d"]["data"]["name"]), (&json!("de"), &json!("start")));
        assert_eq!(event["d"]["user"].is_object(), place != Place::Server);
        assert_eq!(event["d"]["member"]["user"].is_object(), place == Place::Server);
        assert_eq!(bot.replies(&asked, json!({ "content": "hello", "flags": 64 })).await, (204, Value::Null));
        let answer = asked.answer(SOON).await.unwrap();
        assert_eq!((answer.kind, answer.text(), asked.is_delivered), (4, "hello".to_owned(), true));
    }
    assert_eq!((bot.discord.ephemerals(&ada).len(), bot.discord.dm(&ada).len()), (3, 0));
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
}

#[tokio::test]
async fn a_second_callback_and_an_unknown_one_are_refused() {
    let (bot, _, _, asked) = pressed().await;
    assert_eq!(bot.answers(&asked, json!({ "type": 6 })).await.0, 204);
    let (status, error) = bot.replies(&asked, json!({ "content": "x" })).await;
    assert_eq!((status, &error["code"]), (400, &json!(40060)));
    let (status, error) = bot.post("/interactions/5/none/callback", json!({ "type": 6 })).await;
    assert_eq!((status, &error["code"]), (404, &json!(10062)));
}

#[tokio::test]
async fn a_first_answer_after_three_seconds_is_too_late() {
    let (bot, ada, message, asked) = pressed().await;
    asked.age(Duration::from_secs(4));
    let (status, error) = bot.answers(&asked, json!({ "type": 6 })).await;
    assert_eq!((status, &error["code"]), (404, &json!(10062)));
    let other = bot.discord.press(&ada, message, "go").await;
    assert_eq!(bot.answers(&other, json!({ "type": 6 })).await.0, 204);
}

#[tokio::test]
async fn a_token_dies_after_fifteen_minutes() {
    let (bot, ada, _, asked) = pressed().await;
    let path = bot.webhook(&asked, "");
    assert_eq!(bot.get(&bot.webhook(&asked, "/messages/@original")).await.1["code"], 10015);
    bot.replies(&asked, json!({ "content": "first" })).await;
    let more = json!({ "content": "more", "flags": 64, "allowed_mentions": { "parse": [] } });
    assert_eq!(bot.post(&path, more.clone()).await.0, 200);
    assert_eq!((asked.follow_ups()[0].text(), bot.discord.ephemerals(&ada).len()), ("more".to_owned(), 1));
    asked.age(Duration::from_mins(15));
    let (status, error) = bot.post(&path, more).await;
    assert_eq!((status, &error["code"]), (401, &json!(50027)));
}

#[tokio::test]
async fn an_ephemeral_answer_is_not_in_the_channel_but_can_be_pressed() {
    let (bot, ada, first, asked) = pressed().await;
    let ben = bot.discord.person("Ben");
    bot.replies(&asked, json!({ "content": "only you", "flags": 64, "components": [row(&[button("b")])] })).await;
    let hidden = asked.original(SOON).await.unwrap();
    assert!(hidden.is_ephemeral);
    assert_eq!(bot.discord.dm(&ada).iter().map(|one| one.id).collect::<Vec<_>>(), [first]);
    let channel = format!("/channels/{}/messages", ada.dm_channel());
    assert_eq!(bot.get(&channel).await.1.as_array().unwrap().len(), 1);
    assert_eq!(bot.get(&format!("{channel}/{}", hidden.id)).await.1["code"], 10008);
    assert_eq!(bot.get(&bot.webhook(&asked, "/messages/@original")).await.1["flags"], 64);
    assert!(bot.discord.try_press(&ben, hidden.id, "b").is_err());
    let again = bot.discord.press(&ada, hidden.id, "b").await;
    assert_eq!(again.payload["message"]["flags"], 64);
    assert_eq!(again.payload["message"]["components"][0]["components"][0]["id"], 2);
    let update = json!({ "content": "changed", "components": [], "allowed_mentions": { "parse": [] } });
    assert_eq!(bot.answers(&again, json!({ "type": 7, "data": update })).await.0, 204);
    assert_eq!(bot.discord.ephemerals(&ada)[0].text(), "changed");
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
}

#[tokio::test]
async fn a_deferred_answer_comes_with_its_edit() {
    let (bot, ada, message, asked) = pressed().await;
    assert_eq!(bot.answers(&asked, json!({ "type": 5, "data": { "flags": 64 } })).await.0, 204);
    assert_eq!(asked.answer(SOON).await.unwrap().kind, 5);
    assert!(asked.original(Duration::from_millis(20)).await.is_none());
    let late = json!({ "content": "late", "allowed_mentions": { "parse": [] } });
    let original = bot.webhook(&asked, "/messages/@original");
    assert_eq!(bot.patch(&original, late.clone()).await.0, 200);
    let shown = asked.original(SOON).await.unwrap();
    assert_eq!((shown.text(), shown.is_ephemeral, &shown.json["flags"]), ("late".to_owned(), true, &json!(64)));

    let other = bot.discord.press(&ada, message, "go").await;
    bot.answers(&other, json!({ "type": 6 })).await;
    bot.patch(&bot.webhook(&other, "/messages/@original"), late).await;
    assert_eq!(other.original(SOON).await.unwrap().id, message);
    assert_eq!(bot.discord.dm(&ada)[0].text(), "late");
    assert_eq!(bot.call(Method::DELETE, &original, Value::Null).await.0, 204);
    assert!(bot.discord.ephemerals(&ada).is_empty());
}

#[tokio::test]
async fn with_response_tells_what_was_made() {
    let (bot, _, _, asked) = pressed().await;
    let path = format!("/interactions/{}/{}/callback?with_response=true", asked.id, asked.token);
    let data = json!({ "content": "x", "allowed_mentions": { "parse": [] } });
    let (status, made) = bot.post(&path, json!({ "type": 4, "data": data })).await;
    assert_eq!(status, 200);
    assert_eq!(made["resource"]["message"]["id"], made["interaction"]["response_message_id"]);
    assert_eq!(made["resource"]["message"]["interaction_metadata"]["id"], json!(asked.id.to_string()));
}

#[tokio::test]
async fn a_form_opens_is_filled_in_and_cannot_answer_a_form() {
    let (bot, ada, message, asked) = pressed().await;
    let label = json!({ "type": 18, "label": "Why", "component": { "type": 4, "custom_id": "b", "style": 1, "required": false } });
    let form = modal(&json!([row(&[input("a")]), label]));
    assert_eq!(bot.answers(&asked, form.clone()).await.0, 204);
    let opened = asked.answer(SOON).await.unwrap();
    assert_eq!((opened.is_form(), opened.title(), opened.fields().len()), (true, "Words", 2));
    assert!(bot.discord.try_submit(&ada, &asked, &[("a", "more than ten")]).is_err());
    assert!(bot.discord.try_submit(&ada, &asked, &[("b", "a is required")]).is_err());
    assert!(bot.discord.try_submit(&ada, &asked, &[("c", "x")]).is_err());
    let sent = bot.discord.submit(&ada, &asked, &[("a", "words"), ("b", "y")]).await;
    let data = &sent.payload["data"];
    assert_eq!(
        (&data["custom_id"], &data["components"][0]["components"][0]["value"]),
        (&json!("form"), &json!("words"))
    );
    assert_eq!(data["components"][1]["component"]["value"], "y");
    assert_eq!(sent.payload["message"]["id"], json!(message.to_string()));
    let (status, error) = bot.answers(&sent, form).await;
    assert_eq!((status, &error["errors"]["type"]["_errors"][0]["code"]), (400, &json!("BASE_TYPE_CHOICES")));
    assert_eq!(bot.replies(&sent, json!({ "content": "kept" })).await.0, 204);
}

#[tokio::test]
async fn each_kind_of_interaction_takes_its_own_answers() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let update = json!({ "type": 7, "data": { "content": "x", "allowed_mentions": { "parse": [] } } });
    let form = modal(&json!([row(&[input("a")])]));
    let command = json!({ "type": 2, "data": { "name": "x" } });
    for refused in [json!({ "type": 6 }), update.clone(), json!({ "type": 8, "data": { "choices": [] } }), json!({})] {
        let asked = bot.discord.forge(&ada, Place::Dm, command.clone()).await;
        assert_eq!(bot.answers(&asked, refused.clone()).await.1["code"], 50035, "{refused}");
    }
    let asked = bot.discord.forge(&ada, Place::Dm, command).await;
    assert_eq!(bot.answers(&asked, form.clone()).await.0, 204);
    // A form that no message opened has none to update.
    for refused in [form, update, json!({ "type": 6 })] {
        let sent = bot.discord.submit(&ada, &asked, &[("a", "x")]).await;
        assert_eq!(bot.answers(&sent, refused.clone()).await.1["code"], 50035, "{refused}");
    }
}

#[tokio::test]
async fn a_form_keeps_its_limits() {
    let (bot, ada, message, _) = pressed().await;
    let mut wide = input("a");
    wide["label"] = json!("x".repeat(46));
    let mut nameless = modal(&json!([row(&[input("a")])]));
    nameless["data"]["title"] = json!("x".repeat(46));
    let rows = |ids: &[&str]| modal(&ids.iter().map(|id| row(&[input(id)])).collect());
    let wrong = [
        rows(&[]),
        rows(&["a", "b", "c", "d", "e", "f"]),
        rows(&["a", "a"]),
        modal(&json!([row(&[input("a"), input("b")])])),
        modal(&json!([row(&[wide])])),
        modal(&json!([row(&[button("a")])])),
        nameless,
    ];
    for form in wrong {
        let asked = bot.discord.press(&ada, message, "go").await;
        let before = bot.discord.violations().len();
        assert_eq!(bot.answers(&asked, form.clone()).await.1["code"], 50035, "{form}");
        assert!(bot.discord.violations().len() > before);
        assert!(asked.answer_now().is_none());
    }
}

#[tokio::test]
async fn only_what_is_on_the_screen_can_be_pressed_unless_forged() {
    let (bot, ada, message, _) = pressed().await;
    assert!(bot.discord.try_press(&ada, message, "other").is_err());
    let mut off = button("off");
    off["disabled"] = json!(true);
    let path = format!("/channels/{}/messages/{message}", ada.dm_channel());
    bot.patch(&path, json!({ "components": [row(&[off])] })).await;
    assert!(bot.discord.try_press(&ada, message, "off").is_err());
    assert!(bot.discord.try_press(&ada, message, "go").is_err());
    let forged = bot.discord.press_forged(&ada, message, "../etc").await;
    assert_eq!(forged.payload["data"]["custom_id"], "../etc");
    let forged = bot.discord.forge(&ada, Place::Dm, json!({ "type": 2, "data": { "name": "x" }, "locale": 7 })).await;
    assert_eq!(forged.payload["locale"], 7);
}
