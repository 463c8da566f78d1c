//! The registration of commands, as strict as Discord's.
//!
//! Limits: Discord's documentation, "Application Command Object" and "Application Command Naming".

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::components::list;
use super::http::Asking;
use super::objects;
use super::refusal::{Flaws, Refusal};
use super::world::World;

/// Answers GET and PUT of the commands of a server, or the global ones.
pub fn answer(world: &mut World, asking: &Asking<'_>, guild: Option<u64>) -> Result<Value, Refusal> {
    if asking.method == "GET" {
        return Ok(json!(world.commands.get(&guild).cloned().unwrap_or_default()));
    }
    let Some(sent) = asking.body.json.as_array() else {
        return Err(Refusal::new(400, 50035, "Invalid Form Body"));
    };
    let mut flaws = Flaws::default();
    check(sent, guild.is_some(), &mut flaws);
    if let Some(refusal) = flaws.refusal() {
        for line in flaws.lines() {
            world.violation(format!("PUT commands: {line}"));
        }
        return Err(refusal);
    }
    let old = world.commands.remove(&guild).unwrap_or_default();
    let mut registered = Vec::new();
    for command in sent {
        registered.push(full(world, command, &old, guild));
    }
    world.commands.insert(guild, registered.clone());
    Ok(json!(registered))
}

/// The command object Discord answers with. An unchanged command keeps its id and version.
fn full(world: &mut World, sent: &Value, old: &[Value], guild: Option<u64>) -> Value {
    let kind = sent["type"].as_u64().unwrap_or(1);
    let known = old.iter().find(|command| command["name"] == sent["name"] && command["type"] == kind);
    let fresh = world.snowflake();
    let mut command = json!({
        "id": known.map_or(objects::id(fresh), |known| known["id"].clone()),
        "application_id": objects::id(world.application), "type": kind, "name": sent["name"],
        "name_localizations": sent["name_localizations"], "description": sent["description"].as_str().unwrap_or_default(),
        "description_localizations": sent["description_localizations"],
        "default_member_permissions": sent["default_member_permissions"], "nsfw": sent["nsfw"] == true,
    });
    if sent["options"].as_array().is_some_and(|options| !options.is_empty()) {
        command["options"] = sent["options"].clone();
    }
    if let Some(guild) = guild {
        command["guild_id"] = objects::id(guild);
    } else {
        let installs = &sent["integration_types"];
        command["integration_types"] = if installs.is_null() { json!([0]) } else { installs.clone() };
        command["contexts"] = sent["contexts"].clone();
        command["dm_permission"] = json!(sent["contexts"].is_null() || list(&sent["contexts"]).contains(&json!(1)));
    }
    let unchanged = known.filter(|known| {
        let mut bare = (*known).clone();
        if let Some(fields) = bare.as_object_mut() {
            fields.remove("version");
        }
        bare == command
    });
    command["version"] = unchanged.map_or(objects::id(fresh), |known| known["version"].clone());
    command
}

