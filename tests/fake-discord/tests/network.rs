//! Trouble on the way: faults, rate limits, latency.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Client;
use fake_discord::{Fault, FaultAction, Limits, Person, Rate};

async fn with_fault(action: FaultAction) -> (Client, Person) {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    bot.discord.fault(Fault::new("POST", "/messages", action));
    (bot, ada)
}

/// Sends `x` to a person, with a deadline of its own for an answer that will not come.
async fn send(bot: &Client, to: &Person, deadline: Duration) -> reqwest::Result<reqwest::Response> {
    let body = json!({ "content": "x", "allowed_mentions": { "parse": [] } });
    bot.request(Method::POST, &format!("/channels/{}/messages", to.dm_channel()))
        .timeout(deadline)
        .json(&body)
        .send()
        .await
}

const LONG: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_scripted_answer_comes_as_often_as_asked_and_processes_nothing() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let action = FaultAction::error(403, 40003, "You are opening direct messages too fast");
    bot.discord.fault(Fault::new("POST", "/users/@me/channels", action).times(2));
    let open = json!({ "recipient_id": ada.id.to_string() });
    for expected in [403, 403, 200] {
        assert_eq!(bot.post("/users/@me/channels", open.clone()).await.0, expected);
    }
    bot.discord.fault(Fault::new("", "/messages", FaultAction::too_many(0.25, true)));
    let response = send(&bot, &ada, LONG).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-ratelimit-scope"]),
        (429, &"global".parse().unwrap())
    );
    assert!(bot.discord.dm(&ada).is_empty());
}

#[tokio::test]
async fn a_reset_processes_nothing_and_a_lost_response_has() {
    let (bot, ada) = with_fault(FaultAction::Reset).await;
    assert!(send(&bot, &ada, LONG).await.is_err());
    assert!(bot.discord.dm(&ada).is_empty());
    bot.discord.fault(Fault::new("POST", "/messages", FaultAction::LoseResponse));
    assert!(send(&bot, &ada, LONG).await.is_err());
    assert_eq!(bot.discord.dm(&ada).len(), 1);
    assert_eq!(bot.discord.requests().iter().map(|one| one.status).collect::<Vec<_>>(), [0, 200]);
}

#[tokio::test]
async fn a_hung_request_is_never_answered() {
    let (bot, ada) = with_fault(FaultAction::Hang).await;
    assert!(send(&bot, &ada, Duration::from_millis(100)).await.unwrap_err().is_timeout());
    assert!(bot.discord.dm(&ada).is_empty());
}

#[tokio::test]
async fn a_delayed_request_is_answered_in_the_end() {
    let (bot, ada) = with_fault(FaultAction::Delay(Duration::from_millis(60))).await;
    assert!(send(&bot, &ada, Duration::from_millis(20)).await.unwrap_err().is_timeout());
    // That its sender gave up does not take back what was sent.
    assert!(bot.discord.wait_until(|discord| discord.dm(&ada).len() == 1, LONG).await);
    bot.discord.fault(Fault::new("POST", "/messages", FaultAction::Delay(Duration::from_millis(20))));
    assert_eq!(send(&bot, &ada, LONG).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_truncated_answer_is_no_json_though_the_message_is_there() {
    let (bot, ada) = with_fault(FaultAction::TruncateJson).await;
    let response = send(&bot, &ada, LONG).await.unwrap();
    assert_eq!(response.status().as_u16(), 200);
    assert!(response.json::<Value>().await.is_err());
    assert_eq!(bot.discord.dm(&ada).len(), 1);
}

#[tokio::test]
async fn latency_is_on_every_answer() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    bot.discord.set_latency(Duration::from_millis(200));
    assert!(send(&bot, &ada, Duration::from_millis(50)).await.unwrap_err().is_timeout());
    bot.discord.set_latency(Duration::ZERO);
    assert_eq!(send(&bot, &ada, LONG).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_full_bucket_answers_429_for_its_channel_alone() {
    let bot = Client::start().await;
    let (ada, ben) = (bot.discord.person("Ada"), bot.discord.person("Ben"));
    let plain = send(&bot, &ada, LONG).await.unwrap();
    assert!(plain.headers().get("x-ratelimit-limit").is_none());
    bot.discord.set_limits(Limits { global: None, messages: Some(Rate { count: 2, window: Duration::from_mins(1) }) });
    for left in ["1", "0"] {
        let response = send(&bot, &ada, LONG).await.unwrap();
        assert_eq!(response.headers()["x-ratelimit-remaining"], left);
        for header in ["limit", "reset", "reset-after", "bucket"] {
            assert!(response.headers().contains_key(format!("x-ratelimit-{header}")), "{header}");
        }
    }
    let response = send(&bot, &ada, LONG).await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["x-ratelimit-scope"]), (429, &"user".parse().unwrap()));
    assert!(response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    assert!(body["retry_after"].as_f64().unwrap() > 0.0 && body["global"] == false, "{body}");
    assert_eq!(send(&bot, &ben, LONG).await.unwrap().status().as_u16(), 200);
    bot.discord.set_limits(Limits::none());
    assert_eq!(send(&bot, &ada, LONG).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn the_global_limit_leaves_interactions_alone() {
    let bot = Client::start().await;
    let ada = bot.discord.person("Ada");
    let message = bot.offers(&ada, "go").await;
    bot.discord.set_limits(Limits { global: Some(0), messages: None });
    let response = send(&bot, &ada, LONG).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["x-ratelimit-global"]),
        (429, &"true".parse().unwrap())
    );
    let asked = bot.discord.press(&ada, message, "go").await;
    assert_eq!(bot.answers(&asked, json!({ "type": 6 })).await.0, 204);
}
