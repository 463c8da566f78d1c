//! The gateway: sessions, their events, and the WebSocket that carries them.
//!
//! A session outlives its connection, keeps what it was sent, and is resumed from any event of it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::line::Cut;
use super::objects;
use super::world::{Shared, World};

const DIRECT_MESSAGES: u64 = 1 << 12;
const GUILD_MESSAGES: u64 = 1 << 9;

/// Who gets an event.
#[derive(Clone, Copy, Debug)]
pub enum Audience {
    /// Every session.
    All,
    /// Sessions that asked for direct messages.
    Dm,
    /// Sessions that asked for a server's messages.
    Server,
}

/// What goes out on a connection.
pub enum Out {
    Text(String),
    Close(Option<u16>),
}

/// A connection that is open now.
pub struct Connection {
    pub number: u64,
    /// It stays open, and nothing comes through it any more: no event, no ACK.
    pub is_zombie: bool,
    pub session: Option<String>,
    pub out: mpsc::UnboundedSender<Out>,
    pub cut: Cut,
}

/// A session, connected or waiting to be resumed.
pub struct Session {
    pub id: String,
    /// Of its shard. Direct messages go to the shard 0.
    pub shard: u64,
    pub intents: u64,
    pub events: Vec<Value>,
}

/// How the gateway behaves, what is connected, and what was counted.
pub struct Gateway {
    pub heartbeat_interval: u64,
    pub disallowed_intents: u64,
    /// Events are kept back here, to be sent in another order.
    pub held: Option<Vec<(u64, String)>>,
    pub refuses: bool,
    /// How many connections were refused.
    pub refused: u64,
    /// Whether connections are taken and then nothing is ever said on them.
    pub is_mute: bool,
    /// IDENTIFY is answered with this close code.
    pub identify_closes: Option<u16>,
    /// What `GET /gateway/bot` says of how many sessions may still begin, and of how many connections there should be.
    pub starts_left: u32,
    pub shards: u32,
    pub max_concurrency: u32,
    /// The data of HELLO, where it is not the usual one.
    pub hello: Option<Value>,
    /// A field that READY leaves out.
    pub ready_without: Option<&'static str>,
    pub acks: bool,
    pub connections: Vec<Connection>,
    pub sessions: Vec<Session>,
    pub opened: u64,
    pub identifies: Vec<Value>,
    /// When each of them came.
    pub identified_at: Vec<Instant>,
    pub resumes: Vec<Value>,
    pub heartbeats: u64,
    /// How many of the heartbeats came on connections without a session.
    pub early_heartbeats: u64,
}

impl Default for Gateway {
    fn default() -> Self {
        Self {
            heartbeat_interval: 41_250,
            disallowed_intents: 0,
            held: None,
            refuses: false,
            refused: 0,
            is_mute: false,
            identify_closes: None,
            starts_left: 1000,
            shards: 1,
            max_concurrency: 1,
            hello: None,
            ready_without: None,
            acks: true,
            connections: Vec::new(),
            sessions: Vec::new(),
            opened: 0,
            identifies: Vec::new(),
            identified_at: Vec::new(),
            resumes: Vec::new(),
            heartbeats: 0,
            early_heartbeats: 0,
        }
    }
}

impl Gateway {
    /// Adds an event to every session it is for and sends it where one is connected. Says how many sessions have it.
    pub fn dispatch(&mut self, audience: Audience, name: &str, data: &Value) -> usize {
        let wanted = match audience {
            Audience::All => 0,
            Audience::Dm => DIRECT_MESSAGES,
            Audience::Server => GUILD_MESSAGES,
        };
        let mut reached = 0;
        let is_for = |session: &&mut Session| {
            session.intents & wanted == wanted && (session.shard == 0 || !matches!(audience, Audience::Dm))
        };
        for session in self.sessions.iter_mut().filter(is_for) {
            let event = json!({ "op": 0, "s": session.events.len() + 1, "t": name, "d": data });
            let text = written(&event);
            session.events.push(event);
            let hears = |one: &&Connection| one.session.as_deref() == Some(&session.id) && !one.is_zombie;
            for connection in self.connections.iter().filter(hears) {
                if let Some(held) = &mut self.held {
                    held.push((connection.number, text.clone()));
                } else {
                    // A connection that has just ended leaves its session to be resumed.
                    let _ = connection.out.send(Out::Text(text.clone()));
                }
            }
            reached += 1;
        }
        reached
    }