fn check(commands: &[Value], is_guild: bool, flaws: &mut Flaws) {
    let mut names = BTreeSet::new();
    let mut slashes = 0;
    for (at, command) in commands.iter().enumerate() {
        let kind = command["type"].as_u64().unwrap_or(1);
        let path = at.to_string();
        slashes += usize::from(kind == 1);
        if !matches!(kind, 1..=4) {
            flaws.add(format!("{path}.type"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4).");
        }
        let name = command["name"].as_str().unwrap_or_default();
        check_name(name, &path, kind == 1, flaws);
        check_localizations(command, &path, kind == 1, flaws);
        if !names.insert((kind, name)) {
            flaws.add(
                format!("{path}.name"),
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            );
        }
        let description = command["description"].as_str().unwrap_or_default();
        if kind == 1 {
            check_description(description, &path, flaws);
        } else if !description.is_empty() {
            flaws.add(
                format!("{path}.description"),
                "APPLICATION_COMMAND_INVALID_DESCRIPTION",
                "Context menu commands cannot have description",
            );
        }
        for (key, values) in [("contexts", &[0, 1, 2][..]), ("integration_types", &[0, 1])] {
            check_set(&command[key], &format!("{path}.{key}"), values, flaws);
            if is_guild && !command[key].is_null() {
                flaws.add(format!("{path}.{key}"), "APPLICATION_COMMAND_GUILD_SCOPED", "Only for global commands.");
            }
        }
        check_options(&command["options"], &path, 0, flaws);
        if size(command) > 8000 {
            flaws.add(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)");
        }
    }
    if slashes > 100 {
        flaws.add("", "APPLICATION_COMMANDS_MAX", "Maximum number of application commands reached (100).");
    }
}

fn check_name(name: &str, path: &str, is_slash: bool, flaws: &mut Flaws) {
    let plain = |c: char| c == '-' || c == '_' || c == '\'' || c.is_alphanumeric() && !c.is_uppercase();
    let length = name.chars().count();
    if !(1..=32).contains(&length) {
        flaws.add(format!("{path}.name"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length.");
    } else if is_slash && !name.chars().all(plain) {
        let message = "Command name is invalid";
        flaws.add(format!("{path}.name"), "APPLICATION_COMMAND_INVALID_NAME", message);
    }
}

fn check_description(description: &str, path: &str, flaws: &mut Flaws) {
    if !(1..=100).contains(&description.chars().count()) {
        flaws.add(format!("{path}.description"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.");
    }
}

fn check_localizations(of: &Value, path: &str, is_slash: bool, flaws: &mut Flaws) {
    for key in ["name_localizations", "description_localizations"] {
        for (locale, text) in of[key].as_object().into_iter().flatten() {
            let path = format!("{path}.{key}.{locale}");
            if !LOCALES.contains(&locale.as_str()) {
                flaws.add(&path, "ENUM_TYPE_COERCE", format!("Value \"{locale}\" is not a valid enum value."));
            }
            let text = text.as_str().unwrap_or_default();
            if key.starts_with("name") {
                check_name(text, &path, is_slash, flaws);
            } else {
                check_description(text, &path, flaws);
            }
        }
    }
}

fn check_set(values: &Value, path: &str, allowed: &[u64], flaws: &mut Flaws) {
    let mut seen = BTreeSet::new();
    for (at, value) in list(values).iter().enumerate() {
        let value = value.as_u64().unwrap_or(u64::MAX);
        if !allowed.contains(&value) || !seen.insert(value) {
            flaws.add(format!("{path}.{at}"), "BASE_TYPE_CHOICES", format!("Value must be one of {allowed:?}, once."));
        }
    }
    if values.is_array() && list(values).is_empty() {
        flaws.add(path, "BASE_TYPE_BAD_LENGTH", "Must be 1 or more in length.");
    }
}

fn check_options(options: &Value, path: &str, depth: u32, flaws: &mut Flaws) {
    let options = list(options);
    flaws.count(format!("{path}.options"), options.len(), 0, 25);
    let mut names = BTreeSet::new();
    let mut optional_seen = false;
    for (at, option) in options.iter().enumerate() {
        let path = format!("{path}.options.{at}");
        let kind = option["type"].as_u64().unwrap_or_default();
        let name = option["name"].as_str().unwrap_or_default();
        check_name(name, &path, true, flaws);
        check_description(option["description"].as_str().unwrap_or_default(), &path, flaws);
        check_localizations(option, &path, true, flaws);
        if !names.insert(name) {
            flaws.add(
                format!("{path}.name"),
                "APPLICATION_COMMAND_OPTIONS_DUPLICATE_NAME",
                "Option names must be unique",
            );
        }
        if !(1..=11).contains(&kind) {
            flaws.add(format!("{path}.type"), "BASE_TYPE_CHOICES", "Value must be one of (1, .., 11).");
        }
        if kind <= 2 {
            if depth >= 2 || (kind == 2 && depth > 0) {
                flaws.add(
                    format!("{path}.type"),
                    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                    "Sub-commands nest too deep",
                );
            }
            check_options(&option["options"], &path, depth + 1, flaws);
            continue;
        }
        let is_required = option["required"] == true;
        if is_required && optional_seen {
            let message = "Required options must be placed before non-required options";
            flaws.add(&path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_seen |= !is_required;
        let choices = list(&option["choices"]);
        flaws.count(format!("{path}.choices"), choices.len(), 0, 25);
        if option["autocomplete"] == true && (!choices.is_empty() || !matches!(kind, 3 | 4 | 10)) {
            let message = "Autocomplete needs a text or a number, and no choices";
            flaws.add(format!("{path}.autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", message);
        }
        for (at, choice) in choices.iter().enumerate() {
            let name = choice["name"].as_str().unwrap_or_default().chars().count();
            let value = choice["value"].as_str().map_or(1, |value| value.chars().count());
            let fits = choice["value"].is_string() == (kind == 3) && !choice["value"].is_null();
            if !(1..=100).contains(&name) || value > 100 || !fits {
                flaws.add(
                    format!("{path}.choices.{at}"),
                    "BASE_TYPE_BAD_LENGTH",
                    "A name of 1 to 100, a value of its type.",
                );
            }
        }
    }
}

/// Discord counts names, descriptions and values of a command and all its options together.
fn size(of: &Value) -> usize {
    let text = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    let inner: usize = list(&of["options"]).iter().map(size).sum();
    let choices: usize = list(&of["choices"]).iter().map(|choice| text(&choice["name"]) + text(&choice["value"])).sum();
    text(&of["name"]) + text(&of["description"]) + inner + choices
}

/// Discord's documentation, "Locales".
const LOCALES: &[&str] = &[
    "id", "da", "de", "en-GB", "en-US", "es-ES", "es-419", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "pt-BR",
    "ro", "fi", "sv-SE", "vi", "tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "zh-CN", "ja", "zh-TW", "ko",
];
