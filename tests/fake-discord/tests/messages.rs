//! Messages over REST: nonces, limits, visibility, editing, files, `OpenAPI`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, button, id, row};
use fake_discord::Person;

fn codes(error: &Value, path: &[&str]) -> Vec<String> {
    let place = path.iter().fold(&error["errors"], |place, step| &place[*step]);
    let list = place["_errors"].as_array().cloned().unwrap_or_default();
    list.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_same_nonce_gives_the_same_message_until_it_is_forgotten() {
    let bot = Client::start().await;
    let (ada, ben) = (bot.discord.person("Ada"), bot.discord.person("Ben"));
    let body = json!({ "content": "x", "nonce": "d-1", "enforce_nonce": true });
    let (_, first) = bot.says(&ada, body.clone()).await;
    let (status, second) = bot.says(&ada, body.clone()).await;
    assert_eq!((status, &first["id"], &second["nonce"]), (200, &second["id"], &json!("d-1")));
    // Another person, another nonce, and the same without enforcing it are other messages.
    bot.says(&ben, body.clone()).await;
    bot.says(&ada, json!({ "content": "x", "nonce": "d-2", "enforce_nonce": true })).await;
    bot.says(&ada, json!({ "content": "x", "nonce": "d-2" })).await;
    assert_eq!((bot.discord.dm(&ada).len(), bot.discord.dm(&ben).len()), (3, 1));
    bot.discord.forget_nonces();
    let (_, third) = bot.says(&ada, body).await;
    assert_ne!(first["id"], third["id"]);
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
}

#[tokio::test]
async fn a_breach_of_a_limit_is_an_error_with_its_tree_and_a_violation() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let long = "x".repeat(81);
    let mut wide = button("a");
    wide["label"] = json!(long);
    let rows = ["a", "b", "c", "d", "e", "f"].map(|id| row(&[button(id)]));
    let cases = [
        (json!({ "content": "x".repeat(2001) }), vec!["content"], "BASE_TYPE_MAX_LENGTH"),
        (json!({ "content": "x", "nonce": "n".repeat(26) }), vec!["nonce"], "BASE_TYPE_MAX_LENGTH"),
        (json!({ "content": "x", "flags": 64 }), vec!["flags"], "MESSAGE_FLAGS_NOT_ALLOWED"),
        (
            json!({ "content": "x", "components": [row(&[wide])] }),
            vec!["components", "0", "components", "0", "label"],
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            json!({ "content": "x", "components": [row(&[button("a")]), row(&[button("a")])] }),
            vec!["components", "1", "components", "0", "custom_id"],
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
        (
            json!({ "content": "x", "components": [row(&["a", "b", "c", "d", "e", "f"].map(button))] }),
            vec!["components", "0", "components"],
            "BASE_TYPE_BAD_LENGTH",
        ),
        (json!({ "content": "x", "components": rows }), vec!["components"], "BASE_TYPE_BAD_LENGTH"),
        (json!({ "content": "x", "components": [button("a")] }), vec!["components", "0", "type"], "UNION_TYPE_CHOICES"),
        (
            json!({ "embeds": [{ "description": "x".repeat(4097) }] }),
            vec!["embeds", "0", "description"],
            "BASE_TYPE_MAX_LENGTH",
        ),
    ];
    for (number, (body, path, code)) in cases.into_iter().enumerate() {
        let (status, error) = bot.says(&ada, body).await;
        assert_eq!((status, &error["code"]), (400, &json!(50035)), "{path:?}: {error}");
        assert_eq!(codes(&error, &path), [code], "{error}");
        assert!(bot.discord.violations().len() > number);
    }
    let (status, error) = bot.says(&ada, json!({ "content": "" })).await;
    assert_eq!((status, &error["code"]), (400, &json!(50006)));
    assert!(bot.discord.dm(&ada).is_empty());
}

#[tokio::test]
async fn select_menus_keep_their_limits() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let option = |n: u32| json!({ "label": format!("o{n}"), "value": format!("v{n}") });
    let menu =
        |count: u32| json!({ "type": 3, "custom_id": "s", "options": (0..count).map(option).collect::<Vec<_>>() });
    for wrong in [json!([row(&[menu(0)])]), json!([row(&[menu(26)])]), json!([row(&[menu(2), button("b")])])] {
        assert_eq!(bot.says(&ada, json!({ "content": "x", "components": wrong })).await.0, 400);
    }
    let (status, message) = bot.says(&ada, json!({ "content": "x", "components": [row(&[menu(25)])] })).await;
    assert_eq!(status, 200);
    let choices = bot.discord.dm(&ada)[0].choices();
    assert_eq!((choices.len(), choices[24].value.as_deref()), (25, Some("v24")));
    let asked = bot.discord.choose(&ada, id(&message["id"]), "o3").await;
    assert_eq!(asked.payload["data"]["values"], json!(["v3"]));
    assert!(bot.discord.try_select(&ada, id(&message["id"]), "s", &["v99"]).is_err());
}

