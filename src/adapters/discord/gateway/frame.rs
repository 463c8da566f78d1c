//! Frames of the gateway: those Discord sends, read leniently, and the three the bot sends.
//!
//! Structure: Discord's documentation, "Gateway Event Payload Structure".

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::constants::Opcode;
use serenity::model::gateway::{GatewayIntents, ShardInfo};

/// Direct messages with their content. Interactions need no intent, and no other event is wanted.
const INTENTS: GatewayIntents = GatewayIntents::DIRECT_MESSAGES;

/// A frame from Discord. Not `Debug` outside of tests: it holds what people wrote.
#[cfg_attr(test, derive(Clone, Debug))]
#[derive(Deserialize)]
pub struct Frame {
    /// Opcode.
    pub op: Opcode,
    /// Sequence number of a dispatch.
    pub s: Option<u64>,
    /// Event name of a dispatch.
    pub t: Option<String>,
    /// Event data.
    #[serde(default)]
    pub d: Value,
}

impl Frame {
    /// Parses a text message. `None` for anything that is not a frame.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// A frame for Discord.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Op 1.
    Heartbeat {
        /// The last sequence number received.
        sequence: Option<u64>,
    },
    /// Op 2: begins a session.
    Identify,
    /// Op 6: continues a session.
    Resume {
        /// The session's id.
        session_id: String,
        /// The last sequence number received; Discord replays what followed it.
        sequence: u64,
    },
}

impl Command {
    /// Serializes the command for one shard of the bot.
    pub fn to_json(&self, token: &SecretString, shard: ShardInfo) -> String {
        let token = token.expose_secret().trim_start_matches("Bot ");
        let (op, data) = match self {
            Self::Heartbeat { sequence } => (Opcode::Heartbeat, json!(sequence)),
            Self::Identify => {
                let name = env!("CARGO_PKG_NAME");
                let properties = json!({ "os": std::env::consts::OS, "browser": name, "device": name });
                let data = json!({ "token": token, "intents": INTENTS, "shard": shard, "properties": properties });
                (Opcode::Identify, data)
            }
            Self::Resume { session_id, sequence } => {
                (Opcode::Resume, json!({ "token": token, "session_id": session_id, "seq": sequence }))
            }
        };
        json!({ "op": op, "d": data }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use serenity::model::id::ShardId;

    use super::*;

    #[test]
    fn commands_are_as_discord_documents_them() {
        let token = SecretString::from("Bot abc");
        let json = |command: Command| -> Value {
            serde_json::from_str(&command.to_json(&token, ShardInfo { id: ShardId(1), total: 4 })).unwrap()
        };
        assert_eq!(json(Command::Heartbeat { sequence: None }), json!({ "op": 1, "d": null }));
        assert_eq!(json(Command::Heartbeat { sequence: Some(7) }), json!({ "op": 1, "d": 7 }));
        let resume = json(Command::Resume { session_id: "s".into(), sequence: 7 });
        assert_eq!(resume, json!({ "op": 6, "d": { "token": "abc", "session_id": "s", "seq": 7 } }));
        let identify = json(Command::Identify);
        assert_eq!(identify["op"], 2);
        let data = &identify["d"];
        assert_eq!(
            (&data["token"], &data["shard"], &data["intents"]),
            (&json!("abc"), &json!([1, 4]), &json!(1 << 12))
        );
        assert_eq!(data["properties"]["os"], std::env::consts::OS);
    }

    #[test]
    fn unknown_fields_and_opcodes_are_read_and_anything_else_is_no_frame() {
        let frame = Frame::parse(r#"{"op":42,"new":1}"#).unwrap();
        assert_eq!((frame.op, frame.s, frame.t, frame.d), (Opcode::Unknown(42), None, None, Value::Null));
        for text in ["", "null", "[]", "{}", r#"{"op":"x"}"#, r#"{"op":-1}"#, r#"{"op":0,"s":"x"}"#] {
            assert!(Frame::parse(text).is_none(), "{text}");
        }
    }
}
