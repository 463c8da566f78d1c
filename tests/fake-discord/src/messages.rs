//! The messages of a channel over REST, and the one place where a message is made, edited or deleted.

use std::time::{Instant, SystemTime};

use serde_json::{Value, json};

use super::body::Body;
use super::components;
use super::gateway::Audience;
use super::http::Asking;
use super::media;
use super::objects;
use super::refusal::Refusal;
use super::rules::{self, Door};
use super::world::{Attachment, EPHEMERAL, LOADING, Place, Post, V2, World};

/// Refuses what breaks a limit, and notes it; notes alone what breaks the house's rule.
pub fn inspect(world: &mut World, json: &Value, door: Door, old: Option<&Post>, body: &Body) -> Result<(), Refusal> {
    if let Some(what) = rules::mentions(json, door) {
        world.violation(format!("{door:?}: {what}"));
    }
    if rules::is_too_heavy(&json["components"]) {
        world.violation(format!("{door:?}: more than 10170 bytes of displayed text"));
        return Err(Refusal::new(500, 0, "500: Internal Server Error"));
    }
    let files = files_after(json, old, body);
    let checked = rules::check(json, door, old, &files);
    match checked {
        Ok(flaws) => match flaws.refusal() {
            None => {
                note_hidden_files(world, json, door, old, &files[files.len() - body.files.len()..]);
                Ok(())
            }
            Some(refusal) => {
                for line in flaws.lines() {
                    world.violation(format!("{door:?}: {line}"));
                }
                Err(refusal)
            }
        },
        Err(refusal) => {
            world.violation(format!("{door:?}: {}", refusal.body["message"].as_str().unwrap_or_default()));
            Err(refusal)
        }
    }
}

/// A file of Components V2 that no component shows is taken, and seen by nobody.
fn note_hidden_files(world: &mut World, json: &Value, door: Door, old: Option<&Post>, new: &[String]) {
    let flags = json["flags"].as_u64().unwrap_or_default() | old.map_or(0, |old| old.flags);
    for name in new.iter().filter(|name| flags & V2 != 0 && !media::shows(&json["components"], name)) {
        world.violation(format!("{door:?}: no component shows the file {name:?}"));
    }
}

/// The names of the files a message has after a body was applied to it.
fn files_after(json: &Value, old: Option<&Post>, body: &Body) -> Vec<String> {
    let kept = json.get("attachments").map(components::list);
    let stays = |file: &&Attachment| {
        kept.is_none_or(|kept| kept.iter().any(|one| one["id"].as_str() == Some(&file.id.to_string())))
    };
    let old = old.into_iter().flat_map(|old| &old.attachments).filter(stays).map(|file| file.name.clone());
    let new = body.files.iter().map(|file| {
        let told = told(kept.unwrap_or_default(), file.number);
        told.and_then(|told| told["filename"].as_str()).unwrap_or(&file.name).to_owned()
    });
    old.chain(new).collect()
}

/// What a body says about its file of that number.
fn told(kept: &[Value], number: u64) -> Option<&Value> {
    kept.iter().find(|one| one["id"].as_u64().or_else(|| one["id"].as_str()?.parse().ok()) == Some(number))
}

/// A message that is not there yet, with what a body says about it.
pub fn new_post(world: &mut World, channel: u64, json: &Value, body: &Body) -> Post {
    let id = world.snowflake();
    let mut post = Post {
        id,
        channel,
        author: None,
        content: String::new(),
        embeds: json!([]),
        components: json!([]),
        flags: 0,
        attachments: Vec::new(),
        edited: None,
        deleted: false,
        tts: json["tts"] == true,
        nonce: None,
        reference: None,
        interaction: None,
        only_for: None,
        more: Value::Null,
    };
    apply(world, &mut post, json, body);
    post
}

