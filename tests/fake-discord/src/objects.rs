//! Discord's objects as JSON, with the fields the real API sends.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::media;
use super::world::{Account, Asked, Attachment, Place, Post, World};

/// Permissions a bot has in a channel it may write in, and a person there.
const PERMISSIONS: &str = "2248473465835073";

/// Bytes a file may have.
const ATTACHMENT_SIZE: u64 = 10_485_760;

pub fn id(id: u64) -> Value {
    json!(id.to_string())
}

pub fn instant(at: SystemTime) -> Value {
    let at = jiff::Timestamp::try_from(at).unwrap_or_default();
    json!(at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string())
}

/// When an id was made.
fn made(id: u64) -> Value {
    let since = std::time::Duration::from_millis((id >> 22) + 1_420_070_400_000);
    instant(SystemTime::UNIX_EPOCH + since)
}

pub fn bot(world: &World) -> Value {
    let mut bot = person_fields(world.bot, "fake-bot", Value::Null);
    bot["bot"] = json!(true);
    bot
}

/// The bot as it sees itself.
pub fn me(world: &World) -> Value {
    let mut me = bot(world);
    let more = json!({ "mfa_enabled": true, "locale": "en-US", "premium_type": 0, "email": null, "verified": true, "bio": "" });
    merge(&mut me, more);
    me
}

pub fn person(account: &Account) -> Value {
    person_fields(account.id, &account.name.to_lowercase(), json!(account.name))
}

#[expect(clippy::needless_pass_by_value, reason = "a literal at each call")]
fn person_fields(of: u64, name: &str, global: Value) -> Value {
    json!({
        "id": id(of), "username": name, "discriminator": "0", "global_name": global, "avatar": null,
        "avatar_decoration_data": null, "collectibles": null, "primary_guild": null, "clan": null,
        "banner": null, "accent_color": null, "public_flags": 0, "flags": 0,
    })
}

fn member(account: &Account) -> Value {
    json!({
        "user": person(account), "nick": null, "avatar": null, "banner": null, "roles": [],
        "joined_at": made(account.id), "premium_since": null, "deaf": false, "mute": false, "flags": 0,
        "pending": false, "permissions": PERMISSIONS, "communication_disabled_until": null,
        "unusual_dm_activity_until": null, "avatar_decoration_data": null, "collectibles": null,
    })
}

pub fn application(world: &World) -> Value {
    json!({
        "id": id(world.application), "name": "fake-bot", "icon": null, "description": "", "summary": "", "type": null,
        "bot": bot(world), "bot_public": true, "bot_require_code_grant": false, "verify_key": "0".repeat(64),
        "flags": 0, "hook": true, "is_monetized": false, "is_verified": false, "redirect_uris": [],
        "interactions_endpoint_url": null, "role_connections_verification_url": null, "tags": [],
        "owner": person_fields(1, "owner", json!("Owner")), "approximate_guild_count": 1,
        "approximate_user_install_count": 1, "approximate_user_authorization_count": 0, "team": null,
        "integration_types_config": { "0": {}, "1": {} }, "event_webhooks_status": 1,
        "flags_new": "0", "explicit_content_filter": 0, "eligible_oauth2_scopes": ["bot", "applications.commands"],
    })
}

/// A channel by its id, as the bot sees it; `None` if there is none or it has no business there.
pub fn channel(world: &World, of: u64) -> Option<Value> {
    if of == world.guild_channel {
        return Some(json!({
            "id": id(of), "type": 0, "guild_id": id(world.guild), "name": "general", "position": 0, "topic": null,
            "nsfw": false, "last_message_id": last(world, of), "last_pin_timestamp": null, "parent_id": null,
            "rate_limit_per_user": 0, "permission_overwrites": [], "flags": 0,
        }));
    }
    world.dm_of(of).map(|account| {
        json!({
            "id": id(of), "type": 1, "last_message_id": last(world, of), "last_pin_timestamp": null, "flags": 0,
            "recipients": [person(account)],
        })
    })
}

fn last(world: &World, channel: u64) -> Value {
    let newest = world.posts_in(channel).rev().find(|post| post.only_for.is_none());
    newest.map_or(Value::Null, |post| id(post.id))
}

pub fn attachment_url(world: &World, channel: u64, file: &Attachment) -> String {
    format!("{}/attachments/{channel}/{}/{}", world.base, file.id, file.name)
}

fn attachment(world: &World, of: &Post, file: &Attachment) -> Value {
    let url = attachment_url(world, of.channel, file);
    let mut value =
        json!({ "id": id(file.id), "filename": file.name, "size": file.bytes.len(), "url": url, "proxy_url": url });
    for (key, text) in [("content_type", &file.content_type), ("description", &file.description)] {
        if let Some(text) = text {
            value[key] = json!(text);
        }
    }
    if of.only_for.is_some() {
        value["ephemeral"] = json!(true);
    }
    value
}