    /// Sends a frame on every open connection, outside of any session's count.
    pub fn say(&self, frame: &Value) {
        for connection in &self.connections {
            let _ = connection.out.send(Out::Text(written(frame)));
        }
    }

    pub fn close(&mut self, code: Option<u16>) {
        if code.is_some_and(ends_session) {
            self.sessions.clear();
        }
        for connection in &self.connections {
            let _ = connection.out.send(Out::Close(code));
        }
    }

    /// Forgets what the events of a session said, not how many there were: none of them can be resumed from.
    pub fn forget_events(&mut self) {
        for session in &mut self.sessions {
            session.events.fill(Value::Null);
        }
    }

    fn connection(&mut self, number: u64) -> Option<&mut Connection> {
        self.connections.iter_mut().find(|one| one.number == number)
    }
}

/// A frame with its fields in the order in which Discord has them.
pub fn written(frame: &Value) -> String {
    format!(r#"{{"t":{},"s":{},"op":{},"d":{}}}"#, frame["t"], frame["s"], frame["op"], frame["d"])
}

/// After these codes of ours nothing can be resumed.
fn ends_session(code: u16) -> bool {
    matches!(code, 4003..=4005 | 4007 | 4009..=4014)
}

/// What a frame of the client leads to.
enum Next {
    Frames(Vec<Value>),
    Close(u16),
}

/// Serves one WebSocket until either side ends it.
pub async fn serve(shared: Arc<Shared>, mut socket: WebSocket, cut: Cut) {
    let (out, mut outgoing) = mpsc::unbounded_channel();
    let (number, hello, is_mute) = {
        let mut world = shared.world();
        let gateway = &mut world.gateway;
        gateway.opened += 1;
        let number = gateway.opened;
        gateway.connections.push(Connection { number, is_zombie: false, session: None, out, cut });
        let usual = json!({ "heartbeat_interval": gateway.heartbeat_interval, "_trace": ["[\"fake\"]"] });
        (number, gateway.hello.clone().unwrap_or(usual), gateway.is_mute)
    };
    shared.changed();
    if is_mute {
        // Until the other side gives up, or the line is cut.
        while let Some(Ok(_)) = socket.next().await {}
        shared.world().gateway.connections.retain(|one| one.number != number);
        shared.changed();
        return;
    }
    let hello = json!({ "op": 10, "s": null, "t": null, "d": hello });
    let mut is_open = socket.send(Message::text(written(&hello))).await.is_ok();
    while is_open {
        is_open = tokio::select! {
            frame = socket.next() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let next = receive(&mut shared.world(), number, &text);
                    let went_well = match next {
                        Next::Frames(frames) => {
                            let mut went_well = true;
                            for frame in frames {
                                went_well &= socket.send(Message::text(written(&frame))).await.is_ok();
                            }
                            went_well
                        }
                        Next::Close(code) => close(&mut socket, Some(code)).await,
                    };
                    shared.changed();
                    went_well
                }
                Some(Ok(Message::Close(frame))) => {
                    // 1000 and 1001 say goodbye for good; any other code may come back.
                    if frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001)) {
                        forget_session(&mut shared.world(), number);
                    }
                    false
                }
                Some(Ok(Message::Binary(_))) => close(&mut socket, Some(4002)).await,
                Some(Ok(_)) => true,
                Some(Err(_)) | None => false,
            },
            going = outgoing.recv() => match going {
                Some(Out::Text(text)) => socket.send(Message::text(text)).await.is_ok(),
                Some(Out::Close(code)) => close(&mut socket, code).await,
                None => false,
            },
        };
    }
    shared.world().gateway.connections.retain(|one| one.number != number);
    shared.changed();
}

async fn close(socket: &mut WebSocket, code: Option<u16>) -> bool {
    let frame = code.map(|code| CloseFrame { code, reason: reason(code).into() });
    if socket.send(Message::Close(frame)).await.is_ok() {
        // The other side's close frame ends the handshake; who never sends one is not waited for.
        let _ = tokio::time::timeout(Duration::from_secs(1), socket.next()).await;
    }
    false
}

fn reason(code: u16) -> &'static str {
    match code {
        4001 => "Unknown opcode.",
        4002 => "Error while decoding payload.",
        4003 => "Not authenticated.",
        4004 => "Authentication failed.",
        4005 => "Already authenticated.",
        4013 => "Invalid intent(s).",
        4014 => "Disallowed intent(s).",
        _ => "",
    }
}

fn forget_session(world: &mut World, number: u64) {
    let session = world.gateway.connection(number).and_then(|one| one.session.take());
    world.gateway.sessions.retain(|one| Some(&one.id) != session.as_ref());
}

