//! The answers to an interaction: the first one within three seconds, then its original and the follow-ups as long as
//! its token lives.

use std::time::Duration;

use serde_json::{Value, json};

use super::body::Body;
use super::components;
use super::http::Asking;
use super::messages;
use super::modal;
use super::objects;
use super::refusal::{Flaws, Refusal};
use super::rules::Door;
use super::world::{Asked, Callback, EPHEMERAL, LOADING, World};

/// The first answer comes within this time, unless a test gives it longer.
pub const FIRST: Duration = Duration::from_secs(3);
/// A token lives so long.
const LIFE: Duration = Duration::from_mins(15);

/// Which first answers a kind of interaction takes.
fn allowed(asked: &Asked) -> &'static [u64] {
    match (asked.kind, asked.source.is_some()) {
        (1, _) => &[1],
        (2, _) => &[4, 5, 9],
        (3, _) => &[4, 5, 6, 7, 9],
        (4, _) => &[8],
        // A form that a message opened may change that message; no form answers a form.
        (_, true) => &[4, 5, 6, 7],
        (_, false) => &[4, 5],
    }
}

pub fn callback(world: &mut World, id: u64, token: &str, asking: &Asking<'_>) -> Result<Value, Refusal> {
    let found = world.asked.get(&id).filter(|asked| asked.token == token).cloned();
    let asked = found.ok_or_else(Refusal::unknown_interaction)?;
    if asked.callback.is_some() {
        return Err(Refusal::new(400, 40060, "Interaction has already been acknowledged."));
    }
    let after = asked.age();
    if after > world.callback_deadline {
        return Err(Refusal::unknown_interaction());
    }
    let json = &asking.body.json;
    let kind = json["type"].as_u64().unwrap_or_default();
    if !allowed(&asked).contains(&kind) {
        let names: Vec<String> = allowed(&asked).iter().map(ToString::to_string).collect();
        let mut flaws = Flaws::default();
        flaws.add("type", "BASE_TYPE_CHOICES", format!("Value must be one of {{{}}}.", names.join(", ")));
        return refuse(world, &flaws);
    }
    let data = &json["data"];
    let message = first(world, &asked, kind, data, asking.body)?;
    let answer = Callback { kind, data: data.clone(), message, settled: !matches!(kind, 5 | 6), after };
    if let Some(asked) = world.asked.get_mut(&id) {
        asked.callback = Some(answer);
        asked.told.notify_one();
    }
    if asking.query("with_response") != Some("true") {
        return Ok(Value::Null);
    }
    Ok(response(world, &asked, kind, message))
}