/// A message as the REST API shows it.
pub fn message(world: &World, post: &Post) -> Value {
    let author = match post.author {
        None => bot(world),
        Some(person_id) => world.account(person_id).map_or(Value::Null, person),
    };
    let asked = post.interaction.and_then(|of| world.asked.get(&of));
    let kind = match asked {
        Some(asked) if asked.kind == 2 => 20,
        _ if post.reference.is_some() => 19,
        _ => 0,
    };
    let shown = media::shown(&post.components);
    let files = post.attachments.iter().filter(|file| !shown.contains(&file.id.to_string()));
    let files: Vec<Value> = files.map(|file| attachment(world, post, file)).collect();
    let mut value = json!({
        "id": id(post.id), "channel_id": id(post.channel), "author": author, "content": post.content,
        "timestamp": made(post.id), "edited_timestamp": post.edited.map(instant), "tts": post.tts,
        "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": files,
        "embeds": post.embeds, "pinned": false, "type": kind, "flags": post.flags, "components": post.components,
    });
    if let Some(of) = post.reference {
        value["message_reference"] = json!({ "type": 0, "message_id": id(of), "channel_id": id(post.channel) });
    }
    merge(&mut value, post.more.clone());
    if let Some(asked) = asked {
        value["application_id"] = id(world.application);
        value["webhook_id"] = id(world.application);
        let user = world.account(asked.person).map_or(Value::Null, person);
        let mut metadata = json!({
            "id": id(asked.id), "type": asked.kind, "user": user, "authorizing_integration_owners": owners(world, asked),
        });
        if asked.kind == 2 {
            metadata["name"] = json!(asked.name);
            value["interaction"] = json!({ "id": id(asked.id), "type": 2, "name": asked.name, "user": user });
        }
        if let (3, Some(source)) = (asked.kind, asked.source) {
            metadata["interacted_message_id"] = id(source);
        }
        if let (5, Some(source)) = (asked.kind, asked.source) {
            metadata["interacted_message_id"] = id(source);
            metadata["triggering_interaction_metadata"] = json!({
                "id": id(asked.id), "type": 3, "user": user, "authorizing_integration_owners": owners(world, asked),
                "interacted_message_id": id(source),
            });
        } else if asked.kind == 5 {
            metadata["triggering_interaction_metadata"] = json!({
                "id": id(asked.id), "type": 2, "user": user, "authorizing_integration_owners": owners(world, asked),
            });
        }
        value["interaction_metadata"] = metadata;
    } else if post.author.is_none() {
        value["application_id"] = id(world.application);
    }
    value
}

/// A message as it comes over the gateway or right after it was made: with its nonce, and where it is.
pub fn event_message(world: &World, post: &Post) -> Value {
    let mut value = message(world, post);
    if let Some(nonce) = &post.nonce {
        value["nonce"] = nonce.clone();
    }
    if world.place_of(post.channel) == Place::Server {
        value["guild_id"] = id(world.guild);
        value["channel_type"] = json!(0);
        if let Some(account) = post.author.and_then(|of| world.account(of)) {
            let mut member = member(account);
            if let Some(fields) = member.as_object_mut() {
                fields.remove("user");
                fields.remove("permissions");
            }
            value["member"] = member;
        }
    } else {
        value["channel_type"] = json!(1);
    }
    value
}

fn owners(world: &World, asked: &Asked) -> Value {
    match asked.place {
        Place::Server => json!({ "0": id(world.guild) }),
        // In the bot's own messages an install for a server is written as server 0.
        Place::Dm if world.account(asked.person).is_some_and(|account| account.shares_server) => json!({ "0": "0" }),
        Place::Dm | Place::Private => json!({ "1": id(asked.person) }),
    }
}

/// The payload of `INTERACTION_CREATE`.
pub fn interaction(world: &World, asked: &Asked, data: &Value) -> Value {
    let account = world.account(asked.person);
    let context = match asked.place {
        Place::Server => 0,
        Place::Dm => 1,
        Place::Private => 2,
    };
    let mut shown = match asked.place {
        Place::Private => json!({
            "id": id(asked.channel), "type": 3, "name": null, "icon": null, "owner_id": id(asked.person), "flags": 0,
            "last_message_id": last(world, asked.channel), "recipients": account.map(|account| vec![person(account)]),
        }),
        Place::Server | Place::Dm => channel(world, asked.channel).unwrap_or_default(),
    };
    if asked.place == Place::Server {
        shown["permissions"] = json!(PERMISSIONS);
    }
    let mut value = json!({
        "id": id(asked.id), "application_id": id(world.application), "type": asked.kind, "data": data,
        "channel": shown, "channel_id": id(asked.channel), "token": asked.token, "version": 1,
        "app_permissions": PERMISSIONS, "locale": account.map_or("en-US", |account| &account.locale),
        "entitlements": [], "entitlement_sku_ids": [], "authorizing_integration_owners": owners(world, asked),
        "context": context, "attachment_size_limit": ATTACHMENT_SIZE,
    });
    if asked.place == Place::Server {
        value["guild_id"] = id(world.guild);
        value["guild_locale"] = json!("en-US");
        value["guild"] = json!({ "id": id(world.guild), "locale": "en-US", "features": [] });
        value["member"] = account.map(member).unwrap_or_default();
    } else {
        value["user"] = account.map(person).unwrap_or_default();
    }
    if let Some(post) = asked.source.and_then(|source| world.post(source)) {
        value["message"] = message(world, post);
    }
    value
}

/// Writes the fields of `more` over those of `value`.
pub fn merge(value: &mut Value, more: Value) {
    if let (Value::Object(fields), Value::Object(more)) = (value, more) {
        fields.extend(more);
    }
}
