//! The bare client: requests with the bot's token, and a gateway connection frame by frame.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use fake_discord::{FakeDiscord, Interaction, Person};

/// Long enough for anything that will happen.
pub const SOON: Duration = Duration::from_secs(5);

/// The bot's side of HTTP.
pub struct Client {
    pub http: reqwest::Client,
    pub discord: FakeDiscord,
}

impl Drop for Client {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.discord.unfaithful(), Vec::<String>::new());
        }
    }
}

impl Client {
    pub async fn start() -> Self {
        let discord = FakeDiscord::start().await;
        discord.set_self_check(true);
        Self { http: reqwest::Client::new(), discord }
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.discord.base());
        self.http.request(method, url).header("Authorization", format!("Bot {}", self.discord.token()))
    }

    /// The status and the JSON of an answer.
    pub async fn call(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::PATCH, path, body).await
    }

    /// Sends into a person's direct messages, mentioning nobody.
    pub async fn says(&self, to: &Person, mut body: Value) -> (u16, Value) {
        body["allowed_mentions"] = json!({ "parse": [] });
        self.post(&format!("/channels/{}/messages", to.dm_channel()), body).await
    }

    pub async fn answers(&self, to: &Interaction, body: Value) -> (u16, Value) {
        self.post(&format!("/interactions/{}/{}/callback", to.id, to.token), body).await
    }

    /// Answers with a message that mentions nobody.
    pub async fn replies(&self, to: &Interaction, mut data: Value) -> (u16, Value) {
        data["allowed_mentions"] = json!({ "parse": [] });
        self.answers(to, json!({ "type": 4, "data": data })).await
    }

    pub async fn registers(&self, commands: Value) -> (u16, Value) {
        let path = format!("/applications/{}/commands", self.discord.application_id());
        self.call(Method::PUT, &path, commands).await
    }

    /// A message with one button in a person's direct messages.
    pub async fn offers(&self, to: &Person, custom_id: &str) -> u64 {
        let (status, message) =
            self.says(to, json!({ "content": "x", "components": [row(&[button(custom_id)])] })).await;
        assert_eq!(status, 200, "{message}");
        id(&message["id"])
    }

    pub fn webhook(&self, of: &Interaction, rest: &str) -> String {
        format!("/webhooks/{}/{}{rest}", self.discord.application_id(), of.token)
    }
}

pub fn id(value: &Value) -> u64 {
    value.as_str().unwrap().parse().unwrap()
}

pub fn button(custom_id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": custom_id, "custom_id": custom_id })
}

pub fn row(children: &[Value]) -> Value {
    json!({ "type": 1, "components": children })
}

/// The bot's side of the gateway.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects as a client library does, and gives the HELLO too.
    pub async fn open(bot: &Client) -> (Self, Value) {
        let (_, gateway) = bot.get("/gateway").await;
        let url = format!("{}?v=10&encoding=json", gateway["url"].as_str().unwrap());
        let (stream, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut socket = Self(stream);
        let hello = socket.frame().await.unwrap();
        (socket, hello)
    }

    /// Connects and identifies; gives the data of READY.
    pub async fn ready(bot: &Client, intents: u64) -> (Self, Value) {
        let (mut socket, _) = Self::open(bot).await;
        socket.identify(&bot.discord.token(), intents).await;
        let ready = socket.frame().await.unwrap();
        assert_eq!(ready["t"], "READY");
        (socket, ready["d"].clone())
    }

    pub async fn identify(&mut self, token: &str, intents: u64) {
        let properties = json!({ "os": "linux", "browser": "bare", "device": "bare" });
        let data = json!({ "token": token, "intents": intents, "compress": true, "properties": properties });
        self.send(&json!({ "op": 2, "d": data })).await;
    }

    pub async fn send(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    pub async fn close(&mut self, code: u16) {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        self.0.send(Message::Close(Some(frame))).await.unwrap();
    }

    /// The next JSON frame; the code of a close (0: none) or -1 for a broken connection as the error.
    pub async fn frame(&mut self) -> Result<Value, i32> {
        match tokio::time::timeout(SOON, self.0.next()).await.expect("a frame in time") {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).unwrap()),
            Some(Ok(Message::Close(frame))) => Err(frame.map_or(0, |frame| u16::from(frame.code).into())),
            Some(Ok(other)) => panic!("{other:?}"),
            Some(Err(_)) | None => Err(-1),
        }
    }
}
