//! Pictures and files inside components: what `attachment://name` leads to, and how it is shown once it is sent.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::components::{FILE, GALLERY, THUMBNAIL, kind, walk};
use super::objects;
use super::world::{Post, World};

/// The address a component names an uploaded file by.
pub const UPLOADED: &str = "attachment://";

/// Writes real addresses in the place of `attachment://name`, and fills in what Discord adds.
pub fn resolve(world: &mut World, post: &mut Post) {
    let mut parts = post.components.take();
    visit(&mut parts, &mut |media| {
        let url = media["url"].as_str().unwrap_or_default().to_owned();
        if media["id"].is_null() {
            media["id"] = objects::id(world.snowflake());
            media["proxy_url"] = json!(url);
        }
        let named = url.strip_prefix(UPLOADED).and_then(|name| post.attachments.iter().find(|file| file.name == name));
        let file = named?;
        let url = objects::attachment_url(world, post.channel, file);
        media["attachment_id"] = objects::id(file.id);
        media["content_type"] = json!(file.content_type);
        media["proxy_url"] = json!(url);
        media["url"] = json!(url);
        Some((file.name.clone(), file.bytes.len()))
    });
    post.components = parts;
}

/// Calls `see` with every media object; it tells the name and size of the file it found.
fn visit(parts: &mut Value, see: &mut impl FnMut(&mut Value) -> Option<(String, usize)>) {
    for part in parts.as_array_mut().into_iter().flatten() {
        match kind(part) {
            FILE => {
                let found = see(&mut part["file"]);
                if let Some((name, size)) = found {
                    part["name"] = json!(name);
                    part["size"] = json!(size);
                }
            }
            GALLERY => {
                for item in part["items"].as_array_mut().into_iter().flatten() {
                    see(&mut item["media"]);
                    for (key, value) in [("description", Value::Null), ("spoiler", json!(false))] {
                        if item[key].is_null() {
                            item[key] = value;
                        }
                    }
                }
            }
            _ => {}
        }
        if kind(&part["accessory"]) == THUMBNAIL {
            see(&mut part["accessory"]["media"]);
        }
        if part["components"].is_array() {
            visit(&mut part["components"], see);
        }
    }
}

/// The ids of the files that components show. They are not among the message's `attachments`: discord-api-docs, issue
/// 8277.
pub fn shown(parts: &Value) -> HashSet<String> {
    all(parts).iter().filter_map(|media| media["attachment_id"].as_str().map(ToOwned::to_owned)).collect()
}

/// Whether components that are about to be sent show the file of that name.
pub fn shows(parts: &Value, name: &str) -> bool {
    all(parts).iter().any(|media| media["url"].as_str().and_then(|url| url.strip_prefix(UPLOADED)) == Some(name))
}

fn all(parts: &Value) -> Vec<Value> {
    let media = |part: &Value| match kind(part) {
        FILE => vec![part["file"].clone()],
        THUMBNAIL => vec![part["media"].clone()],
        GALLERY => part["items"].as_array().into_iter().flatten().map(|item| item["media"].clone()).collect(),
        _ => Vec::new(),
    };
    walk(parts).into_iter().flat_map(media).collect()
}
