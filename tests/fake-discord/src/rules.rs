//! What a message of the bot may be: Discord's limits (an error, and noted as a violation) and the house's rule that
//! every message says that it mentions nobody (noted only).

use serde_json::{Value, json};

use super::components;
use super::refusal::{Flaws, Refusal};
use super::world::{EPHEMERAL, Post, V2};

/// Where a body came in; what is allowed differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Create,
    Edit,
    Callback,
    CallbackUpdate,
    FollowUp,
    WebhookEdit,
}

/// Flags that may be sent with a new message or an edit.
const SUPPRESS_EMBEDS: u64 = 1 << 2;
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

impl Door {
    /// Messages made through an interaction may be for one person alone.
    fn may_be_ephemeral(self, old: Option<&Post>) -> bool {
        match self {
            Self::Callback | Self::FollowUp => true,
            // Repeating the flag of an ephemeral message changes nothing.
            Self::CallbackUpdate | Self::WebhookEdit => old.is_some_and(|old| old.only_for.is_some()),
            Self::Create | Self::Edit => false,
        }
    }

    fn prefix(self) -> &'static str {
        if matches!(self, Self::Callback | Self::CallbackUpdate) { "data." } else { "" }
    }
}

/// What stands against a new message or an edit of `old` that is left with `files`. An edit is looked at as what it leaves.
pub fn check(body: &Value, door: Door, old: Option<&Post>, files: &[String]) -> Result<Flaws, Refusal> {
    let mut flaws = Flaws::default();
    let flags = body["flags"].as_u64().unwrap_or_else(|| old.map_or(0, |old| old.flags));
    let is_v2 = flags & V2 != 0;
    let given = |key: &str, old: Option<&Value>| match body.get(key) {
        Some(value) => value.clone(),
        None => old.cloned().unwrap_or_default(),
    };
    let content = given("content", old.map(|old| json!(old.content)).as_ref());
    let content = content.as_str().unwrap_or_default();
    let embeds = given("embeds", old.map(|old| &old.embeds));
    let parts = given("components", old.map(|old| &old.components));
    flaws.length("content", content, 0, 2000);
    check_embeds(&embeds, &mut flaws);
    components::check(&parts, is_v2, files, &mut flaws);
    check_flags(body, door, old, &mut flaws);
    if let Some(nonce) = body["nonce"].as_str() {
        flaws.length("nonce", nonce, 0, 25);
    }
    let nothing = components::list(&parts).is_empty();
    if is_v2 {
        for (key, there) in [("content", !content.is_empty()), ("embeds", !components::list(&embeds).is_empty())] {
            if there {
                let message = format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
                flaws.add(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
            }
        }
        for key in ["poll", "stickers", "sticker_ids"] {
            if body.get(key).is_some_and(|value| !value.is_null() && *value != json!([])) {
                let message = format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
                flaws.add(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
            }
        }
    }
    let flaws = moved(flaws, door.prefix());
    if flaws.is_empty()
        && nothing
        && (is_v2 || content.is_empty() && components::list(&embeds).is_empty() && files.is_empty())
    {
        return Err(Refusal::empty_message());
    }
    Ok(flaws)
}

/// Whether the text of Components V2 is more than Discord can process. The limit is in no documentation; Discord breaks
/// down at it, as measured in discord-api-docs, issue 8554: bytes of text, and 12 for each text display.
pub fn is_too_heavy(parts: &Value) -> bool {
    let texts = components::walk(parts).into_iter().filter(|part| components::kind(part) == components::TEXT);
    let weight: usize = texts.map(|text| text["content"].as_str().unwrap_or_default().len() + 12).sum();
    weight > 10_170
}

fn moved(flaws: Flaws, prefix: &str) -> Flaws {
    if prefix.is_empty() { flaws } else { flaws.under(prefix) }
}

fn check_flags(body: &Value, door: Door, old: Option<&Post>, flaws: &mut Flaws) {
    let Some(flags) = body["flags"].as_u64() else { return };
    if let Some(old) = old
        && old.flags & V2 != 0
        && flags & V2 == 0
    {
        flaws.add(
            "flags",
            "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG",
            "IS_COMPONENTS_V2 cannot be removed from a message",
        );
    }
    if flags & EPHEMERAL != 0 && !door.may_be_ephemeral(old) {
        flaws.add("flags", "MESSAGE_FLAGS_NOT_ALLOWED", "EPHEMERAL cannot be set here");
    }
    let mut allowed = SUPPRESS_EMBEDS | V2 | EPHEMERAL;
    if old.is_none() {
        allowed |= SUPPRESS_NOTIFICATIONS;
    }
    if flags & !allowed != 0 {
        flaws.add("flags", "MESSAGE_FLAGS_NOT_ALLOWED", format!("{} cannot be set", flags & !allowed));
    }
}

fn check_embeds(embeds: &Value, flaws: &mut Flaws) {
    let embeds = components::list(embeds);
    flaws.count("embeds", embeds.len(), 0, 10);
    let mut total = 0;
    for (at, embed) in embeds.iter().enumerate() {
        let mut part = |path: String, value: &Value, most: usize| {
            let text = value.as_str().unwrap_or_default();
            total += text.chars().count();
            flaws.length(path, text, 0, most);
        };
        part(format!("embeds.{at}.title"), &embed["title"], 256);
        part(format!("embeds.{at}.description"), &embed["description"], 4096);
        part(format!("embeds.{at}.footer.text"), &embed["footer"]["text"], 2048);
        part(format!("embeds.{at}.author.name"), &embed["author"]["name"], 256);
        let fields = components::list(&embed["fields"]);
        for (number, field) in fields.iter().enumerate() {
            part(format!("embeds.{at}.fields.{number}.name"), &field["name"], 256);
            part(format!("embeds.{at}.fields.{number}.value"), &field["value"], 1024);
        }
        flaws.count(format!("embeds.{at}.fields"), fields.len(), 0, 25);
    }
    if total > 6000 {
        flaws.add("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000");
    }
}

/// The house's rule: a message that could mention someone says that it does not. `None` is well.
pub fn mentions(body: &Value, door: Door) -> Option<&'static str> {
    let has_text = body["content"].as_str().is_some_and(|content| !content.is_empty())
        || components::walk(&body["components"]).iter().any(|one| components::kind(one) == components::TEXT);
    let must_say = match door {
        Door::Create | Door::Callback | Door::CallbackUpdate | Door::FollowUp => true,
        Door::Edit | Door::WebhookEdit => has_text,
    };
    let mentions = &body["allowed_mentions"];
    let nobody = mentions["parse"].as_array().is_some_and(Vec::is_empty)
        && components::list(&mentions["users"]).is_empty()
        && components::list(&mentions["roles"]).is_empty();
    (must_say && !nobody).then_some("a message without `allowed_mentions: {\"parse\": []}`")
}