#[tokio::test]
async fn components_v2_keep_their_rules() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let text = |content: &str| json!({ "type": 10, "content": content });
    let v2 = |parts: Value| json!({ "flags": 1 << 15, "components": parts });
    let container =
        json!({ "type": 17, "components": [text("Heading"), { "type": 14 }, row(&[button("go")]), text("end")] });
    let (status, sent) = bot.says(&ada, v2(json!([container, text("foot")]))).await;
    assert_eq!(status, 200, "{sent}");
    // Discord numbers what has no id, parents before children.
    assert_eq!((&sent["components"][0]["id"], &sent["components"][0]["components"][0]["id"]), (&json!(1), &json!(2)));
    assert_eq!(bot.discord.dm(&ada)[0].text(), "Heading\nend\nfoot");
    assert_eq!(bot.discord.dm(&ada)[0].choices()[0].custom_id, "go");

    let picture = json!({ "url": "https://example.org/a.png" });
    let section = |accessory: Value| json!({ "type": 9, "components": [text("x")], "accessory": accessory });
    let gallery = json!({ "type": 12, "items": [{ "media": picture }] });
    let all = v2(json!([section(button("b")), section(json!({ "type": 11, "media": picture })), gallery]));
    assert_eq!(bot.says(&ada, all).await.0, 200);
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());

    let mut with_content = v2(json!([text("x")]));
    with_content["content"] = json!("x");
    let nested = json!([{ "type": 17, "components": [{ "type": 17, "components": [text("x")] }] }]);
    let many = Value::Array(vec![text("x"); 41]);
    let long = json!([text(&"x".repeat(3000)), text(&"y".repeat(1001))]);
    for wrong in [with_content, v2(nested), v2(many), v2(long), json!({ "components": [text("no flag")] })] {
        assert_eq!(bot.says(&ada, wrong.clone()).await.1["code"], 50035, "{wrong}");
    }
    assert_eq!(bot.says(&ada, v2(json!([]))).await.1["code"], 50006);
    // Few characters of many bytes are within every documented limit, and too much all the same.
    assert_eq!(bot.says(&ada, v2(json!([text(&"\u{1f331}".repeat(2540))]))).await.0, 500);

    let path = format!("/channels/{}/messages/{}", ada.dm_channel(), sent["id"].as_str().unwrap());
    let (status, error) = bot.patch(&path, json!({ "flags": 0, "content": "x", "components": [] })).await;
    assert_eq!(status, 400);
    assert_eq!(codes(&error, &["flags"]), ["MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG"]);
    let (status, _) =
        bot.patch(&path, json!({ "components": [text("new")], "allowed_mentions": { "parse": [] } })).await;
    assert_eq!((status, bot.discord.dm(&ada)[0].text()), (200, "new".to_owned()));
}

