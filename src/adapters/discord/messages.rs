//! What Discord says a person put into the direct message: words, files, a forward, an edit. Total: what is not for us is
//! `None`.
//!
//! Fields: Discord's documentation, "Message Object" and "Message Snapshot Object".

use serde_json::Value;
use serenity::model::id::ChannelId;

use super::api::snowflake;
use super::arrival::{account, direct};
use crate::chat::{Inbound, InboundId, Reach, What, Words};

/// Reads a `MESSAGE_CREATE`: what a person put into the direct message, and where.
pub fn message(event: &Value) -> Option<(ChannelId, Inbound)> {
    let what = match forwarded(event) {
        Some(forwarded) => forwarded,
        None => written(event)?,
    };
    put(event, snowflake(&event["id"])?.to_string(), what)
}

/// Reads a `MESSAGE_UPDATE`: the words of a message as its author changed them, and where. Discord also sends one where only
/// the preview of a link came to a message; then nobody edited it.
pub fn edit(event: &Value) -> Option<(ChannelId, Inbound)> {
    let edited = event["edited_timestamp"].as_str()?;
    // Each edit is an event of its own.
    let id = format!("{}/{edited}", snowflake(&event["id"])?);
    put(event, id, What::Edited(Words::new(event["content"].as_str()?)))
}

/// A person's own message in the direct message; the platform's notices, bots and servers are not for us.
fn put(event: &Value, id: String, what: What) -> Option<(ChannelId, Inbound)> {
    let author = &event["author"];
    if event["guild_id"].is_string() || author["bot"] == true || event["webhook_id"].is_string() {
        return None;
    }
    // 0 is a message, 19 an answer to one; the rest are notices of the platform's own.
    if !matches!(event["type"].as_u64(), Some(0 | 19)) {
        return None;
    }
    let (person, channel) = (snowflake(&author["id"])?, snowflake(&event["channel_id"])?);
    let inbound = Inbound {
        id: InboundId(id),
        account: account(person),
        reach: Reach::Direct(direct(person, channel)),
        locale: None,
        ticket: None,
        what,
    };
    Some((ChannelId::new(channel), inbound))
}

/// What was typed, and whether something stands beside it.
fn written(event: &Value) -> Option<What> {
    let words = event["content"].as_str()?;
    let is_there = |key: &str| event[key].as_array().is_some_and(|list| !list.is_empty());
    // A voice message is an attachment.
    let has_files = ["attachments", "sticker_items", "stickers"].into_iter().any(is_there) || event["poll"].is_object();
    Some(match (has_files, words.trim().is_empty()) {
        (true, true) => What::NotText,
        (true, false) => What::WordsWithFiles(Words::new(words)),
        (false, _) => What::Words(Words::new(words)),
    })
}

/// A forward: the text of the messages in it, and what their embeds and attachments say of themselves. Only here are those
/// read: everywhere else they are Discord's doing, and not what the person typed.
fn forwarded(event: &Value) -> Option<What> {
    let snapshots = event["message_snapshots"].as_array().filter(|snapshots| !snapshots.is_empty())?;
    let (mut words, mut around) = (vec![&event["content"]], Vec::new());
    for message in snapshots.iter().map(|snapshot| &snapshot["message"]) {
        words.push(&message["content"]);
        let list = |key: &str| message[key].as_array().into_iter().flatten();
        around.extend(list("embeds").flat_map(|embed| [&embed["title"], &embed["description"]]));
        around.extend(list("attachments").map(|file| &file["description"]));
    }
    Some(What::Forwarded { words: lines(&words), around: lines(&around) })
}

/// The texts among these values, one below the other.
fn lines(values: &[&Value]) -> Words {
    let lines: Vec<&str> = values.iter().filter_map(|value| value.as_str()).filter(|line| !line.is_empty()).collect();
    Words::new(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written(more: &Value) -> Value {
        let mut message =
            json!({ "id": "5", "type": 0, "channel_id": "500", "content": "hello", "author": { "id": "77" } });
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    }

    fn edited(more: &Value) -> Value {
        let mut message = written(&json!({ "edited_timestamp": "2026-05-04T18:00:00.000000+00:00" }));
        message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        message
    }

    #[test]
    fn words_files_and_both() {
        let file = json!({ "id": "1", "filename": "message.txt", "size": 4, "description": "hidden words" });
        let what = |more: &Value| message(&written(more)).unwrap().1.what;
        for beside in [
            json!({ "attachments": [file] }),
            json!({ "sticker_items": [{ "id": "1", "name": "wave", "format_type": 1 }] }),
            json!({ "poll": { "question": { "text": "?" }, "answers": [] } }),
        ] {
            let what_with = |content: &str| {
                let mut more = beside.clone();
                more["content"] = json!(content);
                what(&more)
            };
            assert!(matches!(what_with(" "), What::NotText), "{beside}");
            assert!(matches!(what_with("hello"), What::WordsWithFiles(words) if words.expose() == "hello"), "{beside}");
        }
        let none = json!({ "attachments": [], "embeds": [{ "title": "a page" }], "poll": null });
        assert!(matches!(what(&none), What::Words(words) if words.expose() == "hello"));
    }

    #[test]
    fn a_forward_gives_its_text_and_what_stands_around_it() {
        let snapshot = json!({ "message": {
            "type": 0, "content": "the words", "embeds": [{ "title": "a title", "description": "a page" }],
            "attachments": [{ "id": "1", "filename": "a.png", "description": "a picture" }],
        } });
        let more = json!({ "content": "", "message_reference": { "type": 1 }, "message_snapshots": [snapshot] });
        let What::Forwarded { words, around } = message(&written(&more)).unwrap().1.what else { panic!("no forward") };
        assert_eq!((words.expose(), around.expose()), ("the words", "a title\na page\na picture"));
    }

    #[test]
    fn an_edit_is_one_where_it_was_edited_and_each_is_its_own_event() {
        let (_, first) = edit(&edited(&json!({}))).unwrap();
        assert!(matches!(&first.what, What::Edited(words) if words.expose() == "hello"));
        let (_, second) = edit(&edited(&json!({ "edited_timestamp": "2026-05-04T18:01:00.000000+00:00" }))).unwrap();
        assert!(first.id != second.id && message(&written(&json!({}))).unwrap().1.id != first.id);
        assert!(edit(&written(&json!({ "edited_timestamp": null }))).is_none(), "a preview came");
    }

    #[test]
    fn nothing_that_is_not_for_us() {
        assert!(message(&written(&json!({}))).is_some());
        for other in [json!({ "guild_id": "1" }), json!({ "author": { "id": "1", "bot": true } }), json!({ "type": 6 })]
        {
            assert!(message(&written(&other)).is_none(), "{other}");
            assert!(edit(&edited(&other)).is_none(), "{other}");
        }
    }
}
