//! The gateway: sessions, who gets which event, resuming, and its moods.

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Client, SOON, Socket};
use fake_discord::Place;

const DIRECT_MESSAGES: u64 = 1 << 12;

/// A RESUME of the session of a READY, having seen `seq` events.
fn resume(bot: &Client, ready: &Value, seq: u64) -> Value {
    json!({ "op": 6, "d": { "token": bot.discord.token(), "session_id": ready["session_id"], "seq": seq } })
}

#[tokio::test]
async fn hello_heartbeat_and_ready() {
    let bot = Client::start().await;
    bot.discord.gateway().set_heartbeat_interval(Duration::from_secs(9));
    let (mut socket, hello) = Socket::open(&bot).await;
    assert_eq!((&hello["op"], &hello["d"]["heartbeat_interval"]), (&json!(10), &json!(9000)));
    socket.send(&json!({ "op": 1, "d": null })).await;
    assert_eq!(socket.frame().await.unwrap()["op"], 11);
    socket.identify(&bot.discord.token(), DIRECT_MESSAGES).await;
    let ready = socket.frame().await.unwrap();
    assert_eq!((&ready["s"], &ready["d"]["v"]), (&json!(1), &json!(10)));
    let gateway = bot.discord.gateway();
    assert_eq!((gateway.connections(), gateway.heartbeats(), gateway.live()), (1, 1, 1));
    assert_eq!(gateway.identifies()[0]["intents"], DIRECT_MESSAGES);
    gateway.ask_heartbeat();
    assert_eq!(socket.frame().await.unwrap()["op"], 1);
}

#[tokio::test]
async fn a_wrong_token_and_disallowed_intents_are_closed() {
    let bot = Client::start().await;
    let (mut socket, _) = Socket::open(&bot).await;
    socket.identify("wrong", DIRECT_MESSAGES).await;
    assert_eq!(socket.frame().await, Err(4004));
    bot.discord.gateway().disallow_intents(1 << 15);
    let (mut socket, _) = Socket::open(&bot).await;
    socket.identify(&bot.discord.token(), 1 << 15).await;
    assert_eq!(socket.frame().await, Err(4014));
    let (mut socket, _) = Socket::open(&bot).await;
    socket.send(&json!({ "op": 3, "d": {} })).await;
    assert_eq!(socket.frame().await, Err(4003));
}

#[tokio::test]
async fn direct_messages_go_to_whoever_asked_for_them() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let (mut with, _) = Socket::ready(&bot, DIRECT_MESSAGES).await;
    let (mut without, _) = Socket::ready(&bot, 0).await;
    bot.discord.writes(&ada, "hello").await;
    bot.says(&ada, json!({ "content": "hi", "nonce": "n" })).await;
    for (content, is_bot) in [("hello", Value::Null), ("hi", json!(true))] {
        let event = with.frame().await.unwrap();
        assert_eq!((&event["t"], &event["d"]["content"]), (&json!("MESSAGE_CREATE"), &json!(content)));
        assert_eq!(event["d"]["author"]["bot"], is_bot);
    }
    bot.discord.gateway().send_event("TYPING_START", &json!({}));
    assert_eq!(without.frame().await.unwrap()["t"], "TYPING_START");
}

#[tokio::test]
async fn direct_messages_go_to_the_first_shard_alone() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let mut shards = Vec::new();
    for shard in 0..2 {
        let (mut socket, _) = Socket::open(&bot).await;
        let data = json!({ "token": bot.discord.token(), "intents": DIRECT_MESSAGES, "shard": [shard, 2] });
        socket.send(&json!({ "op": 2, "d": data })).await;
        assert_eq!(socket.frame().await.unwrap()["d"]["shard"], json!([shard, 2]));
        shards.push(socket);
    }
    assert_eq!((bot.discord.gateway().identify_gaps().len(), bot.discord.gateway().early_heartbeats()), (1, 0));
    bot.discord.writes(&ada, "hello").await;
    bot.discord.gateway().send_event("TYPING_START", &json!({}));
    assert_eq!(shards[0].frame().await.unwrap()["t"], "MESSAGE_CREATE");
    assert_eq!(shards[1].frame().await.unwrap()["t"], "TYPING_START");
}

#[tokio::test]
async fn hello_and_ready_can_lack_what_they_should_have() {
    let bot = Client::start().await;
    bot.discord.gateway().set_hello(Some(json!({ "x": 1 })));
    bot.discord.gateway().leave_out_of_ready(Some("session_id"));
    let (mut socket, hello) = Socket::open(&bot).await;
    assert_eq!(hello["d"], json!({ "x": 1 }));
    socket.send(&json!({ "op": 1, "d": null })).await;
    assert_eq!(socket.frame().await.unwrap()["op"], 11);
    assert_eq!(bot.discord.gateway().early_heartbeats(), 1);
    socket.identify(&bot.discord.token(), DIRECT_MESSAGES).await;
    let ready = socket.frame().await.unwrap();
    assert_eq!((&ready["t"], ready["d"].get("session_id")), (&json!("READY"), None));
}

