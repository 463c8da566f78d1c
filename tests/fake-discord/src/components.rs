//! The documented limits of message components, classic and V2, and the ids Discord gives them.
//!
//! Limits: Discord's documentation, "Component Reference".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::media::UPLOADED;
use super::refusal::Flaws;

pub const ROW: u64 = 1;
const BUTTON: u64 = 2;
const STRING_SELECT: u64 = 3;
const SECTION: u64 = 9;
pub const TEXT: u64 = 10;
pub const THUMBNAIL: u64 = 11;
pub const GALLERY: u64 = 12;
pub const FILE: u64 = 13;
const SEPARATOR: u64 = 14;
const CONTAINER: u64 = 17;

/// The kind of a component; 0 if it has none.
pub fn kind(component: &Value) -> u64 {
    component["type"].as_u64().unwrap_or_default()
}

pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// Every component of a tree, parents first, as they stand on the screen.
pub fn walk(components: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    for component in list(components) {
        found.push(component);
        found.extend(walk(&component["components"]));
        for one in [&component["accessory"], &component["component"]] {
            if one.is_object() {
                found.push(one);
            }
        }
    }
    found
}

/// The components of a message with files of these names against their limits.
pub fn check(components: &Value, is_v2: bool, files: &[String], flaws: &mut Flaws) {
    if components.is_null() {
        return;
    }
    let Some(top) = components.as_array() else {
        flaws.add("components", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return;
    };
    let mut seen = Seen { files: files.to_vec(), ..Seen::default() };
    if is_v2 {
        for (at, component) in top.iter().enumerate() {
            let allowed = [ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER];
            check_block(component, &format!("components.{at}"), &allowed, &mut seen, flaws);
        }
        let all = walk(components);
        if all.len() > 40 {
            flaws.add(
                "components",
                "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED",
                "The maximum number of components is 40",
            );
        }
        let text = all.iter().filter(|component| kind(component) == TEXT);
        let length: usize = text.map(|text| text["content"].as_str().unwrap_or_default().chars().count()).sum();
        if length > 4000 {
            let message = "The total length of displayed text must be 4000 or fewer";
            flaws.add("components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message);
        }
    } else {
        flaws.count("components", top.len(), 0, 5);
        for (at, component) in top.iter().enumerate() {
            check_block(component, &format!("components.{at}"), &[ROW], &mut seen, flaws);
        }
    }
}

/// What must be there once in a message.
#[derive(Default)]
pub struct Seen {
    custom_ids: BTreeSet<String>,
    ids: BTreeSet<u64>,
    /// The files that came with it.
    files: Vec<String>,
}

impl Seen {
    pub fn custom_id(&mut self, component: &Value, path: &str, flaws: &mut Flaws) {
        match component["custom_id"].as_str() {
            None => flaws.required(format!("{path}.custom_id")),
            Some(id) => {
                flaws.length(format!("{path}.custom_id"), id, 1, 100);
                if id.is_empty() {
                    flaws.add(
                        format!("{path}.custom_id"),
                        "BASE_TYPE_BAD_LENGTH",
                        "Must be between 1 and 100 in length.",
                    );
                }
                if !self.custom_ids.insert(id.to_owned()) {
                    let message = "Component custom id cannot be duplicated";
                    flaws.add(format!("{path}.custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", message);
                }
            }
        }
    }
}

fn check_block(component: &Value, path: &str, allowed: &[u64], seen: &mut Seen, flaws: &mut Flaws) {
    let kind = kind(component);
    if !allowed.contains(&kind) {
        let mut names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        names.sort_by_key(String::len);
        let message = format!("Value of field \"type\" must be one of ({}).", names.join(", "));
        flaws.add(format!("{path}.type"), "UNION_TYPE_CHOICES", message);
        return;
    }
    if let Some(id) = component["id"].as_u64().filter(|id| *id != 0)
        && !seen.ids.insert(id)
    {
        flaws.add(format!("{path}.id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated");
    }
    let children = list(&component["components"]);
    match kind {
        ROW => check_row(children, path, seen, flaws),
        TEXT => text_length(component, path, 4000, flaws),
        SECTION => {
            flaws.count(format!("{path}.components"), children.len(), 1, 3);
            for (at, child) in children.iter().enumerate() {
                check_block(child, &format!("{path}.components.{at}"), &[TEXT], seen, flaws);
            }
            let accessory = &component["accessory"];
            if accessory.is_null() {
                flaws.required(format!("{path}.accessory"));
            } else {
                check_block(accessory, &format!("{path}.accessory"), &[BUTTON, THUMBNAIL], seen, flaws);
            }
        }
        BUTTON => check_button(component, path, seen, flaws),
        THUMBNAIL => media(&component["media"], &format!("{path}.media"), seen, flaws),
        GALLERY => {
            let items = list(&component["items"]);
            flaws.count(format!("{path}.items"), items.len(), 1, 10);
            for (at, item) in items.iter().enumerate() {
                media(&item["media"], &format!("{path}.items.{at}.media"), seen, flaws);
            }
        }
        FILE => media(&component["file"], &format!("{path}.file"), seen, flaws),
        SEPARATOR => {
            if !component["spacing"].is_null() && !matches!(component["spacing"].as_u64(), Some(1 | 2)) {
                flaws.add(format!("{path}.spacing"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2).");
            }
        }
        _ => {
            flaws.count(format!("{path}.components"), children.len(), 1, 40);
            if component["accent_color"].as_u64().is_some_and(|colour| colour > 0x00ff_ffff) {
                flaws.add(format!("{path}.accent_color"), "NUMBER_TYPE_MAX", "int value should be <= 16777215.");
            }
            let inside = [ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR];
            for (at, child) in children.iter().enumerate() {
                check_block(child, &format!("{path}.components.{at}"), &inside, seen, flaws);
            }
        }
    }
}

fn check_row(children: &[Value], path: &str, seen: &mut Seen, flaws: &mut Flaws) {
    let buttons = children.iter().filter(|child| kind(child) == BUTTON).count();
    let most = if buttons == children.len() { 5 } else { 1 };
    flaws.count(format!("{path}.components"), children.len(), 1, most);
    for (at, child) in children.iter().enumerate() {
        let path = format!("{path}.components.{at}");
        match kind(child) {
            BUTTON => check_button(child, &path, seen, flaws),
            STRING_SELECT | 5..=8 => check_select(child, &path, seen, flaws),
            _ => {
                let message = "Value of field \"type\" must be one of (2, 3, 5, 6, 7, 8).";
                flaws.add(format!("{path}.type"), "UNION_TYPE_CHOICES", message);
            }
        }
    }
}

fn check_button(button: &Value, path: &str, seen: &mut Seen, flaws: &mut Flaws) {
    match button["style"].as_u64() {
        Some(1..=4) => {
            seen.custom_id(button, path, flaws);
            if !button["url"].is_null() {
                flaws.add(
                    format!("{path}.url"),
                    "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                    "A custom id and url cannot both be specified",
                );
            }
        }
        Some(5) => match button["url"].as_str() {
            None => flaws.required(format!("{path}.url")),
            Some(url) => flaws.length(format!("{path}.url"), url, 1, 512),
        },
        Some(6) => {}
        _ => flaws.add(format!("{path}.style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6)."),
    }
    match button["label"].as_str() {
        Some(label) => flaws.length(format!("{path}.label"), label, 0, 80),
        None if button["emoji"].is_null() && button["style"] != 6 => {
            flaws.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required");
        }
        None => {}
    }
    if button["label"] == "" && button["emoji"].is_null() {
        flaws.add(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required");
    }
}

/// A select menu, in a message or in a Label of a modal.
pub fn check_select(select: &Value, path: &str, seen: &mut Seen, flaws: &mut Flaws) {
    seen.custom_id(select, path, flaws);
    let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
    flaws.length(format!("{path}.placeholder"), &text(select, "placeholder"), 0, 150);
    let least = select["min_values"].as_u64().unwrap_or(1);
    let most = select["max_values"].as_u64().unwrap_or(1);
    if least > 25 || !(1..=25).contains(&most) || least > most {
        flaws.add(format!("{path}.max_values"), "NUMBER_TYPE_MAX", "min_values <= max_values <= 25.");
    }
    if kind(select) != STRING_SELECT {
        return;
    }
    let options = list(&select["options"]);
    flaws.count(format!("{path}.options"), options.len(), 1, 25);
    let mut values = BTreeSet::new();
    for (at, option) in options.iter().enumerate() {
        let path = format!("{path}.options.{at}");
        for key in ["label", "value"] {
            match option[key].as_str() {
                None | Some("") => flaws.required(format!("{path}.{key}")),
                Some(text) => flaws.length(format!("{path}.{key}"), text, 1, 100),
            }
        }
        flaws.length(format!("{path}.description"), &text(option, "description"), 0, 100);
        if !values.insert(text(option, "value")) {
            flaws.add(
                format!("{path}.value"),
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            );
        }
    }
    let chosen = options.iter().filter(|option| option["default"] == true).count();
    if chosen as u64 > most || most > options.len() as u64 {
        flaws.add(
            format!("{path}.max_values"),
            "NUMBER_TYPE_MAX",
            "More values than options, or more defaults than values.",
        );
    }
}

pub fn text_length(component: &Value, path: &str, most: usize, flaws: &mut Flaws) {
    match component["content"].as_str() {
        None | Some("") => flaws.required(format!("{path}.content")),
        Some(content) => flaws.length(format!("{path}.content"), content, 1, most),
    }
}

fn media(media: &Value, path: &str, seen: &Seen, flaws: &mut Flaws) {
    let url = media["url"].as_str().unwrap_or_default();
    if url.is_empty() {
        flaws.required(format!("{path}.url"));
    }
    if let Some(name) = url.strip_prefix(UPLOADED)
        && !seen.files.iter().any(|file| file == name)
    {
        let message = format!("The referenced attachment (\"{url}\") was not found");
        flaws.add(format!("{path}.url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", message);
    }
}

/// The components as Discord keeps and shows them: each with an id, the defaults filled in.
pub fn with_ids(components: &Value) -> Value {
    let mut taken: BTreeSet<u64> = walk(components).iter().filter_map(|one| one["id"].as_u64()).collect();
    let mut components = if components.is_array() { components.clone() } else { json!([]) };
    number(&mut components, &mut taken, &mut 0);
    components
}

fn number(components: &mut Value, taken: &mut BTreeSet<u64>, last: &mut u64) {
    for component in components.as_array_mut().into_iter().flatten() {
        number_one(component, taken, last);
    }
}

fn number_one(component: &mut Value, taken: &mut BTreeSet<u64>, last: &mut u64) {
    if component["id"].as_u64().is_none_or(|id| id == 0) {
        *last += 1;
        while !taken.insert(*last) {
            *last += 1;
        }
        component["id"] = json!(*last);
    }
    let kind = kind(component);
    let Some(fields) = component.as_object_mut() else { return };
    // A field that was sent as null is not there when it comes back.
    fields.retain(|_, value| !value.is_null());
    let defaults = match kind {
        STRING_SELECT => json!({ "min_values": 1, "max_values": 1 }),
        SEPARATOR => json!({ "spacing": 1, "divider": true }),
        CONTAINER => json!({ "accent_color": null, "spoiler": false }),
        FILE => json!({ "spoiler": false, "name": null, "size": null }),
        THUMBNAIL => json!({ "spoiler": false, "description": null }),
        _ => json!({}),
    };
    for (key, value) in defaults.as_object().into_iter().flatten() {
        fields.entry(key.clone()).or_insert_with(|| value.clone());
    }
    for key in ["components", "accessory", "component"] {
        match component.get_mut(key) {
            Some(children @ Value::Array(_)) => number(children, taken, last),
            Some(child @ Value::Object(_)) => number_one(child, taken, last),
            _ => {}
        }
    }
}