/// Writes the fields of a body into a message; what the body does not name stays.
pub fn apply(world: &mut World, post: &mut Post, json: &Value, body: &Body) {
    if let Some(content) = json.get("content") {
        content.as_str().unwrap_or_default().clone_into(&mut post.content);
    }
    if let Some(embeds) = json.get("embeds") {
        post.embeds = if embeds.is_array() { embeds.clone() } else { json!([]) };
        for embed in post.embeds.as_array_mut().into_iter().flatten() {
            embed["type"] = json!("rich");
        }
    }
    if let Some(parts) = json.get("components") {
        post.components = components::with_ids(parts);
    }
    if let Some(flags) = json["flags"].as_u64() {
        post.flags = (post.flags & (V2 | EPHEMERAL)) | (flags & !LOADING);
    }
    let kept = json.get("attachments").map(components::list);
    if let Some(kept) = kept {
        let names = |file: &Attachment| kept.iter().any(|one| one["id"].as_str() == Some(&file.id.to_string()));
        post.attachments.retain(names);
    }
    for file in &body.files {
        let told = told(kept.unwrap_or_default(), file.number);
        let text = |key: &str| told.and_then(|told| told[key].as_str()).map(ToOwned::to_owned);
        post.attachments.push(Attachment {
            id: world.snowflake(),
            name: text("filename").unwrap_or_else(|| file.name.clone()),
            content_type: file.content_type.clone(),
            description: text("description"),
            bytes: file.bytes.clone(),
        });
    }
    media::resolve(world, post);
}

fn audience(world: &World, channel: u64) -> Option<Audience> {
    match world.place_of(channel) {
        Place::Server => Some(Audience::Server),
        Place::Dm => Some(Audience::Dm),
        Place::Private => None,
    }
}

/// Puts a message on the screen and tells the sessions. Ephemeral ones, and private channels, tell nobody.
pub fn publish(world: &mut World, post: Post) {
    let event = objects::event_message(world, &post);
    let to = audience(world, post.channel).filter(|_| post.only_for.is_none());
    world.keep(post);
    if let Some(to) = to {
        world.gateway.dispatch(to, "MESSAGE_CREATE", &event);
    }
}

/// Puts the new state of a message on the screen and tells the sessions.
pub fn republish(world: &mut World, mut post: Post) {
    post.edited = Some(SystemTime::now());
    announce(world, post);
}

/// The same where nobody edited it.
pub fn announce(world: &mut World, mut post: Post) {
    post.nonce = None;
    let event = objects::event_message(world, &post);
    let to = audience(world, post.channel).filter(|_| post.only_for.is_none());
    world.keep(post);
    if let Some(to) = to {
        world.gateway.dispatch(to, "MESSAGE_UPDATE", &event);
    }
}

/// Takes a message off the screen.
pub fn remove(world: &mut World, id: u64) {
    let Some(post) = world.posts.get_mut(&id) else { return };
    post.deleted = true;
    let (channel, is_public) = (post.channel, post.only_for.is_none());
    let event = json!({ "id": objects::id(id), "channel_id": objects::id(channel) });
    if let Some(to) = audience(world, channel).filter(|_| is_public) {
        world.gateway.dispatch(to, "MESSAGE_DELETE", &event);
    }
}

/// A message the REST API shows in a channel: ephemeral ones are not among them.
fn visible(world: &World, channel: u64, id: u64) -> Result<&Post, Refusal> {
    let post = world.post(id).filter(|post| post.channel == channel && post.only_for.is_none());
    post.ok_or_else(Refusal::unknown_message)
}

