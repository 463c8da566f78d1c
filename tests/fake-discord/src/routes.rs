//! From method and path to what answers. Whatever is not here is Discord's 404.

use serde_json::{Value, json};

use super::commands;
use super::http::{Asking, session_start_limit};
use super::interactions;
use super::messages;
use super::objects;
use super::refusal::{Flaws, Refusal};
use super::world::World;

/// The route with its ids left out, and its major parameter: what shares a rate limit.
pub fn bucket(method: &str, path: &[String]) -> (String, String) {
    let major = path.get(1).cloned().unwrap_or_default();
    let token = if path[0] == "webhooks" { path.get(2).cloned().unwrap_or_default() } else { String::new() };
    let is_word = |piece: &&String| piece.chars().all(|c| c.is_ascii_lowercase() || c == '@' || c == '-');
    let words: Vec<&str> = path.iter().filter(is_word).map(String::as_str).collect();
    (format!("{method}:/{}", words.join("/")), format!("{major}/{token}"))
}

/// Answers a request. `Null` is 204.
pub fn route(world: &mut World, asking: &Asking<'_>) -> Result<Value, Refusal> {
    let path: Vec<&str> = asking.path.iter().map(String::as_str).collect();
    let url = world.base.replacen("http", "ws", 1) + "/gateway";
    match (asking.method, path.as_slice()) {
        ("GET", ["gateway"]) => Ok(json!({ "url": url })),
        ("GET", ["gateway", "bot"]) => {
            let shards = world.gateway.shards;
            Ok(json!({ "url": url, "shards": shards, "session_start_limit": session_start_limit(world) }))
        }
        ("GET", ["users", "@me"]) => Ok(objects::me(world)),
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => Ok(objects::application(world)),
        ("POST", ["users", "@me", "channels"]) => open_dm(world, &asking.body.json),
        ("GET" | "PUT", ["applications", of, "commands"]) => {
            is_ours(world, of)?;
            commands::answer(world, asking, None)
        }
        ("GET" | "PUT", ["applications", of, "guilds", guild, "commands"]) => {
            is_ours(world, of)?;
            if *guild != world.guild.to_string() {
                return Err(Refusal::missing_access());
            }
            commands::answer(world, asking, Some(world.guild))
        }
        ("GET", ["channels", of]) => {
            let of = parse(of, Refusal::unknown_channel)?;
            objects::channel(world, of).ok_or_else(Refusal::unknown_channel)
        }
        ("POST", ["channels", of, "typing"]) => {
            let of = parse(of, Refusal::unknown_channel)?;
            objects::channel(world, of).map(|_| Value::Null).ok_or_else(Refusal::unknown_channel)
        }
        (_, ["channels", of, "messages", rest @ ..]) => {
            let channel = parse(of, Refusal::unknown_channel)?;
            if objects::channel(world, channel).is_none() {
                // Where two people write to each other the bot has no business; where nobody does there is nothing.
                let is_private = world.owner(channel).is_some_and(|account| account.private == channel);
                return Err(if is_private { Refusal::missing_access() } else { Refusal::unknown_channel() });
            }
            match (asking.method, rest) {
                ("GET", []) => messages::list(world, channel, asking),
                ("POST", []) => messages::create(world, channel, asking.body),
                (_, [of]) => {
                    let of = parse(of, Refusal::unknown_message)?;
                    match asking.method {
                        "GET" => messages::get(world, channel, of),
                        "PATCH" => messages::edit(world, channel, of, asking.body),
                        "DELETE" => messages::delete(world, channel, of),
                        _ => Err(Refusal::not_found()),
                    }
                }
                _ => Err(Refusal::not_found()),
            }
        }
        ("POST", ["interactions", of, token, "callback"]) => {
            let of = parse(of, Refusal::unknown_interaction)?;
            interactions::callback(world, of, token, asking)
        }
        ("POST", ["webhooks", of, token]) => {
            is_our_webhook(world, of)?;
            interactions::follow_up(world, token, asking.body)
        }
        ("GET" | "PATCH" | "DELETE", ["webhooks", of, token, "messages", message]) => {
            is_our_webhook(world, of)?;
            interactions::message(world, token, message, asking)
        }
        _ => Err(Refusal::not_found()),
    }
}

fn parse(id: &str, otherwise: fn() -> Refusal) -> Result<u64, Refusal> {
    id.parse().map_err(|_| otherwise())
}

fn is_ours(world: &World, application: &str) -> Result<(), Refusal> {
    if application == world.application.to_string() {
        return Ok(());
    }
    Err(Refusal::new(403, 20012, "You are not authorized to perform this action on this application"))
}

fn is_our_webhook(world: &World, webhook: &str) -> Result<(), Refusal> {
    if webhook == world.application.to_string() { Ok(()) } else { Err(Refusal::new(404, 10015, "Unknown Webhook")) }
}

fn open_dm(world: &World, body: &Value) -> Result<Value, Refusal> {
    let recipient = &body["recipient_id"];
    let Some(id) = recipient.as_u64().or_else(|| recipient.as_str()?.parse().ok()) else {
        let mut flaws = Flaws::default();
        flaws.required("recipient_id");
        return Err(flaws.refusal().unwrap_or_else(Refusal::not_found));
    };
    let Some(account) = world.account(id) else { return Err(Refusal::new(400, 50033, "Invalid Recipient(s)")) };
    objects::channel(world, account.dm).ok_or_else(Refusal::unknown_channel)
}