/// What a first answer does; gives its original message.
fn first(world: &mut World, asked: &Asked, kind: u64, data: &Value, body: &Body) -> Result<Option<u64>, Refusal> {
    match kind {
        4 => {
            messages::inspect(world, data, Door::Callback, None, body)?;
            Ok(Some(post(world, asked, data, body)))
        }
        5 => {
            let flags = data["flags"].as_u64().unwrap_or_default() & EPHEMERAL;
            let mut loading = messages::new_post(world, asked.channel, &json!({}), body);
            loading.flags = flags | LOADING;
            Ok(Some(place(world, asked, loading)))
        }
        6 => Ok(asked.source),
        7 => {
            let source = asked.source.and_then(|source| world.post(source)).cloned();
            let source = source.ok_or_else(Refusal::unknown_message)?;
            let id = source.id;
            if data.is_object() {
                messages::change(world, source, data, Door::CallbackUpdate, body)?;
            }
            Ok(Some(id))
        }
        8 => {
            check_suggestions(world, data)?;
            Ok(None)
        }
        9 => {
            let mut flaws = Flaws::default();
            modal::check(data, &mut flaws);
            if !flaws.is_empty() {
                return refuse(world, &flaws);
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn refuse<T>(world: &mut World, flaws: &Flaws) -> Result<T, Refusal> {
    for line in flaws.lines() {
        world.violation(format!("Callback: {line}"));
    }
    Err(flaws.refusal().unwrap_or_else(Refusal::not_found))
}

fn check_suggestions(world: &mut World, data: &Value) -> Result<(), Refusal> {
    let mut flaws = Flaws::default();
    let choices = components::list(&data["choices"]);
    if !data["choices"].is_array() {
        flaws.required("data.choices");
    }
    flaws.count("data.choices", choices.len(), 0, 25);
    for (at, choice) in choices.iter().enumerate() {
        for key in ["name", "value"] {
            match &choice[key] {
                Value::String(text) if !text.is_empty() => {
                    flaws.length(format!("data.choices.{at}.{key}"), text, 1, 100);
                }
                Value::Number(_) if key == "value" => {}
                _ => flaws.required(format!("data.choices.{at}.{key}")),
            }
        }
    }
    if flaws.is_empty() { Ok(()) } else { refuse(world, &flaws) }
}

/// A new message of the bot that answers an interaction.
fn post(world: &mut World, asked: &Asked, data: &Value, body: &Body) -> u64 {
    let post = messages::new_post(world, asked.channel, data, body);
    place(world, asked, post)
}

fn place(world: &mut World, asked: &Asked, mut post: super::world::Post) -> u64 {
    post.interaction = Some(asked.id);
    post.reference = asked.source.filter(|_| asked.kind == 3);
    if post.flags & EPHEMERAL != 0 {
        post.only_for = Some(asked.person);
    }
    let id = post.id;
    messages::publish(world, post);
    id
}

fn response(world: &World, asked: &Asked, kind: u64, message: Option<u64>) -> Value {
    let mut interaction = json!({
        "id": objects::id(asked.id), "type": asked.kind, "channel_id": objects::id(asked.channel),
    });
    let mut resource = json!({ "type": kind });
    if let Some(post) = message.and_then(|id| world.post(id)) {
        interaction["response_message_id"] = objects::id(post.id);
        interaction["response_message_loading"] = json!(post.flags & LOADING != 0);
        interaction["response_message_ephemeral"] = json!(post.only_for.is_some());
        resource["message"] = objects::message(world, post);
    }
    if asked.place == super::world::Place::Server {
        interaction["guild_id"] = objects::id(world.guild);
    }
    match kind {
        4..=7 => json!({ "interaction": interaction, "resource": resource }),
        _ => json!({ "interaction": interaction }),
    }
}

/// The interaction of a token that may still be used for more than the first answer.
fn alive(world: &World, token: &str) -> Result<(Asked, Callback), Refusal> {
    let asked = world.by_token(token).ok_or_else(|| Refusal::new(404, 10015, "Unknown Webhook"))?;
    if asked.age() > LIFE {
        return Err(Refusal::new(401, 50027, "Invalid Webhook Token"));
    }
    let callback = asked.callback.clone().ok_or_else(|| Refusal::new(404, 10015, "Unknown Webhook"))?;
    Ok((asked.clone(), callback))
}

pub fn follow_up(world: &mut World, token: &str, body: &Body) -> Result<Value, Refusal> {
    let (asked, callback) = alive(world, token)?;
    messages::inspect(world, &body.json, Door::FollowUp, None, body)?;
    let mut post = messages::new_post(world, asked.channel, &body.json, body);
    let waiting = callback.message.and_then(|id| world.post(id)).filter(|old| old.flags & LOADING != 0).cloned();
    let id = if let Some(old) = waiting {
        // The first follow-up to "is thinking" takes its place, and stays as visible as that was.
        post.id = old.id;
        post.flags = (post.flags & !EPHEMERAL) | (old.flags & EPHEMERAL);
        post.only_for = old.only_for;
        post.interaction = old.interaction;
        post.reference = old.reference;
        messages::republish(world, post);
        settle(world, asked.id);
        old.id
    } else {
        let id = place(world, &asked, post);
        if let Some(asked) = world.asked.get_mut(&asked.id) {
            asked.follow_ups.push(id);
        }
        id
    };
    Ok(world.post(id).map_or(Value::Null, |post| objects::message(world, post)))
}

fn settle(world: &mut World, id: u64) {
    if let Some(callback) = world.asked.get_mut(&id).and_then(|asked| asked.callback.as_mut()) {
        callback.settled = true;
    }
}

/// GET, PATCH, DELETE of the original or of a follow-up.
pub fn message(world: &mut World, token: &str, name: &str, asking: &Asking<'_>) -> Result<Value, Refusal> {
    let (asked, callback) = alive(world, token)?;
    let id = if name == "@original" { callback.message } else { name.parse().ok() };
    let ours = |id: &u64| callback.message == Some(*id) || asked.follow_ups.contains(id);
    let post = id.filter(ours).and_then(|id| world.post(id)).cloned().ok_or_else(Refusal::unknown_message)?;
    match asking.method {
        "GET" => Ok(objects::message(world, &post)),
        "DELETE" => {
            messages::remove(world, post.id);
            settle(world, asked.id);
            Ok(Value::Null)
        }
        _ => {
            let is_original = callback.message == Some(post.id);
            let answer = messages::change(world, post, &asking.body.json, Door::WebhookEdit, asking.body)?;
            if is_original {
                settle(world, asked.id);
            }
            Ok(answer)
        }
    }
}