pub fn list(world: &World, channel: u64, asking: &Asking<'_>) -> Result<Value, Refusal> {
    let number = |key: &str| asking.query(key).and_then(|value| value.parse::<u64>().ok());
    let limit = number("limit").unwrap_or(50);
    if !(1..=100).contains(&limit) {
        let mut flaws = super::refusal::Flaws::default();
        flaws.add("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
        return flaws.refusal().map_or(Ok(Value::Null), Err);
    }
    let limit = usize::try_from(limit).unwrap_or(50);
    let all: Vec<&Post> = world.posts_in(channel).filter(|post| post.only_for.is_none()).collect();
    let mut shown: Vec<&Post> = if let Some(around) = number("around") {
        let at = all.partition_point(|post| post.id < around);
        let from = at.saturating_sub(limit / 2);
        all.into_iter().skip(from).take(limit).collect()
    } else if let Some(after) = number("after") {
        all.into_iter().filter(|post| post.id > after).take(limit).collect()
    } else {
        let before = number("before").unwrap_or(u64::MAX);
        let older: Vec<&Post> = all.into_iter().filter(|post| post.id < before).collect();
        older[older.len().saturating_sub(limit)..].to_vec()
    };
    shown.reverse();
    Ok(shown.into_iter().map(|post| objects::message(world, post)).collect())
}

pub fn get(world: &World, channel: u64, id: u64) -> Result<Value, Refusal> {
    visible(world, channel, id).map(|post| objects::message(world, post))
}

pub fn create(world: &mut World, channel: u64, body: &Body) -> Result<Value, Refusal> {
    let json = &body.json;
    inspect(world, json, Door::Create, None, body)?;
    if let Some(account) = world.dm_of(channel) {
        if !account.shares_server {
            // The same words as 50007: discord-api-docs, pull request 8212.
            return Err(Refusal::new(403, 50278, "Cannot send messages to this user"));
        }
        if !account.dms_open {
            return Err(Refusal::new(403, 50007, "Cannot send messages to this user"));
        }
    }
    let nonce = match &json["nonce"] {
        Value::String(nonce) => Some(nonce.clone()),
        Value::Number(nonce) => Some(nonce.to_string()),
        _ => None,
    };
    let key = nonce.map(|nonce| (channel, nonce));
    if let (Some(key), true) = (&key, json["enforce_nonce"] == true)
        && let Some((id, at)) = world.nonces.get(key)
        && at.elapsed() < world.nonce_window
        && let Some(post) = world.post(*id)
    {
        return Ok(objects::event_message(world, post));
    }
    let mut post = new_post(world, channel, json, body);
    post.nonce = Some(json["nonce"].clone()).filter(|nonce| !nonce.is_null());
    post.reference = json["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok());
    if let Some(key) = key {
        world.nonces.insert(key, (post.id, Instant::now()));
    }
    let mut answer = objects::message(world, &post);
    if let Some(nonce) = &post.nonce {
        answer["nonce"] = nonce.clone();
    }
    publish(world, post);
    Ok(answer)
}

pub fn edit(world: &mut World, channel: u64, id: u64, body: &Body) -> Result<Value, Refusal> {
    let post = visible(world, channel, id)?.clone();
    if post.author.is_some() {
        return Err(Refusal::new(403, 50005, "Cannot edit a message authored by another user"));
    }
    change(world, post, &body.json, Door::Edit, body)
}

/// Edits a message through any door.
pub fn change(world: &mut World, mut post: Post, json: &Value, door: Door, body: &Body) -> Result<Value, Refusal> {
    inspect(world, json, door, Some(&post), body)?;
    apply(world, &mut post, json, body);
    post.flags &= !LOADING;
    let id = post.id;
    republish(world, post);
    Ok(world.post(id).map_or(Value::Null, |post| objects::message(world, post)))
}

pub fn delete(world: &mut World, channel: u64, id: u64) -> Result<Value, Refusal> {
    let post = visible(world, channel, id)?;
    if post.author.is_some() {
        let refusal = match world.place_of(channel) {
            Place::Dm | Place::Private => Refusal::new(403, 50003, "Cannot execute action on a DM channel"),
            Place::Server => Refusal::new(403, 50013, "Missing Permissions"),
        };
        return Err(refusal);
    }
    remove(world, id);
    Ok(Value::Null)
}