#[tokio::test]
async fn a_resume_replays_what_was_missed() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let (mut socket, ready) = Socket::ready(&bot, DIRECT_MESSAGES).await;
    bot.discord.writes(&ada, "seen").await;
    assert_eq!(socket.frame().await.unwrap()["s"], 2);
    bot.discord.gateway().drop_connections();
    assert_eq!(socket.frame().await, Err(-1));
    bot.discord.writes(&ada, "missed").await;
    let asked = bot.discord.forge(&ada, Place::Dm, json!({ "type": 2, "data": { "name": "x" } })).await;
    assert!(asked.is_delivered);
    let (mut socket, _) = Socket::open(&bot).await;
    socket.send(&resume(&bot, &ready, 2)).await;
    let missed = socket.frame().await.unwrap();
    assert_eq!((&missed["s"], &missed["d"]["content"]), (&json!(3), &json!("missed")));
    assert_eq!(socket.frame().await.unwrap()["t"], "INTERACTION_CREATE");
    let resumed = socket.frame().await.unwrap();
    assert_eq!((&resumed["t"], &resumed["s"]), (&json!("RESUMED"), &json!(5)));
    bot.discord.writes(&ada, "live").await;
    assert_eq!(socket.frame().await.unwrap()["s"], 6);
    assert_eq!((bot.discord.gateway().resumes().len(), bot.discord.gateway().identifies().len()), (1, 1));
}

#[tokio::test]
async fn an_invalid_session_is_not_resumed_and_misses_what_came() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let (mut socket, ready) = Socket::ready(&bot, DIRECT_MESSAGES).await;
    bot.discord.gateway().invalidate(false);
    let frame = socket.frame().await.unwrap();
    assert_eq!((&frame["op"], &frame["d"]), (&json!(9), &json!(false)));
    let lost = bot.discord.forge(&ada, Place::Dm, json!({ "type": 2, "data": {} })).await;
    assert!(!lost.is_delivered);
    let (mut socket, _) = Socket::open(&bot).await;
    socket.send(&resume(&bot, &ready, 1)).await;
    let frame = socket.frame().await.unwrap();
    assert_eq!((&frame["op"], &frame["d"]), (&json!(9), &json!(false)));
    socket.identify(&bot.discord.token(), DIRECT_MESSAGES).await;
    assert_eq!(socket.frame().await.unwrap()["t"], "READY");
}

#[tokio::test]
async fn a_goodbye_ends_the_session_and_any_other_close_does_not() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    for (code, is_kept) in [(1000, false), (1001, false), (4000, true)] {
        let (mut socket, ready) = Socket::ready(&bot, DIRECT_MESSAGES).await;
        socket.close(code).await;
        assert!(bot.discord.wait_until(|discord| discord.gateway().live() == 0, SOON).await);
        let pressed = bot.discord.forge(&ada, Place::Dm, json!({ "type": 2, "data": {} })).await;
        assert_eq!(pressed.is_delivered, is_kept, "{code}");
        let (mut socket, _) = Socket::open(&bot).await;
        socket.send(&resume(&bot, &ready, 1)).await;
        let frame = socket.frame().await.unwrap();
        assert_eq!(frame["t"] == "INTERACTION_CREATE", is_kept, "{code}: {frame}");
        assert_eq!(frame["op"] == 9, !is_kept, "{code}: {frame}");
    }
}

#[tokio::test]
async fn the_gateway_can_close_ask_repeat_and_refuse() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let gateway = bot.discord.gateway();
    let (mut socket, _) = Socket::ready(&bot, DIRECT_MESSAGES).await;
    gateway.ask_reconnect();
    assert_eq!(socket.frame().await.unwrap()["op"], 7);
    bot.discord.writes(&ada, "once").await;
    let first = socket.frame().await.unwrap();
    gateway.replay_last();
    assert_eq!(socket.frame().await.unwrap(), first);
    gateway.duplicate_last("MESSAGE_CREATE");
    let again = socket.frame().await.unwrap();
    assert_eq!((&again["d"], &again["s"]), (&first["d"], &json!(3)));
    gateway.send_raw("not json {");
    gateway.close(4000);
    let (mut other, _) = Socket::ready(&bot, DIRECT_MESSAGES).await;
    gateway.close_without_code();
    assert_eq!(other.frame().await, Err(0));
    assert!(bot.discord.wait_until(|discord| discord.gateway().live() == 0, SOON).await);
    gateway.refuse(true);
    let url = format!("{}/gateway", bot.discord.base().replace("http", "ws"));
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
    gateway.refuse(false);
    assert!(tokio_tungstenite::connect_async(&url).await.is_ok());
}