fn receive(world: &mut World, number: u64, text: &str) -> Next {
    let Ok(frame) = serde_json::from_str::<Value>(text) else { return Next::Close(4002) };
    let data = &frame["d"];
    let known = world.gateway.connection(number).is_some_and(|one| one.session.is_some());
    match frame["op"].as_u64() {
        Some(1) => {
            world.gateway.heartbeats += 1;
            world.gateway.early_heartbeats += u64::from(!known);
            let is_zombie = world.gateway.connection(number).is_some_and(|one| one.is_zombie);
            if world.gateway.acks && !is_zombie {
                Next::Frames(vec![json!({ "op": 11, "s": null, "t": null, "d": null })])
            } else {
                Next::Frames(Vec::new())
            }
        }
        Some(2 | 6) if known => Next::Close(4005),
        Some(2) => identify(world, number, data),
        Some(6) => resume(world, number, data),
        Some(3 | 4 | 8 | 31) if known => Next::Frames(Vec::new()),
        Some(3 | 4 | 8 | 31) => Next::Close(4003),
        _ => Next::Close(4001),
    }
}

fn identify(world: &mut World, number: u64, data: &Value) -> Next {
    world.gateway.identifies.push(data.clone());
    world.gateway.identified_at.push(Instant::now());
    let token = data["token"].as_str().unwrap_or_default();
    if token.trim_start_matches("Bot ") != world.token {
        return Next::Close(4004);
    }
    if let Some(code) = world.gateway.identify_closes {
        return Next::Close(code);
    }
    let Some(intents) = data["intents"].as_u64().filter(|intents| *intents < 1 << 26) else { return Next::Close(4013) };
    if intents & world.gateway.disallowed_intents != 0 {
        return Next::Close(4014);
    }
    let id = format!("{:032x}", u128::from(world.snowflake()).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
    let shard = if data["shard"].is_array() { data["shard"].clone() } else { json!([0, 1]) };
    let mut ready = json!({
        "v": 10, "user": objects::me(world), "user_settings": {}, "session_type": "normal", "session_id": id,
        "resume_gateway_url": world.base.replacen("http", "ws", 1) + "/gateway", "relationships": [],
        "private_channels": [], "presences": [], "guilds": [{ "id": objects::id(world.guild), "unavailable": true }],
        "guild_join_requests": [], "geo_ordered_rtc_regions": [], "game_relationships": [], "auth": {},
        "application": { "id": objects::id(world.application), "flags": 0 }, "shard": shard, "_trace": ["[\"fake\"]"],
    });
    if let (Some(field), Some(ready)) = (world.gateway.ready_without, ready.as_object_mut()) {
        ready.remove(field);
    }
    let shard = shard[0].as_u64().unwrap_or_default();
    let event = json!({ "op": 0, "s": 1, "t": "READY", "d": ready });
    world.gateway.sessions.push(Session { id: id.clone(), shard, intents, events: vec![event.clone()] });
    if let Some(connection) = world.gateway.connection(number) {
        connection.session = Some(id);
    }
    Next::Frames(vec![event])
}

fn resume(world: &mut World, number: u64, data: &Value) -> Next {
    world.gateway.resumes.push(data.clone());
    if data["token"].as_str().unwrap_or_default().trim_start_matches("Bot ") != world.token {
        return Next::Close(4004);
    }
    let id = data["session_id"].as_str().unwrap_or_default().to_owned();
    let seen = data["seq"].as_u64().and_then(|seen| usize::try_from(seen).ok()).unwrap_or_default();
    let gateway = &mut world.gateway;
    let Some(session) = gateway.sessions.iter_mut().find(|session| session.id == id) else {
        return Next::Frames(vec![json!({ "op": 9, "s": null, "t": null, "d": false })]);
    };
    if seen > session.events.len() {
        return Next::Close(4007);
    }
    let mut frames = session.events[seen..].to_vec();
    let resumed = json!({ "op": 0, "s": session.events.len() + 1, "t": "RESUMED", "d": { "_trace": ["[\"fake\"]"] } });
    session.events.push(resumed.clone());
    frames.push(resumed);
    for other in &mut gateway.connections {
        // A session has one connection: the one that resumed it last.
        if other.session.as_ref() == Some(&id) {
            other.session = None;
        }
    }
    if let Some(connection) = gateway.connection(number) {
        connection.session = Some(id);
    }
    Next::Frames(frames)
}