#[tokio::test]
async fn a_message_that_could_mention_someone_is_noted() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let path = format!("/channels/{}/messages", ada.dm_channel());
    assert_eq!(bot.post(&path, json!({ "content": "x" })).await.0, 200);
    assert_eq!(bot.post(&path, json!({ "content": "x", "allowed_mentions": { "parse": ["users"] } })).await.0, 200);
    assert_eq!(bot.discord.violations().len(), 2, "{:?}", bot.discord.violations());
    let (_, sent) = bot.says(&ada, json!({ "content": "x" })).await;
    let path = format!("{path}/{}", sent["id"].as_str().unwrap());
    bot.patch(&path, json!({ "components": [row(&[button("a")])] })).await;
    assert_eq!(bot.discord.violations().len(), 2);
    bot.patch(&path, json!({ "content": "y" })).await;
    assert_eq!(bot.discord.violations().len(), 3);
}

#[tokio::test]
async fn a_message_can_be_read_edited_and_deleted_by_the_bot_alone() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let theirs = bot.discord.writes(&ada, "hello").await;
    let (_, mine) = bot.says(&ada, json!({ "content": "one" })).await;
    let messages = format!("/channels/{}/messages", ada.dm_channel());
    let mine = format!("{messages}/{}", mine["id"].as_str().unwrap());
    let (_, edited) = bot.patch(&mine, json!({ "content": "two", "allowed_mentions": { "parse": [] } })).await;
    assert_eq!((edited["content"].as_str(), edited["edited_timestamp"].is_string()), (Some("two"), true));
    assert_eq!(bot.patch(&format!("{messages}/{theirs}"), json!({ "content": "x" })).await.1["code"], 50005);
    assert_eq!(bot.call(Method::DELETE, &mine, Value::Null).await.0, 204);
    assert_eq!(bot.get(&mine).await.1["code"], 10008);
    let seen = bot.discord.dm(&ada);
    assert_eq!((seen.len(), seen[0].is_by_bot, seen[0].text()), (1, false, "hello".to_owned()));
    assert_eq!(bot.get("/channels/1/messages").await.1["code"], 10003);
}

#[tokio::test]
async fn a_list_goes_back_from_the_newest_and_around_an_id() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(bot.discord.writes(&ada, &n.to_string()).await);
    }
    let list = async |query: &str| {
        let (_, list) = bot.get(&format!("/channels/{}/messages?{query}", ada.dm_channel())).await;
        list.as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(list("limit=2").await, "43");
    assert_eq!(list(&format!("before={}&limit=2", ids[3])).await, "21");
    assert_eq!(list(&format!("after={}&limit=2", ids[1])).await, "32");
    assert_eq!(list(&format!("around={}&limit=3", ids[2])).await, "321");
    let (status, _) = bot.get(&format!("/channels/{}/messages?limit=101", ada.dm_channel())).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn closed_messages_and_no_shared_server_refuse_new_messages() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let (status, channel) = bot.post("/users/@me/channels", json!({ "recipient_id": ada.id.to_string() })).await;
    assert_eq!((status, id(&channel["id"])), (200, ada.dm_channel()));
    assert_eq!(bot.post("/users/@me/channels", json!({ "recipient_id": "7" })).await.1["code"], 50033);
    ada.set_dms_open(false);
    let (status, error) = bot.says(&ada, json!({ "content": "x" })).await;
    assert_eq!((status, &error["code"]), (403, &json!(50007)));
    ada.set_dms_open(true);
    ada.set_shares_server(false);
    assert_eq!(bot.says(&ada, json!({ "content": "x" })).await.1["code"], 50278);
    ada.set_shares_server(true);
    assert_eq!(bot.says(&ada, json!({ "content": "x" })).await.0, 200);
}

