//! What people put into the direct messages with the bot: words, files, stickers, voice messages, forwards, and the edits of
//! those. The fields are those of Discord's "Message Object".

use serde_json::{Value, json};

use super::acts::account;
use super::body::Body;
use super::messages;
use super::objects;
use super::world::{Attachment, Post, World};
use super::{FakeDiscord, Person};

/// The message holds a forward (`HAS_SNAPSHOT`).
const FORWARD: u64 = 1 << 14;

/// The message is a voice message (`IS_VOICE_MESSAGE`).
const VOICE: u64 = 1 << 13;

/// A file as a person attaches it.
pub struct File<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type.
    pub content_type: &'a str,
    /// What its sender wrote of it, for those who cannot see it.
    pub description: Option<&'a str>,
    /// What is in it.
    pub bytes: &'a [u8],
}

impl File<'_> {
    fn attachment(&self, world: &mut World) -> Attachment {
        Attachment {
            id: world.snowflake(),
            name: self.name.to_owned(),
            content_type: Some(self.content_type.to_owned()),
            description: self.description.map(str::to_owned),
            bytes: self.bytes.to_vec(),
        }
    }
}

#[expect(clippy::unused_async, reason = "acts of a person are awaited, whichever they are")]
impl FakeDiscord {
    /// Writes into the direct messages. Gives the id of the message.
    pub async fn writes(&self, who: &Person, text: &str) -> u64 {
        self.puts(who, text, |_, _| {})
    }

    /// Sends a file, with words or without. A paste that is too long is sent as `message.txt`.
    pub async fn attaches(&self, who: &Person, text: &str, file: &File<'_>) -> u64 {
        self.puts(who, text, |world, post| post.attachments.push(file.attachment(world)))
    }

    /// Sends a sticker.
    pub async fn sends_sticker(&self, who: &Person) -> u64 {
        self.puts(who, "", |world, post| {
            post.more = json!({
                "sticker_items": [{ "id": objects::id(world.snowflake()), "name": "wave", "format_type": 1 }],
            });
        })
    }

    /// Sends a voice message.
    pub async fn sends_voice(&self, who: &Person) -> u64 {
        let file =
            File { name: "voice-message.ogg", content_type: "audio/ogg", description: None, bytes: b"OggS of a voice" };
        self.puts(who, "", |world, post| {
            post.attachments.push(file.attachment(world));
            post.flags |= VOICE;
        })
    }

    /// Forwards a message from somewhere else; `more` are further fields of it, such as its embeds.
    pub async fn forwards(&self, who: &Person, text: &str, more: Value) -> u64 {
        self.puts(who, "", |world, post| {
            let (of, channel) = (world.snowflake(), world.snowflake());
            let mut snapshot = json!({
                "type": 0, "content": text, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
                "timestamp": "2026-05-04T17:00:00.000000+00:00", "edited_timestamp": null, "flags": 0, "components": [],
            });
            objects::merge(&mut snapshot, more);
            post.flags |= FORWARD;
            post.more = json!({
                "message_reference": { "type": 1, "message_id": objects::id(of), "channel_id": objects::id(channel) },
                "message_snapshots": [{ "message": snapshot }],
            });
        })
    }

    /// Changes the words of a message of theirs.
    ///
    /// # Panics
    /// Where the message is gone or another's.
    pub async fn edits(&self, who: &Person, message: u64, text: &str) {
        self.changes(message, |world, mut post| {
            assert_eq!(post.author, Some(who.id), "nobody edits what another wrote");
            text.clone_into(&mut post.content);
            messages::republish(world, post);
        });
    }

    /// The preview of a link in a message has resolved: Discord puts it under the message, which nobody edited.
    pub async fn previews(&self, message: u64, title: &str) {
        self.changes(message, |world, mut post| {
            post.embeds = json!([{ "type": "link", "url": "https://example.org/", "title": title }]);
            messages::announce(world, post);
        });
    }

    /// A message as an event has it.
    ///
    /// # Panics
    /// Where the message is gone.
    pub fn event_of(&self, message: u64) -> Value {
        let world = self.shared.world();
        objects::event_message(&world, world.post(message).expect("the message is there"))
    }

    fn puts(&self, who: &Person, text: &str, with: impl FnOnce(&mut World, &mut Post)) -> u64 {
        let id = {
            let mut world = self.shared.world();
            let channel = account(&world, who).dm;
            let mut post = messages::new_post(&mut world, channel, &json!({ "content": text }), &Body::default());
            post.author = Some(who.id);
            with(&mut world, &mut post);
            let id = post.id;
            messages::publish(&mut world, post);
            id
        };
        self.shared.changed();
        id
    }

    fn changes(&self, message: u64, change: impl FnOnce(&mut World, Post)) {
        {
            let mut world = self.shared.world();
            let post = world.post(message).expect("the message is there").clone();
            change(&mut world, post);
        }
        self.shared.changed();
    }
}
