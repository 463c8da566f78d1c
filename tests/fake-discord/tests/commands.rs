//! Registering commands, and offering them to people.

use serde_json::{Value, json};

use crate::client::{Client, SOON};
use fake_discord::Place;

fn named(name: &str) -> Value {
    json!({ "name": name, "description": "Words", "contexts": [0, 1], "integration_types": [0, 1] })
}

#[tokio::test]
async fn a_registration_answers_whole_commands_and_keeps_ids() {
    let bot = Client::start().await;
    let (status, first) = bot.registers(json!([named("start"), named("help")])).await;
    assert_eq!((status, first.as_array().unwrap().len()), (200, 2));
    for key in ["id", "version", "application_id", "default_member_permissions", "nsfw", "type"] {
        assert!(first[0].get(key).is_some(), "{key}");
    }
    let mut changed = named("help");
    changed["description"] = json!("Other words");
    let (_, second) = bot.registers(json!([named("start"), changed])).await;
    assert_eq!((&first[0], &first[1]["id"]), (&second[0], &second[1]["id"]));
    assert_ne!(first[1]["version"], second[1]["version"]);
    let path = format!("/applications/{}/commands", bot.discord.application_id());
    assert_eq!(bot.get(&path).await.1, second);
    assert_eq!(bot.discord.commands().len(), 2);
    assert!(bot.discord.violations().is_empty(), "{:?}", bot.discord.violations());
}

#[tokio::test]
async fn what_breaks_a_limit_registers_nothing() {
    let bot = Client::start().await;
    let option =
        |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "x", "required": required });
    let with = |key: &str, value: Value| {
        let mut command = named("start");
        command[key] = value;
        command
    };
    let wrong = [
        with("name", json!("Start")),
        with("name", json!("a b")),
        with("name", json!("x".repeat(33))),
        with("description", json!("")),
        with("description", json!("x".repeat(101))),
        with("contexts", json!([3])),
        with("integration_types", json!([2])),
        with("name_localizations", json!({ "xx": "start" })),
        with("options", json!([option("a", false), option("b", true)])),
        with("options", json!([option("a", false), option("a", false)])),
        with("options", (0..26).map(|n| option(&format!("o{n}"), false)).collect()),
    ];
    for command in wrong {
        let (status, error) = bot.registers(json!([command])).await;
        assert_eq!((status, &error["code"]), (400, &json!(50035)), "{command}");
    }
    assert_eq!(bot.registers(json!([named("start"), named("start")])).await.0, 400);
    let many: Vec<Value> = (0..101).map(|n| named(&format!("c{n}"))).collect();
    assert_eq!(bot.registers(json!(many)).await.0, 400);
    assert!(bot.discord.commands().is_empty());
}

#[tokio::test]
async fn people_are_offered_only_what_is_registered_for_the_place() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let mut command = named("start");
    command["options"] = json!([
        { "type": 4, "name": "days", "description": "x", "required": true },
        { "type": 3, "name": "tone", "description": "x", "choices": [{ "name": "Soft", "value": "soft" }] },
        { "type": 3, "name": "zone", "description": "x", "autocomplete": true },
    ]);
    bot.registers(json!([command])).await;
    let run = |place, options: &[(&str, &str)]| bot.discord.try_command(&ada, place, "start", options);
    assert!(run(Place::Private, &[("days", "1")]).is_err());
    for wrong in [&[][..], &[("days", "x")], &[("days", "1"), ("tone", "loud")], &[("days", "1"), ("other", "x")]] {
        assert!(run(Place::Dm, wrong).is_err(), "{wrong:?}");
    }
    let asked = run(Place::Dm, &[("days", "3"), ("tone", "soft")]).unwrap();
    assert_eq!(asked.payload["data"]["options"][0], json!({ "name": "days", "type": 4, "value": 3 }));

    let typing = bot.discord.autocomplete(&ada, Place::Dm, "start", &[("zone", "Ber")]).await;
    assert_eq!(typing.payload["data"]["options"][0]["focused"], true);
    assert_eq!(bot.replies(&typing, json!({ "content": "no" })).await.0, 400);
    let choices = json!([{ "name": "Berlin", "value": "Europe/Berlin" }]);
    assert_eq!(bot.answers(&typing, json!({ "type": 8, "data": { "choices": choices } })).await.0, 204);
    assert_eq!(typing.answer(SOON).await.unwrap().data["choices"], choices);
}