/// Sends a body and one file of five bytes.
async fn sends_file(bot: &Client, to: &Person, mut payload: Value) -> (u16, Value) {
    payload["allowed_mentions"] = json!({ "parse": [] });
    let file = reqwest::multipart::Part::bytes(b"words".to_vec()).file_name("a.txt").mime_str("text/plain").unwrap();
    let form = reqwest::multipart::Form::new().text("payload_json", payload.to_string()).part("files[0]", file);
    let path = format!("/channels/{}/messages", to.dm_channel());
    let response = bot.request(Method::POST, &path).multipart(form).send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn files_of_a_form_are_kept() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let named = json!({ "content": "x", "attachments": [{ "id": 0, "filename": "mine.txt" }] });
    assert_eq!(sends_file(&bot, &ada, named).await.0, 200);
    let message = &bot.discord.dm(&ada)[0];
    assert_eq!((message.attachments[0].name.as_str(), &*message.attachments[0].bytes), ("mine.txt", &b"words"[..]));
    assert_eq!(message.json["attachments"][0]["size"], 5);
    let url = message.json["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(bot.http.get(url).send().await.unwrap().text().await.unwrap(), "words");
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
}

#[tokio::test]
async fn a_component_shows_a_file_that_came_and_no_other() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let showing = |name: &str| {
        let file = json!({ "type": 13, "file": { "url": format!("attachment://{name}") } });
        json!({ "flags": 1 << 15, "components": [file] })
    };
    let (status, error) = sends_file(&bot, &ada, showing("b.txt")).await;
    assert_eq!(status, 400);
    let code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND";
    assert_eq!(codes(&error, &["components", "0", "file", "url"]), [code]);
    bot.discord.forget_records();
    let (status, sent) = sends_file(&bot, &ada, showing("a.txt")).await;
    assert_eq!((status, &sent["components"][0]["size"], &sent["attachments"]), (200, &json!(5), &json!([])));
    assert!(sent["components"][0]["file"]["url"].as_str().unwrap().starts_with("http://"));
    assert_eq!(bot.discord.dm(&ada)[0].attachments.len(), 1);
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
    // Accepted, but nobody would see the file.
    let hidden = json!({ "flags": 1 << 15, "components": [{ "type": 10, "content": "x" }] });
    assert_eq!(sends_file(&bot, &ada, hidden).await.0, 200);
    assert_eq!(bot.discord.violations().len(), 1);
}

#[tokio::test]
async fn a_body_the_description_does_not_know_is_a_violation() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let Some(before) = bot.discord.openapi_checked() else {
        return; // Without Discord's description beside the project there is nothing to check against.
    };
    let right = json!({ "content": "x", "components": [row(&[button("a")])], "nonce": "1", "enforce_nonce": true });
    assert_eq!(bot.says(&ada, right).await.0, 200);
    assert_eq!(bot.discord.openapi_checked(), Some(before + 1));
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
    let mut odd = button("a");
    odd["style"] = json!("primary");
    bot.says(&ada, json!({ "content": 7, "components": [row(&[odd])] })).await;
    let violations = bot.discord.violations();
    let found =
        |part: &str| violations.iter().any(|line| line.starts_with("OpenAPI create_message: ") && line.contains(part));
    assert!(found("/content:") && found("/components/0/components/0/style:"), "{violations:#?}");
}

#[tokio::test]
async fn strangers_and_unknown_routes_are_turned_away() {
    let bot = Client::start().await;
    let url = format!("{}/api/v10/users/@me", bot.discord.base());
    let response = bot.http.get(url).header("Authorization", "Bot nonsense").send().await.unwrap();
    assert_eq!(response.status().as_u16(), 401);
    assert_eq!(bot.get("/nowhere").await, (404, json!({ "message": "404: Not Found", "code": 0 })));
    let (status, me) = bot.get("/users/@me").await;
    assert_eq!((status, id(&me["id"]), &me["bot"]), (200, bot.discord.bot_id(), &json!(true)));
    assert_eq!(id(&bot.get("/applications/@me").await.1["id"]), bot.discord.application_id());
    assert_eq!(bot.discord.requests().iter().map(|request| request.status).collect::<Vec<_>>(), [401, 404, 200, 200]);
}
